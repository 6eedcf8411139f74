/** The laws of projections as values, over random logs of deposits under random keys. */
import { deepStrictEqual } from 'node:assert/strict'
import { projection, readModelOf } from 'decider-ts/evolve'
import { eventId, globalPosition, type RecordedEvent, streamId, timestamp, version } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, option as O } from 'fp-ts'
import * as t from 'io-ts'
import { projectEvent } from '../../../src/evolve/Projection.js'
import { law } from '../Law.js'

/** A fact as a sample has it: of which stream and type it is, what it counts, and under which keys. */
interface Sample {
  readonly stream: string
  readonly type: 'Deposited' | 'Renamed'
  readonly n: number | null
  readonly keys: ReadonlyArray<string>
}

const sampleOf = (n: fc.Arbitrary<number | null>): fc.Arbitrary<Sample> =>
  fc.record({
    stream: fc.constantFrom('a', 'b', '__proto__'),
    type: fc.constantFrom('Deposited', 'Deposited', 'Renamed'),
    n,
    keys: fc.array(fc.constantFrom('x', 'y', '__proto__', 'constructor'), { maxLength: 3 }),
  })

const samples = fc.array(sampleOf(fc.nat(9)), { maxLength: 12 })
const withBad = fc.array(sampleOf(fc.option(fc.nat(9))), { maxLength: 12 })

const recorded = ({ stream, type, n, keys }: Sample, index: number): RecordedEvent => ({
  id: eventId(`0198a6a2-0000-7000-8000-${String(index + 1).padStart(12, '0')}`),
  stream: streamId('account', stream),
  version: version(index + 1),
  position: globalPosition(index + 1),
  type,
  schemaVersion: 1,
  tags: [],
  data: { n, keys },
  metadata: {},
  recordedAt: timestamp(index),
})

const deposits = (byKeys: boolean) =>
  projection({
    name: 'deposits',
    event: t.type({ type: t.literal('Deposited'), n: t.number, keys: t.readonlyArray(t.string) }),
    state: t.readonlyArray(t.number),
    ...(byKeys && { key: ({ keys }: { readonly keys: ReadonlyArray<string> }) => keys }),
    initialState: [],
    evolve: (state, { n }) => [...state, n],
  })

type Deposits = ReturnType<typeof deposits>
type ReadModelOf = (of: Deposits) => ReturnType<typeof readModelOf<ReadonlyArray<number>, { n: number }>>

/** Worked out from the samples, without the library. */
const foldOf = (log: ReadonlyArray<Sample>, byKeys: boolean): Map<string, ReadonlyArray<number>> => {
  const states = new Map<string, ReadonlyArray<number>>()
  for (const { stream, type, n, keys } of log) {
    if (type !== 'Deposited' || n === null) continue
    for (const key of byKeys ? new Set(keys) : [`account-${stream}`])
      states.set(key, [...(states.get(key) ?? []), n])
  }
  return states
}

const isFold = (of: ReadModelOf) =>
  fc.property(samples, fc.boolean(), (log, byKeys) => {
    deepStrictEqual(of(deposits(byKeys))(log.map(recorded)), E.right(foldOf(log, byKeys)))
    return true
  })

/** Projects one part after another, each on the states that the one before has left. */
const inParts = (
  parts: ReadonlyArray<ReadonlyArray<RecordedEvent>>,
  project: typeof projectEvent,
): Map<string, unknown> => {
  const states = new Map<string, ReadonlyArray<number>>()
  for (const part of parts) {
    const kept = new Map(states)
    for (const event of part) {
      if (event.type !== 'Deposited') continue
      const projected = project(deposits(true))(event, (key) => O.fromNullable(kept.get(key)))
      if (E.isRight(projected)) for (const [key, state] of projected.right) kept.set(key, state)
    }
    for (const [key, state] of kept) states.set(key, state)
  }
  return states
}

const resumes = (project: typeof projectEvent) =>
  fc.property(samples, fc.nat(12), (log, cut) => {
    const events = log.map(recorded)
    const parts = inParts([events.slice(0, cut), events.slice(cut)], project)
    deepStrictEqual(parts, foldOf(log, true))
    return true
  })

const skipsNothing = (of: ReadModelOf) =>
  fc.property(withBad, fc.boolean(), (log, byKeys) => {
    const read = of(deposits(byKeys))(log.map(recorded))
    const bad = log.findIndex(({ type, n }) => type === 'Deposited' && n === null)
    if (bad < 0) return E.isRight(read)
    return E.isLeft(read) && read.left._tag === 'Undecodable' && read.left.position === BigInt(bad + 1)
  })

law('PJN-1 fold', isFold(readModelOf))
law.rejects(
  'PJN-1',
  'an order of its own',
  isFold((of) => (history) => readModelOf(of)([...history].reverse())),
)
law('PJN-2 resume', resumes(projectEvent))
law.rejects(
  'PJN-2',
  'a state that begins anew',
  resumes((of) => (event) => projectEvent(of)(event, () => O.none)),
)
law('PJN-3 nothing skipped', skipsNothing(readModelOf))
law.rejects(
  'PJN-3',
  'one that goes on behind it',
  skipsNothing(
    (of) => (history) =>
      readModelOf(of)([...history].filter(({ data }) => (data as { n: unknown }).n !== null)),
  ),
)
