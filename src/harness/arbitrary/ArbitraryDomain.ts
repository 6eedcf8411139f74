/**
 * The arbitrary commands and events of a domain, derived from its codecs. They share their ids: what one command of a
 * history has named, a later one may name again.
 * Used by: `ArbitraryHistory`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type * as t from 'io-ts'
import type { Domain } from '../../decide/Domain.js'
import type { Expectations } from '../domain/Expectations.js'

/** Arbitrary commands and events that share their ids. */
export interface ArbitraryDomain<Command, Event> {
  readonly command: fc.Arbitrary<Command>
  readonly event: fc.Arbitrary<Event>
  /** Forgets the ids of the history before; to be called when a new one begins. */
  readonly beginHistory: () => void
}

/** A stand-in until the derivation is there. */
export const arbitraryDomain = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  _expectations: Expectations<Command, State, Event, Rejection> = {},
): ArbitraryDomain<Command, Event> => {
  const pools = new Map<t.Mixed, Array<unknown>>()
  return {
    command: fc.oneof(...domain.command.codecs.map((c) => go(c, pools))) as fc.Arbitrary<Command>,
    event: fc.oneof(...domain.event.tagged.codecs.map((c) => go(c, pools))) as fc.Arbitrary<Event>,
    beginHistory: () => {
      for (const pool of pools.values()) pool.length = 0
    },
  }
}
const go = (c: any, pools: Map<t.Mixed, Array<unknown>>): fc.Arbitrary<any> => {
  switch (c._tag) {
    case 'LiteralType':
      return fc.constant(c.value)
    case 'KeyofType':
      return fc.constantFrom(...Object.keys(c.keys))
    case 'UnionType':
      return fc.oneof(...c.types.map((x: any) => go(x, pools)))
    case 'InterfaceType':
      return fc.record(Object.fromEntries(Object.entries(c.props).map(([k, x]) => [k, go(x, pools)])), {
        noNullPrototype: true,
      } as any)
    case 'ExactType':
    case 'ReadonlyType':
      return go(c.type, pools)
    case 'StringType':
      return fc.string()
    case 'BooleanType':
      return fc.boolean()
    case 'NumberType':
      return fc.integer()
    case 'RefinementType': {
      let base = c
      while (base._tag === 'RefinementType') base = base.type
      const inner: fc.Arbitrary<any> =
        base._tag === 'NumberType'
          ? fc.integer({ min: -10, max: 1000 })
          : fc.oneof(
              fc.stringMatching(/^[a-z0-9]{1,4}$/),
              fc
                .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
                .map((d) => d.toISOString().slice(0, 10)),
            )
      const fresh = inner.filter((x: any) => c.is(x))
      if (base._tag !== 'StringType') return fresh
      const pool: unknown[] = []
      pools.set(c, pool)
      return fc.tuple(fc.nat(9), fc.nat(), fresh).map(([p, n, x]: any) => {
        if (p < 7 && pool.length > 0) return pool[n % pool.length]
        pool.push(x)
        return x
      })
    }
    default:
      throw new Error(`stand-in knows no ${c._tag}`)
  }
}
