/**
 * The arbitrary commands and events of a domain, derived from its codecs. They share their names of things: what one
 * command of a history has named, a later one may name again.
 * Used by: `ArbitraryHistory`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type * as t from 'io-ts'
import type { Domain } from '../../decide/Domain.js'
import type { Expectations } from '../domain/Expectations.js'
import { derivation, type Recycle } from './Derivation.js'
import { givenName } from './Described.js'
import { type Pools, pools } from './Recycled.js'

/** Arbitrary commands and events that share their ids. */
export interface ArbitraryDomain<Command, Event> {
  readonly command: fc.Arbitrary<Command>
  readonly event: fc.Arbitrary<Event>
  /** Forgets the ids of the history before; to be called when a new one begins. */
  readonly beginHistory: () => void
}

/**
 * The commands and events of a domain. A codec for which no values can be derived throws `NoArbitrary`.
 * @internal
 */
export const arbitraryDomain = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  expectations: Expectations<Command, State, Event, Rejection> = {},
): ArbitraryDomain<Command, Event> => {
  const { overrides = {}, recycled = [], fresh = [] } = expectations
  const used = pools()
  const derive = derivation({ overrides, recycle: recycleIn(used, recycled, fresh) })
  const anyOf = (codecs: ReadonlyArray<t.Mixed>, kind: string) =>
    fc.oneof(
      { withCrossShrink: true },
      ...codecs.map((codec) => derive(codec, givenName(codec) ?? `${domain.name}.${kind}`)),
    )
  return {
    command: anyOf(domain.command.codecs, 'command') as fc.Arbitrary<Command>,
    event: anyOf(domain.event.tagged.codecs, 'event') as fc.Arbitrary<Event>,
    beginHistory: used.reset,
  }
}

/**
 * Branded texts are names of things, whatever codec they are read by, as long as the name of the codec is the same. In a
 * first domain names are plain texts, so a property called `id`, `orderId` or `order_id` counts as well.
 */
const recycleIn =
  (used: Pools, recycled: ReadonlyArray<t.Mixed>, fresh: ReadonlyArray<t.Mixed>): Recycle =>
  ({ codec, arbitrary, isName, key }) => {
    const isNamedSo = key !== undefined && /^id$|Id$|_id$/.test(key)
    if (fresh.includes(codec) || !(isName || isNamedSo || recycled.includes(codec))) return arbitrary
    const accepts = (value: unknown): value is unknown => codec.is(value)
    return used.recycled(isNamedSo ? `property ${key}` : (givenName(codec) ?? codec), arbitrary, accepts)
  }
