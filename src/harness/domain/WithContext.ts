/**
 * Arbitrary values together with what it takes to make them smaller, which a plain sample leaves out. It exists so that
 * values can be generated once, asked about by many laws, and made smaller only for the law that they break.
 * Used by: `Trial`.
 * @since 0.1.0
 */
import fc from 'fast-check'

/**
 * The values of an arbitrary with their contexts: `arbitrary.shrink(value.value, value.context)` goes on from there.
 * These values themselves are made no smaller.
 * @internal
 */
export const withContext = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<fc.Value<Value>> =>
  new WithContext(arbitrary)

class WithContext<Value> extends fc.Arbitrary<fc.Value<Value>> {
  constructor(private readonly inner: fc.Arbitrary<Value>) {
    super()
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<fc.Value<Value>> {
    return new fc.Value(this.inner.generate(random, bias), undefined)
  }

  override canShrinkWithoutContext(_value: unknown): _value is fc.Value<Value> {
    return false
  }

  override shrink(): fc.Stream<fc.Value<fc.Value<Value>>> {
    return fc.Stream.nil()
  }
}
