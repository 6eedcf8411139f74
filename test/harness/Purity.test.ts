/**
 * Writes that freezing does not stop, into maps, sets, dates and bytes, are found by the law of inputs; a domain that has
 * all of these in its state, and writes into none, keeps every law.
 */
import { type AnyDomain, accept, type Domain, domain, reject } from 'decider-ts/decide'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import type { LawsOf, Subject } from '../../src/harness/domain/Law.js'
import { ambientWorld } from '../../src/harness/domain/laws/AmbientWorld.js'
import { inputs } from '../../src/harness/domain/laws/Inputs.js'
import { purity } from '../../src/harness/domain/laws/Purity.js'
import { timeZone } from '../../src/harness/domain/laws/TimeZone.js'
import { totality } from '../../src/harness/domain/laws/Totality.js'
import { trialsOf } from '../../src/harness/domain/Trial.js'

type Known = { readonly type: string }

const laws: LawsOf = (subject) => [
  ...totality(subject),
  ...inputs(subject),
  ...ambientWorld(subject),
  ...purity(subject),
  ...timeZone(subject),
]

// Domains of any types are told apart here by nothing but what they do.
const subjectOf = (any: AnyDomain, histories = 100): Subject<Known, unknown, Known, Known> => ({
  domain: any as unknown as Domain<Known, unknown, Known, Known>,
  expectations: { histories },
})

const breachesOf = (subject: Subject<Known, unknown, Known, Known>) => {
  const { smallestBreach } = trialsOf(subject)
  return laws(subject).flatMap((law) => {
    const found = smallestBreach(law)
    return found === undefined ? [] : [{ law, ...found }]
  })
}

interface Seen {
  readonly counts: ReadonlyMap<string, number>
  readonly names: ReadonlySet<string>
  readonly last: Date
  readonly bytes: Uint8Array
}
interface Visited {
  readonly who: string
  readonly day: number
}
const nobody: Seen = { counts: new Map(), names: new Set(), last: new Date(0), bytes: new Uint8Array(2) }

const seenAfter = ({ counts, names, bytes }: Seen, { who, day }: Visited): Seen => ({
  counts: new Map([...counts, [who, (counts.get(who) ?? 0) + 1]]),
  names: new Set([...names, who]),
  last: new Date(day % 1000),
  bytes: bytes.map((byte) => byte + 1),
})

/** A domain whose state is all that can be written into although it is frozen. */
const visits = (evolve: (state: Seen, event: Visited) => Seen = seenAfter) =>
  domain({
    name: 'visits',
    command: t.type({ type: t.literal('Visit'), who: t.string, day: t.Int }),
    event: t.type({ type: t.literal('Visited'), who: t.string, day: t.Int }),
    rejection: t.type({ type: t.literal('TooLate') }),
    // No law of these files encodes a state.
    state: new t.Type<Seen>(
      'Seen',
      (_): _ is Seen => true,
      () => t.failure(undefined, []),
      (seen) => seen,
    ),
    streamId: () => 'one',
    initialState: nobody,
    evolve,
    decide: (command) => (state) =>
      state.last.toISOString() > new Date(command.day % 1000).toISOString()
        ? reject({ type: 'TooLate' })
        : accept({ ...command, type: 'Visited' }),
  })

describe('domains without fault', () => {
  const domains = { Visits: visits() }
  for (const [name, any] of Object.entries(domains)) {
    test(`${name} keeps all laws, and all are checked`, () => {
      const subject = subjectOf(any, 300)
      expect(breachesOf(subject)).toEqual([])
      expect(laws(subject).flatMap(({ notChecked = [] }) => notChecked)).toEqual([])
    })
  }

  const writing: ReadonlyArray<readonly [place: string, write: (state: Seen, event: Visited) => void]> = [
    ["state.counts.get(''", ({ counts }, { who }) => (counts as Map<string, number>).set(who, 1)],
    ['state.names', ({ names }, { who }) => (names as Set<string>).add(who)],
    ['state.last', ({ last }) => last.setTime(5)],
    ['state.bytes[0]', ({ bytes }) => bytes.fill(7)],
  ]
  for (const [place, write] of writing) {
    test(`a write that freezing does not stop is found: ${place}`, () => {
      const broken = visits((state, event) => {
        write(state, event)
        return seenAfter(state, event)
      })
      const [first] = breachesOf(subjectOf(broken))
      expect(first?.law.id).toBe('evolve.keepsInputs')
      expect(first?.breach.cause).toContain(`\`${place}`)
      expect(nobody).toEqual({
        counts: new Map(),
        names: new Set(),
        last: new Date(0),
        bytes: new Uint8Array(2),
      })
    })
  }
})
