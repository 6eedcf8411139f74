/**
 * Values of an arbitrary that pass a test, with an end to the search. The filter of fast-check goes on for ever where
 * nothing passes, and a test that hangs says nothing about the codec that is to blame.
 * Used by: `Derivation`, `Opaque`, `Refinement`.
 *
 * Laws (test/properties/harness/arbitrary/BoundedFilter.test.ts):
 * - ARB-7 filter: what comes passes the test, and so does everything smaller; where nothing passes, the search ends.
 * @since 0.1.0
 */
import fc from 'fast-check'

/** What is filtered, and what is thrown when nothing passes. */
export interface Filter<A> {
  readonly accepts: (value: A) => boolean
  /** The error for so many draws in vain. */
  readonly refuse: (draws: number) => Error
  /** 1000 unless given. */
  readonly drawsMax?: number
}

/**
 * The first value that passes, drawn again and again.
 * @internal
 */
export const drawAccepted = <A>(
  source: fc.Arbitrary<A>,
  { accepts, refuse, drawsMax = 1000 }: Filter<A>,
  random: fc.Random,
  bias: number | undefined,
): fc.Value<A> => {
  for (let draw = 0; draw < drawsMax; draw++) {
    // A bias towards extremes can keep a rare value from ever coming, so half of the draws go without.
    const drawn = source.generate(random, draw % 2 === 0 ? bias : undefined)
    if (accepts(drawn.value)) return drawn
  }
  throw refuse(drawsMax)
}

/**
 * The values of `source` that pass, shrunk as `source` shrinks them.
 * @internal
 */
export const boundedFilter = <A>(source: fc.Arbitrary<A>, filter: Filter<A>): fc.Arbitrary<A> =>
  new BoundedFilter(source, filter)

class BoundedFilter<A> extends fc.Arbitrary<A> {
  constructor(
    private readonly source: fc.Arbitrary<A>,
    private readonly passing: Filter<A>,
  ) {
    super()
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<A> {
    return drawAccepted(this.source, this.passing, random, bias)
  }

  override canShrinkWithoutContext(value: unknown): value is A {
    return this.source.canShrinkWithoutContext(value) && this.passing.accepts(value)
  }

  override shrink(value: A, context: unknown): fc.Stream<fc.Value<A>> {
    return this.source.shrink(value, context).filter((smaller) => this.passing.accepts(smaller.value))
  }
}
