/**
 * Snapshots in the schema of their store. A snapshot and the events after it come by one statement, whose event rows are
 * those of a read of a stream. A fold is known by a hash, so however long its fingerprint is, little of it travels.
 * Used by: `postgresStore`.
 * @since 0.1.0
 */
import { createHash } from 'node:crypto'
import { function as F, option as O, taskEither as TE } from 'fp-ts'
import type { SaveError, SnapshotAndTail, Snapshots } from '../../run/Snapshots.js'
import { checkStreamId } from '../../store/Append.js'
import { stringify, toJson } from '../../store/Json.js'
import type { StreamId } from '../../store/StreamId.js'
import { version } from '../../store/Version.js'
import { bigintMax, clamp } from './Bigint.js'
import { type Connection, isPool, type Row, send } from './Connection.js'
import { eventColumns } from './EventColumns.js'
import { sizeParameters, streamSliceFrom } from './ReadCall.js'
import { readError, sizeOf } from './Reading.js'
import type { Schema } from './Schema.js'
import { type Fault, transactionFailed } from './SqlState.js'

type FoldKey = Parameters<Snapshots['load']>[1]

/** Two columns of its own, filled in the first row alone so that a large state travels once, and then those of a read. */
const loadStatement = ({ quoted }: Schema): string => `
  with snapshot as materialized (
    select snapshot_version, state from ${quoted}.newest_snapshot($1::text, decode($2::text, 'hex')))
  select case when ordinality = 1 then snapshot_version end, case when ordinality = 1 then state end,
    nth, seen, version, ${eventColumns}
  from snapshot
  cross join lateral ${quoted}.read_streams(
    array[$1::text], array[snapshot_version], array[${bigintMax}], array[null::bigint], false,
    $3::text::bigint, $4::text::bigint, $5::text::bigint) with ordinality`

const saveStatement = ({ quoted }: Schema): string => `
  select ${quoted}.save_snapshot($1::text, decode($2::text, 'hex'), $3::text, $4::text::bigint, $5::text::json)`

/**
 * The snapshots of a schema. On one connection, which may be in a transaction of the caller's, they are loaded and never
 * saved: a save comes after the answer, when the transaction is somebody else's affair, and a failing one would end it.
 */
export const snapshotsOf = (connection: Connection, schema: Schema): Snapshots => {
  const load = send(connection, loadStatement(schema))
  const save = send(connection, saveStatement(schema))
  return {
    load: (stream, key) =>
      F.pipe(
        TE.fromEither(checkStreamId(stream)),
        TE.chainW(() => TE.mapLeft(readError)(load([stream, hashOf(key), ...sizeParameters(sizeOf({}))]))),
        TE.map(snapshotAndTailFrom(stream, key)),
      ),
    save: (stream, { of, version, state }) =>
      isPool(connection)
        ? F.pipe(
            TE.fromEither(checkStreamId(stream)),
            TE.chainEitherKW(() => toJson(state, 'snapshot.state')),
            TE.chainW((json) =>
              TE.mapLeft(saveError)(
                save([stream, hashOf(of), nameOf(of), String(clamp(version)), stringify(json)]),
              ),
            ),
            TE.map(() => undefined),
          )
        : TE.right(undefined),
  }
}

/** No two folds have one text before it is hashed, whatever their names are. */
const hashOf = ({ fold, fingerprint }: FoldKey): string =>
  createHash('sha256')
    .update(JSON.stringify([fold, fingerprint]))
    .digest('hex')

/** As JSON writes it, without the quotes: it escapes what the server cannot hold. */
const nameOf = ({ fold }: FoldKey): string => JSON.stringify(fold).slice(1, -1)

const snapshotAndTailFrom =
  (stream: StreamId, of: FoldKey) =>
  (rows: ReadonlyArray<Row>): SnapshotAndTail => {
    const [first] = rows
    const state = first?.(1)
    const after = version(BigInt(first?.(0) ?? 0))
    const pages = rows.map(
      (row): Row =>
        (column) =>
          row(column + 2),
    )
    return {
      snapshot: state === undefined ? O.none : O.some({ of, version: after, state: JSON.parse(state) }),
      tail: streamSliceFrom({ stream, range: { after } }, pages),
    }
  }

const saveError = (fault: Fault): SaveError =>
  fault._tag === 'Unavailable' || fault._tag === 'Busy' ? fault : transactionFailed(fault)
