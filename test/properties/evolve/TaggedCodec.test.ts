/**
 * The laws of tagged codecs, for unions declared in every way that io-ts has: a domain is routed by the names that are
 * found in its codec, so a name too many or too few sends a command to nobody.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { type TaggedCodec, taggedCodec, unionOf } from 'decider-ts/evolve'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { law } from '../Law.js'
import { date, isoDate, rightOf } from './Samples.js'

const pool = ['A', 'B', 'C', '__proto__', 'constructor', '']
const names = fc.uniqueArray(fc.constantFrom(...pool), { minLength: 1, maxLength: 3 })

interface Tagged {
  readonly codec: t.Mixed
}

const literalOf = (declared: ReadonlyArray<string>): t.Mixed => {
  const [first = t.literal('A'), second, ...others] = declared.map((name) => t.literal(name))
  return second === undefined ? first : t.union([first, second, ...others])
}

/** The `type` of a member: one literal, a union of literals, or the keys of an object. */
const literals: fc.Arbitrary<t.Mixed> = fc.oneof(
  names.map(literalOf),
  names.map((declared) => t.keyof(Object.fromEntries(declared.map((name) => [name, null])))),
)

const member: fc.Arbitrary<Tagged> = fc
  .tuple(literals, fc.constantFrom('type', 'strict', 'exact partial'))
  .map(([type, kind]) => {
    const props = { type, at: isoDate }
    if (kind === 'type') return { codec: t.type(props) }
    return {
      codec:
        kind === 'strict'
          ? t.strict(props)
          : t.exact(t.intersection([t.type(props), t.partial({ n: t.number })])),
    }
  })

const Amount = t.type({ amount: t.number })
/** How the event was paid: a union of two shapes without names, which says nothing about `type`. */
const Payment = t.union([t.type({ amount: t.number }), t.type({ voucher: t.string })])

interface Real {
  readonly Real: unique symbol
}

const tagged: fc.Arbitrary<Tagged> = fc.letrec<{ readonly tagged: Tagged }>((tie) => ({
  tagged: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    member,
    tie('tagged').map(({ codec }) => ({ codec: t.readonly(codec) })),
    tie('tagged').map(({ codec }) => ({ codec: t.refinement(codec, () => true) })),
    tie('tagged').map(({ codec }) => ({
      codec: t.brand(codec, (value): value is t.Branded<unknown, Real> => value !== null, 'Real'),
    })),
    tie('tagged').map(({ codec }) => ({ codec: t.recursion('Self', () => codec) })),
    tie('tagged').map(({ codec }) => ({ codec: t.intersection([codec, Amount]) })),
    tie('tagged').map(({ codec }) => ({ codec: t.intersection([Payment, codec]) })),
    fc
      .tuple(member, literals)
      .map(([{ codec }, type]) => ({ codec: t.intersection([codec, t.type({ type })]) })),
    fc.tuple(tie('tagged'), tie('tagged')).map(([a, b]) => ({ codec: t.union([a.codec, b.codec]) })),
  ),
})).tagged

const accepted = (codec: t.Mixed): ReadonlyArray<string> =>
  [...pool, 'D'].filter((type) =>
    E.isRight(codec.decode({ type, at: '2026-01-01T00:00:00.000Z', amount: 1, voucher: 'v' })),
  )

/** A codec that accepts nothing is refused when the domain is defined; a test below holds that. */
const inhabited = tagged
  .filter(({ codec }) => accepted(codec).length > 0)
  .map(({ codec }) => Object.defineProperty({ codec }, fc.toStringMethod, { value: () => codec.name }))

const declared = (typesOf: (codec: t.Mixed) => ReadonlyArray<string>) =>
  fc.property(inhabited, ({ codec }) => {
    const names = accepted(codec)
    deepStrictEqual([...typesOf(codec)].sort(), [...names].sort())
  })

const firstMemberOnly = (codec: t.Mixed): ReadonlyArray<string> => {
  const { _tag, types = [] } = codec as { readonly _tag?: string; readonly types?: ReadonlyArray<t.Mixed> }
  const [first] = types
  return _tag === 'UnionType' && first !== undefined ? firstMemberOnly(first) : taggedCodec(codec).types
}

law(
  'TAG-1 names',
  declared((codec) => taggedCodec(codec).types),
)
law.rejects('TAG-1', 'names of the first member alone', declared(firstMemberOnly))
law.rejects(
  'TAG-1',
  'names in lower case',
  declared((codec) => taggedCodec(codec).types.map((name) => name.toLowerCase())),
)

const roundTrip = (make: typeof taggedCodec) =>
  fc.property(inhabited, date, ({ codec: ioTs }, at) => {
    const codec = make(ioTs)
    for (const type of codec.types) {
      const value = rightOf(ioTs.decode({ type, at: at.toISOString(), amount: 1 }))
      deepStrictEqual(codec.decode(codec.encode(value)), E.right(value))
    }
  })

law('TAG-2 round trip', roundTrip(taggedCodec))
law.rejects(
  'TAG-2',
  'a codec that does not encode',
  roundTrip((codec) => ({ ...taggedCodec(codec), encode: (value) => value })),
)

interface Numbered {
  readonly type: string
  readonly n: number
}

/** A codec that accepts some numbers and writes them in a way of its own, so that it shows which part translated. */
const partOf = (type: string, least: number, mark: string): TaggedCodec<Numbered> =>
  taggedCodec(
    t.type({
      type: t.literal(type),
      n: new t.Type<number, string, unknown>(
        `from ${least}`,
        (n): n is number => typeof n === 'number' && n >= least,
        (text, context) => {
          const n = typeof text === 'string' ? Number(text.split(' ')[0]) : Number.NaN
          return n >= least ? t.success(n) : t.failure(text, context)
        },
        (n) => `${n} ${mark}`,
      ),
    }),
  )

const parts = fc
  .array(fc.tuple(fc.constantFrom('A', 'B'), fc.nat(3)), { minLength: 1, maxLength: 4 })
  .map((specs) => specs.map(([type, least], index) => partOf(type, least, `by ${index}`)))

const union = (implementation: typeof unionOf<TaggedCodec<Numbered>>) =>
  fc.property(parts, fc.constantFrom('A', 'B'), fc.nat(3), (all, type, n) => {
    const first = all.find((part) => part.is({ type, n }))
    deepStrictEqual(implementation(all).is({ type, n }), first !== undefined)
    if (first !== undefined)
      deepStrictEqual(implementation(all).encode({ type, n }), first.encode({ type, n }))
    const decoded = implementation(all).decode({ type, n: `${n}` })
    const expected = all.map((part) => part.decode({ type, n: `${n}` })).find(E.isRight)
    deepStrictEqual(E.isRight(decoded), expected !== undefined)
    if (expected !== undefined) deepStrictEqual(decoded, expected)
  })

law('TAG-3 union', union(unionOf))
law.rejects(
  'TAG-3',
  'a union whose last part translates',
  union((all) => unionOf([...all].reverse())),
)

const Opened = t.type({ type: t.literal('Opened') })

test.each<readonly [string, t.Mixed, string]>([
  ['a text', t.type({ type: t.string }), '{ type: string }'],
  ['no type', t.type({ name: t.string }), '{ name: string }'],
  ['an optional type', t.partial({ type: t.literal('A') }), 'Partial<{ type: "A" }>'],
  ['a number for a type', t.type({ type: t.literal(1) }), '{ type: 1 }'],
  [
    'a literal or any text',
    t.type({ type: t.union([t.literal('A'), t.string]) }),
    '{ type: ("A" | string) }',
  ],
  [
    'one member without a type',
    t.union([Opened, t.union([t.type({ n: t.number }), Opened])]),
    '{ n: number }',
  ],
  [
    'contradicting types',
    t.intersection([Opened, t.type({ type: t.literal('B') as t.Mixed })]),
    '({ type: "Opened" } & { type: "B" })',
  ],
  ['no object at all', t.number, 'number'],
])('a codec of %s is refused, and named', (_, codec, name) => {
  expect(() => taggedCodec(codec)).toThrow(
    new TypeError(`The codec ${name} needs a literal 'type' in each of its members.`),
  )
})

test('names keep the order of their declaration, each once', () => {
  const Closed = t.type({ type: t.literal('Closed') })
  expect(
    taggedCodec(t.union([Closed, Opened, t.strict({ type: t.literal('Closed'), n: t.number })])).types,
  ).toEqual(['Closed', 'Opened'])
})

test('a value of no part is named, with the names there are', () => {
  const codec = unionOf([taggedCodec(Opened)])
  expect(codec.decode({ type: 'Lost' })).toEqual(
    E.left({ path: 'type', reason: "is 'Lost', and the declared types are Opened" }),
  )
  expect(codec.decode(5)).toEqual(
    E.left({ path: 'type', reason: "is '', and the declared types are Opened" }),
  )
})
