/**
 * A process manager: it watches events and answers with commands. Like a decider it is a view, so its state is a fold
 * and survives any crash; what it still owes is computed from that state, never remembered on the side.
 * Used by: `run`, and `close` for a system that is all in one place.
 * Source of the idea: J. Chassaing's process (`react`, `resume`).
 *
 * Laws (test/properties/decide/ProcessManager.test.ts):
 * - PM-1 sequential consistency: a closed system gives the events that running the follow-up commands one after
 *   another through the open system gives, each decided in the state of its moment.
 * - PM-2 fuel: a closed system decides at most as many commands as it has fuel, and says `OutOfFuel` when that is not
 *   enough, without events.
 * - PM-3 rejection: a rejected command is rejected by the closed system too, and a rejected follow-up leaves no trace.
 * - PM-4 react: reactions are a monoid: `concat` is associative, and not reacting is neutral for it.
 * @since 0.1.0
 */
import { either as E, type monoid } from 'fp-ts'
import * as V from '../evolve/View.js'
import type { Decider } from './Decider.js'

/** A view of events that answers with commands. All its functions must be pure. */
export interface ProcessManager<Event, State, Command> extends V.View<State, Event> {
  /** The commands that an event calls for, in the state that the event led to. */
  readonly react: (state: State, event: Event) => ReadonlyArray<Command>
  /** The commands that are still owed in a state: what to send again after a crash. */
  readonly pending: (state: State) => ReadonlyArray<Command>
  /** Whether nothing more will be sent. */
  readonly isTerminal: (state: State) => boolean
}

/**
 * A process manager, its types inferred from its parts.
 * @example
 * import { processManager } from 'decider-ts/decide'
 * const shipping = processManager.make({
 *   initialState: [] as ReadonlyArray<string>,
 *   evolve: (owed, event: { type: 'Paid' | 'Shipped'; order: string }) =>
 *     event.type === 'Paid' ? [...owed, event.order] : owed.filter((order) => order !== event.order),
 *   react: (_owed, event) => (event.type === 'Paid' ? [{ type: 'Ship', order: event.order }] : []),
 *   pending: (owed) => owed.map((order) => ({ type: 'Ship', order })),
 *   isTerminal: (owed) => owed.length === 0,
 * })
 * shipping.pending(['o1']) // => [{ type: 'Ship', order: 'o1' }]
 */
export const make = <Event, State, Command>(
  parts: ProcessManager<Event, State, Command>,
): ProcessManager<Event, State, Command> => parts

/** How a process manager reacts: the part of it that two can share a state for. */
export type React<Event, State, Command> = ProcessManager<Event, State, Command>['react']

/**
 * Reactions under the same state add up: the commands of the one, then those of the other. Not commutative: the order
 * of commands is part of the meaning.
 * @example
 * import { processManager } from 'decider-ts/decide'
 * const { concat } = processManager.getReactMonoid<string, null, string>()
 * concat((_, event) => [`mail ${event}`], (_, event) => [`log ${event}`])(null, 'Paid') // => ['mail Paid', 'log Paid']
 */
export const getReactMonoid = <Event, State, Command>(): monoid.Monoid<React<Event, State, Command>> => ({
  empty: () => [],
  concat: (first, second) => (state, event) => [...first(state, event), ...second(state, event)],
})

/** A closed system had more follow-up commands than fuel: most likely its commands go round in a circle. */
export interface OutOfFuel {
  readonly _tag: 'OutOfFuel'
  /** How many commands were decided before giving up. */
  readonly fuel: number
}

/**
 * A decider whose events feed a process manager whose commands feed the decider, as one decider. Follow-up commands
 * are decided first come first served, each in the state that all events before it led to. All events of a command and
 * of its follow-ups are one decision. `fuel` bounds how many commands that may take; 100 unless given.
 * @example
 * import { accept, decider, processManager } from 'decider-ts/decide'
 * const counter = decider.make({ initialState: 0, evolve: (n, by: number) => n + by, decide: (by: number) => () => accept(by) })
 * const halve = processManager.make({
 *   initialState: null,
 *   evolve: () => null,
 *   react: (_state, by: number) => (by > 1 ? [by / 2] : []),
 *   pending: () => [],
 *   isTerminal: () => true,
 * })
 * decider.run(processManager.close(halve)(counter))([4]).events // => [4, 2, 1]
 */
export const close =
  <Event, ProcessState, Command>(process: ProcessManager<Event, ProcessState, Command>, fuel = 100) =>
  <State, Rejection>(
    decider: Decider<Command, State, Event, Rejection>,
  ): Decider<
    Command,
    { readonly decider: State; readonly process: ProcessState },
    Event,
    Rejection | OutOfFuel
  > => {
    const both = V.combine({ decider, process })
    return {
      ...both,
      isTerminal: (state) => decider.isTerminal(state.decider) && process.isTerminal(state.process),
      decide: (first) => (from) => {
        if (fuel < 1) return E.left({ _tag: 'OutOfFuel', fuel })
        const decision = decider.decide(first)(from.decider)
        if (E.isLeft(decision)) return decision
        const events: Array<Event> = []
        const queue: Array<Command> = []
        let state = from
        const record = (decided: ReadonlyArray<Event>) => {
          for (const event of decided) {
            state = both.evolve(state, event)
            events.push(event)
            for (const command of process.react(state.process, event)) queue.push(command)
          }
        }
        record(decision.right)
        // The queue grows while it is walked: each decision may call for more commands.
        for (let next = 0; next < queue.length; next++) {
          if (next + 1 >= fuel) return E.left({ _tag: 'OutOfFuel', fuel })
          const followUp = decider.decide(queue[next] as Command)(state.decider)
          if (E.isRight(followUp)) record(followUp.right)
        }
        return E.right(events)
      },
    }
  }
