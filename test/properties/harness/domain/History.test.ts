/** The laws of histories: they say what a run says, and defects are part of what they say. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { decider } from 'decider-ts/decide'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import { arbitraryDecider } from '../../../../src/harness/ArbitraryDecider.js'
import { arbitraryDomain } from '../../../../src/harness/arbitrary/ArbitraryDomain.js'
import { eventsOfOutcome, historyOf, isDecision } from '../../../../src/harness/domain/History.js'
import { type Command, type Event, Inventory, type State } from '../../../harness/Inventory.js'
import { absentLooking, commands, events } from '../../evolve/Samples.js'
import { law } from '../../Law.js'
import { defective } from './Samples.js'

const faithful = (make: typeof historyOf) =>
  fc.property(arbitraryDecider(absentLooking), commands, events, (any, asked, past) => {
    const from = past.reduce((state, event) => any.evolve(state, event), any.initialState)
    const run = decider.run(any)(asked, from)
    const { steps, events: all, state } = make(any)(asked, past)
    deepStrictEqual(
      steps.map(({ outcome }) => outcome),
      run.decisions,
    )
    deepStrictEqual(all, [...past, ...run.events])
    deepStrictEqual(state, run.state)
    deepStrictEqual(
      steps.map(({ command }) => command),
      asked,
    )
    for (const { before, after, outcome, pastLength } of steps) {
      deepStrictEqual(before, decider.run(any)([], fold(any, all.slice(0, pastLength))).state)
      deepStrictEqual(after, fold({ ...any, initialState: before }, eventsOfOutcome(outcome)))
    }
  })

const fold = <S, Ev>(
  any: { readonly initialState: S; readonly evolve: (state: S, event: Ev) => S },
  happened: ReadonlyArray<Ev>,
): S => happened.reduce((state, event) => any.evolve(state, event), any.initialState)

law('HIS-1 faithful', faithful(historyOf))
law.rejects(
  'HIS-1',
  'a history that forgets what had happened before',
  faithful((any) => (asked) => historyOf(any)(asked)),
)
law.rejects(
  'HIS-1',
  'a history whose steps all begin with the first state',
  faithful((any) => (asked, past) => {
    const history = historyOf(any)(asked, past)
    return { ...history, steps: history.steps.map((step) => ({ ...step, before: any.initialState })) }
  }),
)
law.rejects(
  'HIS-1',
  'a history that counts commands and not events as its past',
  faithful((any) => (asked, past = []) => {
    const history = historyOf(any)(asked, past)
    const steps = history.steps.map((step, index) => ({ ...step, pastLength: past.length + index }))
    return { ...history, steps }
  }),
)

const domainCommands = fc.array(arbitraryDomain(Inventory).command, { maxLength: 12 })

/** What must be seen of each step: as many as commands, and where something threw, that it did. */
const defectsAreData = (make: typeof historyOf) =>
  fc.property(defective, domainCommands, (any, asked) => {
    const { steps } = make(any)(asked)
    deepStrictEqual(
      steps.map(({ command }) => command),
      asked,
    )
    for (const { command, before, outcome, after } of steps) {
      const direct = attempted(any, command, before)
      ok(isDecision(outcome) === (direct !== 'defect'))
      deepStrictEqual(after, direct === 'defect' ? before : direct)
    }
  })

/** The state to which a command leads, as one who has never heard of histories would find it out. */
const attempted = (any: typeof Inventory, command: Command, before: State): State | 'defect' => {
  try {
    const decision = any.decide(command)(before)
    return E.isLeft(decision) ? before : fold<State, Event>({ ...any, initialState: before }, decision.right)
  } catch {
    return 'defect'
  }
}

law('HIS-2 defects are data', defectsAreData(historyOf))
law.rejects(
  'HIS-2',
  'a history that ends at the first defect',
  defectsAreData((any) => (asked) => {
    const history = historyOf(any)(asked)
    const end = history.steps.findIndex(({ outcome }) => !isDecision(outcome))
    return end === -1 ? history : { ...history, steps: history.steps.slice(0, end + 1) }
  }),
)
law.rejects(
  'HIS-2',
  'a history that takes a defect for the decision to do nothing',
  defectsAreData((any) => (asked) => {
    const history = historyOf(any)(asked)
    const steps = history.steps.map((step) =>
      isDecision(step.outcome) ? step : { ...step, outcome: E.right([]) },
    )
    return { ...history, steps }
  }),
)

test('an answer that is no decision is a defect, and an answer of another copy of fp-ts is none', () => {
  const answering = (answer: unknown) =>
    historyOf({ ...Inventory, decide: () => () => answer as never })([{ type: 'Open' }]).steps[0]?.outcome
  const wrong = [
    undefined,
    null,
    7,
    'Right',
    {},
    [],
    { _tag: 'Left' },
    { _tag: 'Right', right: {} },
    { _tag: 'Some' },
  ]
  for (const value of wrong)
    expect(answering(value)).toEqual({ _tag: 'Defect', by: 'decide', how: 'answered', value })
  expect(answering({ _tag: 'Left', left: 'no' })).toEqual({ _tag: 'Left', left: 'no' })
  expect(answering({ _tag: 'Right', right: [] })).toEqual({ _tag: 'Right', right: [] })
})

test('fast-check prints a history line by line', () => {
  const any = {
    ...Inventory,
    decide: (command: Command) => {
      if (command.type === 'Close') throw new Error('boom')
      return Inventory.decide(command)
    },
  }
  const asked = [{ type: 'Open' }, { type: 'Open' }, { type: 'Close' }] satisfies ReadonlyArray<Command>
  expect(fc.stringify(historyOf(any)(asked, [{ type: 'Received', quantity: 2 as never }]))).toBe(
    [
      'Given Received { quantity: 2 }',
      'When Open then Opened',
      'When Open then rejected: AlreadyOpen',
      'When Close then `decide` threw Error: boom',
    ].join('\n'),
  )
})

test('how a history is printed does not make two histories different', () => {
  expect(Object.keys(historyOf(Inventory)([]))).toEqual(['steps', 'events', 'state'])
  deepStrictEqual({ ...historyOf(Inventory)([]) }, historyOf(Inventory)([]))
})
