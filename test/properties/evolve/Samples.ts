/**
 * What the laws of `evolve` and `decide` draw their samples from: names that break plain objects, values that break
 * JSON, codecs of random shape, and recorded events. Kept together so that every law meets the same hostility.
 */
import {
  eventId,
  globalPosition,
  type RecordedEvent,
  streamId,
  type Tag,
  timestamp,
  version,
} from 'decider-ts/store'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import { numberedAlphabet } from '../../../src/harness/ArbitraryDecider.js'

/** Names that an object without care takes for its own: as a key of a map or of a record each is a name like any. */
export const hostileName = fc.constantFrom(
  'a',
  'b',
  '__proto__',
  'constructor',
  'toString',
  '',
  'a.b',
  '[0]',
  '0x',
)

/** Entries under different names. */
export const entriesOf = <Value>(
  value: fc.Arbitrary<Value>,
  size: { readonly minLength?: number; readonly maxLength?: number } = { maxLength: 4 },
): fc.Arbitrary<ReadonlyArray<readonly [string, Value]>> =>
  fc.uniqueArray(fc.tuple(hostileName, value), { ...size, selector: ([name]) => name })

/** The usual alphabet of random tables. */
export const numbers = numberedAlphabet()

/** States that are mistaken for the absence of a state by code that asks with `??` or with a default parameter. */
export const absentLooking = {
  ...numbers,
  states: [0, undefined, null, Number.NaN, ''] as const,
}

export const command: fc.Arbitrary<number> = fc.constantFrom(...numbers.commands)
export const event: fc.Arbitrary<number> = fc.constantFrom(...numbers.events)
export const state: fc.Arbitrary<number> = fc.constantFrom(...numbers.states)
export const commands: fc.Arbitrary<ReadonlyArray<number>> = fc.array(command, { maxLength: 8 })
export const events: fc.Arbitrary<ReadonlyArray<number>> = fc.array(event, { maxLength: 8 })

/** Any function of a small whole number: a table, so that it takes one argument and prints. */
export const functionTo = <Result>(
  result: fc.Arbitrary<Result>,
): fc.Arbitrary<(argument: number) => Result> =>
  fc.array(result, { minLength: 10, maxLength: 10 }).map((results) =>
    Object.defineProperty((n: number) => results[n % 10] as Result, fc.toStringMethod, {
      value: () => `n => ${fc.stringify(results)}[n % 10]`,
    }),
  )

/** A moment, stored as text: a codec whose encoded form differs from its value. */
export const isoDate = new t.Type<Date, string, unknown>(
  'IsoDate',
  (input): input is Date => input instanceof Date,
  (input, context) => {
    const moment = typeof input === 'string' ? new Date(input) : undefined
    return moment === undefined || Number.isNaN(moment.getTime())
      ? t.failure(input, context)
      : t.success(moment)
  },
  (moment) => moment.toISOString(),
)

export const date: fc.Arbitrary<Date> = fc.date({ noInvalidDate: true })

/** JSON at its worst: signs of zero, big and tiny numbers, half surrogate pairs, names of `Object.prototype`. */
export const json: fc.Arbitrary<unknown> = fc.letrec<{ readonly json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, false, '', '\u0000', '\ud800', '__proto__'),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.array(tie('json'), { maxLength: 3 }),
    entriesOf(tie('json'), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
  ),
})).json

/** A codec with values of its type. */
export interface CodecSample {
  readonly codec: t.Type<unknown, unknown>
  readonly value: unknown
}

interface Shape {
  readonly codec: t.Mixed
  readonly values: fc.Arbitrary<unknown>
}

const leaf: fc.Arbitrary<Shape> = fc.constantFrom<Shape>(
  { codec: t.number, values: fc.double({ noNaN: true }) },
  { codec: t.string, values: fc.string() },
  { codec: isoDate, values: date },
  { codec: t.union([t.null, isoDate]), values: fc.option(date) },
  { codec: t.keyof({ red: null, green: null }), values: fc.constantFrom('red', 'green') },
)

const shape: fc.Arbitrary<Shape> = fc.letrec<{ readonly shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    tie('shape').map(({ codec, values }) => ({
      codec: t.readonlyArray(codec),
      values: fc.array(values, { maxLength: 3 }),
    })),
    tie('shape').map(({ codec, values }) => ({
      codec: t.record(t.string, codec),
      values: fc.dictionary(fc.constantFrom('a', 'b'), values, { noNullPrototype: true }),
    })),
    fc.tuple(tie('shape'), tie('shape')).map(([a, b]) => ({
      codec: t.readonly(t.intersection([t.type({ a: a.codec }), t.strict({ b: b.codec })])),
      values: fc.record({ a: a.values, b: b.values }, { noNullPrototype: true }),
    })),
  ),
})).shape

/** Any codec, nested as domains nest them, with one of its values. */
export const codecSample: fc.Arbitrary<CodecSample> = shape.chain(({ codec, values }) =>
  values.map((value) =>
    Object.defineProperty({ codec, value }, fc.toStringMethod, {
      value: () => `${codec.name}: ${fc.stringify(value)}`,
    }),
  ),
)

/** The n-th event of a log with one stream. */
export const recorded = (
  n: number,
  { type, data = {}, schemaVersion = 1, tags = [] }: Pick<RecordedEvent, 'type'> & Partial<RecordedEvent>,
): RecordedEvent => ({
  id: eventId(`00000000-0000-7000-8000-${String(n).padStart(12, '0')}`),
  stream: streamId('sample', 's1'),
  version: version(n),
  position: globalPosition(n * 10),
  type,
  schemaVersion,
  tags: tags as ReadonlyArray<Tag>,
  data,
  metadata: {},
  recordedAt: timestamp(n * 1000),
})

/** The value of a `Right`; a `Left` fails the test with what it holds. */
export const rightOf = <Value>(either: E.Either<unknown, Value>): Value => {
  if (E.isLeft(either)) throw new Error(`expected a Right, got a Left of ${fc.stringify(either.left)}`)
  return either.right
}
