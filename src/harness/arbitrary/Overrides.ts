/**
 * What a user knows better than any derivation: arbitrary values for one codec, or for every codec of a name. Each value
 * that they give is checked against the codec, so that a wrong override is an error and not a wrong test.
 * Used by: `arbitraryOf`, `Expectations`.
 * @since 0.1.0
 */
import type fc from 'fast-check'
import type * as t from 'io-ts'

/** Arbitrary values in place of derived ones. */
export interface Overrides {
  /** For exactly these codecs. */
  readonly byCodec?: ReadonlyMap<t.Mixed, fc.Arbitrary<unknown>>
  /** For every codec of this name, such as `Iban`. */
  readonly byName?: Readonly<Record<string, fc.Arbitrary<unknown>>>
}
