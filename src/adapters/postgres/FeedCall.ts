/**
 * The log's `feed` function as a call: what to send for a page, what its answer says of the settled part of the log, and
 * the page. The events come as columns, one value for each with an entry an event, because the driver makes an object
 * for every column of every row, and one `JSON.parse` of a thousand payloads is cheaper than a thousand of one.
 * Used by: `Feed`.
 * @since 0.1.0
 */
import type { FeedPage } from '../../run/Feed.js'
import { eventId } from '../../store/EventId.js'
import { type GlobalPosition, globalPosition } from '../../store/GlobalPosition.js'
import type { Json } from '../../store/Json.js'
import type { Metadata } from '../../store/Metadata.js'
import type { Query } from '../../store/Query.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import { streamIdFrom } from '../../store/StreamId.js'
import type { Tag } from '../../store/Tag.js'
import { type Timestamp, timestamp } from '../../store/Timestamp.js'
import { version } from '../../store/Version.js'
import { bigintsFrom, numberArray, textArray } from './ArrayLiteral.js'
import { clamp } from './Bigint.js'
import type { Row } from './Connection.js'
import { categoriesOf, encodeItem, itemsOf } from './QueryItems.js'
import type { Schema } from './Schema.js'

/**
 * Up to where a log is known to be settled, and what is watched beyond: a head, and the appends that were in flight after
 * it had been seen. Facts about the log, so whichever call found them, every later one may use them.
 */
export interface SettledPart {
  readonly settled: bigint
  readonly mark?: { readonly position: bigint; readonly holders: string }
}

/** Of a log that nobody has looked at. */
export const nothingSettled: SettledPart = { settled: 0n }

/**
 * What two calls know together. Calls overlap, so an answer may come late: it never lowers the settled place, and a mark
 * below it has served its purpose. The older mark stays, because it is the first that can be resolved.
 */
export const joinSettled = (known: SettledPart, found: SettledPart): SettledPart => {
  const settled = known.settled > found.settled ? known.settled : found.settled
  const mark = [known.mark, found.mark].find((each) => each !== undefined && each.position > settled)
  return mark === undefined ? { settled } : { settled, mark }
}

/** One row: the settled part, the bounds of the page, and its events by columns. */
export const feedStatement = ({ quoted }: Schema): string => `
  select settled, mark, holders, up_to, beyond,
    positions, versions, moments, ids, schema_versions, streams, types, tags, data, metadata
  from ${quoted}.feed(
    $1::text::bigint[], $2::text::text[], $3::text::text[], $4::text::text[], $5::text::bigint, $6::text::int,
    $7::text::bigint, $8::text::bigint, $9::text::text[])`

/** More events than a page should hold; the function bounds their bytes by itself. */
const limitMax = 10_000

/** What to send for a page. */
export const feedParameters = (
  query: Query,
  after: GlobalPosition,
  limit: number,
  { settled, mark }: SettledPart,
): ReadonlyArray<string | null> => {
  const items = itemsOf(query).map(encodeItem)
  return [
    numberArray(items.map(({ anchor }) => anchor)),
    categoriesOf(items),
    textArray(items.map(({ types }) => types)),
    textArray(items.map(({ tags }) => tags)),
    String(clamp(after)),
    String(Math.min(limit, limitMax)),
    String(settled),
    mark === undefined ? null : String(mark.position),
    mark === undefined ? null : mark.holders,
  ]
}

/** What an answer says of the settled part of the log. */
export const settledPartFrom = (row: Row): SettledPart => {
  const [settled, position, holders] = [BigInt(row(0) ?? 0), row(1), row(2)]
  return position === undefined || holders === undefined
    ? { settled }
    : { settled, mark: { position: BigInt(position), holders } }
}

/** The page of an answer. */
export const feedPageFrom = (row: Row): FeedPage => {
  const beyond = row(4)
  return {
    events: recordedEventsFrom(row),
    upTo: globalPosition(BigInt(row(3) ?? 0)),
    beyond: beyond === 'more' || beyond === 'unsettled' ? beyond : 'nothing',
  }
}

const recordedEventsFrom = (row: Row): ReadonlyArray<RecordedEvent> => {
  const positions = bigintsFrom(row(5))
  const versions = bigintsFrom(row(6))
  const [moments, ids, schemaVersions] = [elementsOf(row(7)), elementsOf(row(8)), elementsOf(row(9))]
  const streams: ReadonlyArray<string> = parsed(row(10))
  const types: ReadonlyArray<string> = parsed(row(11))
  const tags: ReadonlyArray<ReadonlyArray<Tag>> = parsed(row(12))
  const data: ReadonlyArray<Json> = parsed(row(13))
  const metadata: ReadonlyArray<Metadata> = parsed(row(14))
  return positions.map((position, index) => ({
    id: eventId(ids[index] ?? ''),
    stream: streamIdFrom(streams[index] ?? ''),
    version: version(versions[index] ?? 0n),
    position: globalPosition(position),
    type: types[index] ?? '',
    schemaVersion: Number(schemaVersions[index]),
    tags: tags[index] ?? [],
    data: data[index] ?? null,
    metadata: metadata[index] ?? {},
    // A double of seconds times a thousand: the millisecond is exact, what follows it is not.
    recordedAt: timestamp(Math.round(Number(moments[index]))),
  }))
}

const parsed = (json: string | undefined) => JSON.parse(json ?? '[]')

/** The elements of an array whose texts need no quotes, as the server writes it. */
const elementsOf = (literal: string | undefined): ReadonlyArray<string> =>
  literal === undefined || literal.length <= 2 ? [] : literal.slice(1, -1).split(',')

/** The place before a moment. */
export const placeBeforeStatement = ({ quoted }: Schema): string =>
  `select ${quoted}.place_before('epoch'::timestamptz + $1::text::bigint * interval '1 millisecond')`

/** The years 1 to 9999. The server's clock is never beyond, and its arithmetic fails far beyond. */
const [earliest, latest] = [-62_135_596_800_000, 253_402_300_799_999]

/** Recorded moments are whole milliseconds, so the first one at or after a time is at or after the time rounded up. */
export const placeBeforeParameters = (time: Timestamp): ReadonlyArray<string> => [
  String(Math.min(Math.max(Math.ceil(time), earliest), latest)),
]
