/**
 * The laws of derived values, for codecs of all kinds: those of io-ts, those of two domains, and those that say nothing
 * about themselves.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { arbitraryOf, NoArbitrary } from 'decider-ts/harness'
import fc from 'fast-check'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { AccountCommand } from '../../../../examples/banking/Account.js'
import { law } from '../../Law.js'
import { byTag, nothing, type Sample, samples, throughJson } from './Codecs.js'

type Derive = (codec: t.Mixed) => fc.Arbitrary<unknown>

/** Derived once for each codec: it is the values that differ from run to run. */
const known = new Map(Object.values(samples).map(({ codec }) => [codec, arbitraryOf(codec)]))
const derived: Derive = (codec) => known.get(codec) ?? arbitraryOf(codec)

/** Some sample, and a number to draw with. */
const drawn = (kept: (sample: Sample) => boolean) =>
  fc.tuple(
    fc.constantFrom(
      ...Object.entries(samples)
        .filter(([, sample]) => kept(sample))
        .map(([name, sample]) => ({ name, ...sample })),
    ),
    fc.nat(),
  )

/** A value, and those that shrinking comes by when every third or so is taken for harmless. */
const seenWhileShrinking = (arbitrary: fc.Arbitrary<unknown>, seed: number): ReadonlyArray<unknown> => {
  const seen: Array<unknown> = []
  const isHarmless = (value: unknown) => {
    seen.push(value)
    return seen.length > 1 && (fc.hash(fc.stringify(value)) + seed) % 3 === 0
  }
  fc.check(fc.property(arbitrary, isHarmless), { seed, numRuns: 1 })
  return seen
}

const sound = (derive: Derive) =>
  fc.property(
    drawn(() => true),
    ([{ codec }, n]) => seenWhileShrinking(derive(codec), n).every((value) => codec.is(value)),
  )

const typeIn = (codec: t.Mixed): t.Mixed => ('type' in codec ? (codec.type as t.Mixed) : codec)

law('ARB-1 sound', sound(derived), { numRuns: 1000 })
law.rejects(
  'ARB-1',
  'values of what a codec narrows',
  sound((codec) => (codec instanceof t.RefinementType ? arbitraryOf(typeIn(codec)) : arbitraryOf(codec))),
)
law.rejects(
  'ARB-1',
  'smaller values that nobody has put to the codec',
  sound((codec) => new Careless(arbitraryOf(codec))),
)

/** Shrinks any value to `null`. */
class Careless extends fc.Arbitrary<unknown> {
  constructor(private readonly inner: fc.Arbitrary<unknown>) {
    super()
  }
  override generate(random: fc.Random, bias: number | undefined) {
    return this.inner.generate(random, bias)
  }
  override canShrinkWithoutContext(value: unknown): value is unknown {
    return this.inner.canShrinkWithoutContext(value)
  }
  override shrink(value: unknown) {
    return value === null
      ? fc.Stream.nil<fc.Value<unknown>>()
      : fc.Stream.of(new fc.Value<unknown>(null, undefined))
  }
}

const survivesJson = (derive: Derive) =>
  fc.property(
    drawn(({ notJson }) => notJson !== true),
    ([{ codec }, seed]) => {
      for (const value of fc.sample(derive(codec), { seed, numRuns: 5 }))
        deepStrictEqual(throughJson(codec, value), value)
    },
  )

law('ARB-2 JSON', survivesJson(derived), { numRuns: 300 })
law.rejects(
  'ARB-2',
  'minus zero',
  survivesJson((codec) => arbitraryOf(codec, { byCodec: new Map([[t.number, fc.constant(-0)]]) })),
)
law.rejects(
  'ARB-2',
  'records without a prototype',
  survivesJson((codec) =>
    arbitraryOf(codec).map((value) => (isPlain(value) ? Object.assign(Object.create(null), value) : value)),
  ),
)

const isPlain = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

interface Endless {
  readonly next: Endless
}
const Endless: t.Type<Endless> = t.recursion('Endless', (self) => t.type({ next: self }))

/** Codecs that accept nothing, each with the place of the fault and the name of what is there. */
const impossible: ReadonlyArray<{
  /** `asked` is called with each question put to what accepts nothing. */
  readonly make: (asked: () => undefined) => t.Mixed
  readonly path: string
  readonly codec: string
}> = [
  {
    path: 'Order.id',
    codec: 'Impossible',
    make: (asked) => t.type({ id: refusing(t.string, asked) }, 'Order'),
  },
  {
    path: 'Order.lines[].amount',
    codec: 'Int > Impossible',
    make: (asked) => t.type({ lines: t.array(t.type({ amount: refusing(t.Int, asked) })) }, 'Order'),
  },
  {
    path: 'value',
    codec: 'Impossible',
    make: (asked) => t.readonly(refusing(t.type({ a: t.string }), asked)),
  },
  { path: 'Card.Lost.at', codec: 'Impossible', make: (asked) => cards(refusing(t.array(t.string), asked)) },
  {
    path: 'Both',
    codec: 'Both',
    make: () => t.intersection([t.literal('a') as t.Mixed, t.literal('b')], 'Both'),
  },
  { path: 'Order.id', codec: 'never', make: () => t.type({ id: nothing }, 'Order') },
  { path: 'Order.run', codec: 'Function', make: () => t.type({ run: t.Function }, 'Order') },
  { path: 'Endless.next.next.next', codec: 'Endless', make: () => Endless },
  {
    path: 'Pair[1]',
    codec: 'Secret',
    make: (asked) =>
      t.tuple(
        [
          t.string,
          new t.Type(
            'Secret',
            t.string.is,
            (input, context) => asked() ?? t.failure(input, context),
            t.identity,
          ),
        ],
        'Pair',
      ),
  },
]

const refusing = (base: t.Mixed, asked: () => undefined): t.Mixed =>
  t.refinement(base, () => asked() !== undefined, 'Impossible')

const cards = (at: t.Mixed): t.Mixed =>
  t.union([t.type({ type: t.literal('Found') }), t.type({ type: t.literal('Lost'), at })], 'Card')

const bounded = (derive: Derive) =>
  fc.property(fc.constantFrom(...impossible), fc.nat(), ({ make, path, codec }, seed) => {
    let questions = 0
    const asked = (): undefined => {
      questions += 1
    }
    const draw = () => {
      const arbitrary = derive(make(asked))
      return fc.sample(arbitrary, { seed, numRuns: 20 })
    }
    const refusal = thrownBy(draw)
    deepStrictEqual(
      refusal instanceof NoArbitrary
        ? { startsSo: refusal.path.startsWith(path), codec: refusal.codec, isBounded: questions < 20_000 }
        : refusal,
      { startsSo: true, codec, isBounded: true },
    )
  })

const thrownBy = (f: () => unknown): unknown => {
  try {
    return f()
  } catch (thrown) {
    // fast-check wraps what an arbitrary throws while values are drawn for a property.
    return thrown instanceof Error && thrown.cause instanceof NoArbitrary ? thrown.cause : thrown
  }
}

law('ARB-3 bounded', bounded(derived), { numRuns: 60 })
law.rejects(
  'ARB-3',
  'a refusal that does not say where',
  bounded((codec) => {
    const { reason, advice, ...refusal } = thrownBy(() => fc.sample(arbitraryOf(codec), 20)) as NoArbitrary
    throw new NoArbitrary({ codec: refusal.codec, path: '?', reason, advice })
  }),
)
law.rejects(
  'ARB-3',
  'values for what accepts none',
  bounded(() => fc.constant(null)),
)

const smallest = (derive: Derive) =>
  fc.property(
    drawn((sample) => 'smallest' in sample),
    ([sample, seed]) => {
      const { counterexample } = fc.check(
        fc.property(derive(sample.codec), () => false),
        { seed, numRuns: 1 },
      )
      deepStrictEqual(counterexample, [sample.smallest], sample.name)
    },
  )

law('ARB-4 smallest', smallest(derived), { numRuns: 300 })
law.rejects(
  'ARB-4',
  'values that do not shrink',
  smallest((codec) => fc.noShrink(arbitraryOf(codec))),
)

describe('each kind of codec that io-ts has', () => {
  test('is among the samples, or refused by name', () => {
    const source = readFileSync(new URL(import.meta.resolve('io-ts')), 'utf8')
    const tags = [...source.matchAll(/\._tag = '(\w+)'/g)].map(([, tag]) => tag)
    expect([...new Set(tags)].sort()).toEqual([...Object.keys(byTag), 'FunctionType', 'NeverType'].sort())
  })
  for (const [tag, { codec, smallest: expected }] of Object.entries(byTag)) {
    test(`${tag} has values, among them its simplest`, () => {
      expect(codec).toHaveProperty('_tag', tag)
      const values = fc.sample(arbitraryOf(codec), { seed: 1, numRuns: 300 })
      expect(values.filter((value) => !codec.is(value))).toEqual([])
      expect(values.some((value) => isDeepStrictEqual(value, expected))).toBe(true)
    })
  }
  test('a union of what is tagged reaches each member, a record each key', () => {
    const values = fc.sample(arbitraryOf(AccountCommand), { seed: 1, numRuns: 300 })
    expect(new Set(values.map((value) => value.type)).size).toBe(9)
    const keyed = fc.sample(arbitraryOf(t.partial({ a: t.null, b: t.null })), { seed: 1, numRuns: 100 })
    expect(new Set(keyed.map((value) => Object.keys(value).join())).size).toBe(4)
  })
})

test('texts that a predicate lists come up, each of them', () => {
  const stages = fc.sample(arbitraryOf(samples['Stage']?.codec ?? t.null), { seed: 1, numRuns: 100 })
  expect(new Set(stages)).toEqual(new Set(['draft', 'sent', 'paid-up']))
})

test('a refusal says where, what was tried, and what to do', () => {
  const Iban = t.refinement(t.string, (text) => text.length === 22 && text.endsWith('!'.repeat(9)), 'Iban')
  const Pay = t.union(
    [t.type({ type: t.literal('Pay'), to: t.type({ iban: Iban }) }), t.type({ type: t.literal('Stop') })],
    'AccountCommand',
  )
  expect(() => arbitraryOf(Pay)).toThrow(
    new NoArbitrary({
      path: 'AccountCommand.Pay.to.iban',
      codec: 'Iban',
      reason:
        'Tried: words, codes, digits, days, identities, addresses and other texts. The predicate accepted none.',
      advice:
        'Say which values it accepts: overrides: { byName: { Iban: fc.constantFrom(...) } }, or use byCodec.',
    }),
  )
})

test('values written by hand shrink like those that were drawn', () => {
  const shrunk = <A>(codec: t.Type<A, unknown>, value: A, fails: (value: A) => boolean) =>
    fc.check(
      fc.property(arbitraryOf(codec), (candidate) => !fails(candidate)),
      { examples: [[value]], numRuns: 1 },
    ).counterexample
  const Line = t.type({ article: t.string, count: t.Int, on: t.union([t.null, t.string]) })
  const line = { article: 'pencil', count: 700 as t.Int, on: '2026-01-01' }
  expect(shrunk(Line, line, ({ count }) => count > 30)).toEqual([{ article: '', count: 31, on: '' }])
  expect(shrunk(Line, line, ({ article }) => article.includes('n'))).toEqual([
    { article: 'n', count: 0, on: '' },
  ])
})
