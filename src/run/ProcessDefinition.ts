/**
 * What a process manager needs in order to be run: a name, its own view of the events, which process an event belongs
 * to, and in which form its state and its commands are kept. It is a projection whose read model is the states of the
 * processes, and a process manager, so whatever is said or checked of either holds for it. Deadlines are part of it and
 * as pure as the rest: they count from when an event was recorded, and no clock is read.
 * Used by: `runProcessManager`, applications.
 * @since 0.1.0
 */
import type * as t from 'io-ts'
import type { ProcessManager } from '../decide/ProcessManager.js'
import { type Codec, fromIoTs } from '../evolve/Codec.js'
import { type Projection, type ProjectionSpec, projection } from '../evolve/Projection.js'

/**
 * A timer that an event sets, or takes back. A process has one timer of a name: setting it again begins it anew. It is
 * taken back by an event that was recorded before it was due; a later one finds it fired.
 */
export type Deadline<Command> =
  | {
      readonly timer: string
      /** Counted from when the event was recorded; 0 or more. */
      readonly afterMs: number
      /** What is sent when it is due. */
      readonly command: Command
    }
  | { readonly cancel: string }

/**
 * Sets a timer. The command keeps its literal types.
 * @example
 * import { setTimer } from 'decider-ts/run'
 * setTimer('payment', 60_000, { type: 'Remind' }) // => { timer: 'payment', afterMs: 60_000, command: { type: 'Remind' } }
 */
export const setTimer = <const Command>(
  timer: string,
  afterMs: number,
  command: Command,
): Deadline<Command> => ({ timer, afterMs, command })

/**
 * Takes a timer back.
 * @example
 * import { cancelTimer } from 'decider-ts/run'
 * cancelTimer('payment') // => { cancel: 'payment' }
 */
export const cancelTimer = (timer: string): Deadline<never> => ({ cancel: timer })

/** A process manager that can be run. */
export interface ProcessDefinition<State, Event, Command>
  extends Projection<State, Event>,
    ProcessManager<Event, State, Command> {
  readonly command: Codec<Command>
  /** The timers that an event sets or takes back, in the state that it led to. Pure, like all the rest. */
  readonly deadlines: (state: State, event: Event) => ReadonlyArray<Deadline<Command>>
}

/** What a process manager at work is defined by. All types are inferred from the three codecs. */
export interface ProcessSpec<State, Event, Command>
  extends Omit<ProjectionSpec<State, Event>, 'initialState' | 'evolve'> {
  /** In which form commands are kept until they are sent: as JSON. */
  readonly command: t.Type<Command, unknown>
  readonly manager: ProcessManager<NoInfer<Event>, NoInfer<State>, NoInfer<Command>>
  /** No timers unless given. */
  readonly deadlines?: (
    state: NoInfer<State>,
    event: NoInfer<Event>,
  ) => ReadonlyArray<Deadline<NoInfer<Command>>>
}

/**
 * A process manager with all that it takes to run it. `key` says which process an event belongs to: the one of its stream
 * unless given.
 * @example
 * import * as t from 'io-ts'
 * import { cancelTimer, processDefinition, setTimer } from 'decider-ts/run'
 * const Reminding = processDefinition({
 *   name: 'reminding',
 *   event: t.type({ type: t.keyof({ Ordered: null, Paid: null }), order: t.string }),
 *   command: t.type({ type: t.literal('Remind'), order: t.string }),
 *   state: t.null,
 *   manager: { initialState: null, evolve: () => null, react: () => [], pending: () => [], isTerminal: () => false },
 *   deadlines: (_state, { type, order }) =>
 *     type === 'Paid' ? [cancelTimer('payment')] : [setTimer('payment', 60_000, { type: 'Remind', order })],
 * })
 * Reminding.deadlines(null, { type: 'Paid', order: 'o1' }) // => [{ cancel: 'payment' }]
 */
export const processDefinition = <State, Event extends { readonly type: string }, Command>(
  spec: ProcessSpec<State, Event, Command>,
): ProcessDefinition<State, Event, Command> => {
  const { command, manager, deadlines = () => [], ...rest } = spec
  const { initialState, evolve, react, pending, isTerminal } = manager
  return {
    ...projection({ ...rest, initialState, evolve }),
    command: fromIoTs(command),
    react,
    pending,
    isTerminal,
    deadlines,
  }
}
