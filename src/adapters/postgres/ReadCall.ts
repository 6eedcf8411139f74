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
import { bigintsFrom, numberArray, textArray } from './ArrayLiteral.js'
import { bigintMax, clamp } from './Bigint.js'
import type { Row } from './Connection.js'
import { encodeItem, itemsOf } from './QueryItems.js'
import type { Schema } from './Schema.js'

const columns =
  'position, version, recorded_at_ms, id, schema_version, stream, type, tags, data, metadata, seen'

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
  version: version(BigInt(first?.(1) ?? 0)),
})

/** What a read by query found, and the token for an append condition. */
export const querySliceFrom =
  (range: Range<GlobalPosition>) =>
  ([first, ...rows]: ReadonlyArray<Row>): QuerySlice => {
    const events = rows.map(recordedEventFrom)
    return { events, token: tokenFrom(range, events, bigintsFrom(first?.(10))) }
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
  const text = (column: number): string => row(column) ?? ''
  const tags: ReadonlyArray<Tag> = JSON.parse(text(7))
  const data: Json = JSON.parse(text(8))
  const metadata: Metadata = JSON.parse(text(9))
  return {
    id: eventId(text(3)),
    stream: streamIdFrom(text(5)),
    version: version(BigInt(text(1))),
    position: globalPosition(BigInt(text(0))),
    type: text(6),
    schemaVersion: Number(text(4)),
    tags,
    data,
    metadata,
    recordedAt: timestamp(Number(text(2))),
  }
}
