/**
 * Values drawn from any source and made smaller by their looks alone. So a value shrinks to the same smallest one
 * wherever it came from: from another shape, from the ids of the history, or from a list of commands written by hand.
 * Used by: `Plain`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { drawAccepted, type Filter } from './BoundedFilter.js'

/** What is chosen, and what is smaller. */
export interface Choice<A> extends Filter<A> {
  readonly source: fc.Arbitrary<A>
  /** Candidates that are strictly smaller by some order without endless descent; those not accepted are left out. */
  readonly smaller: (value: A) => Iterable<A>
  /** Whether something is a value at all. */
  readonly is: (value: unknown) => value is A
}

/**
 * The accepted values of a source.
 * @internal
 */
export const chosen = <A>(choice: Choice<A>): fc.Arbitrary<A> => new Chosen(choice)

class Chosen<A> extends fc.Arbitrary<A> {
  constructor(private readonly choice: Choice<A>) {
    super()
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<A> {
    return new fc.Value(drawAccepted(this.choice.source, this.choice, random, bias).value, undefined)
  }

  override canShrinkWithoutContext(value: unknown): value is A {
    return this.choice.is(value) && this.choice.accepts(value)
  }

  override shrink(value: A): fc.Stream<fc.Value<A>> {
    return fc.stream(this.candidates(value))
  }

  private *candidates(value: A): IterableIterator<fc.Value<A>> {
    for (const candidate of this.choice.smaller(value)) {
      if (this.choice.accepts(candidate)) yield new fc.Value(candidate, undefined)
    }
  }
}
