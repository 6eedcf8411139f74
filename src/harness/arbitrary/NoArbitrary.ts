/**
 * The refusal to make arbitrary values: for which place in which codec, what was tried, and what helps. It exists
 * because the alternatives are worse: values that the codec refuses make wrong tests, and a search without end makes none.
 * Used by: `Derivation`, `Refinement`, `Opaque`, `Overrides`.
 * @since 0.1.0
 */
import { keyLiteral } from '../report/Literal.js'

/** What a refusal says. */
export interface ArbitraryRefusal {
  /** Where the codec is, such as `AccountCommand.Deposit.amount`. */
  readonly path: string
  /** The name of the codec, with those of the codecs that it refines: `Hellers > Amount`. */
  readonly codec: string
  /** What was tried and came to nothing: a full sentence. */
  readonly reason: string
  /** What to do: a full sentence. */
  readonly advice: string
}

/**
 * No arbitrary values can be made, or those that an override made are wrong. The message says where and what to do.
 * @example
 * import * as t from 'io-ts'
 * import { arbitraryOf, NoArbitrary } from 'decider-ts/harness'
 * const Iban = t.refinement(t.string, () => false, 'Iban')
 * const refusal = () => {
 *   try {
 *     return arbitraryOf(t.type({ iban: Iban }, 'Payment'))
 *   } catch (error) {
 *     return error instanceof NoArbitrary ? error.path : error
 *   }
 * }
 * refusal() // => 'Payment.iban'
 */
export class NoArbitrary extends Error implements ArbitraryRefusal {
  override readonly name = 'NoArbitrary'
  readonly path: string
  readonly codec: string
  readonly reason: string
  readonly advice: string

  constructor({ path, codec, reason, advice }: ArbitraryRefusal) {
    super(`There are no arbitrary values for ${path} (${codec}). ${reason} ${advice}`)
    this.path = path
    this.codec = codec
    this.reason = reason
    this.advice = advice
  }
}

/**
 * The advice to register an override, in the words that the reader can copy.
 * @internal
 */
export const registerOverride = (name: string): string =>
  `Say which values it accepts: overrides: { byName: { ${keyLiteral(name)}: fc.constantFrom(...) } }, or use byCodec.`
