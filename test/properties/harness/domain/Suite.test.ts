/**
 * The laws of the suite: its checks say what an examination says, law by law.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { accept, domain } from 'decider-ts/decide'
import { BrokenLaw, domainSuite, examine, mutationScore } from 'decider-ts/harness'
import fc from 'fast-check'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { Inventory, isConserved, parts } from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import { faulty } from '../scenario/Faults.js'

const few = { numRuns: 5 }
const idle = domain({ ...parts, decide: () => () => ({ _tag: 'Right', right: [] }) })
const inventories = fc.constantFrom(Inventory, ...faulty)

const outcomeOf = (run: () => Promise<string>) =>
  run().then(
    (text) => ({ passes: true, text }),
    (error: Error) => ({ passes: false, text: error.message }),
  )

const oneCheckALaw = (suite: typeof domainSuite) =>
  fc.asyncProperty(inventories, fc.nat(100), async (inventory, seed) => {
    const expectations = { seed, histories: 20 }
    const { verdicts } = await examine(inventory, expectations)
    const checks = suite(inventory, expectations)
    for (const { law: id, statement, verdict, text } of verdicts) {
      const check = checks.find(({ name }) => name === `${id}: ${statement}`)
      deepStrictEqual(check && (await outcomeOf(check.run)), { passes: verdict !== 'broken', text })
    }
  })

law('SUI-1 one check a law', oneCheckALaw(domainSuite), few)
law.rejects(
  'SUI-1',
  'checks that never fail',
  oneCheckALaw((any, expectations) =>
    domainSuite(any, expectations).map(({ name, run }) => ({ name, run: () => run().catch(String) })),
  ),
  few,
)

const nothingUnseen = (suite: typeof domainSuite) =>
  fc.asyncProperty(fc.constantFrom(Inventory, idle), fc.nat(100), async (inventory, seed) => {
    const expectations = { seed, histories: 20 }
    const { gaps } = await examine(inventory, expectations)
    const coverage = suite(inventory, expectations).find(({ name }) => name.startsWith('coverage: '))
    deepStrictEqual(coverage && (await outcomeOf(coverage.run)).passes, gaps.length === 0)
  })

law('SUI-2 nothing unseen', nothingUnseen(domainSuite), few)
law.rejects(
  'SUI-2',
  'a coverage that is only shown',
  nothingUnseen((any, expectations) =>
    domainSuite(any, expectations).map(({ name, run }) => ({ name, run: () => run().catch(String) })),
  ),
  few,
)

const named = <const Type extends string>(type: Type) => t.type({ type: t.literal(type) })
const Bell = domain({
  name: 'bell',
  command: named('Ring'),
  event: named('Rang'),
  rejection: named('Broken'),
  state: t.type({ rings: t.number }),
  streamId: () => 'tower',
  initialState: { rings: 0 },
  evolve: ({ rings }) => ({ rings: rings + 1 }),
  decide: () => () => accept({ type: 'Rang' }),
})
const counted = {
  histories: 10,
  unreachable: ['Broken' as const],
  invariants: { 'rings are counted': ({ rings }: { readonly rings: number }) => rings >= 0 },
}
const { percent } = mutationScore(Bell, counted, { histories: 10 })

const asManyAsAsked = (suite: typeof domainSuite) =>
  fc.asyncProperty(fc.integer({ min: 0, max: 100 }), async (leastPercent) => {
    const checks = suite(Bell, counted, { mutants: { leastPercent, histories: 10 } })
    const mutants = checks.find(({ name }) => name.startsWith('mutants: '))
    deepStrictEqual(mutants && (await outcomeOf(mutants.run)).passes, percent >= leastPercent)
  })

law('SUI-3 as many as asked', asManyAsAsked(domainSuite), few)
law.rejects(
  'SUI-3',
  'mutants that are only shown',
  asManyAsAsked((any, expected, options) =>
    domainSuite(any, expected, options).map(({ name, run }) => ({ name, run: () => run().catch(String) })),
  ),
  { numRuns: 20 },
)

test('mutants are checked only where that is asked for', () => {
  expect(domainSuite(Bell).some(({ name }) => name.startsWith('mutants'))).toBe(false)
})

test('a broken law comes with the record of its breach', async () => {
  const [broken = Inventory] = faulty
  const [first] = domainSuite(broken, { histories: 100 })
  const error = await first?.run().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(BrokenLaw)
  expect(error).toMatchObject({
    lawId: 'decide.total',
    regression: {
      law: 'decide.total',
      past: [
        { type: 'Opened', schemaVersion: 1, data: {} },
        { type: 'Received', schemaVersion: 1, data: { quantity: 4 } },
      ],
    },
  })
})

test('the histories are generated once, and not before a check is run', async () => {
  let calls = 0
  const counted = domain({
    ...parts,
    isTerminal: (state) => {
      calls += 1
      return parts.isTerminal(state)
    },
    decide: (command) => (state) => {
      calls += 1
      return parts.decide(command)(state)
    },
  })
  const checks = domainSuite(counted, { histories: 20 })
  expect(calls).toBe(0)
  for (const { run } of checks.slice(0, 1)) await run()
  const first = calls
  for (const { run } of checks.slice(0, 1)) await run()
  expect(calls).toBe(first)
})

/** Writes into the state that it was given, one state too late for whoever looks at a situation alone. */
const writing = domain({
  ...parts,
  evolve: (state, event) => {
    const next = parts.evolve(state, event)
    return event.type === 'Released' ? Object.assign(state, { stock: state.stock + 1 }) && next : next
  },
})

test('a law that is broken because an earlier one is says so, and is not recorded', async () => {
  const invariants = { 'stock is conserved': isConserved }
  const outcomes = []
  for (const { name, run } of domainSuite(writing, { histories: 100, invariants })) {
    const error = await run().catch((reason: unknown) => reason)
    if (error instanceof BrokenLaw) outcomes.push({ name, error })
  }
  const [first, ...others] = outcomes
  expect(first?.error.lawId).toBe('evolve.keepsInputs')
  expect(first?.error.message).toContain("test('inventory: Released obeys evolve.keepsInputs', () => {")
  expect(others.length).toBeGreaterThan(0)
  for (const { error } of others) {
    expect(error.message).toContain('inventory also breaks ')
    expect(error.message).toContain('\nMend evolve.keepsInputs first: ')
    expect(error.regression).toBeUndefined()
  }
})
