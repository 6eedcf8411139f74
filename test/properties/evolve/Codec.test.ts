/**
 * The laws of codecs, for codecs nested at random, and what a failure says: a path that leads to the part to mend.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { type Codec, fromIoTs, recordOf } from 'decider-ts/evolve'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { law } from '../Law.js'
import { codecSample, entriesOf, hostileName, isoDate, rightOf } from './Samples.js'

const roundTrip = (make: typeof fromIoTs) =>
  fc.property(codecSample, ({ codec: ioTs, value }) => {
    const codec = make(ioTs)
    deepStrictEqual(codec.decode(codec.encode(value)), E.right(value))
    return codec.is(value)
  })

law('CDC-1 round trip', roundTrip(fromIoTs))
law.rejects(
  'CDC-1',
  'a codec that decodes but does not encode',
  roundTrip((codec) => ({ ...fromIoTs(codec), encode: (value) => value })),
)

type RecordOf = (codecs: Readonly<Record<string, Codec<unknown>>>) => Codec<Readonly<Record<string, unknown>>>

const record = (implementation: RecordOf) =>
  fc.property(entriesOf(codecSample), hostileName, (parts, left) => {
    const codecs = parts.map(([name, { codec }]) => [name, fromIoTs(codec)] as const)
    const all = implementation(Object.fromEntries(codecs))
    const values = Object.fromEntries(parts.map(([name, { value }]) => [name, value]))
    const encoded = Object.fromEntries(
      codecs.map(([name, codec]) => [name, codec.encode(new Map(parts).get(name)?.value)]),
    )
    deepStrictEqual(all.encode(values), encoded)
    deepStrictEqual(all.decode(encoded), E.right(values))
    // A part that is left out is decoded as `undefined`, and what an object inherits is no part.
    const rest = Object.fromEntries(Object.entries(encoded).filter(([name]) => name !== left))
    const [, failing] = codecs.find(([name]) => name === left) ?? []
    if (failing === undefined) deepStrictEqual(all.decode(rest), E.right(values))
    else deepStrictEqual(E.isLeft(all.decode(rest)), E.isLeft(failing.decode(undefined)))
    deepStrictEqual(
      all.is(Object.fromEntries(Object.entries(values).filter(([name]) => name !== left))),
      codecs.every(([name, codec]) => codec.is(name === left ? undefined : new Map(parts).get(name)?.value)),
    )
  })

const ofInherited: RecordOf = (codecs) => ({
  ...recordOf(codecs),
  is: (value): value is Readonly<Record<string, unknown>> =>
    Object.entries(codecs).every(([name, codec]) => codec.is((value as Record<string, unknown>)[name])),
  decode: (input) => {
    const found = Object.keys(codecs).map((name) => [name, (input as Record<string, unknown>)[name]])
    return E.map(() => Object.fromEntries(found) as Readonly<Record<string, unknown>>)(
      recordOf(codecs).decode(Object.fromEntries(found)),
    )
  },
})

law('CDC-2 record', record(recordOf))
law.rejects(
  'CDC-2',
  'a record whose parts are all translated by the first codec',
  record((codecs) =>
    recordOf(
      Object.fromEntries(
        Object.keys(codecs).map((name) => [name, Object.values(codecs)[0] as Codec<unknown>]),
      ),
    ),
  ),
)
law.rejects('CDC-2', 'a record that does not decode its parts', record(ofInherited))

test('a part that an object inherits is not there', () => {
  const codec = recordOf({ constructor: fromIoTs(t.Function), a: fromIoTs(t.number) })
  expect(codec.decode({ a: 1 })).toEqual(
    E.left({ path: 'constructor', reason: 'is undefined, which is not Function' }),
  )
  expect(codec.is({ a: 1 })).toBe(false)
})

test.each([null, undefined, 5, 'text'])('a record is decoded from an object, not from %s', (input) => {
  expect(recordOf({ n: fromIoTs(t.number) }).decode(input)).toEqual(
    E.left({ path: 'n', reason: 'is undefined, which is not number' }),
  )
})

const Line = t.type({ sku: t.string, amounts: t.array(t.type({ cents: t.Int })) })
const Order = t.type({ lines: t.array(Line) })
const Priced = t.intersection([Order, t.type({ total: t.type({ cents: t.Int }) })])
const Paid = t.type({
  by: t.union([t.type({ card: t.type({ digits: t.string }) }), t.type({ cash: t.Int })]),
})
const Small = t.refinement(t.number, (n) => n < 10, 'Small')

test.each<readonly [string, t.Mixed, unknown, string, string]>([
  ['the value as a whole', t.number, 'x', '', "is 'x', which is not number"],
  ['a field', t.type({ n: t.number }), { n: null }, 'n', 'is null, which is not number'],
  [
    'an item of an array',
    Order,
    { lines: [{ sku: 'a', amounts: [{ cents: 1 }, { cents: 1.5 }] }] },
    'lines[0].amounts[1].cents',
    'is 1.5, which is not Int',
  ],
  [
    'a part of an intersection',
    Priced,
    { lines: [], total: { cents: 'many' } },
    'total.cents',
    "is 'many', which is not Int",
  ],
  [
    'the deepest of the alternatives of a union',
    Paid,
    { by: { card: { digits: 4 } } },
    'by.card.digits',
    'is 4, which is not string',
  ],
  ['a refinement', t.type({ n: Small }), { n: 12 }, 'n', 'is 12, which is not Small'],
  ['a missing field', Line, { sku: 'a' }, 'amounts', 'is undefined, which is not Array<{ cents: Int }>'],
  [
    'an array in the place of a text',
    t.type({ s: t.string }),
    { s: [1] },
    's',
    'is an array, which is not string',
  ],
  ['a moment', t.type({ at: isoDate }), { at: 'soon' }, 'at', "is 'soon', which is not IsoDate"],
])('a failure names %s', (_, codec, input, path, reason) => {
  expect(fromIoTs(codec).decode(input)).toEqual(E.left({ path, reason }))
})

test('a failure says what the codec says, where it says something', () => {
  const Even = new t.Type<number, number, unknown>(
    'Even',
    (n): n is number => typeof n === 'number' && n % 2 === 0,
    (n, context) => (typeof n === 'number' && n % 2 === 0 ? t.success(n) : t.failure(n, context, 'is odd')),
    (n) => n,
  )
  expect(fromIoTs(t.type({ n: Even })).decode({ n: 3 })).toEqual(E.left({ path: 'n', reason: 'is odd' }))
})

test('a failure is short, however long the value is', () => {
  const failure = fromIoTs(t.number).decode('x'.repeat(500))
  expect(E.isLeft(failure) && failure.left.reason.length).toBeLessThan(100)
})

test('decoding does not change what it decodes', () => {
  const input = { at: '2026-01-01T00:00:00.000Z' }
  expect(rightOf(fromIoTs(t.type({ at: isoDate })).decode(input)).at).toBeInstanceOf(Date)
  expect(input).toEqual({ at: '2026-01-01T00:00:00.000Z' })
})
