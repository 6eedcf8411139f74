/**
 * The reads of a store, as users call them: what they ask is checked, sent as one statement, and read back; what the
 * server refused becomes a read error. Short forward reads of streams travel together.
 * Used by: `postgresStore`.
 * @since 0.1.0
 */
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import { checkQuery, checkStreamId } from '../../store/Append.js'
import { checkRange, type EventStore, type Range, type StreamSlice } from '../../store/EventStore.js'
import { beginning, globalPosition } from '../../store/GlobalPosition.js'
import { invalidInput, type ReadError } from '../../store/StoreError.js'
import { noVersion } from '../../store/Version.js'
import { type Connection, type Row, send } from './Connection.js'
import { noAnswer, type ReadBatcherOptions, readBatcher } from './ReadBatcher.js'
import {
  type AnswerSize,
  headStatement,
  querySliceFrom,
  readParameters,
  readStatement,
  readStreamsParameters,
  readStreamsStatement,
  type StreamRange,
  streamSlicesFrom,
} from './ReadCall.js'
import type { Schema } from './Schema.js'
import { type Fault, transactionFailed } from './SqlState.js'

/** The part of the store that reads; `batching` is undefined where each read goes by itself. */
export const readsOf = (
  connection: Connection,
  schema: Schema,
  batching: ReadBatcherOptions | undefined,
): Pick<EventStore, 'readStream' | 'read' | 'head'> => {
  const readWanted = streamReads(send(connection, readStreamsStatement(schema)), batching)
  const read = send(connection, readStatement(schema))
  const head = send(connection, headStatement(schema))
  return {
    readStream: (stream, range = {}) =>
      F.pipe(
        TE.fromEither(checkStreamId(stream)),
        TE.chainEitherKW(() => checkRange(range)),
        TE.chainW(() => readWanted({ stream, range })),
      ),
    read: (query, range = {}) =>
      F.pipe(
        TE.fromEither(checkQuery(query)),
        TE.chainEitherKW(() => checkRange(range)),
        TE.chainW(() => TE.mapLeft(readError)(read(readParameters(query, range, sizeOf(range))))),
        TE.map(querySliceFrom(range)),
      ),
    head: F.pipe(
      head([]),
      TE.bimap(readError, ([row]) => (row === undefined ? beginning : globalPosition(BigInt(row(0) ?? 0)))),
    ),
  }
}

/** Rows of some 50 kB are the cheapest; the bytes bound them where events are large. A part is what a reader can hold well. */
export const sizeOf = ({ partial }: Range<bigint>): AnswerSize => ({
  pageEvents: 250,
  pageBytes: 262_144,
  enoughBytes: partial === true ? 2_097_152 : undefined,
})

/** One page of each stream: what one may hold up its company by is less than a millisecond. */
const sizeInCompany: AnswerSize = { pageEvents: 250, pageBytes: 131_072, enoughBytes: 0 }

type Send = (parameters: ReadonlyArray<string | null>) => TE.TaskEither<Fault, ReadonlyArray<Row>>

type ReadStream = (wanted: StreamRange) => TE.TaskEither<ReadError, StreamSlice>

/** A read of a stream as it is sent: in company as far as a page reaches and then by itself, or by itself at once. */
const streamReads = (sendRead: Send, batching: ReadBatcherOptions | undefined): ReadStream => {
  const alone: ReadStream = (wanted) =>
    F.pipe(
      sendRead(readStreamsParameters([wanted], sizeOf(wanted.range))),
      TE.mapLeft(readError),
      TE.chainEitherKW((rows) => E.fromNullable(noAnswer)(streamSlicesFrom([wanted], rows)[0])),
    )
  if (batching === undefined) return alone
  const together = readBatcher<StreamRange, StreamSlice>(
    batching,
    (wanted) =>
      F.pipe(
        sendRead(readStreamsParameters(wanted, sizeInCompany)),
        TE.map((rows) => streamSlicesFrom(wanted, rows)),
      ),
    readError,
  )
  return (wanted) => (isShort(wanted) ? TE.chain(withRest(alone, wanted))(together(wanted)) : alone(wanted))
}

/** Whoever asks for more than a page, or from the other end, need not wait for others first. */
const isShort = ({ range: { limit, direction } }: StreamRange): boolean =>
  direction !== 'backward' && (limit === undefined || limit <= sizeInCompany.pageEvents)

/**
 * The slice and what follows it, up to the version that it carries: events up to there never change, so the whole is
 * what the first call would have answered.
 */
const withRest =
  (alone: ReadStream, { stream, range }: StreamRange) =>
  (slice: StreamSlice): TE.TaskEither<ReadError, StreamSlice> => {
    const { events, version, more } = slice
    if (more !== true || range.partial === true) return TE.right(slice)
    const rest: StreamRange = {
      stream,
      range: {
        after: events.at(-1)?.version ?? noVersion,
        to: range.to === undefined || version < range.to ? version : range.to,
        ...(range.limit === undefined ? {} : { limit: range.limit - events.length }),
      },
    }
    return TE.map((tail: StreamSlice): StreamSlice => ({ events: [...events, ...tail.events], version }))(
      alone(rest),
    )
  }

/** What a read answers to a fault. */
export const readError = (fault: Fault): ReadError => {
  switch (fault._tag) {
    case 'OldSnapshot':
      return invalidInput('query', `has an item without tags, which cannot be read under ${fault.isolation}`)
    case 'OnStandby':
      return invalidInput('query', 'has an item without tags, which cannot be read from a standby server')
    case 'Unavailable':
      return { ...fault, outcome: 'nothing written' }
    case 'Busy':
      return fault
    default:
      return transactionFailed(fault)
  }
}
