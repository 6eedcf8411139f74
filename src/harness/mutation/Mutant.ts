/**
 * A mutant: a domain that is like the original, but for one mistake that a programmer might make. Nobody's source is
 * rewritten: a domain is two functions and an initial state, so a mistake is a function around one of them.
 * Used by: `mutationScore`.
 * @since 0.1.0
 */
import type { Decision } from '../../decide/Decision.js'
import type { Domain } from '../../decide/Domain.js'

/** A domain with one mistake. */
export interface Mutant<Command, State, Event, Rejection> {
  /** The mistake, as a clause: `Closed does not change status`. */
  readonly name: string
  /** Which kind of mistake it is. */
  readonly operator: MutationOperator
  readonly domain: Domain<Command, State, Event, Rejection>
  /** What would notice it: one sentence, an imperative. */
  readonly advice: string
}

/** The kinds of mistakes. */
export type MutationOperator =
  | 'event ignored'
  | 'event applied twice'
  | 'field not changed'
  | 'field changed in the wrong direction'
  | 'event not recorded'
  | 'event recorded twice'
  | 'number off by one'
  | 'fields swapped'
  | 'command does nothing'
  | 'command always rejected'
  | 'rule left out'
  | 'rule off by one'
  | 'wrong rejection'
  | 'never terminal'
  | 'always terminal'
  | 'other initial state'

/**
 * A domain that does something else with the state that it evolved to.
 * @internal
 */
export const evolving = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  change: (after: State, event: Event, before: State) => State,
): Domain<Command, State, Event, Rejection> => ({
  ...domain,
  evolve: (state, event) => change(domain.evolve(state, event), event, state),
})

/**
 * A domain that does something else with what it decided.
 * @internal
 */
export const deciding = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  change: (
    decision: Decision<Event, Rejection>,
    command: Command,
    state: State,
  ) => Decision<Event, Rejection>,
): Domain<Command, State, Event, Rejection> => ({
  ...domain,
  decide: (command) => (state) => change(domain.decide(command)(state), command, state),
})
