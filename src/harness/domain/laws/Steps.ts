/**
 * What most laws look at in a trial: its steps with what was decided in them, the states along its events, and the
 * commands that could be decided next. None of it throws where the domain does: a defect is some other law's to name.
 * Used by: the laws of storage, restart, behaviour and expectations.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Decider } from '../../../decide/Decider.js'
import {
  decideWithDefects,
  eventsOfOutcome,
  evolveWithDefects,
  type History,
  type HistoryStep,
  isDecision,
  isDefect,
} from '../History.js'
import type { Breach, Trial } from '../Law.js'

/**
 * The first answer that is not `undefined`.
 * @internal
 */
export const firstOf = <Item, Answer>(
  items: Iterable<Item>,
  ask: (item: Item) => Answer | undefined,
): Answer | undefined => {
  for (const item of items) {
    const answer = ask(item)
    if (answer !== undefined) return answer
  }
  return undefined
}

/**
 * The events before a step.
 * @internal
 */
export const pastOf = <Command, State, Event, Rejection>(
  history: History<Command, State, Event, Rejection>,
  step: HistoryStep<Command, State, Event, Rejection>,
): ReadonlyArray<Event> => history.events.slice(0, step.pastLength)

/**
 * The events decided in a step, also where `evolve` then threw at one of them.
 * @internal
 */
export const decidedIn = <Command, State, Event, Rejection>(
  decider: Decider<Command, State, Event, Rejection>,
  { command, before, outcome }: HistoryStep<Command, State, Event, Rejection>,
): ReadonlyArray<Event> =>
  isDecision(outcome) || outcome.by === 'decide'
    ? eventsOfOutcome(outcome)
    : eventsOfOutcome(decideWithDefects(decider, command, before))

/**
 * Whether a step was accepted.
 * @internal
 */
export const isAccepted = <Command, State, Event, Rejection>({
  outcome,
}: HistoryStep<Command, State, Event, Rejection>): boolean => isDecision(outcome) && E.isRight(outcome)

/**
 * The state before any of these events, and the one after each; up to the first at which `evolve` throws.
 * @internal
 */
export const statesAlong = <State, Event>(
  decider: Pick<Decider<never, State, Event, never>, 'evolve'>,
  from: State,
  events: ReadonlyArray<Event>,
): ReadonlyArray<State> => {
  const states = [from]
  let state = from
  for (const event of events) {
    const next = evolveWithDefects(decider, state, event)
    if (isDefect(next)) return states
    state = next.state
    states.push(state)
  }
  return states
}

/**
 * Every command of a trial: those of its history, and the stray ones.
 * @internal
 */
export const commandsOf = <Command, State, Event, Rejection>({
  history,
  strayCommands,
}: Trial<Command, State, Event, Rejection>): ReadonlyArray<Command> => [
  ...history.steps.map(({ command }) => command),
  ...strayCommands,
]

/**
 * A judge of what is the same in every trial: it looks once, when it is first asked.
 * @internal
 */
export const onceForAll = <Command, Event>(
  look: () => Breach<Command, Event> | undefined,
): (() => Breach<Command, Event> | undefined) => {
  let seen: { readonly breach: Breach<Command, Event> | undefined } | undefined
  return () => {
    seen ??= { breach: look() }
    return seen.breach
  }
}
