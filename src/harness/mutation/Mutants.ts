/**
 * All mutants of a domain, in one order: mistakes of `evolve`, of `decide`, and of the rest. The order is that of the
 * declarations, so that two lists of survivors can be compared line by line.
 * Used by: `mutationScore`.
 *
 * Laws (test/properties/harness/mutation/Mutants.test.ts):
 * - MTS-1 names: no two mutants of a domain have one name.
 * @since 0.1.0
 */
import { decideMutants } from './DecideMutants.js'
import { evolveMutants } from './EvolveMutants.js'
import type { Mutant } from './Mutant.js'
import type { Observed } from './Observed.js'
import { wholeMutants } from './WholeMutants.js'

/**
 * All mutants of what was observed.
 * @internal
 */
export const mutantsOf = <Command, State, Event, Rejection>(
  observed: Observed<Command, State, Event, Rejection>,
): ReadonlyArray<Mutant<Command, State, Event, Rejection>> => [
  ...evolveMutants(observed),
  ...decideMutants(observed),
  ...wholeMutants(observed),
]
