/**
 * The neighbours of a command: it with one of its numbers greater or less by one. A rule about an amount is most often
 * wrong by one, and that shows nowhere but between a command that is refused and a neighbour that is not.
 * Used by: `Observed`, `DecideMutants`.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Domain } from '../../decide/Domain.js'
import { decideWithDefects, isDecision } from '../domain/History.js'
import { fieldAt, fieldsOf, isNumber, withFieldValue } from './StateField.js'

/**
 * What a refused command would record if its rule were off by one: the events of a neighbour that is accepted in the
 * same state, with the number that was asked for. `undefined` where no neighbour is accepted.
 * @internal
 */
export const offByOne = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  command: Command,
  state: State,
): ReadonlyArray<Event> | undefined => {
  for (const path of fieldsOf({}, command)) {
    const asked = fieldAt(command, path)
    if (!isNumber(asked)) continue
    for (const number of typeof asked === 'bigint' ? [asked - 1n, asked + 1n] : [asked - 1, asked + 1]) {
      const neighbour = withFieldValue(command, path, number)
      const outcome = domain.command.is(neighbour) ? decideWithDefects(domain, neighbour, state) : undefined
      if (outcome === undefined || !isDecision(outcome) || E.isLeft(outcome) || outcome.right.length === 0)
        continue
      return outcome.right.map((event) =>
        fieldAt(event, path) === number ? withFieldValue(event, path, asked) : event,
      )
    }
  }
  return undefined
}
