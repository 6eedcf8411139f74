/**
 * Arbitraries of what a store is given. Names are few, so that samples meet each other; payloads are hostile.
 * Used by: the laws of `store` and of the adapters.
 */
import {
  type Append,
  type AppendCondition,
  type ConsistencyToken,
  consistencyToken,
  type DecisionToRecord,
  type EventToAppend,
  type ExpectedVersion,
  entriesOf,
  eventId,
  everything,
  exactly,
  globalPosition,
  type Query,
  type QueryItem,
  type Range,
  type StreamId,
  streamIdFrom,
  type Tag,
  tagFrom,
  type Version,
  version,
} from 'decider-ts/store'
import fc from 'fast-check'

/** The text by which two payloads are compared: it tells everything, the order of keys and the sign of 0 included. */
export const textOf = (value: unknown): string => fc.stringify(value)

const text = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.constantFrom('\u0000', '\ud800', '__proto__', 'constructor', '0', '"', '\\', '😀', ''),
)

const number = fc.oneof(
  fc.integer({ min: -9, max: 9 }),
  { weight: 2, arbitrary: fc.constantFrom(-0, -0, 1e308, 5e-324, 2 ** 53) },
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)

/** Any JSON value. */
export const json: fc.Arbitrary<unknown> = fc.letrec<{ readonly json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    { weight: 3, arbitrary: number },
    text,
    fc.array(tie('json'), { maxLength: 3 }),
    objectOf(tie('json')),
  ),
})).json

function objectOf<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Readonly<Record<string, Value>>> {
  return fc
    .uniqueArray(fc.tuple(fc.oneof({ weight: 4, arbitrary: text }, fc.constant('__proto__')), value), {
      maxLength: 3,
      selector: ([key]) => key,
    })
    .map((entries) => Object.fromEntries(entries))
}

/** What JSON cannot say. */
export const notJson: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1n,
  new Date(0),
  new Map(),
  () => 0,
  Symbol.iterator,
)

export const stream: fc.Arbitrary<StreamId> = fc.constantFrom(
  ...['a', 'A', '__proto__', 'a-1', 'ab-1'].map(streamIdFrom),
)
/** Of the streams above, and as many as a query item names. */
const categories: fc.Arbitrary<ReadonlyArray<string>> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom('a', 'ab', 'A'), { minLength: 1, maxLength: 2 }) },
)
export const type: fc.Arbitrary<string> = fc.constantFrom('A', 'B', 'a')
export const tags: fc.Arbitrary<ReadonlyArray<Tag>> = fc.array(
  fc.constantFrom(...['k:1', 'k:2', 'K:1'].map(tagFrom)),
  { maxLength: 3 },
)

/** The n-th id of a small store: few enough that some are given twice. */
const id = fc.nat({ max: 400 }).map((n) => eventId(`00000000-0000-7000-8000-${String(n).padStart(12, '0')}`))

export const event: fc.Arbitrary<EventToAppend> = fc.record({
  id,
  stream,
  type,
  tags,
  schemaVersion: fc.constantFrom(1, 2),
  data: json,
  metadata: fc.constantFrom({}, { actor: 'ada' }),
})

export const queryItem: fc.Arbitrary<QueryItem> = fc.record({
  categories,
  types: fc.array(type, { maxLength: 2 }),
  tags,
})

export const query: fc.Arbitrary<Query> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(everything) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(queryItem, fc.array(queryItem, { maxLength: 2 }))
      .map(([first, others]) => ({ _tag: 'AnyOf', items: [first, ...others] }) as const),
  },
)

export const expectedVersion: fc.Arbitrary<ExpectedVersion> = fc.oneof(
  fc.constantFrom<ExpectedVersion>({ _tag: 'Any' }, { _tag: 'NoStream' }, { _tag: 'StreamExists' }),
  fc.nat({ max: 6 }).map(exactly),
)

const place = fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 40 }))

const tokenFor = (query: Query): fc.Arbitrary<ConsistencyToken> =>
  fc
    .array(place.map(globalPosition), { minLength: entriesOf(query), maxLength: entriesOf(query) })
    .map(consistencyToken)

const condition: fc.Arbitrary<AppendCondition> = query.chain((failIfEventsMatch) =>
  fc.record(
    { failIfEventsMatch: fc.constant(failIfEventsMatch), after: tokenFor(failIfEventsMatch) },
    { requiredKeys: ['failIfEventsMatch'] },
  ),
)

/** Mostly appends that succeed. */
export const append: fc.Arbitrary<Append> = fc
  .record({
    events: fc.array(event, { maxLength: 4 }),
    expected: fc.array(fc.record({ stream, version: expectedVersion }), { maxLength: 1 }),
    condition: fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: condition },
    ),
    isPlain: fc.boolean(),
  })
  .map(({ events, expected, condition, isPlain }) => ({
    events,
    expected: isPlain ? [] : expected,
    ...(condition !== undefined && !isPlain && { condition }),
  }))

/** An append that brings decisions on some of a few commands, the last of them with all events that are left. */
export const decidedAppend: fc.Arbitrary<Append> = fc
  .tuple(
    append,
    fc.uniqueArray(fc.nat({ max: 7 }), { minLength: 1, maxLength: 3 }),
    fc.record({ isRejected: fc.boolean(), share: fc.nat({ max: 2 }), seen: fc.uuid(), payload: json }),
  )
  .map(([request, commands, { isRejected, share, seen, payload }]) => {
    let left = request.events.length
    const decisions = commands.map((command, index): DecisionToRecord => {
      const events = index === commands.length - 1 ? left : Math.min(share, left)
      left -= events
      const given = { commandId: `command ${command}`, handler: 'samples', seen, events, command: payload }
      return isRejected && events === 0
        ? { ...given, outcome: 'rejected', rejection: payload }
        : { ...given, outcome: 'accepted' }
    })
    return { ...request, decisions }
  })

export const appends: fc.Arbitrary<ReadonlyArray<Append>> = fc.array(append, { maxLength: 10, size: 'max' })

/** A part of an ordered history. */
export const rangeOf = <Place>(placeFrom: (place: number) => Place): fc.Arbitrary<Range<Place>> =>
  fc.record(
    {
      after: place.map(placeFrom),
      to: place.map(placeFrom),
      limit: fc.nat({ max: 5 }),
      direction: fc.constantFrom('forward', 'backward'),
    },
    { requiredKeys: [] },
  )

export const versionRange: fc.Arbitrary<Range<Version>> = rangeOf(version)
