/**
 * Appends as one call of the log's `append` function, and its answer as what became of each of them. The function takes
 * any number of items and treats each alone; what a call may hold together stands with the function, in the migrations.
 * Used by: `postgresStore`.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import { type Appended, type StorableAppend, type StreamExpectation, tokenOf } from '../../store/Append.js'
import type { StorableEvent } from '../../store/EventToAppend.js'
import type { ExpectedVersion } from '../../store/ExpectedVersion.js'
import { beginning, type GlobalPosition, globalPosition } from '../../store/GlobalPosition.js'
import { stringify } from '../../store/Json.js'
import type { ConditionConflict, DuplicateEventId, VersionConflict } from '../../store/StoreError.js'
import type { StreamId } from '../../store/StreamId.js'
import { type Version, version } from '../../store/Version.js'
import { bigintsFrom, joinJson, numberArray, textArray } from './ArrayLiteral.js'
import { bigintMax, clamp } from './Bigint.js'
import type { Row, Statement } from './Connection.js'
import { type LockKeys, tagHash } from './LockKey.js'
import { categoriesOf, encodeItem, itemsOf } from './QueryItems.js'
import type { Schema } from './Schema.js'

/** What the log can refuse an append for. */
export type Conflict = VersionConflict | ConditionConflict | DuplicateEventId

/** One call: what to send, and how to read the answer, which has one entry an append in the same order. */
export interface AppendCall {
  readonly parameters: ReadonlyArray<string | null>
  readonly answersFrom: (row: Row) => ReadonlyArray<E.Either<Conflict, Appended>>
}

/**
 * Beyond so many keys a call takes the whole log instead, unless its sender bounds its calls in another way. All
 * connections of a server share one table of locks, and 6,400 slots are what the stock configuration gives: appends with
 * thousands of keys each would run it over.
 */
export const lockKeysMax = 64

/**
 * How positions are given. Either way they grow in the order of the log. `concurrent` appends commit side by side, and one
 * that is rolled back leaves a hole. `gapless` positions are 1, 2, 3 and so on, and commits happen one at a time.
 */
export type Ordering = 'concurrent' | 'gapless'

/** The statements of appends. Their texts never change, so the server parses each once a connection. */
export const appendStatement = (schema: Schema, ordering: Ordering = 'concurrent'): Statement => {
  const [toOne, toStreams, any] = [
    toStreamStatement(schema),
    toStreamsStatement(schema, ordering),
    anyStatement(schema, ordering),
  ]
  return ({ length }) => (length === toStreamLength ? toOne : length === toStreamsLength ? toStreams : any)
}

/** The function, called for what it needs of the log. Its first parameter waits for that. */
export const calling = (quoted: string, name: string, ordering: Ordering): string =>
  ordering === 'concurrent'
    ? `${quoted}.${name}($1::text::bigint[]`
    : `${quoted}.hold_log() as held cross join lateral ${quoted}.${name}(case when held then $1::text::bigint[] end`

/** Events of one stream: half of the parameters, and two thirds of the work on either side. One event needs no arrays. */
const toStreamStatement = ({ quoted }: Schema): string => `
  select positions, versions, repeated, array_to_string(failed, ',')
  from ${quoted}.append_to_stream(
    $1::text::bigint, $2::text, $3::text::bigint,
    $4::text::uuid, $5::text, $6::text::smallint, $7::text::json, $8::text::json,
    $9::text::uuid[], $10::text::text[], $11::text::smallint[],
    string_to_array($12::text, chr(31)), string_to_array($13::text, chr(31)))`

const toStreamLength = 13

/** Appends of which each has events of one stream: half of the parameters again, and one statement for all of them. */
const toStreamsStatement = ({ quoted }: Schema, ordering: Ordering): string => `
  select positions, versions, repeated, array_to_string(failed, ',')
  from ${calling(quoted, 'append_to_streams', ordering)}, $2::text::int[], $3::text::int[], $4::text::text[], $5::text::bigint[],
    $6::text::uuid[], $7::text::text[], $8::text::smallint[],
    string_to_array($9::text, chr(31)), string_to_array($10::text, chr(31)))`

const toStreamsLength = 10

const anyStatement = ({ quoted }: Schema, ordering: Ordering): string => `
  select positions, versions, repeated, array_to_string(failed, ',')
  from ${calling(quoted, 'append', ordering)}, $2::text::boolean,
    $3::text::text[],
    $4::text::int[], $5::text::int[], $6::text::bigint[],
    $7::text::int[], $8::text::bigint[], $9::text::text[], $10::text::text[],
    $11::text::text[], $12::text::bigint[],
    $13::text::int[], $14::text::int[], $15::text::text[], $16::text::uuid[], $17::text::text[],
    $18::text::smallint[], $19::text::text[], string_to_array($20::text, chr(31)), string_to_array($21::text, chr(31)),
    $22::text::int[], $23::text::bigint[], $24::text::text[])`

/** The appends as one call. Each of them holds at least one event. */
export const appendCall = (
  keys: LockKeys,
  appends: ReadonlyArray<StorableAppend>,
  keysMax: number = lockKeysMax,
  ordering: Ordering = 'concurrent',
): AppendCall => {
  const plain = plainsOf(appends)
  const [only] = plain ?? []
  if (plain === undefined || only === undefined) return callOfAny(keys, appends, keysMax, ordering)
  // To one stream there is no gapless way: that function cannot do without its key.
  return plain.length === 1 && ordering === 'concurrent'
    ? callToStream(keys, only)
    : (callToStreams(keys, plain, keysMax, ordering) ?? callOfAny(keys, appends, keysMax, ordering))
}

/** An append whose events are of one stream and have no tags, with no condition but on that stream. */
interface Plain {
  readonly stream: StreamId
  readonly events: ReadonlyArray<StorableEvent>
  readonly belief: StreamExpectation | undefined
}

/** Undefined unless all of them are plain. */
const plainsOf = (appends: ReadonlyArray<StorableAppend>): ReadonlyArray<Plain> | undefined => {
  const plain: Array<Plain> = []
  for (const append of appends) {
    const one = plainOf(append)
    if (one === undefined) return undefined
    plain.push(one)
  }
  return plain
}

const plainOf = ({ events, expected, condition }: StorableAppend): Plain | undefined => {
  const stream = events[0]?.stream
  if (stream === undefined || condition !== undefined) return undefined
  let belief: StreamExpectation | undefined
  for (const expectation of expected) {
    if (expectation.version._tag === 'Any') continue
    if (belief !== undefined || expectation.stream !== stream) return undefined
    belief = expectation
  }
  for (const each of events) if (each.stream !== stream || each.tags.length > 0) return undefined
  return { stream, events, belief }
}

const callToStream = (keys: LockKeys, plain: Plain): AppendCall => {
  const { stream, events, belief } = plain
  const [event] = events
  return {
    parameters: [
      String(keys.ofStream(stream)),
      stream,
      belief === undefined ? null : String(codeOf(belief.version)),
      ...(event !== undefined && events.length === 1
        ? [...oneEvent(event), ...nothing]
        : [...nothing, ...severalEvents(events)]),
    ],
    answersFrom: answersTo([plain]),
  }
}

/** Undefined where they would lock more keys than they may. */
const callToStreams = (
  keys: LockKeys,
  plain: ReadonlyArray<Plain>,
  keysMax: number,
  ordering: Ordering,
): AppendCall | undefined => {
  const events = plain.flatMap((each) => each.events)
  const counts = new Map<StreamId, number>()
  const nths = events.map(({ stream }) => {
    const nth = (counts.get(stream) ?? 0) + 1
    counts.set(stream, nth)
    return nth
  })
  if (counts.size > keysMax) return undefined
  const isOneEach = counts.size === events.length
  return {
    parameters: [
      ordering === 'gapless'
        ? numberArray([])
        : numberArray(sorted(new Set(Array.from(counts.keys(), keys.ofStream)))),
      isOneEach ? null : numberArray(plain.flatMap(({ events }, index) => events.map(() => index + 1))),
      isOneEach ? null : numberArray(nths),
      textArray(events.map(({ stream }) => stream)),
      numberArray(plain.flatMap(({ events, belief }) => events.map(() => belief && codeOf(belief.version)))),
      ...severalEvents(events),
    ],
    answersFrom: answersTo(plain),
  }
}

const answersTo =
  (plain: ReadonlyArray<Plain>): AppendCall['answersFrom'] =>
  (row) => {
    const answer = answerFrom(row)
    let next = 0
    return plain.map(({ stream, events }, index) => {
      next += events.length
      const failure = answer.failures.get(index + 1)
      if (failure !== undefined) return E.left(conflictOf(failure, ...beliefsAndEvents(plain)))
      const lastPosition = positionAt(answer.positions, next - 1)
      const streams = [{ stream, version: version(answer.versions[next - 1] ?? 0n) }]
      return E.right({ streams, lastPosition, repeated: answer.repeated.has(BigInt(index + 1)) })
    })
  }

/** To what the numbers in a failure point. */
const beliefsAndEvents = (plain: ReadonlyArray<Plain>) =>
  [
    plain.flatMap(({ belief }) => (belief === undefined ? [] : [{ expectation: belief }])),
    plain.flatMap(({ events }) => events.map((event) => ({ event }))),
  ] as const

const oneEvent = ({ id, type, schemaVersion, data, metadata }: StorableEvent): ReadonlyArray<string> => [
  id,
  type,
  String(schemaVersion),
  stringify(data),
  stringify(metadata),
]

const severalEvents = (events: ReadonlyArray<StorableEvent>): ReadonlyArray<string> => [
  numberArray(events.map(({ id }) => id)),
  textArray(events.map(({ type }) => type)),
  numberArray(events.map(({ schemaVersion }) => schemaVersion)),
  joinJson(events.map(({ data }) => stringify(data))),
  joinJson(events.map(({ metadata }) => stringify(metadata))),
]

const nothing = [null, null, null, null, null]

/** The call for any appends at all, in 24 parameters. */
export const callOfAny = (
  keys: LockKeys,
  appends: ReadonlyArray<StorableAppend>,
  keysMax: number,
  ordering: Ordering,
): AppendCall => {
  const events = appends.flatMap((append, index) =>
    append.events.map((event) => ({ item: index + 1, event })),
  )
  const expected = appends.flatMap(expectationsOf)
  const conditions = appends.flatMap(conditionsOf)
  const tags = events.flatMap(({ event }, index) => tagsOf(event, index + 1))
  const streams = placesOf([
    ...events.map(({ event }) => event.stream),
    ...expected.map(({ expectation }) => expectation.stream),
  ])
  const lockKeys = new Set([
    ...[...streams.keys()].map(keys.ofStream),
    ...tags.map(({ hash }) => keys.ofTag(hash)),
    ...conditions.flatMap(({ anchor }) => (anchor === undefined ? [] : [keys.ofTag(anchor)])),
  ])
  const alone =
    ordering === 'gapless' || lockKeys.size > keysMax || conditions.some(({ anchor }) => anchor === undefined)
  return {
    parameters: [
      numberArray(alone ? [] : sorted(lockKeys)),
      String(alone),
      textArray([...streams.keys()]),
      numberArray(expected.map(({ item }) => item)),
      numberArray(expected.map(({ expectation }) => streams.get(expectation.stream))),
      numberArray(expected.map(({ expectation }) => codeOf(expectation.version))),
      numberArray(conditions.map(({ item }) => item)),
      numberArray(conditions.map(({ anchor }) => anchor)),
      categoriesOf(conditions),
      textArray(conditions.map(({ types }) => types)),
      textArray(conditions.map(({ tags }) => tags)),
      numberArray(conditions.map(({ after }) => clamp(after))),
      numberArray(events.map(({ item }) => item)),
      numberArray(events.map(({ event }) => streams.get(event.stream))),
      textArray(events.map(({ event }) => event.stream)),
      numberArray(events.map(({ event }) => event.id)),
      textArray(events.map(({ event }) => event.type)),
      numberArray(events.map(({ event }) => event.schemaVersion)),
      textArray(events.map(({ event }) => textArray(event.tags))),
      joinJson(events.map(({ event }) => stringify(event.data))),
      joinJson(events.map(({ event }) => stringify(event.metadata))),
      numberArray(tags.map(({ event }) => event)),
      numberArray(tags.map(({ hash }) => hash)),
      textArray(tags.map(({ type }) => type)),
    ],
    answersFrom: (row) => {
      const answer = answerFrom(row)
      let next = 0
      return appends.map((append, index) => {
        const first = next
        next += append.events.length
        const failure = answer.failures.get(index + 1)
        if (failure !== undefined) return E.left(conflictOf(failure, expected, events))
        return E.right(appendedOf(append.events, first, answer, answer.repeated.has(BigInt(index + 1))))
      })
    },
  }
}

/** The beliefs that can turn out wrong. */
const expectationsOf = (append: StorableAppend, index: number) =>
  append.expected.flatMap((expectation) =>
    expectation.version._tag === 'Any' ? [] : [{ item: index + 1, expectation }],
  )

const conditionsOf = (append: StorableAppend, index: number) => {
  if (append.condition === undefined) return []
  const token = tokenOf(append.condition)
  return itemsOf(append.condition.failIfEventsMatch).map((item, entry) => ({
    item: index + 1,
    ...encodeItem(item),
    after: token[entry] ?? beginning,
  }))
}

const tagsOf = (event: StorableEvent, nth: number) =>
  [...new Set(event.tags.map(tagHash))].map((hash) => ({ event: nth, hash, type: event.type }))

/** Each stream once, and its place, counted from 1. */
const placesOf = (streams: ReadonlyArray<StreamId>): ReadonlyMap<StreamId, number> =>
  new Map([...new Set(streams)].map((stream, index) => [stream, index + 1]))

/** Everyone takes locks in this order, which is why single appends cannot deadlock. */
const sorted = (keys: ReadonlySet<bigint>): ReadonlyArray<bigint> =>
  [...keys].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0))

/** -1 stands for any event at all; a version that no stream can have stands for itself at the edge. */
const codeOf = (expected: ExpectedVersion): bigint => {
  if (expected._tag === 'StreamExists') return -1n
  if (expected._tag !== 'Exactly') return 0n
  return expected.version < 0n || expected.version > bigintMax ? bigintMax : expected.version
}

interface Failure {
  readonly what: string
  readonly at: number
  readonly found: bigint
}

interface Answer {
  readonly positions: ReadonlyArray<bigint>
  readonly versions: ReadonlyArray<bigint>
  readonly repeated: ReadonlySet<bigint>
  readonly failures: ReadonlyMap<number, Failure>
}

const answerFrom = (row: Row): Answer => ({
  positions: bigintsFrom(row(0)),
  versions: bigintsFrom(row(1)),
  repeated: new Set(bigintsFrom(row(2))),
  failures: new Map(row(3)?.split(',').map(failureFrom)),
})

/** Four words: the item, what failed it, at which expectation or event, and what was found there. */
const failureFrom = (text: string): [number, Failure] => {
  const [item = '', what = '', at = '', found = ''] = text.split(' ')
  return [Number(item), { what, at: Number(at), found: BigInt(found) }]
}

const conflictOf = (
  { what, at, found }: Failure,
  expected: ReadonlyArray<{ readonly expectation: StreamExpectation }>,
  events: ReadonlyArray<{ readonly event: StorableEvent }>,
): Conflict => {
  const belief = what === 'version' ? expected[at - 1]?.expectation : undefined
  if (belief !== undefined) {
    const { stream, version: expectedVersion } = belief
    return { _tag: 'VersionConflict', stream, expected: expectedVersion, actual: version(found) }
  }
  const taken = what === 'id' ? events[at - 1]?.event : undefined
  return taken === undefined
    ? { _tag: 'ConditionConflict', position: globalPosition(found) }
    : { _tag: 'DuplicateEventId', id: taken.id }
}

/** Each stream's version after its last event, streams in the order of first mention. */
const appendedOf = (
  events: ReadonlyArray<StorableEvent>,
  first: number,
  { positions, versions }: Answer,
  repeated: boolean,
): Appended => ({
  streams: [
    ...new Map(
      events.map(({ stream }, index): [StreamId, Version] => [
        stream,
        version(versions[first + index] ?? 0n),
      ]),
    ),
  ].map(([stream, version]) => ({ stream, version })),
  lastPosition: positionAt(positions, first + events.length - 1),
  repeated,
})

const positionAt = (positions: ReadonlyArray<bigint>, index: number): GlobalPosition =>
  globalPosition(positions[index] ?? 0n)
