/**
 * The law of situations, and the words in which they are told.
 */
import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nameOf, told, toldOutcome, trialOf } from '../../../../src/harness/scenario/Situation.js'
import { Inventory } from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import { steps } from './Faults.js'

const askedAgain = (trial: typeof trialOf) =>
  fc.property(steps(), ({ past, command, before, outcome, after }) => {
    const { history, strayCommands, strayEvents } = trial(Inventory)({ past, commands: [command] })
    deepStrictEqual(history.steps, [{ command, before, outcome, after, pastLength: past.length }])
    deepStrictEqual([history.state, strayCommands, strayEvents], [after, [], []])
  })

law('SIT-1 asked again', askedAgain(trialOf))
law.rejects(
  'SIT-1',
  'a situation without its past',
  askedAgain(
    (decider) =>
      ({ commands }) =>
        trialOf(decider)({ commands, past: [] }),
  ),
)

test('a situation is named by its commands and its events, of which a long list is cut', () => {
  const of = (...types: ReadonlyArray<string>) => types.map((type) => ({ type }))
  expect(nameOf({ past: of('Opened', 'Received'), commands: of('Close') })).toBe(
    'Close after Opened, Received',
  )
  expect(nameOf({ past: [], commands: of('Open') })).toBe('Open at the beginning')
  expect(nameOf({ past: of('Opened'), commands: [] })).toBe('Opened')
  expect(nameOf({ past: [], commands: [] })).toBe('a new stream')
  expect(nameOf({ past: of('A', 'B', 'C', 'D', 'E'), commands: of('F') })).toBe(
    'F after 5 events up to B, C, D, E',
  )
})

test('outcomes are told in words', () => {
  expect(told({ type: 'Received', quantity: 4 })).toBe('Received { quantity: 4 }')
  expect(told({ type: 'Opened' })).toBe('Opened')
  expect(toldOutcome({ _tag: 'Right', right: [] })).toEqual(['nothing: accepted, without an event'])
  expect(toldOutcome({ _tag: 'Left', left: { type: 'NotOpen' } })).toEqual(['rejected with NotOpen'])
  expect(toldOutcome({ _tag: 'Defect', by: 'decide', how: 'answered', value: undefined })).toEqual([
    'decide answered undefined, which is neither accept(...) nor reject(...)',
  ])
  expect(toldOutcome({ _tag: 'Defect', by: 'evolve', how: 'threw', value: 'no' })).toEqual([
    "evolve threw 'no'",
  ])
})
