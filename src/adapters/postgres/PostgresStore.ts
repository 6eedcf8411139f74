/**
 * The event store on PostgreSQL. Every append and every read is one round trip: one call of a function that the
 * migrations installed, prepared once a connection. How appends exclude each other without a global lock, and why what
 * a read returns can be trusted, stands with those functions, in `migrations/`.
 * Used by: users.
 * @since 0.1.0
 */
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import { type Appended, checkAppend, checkQuery, checkStreamId, nothingAppended } from '../../store/Append.js'
import { checkRange, type EventStore } from '../../store/EventStore.js'
import { beginning, globalPosition } from '../../store/GlobalPosition.js'
import {
  type AppendError,
  type InvalidInput,
  invalidInput,
  type ReadError,
  type Unavailable,
} from '../../store/StoreError.js'
import { type AppendCall, appendCall, appendStatement } from './AppendCall.js'
import { type Connection, type Row, send } from './Connection.js'
import { lockKeysOf } from './LockKey.js'
import {
  headStatement,
  querySliceFrom,
  readParameters,
  readStatement,
  readStreamParameters,
  readStreamStatement,
  streamSliceFrom,
} from './ReadCall.js'
import { type Schema, type SchemaOptions, schemaOf } from './Schema.js'
import type { Fault } from './SqlState.js'

/** Where a store lives. */
export interface PostgresStoreOptions extends SchemaOptions {}

/**
 * The store in one schema of a database, once `migrate` has installed it there. It never changes the schema itself.
 *
 * `connection` is a `Sql` of postgres.js, with options of your own. Your types and transforms see nothing of the
 * store's rows, except a transform of whole rows, which must let rows pass that are arrays. Every wait is bounded by
 * your `connection: { lock_timeout, statement_timeout }`, and a bound that is reached gives `Busy`.
 *
 * Or it is the `TransactionSql` of a transaction of yours: then appends become visible, or vanish, with that
 * transaction, which has to be READ COMMITTED. Append late in it and end it soon: until it ends, appends to the same
 * streams and tags wait. Two appends in one transaction may deadlock with those of another; the server breaks that and
 * one of them gets `Busy`.
 *
 * A read by query that names no tags in one of its items waits for the appends in flight, ten seconds at most, and
 * needs READ COMMITTED and the primary server; other reads wait for nobody and work anywhere.
 * @example
 * import { function as F, taskEither as TE } from 'fp-ts'
 * import postgres from 'postgres'
 * import { migrate, postgresStore } from 'decider-ts/adapters/postgres'
 * import { eventId, eventToAppend, noStream, streamId, toStream } from 'decider-ts/store'
 * const sql = postgres(process.env['DATABASE_URL'] ?? '')
 * const options = { schema: 'decider_store_example' }
 * const store = postgresStore(sql, options)
 * const stream = streamId('account', 'a1')
 * const id = eventId('0198a6a2-0000-7000-8000-000000000001')
 * const opened = eventToAppend({ id, stream, type: 'Opened', data: { owner: 'Ada' } })
 * const facts = await F.pipe(
 *   migrate(sql, options),
 *   TE.chainW(() => store.append(toStream(stream, noStream)([opened]))),
 *   TE.chainW(() => store.readStream(stream)),
 *   TE.map(({ events }) => events.map(({ data }) => data)),
 * )()
 * facts // => { _tag: 'Right', right: [{ owner: 'Ada' }] }
 * await sql.end()
 */
export const postgresStore = (connection: Connection, options: PostgresStoreOptions = {}): EventStore => {
  const schema = schemaOf(options)
  return E.isLeft(schema) ? refusing(schema.left) : storeIn(connection, schema.right)
}

const supports = { severalStreams: true, queries: true }

/** A store in a schema that cannot be: a wrong name is an answer like any other wrong input. */
const refusing = (problem: InvalidInput): EventStore => ({
  supports,
  append: () => TE.left(problem),
  readStream: () => TE.left(problem),
  read: () => TE.left(problem),
  head: TE.left(problem),
})

const storeIn = (connection: Connection, schema: Schema): EventStore => {
  const keys = lockKeysOf(schema.name)
  const append = send(connection, appendStatement(schema))
  const readStream = send(connection, readStreamStatement(schema))
  const read = send(connection, readStatement(schema))
  const head = send(connection, headStatement(schema))
  return {
    supports,
    append: (request) =>
      request.events.length === 0
        ? TE.right(nothingAppended)
        : F.pipe(
            TE.fromEither(checkAppend(request)),
            TE.chainW((checked) => appendOnce(append, appendCall(keys, [checked]))),
          ),
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

type Send = (parameters: ReadonlyArray<string | null>) => TE.TaskEither<Fault, ReadonlyArray<Row>>

/**
 * Sends the call, and once more where a unique index refused it: two appends that share an event id but no stream do
 * not wait for each other's locks, so both may look before either has written. The second look finds the winner.
 */
const appendOnce = (sendAppend: Send, call: AppendCall): TE.TaskEither<AppendError, Appended> =>
  F.pipe(
    sendAppend(call.parameters),
    TE.orElse((fault) =>
      fault._tag === 'Taken'
        ? TE.mapLeft((second: Fault): Fault => (second._tag === 'TransactionFailed' ? fault : second))(
            sendAppend(call.parameters),
          )
        : TE.left(fault),
    ),
    TE.mapLeft(appendError),
    TE.chainEitherKW(([row]): E.Either<AppendError, Appended> => {
      const answer = row === undefined ? undefined : call.answersFrom(row)[0]
      return answer ?? E.left(unreadable)
    }),
  )

const unreadable: Unavailable = {
  _tag: 'Unavailable',
  outcome: 'unknown',
  reason: 'the server gave no answer',
  cause: undefined,
}

const appendError = (fault: Fault): AppendError => {
  switch (fault._tag) {
    case 'OldSnapshot':
      return { _tag: 'WrongIsolation', isolation: fault.isolation }
    case 'Taken':
      return { _tag: 'Busy', reason: 'another append is recording one of the event ids' }
    case 'OnStandby':
    case 'TransactionFailed':
      return transactionFailed(fault)
    default:
      return fault
  }
}

const readError = (fault: Fault): ReadError => {
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

/** Also for the faults that a statement of this kind cannot have. */
const transactionFailed = (cause: unknown): Unavailable => ({
  _tag: 'Unavailable',
  outcome: 'nothing written',
  reason: 'an earlier statement of the transaction has failed',
  cause,
})
