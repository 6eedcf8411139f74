/**
 * Stand-ins for parts of the harness that are written elsewhere: coverage, laws in other processes, and remarks. Whoever
 * puts the parts together replaces the imports of this module by those of the real ones, and deletes it.
 * Used by: `Examination`, `Suite`.
 * @since 0.1.0
 */
import type { Domain } from '../../decide/Domain.js'
import type { Check } from '../Check.js'
import type { History } from './History.js'
import type { Subject } from './Law.js'

/**
 * Stands in for `src/harness/coverage/Coverage.ts`.
 * @internal
 */
export interface Coverage {
  readonly reached: ReadonlyArray<string>
}

/** @internal Stands in for the coverage of histories. */
export const coverageOf =
  <Command, State, Event, Rejection>(_subject: Subject<Command, State, Event, Rejection>) =>
  (histories: ReadonlyArray<History<Command, State, Event, Rejection>>): Coverage => ({
    reached: [
      ...new Set(histories.flatMap(({ events }) => events).map((event) => (event as { type: string }).type)),
    ],
  })

/** @internal Stands in for the gaps of a coverage. */
export const gapsOf =
  <Command, State, Event, Rejection>({ domain }: Subject<Command, State, Event, Rejection>) =>
  ({ reached }: Coverage): ReadonlyArray<string> =>
    domain.event.tagged.types
      .filter((type) => !reached.includes(type))
      .map((type) => `No history has the event ${type}.`)

/** @internal Stands in for the coverage as a table. */
export const showCoverage = ({ reached }: Coverage): string => `Events that happened: ${reached.join(', ')}`

/** @internal Stands in for `src/harness/domain/laws/Elsewhere.ts`. */
export const elsewhereChecks = <Command, State, Event, Rejection>(
  _subject: Subject<Command, State, Event, Rejection>,
): ReadonlyArray<Check> => []

/** @internal Stands in for `src/harness/domain/laws/Remarks.ts`. */
export const remarksOn = <Command, State, Event, Rejection>(
  _domain: Domain<Command, State, Event, Rejection>,
): ReadonlyArray<string> => []
