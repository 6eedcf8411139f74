/**
 * Events as the log's functions answer them: a page is one row, and each of its columns holds one field of all its
 * events. Rows of the driver have a price each, in buffers and objects, that is higher than what an event costs else;
 * so has every call of a parser, and a column of JSON is parsed in one.
 * Used by: `ReadCall`, `FeedCall`, `Snapshots`.
 * @since 0.1.0
 */
import { eventId } from '../../store/EventId.js'
import { globalPosition } from '../../store/GlobalPosition.js'
import type { Json } from '../../store/Json.js'
import type { Metadata } from '../../store/Metadata.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import { type StreamId, streamIdFrom } from '../../store/StreamId.js'
import type { Tag } from '../../store/Tag.js'
import { timestamp } from '../../store/Timestamp.js'
import { type Version, version } from '../../store/Version.js'
import { bigintsFrom } from './ArrayLiteral.js'
import type { Row } from './Connection.js'

/** The columns that all reads have in common, in the order in which they are asked for. */
export const eventColumns = 'positions, moments, ids, schema_versions, types, tags, data, metadata'

/** Where an event of a page belongs. */
export interface Place {
  readonly stream: StreamId
  readonly version: Version
}

/** The events of a page, upwards in the log; its event columns begin at column `first`. */
export const eventsFrom = (
  row: Row,
  first: number,
  placeOf: (index: number) => Place,
): ReadonlyArray<RecordedEvent> => {
  const positions = bigintsFrom(row(first))
  const moments: ReadonlyArray<number> = numbersFrom(row(first + 1))
  const ids = (row(first + 2) ?? '').split(',')
  const schemaVersions: ReadonlyArray<number> = numbersFrom(row(first + 3))
  const types: ReadonlyArray<string> = JSON.parse(row(first + 4) ?? '[]')
  const tags: ReadonlyArray<ReadonlyArray<Tag>> = listFrom(row(first + 5))
  const data: ReadonlyArray<Json> = listFrom(row(first + 6))
  const metadata: ReadonlyArray<Metadata> = listFrom(row(first + 7))
  return positions.map((position, index) => {
    const { stream, version } = placeOf(index)
    return {
      id: eventId(ids[index] ?? ''),
      stream,
      version,
      position: globalPosition(position),
      type: types[index] ?? '',
      schemaVersion: schemaVersions[index] ?? 0,
      tags: tags[index] ?? [],
      data: data[index] ?? null,
      metadata: metadata[index] ?? {},
      recordedAt: timestamp(moments[index] ?? 0),
    }
  })
}

/** The places of a page of one stream, whose versions are dense. */
export const inStream =
  (stream: StreamId, first: bigint) =>
  (index: number): Place => ({ stream, version: version(first + BigInt(index)) })

/** The places of a page of the log: the versions of its events as an array, their streams as JSON. */
export const inLog = (versions: string | undefined, streams: string | undefined) => {
  const numbers = bigintsFrom(versions)
  const names: ReadonlyArray<string> = JSON.parse(streams ?? '[]')
  return (index: number): Place => ({
    stream: streamIdFrom(names[index] ?? ''),
    version: version(numbers[index] ?? 0n),
  })
}

/** JSON texts that are joined by commas are the inside of an array. */
const listFrom = <A>(joined: string | undefined): ReadonlyArray<A> => JSON.parse(`[${joined ?? ''}]`)

/** An array of the server's in braces; its numbers are such as a double holds. */
const numbersFrom = (literal: string | undefined): ReadonlyArray<number> =>
  JSON.parse(`[${literal?.slice(1, -1) ?? ''}]`)
