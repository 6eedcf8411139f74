/**
 * The vital signs of a log: figures that an operator watches, as values. One thing can hold up whoever follows a log or
 * reads by types alone: a transaction that has appended and does not end. It shows here as the oldest append in flight.
 * Used by: users; `observe` of the OpenTelemetry adapter takes what this gives.
 * @since 0.1.0
 */
import { function as F, taskEither as TE } from 'fp-ts'
import { beginning, type GlobalPosition, globalPosition } from '../../store/GlobalPosition.js'
import type { ReadError } from '../../store/StoreError.js'
import { type Connection, type Row, send } from './Connection.js'
import { readError } from './Reading.js'
import { type SchemaOptions, schemaOf } from './Schema.js'

/** What can be seen of a log from outside, at one moment. */
export interface Vitals {
  /** The position of the newest event, or 0. */
  readonly head: GlobalPosition
  /** How many events the log holds, by the planner's estimate; never more than `head`. */
  readonly events: bigint
  /** What the log takes on the disk, with its indexes. */
  readonly bytes: bigint
  /** Transactions that have appended, or are about to, and have not ended. */
  readonly appendsInFlight: number
  /**
   * How long the oldest transaction among them has been running. Undefined where there is none, and where none can be
   * seen. Seconds of it mean a caller who appended and idles, or waits for something else.
   */
  readonly oldestAppendInFlightMs: number | undefined
  /**
   * Those of `appendsInFlight` whose age the server hides: they run under another role than the one that owns the schema.
   * Grant `pg_read_all_stats` to the owner, and it is 0 (but for transactions prepared for a two-phase commit).
   */
  readonly appendsOfUnknownAge: number
  /** Sessions that wait because another one appends to the same stream or tag, or alone to the whole log. */
  readonly waitingForLocks: number
}

/**
 * The vital signs of the log in a schema, in one round trip that takes no locks and costs the same however long the log
 * is. Whoever may use the schema may ask. On a standby no append is ever seen in flight.
 * @example
 * import { either as E } from 'fp-ts'
 * import postgres from 'postgres'
 * import { migrate, vitals } from 'decider-ts/adapters/postgres'
 * const sql = postgres(process.env['DATABASE_URL'] ?? '')
 * const options = { schema: 'decider_vitals_example' }
 * await migrate(sql, options)()
 * const signs = await vitals(sql, options)()
 * E.isRight(signs) && signs.right.appendsInFlight // => 0
 * await sql.end()
 */
export const vitals = (
  connection: Connection,
  options: SchemaOptions = {},
): TE.TaskEither<ReadError, Vitals> =>
  F.pipe(
    TE.fromEither(schemaOf(options)),
    TE.chainW(({ quoted }) =>
      TE.mapLeft(readError)(
        send(
          connection,
          `select head, events, bytes, appends_in_flight, appends_of_unknown_age, oldest_append_ms, waiting_for_locks
            from ${quoted}.vitals()`,
        )([]),
      ),
    ),
    TE.map(([row]) => (row === undefined ? unborn : vitalsFrom(row))),
  )

/** For the types: the function always answers with one row. */
const unborn: Vitals = {
  head: beginning,
  events: 0n,
  bytes: 0n,
  appendsInFlight: 0,
  oldestAppendInFlightMs: undefined,
  appendsOfUnknownAge: 0,
  waitingForLocks: 0,
}

const vitalsFrom = (row: Row): Vitals => {
  const oldest = row(5)
  return {
    head: globalPosition(BigInt(row(0) ?? 0)),
    events: BigInt(row(1) ?? 0),
    bytes: BigInt(row(2) ?? 0),
    appendsInFlight: Number(row(3)),
    appendsOfUnknownAge: Number(row(4)),
    oldestAppendInFlightMs: oldest === undefined ? undefined : Number(oldest),
    waitingForLocks: Number(row(6)),
  }
}
