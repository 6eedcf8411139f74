/**
 * Arbitrary histories of a domain: generated with the state in hand, so that commands hit, and made smaller without it,
 * because the decider itself says what a shorter list of commands leads to.
 * Used by: `Trial`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type { Domain } from '../../decide/Domain.js'
import { type ArbitraryDomain, arbitraryDomain } from '../arbitrary/ArbitraryDomain.js'
import type { Expectations } from './Expectations.js'
import { type History, historyOf, stepOf } from './History.js'

/** A stand-in until the real one is there. */
export const arbitraryHistory = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  expectations: Expectations<Command, State, Event, Rejection> = {},
  arbitraries: ArbitraryDomain<Command, Event> = arbitraryDomain(domain, expectations),
): fc.Arbitrary<History<Command, State, Event, Rejection>> =>
  new ArbitraryHistory(domain, expectations, arbitraries)

interface Item<Command> {
  readonly arbitrary: fc.Arbitrary<Command>
  readonly value: fc.Value<Command>
}

class ArbitraryHistory<C, S, E, R> extends fc.Arbitrary<History<C, S, E, R>> {
  constructor(
    private readonly domain: Domain<C, S, E, R>,
    private readonly expectations: Expectations<C, S, E, R>,
    private readonly arbitraries: ArbitraryDomain<C, E>,
  ) {
    super()
  }
  private wrap(items: ReadonlyArray<Item<C>>) {
    return new fc.Value(historyOf(this.domain)(items.map(({ value }) => value.value)), items)
  }
  override generate(random: fc.Random, bias: number | undefined) {
    const length = fc
      .integer({ min: 0, max: this.expectations.commandsMax ?? 30 })
      .generate(random, bias).value
    this.arbitraries.beginHistory()
    const items: Array<Item<C>> = []
    let state = this.domain.initialState
    for (let n = 0; n < length; n++) {
      const guided = random.nextInt(1, 5) <= 4 ? this.expectations.commandGen?.(state) : undefined
      const arbitrary = guided ?? this.arbitraries.command
      const value = arbitrary.generate(random, bias)
      items.push({ arbitrary, value })
      state = stepOf(this.domain, state, value.value, n).after
    }
    return this.wrap(items)
  }
  override canShrinkWithoutContext(_value: unknown): _value is History<C, S, E, R> {
    return false
  }
  override shrink(_value: History<C, S, E, R>, context: unknown) {
    return context === undefined
      ? fc.Stream.nil<fc.Value<History<C, S, E, R>>>()
      : fc.stream(this.smaller(context as ReadonlyArray<Item<C>>))
  }
  private *smaller(items: ReadonlyArray<Item<C>>): IterableIterator<fc.Value<History<C, S, E, R>>> {
    for (let size = items.length; size >= 1; size = Math.floor(size / 2)) {
      for (let from = items.length - size; from >= 0; from -= size) {
        yield this.wrap([...items.slice(0, from), ...items.slice(from + size)])
      }
    }
    for (const [n, { arbitrary, value }] of items.entries()) {
      for (const smaller of arbitrary.shrink(value.value, value.context)) {
        yield this.wrap([...items.slice(0, n), { arbitrary, value: smaller }, ...items.slice(n + 1)])
      }
    }
  }
}
