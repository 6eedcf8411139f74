/**
 * The laws of recorded breaches, and what is said where a record cannot be read.
 */
import { deepStrictEqual, ok, rejects } from 'node:assert/strict'
import { domain } from 'decider-ts/decide'
import { type Regression, regressionChecks } from 'decider-ts/harness'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isDefect } from '../../../../src/harness/domain/History.js'
import { regressionOf, withRegression } from '../../../../src/harness/report/Regression.js'
import { Inventory, parts } from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import { faulty, steps } from '../scenario/Faults.js'

/** Breaches of the faulty inventories, as they are found and before they are made small. */
const breaches = fc.oneof(
  ...faulty.map((inventory) =>
    steps(inventory)
      .filter(({ outcome }) => isDefect(outcome))
      .map(({ past, command }) => ({
        inventory,
        breach: { past, command, cause: 'decide threw.', advice: 'Mend it.' },
      })),
  ),
)

const asText = (record: Regression | undefined): string =>
  record === undefined ? '[]' : withRegression('', record)

const askedAgain = (recorded: typeof regressionOf) =>
  fc.asyncProperty(breaches, async ({ inventory, breach }) => {
    const text = asText(recorded({ domain: inventory, expectations: {} })('decide.total', breach))
    const [broken] = regressionChecks(inventory, text)
    const [mended] = regressionChecks(Inventory, text)
    ok(broken !== undefined && mended !== undefined, 'nothing is recorded')
    await rejects(broken.run(), /breaks decide\.total again/)
    await mended.run()
  })

law('REG-1 asked again', askedAgain(regressionOf))
law.rejects(
  'REG-1',
  'a record without its past',
  askedAgain((subject) => (id, breach) => {
    const record = regressionOf(subject)(id, breach)
    return record && { ...record, past: [] }
  }),
)

const records = fc.array(
  breaches.map(({ inventory, breach }) =>
    regressionOf({ domain: inventory, expectations: {} })('decide.total', breach),
  ),
  { minLength: 1, maxLength: 4 },
)

const recordedOnce = (add: typeof withRegression) =>
  fc.property(records, (found) => {
    const known = found.filter((record) => record !== undefined)
    const all = known.reduce(add, '')
    deepStrictEqual([...known, ...known].reverse().reduce(add, ''), all)
    ok(JSON.parse(all).length <= known.length)
  })

law('REG-2 recorded once', recordedOnce(withRegression))
law.rejects(
  'REG-2',
  'a list that only grows',
  recordedOnce((text, record) => JSON.stringify([...JSON.parse(text || '[]'), record])),
)

const readable = {
  law: 'decide.total',
  past: [{ type: 'Opened', schemaVersion: 1, data: {} }],
  command: { type: 'Open' },
}
const unreadable: ReadonlyArray<unknown> = [
  null,
  {},
  { ...readable, past: 'none' },
  { ...readable, past: [{ type: 'Opened' }] },
  { ...readable, past: [{ type: 'Bought', schemaVersion: 1, data: {} }] },
  { ...readable, past: [{ type: 'Received', schemaVersion: 1, data: { quantity: -1 } }] },
  { ...readable, command: { type: 'Receive', quantity: 'many' } },
  { ...readable, law: 'no.such' },
]

const nothingSkipped = (checks: typeof regressionChecks) =>
  fc.asyncProperty(fc.array(fc.constantFrom(readable, ...unreadable)), async (list) => {
    const found = checks(Inventory, list)
    deepStrictEqual(found.length, list.length)
    for (const [index, check] of found.entries()) {
      if (list[index] === readable) await check.run()
      else await rejects(check.run(), TypeError)
    }
  })

law('REG-3 nothing skipped', nothingSkipped(regressionChecks))
law.rejects(
  'REG-3',
  'records that are left out where they cannot be read',
  nothingSkipped((any, list, expected) =>
    regressionChecks(any, list, expected).filter(({ name }) => !name.endsWith('can be read')),
  ),
)

test('a record that cannot be read says which, where, why, and what to do', async () => {
  const [, second] = regressionChecks(Inventory, [readable, unreadable[5]])
  expect(second?.name).toBe('regression 2 can be read')
  await expect(second?.run()).rejects.toThrow(
    'Regression 2 of the list cannot be read: past[0].data.quantity is -1, which is not Quantity. ' +
      'Give the event type an upcaster, or take the record out of the list if it means nothing any more.',
  )
})

test('a text that is no list is one check that fails', async () => {
  for (const text of ['', '{', '{}']) {
    const [only, ...others] = regressionChecks(Inventory, text)
    expect([only?.name, others]).toEqual(['regressions can be read', []])
    await expect(only?.run()).rejects.toThrow(
      'Restore the file, or delete it to begin with no recorded breaches.',
    )
  }
})

test('a record is written for people too: what happened, in the order of laws', () => {
  const record = { law: 'decide.total', past: [], command: { type: 'Open' }, note: 'decide threw.' }
  const text = withRegression(withRegression('', record), { ...record, law: 'a.law' })
  expect(JSON.parse(text)).toEqual([{ ...record, law: 'a.law' }, record])
  expect(text.endsWith(']\n')).toBe(true)
  expect(withRegression(text, { ...record, note: 'in other words' })).toBe(text)
})

test('events of an older shape are lifted before a law is asked about them', async () => {
  const dozens = { Received: [(data: unknown) => ({ quantity: (data as { dozens: number }).dozens * 12 })] }
  const lifted = domain({ ...parts, upcasters: dozens })
  const past = [
    { type: 'Opened', schemaVersion: 1, data: {} },
    { type: 'Received', schemaVersion: 1, data: { dozens: 2 } },
  ]
  const [check] = regressionChecks(lifted, [{ ...readable, past }])
  await expect(check?.run()).resolves.toBe('holds now')
})
