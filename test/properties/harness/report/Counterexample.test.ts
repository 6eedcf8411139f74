/**
 * The law of printed counterexamples: what is printed is what one pastes, so here it is pasted. It is evaluated many
 * times for many breaches, compiled with the options of the repository, and run once by a real test runner
 * (`Registration.test.ts`).
 */
import { ok, throws } from 'node:assert/strict'
import { given, showBreach } from 'decider-ts/harness'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { catalogue } from '../../../../src/harness/domain/Catalogue.js'
import { trialsOf } from '../../../../src/harness/domain/Trial.js'
import { testOf } from '../../../../src/harness/report/Counterexample.js'
import { repositoryRoot } from '../../../../tools/examples/repository.js'
import { typeErrorsOf } from '../../../../tools/examples/typecheck.js'
import { Inventory } from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import { type AnInventory, faulty, foundAt } from '../scenario/Faults.js'

/** The first broken law, and its smallest breach. */
const breachOf = (inventory: AnInventory, seed: number) => {
  const subject = { domain: inventory, expectations: { seed, histories: 200 } }
  const trials = trialsOf(subject)
  for (const broken of catalogue(subject)) {
    const found = trials.smallestBreach(broken)
    if (found !== undefined) return { subject, broken, found }
  }
  return undefined
}

/** Runs a printed test for a domain; it throws what the test throws. */
const paste = (code: string, inventory: AnInventory): void => {
  const run = new Function('test', 'given', 'Inventory', `'use strict'; ${code}`)
  run((_: string, body: () => void) => body(), given, inventory)
}

const pasted = (print: typeof testOf) =>
  fc.property(fc.nat(faulty.length - 1), fc.nat(1000), (fault, seed) => {
    const inventory = faulty[fault] ?? Inventory
    const breach = breachOf(inventory, seed)
    if (breach === undefined) return
    const { subject, broken, found } = breach
    const code = print(subject)(broken.id, found)
    ok(code !== undefined, 'no test is printed')
    throws(() => paste(code, inventory), new RegExp(`breaks ${broken.id}`), code)
    paste(code, Inventory)
  })

const few = { numRuns: 6 }
law('CEX-1 pasted', pasted(testOf), few)
law.rejects(
  'CEX-1',
  'a test that leaves out the past',
  pasted((subject) => (id, found) => testOf(subject)(id, found)?.replaceAll(/^ {4}\{.*\},\n/gm, '')),
  few,
)
law.rejects(
  'CEX-1',
  'a test that says what the faulty domain does',
  pasted((subject) => (id, found) => testOf(subject)(id, found)?.replace(/\.obeys\(.*\)/, '.thenRejected()')),
  few,
)

const [broken = Inventory, , reservingTwice = Inventory] = faulty
const subject = { domain: broken, expectations: {} }
const total = { id: 'decide.total', statement: '`decide` answers every command.' }
const confirmed = foundAt([{ type: 'Opened' }, { type: 'Received', quantity: 4 }], {
  type: 'Confirm',
  id: 'a',
})

test('a breach is told in words, and then as a test', () => {
  expect(showBreach(subject)(total, confirmed)).toBe(
    [
      'inventory breaks decide.total: `decide` answers every command.',
      '',
      'decide threw Error: no such reservation.',
      'Answer with reject(...).',
      '',
      'Given',
      '  Opened',
      '  Received { quantity: 4 }',
      'When',
      "  Confirm { id: 'a' }",
      'Then',
      '  decide threw Error: no such reservation',
      '',
      "As a test, which fails until this is mended (given comes from 'decider-ts/harness'):",
      '',
      '// decide.total, found in history 17 (seed 20260101), made smaller 8 times',
      "test('inventory: Confirm after Opened, Received obeys decide.total', () => {",
      '  given(Inventory, [',
      "    { type: 'Opened' },",
      "    { type: 'Received', quantity: 4 },",
      '  ])',
      "    .when({ type: 'Confirm', id: 'a' })",
      "    .obeys('decide.total')",
      '})',
    ].join('\n'),
  )
})

test('a breach that its situation does not show again is told without a test', () => {
  const text = showBreach({ domain: Inventory, expectations: { seed: 7 } })(total, confirmed)
  expect(text).not.toContain('test(')
  expect(text).toContain('To see it again: seed 7, history 17.')
})

test('printed names are those that one asks for, and long ids become constants', () => {
  const id = '0198a6a2-0000-7000-8000-000000000001'
  const found = foundAt(
    [{ type: 'Opened' }, { type: 'Received', quantity: 2 }, { type: 'Reserved', id, quantity: 1 }],
    { type: 'Reserve', id, quantity: 1 },
  )
  const stock = { domain: reservingTwice, expectations: { printedAs: { domain: 'Stock' } } }
  expect(testOf(stock)('decide.total', found)?.split('\n').slice(2)).toEqual([
    `  const id = '${id}'`,
    '  given(Stock, [',
    "    { type: 'Opened' },",
    "    { type: 'Received', quantity: 2 },",
    "    { type: 'Reserved', id, quantity: 1 },",
    '  ])',
    "    .when({ type: 'Reserve', id, quantity: 1 })",
    "    .obeys('decide.total')",
    '})',
  ])
})

test('printed tests compile with the options of the repository, without a cast', () => {
  const imports = [
    "import { given } from 'decider-ts/harness'",
    "import { test } from 'vitest'",
    "import { Inventory } from '../../../harness/Inventory.js'",
  ]
  const text = [...imports, testOf(subject)('decide.total', confirmed)].join('\n')
  const program = (code: string, source: string) => ({
    source,
    line: 1,
    title: source,
    file: `${source}.ts`,
    text: code,
    claims: [],
    registersTests: true,
  })
  const wrong = text.replace("'Opened'", "'Opend'")
  const errors = typeErrorsOf(repositoryRoot, [program(text, 'pasted'), program(wrong, 'mistyped')])
  expect(errors.map(({ source, line }) => `${source}:${line}`)).toEqual(['mistyped:7'])
}, 120_000)
