/**
 * The log's `feed` function as a call: what to send for a page, what its answer says of the settled part of the log, and
 * the page, whose events come as columns.
 * Used by: `Feed`.
 * @since 0.1.0
 */
import type { FeedPage } from '../../run/Feed.js'
import { type GlobalPosition, globalPosition } from '../../store/GlobalPosition.js'
import type { Query } from '../../store/Query.js'
import type { Timestamp } from '../../store/Timestamp.js'
import { numberArray, textArray } from './ArrayLiteral.js'
import { clamp } from './Bigint.js'
import type { Row } from './Connection.js'
import { eventColumns, eventsFrom, inLog } from './EventColumns.js'
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
    versions, streams, ${eventColumns}
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
    events: eventsFrom(row, 7, inLog(row(5), row(6))),
    upTo: globalPosition(BigInt(row(3) ?? 0)),
    beyond: beyond === 'more' || beyond === 'unsettled' ? beyond : 'nothing',
  }
}

/** The place before a moment. */
export const placeBeforeStatement = ({ quoted }: Schema): string =>
  `select ${quoted}.place_before('epoch'::timestamptz + $1::text::bigint * interval '1 millisecond')`

/** The years 1 to 9999. The server's clock is never beyond, and its arithmetic fails far beyond. */
const [earliest, latest] = [-62_135_596_800_000, 253_402_300_799_999]

/** Recorded moments are whole milliseconds, so the first one at or after a time is at or after the time rounded up. */
export const placeBeforeParameters = (time: Timestamp): ReadonlyArray<string> => [
  String(Math.min(Math.max(Math.ceil(time), earliest), latest)),
]
