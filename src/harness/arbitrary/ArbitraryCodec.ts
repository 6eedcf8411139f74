/**
 * Arbitrary values derived from an io-ts codec: who has described the shape of a command once should not describe it
 * again for the tests. All kinds of codecs are known; where a codec does not say enough, the refusal names the place.
 * Used by: whoever needs values of a codec.
 *
 * Laws (test/properties/harness/arbitrary/ArbitraryCodec.test.ts):
 * - ARB-1 sound: every value, and everything that it shrinks to, is accepted by the codec.
 * - ARB-2 JSON: every value that was encoded comes back equal through JSON text.
 * - ARB-3 bounded: a codec that accepts nothing is refused, with its path, after a bounded number of draws.
 * - ARB-4 smallest: shrinking ends at the simplest value that a codec accepts.
 * @since 0.1.0
 */
import type fc from 'fast-check'
import type * as t from 'io-ts'
import { derivation } from './Derivation.js'
import type { Overrides } from './Overrides.js'

/**
 * Arbitrary values of a codec. They are small by default, come back from JSON text, and shrink to the simplest value that
 * the codec accepts. A codec for which no values are found throws `NoArbitrary`: here, or with the first draw where
 * only a draw can tell.
 * @example
 * import fc from 'fast-check'
 * import * as t from 'io-ts'
 * import { arbitraryOf } from 'decider-ts/harness'
 * const Price = t.brand(t.number, (n): n is t.Branded<number, { readonly Price: symbol }> => n > 0 && n <= 500, 'Price')
 * const Line = t.type({ article: t.string, price: Price })
 * fc.check(fc.property(arbitraryOf(Line), (line) => Line.is(line))).failed // => false
 * fc.check(fc.property(arbitraryOf(Line), ({ price }) => price < 3)).counterexample // => [{ article: '', price: 3 }]
 */
export const arbitraryOf = <C extends t.Mixed>(
  codec: C,
  overrides: Overrides = {},
): fc.Arbitrary<t.TypeOf<C>> => derivation({ overrides })(codec)
