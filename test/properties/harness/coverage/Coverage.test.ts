/** COV-1 and COV-2, on histories of the inventory and on those of a decider that breaks its word. */
import { deepStrictEqual } from 'node:assert'
import { domain } from 'decider-ts/decide'
import { arbitraryHistory, type Coverage, coverageOf, type History, historyOf } from 'decider-ts/harness'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, test } from 'vitest'
import { isDecision } from '../../../../src/harness/domain/History.js'
import {
  type Command,
  type Event,
  Inventory,
  parts,
  type Rejection,
  type State,
} from '../../../harness/Inventory.js'
import { law } from '../../Law.js'

type Histories = ReadonlyArray<History<Command, State, Event, Rejection>>
type Cover = (histories: Histories) => Coverage

const throwing = domain({
  ...parts,
  decide: (command) => (state) => {
    if (command.type === 'Confirm') throw new Error('a bug')
    return parts.decide(command)(state)
  },
})

const cover: Cover = coverageOf({ domain: Inventory, expectations: {} })
const histories = fc.oneof(
  fc.array(arbitraryHistory(Inventory), { maxLength: 5 }),
  fc.array(arbitraryHistory(throwing), { maxLength: 5 }),
)
const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, n) => total + n, 0)

const countsAddUp = (implementation: Cover) =>
  fc.property(histories, (some) => {
    const coverage = implementation(some)
    const outcomes = coverage.cells.flatMap((cell) => cell.outcomes)
    const steps = some.flatMap((history) => history.steps)
    deepStrictEqual(coverage.histories, some.length)
    deepStrictEqual(coverage.steps, steps.length)
    deepStrictEqual(sum(outcomes.map(({ count }) => count)), steps.length)
    const accepted = outcomes.filter(({ kind }) => kind === 'events' || kind === 'nothing')
    deepStrictEqual(sum(accepted.map(({ count }) => count)), coverage.accepted)
    const rejected = outcomes.filter(({ kind }) => kind === 'rejection')
    deepStrictEqual(
      sum(rejected.map(({ count }) => count)),
      sum(coverage.rejections.map(({ times }) => times)),
    )
    deepStrictEqual(
      sum(coverage.events.map(({ times }) => times)),
      sum(some.map(({ events }) => events.length)),
    )
  })

law('COV-1 counts', countsAddUp(cover))
law.rejects(
  'COV-1',
  'a coverage that leaves out what broke the decider',
  countsAddUp((some) =>
    cover(
      some.map((history) => ({
        ...history,
        steps: history.steps.filter(({ outcome }) => isDecision(outcome)),
      })),
    ),
  ),
)

const transitionsLead = (implementation: Cover) =>
  fc.property(histories, (some) => {
    const { transitions } = implementation(some)
    const recorded = some
      .flatMap(({ steps }) => steps)
      .filter(({ outcome }) => isDecision(outcome) && E.isRight(outcome) && outcome.right.length > 0)
    deepStrictEqual(sum(transitions.map(({ count }) => count)), recorded.length)
    for (const { before, after, command } of recorded) {
      const matching = transitions.filter(
        ({ from, to, command: type }) =>
          from === before.status && to === after.status && type === command.type,
      )
      deepStrictEqual(matching.length, 1)
    }
  })

law('COV-2 transitions', transitionsLead(cover))
law.rejects(
  'COV-2',
  'transitions that lead back to where they began',
  transitionsLead((some) => {
    const coverage = cover(some)
    return { ...coverage, transitions: coverage.transitions.map((one) => ({ ...one, to: one.from })) }
  }),
)

describe('what a coverage says', () => {
  const quantity = 3 as never
  const id = 'r1' as never
  const history = historyOf(Inventory)([
    { type: 'Receive', quantity },
    { type: 'Open' },
    { type: 'Receive', quantity },
    { type: 'Reserve', id, quantity },
    { type: 'Reserve', id, quantity },
    { type: 'Close' },
  ])

  test('for one history, exactly', () => {
    expect(cover([history])).toEqual({
      histories: 1,
      steps: 6,
      accepted: 3,
      cells: [
        { command: 'Open', state: 'new', outcomes: [{ kind: 'events', name: 'Opened', count: 1 }] },
        { command: 'Receive', state: 'new', outcomes: [{ kind: 'rejection', name: 'NotOpen', count: 1 }] },
        { command: 'Receive', state: 'open', outcomes: [{ kind: 'events', name: 'Received', count: 1 }] },
        {
          command: 'Reserve',
          state: 'open',
          outcomes: [
            { kind: 'rejection', name: 'DuplicateReservation', count: 1 },
            { kind: 'events', name: 'Reserved', count: 1 },
          ],
        },
        {
          command: 'Close',
          state: 'open',
          outcomes: [{ kind: 'rejection', name: 'StillReserved', count: 1 }],
        },
      ],
      transitions: [
        { from: 'new', to: 'open', command: 'Open', events: 'Opened', count: 1 },
        { from: 'open', to: 'open', command: 'Receive', events: 'Received', count: 1 },
        { from: 'open', to: 'open', command: 'Reserve', events: 'Reserved', count: 1 },
      ],
      commands: [
        { type: 'Open', times: 1 },
        { type: 'Receive', times: 2 },
        { type: 'Reserve', times: 2 },
        { type: 'Release', times: 0 },
        { type: 'Confirm', times: 0 },
        { type: 'Close', times: 1 },
      ],
      events: [
        { type: 'Opened', times: 1 },
        { type: 'Received', times: 1 },
        { type: 'Reserved', times: 1 },
        { type: 'Released', times: 0 },
        { type: 'Confirmed', times: 0 },
        { type: 'Closed', times: 0 },
      ],
      rejections: [
        { type: 'NotOpen', times: 1 },
        { type: 'AlreadyOpen', times: 0 },
        { type: 'OutOfStock', times: 0 },
        { type: 'UnknownReservation', times: 0 },
        { type: 'DuplicateReservation', times: 1 },
        { type: 'StillReserved', times: 1 },
      ],
      states: [
        { name: 'new', visits: 2, terminal: false },
        { name: 'open', visits: 5, terminal: false },
      ],
      initial: 'new',
      terminated: 0,
      remarks: [],
    })
  })

  test('a history that comes to its end is counted once, and its last state is terminal', () => {
    const ended = cover([historyOf(Inventory)([{ type: 'Open' }, { type: 'Close' }, { type: 'Close' }])])
    expect(ended.terminated).toBe(1)
    expect(ended.states.at(-1)).toEqual({ name: 'closed', visits: 2, terminal: true })
  })

  test('a defect is an outcome, and names the function that shows it', () => {
    const { cells } = coverageOf({ domain: throwing, expectations: {} })([
      historyOf(throwing)([{ type: 'Confirm', id }]),
    ])
    expect(cells[0]?.outcomes).toEqual([{ kind: 'defect', name: 'defect in decide', count: 1 }])
  })

  test('equal events after one another are said once', () => {
    const twice = domain({
      ...parts,
      decide: (command) => (state) =>
        E.either.map(parts.decide(command)(state), (events) => [...events, ...events]),
    })
    const { transitions } = coverageOf({ domain: twice, expectations: {} })([
      historyOf(twice)([{ type: 'Open' }]),
    ])
    expect(transitions[0]?.events).toBe('Opened ×2')
  })

  test('more than forty names of states are counted together, and it says so', () => {
    const many = coverageOf({
      domain: Inventory,
      expectations: { stateLabel: ({ stock }) => `stock ${stock}` },
    })([
      historyOf(Inventory)([
        { type: 'Open' },
        ...Array.from({ length: 60 }, () => ({ type: 'Receive' as const, quantity })),
      ]),
    ])
    expect(many.states.length).toBe(41)
    expect(many.states.map(({ name }) => name)).toContain('other states')
    expect(many.remarks).toEqual([
      "The states have more than 40 names; all further ones are counted as 'other states'. Give a `stateLabel` with fewer names.",
    ])
  })
})
