/**
 * Read models in PostgreSQL, in the schema of a store or in another database altogether: they know nothing of a log.
 * Leasing, loading and committing are one round trip each. Why a commit is exact, whoever was paused or replaced
 * meanwhile, stands with the functions, in `migrations/0007_read_models.sql`.
 * Used by: users, through `runProjection`.
 * @since 0.1.0
 */
import { either as E, function as F, option as O, taskEither as TE } from 'fp-ts'
import type { Sql, TransactionSql } from 'postgres'
import type { Outbox } from '../../run/Outbox.js'
import type { Lease, ReadModels } from '../../run/ReadModels.js'
import { globalPosition } from '../../store/GlobalPosition.js'
import { countProblem, keyProblem, keysProblem, leaseProblem, readModelProblem } from '../../store/Keeping.js'
import { partitionOf as partitionIn } from '../../store/Partition.js'
import { type InvalidInput, invalidInput } from '../../store/StoreError.js'
import { timestamp } from '../../store/Timestamp.js'
import { bigintsFrom, textArray } from './ArrayLiteral.js'
import { type Row, send } from './Connection.js'
import {
  commandsFrom,
  entriesOfPage,
  entryFrom,
  eventsFromJson,
  loadedFrom,
  parkedKeysFrom,
  refusedFrom,
  wordOf,
} from './KeptJson.js'
import { idParameters, type ReadModelStatements, readModelStatements } from './ReadModelCall.js'
import { commitsOf } from './ReadModelCommit.js'
import { asking, firstRefusal, keptOtherwise, type SendRequest } from './ReadModelInput.js'
import { type Schema, type SchemaOptions, schemaOf } from './Schema.js'

/** Where read models are kept, and how. */
export interface PostgresReadModelsOptions extends SchemaOptions {
  /** How many partitions each read model has: 64 unless given. It cannot be changed while a read model is kept. */
  readonly partitions?: number
  /**
   * Whether states can be searched by what they contain: unless `false`, an index of all their parts is kept. It costs a
   * third of the speed of a catch-up, and cannot be changed while a read model is kept. Entries are found by their keys
   * without it.
   */
  readonly searchable?: boolean
}

/** Read models, and the commands that process managers owe, in one schema. */
export type PostgresReadModels<Types extends Record<string, unknown>> = ReadModels<TransactionSql<Types>> &
  Outbox

/**
 * Keeps read models in one schema of a database, once `migrate` has installed it there. `sql` is a pool of postgres.js;
 * what a handler of yours is given to write its own tables with is a transaction of it, under READ COMMITTED.
 *
 * Time is the server's: leases end by its clock, whatever the clocks of the owners say. A statement waits for commits of
 * the same partitions alone; bound that by your `connection: { lock_timeout, statement_timeout }`, and a bound that is
 * reached gives `Busy`. A handler that takes long keeps its partitions from being taken over for as long, even if its
 * lease ends meanwhile.
 * @example
 * import { either as E } from 'fp-ts'
 * import postgres from 'postgres'
 * import { migrate, postgresReadModels } from 'decider-ts/adapters/postgres'
 * const sql = postgres(process.env['DATABASE_URL'] ?? '')
 * const options = { schema: 'decider_read_models_example' }
 * await migrate(sql, options)()
 * const readModels = postgresReadModels(sql, options)
 * const leases = await readModels.lease({ name: 'balances', version: 1 }, 'worker-1', 10_000)()
 * E.isRight(leases) && leases.right.length // => 64
 * await readModels.drop({ name: 'balances', version: 1 })()
 * await sql.end()
 */
export const postgresReadModels = <Types extends Record<string, unknown> = Record<string, never>>(
  sql: Sql<Types>,
  options: PostgresReadModelsOptions = {},
): PostgresReadModels<Types> => {
  const { partitions = 64, searchable = true } = options
  const refusal = countProblem(partitions, 'options.partitions', 1, 10_000)
  if (refusal !== undefined) return refusing(refusal, partitions)
  const schema = schemaOf(options)
  return E.isLeft(schema)
    ? refusing(schema.left, partitions)
    : keptIn({ sql, schema: schema.right, partitions, searchable })
}

interface Keeper<Types extends Record<string, unknown>> {
  readonly sql: Sql<Types>
  readonly schema: Schema
  readonly partitions: number
  readonly searchable: boolean
}

const keptIn = <Types extends Record<string, unknown>>({
  sql,
  schema,
  partitions,
  searchable,
}: Keeper<Types>): PostgresReadModels<Types> => {
  const partitionOf = partitionIn(partitions)
  const statements = readModelStatements(schema)
  const sending: Sending = (name) => send(sql, statements[name])
  return {
    partitions,
    partitionOf,
    ...leasesOf(sending, partitions, searchable),
    ...commitsOf({ sql, statements, partitionOf }),
    ...looksOf(sending),
    ...outboxOf(sending),
  }
}

type Sending = (name: keyof ReadModelStatements) => SendRequest

/** A century: the dates of the server end somewhere beyond. */
const leaseMsMax = 3_155_760_000_000

const leasesOf = (
  sending: Sending,
  partitions: number,
  searchable: boolean,
): Pick<ReadModels, 'lease' | 'release' | 'place' | 'drop'> => {
  const lease = asking(sending('lease'), (row): E.Either<InvalidInput, ReadonlyArray<Lease>> => {
    const refusal = keptOtherwise(row?.(0), row?.(1), partitions, searchable)
    return refusal === undefined ? E.right(leasesFrom(row)) : E.left(refusal)
  })
  const release = asking(sending('release'), F.constVoid)
  const place = asking(sending('place'), (row) => globalPosition(BigInt(row?.(0) ?? 0)))
  const drop = asking(sending('drop'), F.constVoid)
  return {
    lease: (of, owner, leaseMs) =>
      TE.chainEitherKW(F.identity<E.Either<InvalidInput, ReadonlyArray<Lease>>>)(
        lease(firstRefusal(readModelProblem(of) ?? leaseProblem(owner, leaseMs)), () => [
          ...idParameters(of),
          String(partitions),
          String(searchable),
          owner,
          String(Math.ceil(Math.min(leaseMs, leaseMsMax))),
        ]),
      ),
    release: (of, owner) =>
      release(firstRefusal(readModelProblem(of), keyProblem(owner, 'owner')), () => [
        ...idParameters(of),
        owner,
      ]),
    place: (of) => place(firstRefusal(readModelProblem(of)), () => idParameters(of)),
    drop: (of) => drop(firstRefusal(readModelProblem(of)), () => idParameters(of)),
  }
}

const leasesFrom = (row: Row | undefined): ReadonlyArray<Lease> => {
  const fences = bigintsFrom(row?.(3))
  const places = bigintsFrom(row?.(4))
  return bigintsFrom(row?.(2)).map((partition, index) => ({
    partition: Number(partition),
    fence: fences[index] ?? 0n,
    upTo: globalPosition(places[index] ?? 0n),
  }))
}

const looksOf = (
  sending: Sending,
): Pick<ReadModels, 'load' | 'get' | 'page' | 'parked' | 'parkedEvents' | 'liveVersion' | 'makeLive'> => {
  const sendLoad = sending('load')
  const get = asking(sending('get'), (row) => row)
  const page = asking(sending('find'), (row) => entriesOfPage(row))
  const parked = asking(sending('parked'), (row) => parkedKeysFrom(row?.(0) ?? '[]'))
  const parkedEvents = asking(sending('parkedEvents'), (row) => eventsFromJson(row?.(0) ?? '[]'))
  const liveVersion = asking(sending('liveVersion'), (row) => F.pipe(O.fromNullable(row?.(0)), O.map(Number)))
  const makeLive = asking(sending('makeLive'), (row) => row?.(0) === 't')
  return {
    load: (of, keys) =>
      asking(sendLoad, (row) => loadedFrom(keys, row))(
        firstRefusal(readModelProblem(of), keysProblem(keys, 'keys')),
        () => [...idParameters(of), textArray(keys)],
      ),
    get: (of, key) =>
      F.pipe(
        get(firstRefusal(readModelProblem(of), keyProblem(key, 'key')), () => [...idParameters(of), key]),
        TE.map((row) => entryFrom(key, row)),
      ),
    page: (of, limit, after = '') =>
      page(firstRefusal(readModelProblem(of), countProblem(limit, 'limit')), () => [
        ...idParameters(of),
        null,
        null,
        '{}',
        after,
        String(limit),
      ]),
    parked: (of) => parked(firstRefusal(readModelProblem(of)), () => idParameters(of)),
    parkedEvents: (of, key) =>
      parkedEvents(firstRefusal(readModelProblem(of), keyProblem(key, 'key')), () => [
        ...idParameters(of),
        key,
      ]),
    liveVersion: (name) => liveVersion(firstRefusal(keyProblem(name, 'name')), () => [name]),
    makeLive: (of) =>
      F.pipe(
        makeLive(firstRefusal(readModelProblem(of)), () => idParameters(of)),
        TE.chainEitherKW((isDone) =>
          isDone
            ? E.right(undefined)
            : E.left(invalidInput('version', `is ${of.version}, and ${of.name} has no such version here`)),
        ),
      ),
  }
}

const outboxOf = (sending: Sending): Outbox => {
  const due = asking(sending('due'), (row) => commandsFrom(row?.(0) ?? '[]'))
  const settle = asking(sending('settle'), F.constVoid)
  const nextDueAt = asking(sending('nextDueAt'), (row) => {
    const moment = row?.(0)
    return moment === undefined ? undefined : timestamp(Number(moment))
  })
  const owed = asking(sending('owed'), (row) => commandsFrom(row?.(0) ?? '[]'))
  const refused = asking(sending('refused'), (row) => refusedFrom(row?.(0) ?? '[]'))
  const resend = asking(sending('resend'), F.constVoid)
  return {
    due: (of, owner, limit) =>
      due(
        firstRefusal(readModelProblem(of), keyProblem(owner, 'owner'), countProblem(limit, 'limit')),
        () => [...idParameters(of), owner, String(limit)],
      ),
    settle: (of, settled) =>
      settle(firstRefusal(readModelProblem(of)), () => {
        const handled = settled.filter(({ refusal }) => refusal === undefined)
        const refused = settled.filter(({ refusal }) => refusal !== undefined)
        return [
          ...idParameters(of),
          textArray(handled.map(({ id }) => wordOf(id))),
          textArray(refused.map(({ id }) => wordOf(id))),
          textArray(refused.map(({ refusal = '' }) => wordOf(refusal))),
          textArray(refused.map(({ isStuck = false }) => String(isStuck))),
        ]
      }),
    nextDueAt: (of) => nextDueAt(firstRefusal(readModelProblem(of)), () => idParameters(of)),
    owed: (of) => owed(firstRefusal(readModelProblem(of)), () => idParameters(of)),
    refused: (of) => refused(firstRefusal(readModelProblem(of)), () => idParameters(of)),
    resend: (of, ids) =>
      resend(firstRefusal(readModelProblem(of)), () => [...idParameters(of), textArray(ids.map(wordOf))]),
  }
}

/** A read model in a schema that cannot be, or in so many partitions. */
const refusing = <Types extends Record<string, unknown>>(
  problem: InvalidInput,
  partitions: number,
): PostgresReadModels<Types> => {
  const no = () => TE.left(problem)
  return {
    partitions,
    partitionOf: () => 0,
    lease: no,
    release: no,
    load: no,
    commit: no,
    place: no,
    parked: no,
    parkedEvents: no,
    unpark: no,
    get: no,
    page: no,
    liveVersion: no,
    makeLive: no,
    drop: no,
    due: no,
    settle: no,
    nextDueAt: no,
    owed: no,
    refused: no,
    resend: no,
  }
}
