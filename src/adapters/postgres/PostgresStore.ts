/**
 * The event store on PostgreSQL. Every append and every read is one round trip: one call of a function that the
 * migrations installed, prepared once a connection; concurrent appends share a call, and so do short reads of streams. How appends exclude each other
 * without a global lock, and why what a read returns can be trusted, stands with those functions, in `migrations/`.
 * Used by: users.
 * @since 0.1.0
 */
import { either as E, function as F, task as T, taskEither as TE } from 'fp-ts'
import type { FollowedStore } from '../../run/Feed.js'
import type { SnapshotStore } from '../../run/Snapshots.js'
import { checkAppend, nothingAppended, recordsNothing } from '../../store/Append.js'
import type { DecisionJournal } from '../../store/DecisionJournal.js'
import { type InvalidInput, invalidInput } from '../../store/StoreError.js'
import { lockKeysMax, type Ordering } from './AppendCall.js'
import { appendsOf } from './Appending.js'
import { aborted, type BatcherOptions } from './Batcher.js'
import { type Connection, isPool } from './Connection.js'
import { decisionsOf } from './Deciding.js'
import { feedOf } from './Feed.js'
import type { HintsOption } from './Hints.js'
import type { ReadBatcherOptions } from './ReadBatcher.js'
import { readsOf } from './Reading.js'
import { type Schema, type SchemaOptions, schemaOf } from './Schema.js'
import { sameSession } from './Session.js'
import { snapshotsOf } from './Snapshots.js'
import type { AppendFigures } from './Traffic.js'

/** Where a store lives, and how its appends and reads travel. */
export interface PostgresStoreOptions extends SchemaOptions {
  /**
   * How concurrent appends share calls, and concurrent reads of streams theirs. On unless `false`, which sends each by
   * itself and at once, for as many at a time as the pool has connections. In a transaction, or on a reserved
   * connection, nothing is ever batched.
   */
  readonly batching?: false | BatchingOptions
  /**
   * How those who follow the log learn of appends by other processes before they look by themselves. `listen` unless
   * given: after appends the store sends NOTIFY, fifty times a second at most, and while somebody follows it keeps one
   * connection for LISTEN beside the pool. `none` where sessions are not kept, as behind PgBouncer in transaction mode;
   * there, as in a transaction, followers look from time to time.
   */
  readonly hints?: HintsOption
  /**
   * `concurrent` unless given: positions may have holes, left by appends that were rolled back. `gapless` makes them 1, 2,
   * 3 and so on, as an audit may demand. It costs that the log commits one call at a time, whoever writes and to whatever
   * stream; so keep batching on, and never hold a transaction open in which you have appended. Stores of both kinds may
   * use one log, and then the holes are those of the concurrent ones.
   */
  readonly ordering?: Ordering
}

/** How concurrent appends of one store share calls; its reads of streams do so within the same bounds, in lanes of their own. */
export interface BatchingOptions {
  /** Calls under way at a time, from 1 to 64; 4 unless given. Each takes a connection of the pool. */
  readonly lanes?: number
  /** Appends in one call, from 1 to 1,000; 200 unless given. */
  readonly itemsMax?: number
  /** Appends that wait to be sent, from 1 to 1,000,000; 10,000 unless given. Beyond it the answer is `Busy`, at once. */
  readonly queueMax?: number
}

/** A store of events, and what its operator needs of it. */
export interface PostgresStore extends FollowedStore, SnapshotStore {
  readonly decisions: DecisionJournal
  /** What the appends of this store have been doing. A plain value, as of now. */
  readonly figures: () => AppendFigures
  /**
   * Ends the store, not your pool. From the call on a new append is answered `Unavailable`, nothing written; those that
   * wait or are under way are finished. After the grace (in milliseconds, 10,000 unless given) those that still wait are
   * answered the same, and those under way are left to their calls. Done when nobody waits any more; a program that ends
   * closes its stores first and then its pool. Reads go on.
   */
  readonly close: (graceMs?: number) => T.Task<void>
}

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
 * On a pool, concurrent appends share calls, `batching` says how; appends with a stream, tag, condition or event id in
 * common are recorded in the order in which they were called. An append that waits for a lock keeps those of its call
 * waiting, so bound that by `lock_timeout`, and never wait for an append to the pool within a transaction of yours.
 *
 * Forward reads of streams share calls too. Each sees a snapshot of its stream that was taken after it was asked for. Of a
 * stream with more than 250 events, or about 128 kB of them, the rest takes a second call, which holds up nobody.
 *
 * A read by query that names no tags in one of its items waits for the appends in flight, ten seconds at most, and
 * needs READ COMMITTED and the primary server; other reads wait for nobody and work anywhere.
 *
 * `feed` is the log for those who follow it. A page waits for nobody either, and holds nothing above an append that is in
 * flight; it needs READ COMMITTED and the primary server too. Stop who follows before you end the pool. Where the clock
 * of the server was set back, the log passes some moments more than once, and `positionAt` gives one of those places.
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
export const postgresStore = (connection: Connection, options: PostgresStoreOptions = {}): PostgresStore => {
  const schema = schemaOf(options)
  if (E.isLeft(schema)) return refusing(schema.left)
  const batching = batchingOf(options.batching ?? {})
  if (E.isLeft(batching)) return refusing(batching.left)
  // On one connection a call of several appends would wait for locks of which the caller knows nothing, and its failure
  // would fail the transaction of all of them.
  return isPool(connection)
    ? storeIn(connection, schema.right, batching.right, options)
    : storeIn(sameSession(connection), schema.right, undefined, options)
}

/** What a call holds at most, beside what the user bounds: enough to hide a round trip, and a few megabytes. */
const eventsMax = 2_000
const charactersMax = 4_000_000

/**
 * All lanes together lock as many streams and tags as eight appends of `lockKeysMax` keys could on connections of their
 * own, so batching takes no more of the server's table of locks than a small pool without it.
 */
const keysMaxOf = (lanes: number): number => Math.max(lockKeysMax, Math.floor((8 * lockKeysMax) / lanes))

const batchingOf = (
  batching: false | BatchingOptions,
): E.Either<InvalidInput, BatcherOptions | undefined> => {
  if (batching === false) return E.right(undefined)
  const { lanes = 4, itemsMax = 200, queueMax = 10_000 } = batching
  const bounds = [
    ['lanes', lanes, 64],
    ['itemsMax', itemsMax, 1_000],
    ['queueMax', queueMax, 1_000_000],
  ] as const
  for (const [name, value, most] of bounds) {
    if (Number.isInteger(value) && value >= 1 && value <= most) continue
    return E.left(invalidInput(`options.batching.${name}`, `is not a whole number from 1 to ${most}`))
  }
  const limits = { items: itemsMax, keys: keysMaxOf(lanes), events: eventsMax, characters: charactersMax }
  return E.right({ lanes, queueMax, limits })
}

/** Reads take lanes of their own, so that neither waits for the other. A call holds a page of each stream. */
const readBatchingOf = ({ lanes, queueMax, limits }: BatcherOptions): ReadBatcherOptions => ({
  lanes,
  queueMax,
  itemsMax: Math.min(limits.items, streamsMax),
})

/** Streams in one call of reads: enough to hide the round trip, and a page of each is held in memory at a time. */
const streamsMax = 32

const supports = { severalStreams: true, queries: true, decisions: true }

/** A store in a schema that cannot be: a wrong name is an answer like any other wrong input. */
const refusing = (problem: InvalidInput): PostgresStore => ({
  supports,
  append: () => TE.left(problem),
  readStream: () => TE.left(problem),
  read: () => TE.left(problem),
  head: TE.left(problem),
  feed: { page: () => TE.left(problem), positionAt: () => TE.left(problem), onRecorded: () => F.constVoid },
  figures: () => noFigures,
  close: () => T.of(undefined),
  snapshots: { load: () => TE.left(problem), save: () => TE.left(problem) },
  decisions: { on: () => TE.left(problem), page: () => TE.left(problem) },
})

const noFigures: AppendFigures = {
  open: 0,
  waiting: 0,
  callsUnderWay: 0,
  calls: 0,
  largestCall: 0,
  appends: 0,
  conflicts: 0,
  failures: 0,
}

const storeIn = (
  connection: Connection,
  schema: Schema,
  batching: BatcherOptions | undefined,
  { hints = 'listen', ordering = 'concurrent' }: PostgresStoreOptions,
): PostgresStore => {
  const { recorded, ...feed } = feedOf(connection, schema, hints)
  const { append, close, figures } = appendsOf(connection, schema, { batching, ordering, recorded })
  return {
    supports,
    append: (request, options) => () => {
      if (options?.signal?.aborted) return Promise.resolve(E.left(aborted))
      if (recordsNothing(request)) return Promise.resolve(E.right(nothingAppended))
      const storable = checkAppend(request)
      return E.isLeft(storable) ? Promise.resolve(storable) : append(storable.right, options?.signal)()
    },
    ...readsOf(connection, schema, batching && readBatchingOf(batching)),
    feed,
    figures,
    close: (graceMs = 10_000) => close(graceMs),
    snapshots: snapshotsOf(connection, schema),
    decisions: decisionsOf(connection, schema),
  }
}
