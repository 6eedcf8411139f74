/**
 * What a service promises to say of itself: the public names of its events, each with the codec of its data. It is a value
 * without any behaviour, so a consumer may import it, or write its own with the few fields that it needs.
 * The version is part of the name (`com.example.order.placed.v1`). A name is a promise for good: what breaks it is
 * published under another name.
 * Used by: `publishedFeed`, and consumers who share it.
 *
 * Laws (test/properties/adapters/http/Contract.test.ts):
 * - CTR-1 names: the events of a contract are those of its names, and each comes back from what it was written as.
 * @since 0.1.0
 */
import * as t from 'io-ts'
import { type EventCodec, eventCodec } from '../../evolve/EventCodec.js'
import { taggedCodec, unionOf } from '../../evolve/TaggedCodec.js'

/** The public names, with the codec of the data of each. */
export interface Contract<Types> {
  /** In the order of declaration. */
  readonly names: ReadonlyArray<keyof Types & string>
  readonly data: ReadonlyMap<string, t.Mixed>
  /** Events under their public names, for a consumer: `{ type: 'com.example.order.placed.v1', ...data }`. */
  readonly events: EventCodec<PublicEvent<Types>>
}

/** An event of a contract, as a consumer who shares it reads it. */
export type PublicEvent<Types> = {
  [Name in keyof Types & string]: { readonly type: Name } & Types[Name]
}[keyof Types & string]

/** Words of letters, digits, `_` and `-`, parted by dots: two or more, since a lone word belongs to nobody. */
const publicName = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$/

/**
 * A contract from names and codecs. A name that is not words parted by dots is a programming error and throws.
 * @example
 * import { contract } from 'decider-ts/adapters/http'
 * import * as t from 'io-ts'
 * const orders = contract({
 *   'com.example.order.placed.v1': t.type({ order: t.string, total: t.number }),
 *   'com.example.order.cancelled.v1': t.type({ order: t.string }),
 * })
 * orders.names // => ['com.example.order.placed.v1', 'com.example.order.cancelled.v1']
 */
export const contract = <Types extends object>(
  types: {
    readonly [Name in keyof Types]: t.Type<Types[Name], unknown>
  },
): Contract<Types> => {
  const codecs = Object.entries<t.Mixed>(types)
  for (const [name] of codecs) {
    if (!publicName.test(name) || name.length > 256)
      throw new RangeError(
        `A public name is words parted by dots, such as com.example.order.placed.v1, so it cannot be '${name}'.`,
      )
  }
  const tagged = codecs.map(([name, codec]) =>
    taggedCodec(t.intersection([t.type({ type: t.literal(name) }), codec])),
  )
  return {
    // What `Object.entries` gives are the keys of this very object.
    names: codecs.map(([name]) => name) as ReadonlyArray<string> as ReadonlyArray<keyof Types & string>,
    data: new Map(codecs),
    events: eventCodec(unionOf(tagged)) as EventCodec<unknown> as EventCodec<PublicEvent<Types>>,
  }
}
