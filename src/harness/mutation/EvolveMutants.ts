/**
 * Mistakes in `evolve`: an event that is forgotten, or counted twice, or changes all but one of the fields that it
 * should. A wrong `evolve` is the mistake that costs most, since every state ever read comes from it.
 * Used by: `Mutants`.
 * @since 0.1.0
 */
import { typeOf } from '../../evolve/TaggedCodec.js'
import { evolving, type Mutant } from './Mutant.js'
import type { Observed, ObservedField } from './Observed.js'
import { fieldAt, isNumber, withFieldFrom, withFieldValue } from './StateField.js'

/**
 * The mistakes of `evolve`, event type by event type.
 * @internal
 */
export const evolveMutants = <Command, State, Event, Rejection>(
  observed: Observed<Command, State, Event, Rejection>,
): ReadonlyArray<Mutant<Command, State, Event, Rejection>> =>
  [...observed.changes].flatMap(([type, fields]) =>
    observed.events.has(type)
      ? [
          // An event that changes one field only is ignored by the mutant of that field.
          ...(fields.length === 1 ? [] : [ignored(observed, type)]),
          twice(observed, type),
          ...fields.map((field) => kept(observed, type, field)),
          ...fields.filter(({ numeric }) => numeric).map((field) => reversed(observed, type, field)),
        ]
      : [],
  )

const ignored = <Command, State, Event, Rejection>(
  { domain }: Observed<Command, State, Event, Rejection>,
  type: string,
): Mutant<Command, State, Event, Rejection> => ({
  name: `${type} is ignored`,
  operator: 'event ignored',
  domain: evolving(domain, (after, event, before) => (typeOf(event) === type ? before : after)),
  advice: `Say what is different after ${type}: by an invariant, or by a scenario that goes on after it.`,
})

const twice = <Command, State, Event, Rejection>(
  { domain }: Observed<Command, State, Event, Rejection>,
  type: string,
): Mutant<Command, State, Event, Rejection> => ({
  name: `${type} is applied twice`,
  operator: 'event applied twice',
  domain: evolving(domain, (after, event) => (typeOf(event) === type ? domain.evolve(after, event) : after)),
  advice: `Say by how much ${type} changes the state: by an invariant over all the figures that belong together, or by a scenario.`,
})

const kept = <Command, State, Event, Rejection>(
  { domain }: Observed<Command, State, Event, Rejection>,
  type: string,
  { path }: ObservedField,
): Mutant<Command, State, Event, Rejection> => ({
  name: `${type} does not change ${path.join('.')}`,
  operator: 'field not changed',
  domain: evolving(domain, (after, event, before) =>
    typeOf(event) === type ? withFieldFrom(after, path, before) : after,
  ),
  advice: `Say what '${path.join('.')}' is after ${type}: by an invariant, or by a scenario in which something depends on it.`,
})

const reversed = <Command, State, Event, Rejection>(
  { domain }: Observed<Command, State, Event, Rejection>,
  type: string,
  { path }: ObservedField,
): Mutant<Command, State, Event, Rejection> => ({
  name: `${type} changes ${path.join('.')} in the wrong direction`,
  operator: 'field changed in the wrong direction',
  domain: evolving(domain, (after, event, before) => {
    const mirrored = typeOf(event) === type ? mirror(fieldAt(before, path), fieldAt(after, path)) : undefined
    return mirrored === undefined ? after : withFieldValue(after, path, mirrored)
  }),
  advice: `Say whether ${type} adds to '${path.join('.')}' or takes from it: by an invariant, or by a scenario in which something depends on it.`,
})

/** As far from where it was, on the other side. */
const mirror = (before: unknown, after: unknown): number | bigint | undefined => {
  if (!isNumber(before) || !isNumber(after)) return undefined
  if (typeof before === 'bigint') return typeof after === 'bigint' ? before - (after - before) : undefined
  return typeof after === 'number' ? before - (after - before) : undefined
}
