/**
 * A trial asked again: the states that its events lead to, and what was asked in them. The states that a history
 * recorded are of no use here, because an `evolve` that writes into its state has changed them since; these are kept
 * apart from each other, and whoever hands one to the domain hands out a copy.
 * Used by: the laws of totality, purity and determinism.
 * @since 0.1.0
 */
import type { Domain } from '../../../decide/Domain.js'
import { callOfTheDomain } from '../../ambient/UserFrame.js'
import { copyOf } from '../Copy.js'
import { hushed, isDecision } from '../History.js'
import type { Law, Subject, Trial } from '../Law.js'

/** A command in a state, and how many of the events led to that state. */
export interface Question<Command, State> {
  readonly command: Command
  readonly state: State
  readonly pastLength: number
}

/** An event in a state, and all events up to it and with it. */
export interface Move<State, Event> {
  readonly state: State
  readonly event: Event
  readonly past: () => ReadonlyArray<Event>
}

/** What of a trial can be asked again. */
export interface Replay<Command, State, Event> {
  /** Those of the history; what nobody decided comes only in the moves. */
  readonly events: ReadonlyArray<Event>
  readonly questions: ReadonlyArray<Question<Command, State>>
  readonly moves: ReadonlyArray<Move<State, Event>>
}

/** What came of calling a function of a domain. `stage` says after which of the two calls of `decide`. */
export type Answer =
  | { readonly _tag: 'Threw'; readonly error: unknown; readonly stage: 'first call' | 'second call' }
  | { readonly _tag: 'NoFunction'; readonly value: unknown }
  | { readonly _tag: 'Gave'; readonly value: unknown }

/** Gives the replay of each trial of a subject. */
export type ReplayOf<Command, State, Event, Rejection> = (
  trial: Trial<Command, State, Event, Rejection>,
) => Replay<Command, State, Event>

/** Laws that look at replays. Those who ask several such modules hand all of them the same replays. */
export type LawsOfReplays = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
  replay?: ReplayOf<Command, State, Event, Rejection>,
) => ReadonlyArray<Law<Command, State, Event, Rejection>>

/**
 * Replays for the trials of a subject. Each trial is replayed once, whichever laws ask for it.
 * @internal
 */
export const replayOf = <Command, State, Event, Rejection>({
  domain,
}: Subject<Command, State, Event, Rejection>): ReplayOf<Command, State, Event, Rejection> => {
  const initialState = copyOf(domain.initialState)
  return perTrial((trial: Trial<Command, State, Event, Rejection>) => replay(domain, initialState, trial))
}

/**
 * A function of a trial that is worked out once for each.
 * @internal
 */
export const perTrial = <Asked extends object, Answered>(
  workOut: (trial: Asked) => Answered,
): ((trial: Asked) => Answered) => {
  const known = new WeakMap<Asked, { readonly answer: Answered }>()
  return (trial) => {
    const found = known.get(trial) ?? { answer: workOut(trial) }
    known.set(trial, found)
    return found.answer
  }
}

/**
 * What `decide` says to a command in a state, as it stands: nothing about the answer is taken for granted.
 * @internal
 */
export const askDecide = <Command, State>(
  domain: Pick<Domain<Command, State, unknown, unknown>, 'decide'>,
  command: Command,
  state: State,
): Answer => {
  const first = called(() => domain.decide(command), 'first call')
  if (first._tag !== 'Gave') return first
  const { value } = first
  if (typeof value !== 'function') return { _tag: 'NoFunction', value }
  return called(() => value(state), 'second call')
}

/**
 * What `evolve` makes of an event in a state, as it stands.
 * @internal
 */
export const askEvolve = <State, Event>(
  domain: Pick<Domain<never, State, Event, unknown>, 'evolve'>,
  state: State,
  event: Event,
): Answer => called(() => domain.evolve(state, event), 'second call')

/**
 * Whether an answer of `evolve` is a state that a history can go on with.
 * @internal
 */
export const isState = (
  answer: Answer,
  before: unknown,
): answer is Extract<Answer, { readonly _tag: 'Gave' }> =>
  answer._tag === 'Gave' &&
  (answer.value !== undefined || before === undefined) &&
  (!(answer.value instanceof Promise) || before instanceof Promise)

/** The call has a name by which a stack can be cut where the user's code ends. */
const called = (call: () => unknown, stage: 'first call' | 'second call'): Answer => {
  const named = { [callOfTheDomain]: () => call() }
  try {
    return { _tag: 'Gave', value: hushed(named[callOfTheDomain]?.()) }
  } catch (error) {
    return { _tag: 'Threw', error, stage }
  }
}

const replay = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  initialState: State,
  { history, strayCommands, strayEvents }: Trial<Command, State, Event, Rejection>,
): Replay<Command, State, Event> => {
  const { events, steps } = history
  const main = movesFrom(domain, initialState, [...events, ...strayEvents], [])
  const stateAt = (count: number): State => main.states[count] ?? initialState
  const asked = steps.map(({ command, pastLength }) => ({ command, pastLength, state: stateAt(pastLength) }))
  const stray = strayCommands.map((command) => ({
    command,
    pastLength: events.length,
    state: stateAt(events.length),
  }))
  // Events at which `evolve` failed are not in the history, so the commands that led to them are asked once more.
  const failed = steps.filter(({ outcome }) => !isDecision(outcome) && outcome.by === 'evolve')
  const branches = failed.flatMap(({ command, pastLength }) => {
    const answer = askDecide(domain, copyOf(command), copyOf(stateAt(pastLength)))
    const decided = answer._tag === 'Gave' ? eventsIn<Event>(answer.value) : []
    return movesFrom(domain, stateAt(pastLength), decided, events.slice(0, pastLength)).moves
  })
  return { events, questions: [...asked, ...stray], moves: [...branches, ...main.moves] }
}

/**
 * The events of an answer, if it is an acceptance.
 * @internal
 */
export const eventsIn = <Event>(value: unknown): ReadonlyArray<Event> => {
  const isRight = typeof value === 'object' && value !== null && '_tag' in value && value._tag === 'Right'
  return isRight && 'right' in value && Array.isArray(value.right) ? value.right : []
}

/** Every state on the way, the first included, and every move. A state that comes of no event stays as it was. */
const movesFrom = <State, Event>(
  domain: Pick<Domain<never, State, Event, unknown>, 'evolve'>,
  initialState: State,
  events: ReadonlyArray<Event>,
  before: ReadonlyArray<Event>,
): { readonly states: ReadonlyArray<State>; readonly moves: ReadonlyArray<Move<State, Event>> } => {
  const states = [initialState]
  let state = initialState
  const moves = events.map((event, index) => {
    const move = { state, event, past: () => [...before, ...events.slice(0, index + 1)] }
    const answer = askEvolve(domain, copyOf(state), copyOf(event))
    if (isState(answer, state)) state = answer.value as State
    states.push(state)
    return move
  })
  return { states, moves }
}
