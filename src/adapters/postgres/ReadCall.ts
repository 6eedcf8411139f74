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
import { type Version, version } from '../../store/Version.js'
import { bigintsFrom, numberArray, textArray } from './ArrayLiteral.js'
import { bigintMax, clamp } from './Bigint.js'
import type { Row } from './Connection.js'
import { eventColumns, eventsFrom, inLog, inStream } from './EventColumns.js'
import { encodeItem, itemsOf } from './QueryItems.js'
import type { Schema } from './Schema.js'

/** How much a page holds at most: events, and about so many bytes of payloads as they are stored. */
export interface PageSize {
  readonly events: number
  readonly bytes: number
}

/** What one reader wants: a range of a stream. */
export interface StreamRange {
  readonly stream: StreamId
  readonly range: Range<Version>
}

/** The pages of streams, each in its own range, all in one direction. */
export const readStreamsStatement = ({ quoted }: Schema): string => `
  select nth, seen, more, version, ${eventColumns}
  from ${quoted}.read_streams(
    $1::text::text[], $2::text::bigint[], $3::text::bigint[], $4::text::bigint[], $5::text::boolean, $6::text::boolean,
    $7::text::bigint, $8::text::bigint)`

/** The pages of the events that match a query. */
export const readStatement = ({ quoted }: Schema): string => `
  select seen, more, versions, streams, ${eventColumns}
  from ${quoted}.read(
    $1::text::bigint[], $2::text::text[], $3::text::text[], $4::text::bigint, $5::text::bigint, $6::text::bigint,
    $7::text::boolean, $8::text::boolean, $9::text::int, $10::text::bigint)`

/** The position of the newest event, or 0. */
export const headStatement = ({ quoted }: Schema): string => `select ${quoted}.head()`

/** What to send for ranges of streams; `partial` where a page of each will do. */
export const readStreamsParameters = (
  wanted: ReadonlyArray<StreamRange>,
  {
    backward,
    partial,
    page,
  }: { readonly backward: boolean; readonly partial: boolean; readonly page: PageSize },
): ReadonlyArray<string | null> => {
  const ranges = wanted.map(({ range }) => boundsOf(range))
  return [
    textArray(wanted.map(({ stream }) => stream)),
    numberArray(ranges.map(({ after }) => after)),
    numberArray(ranges.map(({ to }) => to)),
    numberArray(ranges.map(({ limit }) => limit)),
    String(backward),
    String(partial),
    String(page.events),
    String(page.bytes),
  ]
}

/** What to send for a query. */
export const readParameters = (
  query: Query,
  range: Range<GlobalPosition>,
  page: PageSize,
): ReadonlyArray<string | null> => {
  const items = itemsOf(query).map(encodeItem)
  const { after, to, limit } = boundsOf(range)
  return [
    numberArray(items.map(({ anchor }) => anchor)),
    textArray(items.map(({ types }) => types)),
    textArray(items.map(({ tags }) => tags)),
    String(after),
    String(to),
    limit === undefined ? null : String(limit),
    String(range.direction === 'backward'),
    String(range.partial === true),
    String(page.events),
    String(page.bytes),
  ]
}

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

const streamSliceFrom = ({ stream, range }: StreamRange, rows: ReadonlyArray<Row>): StreamSlice => {
  const pages = rows.map((row) => eventsFrom(row, 4, inStream(stream, BigInt(row(3) ?? 0))))
  return {
    events: inOrder(range, pages),
    version: version(BigInt(rows[0]?.(1) ?? 0)),
    ...moreOf(rows.at(-1)?.(2)),
  }
}

/** What a read by query found, and the token for an append condition. */
export const querySliceFrom =
  (range: Range<GlobalPosition>) =>
  (rows: ReadonlyArray<Row>): QuerySlice => {
    const events = inOrder(
      range,
      rows.map((row) => eventsFrom(row, 4, inLog(row(2), row(3)))),
    )
    const more = moreOf(rows.at(-1)?.(1))
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

const moreOf = (more: string | undefined): { readonly more?: true } => (more === 't' ? { more: true } : {})

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
