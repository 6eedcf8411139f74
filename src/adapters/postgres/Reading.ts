/**
 * The reads of a store, as users call them: what they ask is checked, sent as one statement, and read back; what the
 * server refused becomes a read error.
 * Used by: `postgresStore`.
 * @since 0.1.0
 */
import { function as F, taskEither as TE } from 'fp-ts'
import { checkQuery, checkStreamId } from '../../store/Append.js'
import { checkRange, type EventStore } from '../../store/EventStore.js'
import { beginning, globalPosition } from '../../store/GlobalPosition.js'
import { invalidInput, type ReadError } from '../../store/StoreError.js'
import { type Connection, send } from './Connection.js'
import {
  headStatement,
  querySliceFrom,
  readParameters,
  readStatement,
  readStreamParameters,
  readStreamStatement,
  streamSliceFrom,
} from './ReadCall.js'
import type { Schema } from './Schema.js'
import { type Fault, transactionFailed } from './SqlState.js'

/** The part of the store that reads. */
export const readsOf = (
  connection: Connection,
  schema: Schema,
): Pick<EventStore, 'readStream' | 'read' | 'head'> => {
  const readStream = send(connection, readStreamStatement(schema))
  const read = send(connection, readStatement(schema))
  const head = send(connection, headStatement(schema))
  return {
    readStream: (stream, range = {}) =>
      F.pipe(
        TE.fromEither(checkStreamId(stream)),
        TE.chainEitherKW(() => checkRange(range)),
        TE.chainW(() => TE.mapLeft(readError)(readStream(readStreamParameters(stream, range)))),
        TE.map(streamSliceFrom),
      ),
    read: (query, range = {}) =>
      F.pipe(
        TE.fromEither(checkQuery(query)),
        TE.chainEitherKW(() => checkRange(range)),
        TE.chainW(() => TE.mapLeft(readError)(read(readParameters(query, range)))),
        TE.map(querySliceFrom(range)),
      ),
    head: F.pipe(
      head([]),
      TE.bimap(readError, ([row]) => (row === undefined ? beginning : globalPosition(BigInt(row(0) ?? 0)))),
    ),
  }
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
