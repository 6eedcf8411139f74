/** KIL-1, and what becomes of expectations that fail for the domain itself. */
import { strictEqual } from 'node:assert'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { catalogue } from '../../../../src/harness/domain/Catalogue.js'
import { trialsOf } from '../../../../src/harness/domain/Trial.js'
import { killersOf } from '../../../../src/harness/mutation/Killers.js'
import { Inventory } from '../../../harness/Inventory.js'
import { coverageZoo } from '../../../harness/zoo/Coverage.js'
import { law } from '../../Law.js'
import { type Expected, guided, invariants } from './Samples.js'

const few = { histories: 20 }

/** Expectations that the inventory meets, and some that it does not. */
const expectations: fc.Arbitrary<Expected> = fc
  .record({ seed: fc.nat(1_000_000), meets: fc.boolean(), unreachable: fc.boolean() })
  .map(({ seed, meets, unreachable }) => ({
    ...(meets ? invariants : guided),
    ...few,
    seed,
    ...(!meets && {
      invariants: { 'nothing is received': ({ received }) => received === 0 },
      scenarios: {
        'nothing ever works': () => {
          throw new Error('never')
        },
      },
    }),
    ...(unreachable && { unreachable: ['Closed' as const] }),
  }))

const innocent = (implementation: typeof killersOf) =>
  fc.property(expectations, (expected) => {
    const subject = { domain: Inventory, expectations: expected }
    const { killerOf } = implementation(subject, catalogue, trialsOf(subject).trials)
    strictEqual(killerOf(Inventory), undefined)
    strictEqual(killerOf({ ...Inventory }), undefined)
  })

law('KIL-1 innocent', innocent(killersOf), { numRuns: 10 })
law.rejects(
  'KIL-1',
  'killers that were not asked about the original',
  innocent((subject, lawsOf, trials) => ({
    broken: [],
    killerOf: (other) =>
      lawsOf({ ...subject, domain: other }).find((each) =>
        trials.some((trial) => each.judge(trial) !== undefined),
      )?.id,
  })),
  { numRuns: 10 },
)

test('what fails for the domain itself is said, and notices nothing', () => {
  const expected: Expected = {
    ...guided,
    ...few,
    invariants: { 'nothing is received': ({ received }) => received === 0 },
    scenarios: {
      'it comes later': (async () => {
        throw new Error('too late to be noticed')
      }) as () => void,
    },
  }
  const subject = { domain: Inventory, expectations: expected }
  const { broken } = killersOf(subject, catalogue, trialsOf(subject).trials)
  expect(broken).toEqual(['scenario.it comes later', 'invariant.nothing is received'])
})

test('the coverage notices a mutant of which a part is out of reach', () => {
  const subject = { domain: Inventory, expectations: { ...guided, ...few } }
  const { killerOf } = killersOf(subject, () => [], trialsOf(subject).trials)
  const unreleased = coverageZoo.find(({ what }) => what.startsWith('every release'))
  expect(unreleased && killerOf(unreleased.domain as typeof Inventory)).toBe('coverage')
})

test('a mutant that throws is noticed, unless the original throws too', () => {
  const throwing = (): never => {
    throw new Error('a bug')
  }
  const subject = { domain: Inventory, expectations: { ...guided, ...few } }
  const mutant = { ...Inventory, decide: throwing }
  const { trials } = trialsOf(subject)
  expect(killersOf(subject, () => [], trials).killerOf(mutant)).toBe('decide.total')
  const worse = { ...subject, domain: mutant }
  expect(killersOf(worse, () => [], trialsOf(worse).trials).broken).toEqual(['decide.total'])
})
