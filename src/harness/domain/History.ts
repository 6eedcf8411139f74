/**
 * A history: commands decided one after another, with the state before and after each. A decider that breaks its word,
 * by throwing or by an answer that is no decision, does not break the history: the defect is recorded as what that
 * command led to, so that a law can name it and the history that led there can be made smaller.
 * Used by: every law of the harness.
 *
 * Laws (test/properties/harness/domain/History.test.ts):
 * - HIS-1 faithful: for a decider without defects the steps are those of `decider.run`, and `events` are all its events.
 * - HIS-2 defects are data: a decider that throws, or answers with no decision, ends no history; the step says so.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import type { Decider } from '../../decide/Decider.js'
import type { Decision } from '../../decide/Decision.js'
import { typeOf } from '../../evolve/TaggedCodec.js'
import { shown, shownThrown } from './Shown.js'

/** What a decider must never do: throw, or answer `decide` with something that is no decision. */
export interface Defect {
  readonly _tag: 'Defect'
  readonly by: 'decide' | 'evolve'
  /** Whether `value` was thrown, or given for an answer. */
  readonly how: 'threw' | 'answered'
  readonly value: unknown
}

/** What a command led to. */
export type Outcome<Event, Rejection> = Decision<Event, Rejection> | Defect

/** One command of a history. A step that was rejected, or that is a defect, leaves the state as it was. */
export interface HistoryStep<Command, State, Event, Rejection> {
  readonly command: Command
  readonly before: State
  readonly outcome: Outcome<Event, Rejection>
  readonly after: State
  /** How many of the events of the history had happened before: the first so many led to `before`. */
  readonly pastLength: number
}

/** Commands decided one after another. */
export interface History<Command, State, Event, Rejection> {
  readonly steps: ReadonlyArray<HistoryStep<Command, State, Event, Rejection>>
  /** All events: those it began with, and those of its steps. */
  readonly events: ReadonlyArray<Event>
  readonly state: State
}

/**
 * The history of commands, after events that happened before the first of them. Events at which `evolve` throws are left
 * out of the state. In a report of fast-check a history is printed as the events before it, and then line by line what
 * was asked and what came of it.
 * @example
 * import { accept, decider } from 'decider-ts/decide'
 * import { historyOf } from 'decider-ts/harness'
 * const counter = decider.make({ initialState: 0, evolve: (n, by: number) => n + by, decide: (by: number) => () => accept(by) })
 * historyOf(counter)([2, 3], [10]).events // => [10, 2, 3]
 * historyOf(counter)([2, 3]).steps.map(({ before }) => before) // => [0, 2]
 */
export const historyOf =
  <Command, State, Event, Rejection>(decider: Decider<Command, State, Event, Rejection>) =>
  (
    commands: ReadonlyArray<Command>,
    past: ReadonlyArray<Event> = [],
  ): History<Command, State, Event, Rejection> => {
    const events = [...past]
    let state = foldWithDefects(decider, past)
    const steps = commands.map((command) => {
      const step = stepOf(decider, state, command, events.length)
      state = step.after
      if (isDecision(step.outcome) && E.isRight(step.outcome)) events.push(...step.outcome.right)
      return step
    })
    return printed({ steps, events, state }, past)
  }

/** Printed only when it is asked for. Not enumerable, so that histories are compared by what happened in them. */
const printed = <Command, State, Event, Rejection>(
  history: History<Command, State, Event, Rejection>,
  past: ReadonlyArray<Event>,
): History<Command, State, Event, Rejection> =>
  Object.defineProperty(history, fc.toStringMethod, { value: () => linesOf(history, past).join('\n') })

const linesOf = (
  { steps }: History<unknown, unknown, unknown, unknown>,
  past: ReadonlyArray<unknown>,
): ReadonlyArray<string> => [
  `Given ${past.length === 0 ? 'nothing' : past.map(named).join(', ')}`,
  ...steps.map(({ command, outcome }) => `When ${named(command)} ${said(outcome)}`),
]

const said = (outcome: Outcome<unknown, unknown>): string => {
  if (isDefect(outcome)) return `then \`${outcome.by}\` ${outcome.how} ${shownThrown(outcome.value)}`
  if (E.isLeft(outcome)) return `then rejected: ${named(outcome.left)}`
  return `then ${outcome.right.length === 0 ? 'nothing' : outcome.right.map(named).join(', ')}`
}

const inFull = (value: unknown): string => shown(value, Number.POSITIVE_INFINITY)

/** The name first, and then the rest where there is any: `Receive { quantity: 1 }`. */
const named = (value: unknown): string => {
  const type = typeOf(value)
  if (type === '') return inFull(value)
  const { type: _, ...rest } = value as Readonly<Record<string, unknown>>
  return Object.keys(rest).length === 0 ? type : `${type} ${inFull(rest)}`
}

/**
 * One command decided in a state, as a step; `pastLength` is how many events led to that state.
 * @internal
 */
export const stepOf = <Command, State, Event, Rejection>(
  decider: Decider<Command, State, Event, Rejection>,
  before: State,
  command: Command,
  pastLength: number,
): HistoryStep<Command, State, Event, Rejection> => {
  const outcome = decideWithDefects(decider, command, before)
  const still = { command, before, outcome, after: before, pastLength }
  if (!isDecision(outcome) || E.isLeft(outcome)) return still
  let after = before
  for (const event of outcome.right) {
    const next = evolveWithDefects(decider, after, event)
    if (isDefect(next)) return { ...still, outcome: next }
    after = next.state
  }
  return { ...still, after }
}

/**
 * What `decide` says, or the defect that it shows.
 * @internal
 */
export const decideWithDefects = <Command, State, Event, Rejection>(
  { decide }: Pick<Decider<Command, State, Event, Rejection>, 'decide'>,
  command: Command,
  state: State,
): Outcome<Event, Rejection> => {
  try {
    const answer: unknown = decide(command)(state)
    return isDecisionLike(answer)
      ? (answer as Decision<Event, Rejection>)
      : { _tag: 'Defect', by: 'decide', how: 'answered', value: hushed(answer) }
  } catch (value) {
    return { _tag: 'Defect', by: 'decide', how: 'threw', value }
  }
}

/**
 * The state after an event, in a box because a state may be anything, or the defect that `evolve` shows.
 * @internal
 */
export const evolveWithDefects = <State, Event>(
  { evolve }: Pick<Decider<never, State, Event, never>, 'evolve'>,
  state: State,
  event: Event,
): { readonly _tag: 'Evolved'; readonly state: State } | Defect => {
  try {
    return { _tag: 'Evolved', state: hushed(evolve(state, event)) }
  } catch (value) {
    return { _tag: 'Defect', by: 'evolve', how: 'threw', value }
  }
}

/**
 * A value; if it is a promise, one whose failure stops no process. Nobody waits for it: that it is there at all is the
 * fault that is reported.
 * @internal
 */
export const hushed = <Value>(value: Value): Value => {
  if (value instanceof Promise) value.catch(() => undefined)
  return value
}

/** The state after events, those left out at which `evolve` throws. */
const foldWithDefects = <State, Event>(
  decider: Pick<Decider<never, State, Event, never>, 'evolve' | 'initialState'>,
  events: ReadonlyArray<Event>,
): State =>
  events.reduce((state, event) => {
    const next = evolveWithDefects(decider, state, event)
    return isDefect(next) ? state : next.state
  }, decider.initialState)

/**
 * Whether something is a defect.
 * @internal
 */
export const isDefect = (outcome: { readonly _tag: string }): outcome is Defect => outcome._tag === 'Defect'

/**
 * Whether an outcome is a decision, and no defect.
 * @internal
 */
export const isDecision = <Event, Rejection>(
  outcome: Outcome<Event, Rejection>,
): outcome is Decision<Event, Rejection> => !isDefect(outcome)

/**
 * The events of an outcome; none unless it was accepted.
 * @internal
 */
export const eventsOfOutcome = <Event>(outcome: Outcome<Event, unknown>): ReadonlyArray<Event> =>
  isDecision(outcome) && E.isRight(outcome) ? outcome.right : []

/** Recognised by its shape: a decision may come from another copy of fp-ts. */
const isDecisionLike = (answer: unknown): boolean => {
  if (typeof answer !== 'object' || answer === null || !('_tag' in answer)) return false
  if (answer._tag === 'Left') return 'left' in answer
  return answer._tag === 'Right' && 'right' in answer && Array.isArray(answer.right)
}
