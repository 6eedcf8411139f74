/**
 * The laws of event codecs, for payloads that JSON is known to stumble over and for event types of any name. What is
 * recorded has to come back as the event that was decided, or not at all and with the place where it stands.
 */
import { deepStrictEqual } from 'node:assert/strict'
import {
  decodeHistory,
  decodeRecorded,
  type EventCodec,
  eventCodec,
  taggedCodec,
  type Upcasters,
  unionOfEvents,
} from 'decider-ts/evolve'
import { type RecordedEvent, stringify, toJson, type Undecodable } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { law } from '../Law.js'
import { date, hostileName, isoDate, json, recorded, rightOf } from './Samples.js'

/** An event with a field that is written in another form, and one that holds any JSON. */
interface Sample {
  readonly type: string
  readonly at: Date
  readonly note: unknown
}

const eventOf = (type: string): t.Type<Sample, unknown> =>
  t.type({ type: t.literal(type), at: isoDate, note: t.unknown })

const sample: fc.Arbitrary<Sample> = fc.record(
  { type: hostileName, at: date, note: json },
  { noNullPrototype: true },
)

const lift = (data: unknown): unknown => ({ ...(data as object), lifted: true })

type MakeCodec = (
  tagged: Parameters<typeof eventCodec<Sample>>[0],
  upcasters: Upcasters,
) => Pick<EventCodec<Sample>, 'encode' | 'decode'>

const roundTrip = (make: MakeCodec) =>
  fc.property(sample, fc.nat(2), (event, lifts) => {
    const upcasters = Object.fromEntries([[event.type, Array.from({ length: lifts }, () => lift)]])
    const codec = make(taggedCodec(eventOf(event.type)), upcasters)
    const encoded = codec.encode(event)
    deepStrictEqual(codec.decode(encoded), E.right(event))
    const stored: unknown = JSON.parse(stringify(rightOf(toJson(encoded.data))))
    deepStrictEqual(codec.decode({ ...encoded, data: stored }), E.right(event))
    return encoded.type === event.type && !Object.hasOwn(encoded.data as object, 'type')
  })

law('COD-1 round trip', roundTrip(eventCodec))
law.rejects(
  'COD-1',
  'a codec that writes version 1, whatever the upcasters',
  roundTrip((tagged, upcasters) => {
    const codec = eventCodec(tagged, upcasters)
    return { ...codec, encode: (event) => ({ ...codec.encode(event), schemaVersion: 1 }) }
  }),
)
law.rejects(
  'COD-1',
  'a codec that writes what it was given',
  roundTrip((tagged, upcasters) => eventCodec({ ...tagged, encode: (event) => event }, upcasters)),
)

const Paid = t.type({ type: t.literal('Paid'), cents: t.type({ amount: t.Int }) })
const paid = eventCodec(taggedCodec(Paid))
type Paid = t.TypeOf<typeof Paid>

const entry = fc.oneof(
  { weight: 3, arbitrary: fc.integer().map((amount) => ({ type: 'Paid', data: { cents: { amount } } })) },
  fc.constantFrom(
    { type: 'Paid', data: { cents: { amount: 'many' } } },
    { type: 'Paid', data: {} },
    { type: 'Paid', data: [] },
    { type: 'Paid', data: null },
    { type: 'Lost', data: {} },
    { type: 'Paid', data: { cents: { amount: 1 } }, schemaVersion: 2 },
  ),
)

const history: fc.Arbitrary<ReadonlyArray<RecordedEvent>> = fc
  .array(entry, { maxLength: 6 })
  .map((entries) => entries.map((event, index) => recorded(index + 1, event)))

const nothingSkipped = (
  decode: (history: ReadonlyArray<RecordedEvent>) => E.Either<Undecodable, ReadonlyArray<Paid>>,
) =>
  fc.property(history, (events) => {
    const bad = events.find((event) => E.isLeft(paid.decode(event)))
    const decoded = decode(events)
    if (bad === undefined) {
      deepStrictEqual(decoded, E.right(events.map((event) => rightOf(paid.decode(event)))))
      return
    }
    const { stream, version, position, type, schemaVersion } = bad
    const { path, reason } = (paid.decode(bad) as E.Left<{ readonly path: string; readonly reason: string }>)
      .left
    deepStrictEqual(
      decoded,
      E.left({ _tag: 'Undecodable', stream, version, position, type, schemaVersion, path, reason }),
    )
  })

law('COD-2 nothing skipped', nothingSkipped(decodeHistory(paid)))
law.rejects(
  'COD-2',
  'a decoding that leaves out what it cannot read',
  nothingSkipped((events) =>
    E.right(
      events.flatMap((event) => {
        const decoded = decodeRecorded(paid)(event)
        return E.isRight(decoded) ? [decoded.right] : []
      }),
    ),
  ),
)

test.each<readonly [unknown, string, string]>([
  [{ cents: { amount: 1.5 } }, 'data.cents.amount', 'is 1.5, which is not Int'],
  [{}, 'data.cents', 'is undefined, which is not { amount: Int }'],
  [null, 'data', 'is null, which is not { type: "Paid", cents: { amount: Int } }'],
])('data %j is not read', (data, path, reason) => {
  expect(paid.decode({ type: 'Paid', schemaVersion: 1, data })).toEqual(E.left({ path, reason }))
})

test('data that is an array is no object without fields', () => {
  const bare = eventCodec(taggedCodec(t.type({ type: t.literal('Bare') })))
  expect(E.isLeft(bare.decode({ type: 'Bare', schemaVersion: 1, data: [] }))).toBe(true)
  expect(bare.decode({ type: 'Bare', schemaVersion: 1, data: {} })).toEqual(E.right({ type: 'Bare' }))
})

test('a type in the data does not count against the recorded one', () => {
  expect(
    paid.decode({ type: 'Paid', schemaVersion: 1, data: { type: 'Lost', cents: { amount: 1 } } }),
  ).toEqual(E.right({ type: 'Paid', cents: { amount: 1 } }))
})

test('a union of event codecs keeps the upcasters of each part, whatever their types are called', () => {
  const part = (type: string) => eventCodec(taggedCodec(eventOf(type)), Object.fromEntries([[type, [lift]]]))
  const both = unionOfEvents([part('Paid'), part('__proto__')])
  const at = '2026-01-01T00:00:00.000Z'
  for (const type of ['Paid', '__proto__']) {
    expect(both.decode({ type, schemaVersion: 1, data: { at, note: 1 } })).toEqual(
      E.right({ type, at: new Date(at), note: 1, lifted: true }),
    )
  }
})
