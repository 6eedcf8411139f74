/**
 * What a user knows better than any derivation: arbitrary values for one codec, or for every codec of a name. Each value
 * that they give is checked against the codec, so that a wrong override is an error and not a wrong test.
 * Used by: `arbitraryOf`, `Expectations`.
 *
 * Laws (test/properties/harness/arbitrary/Overrides.test.ts):
 * - ARB-6 overrides: a value that the codec refuses is an error that names the override, the place and the value; the
 *   override for a codec comes before that for its name.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type * as t from 'io-ts'
import { NoArbitrary } from './NoArbitrary.js'

/** Arbitrary values in place of derived ones. */
export interface Overrides {
  /** For exactly these codecs. */
  readonly byCodec?: ReadonlyMap<t.Mixed, fc.Arbitrary<unknown>>
  /** For every codec of this name, such as `Iban`. */
  readonly byName?: Readonly<Record<string, fc.Arbitrary<unknown>>>
}

/**
 * The registered values for a codec, checked as they come; undefined where there are none.
 * @internal
 */
export const overrideFor = (
  { byCodec, byName = {} }: Overrides,
  codec: t.Mixed,
  path: string,
): fc.Arbitrary<unknown> | undefined => {
  const exact = byCodec?.get(codec)
  if (exact !== undefined) return new Checked(exact, codec, path, 'byCodec')
  const named = Object.hasOwn(byName, codec.name) ? byName[codec.name] : undefined
  return named === undefined ? undefined : new Checked(named, codec, path, `byName['${codec.name}']`)
}

/** A smaller value that the codec refuses is left out: an arbitrary need not know where to stop. */
class Checked extends fc.Arbitrary<unknown> {
  constructor(
    private readonly inner: fc.Arbitrary<unknown>,
    private readonly codec: t.Mixed,
    private readonly path: string,
    private readonly registeredAs: string,
  ) {
    super()
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<unknown> {
    const drawn = this.inner.generate(random, bias)
    if (this.codec.is(drawn.value)) return drawn
    throw new NoArbitrary({
      path: this.path,
      codec: this.codec.name,
      reason: `What is registered in overrides.${this.registeredAs} gave ${fc.stringify(drawn.value)}, which it refuses.`,
      advice: 'Let it give only values for which `is` of the codec holds.',
    })
  }

  override canShrinkWithoutContext(value: unknown): value is unknown {
    return this.inner.canShrinkWithoutContext(value)
  }

  override shrink(value: unknown, context: unknown): fc.Stream<fc.Value<unknown>> {
    return this.inner.shrink(value, context).filter((smaller) => this.codec.is(smaller.value))
  }
}
