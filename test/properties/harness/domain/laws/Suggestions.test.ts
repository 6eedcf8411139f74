/** The law of suggestions names what the walk passes over in silence. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { suggestions } from '../../../../../src/harness/domain/laws/Suggestions.js'
import { trialsOf } from '../../../../../src/harness/domain/Trial.js'
import { Inventory } from '../../../../harness/Inventory.js'
import { suggested } from '../Samples.js'

const breachWith = (commandGen: typeof suggested | undefined) => {
  const subject = {
    domain: Inventory,
    expectations: { histories: 50, ...(commandGen && { commandGen }) },
  }
  const trials = trialsOf(subject)
  return suggestions(subject).map((law) => trials.smallestBreach(law)?.breach)
}

test('commandGen.total holds for suggestions that always answer, and is silent where there are none', () => {
  expect(breachWith(suggested)).toEqual([undefined])
  expect(breachWith(undefined)).toEqual([])
})

test('commandGen.total rejects suggestions that throw, in the least that leads to it', () => {
  const careless: typeof suggested = (state) => {
    if (state.status === 'open') return fc.constantFrom()
    return suggested(state)
  }
  expect(breachWith(careless)).toMatchObject([
    {
      past: [{ type: 'Opened' }],
      cause:
        '`commandGen` threw Error: fc.constantFrom expects at least one parameter in the state after these events.',
    },
  ])
})
