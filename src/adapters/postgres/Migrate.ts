/**
 * Installing and upgrading the schema of a store. It is a step of its own, taken when you deploy: an append never
 * changes a schema, and needs no right to.
 * Each migration runs in a transaction whose first statement records the migration's number. Several processes may
 * migrate at once: that statement lets one of them through, and the others find the migration done.
 * Used by: users.
 * @since 0.1.0
 */
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import type { Sql, TransactionSql } from 'postgres'
import type { Busy, InvalidInput, Unavailable } from '../../store/StoreError.js'
import { migrations } from './Migrations.generated.js'
import { type Schema, type SchemaOptions, schemaOf } from './Schema.js'
import { type Fault, faultOf } from './SqlState.js'

/** A change of the schema. */
export interface Migration {
  readonly number: number
  readonly name: string
  /** Whether versions of the library that do not know it must not use the schema any more. */
  readonly breaking: boolean
  readonly sql: string
}

/** What `migrate` did. */
export interface Migrated {
  /** The migrations that this call ran, in order; none where the schema was up to date. */
  readonly applied: ReadonlyArray<string>
}

/** The schema was changed by a newer version of the library in a way that this version cannot work with. */
export interface NewerSchema {
  readonly _tag: 'NewerSchema'
  readonly migration: string
}

/** What `migrate` can fail with. */
export type MigrateError = InvalidInput | NewerSchema | Busy | Unavailable

/**
 * Installs the schema of a store, or brings it up to date. Safe to repeat, and to run from several processes at once.
 * The user needs the right to create the schema, or to create objects in it where it exists. Whoever only appends and
 * reads needs nothing but `usage` on the schema.
 * @example
 * import { either as E } from 'fp-ts'
 * import postgres from 'postgres'
 * import { migrate } from 'decider-ts/adapters/postgres'
 * const sql = postgres(process.env['DATABASE_URL'] ?? '')
 * await migrate(sql, { schema: 'decider_migrate_example' })()
 * const again = await migrate(sql, { schema: 'decider_migrate_example' })()
 * again // => E.right({ applied: [] })
 * await sql.end()
 */
export const migrate = <Types extends Record<string, unknown>>(
  sql: Sql<Types>,
  options: SchemaOptions = {},
): TE.TaskEither<MigrateError, Migrated> => migrateTo(migrations)(sql, options)

/** `migrate`, to a state of the schema that need not be the newest. For tests. */
export const migrateTo =
  (known: ReadonlyArray<Migration>) =>
  <Types extends Record<string, unknown>>(
    sql: Sql<Types>,
    options: SchemaOptions = {},
  ): TE.TaskEither<MigrateError, Migrated> =>
    F.pipe(
      TE.fromEither(schemaOf(options)),
      TE.chainFirstW((schema) => TE.mapLeft(migrateError)(prepare(sql, schema))),
      TE.bindTo('schema'),
      TE.bindW('recorded', ({ schema }) => TE.mapLeft(migrateError)(recordedMigrations(sql, schema))),
      TE.chainFirstEitherKW(({ recorded }) => refuseNewer(known, recorded)),
      TE.chainW(({ schema, recorded }) =>
        F.pipe(
          known.filter(({ number }) => !recorded.some((one) => one.number === number)),
          TE.traverseSeqArray((migration) => TE.mapLeft(migrateError)(apply(sql, schema, migration))),
          TE.map((applied) => ({ applied: applied.flat() })),
        ),
      ),
    )

interface RecordedMigration {
  readonly number: number
  readonly name: string
  readonly breaking: boolean
}

/**
 * The schema and its list of migrations. `if not exists` alone is no protection: two sessions may both find nothing and
 * both create, and one fails. The lock lets one look at a time. A schema that is there is not created again, because
 * `if not exists` asks for the right to create schemas even then.
 */
const prepare = <Types extends Record<string, unknown>>(
  sql: Sql<Types>,
  schema: Schema,
): TE.TaskEither<Fault, ReadonlyArray<string>> =>
  inTransaction(sql, schema, async (transaction) => {
    await transaction.unsafe(`select pg_advisory_xact_lock(hashtextextended('decider ' || $1::text, 0))`, [
      schema.name,
    ])
    const found = await transaction.unsafe('select from pg_namespace where nspname = $1::text', [schema.name])
    if (found.length === 0) await transaction.unsafe(`create schema ${schema.quoted}`)
    await transaction.unsafe(`
      create table if not exists migration (
        number int primary key,
        name text not null,
        breaking boolean not null,
        applied_at timestamptz not null default clock_timestamp()
      )`)
    return []
  })

const recordedMigrations = <Types extends Record<string, unknown>>(
  sql: Sql<Types>,
  schema: Schema,
): TE.TaskEither<Fault, ReadonlyArray<RecordedMigration>> =>
  TE.tryCatch(async () => {
    const rows = await sql
      .unsafe(`select number, name, breaking from ${schema.quoted}.migration order by number`, [])
      .raw()
    return rows.map(([number, name, breaking]) => ({
      number: Number(number?.toString()),
      name: name?.toString() ?? '',
      breaking: breaking?.toString() === 't',
    }))
  }, faultOf)

const refuseNewer = (
  known: ReadonlyArray<Migration>,
  recorded: ReadonlyArray<RecordedMigration>,
): E.Either<NewerSchema, void> => {
  const newer = recorded.find(
    ({ number, breaking }) => breaking && !known.some((migration) => migration.number === number),
  )
  return newer === undefined ? E.right(undefined) : E.left({ _tag: 'NewerSchema', migration: nameOf(newer) })
}

/**
 * The migration's name if this call ran it, nothing if another process was first: the insert waits for that process,
 * and then inserts nothing.
 */
const apply = <Types extends Record<string, unknown>>(
  sql: Sql<Types>,
  schema: Schema,
  migration: Migration,
): TE.TaskEither<Fault, ReadonlyArray<string>> =>
  inTransaction(sql, schema, async (transaction) => {
    const inserted = await transaction.unsafe(
      `insert into migration (number, name, breaking) values ($1::text::int, $2::text, $3::text::boolean)
        on conflict do nothing returning number`,
      [String(migration.number), migration.name, String(migration.breaking)],
    )
    if (inserted.length === 0) return []
    await transaction.unsafe(migration.sql)
    return [nameOf(migration)]
  })

const nameOf = ({ number, name }: Pick<Migration, 'number' | 'name'>): string =>
  `${String(number).padStart(4, '0')}_${name}`

/**
 * A transaction that finds names in the schema alone, and that does not tell the user's console what `if not exists`
 * found. READ COMMITTED, whatever the default of the connection is: whoever waits for another process's migration has
 * to see it afterwards.
 */
const inTransaction = <Types extends Record<string, unknown>>(
  sql: Sql<Types>,
  schema: Schema,
  body: (transaction: TransactionSql<Types>) => Promise<ReadonlyArray<string>>,
): TE.TaskEither<Fault, ReadonlyArray<string>> =>
  TE.tryCatch(
    () =>
      sql.begin('isolation level read committed', async (transaction) => {
        await transaction.unsafe(
          `set local search_path = ${schema.quoted}, pg_temp; set local client_min_messages = warning`,
        )
        return body(transaction)
      }),
    faultOf,
  )

const migrateError = (fault: Fault): MigrateError => {
  if (fault._tag === 'Busy' || fault._tag === 'Unavailable') return fault
  return { _tag: 'Unavailable', outcome: 'nothing written', reason: 'the migration failed', cause: fault }
}
