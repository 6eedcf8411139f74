/**
 * Names of things come again. A command about a reservation that nobody made is refused before any rule is reached, so
 * within one history most names are drawn from those that it has used, and a new history begins with none.
 * Used by: `ArbitraryDomain`.
 *
 * Laws (test/properties/harness/arbitrary/Recycled.test.ts):
 * - ARB-5 recycling: within a history names come again, in commands and in events; across histories none is remembered,
 *   so one seed gives one history whatever was drawn before.
 * @since 0.1.0
 */
import fc from 'fast-check'

/** What one history has used so far. */
export interface Pools {
  /** Values of `fresh`, most of them used before under the same key and accepted by `accepts`. */
  readonly recycled: <A>(
    key: unknown,
    fresh: fc.Arbitrary<A>,
    accepts: (value: unknown) => value is A,
  ) => fc.Arbitrary<A>
  /** Forgets everything. */
  readonly reset: () => void
}

/** A value, with what its own arbitrary needs to make it smaller. */
interface Used {
  readonly by: fc.Arbitrary<unknown>
  readonly value: fc.Value<unknown>
}

/** In ten draws so many are of values used before. */
const usedInTen = 7

/**
 * Empty pools.
 * @internal
 */
export const pools = (): Pools => {
  const byKey = new Map<unknown, Array<Used>>()
  return {
    recycled: (key, fresh, accepts) => {
      const pool = byKey.get(key) ?? []
      byKey.set(key, pool)
      return new Recycled(pool, fresh, accepts)
    },
    reset: () => {
      for (const pool of byKey.values()) pool.length = 0
    },
  }
}

class Recycled<A> extends fc.Arbitrary<A> {
  constructor(
    private readonly pool: Array<Used>,
    private readonly fresh: fc.Arbitrary<A>,
    private readonly accepts: (value: unknown) => value is A,
  ) {
    super()
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<A> {
    return this.again(random) ?? this.anew(random, bias)
  }

  private again(random: fc.Random): fc.Value<A> | undefined {
    if (this.pool.length === 0 || random.nextInt(1, 10) > usedInTen) return undefined
    const used = this.pool[random.nextInt(0, this.pool.length - 1)]
    const value: unknown = used?.value.value
    if (used === undefined || !this.accepts(value)) return undefined
    // Another arbitrary's context means nothing to this one.
    return new fc.Value(value, used.by === this.fresh ? { inner: used.value.context } : undefined)
  }

  private anew(random: fc.Random, bias: number | undefined): fc.Value<A> {
    const value = this.fresh.generate(random, bias)
    if (!this.pool.some((used) => Object.is(used.value.value, value.value)))
      this.pool.push({ by: this.fresh, value })
    return new fc.Value(value.value, { inner: value.context })
  }

  override canShrinkWithoutContext(value: unknown): value is A {
    return this.fresh.canShrinkWithoutContext(value)
  }

  override shrink(value: A, context: unknown): fc.Stream<fc.Value<A>> {
    if (isOwn(context))
      return this.fresh
        .shrink(value, context.inner)
        .map((smaller) => new fc.Value(smaller.value, { inner: smaller.context }))
    return this.fresh.canShrinkWithoutContext(value)
      ? this.fresh
          .shrink(value, undefined)
          .map((smaller) => new fc.Value(smaller.value, { inner: smaller.context }))
      : fc.Stream.nil()
  }
}

const isOwn = (context: unknown): context is { readonly inner: unknown } =>
  typeof context === 'object' && context !== null && 'inner' in context
