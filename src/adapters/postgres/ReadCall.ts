/**
 * Reads as calls of the log's functions, and rows as recorded events. The first row of an answer is no event: it says
 * what the read as a whole has seen, and it comes from the same snapshot as the events.
 * Used by: `postgresStore`.
 * @since 0.1.0
 */
import { type ConsistencyToken, consistencyToken } from '../../store/AppendCondition.js'
import { eventId } from '../../store/EventId.js'
import type { QuerySlice, Range, StreamSlice } from '../../store/EventStore.js'
import { type GlobalPosition, globalPosition } from '../../store/GlobalPosition.js'
import { seenUpTo } from '../../store/Journal.js'
import type { Json } from '../../store/Json.js'
import type { Metadata } from '../../store/Metadata.js'
import type { Query } from '../../store/Query.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import { type StreamId, streamIdFrom } from '../../store/StreamId.js'
import type { Tag } from '../../store/Tag.js'
import { timestamp } from '../../store/Timestamp.js'
import { type Version, version } from '../../store/Version.js'
import { bigintsFrom, jsonJoint, numberArray, textArray } from './ArrayLiteral.js'
import { bigintMax, clamp } from './Bigint.js'
import type { Row } from './Connection.js'
import { encodeItem, itemsOf } from './QueryItems.js'
import type { Schema } from './Schema.js'

/**
 * Numbers, ids and JSON travel in one column, joined by U+001F, which cannot stand in them, not even in JSON; names may
 * hold anything and travel alone. The driver makes an object for each column of each row: with four of them instead of eleven
 * a read of 100,000 events took 550 ms instead of 940. In the first row, whose other parts are null, the joined part is the version.
 */
export const columns = `concat_ws(chr(31), version, position, recorded_at_ms, id, schema_version, tags, data, metadata),
    stream, type, seen`

/** The events of a stream after the row with its version. */
export const readStreamStatement = ({ quoted }: Schema): string => `
  select ${columns}
  from ${quoted}.read_stream($1::text, $2::text::bigint, $3::text::bigint, $4::text::bigint, $5::text::boolean)`

/** The events that match a query after the row with its tokens. */
export const readStatement = ({ quoted }: Schema): string => `
  select ${columns}
  from ${quoted}.read(
    $1::text::bigint[], $2::text::text[], $3::text::text[],
    $4::text::bigint, $5::text::bigint, $6::text::bigint, $7::text::boolean)`

/** The position of the newest event, or 0. */
export const headStatement = ({ quoted }: Schema): string => `select ${quoted}.head()`

/** What to send for a part of a stream. */
export const readStreamParameters = (
  stream: StreamId,
  range: Range<Version>,
): ReadonlyArray<string | null> => [stream, ...rangeParameters(range)]

/** What to send for a query. */
export const readParameters = (query: Query, range: Range<GlobalPosition>): ReadonlyArray<string | null> => {
  const items = itemsOf(query).map(encodeItem)
  return [
    numberArray(items.map(({ anchor }) => anchor)),
    textArray(items.map(({ types }) => types)),
    textArray(items.map(({ tags }) => tags)),
    ...rangeParameters(range),
  ]
}

const rangeParameters = ({ after, to, limit, direction }: Range<bigint>): ReadonlyArray<string | null> => [
  String(clamp(after ?? 0n)),
  String(clamp(to ?? bigintMax)),
  limit === undefined ? null : String(Math.min(limit, Number.MAX_SAFE_INTEGER)),
  String(direction === 'backward'),
]

/** The part of a stream that an answer holds. */
export const streamSliceFrom = ([first, ...rows]: ReadonlyArray<Row>): StreamSlice => ({
  events: rows.map(recordedEventFrom),
  version: version(BigInt(first?.(0) ?? 0)),
})

/** What a read by query found, and the token for an append condition. */
export const querySliceFrom =
  (range: Range<GlobalPosition>) =>
  ([first, ...rows]: ReadonlyArray<Row>): QuerySlice => {
    const events = rows.map(recordedEventFrom)
    return { events, token: tokenFrom(range, events, bigintsFrom(first?.(3))) }
  }

/**
 * One entry an item. The server says up to where each item's events are complete; a range or a limit can only lower
 * it. A limited read is not complete up to its last event: an event of another item may still be on its way below it.
 */
const tokenFrom = (
  range: Range<GlobalPosition>,
  events: ReadonlyArray<RecordedEvent>,
  complete: ReadonlyArray<bigint>,
): ConsistencyToken =>
  consistencyToken(
    complete.map(globalPosition).map((head) => {
      const seen = seenUpTo(range, events, head)
      return seen < head ? seen : head
    }),
  )

/** An event, its columns as text. None of them is ever null. */
const recordedEventFrom = (row: Row): RecordedEvent => {
  const joined = (row(0) ?? '').split(jsonJoint)
  const [count = '', place = '', moment = '', id = '', schemaVersion = ''] = joined
  const tags: ReadonlyArray<Tag> = JSON.parse(joined[5] ?? '')
  const data: Json = JSON.parse(joined[6] ?? '')
  const metadata: Metadata = JSON.parse(joined[7] ?? '')
  return {
    id: eventId(id),
    stream: streamIdFrom(row(1) ?? ''),
    version: version(BigInt(count)),
    position: globalPosition(BigInt(place)),
    type: row(2) ?? '',
    schemaVersion: Number(schemaVersion),
    tags,
    data,
    metadata,
    recordedAt: timestamp(Number(moment)),
  }
}
