/**
 * What must hold when the state or the events of a decider are given another shape with a pair of functions: the way
 * back undoes the way there. `imapState` and `imapEvent` cannot know; with a pair that loses something, a replay leads
 * elsewhere, and no type says so.
 * Used by: whoever gives a domain another shape.
 *
 * Laws (test/properties/harness/domain/composition/IsoChecks.test.ts):
 * - ISO-1 ways back: a pair of functions passes exactly if the second undoes the first where it matters.
 * @since 0.1.0
 */
import { imapState } from '../../../decide/Decider.js'
import type { Domain } from '../../../decide/Domain.js'
import { differenceBetween } from '../../ArbitraryDecider.js'
import type { Check } from '../../Check.js'
import { isSame } from '../Equality.js'
import { historyOf } from '../History.js'
import { shown } from '../Shown.js'
import { arbitraryCommands, type CompositionOptions, sampledCheck } from './SampledCheck.js'

/**
 * A check that a domain with its state in another shape is the same domain: that `from` undoes `to` wherever a decision
 * depends on it.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain } from 'decider-ts/decide'
 * import { stateIsoCheck } from 'decider-ts/harness'
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
 * const boxed = stateIsoCheck(lamp, (on) => ({ on }), ({ on }) => on)
 * await boxed.run() // => '100 histories'
 */
export const stateIsoCheck = <Command, State, Event, Rejection, Other>(
  domain: Domain<Command, State, Event, Rejection>,
  to: (state: State) => Other,
  from: (other: Other) => State,
  options: CompositionOptions = {},
): Check => {
  const histories = { arbitrary: arbitraryCommands(domain, options), called: 'histories' }
  const mapped = imapState(to, from)(domain)
  return sampledCheck('state iso: no decision depends on the shape', options, histories, (commands) => {
    const { events } = historyOf(domain)(commands)
    const [difference] = differenceBetween<Command, State, Other, Event, Rejection>(domain, mapped)(
      commands,
      events,
    )
    return difference && `the two shapes are told apart: ${shown(difference, 300)}`
  })
}

/**
 * A check that a domain with its events in another shape has the same past: that `from` undoes `to` for every event that
 * is decided, since otherwise a replay leads elsewhere.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain } from 'decider-ts/decide'
 * import { eventIsoCheck } from 'decider-ts/harness'
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
 * const named = eventIsoCheck(lamp, ({ type }) => type, (type) => ({ type }))
 * await named.run() // => '100 histories'
 */
export const eventIsoCheck = <Command, State, Event, Rejection, Other>(
  domain: Domain<Command, State, Event, Rejection>,
  to: (event: Event) => Other,
  from: (other: Other) => Event,
  options: CompositionOptions = {},
): Check => {
  const histories = { arbitrary: arbitraryCommands(domain, options), called: 'histories' }
  return sampledCheck('event iso: every event has a way back', options, histories, (commands) => {
    const { events } = historyOf(domain)(commands)
    const lost = events.find((event) => !isSame(from(to(event)), event))
    return lost && `${shown(lost)} comes back as ${shown(from(to(lost)))}`
  })
}
