/**
 * Mistakes in the rest of a domain: the state that it begins with, and which states it calls terminal.
 * They are few, and the easiest to overlook: no command and no event says them.
 * Used by: `Mutants`.
 * @since 0.1.0
 */
import { function as F } from 'fp-ts'
import { declaresTerminal } from '../coverage/StateLabel.js'
import { isSame } from '../domain/Equality.js'
import type { Mutant } from './Mutant.js'
import { isNumber, type Observed } from './Observed.js'
import { type FieldPath, fieldAt, fieldsOf, withFieldValue } from './StateField.js'

/**
 * The mistakes of initial states and of terminal ones.
 * @internal
 */
export const wholeMutants = <Command, State, Event, Rejection>(
  observed: Observed<Command, State, Event, Rejection>,
): ReadonlyArray<Mutant<Command, State, Event, Rejection>> => [
  ...terminals(observed),
  ...fieldsOf(observed.domain, observed.domain.initialState).flatMap((path) => beginning(observed, path)),
]

const terminals = <Command, State, Event, Rejection>({
  domain,
}: Observed<Command, State, Event, Rejection>): ReadonlyArray<Mutant<Command, State, Event, Rejection>> =>
  declaresTerminal(domain)
    ? [
        {
          name: 'no state is terminal',
          operator: 'never terminal',
          // Not the constant of fp-ts: that one says that nobody gave an `isTerminal`.
          domain: { ...domain, isTerminal: () => false },
          advice: 'Give a scenario that comes to its end, and asks `isTerminal` about the last state.',
        },
        {
          name: 'every state is terminal',
          operator: 'always terminal',
          domain: { ...domain, isTerminal: F.constTrue },
          advice: 'Give a scenario that asks `isTerminal` about a state in which something can still happen.',
        },
      ]
    : []

/** It begins with what the field holds in another state, or with a number that is one more. */
const beginning = <Command, State, Event, Rejection>(
  { domain, states }: Observed<Command, State, Event, Rejection>,
  path: FieldPath,
): ReadonlyArray<Mutant<Command, State, Event, Rejection>> => {
  const { initialState } = domain
  const first = fieldAt(initialState, path)
  const later = states.map((state) => fieldAt(state, path)).find((value) => !isSame(value, first))
  const other = isNumber(first) ? (typeof first === 'bigint' ? first + 1n : first + 1) : later
  if (other === undefined || isTelling(initialState, path)) return []
  return [
    {
      name: `it begins with another ${path.join('.')}`,
      operator: 'other initial state',
      domain: { ...domain, initialState: withFieldValue(initialState, path, other) },
      advice: `Say what '${path.join('.')}' is at the beginning: by a scenario without past events.`,
    },
  ]
}

/** A state that is only a name has no fields that belong to another name, so the name alone cannot be exchanged. */
const isTelling = (initialState: unknown, path: FieldPath): boolean =>
  typeof fieldAt(initialState, path) === 'string' &&
  fieldsOf({}, fieldAt(initialState, path.slice(0, -1))).length === 1
