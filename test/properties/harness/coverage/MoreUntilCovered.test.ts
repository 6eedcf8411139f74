/** MUC-1 and MUC-2, on a domain with a rejection that few histories meet. */
import { deepStrictEqual, ok } from 'node:assert'
import { accept, domain, reject } from 'decider-ts/decide'
import { type Coverage, coverageOf, gapsOf, moreUntilCovered } from 'decider-ts/harness'
import fc from 'fast-check'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import type { Subject } from '../../../../src/harness/domain/Law.js'
import { trialsOf } from '../../../../src/harness/domain/Trial.js'
import { law } from '../../Law.js'

const named = <const Type extends string>(type: Type) => t.type({ type: t.literal(type) })

/** After so many rings in a row the bell wants a rest, which a history of ten commands rarely comes to. */
const bell = (fragileFrom: number) =>
  domain({
    name: 'bell',
    command: t.union([named('Ring'), named('Rest')]),
    event: t.union([named('Rung'), named('Rested')]),
    rejection: named('TooOften'),
    state: t.Int,
    streamId: () => 'one',
    initialState: 0 as t.Int,
    evolve: (n, event) => (event.type === 'Rung' ? n + 1 : 0) as t.Int,
    decide: (command) => (n) => {
      if (command.type === 'Rest') return accept({ type: 'Rested' })
      return n >= fragileFrom ? reject({ type: 'TooOften' }) : accept({ type: 'Rung' })
    },
  })

type Cover = <C, S, E, R>(subject: Subject<C, S, E, R>) => Coverage

const patiently: Cover = (subject) =>
  moreUntilCovered(subject)(trialsOf(subject).trials.map(({ history }) => history))

const once: Cover = (subject) => coverageOf(subject)(trialsOf(subject).trials.map(({ history }) => history))

const subjectOf = (seed: number, fragileFrom: number) => ({
  domain: bell(fragileFrom),
  expectations: { seed, histories: 20, commandsMax: 10 },
})

const patient = (cover: Cover) =>
  fc.property(fc.nat(1_000_000), (seed) => {
    const subject = subjectOf(seed, 5)
    const coverage = cover(subject)
    ok(gapsOf(subject)(coverage).length === 0 || coverage.histories === 200)
    deepStrictEqual(cover(subject), coverage)
  })

law('MUC-1 patient', patient(patiently), { numRuns: 50 })
law.rejects('MUC-1', 'a coverage of twenty histories', patient(once), { numRuns: 50 })

const bounded = (cover: Cover) =>
  fc.property(fc.nat(1_000_000), (seed) => {
    const hopeless = subjectOf(seed, 100)
    deepStrictEqual(cover(hopeless).histories, 200)
    deepStrictEqual(gapsOf(hopeless)(cover(hopeless)).length, 1)
    const easy = subjectOf(seed, 1)
    deepStrictEqual(cover(easy).histories, 20)
  })

law('MUC-2 bounded', bounded(patiently), { numRuns: 20 })
law.rejects(
  'MUC-2',
  'a coverage that always tries ten times as many',
  bounded((subject) => once({ ...subject, expectations: { ...subject.expectations, histories: 200 } })),
  { numRuns: 20 },
)

test('what is listed as unreachable is not waited for', () => {
  const { domain: hopeless, expectations } = subjectOf(1, 100)
  const subject = { domain: hopeless, expectations: { ...expectations, unreachable: ['TooOften'] as const } }
  expect(patiently(subject).histories).toBe(20)
  expect(gapsOf(subject)(patiently(subject))).toEqual([])
})
