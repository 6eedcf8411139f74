/** The laws of trials: made once, the same for one seed, and made smaller for one law at a time. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { domain } from 'decider-ts/decide'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Law } from '../../../../src/harness/domain/Law.js'
import { type Trials, trialsOf, usualHistories, usualSeed } from '../../../../src/harness/domain/Trial.js'
import {
  type Command,
  type Event,
  Inventory,
  isConserved,
  parts,
  type Rejection,
  type State,
} from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import { forgetful, shortestProof } from './Samples.js'

type Made = Trials<Command, State, Event, Rejection>
type Make = (seed: number, subject?: typeof Inventory) => Made

const make: Make = (seed, subject = Inventory) =>
  trialsOf({ domain: subject, expectations: { seed, histories: 10 } })

const replayable = (of: Make) =>
  fc.property(fc.noShrink(fc.integer()), (seed) => deepStrictEqual(of(seed).trials, of(seed).trials))

law('TRL-1 replayable', replayable(make), { numRuns: 8 })
const counting = (): Make => {
  let asked = 0
  return (seed) => make(seed + (asked++ % 2))
}
law.rejects('TRL-1', 'trials that depend on how often they were made', replayable(counting()))

/** A law that no domain keeps for long: not more than so many events of a type. */
const atMost = (most: number, type: Event['type']): Law<Command, State, Event, Rejection> => ({
  id: 'sample.most',
  statement: `There are at most ${most} ${type}.`,
  judge: ({ history: { events, steps } }) => {
    const many = events.filter((event) => event.type === type)
    if (many.length <= most) return undefined
    return { past: events, cause: `There are ${many.length}.`, advice: `${steps.length}` }
  },
})

const anyLaw = fc
  .tuple(fc.nat({ max: 3 }), fc.constantFrom('Opened' as const, 'Received' as const, 'Closed' as const))
  .map(([most, type]) => ({ most, type }))

const smaller = (of: Make) =>
  fc.property(fc.noShrink(fc.integer()), anyLaw, (seed, { most, type }) => {
    const trials = of(seed)
    const sample = atMost(most, type)
    const first = trials.trials.findIndex((trial) => sample.judge(trial) !== undefined)
    const found = trials.smallestBreach(sample)
    deepStrictEqual(found === undefined, first === -1)
    if (found === undefined) return
    deepStrictEqual(found.trial, first + 1)
    deepStrictEqual(found.breach.advice, String(found.commands))
    ok(found.commands <= (trials.trials[first]?.history.steps.length ?? -1))
    deepStrictEqual(found.breach.past.filter((event) => event.type === type).length, most + 1)
  })

law('TRL-2 smaller', smaller(make), { numRuns: 8 })
law.rejects(
  'TRL-2',
  'a breach that is left as it was found',
  smaller((seed) => {
    const trials = make(seed)
    return {
      ...trials,
      smallestBreach: ({ judge }) => {
        for (const [index, trial] of trials.trials.entries()) {
          const breach = judge(trial)
          if (breach) return { breach, trial: index + 1, shrinks: 0, commands: trial.history.steps.length }
        }
        return undefined
      },
    }
  }),
)
law.rejects(
  'TRL-2',
  'a smallest breach without a breach',
  smaller((seed) => ({ ...make(seed), smallestBreach: () => undefined })),
)

const conservation: Law<Command, State, Event, Rejection> = {
  id: 'sample.conservation',
  statement: 'Stock is conserved.',
  judge: ({ history }) => {
    const step = history.steps.find(({ after }) => !isConserved(after))
    return (
      step && { past: history.events.slice(0, step.pastLength), command: step.command, cause: '', advice: '' }
    )
  },
}

test('the usual trials find a fault of five commands, and show those five', () => {
  const trials = trialsOf({ domain: forgetful, expectations: {} })
  const found = trials.smallestBreach(conservation)
  expect(trials.seed).toBe(usualSeed)
  expect(trials.trials).toHaveLength(usualHistories)
  expect(found?.commands).toBe(shortestProof.length)
  expect(found?.breach.past.map(({ type }) => type)).toEqual(['Opened', 'Received', 'Reserved', 'Confirmed'])
  expect(found?.breach.command).toEqual({ type: 'Release', id: 'a' })
  expect(trialsOf({ domain: domain(parts), expectations: {} }).smallestBreach(conservation)).toBeUndefined()
})

test('what is stray comes along, so that laws about any command and any event have something to look at', () => {
  const { trials } = trialsOf({ domain: Inventory, expectations: { histories: 50 } })
  expect(trials.some(({ strayCommands }) => strayCommands.length > 0)).toBe(true)
  expect(trials.flatMap(({ strayCommands }) => strayCommands).every(Inventory.command.is)).toBe(true)
  expect(trials.some(({ strayEvents }) => strayEvents.length > 0)).toBe(true)
  expect(trials.flatMap(({ strayEvents }) => strayEvents).every(Inventory.event.tagged.is)).toBe(true)
})
