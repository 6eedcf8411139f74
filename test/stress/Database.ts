/**
 * Databases of their own for runs, made and dropped on a server that may crash in between; what the server counted in
 * them; and the files of a run.
 * Used by: `Round`, `reactions/Reactions`.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { either as E } from 'fp-ts'
import postgres, { type Sql } from 'postgres'
import { migrateTo } from '../../src/adapters/postgres/Migrate.js'
import { migrations } from '../../src/adapters/postgres/Migrations.generated.js'

/** A change of the migrations, for controls: a log that lacks a step of the protocol must be found out. */
export type ChangeOfSql = (sql: string) => string

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)))

export const right = async <Failure, A>(task: () => Promise<E.Either<Failure, A>>): Promise<A> => {
  const result = await task()
  if (E.isRight(result)) return result.right
  throw new Error(`Expected success: ${JSON.stringify(result.left)}`)
}

export const withSql = async <A>(url: string, use: (sql: Sql) => Promise<A>): Promise<A> => {
  const sql = postgres(url, { max: 2, onnotice: () => {} })
  try {
    return await use(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** Empty, and of its own, because deadlocks are counted by database. */
export const newDatabase = async (serverUrl: string): Promise<string> => {
  const name = `stress_${randomUUID().replaceAll('-', '')}`
  await withSql(serverUrl, (sql) => sql.unsafe(`create database "${name}"`))
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

export const dropDatabase = (serverUrl: string, url: string): Promise<unknown> =>
  withSql(serverUrl, (sql) => sql.unsafe(`drop database "${new URL(url).pathname.slice(1)}" with (force)`))

export const installChanged = async (sql: Sql, schema: string, change: ChangeOfSql): Promise<void> => {
  const changed = migrations.map((migration) => ({ ...migration, sql: change(migration.sql) }))
  await right(migrateTo(changed)(sql, { schema }))
}

/** A crash sets the counter back, so it is read before each. */
export const deadlocksIn = (url: string): Promise<number> =>
  withSql(url, async (sql) => {
    const [row] = await sql<Array<{ deadlocks: string }>>`
      select deadlocks::text from pg_stat_database where datname = current_database()`
    return Number(row?.deadlocks ?? 0)
  })

export const newFolder = (prefix: string): string => {
  const parent = fileURLToPath(new URL('../../.tmp/stress', import.meta.url))
  mkdirSync(parent, { recursive: true })
  return mkdtempSync(join(parent, `${prefix}-`))
}

/** One file that starts at once: a process that is killed should be replaced in moments. */
export const bundled = async (entryPoint: URL, outfile: string): Promise<string> => {
  await build({
    entryPoints: [fileURLToPath(entryPoint)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
  })
  return outfile
}
