/**
 * What must hold when a process manager is closed over a decider: it comes to rest. Commands that call for each other go
 * round in a circle, and a closed system then refuses what the open one accepts, with `OutOfFuel`.
 * Used by: whoever closes a process manager over a domain.
 *
 * Laws (test/properties/harness/domain/composition/FuelCheck.test.ts):
 * - FUL-1 fuel: a closed system passes exactly if no command of a history runs out of fuel.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Domain } from '../../../decide/Domain.js'
import { close, type ProcessManager } from '../../../decide/ProcessManager.js'
import type { Check } from '../../Check.js'
import { historyOf, isDecision } from '../History.js'
import { shown } from '../Shown.js'
import { arbitraryCommands, type CompositionOptions, sampledCheck } from './SampledCheck.js'

/**
 * A check that a process manager comes to rest: no command, in any state that a history of the closed system leads to,
 * calls for more follow-up commands than there is fuel. 100 unless given.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain, processManager } from 'decider-ts/decide'
 * import { fuelCheck } from 'decider-ts/harness'
 * const lamp = domain({
 *   name: 'lamp',
 *   command: t.type({ type: t.literal('Light') }),
 *   event: t.type({ type: t.literal('Lit') }),
 *   rejection: t.type({ type: t.literal('Broken') }),
 *   state: t.boolean,
 *   streamId: () => 'one',
 *   initialState: false,
 *   evolve: () => true,
 *   decide: () => () => accept({ type: 'Lit' }),
 * })
 * const silent = processManager.make({
 *   initialState: null,
 *   evolve: () => null,
 *   react: (_state, _event: { type: 'Lit' }): ReadonlyArray<{ type: 'Light' }> => [],
 *   pending: () => [],
 *   isTerminal: () => true,
 * })
 * await fuelCheck(silent, lamp).run() // => '100 histories'
 */
export const fuelCheck = <Command, State, Event, Rejection, ProcessState>(
  process: ProcessManager<Event, ProcessState, Command>,
  domain: Domain<Command, State, Event, Rejection>,
  { fuel = 100, ...options }: CompositionOptions & { readonly fuel?: number } = {},
): Check => {
  const histories = { arbitrary: arbitraryCommands(domain, options), called: 'histories' }
  const closed = close(process, fuel)(domain)
  return sampledCheck(`close: at rest within ${fuel} commands`, options, histories, (commands) => {
    const { steps } = historyOf(closed)(commands)
    const endless = steps.find(
      ({ outcome }) => isDecision(outcome) && E.isLeft(outcome) && isOutOfFuel(outcome.left),
    )
    return (
      endless &&
      `${shown(endless.command)} calls for more than ${fuel} commands: do they go round in a circle`
    )
  })
}

const isOutOfFuel = (rejection: unknown): boolean =>
  typeof rejection === 'object' && rejection !== null && '_tag' in rejection && rejection._tag === 'OutOfFuel'
