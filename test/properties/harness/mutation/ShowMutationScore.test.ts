/** SMS-1, by running what is printed, and the text of one score to the letter. */
import { ok, throws } from 'node:assert'
import type { Domain, Typed } from 'decider-ts/decide'
import { given, type MutationScore, mutationScore, showMutationScore } from 'decider-ts/harness'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import { Account } from '../../../../examples/banking/Account.js'
import { trialsOf } from '../../../../src/harness/domain/Trial.js'
import { mutantsOf } from '../../../../src/harness/mutation/Mutants.js'
import { observe } from '../../../../src/harness/mutation/Observed.js'
import { scenarioOf } from '../../../../src/harness/mutation/ShowMutationScore.js'
import { Inventory } from '../../../harness/Inventory.js'
import { broken, subjectOf } from '../../../harness/zoo/Broken.js'
import { law } from '../../Law.js'
import { guided } from './Samples.js'

type Any = Domain<Typed, unknown, Typed, Typed>

/** A printed entry of `scenarios`, as a function. */
const pasted = (lines: ReadonlyArray<string>): ((domain: Any) => void) => {
  const [scenario] = Object.values(new Function('given', `return {\n${lines.join('\n')}\n}`)(given) as object)
  return scenario as (domain: Any) => void
}

const few = { histories: 15 }

/** In the account an event takes a field from the state; in the inventory none does. */
const domains = [
  broken('an inventory', { caughtBy: '' }, Inventory, guided),
  broken('an account', { caughtBy: '' }, Account),
].map(subjectOf)

const toBePasted = (print: typeof scenarioOf) =>
  fc.property(fc.constantFrom(...domains), fc.nat(1_000_000), ({ domain, expectations: expected }, seed) => {
    const expectations = { ...expected, ...few, seed }
    const { trials } = trialsOf({ domain, expectations })
    const mutants = mutantsOf(
      observe(
        domain,
        trials.map(({ history }) => history),
      ),
    )
    for (const survivor of mutationScore(domain, expectations, few).survivors) {
      const mutant = mutants.find(({ name }) => name === survivor.name)
      ok(mutant !== undefined)
      const scenario = pasted(print(survivor))
      scenario(domain)
      throws(() => scenario(mutant.domain), survivor.name)
    }
  })

law('SMS-1 to be pasted', toBePasted(scenarioOf), { numRuns: 4 })
law.rejects(
  'SMS-1',
  'examples that end with the command',
  toBePasted((survivor) => [...scenarioOf(survivor).filter((line) => !line.trim().startsWith('.then')), ',']),
  { numRuns: 2 },
)

test('an example says which field a state no longer has', () => {
  const { survivors } = mutationScore(Account, {}, { histories: 30 })
  const lost = survivors.find(({ name }) => name === 'Closed does not change overdraft')
  expect(lost && scenarioOf(lost).at(-1)?.trim()).toBe(".thenState((state) => !('overdraft' in state)),")
})

const none: MutationScore = {
  domain: 'transfers',
  seed: 1,
  histories: 20,
  percent: 100,
  killed: [],
  survivors: [],
  equivalent: [],
  unreached: [],
  broken: [],
}

test('the text of a score, to the letter', () => {
  const command = { type: 'Transfer', from: 'ann', to: 'bob', cents: 1 }
  const event = { ...command, type: 'Transferred' }
  const score: MutationScore = {
    ...none,
    percent: 50,
    killed: [
      { name: 'Transfer does nothing', operator: 'command does nothing', by: 'coverage' },
      { name: 'Transferred is not recorded', operator: 'event not recorded', by: 'coverage' },
      { name: 'it begins with another cents', operator: 'other initial state', by: 'invariant.sum' },
    ],
    survivors: [
      {
        name: 'Transferred is applied twice',
        operator: 'event applied twice',
        advice: 'Say by how much.',
        parting: {
          kind: 'state',
          past: [event],
          command,
          original: { outcome: E.right([event]), state: { cents: 2 }, terminal: false },
          mutant: { outcome: E.right([event]), state: { cents: 4 }, terminal: false },
        },
      },
      {
        name: "the rule of 'ann' is left out",
        operator: 'rule left out',
        advice: 'Give a scenario.',
        parting: {
          kind: 'decision',
          past: [],
          command,
          original: { outcome: E.left({ type: 'ToOneself' }), state: { cents: 0 }, terminal: false },
          mutant: { outcome: E.right([]), state: { cents: 0 }, terminal: false },
        },
      },
      {
        name: 'every state is terminal',
        operator: 'always terminal',
        advice: 'Give a scenario.',
        parting: {
          kind: 'terminal',
          past: [],
          original: { state: { cents: 0 }, terminal: false },
          mutant: { state: { cents: 0 }, terminal: true },
        },
      },
    ],
    equivalent: ['Opened is applied twice'],
    unreached: ['ToOneself'],
    broken: ['invariant.never true'],
  }
  expect(showMutationScore(score).split('\n')).toEqual([
    'transfers: 3 of 6 mutants were noticed (50%).',
    '1 mutant did in all histories what the domain does, and does not count.',
    'Nothing was tried with what no history reached: ToOneself.',
    'These fail for the domain itself, so they notice nothing until it is mended: invariant.never true.',
    '  2 by coverage',
    '  1 by invariant.sum',
    '',
    'No test notices that Transferred is applied twice.',
    '  Say by how much. An example:',
    "    'Transferred is applied twice': (domain) =>",
    "      given(domain, [{ type: 'Transferred', from: 'ann', to: 'bob', cents: 1 }])",
    "        .when({ type: 'Transfer', from: 'ann', to: 'bob', cents: 1 })",
    "        .then({ type: 'Transferred', from: 'ann', to: 'bob', cents: 1 })",
    '        .thenState({ cents: 2 }),',
    '  With this mistake the state has { cents: 4 }.',
    '',
    "No test notices that the rule of 'ann' is left out.",
    '  Give a scenario. An example:',
    "    'the rule of \\'ann\\' is left out': (domain) =>",
    '      given(domain)',
    "        .when({ type: 'Transfer', from: 'ann', to: 'bob', cents: 1 })",
    "        .thenRejected({ type: 'ToOneself' }),",
    '  With this mistake nothing happens.',
    '',
    'No test notices that every state is terminal.',
    '  Give a scenario. An example:',
    "    'every state is terminal': (domain) =>",
    '      given(domain)',
    '        .thenState((state) => !domain.isTerminal(state)),',
    '  With this mistake that state is terminal.',
  ])
})

test('a domain in which nothing happens has nothing to mutate', () => {
  expect(showMutationScore(none)).toBe('transfers: there was nothing to mutate, as no event happened.')
})
