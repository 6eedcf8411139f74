/**
 * Reads as calls of the log's functions, and rows as recorded events: a row is a page. The first row of an answer also
 * says what the read as a whole has seen, and it comes from the same snapshot as the events.
 * Used by: `readsOf`.
 * @since 0.1.0
 */
import { type ConsistencyToken, consistencyToken } from '../../store/AppendCondition.js'
import type { QuerySlice, Range, StreamSlice } from '../../store/EventStore.js'
import { type GlobalPosition, globalPosition } from '../../store/GlobalPosition.js'
import { seenUpTo } from '../../store/Journal.js'
import type { Query } from '../../store/Query.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import type { StreamId } from '../../store/StreamId.js'
import { noVersion, type Version, version } from '../../store/Version.js'
import { bigintsFrom, numberArray, textArray } from './ArrayLiteral.js'
import { bigintMax, clamp } from './Bigint.js'
import type { Row } from './Connection.js'
import { eventColumns, eventsFrom, inLog, inStream } from './EventColumns.js'
import { categoriesOf, encodeItem, itemsOf } from './QueryItems.js'
import type { Schema } from './Schema.js'

/** How much an answer holds at most. Bytes are those of payloads as they are stored, so they are about right. */
export interface AnswerSize {
  /** The events of a page, which is a row. */
  readonly pageEvents: number
  readonly pageBytes: number
  /** An answer ends with the page in which it has so many bytes; undefined is never. */
  readonly enoughBytes: number | undefined
}

/** What one reader wants: a range of a stream. */
export interface StreamRange {
  readonly stream: StreamId
  readonly range: Range<Version>
}

/** The pages of streams, each in its own range, all in one direction. */
export const readStreamsStatement = ({ quoted }: Schema): string => `
  select nth, seen, version, ${eventColumns}
  from ${quoted}.read_streams(
    $1::text::text[], $2::text::bigint[], $3::text::bigint[], $4::text::bigint[], $5::text::boolean,
    $6::text::bigint, $7::text::bigint, $8::text::bigint)`

/** The pages of the events that match a query. */
export const readStatement = ({ quoted }: Schema): string => `
  select seen, more, versions, streams, ${eventColumns}
  from ${quoted}.read(
    $1::text::bigint[], $2::text::text[], $3::text::text[], $4::text::text[],
    $5::text::bigint, $6::text::bigint, $7::text::bigint, $8::text::boolean,
    $9::text::int, $10::text::bigint, $11::text::bigint)`

/** The position of the newest event, or 0. */
export const headStatement = ({ quoted }: Schema): string => `select ${quoted}.head()`

/** What to send for ranges of streams, all in one direction. */
export const readStreamsParameters = (
  wanted: ReadonlyArray<StreamRange>,
  size: AnswerSize,
): ReadonlyArray<string | null> => {
  const ranges = wanted.map(({ range }) => boundsOf(range))
  return [
    textArray(wanted.map(({ stream }) => stream)),
    numberArray(ranges.map(({ after }) => after)),
    numberArray(ranges.map(({ to }) => to)),
    numberArray(ranges.map(({ limit }) => limit)),
    String(wanted[0]?.range.direction === 'backward'),
    ...sizeParameters(size),
  ]
}

/** What to send for a query. */
export const readParameters = (
  query: Query,
  range: Range<GlobalPosition>,
  size: AnswerSize,
): ReadonlyArray<string | null> => {
  const items = itemsOf(query).map(encodeItem)
  const { after, to, limit } = boundsOf(range)
  return [
    numberArray(items.map(({ anchor }) => anchor)),
    categoriesOf(items),
    textArray(items.map(({ types }) => types)),
    textArray(items.map(({ tags }) => tags)),
    String(after),
    String(to),
    limit === undefined ? null : String(limit),
    String(range.direction === 'backward'),
    ...sizeParameters(size),
  ]
}

/** What to send for the size of an answer. */
export const sizeParameters = ({
  pageEvents,
  pageBytes,
  enoughBytes,
}: AnswerSize): ReadonlyArray<string | null> => [
  String(pageEvents),
  String(pageBytes),
  enoughBytes === undefined ? null : String(enoughBytes),
]

const boundsOf = ({ after, to, limit }: Range<bigint>) => ({
  after: clamp(after ?? 0n),
  to: clamp(to ?? bigintMax),
  limit: limit === undefined ? undefined : Math.min(limit, Number.MAX_SAFE_INTEGER),
})

/** What an answer holds of each stream that was wanted; none of the streams is without a row. */
export const streamSlicesFrom = (
  wanted: ReadonlyArray<StreamRange>,
  rows: ReadonlyArray<Row>,
): ReadonlyArray<StreamSlice> => {
  const pages = wanted.map((): Array<Row> => [])
  for (const row of rows) pages[Number(row(0)) - 1]?.push(row)
  return wanted.map((each, index) => streamSliceFrom(each, pages[index] ?? []))
}

/** What an answer holds of one stream. */
export const streamSliceFrom = ({ stream, range }: StreamRange, rows: ReadonlyArray<Row>): StreamSlice => {
  const pages = rows.map((row) => eventsFrom(row, 3, inStream(stream, BigInt(row(2) ?? 0))))
  const events = inOrder(range, pages)
  const newest = version(BigInt(rows[0]?.(1) ?? 0))
  return { events, version: newest, ...moreOf(hasMore(range, events, newest)) }
}

/** Versions are dense, so what is left of a range is known. */
const hasMore = (
  { after = noVersion, to, limit, direction }: Range<Version>,
  events: ReadonlyArray<RecordedEvent>,
  newest: Version,
): boolean => {
  const last = events.at(-1)?.version
  if (last === undefined || events.length === limit) return false
  const end = to === undefined || newest < to ? newest : to
  return direction === 'backward' ? last > after + 1n : last < end
}

/** What a read by query found, and the token for an append condition. */
export const querySliceFrom =
  (range: Range<GlobalPosition>) =>
  (rows: ReadonlyArray<Row>): QuerySlice => {
    const events = inOrder(
      range,
      rows.map((row) => eventsFrom(row, 4, inLog(row(2), row(3)))),
    )
    const more = moreOf(rows.at(-1)?.(1) === 't')
    // What was left out was left out as by a limit.
    const seen = more.more ? { ...range, limit: events.length } : range
    return { events, token: tokenFrom(seen, events, bigintsFrom(rows[0]?.(0))), ...more }
  }

/** The events of a page go upwards, whichever way its neighbours are. */
const inOrder = (
  { direction }: Range<bigint>,
  pages: ReadonlyArray<ReadonlyArray<RecordedEvent>>,
): ReadonlyArray<RecordedEvent> => {
  const ordered = direction === 'backward' ? pages.map((page) => [...page].reverse()) : pages
  const [only, ...others] = ordered
  return only !== undefined && others.length === 0 ? only : ordered.flat()
}

const moreOf = (more: boolean): { readonly more?: true } => (more ? { more } : {})

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
