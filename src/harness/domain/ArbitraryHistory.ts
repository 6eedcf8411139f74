/**
 * Arbitrary histories of a domain: generated with the state in hand, so that commands hit, and made smaller without it,
 * because the decider itself says what a shorter list of commands leads to. Every candidate is decided anew.
 * Used by: `Trial`, and whoever writes a property of a domain.
 *
 * Laws (test/properties/harness/domain/ArbitraryHistory.test.ts):
 * - HISA-1 replayed: a history, generated or made smaller, is what `historyOf` makes of its commands.
 * - HISA-2 repeatable: one seed gives one history, and one path leads to one smaller history.
 * - HISA-3 minimal: a history that was made smaller cannot lose one more command and still show the same.
 * - HISA-4 no defect escapes: whatever throws in the domain or in `commandGen`, a history is generated and made smaller.
 * - HISA-5 by hand: a history of plain commands, as of `historyOf`, can be made smaller too.
 * - HISA-6 in bounds: a history has at most `commandsMax` commands, and what the user did not suggest is in the codec.
 * - HISA-7 mixed: of the commands more than half are suggested by `commandGen`, where it is, and a fifth at least are not.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type { Domain } from '../../decide/Domain.js'
import { type ArbitraryDomain, arbitraryDomain } from '../arbitrary/ArbitraryDomain.js'
import type { Expectations } from './Expectations.js'
import { eventsOfOutcome, type History, historyOf } from './History.js'
import { type DrawnCommands, smallerCommands } from './SmallerCommands.js'
import { isOf } from './Stored.js'
import { plainly, type Terrain, walk } from './Walk.js'

/**
 * Histories of a domain, of up to `commandsMax` commands, 30 unless expected otherwise. Nothing has to be said about the
 * domain: commands come from its codecs, name what earlier ones have named, and are tried on the decider first, except
 * for a fifth that is drawn blindly. With `commandGen` most come from there. A property that fails is shown with a
 * history that is as short as it gets; one given as an example, made by `historyOf`, is made smaller as well.
 * @example
 * import fc from 'fast-check'
 * import * as t from 'io-ts'
 * import { accept, domain, reject } from 'decider-ts/decide'
 * import { arbitraryHistory } from 'decider-ts/harness'
 * const Lamp = domain({
 *   name: 'lamp',
 *   command: t.type({ type: t.literal('Press') }),
 *   event: t.type({ type: t.keyof({ SwitchedOn: null, SwitchedOff: null }) }),
 *   rejection: t.type({ type: t.literal('Broken') }),
 *   state: t.type({ on: t.boolean, presses: t.number }),
 *   streamId: () => 'one',
 *   initialState: { on: false, presses: 0 },
 *   evolve: ({ presses }, { type }) => ({ on: type === 'SwitchedOn', presses: presses + 1 }),
 *   decide: () => ({ on, presses }) =>
 *     presses > 4 ? reject({ type: 'Broken' }) : accept({ type: on ? 'SwitchedOff' : 'SwitchedOn' }),
 * })
 * const lasts = fc.property(arbitraryHistory(Lamp), ({ state }) => state.presses < 3)
 * fc.check(lasts, { seed: 1 }).counterexample?.[0].steps.length // => 3
 */
export const arbitraryHistory = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  expectations: Expectations<Command, State, Event, Rejection> = {},
  arbitraries: ArbitraryDomain<Command, Event> = arbitraryDomain(domain, expectations),
): fc.Arbitrary<History<Command, State, Event, Rejection>> =>
  new ArbitraryHistory({ domain, expectations, arbitraries })

class ArbitraryHistory<Command, State, Event, Rejection> extends fc.Arbitrary<
  History<Command, State, Event, Rejection>
> {
  constructor(private readonly terrain: Terrain<Command, State, Event, Rejection>) {
    super()
  }

  override generate(
    random: fc.Random,
    bias: number | undefined,
  ): fc.Value<History<Command, State, Event, Rejection>> {
    return this.decided(walk(this.terrain, random, bias))
  }

  /** A history that began with events cannot: its commands alone would not lead where it led. */
  override canShrinkWithoutContext(value: unknown): value is History<Command, State, Event, Rejection> {
    const { command } = this.terrain.domain
    return isHistoryFromTheStart(value) && value.steps.every((step) => isOf(command, step.command))
  }

  override shrink(
    value: History<Command, State, Event, Rejection>,
    context: unknown,
  ): fc.Stream<fc.Value<History<Command, State, Event, Rejection>>> {
    const commands =
      context === undefined
        ? value.steps.map(({ command }) => plainly(command))
        : (context as DrawnCommands<Command>)
    const isIdle = (index: number): boolean => {
      const step = value.steps[index]
      return (
        step !== undefined && step.outcome._tag !== 'Defect' && eventsOfOutcome(step.outcome).length === 0
      )
    }
    return fc
      .stream(smallerCommands(this.terrain.domain.command, commands, isIdle))
      .map((smaller) => this.decided(smaller))
  }

  private decided(commands: DrawnCommands<Command>): fc.Value<History<Command, State, Event, Rejection>> {
    return new fc.Value(historyOf(this.terrain.domain)(commands.map(({ command }) => command)), commands)
  }
}

const isHistoryFromTheStart = (value: unknown): value is History<unknown, unknown, unknown, unknown> => {
  if (typeof value !== 'object' || value === null) return false
  if (!('steps' in value && Array.isArray(value.steps) && 'events' in value && Array.isArray(value.events)))
    return false
  const [first] = value.steps as ReadonlyArray<{ readonly pastLength?: unknown } | undefined>
  return first === undefined ? value.events.length === 0 : first.pastLength === 0
}
