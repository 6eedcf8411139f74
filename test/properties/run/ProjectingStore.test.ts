/** The laws of appending through a store with projections, in memory, with keepers that are maps. */
import { deepStrictEqual } from 'node:assert/strict'
import { memoryStore } from 'decider-ts/adapters/memory'
import { projection, readModelOf } from 'decider-ts/evolve'
import { type Entry, type InlineReadModels, projectInline, projectingStore } from 'decider-ts/run'
import {
  type Append,
  type Appended,
  anyVersion,
  type EventStore,
  eventId,
  eventToAppend,
  everything,
  exactly,
  streamId,
} from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { law } from '../Law.js'

const noted = t.type({ type: t.literal('Noted'), text: t.string })
const trace = (name: string, key?: () => string) =>
  projection({
    name,
    event: noted,
    state: t.array(t.string),
    initialState: [],
    ...(key && { key }),
    evolve: (texts, { text }) => [...texts, text],
  })
const projections = [trace('by stream'), trace('in all', () => 'all')]

const keeperOf = (kept: Map<string, Entry>): InlineReadModels => ({
  hold: (_, keys) => TE.fromIO(() => keys.flatMap((key) => kept.get(key) ?? [])),
  save: (_, entries) =>
    TE.fromIO(() => {
      for (const entry of entries) kept.set(entry.key, entry)
    }),
})

const kinds = { new: 0, repeated: 1, conflicting: 2 }
const step = fc.record({
  kind: fc.constantFrom(...Object.keys(kinds)),
  streams: fc.array(fc.nat(2), { minLength: 1, maxLength: 4 }),
  isOther: fc.boolean(),
})
type Step = typeof step extends fc.Arbitrary<infer A> ? A : never

let ids = 0
const nextId = () => eventId(`0198a6a2-0000-7000-8000-${String(++ids).padStart(12, '0')}`)

const appendOf = ({ streams, isOther, kind }: Step, text: string): Append => ({
  events: streams.map((stream, nth) =>
    eventToAppend({
      id: nextId(),
      stream: streamId('note', String(stream)),
      type: isOther && nth === 0 ? 'Other' : 'Noted',
      data: { text: `${text}.${nth}` },
    }),
  ),
  expected: [
    {
      stream: streamId('note', String(streams[0])),
      version: kind === 'conflicting' ? exactly(99n) : anyVersion,
    },
  ],
})

type Projecting = typeof projectingStore

const isFold = (projecting: Projecting) =>
  fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
    const inside = memoryStore()
    const kept = projections.map(() => new Map<string, Entry>())
    const projects = projections.map((of, nth) => projectInline(keeperOf(kept[nth] ?? new Map()), of))
    const sent: Array<Append> = []
    for (const [nth, taken] of steps.entries()) {
      // Each append is a transaction of its own.
      const store = projecting(inside, projects)
      const before = taken.kind === 'repeated' ? sent[0] : undefined
      const append = before ?? appendOf(taken, String(nth))
      const answer = await store.append(append)()
      if (taken.kind === 'conflicting')
        deepStrictEqual(E.isLeft(answer) && answer.left._tag, 'VersionConflict')
      else deepStrictEqual(E.isRight(answer) && answer.right.repeated, before !== undefined)
      if (E.isRight(answer)) sent.push(append)
    }
    const log = await inside.read(everything)()
    if (E.isLeft(log)) throw new Error('The memory fails.')
    for (const [nth, of] of projections.entries()) {
      const states = [...(kept[nth] ?? [])].map(([key, { state }]) => [key, state] as const)
      deepStrictEqual(E.right(new Map(states)), readModelOf(of)(log.right.events))
    }
  })

const isOverAfterFailure = (projecting: Projecting) =>
  fc.asyncProperty(fc.nat(4), fc.integer({ min: 1, max: 3 }), async (failsAt, later) => {
    const inside = memoryStore()
    let calls = 0
    const busy = { _tag: 'Busy', reason: 'for a moment' } as const
    const store = projecting(inside, [
      () => async () => (calls++ === failsAt ? E.left(busy) : E.right(undefined)),
    ])
    for (let nth = 0; nth < failsAt + later; nth++) {
      const answer = await store.append(appendOf({ kind: 'new', streams: [nth], isOther: false }, 'a'))()
      if (nth < failsAt) deepStrictEqual(E.isRight(answer), true)
      else deepStrictEqual(answer, E.left(busy))
    }
    // The event whose projection failed is recorded here, where no transaction takes it back; none after it is.
    deepStrictEqual(await inside.head(), E.right(BigInt(failsAt + 1)))
  })

/** Projects all of the streams that an append wrote to. */
const fromTheStart: Projecting = (store, projects) => {
  const whole: EventStore = { ...store, readStream: (stream) => store.readStream(stream) }
  return { ...projectingStore(whole, projects), readStream: store.readStream }
}

/** Projects what a repeated append names once more. */
const again: Projecting = (store, projects) =>
  projectingStore(
    {
      ...store,
      append: (append) =>
        TE.map((appended: Appended) => ({ ...appended, repeated: false }))(store.append(append)),
    },
    projects,
  )

const firstStreamOnly: Projecting = (store, projects) =>
  projectingStore(
    {
      ...store,
      append: (append) =>
        TE.map((appended: Appended) => ({ ...appended, streams: appended.streams.slice(0, 1) }))(
          store.append(append),
        ),
    },
    projects,
  )

const forgetful: Projecting = (store, projects) => ({
  ...store,
  append: (append) => projectingStore(store, projects).append(append),
})

law('PJS-1 fold', isFold(projectingStore))
law.rejects('PJS-1', 'streams are projected from their start', isFold(fromTheStart))
law.rejects('PJS-1', 'a repeated append is projected again', isFold(again))
law.rejects('PJS-1', 'only the first stream is projected', isFold(firstStreamOnly))
law('PJS-2 over', isOverAfterFailure(projectingStore))
law.rejects('PJS-2', 'the next append is a new try', isOverAfterFailure(forgetful))

test('an event that a projection cannot read is refused with its place', async () => {
  const store = projectingStore(memoryStore(), [
    projectInline(keeperOf(new Map()), projections[0] ?? trace('none')),
  ])
  const good = eventToAppend({
    id: nextId(),
    stream: streamId('note', '1'),
    type: 'Noted',
    data: { text: 'a' },
  })
  const bad = eventToAppend({ id: nextId(), stream: streamId('note', '1'), type: 'Noted', data: { text: 7 } })
  expect(await store.append({ events: [good, bad], expected: [] })()).toMatchObject(
    E.left({ _tag: 'InvalidInput', path: 'events[1].data.text' }),
  )
})
