/**
 * The arbitrary values of a codec. A stand-in until the derivation is there: it lends the one of `ArbitraryDomain`.
 * Used by: `EventSource`, `ProcessManagerSuite`.
 * @since 0.1.0
 */
import type fc from 'fast-check'
import type * as t from 'io-ts'
import { arbitraryDomain } from './ArbitraryDomain.js'

/** A stand-in until the real one is there. */
export const arbitraryOf = <A>(codec: t.Type<A, unknown>): fc.Arbitrary<A> =>
  arbitraryDomain({ command: { codecs: [codec] }, event: { tagged: { codecs: [codec] } } } as never)
    .event as fc.Arbitrary<A>
