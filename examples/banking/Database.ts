/**
 * The database of one run: a real PostgreSQL, a schema of its own in it, and the store. Closing it leaves nothing
 * behind: an own server goes with its files, and on a server that was there before only the schema existed.
 */
import { randomUUID } from 'node:crypto'
import type { EventStore } from 'decider-ts'
import { migrate, postgresStore } from 'decider-ts/adapters/postgres'
import { either as E } from 'fp-ts'
import postgres from 'postgres'
import { startPostgres } from '../../tools/postgres/EmbeddedPostgres.js'

export interface Database {
  readonly store: EventStore
  /** Such as `18.1`. */
  readonly version: string
  /** Whether the server was started for this run. */
  readonly own: boolean
  readonly close: () => Promise<void>
}

export const openDatabase = async (): Promise<Database> => {
  const server = await startPostgres()
  const schema = `banking_demo_${randomUUID().replaceAll('-', '')}`
  const sql = postgres(server.url, { onnotice: () => {} })
  const close = async () => {
    try {
      await sql`drop schema if exists ${sql(schema)} cascade`
    } finally {
      await sql.end({ timeout: 5 })
      await server.stop()
    }
  }
  try {
    const migrated = await migrate(sql, { schema })()
    if (E.isLeft(migrated))
      throw new Error(`The schema could not be installed: ${JSON.stringify(migrated.left)}`)
    const [row] = await sql<Array<{ version: string }>>`select current_setting('server_version') as version`
    const { DATABASE_URL } = process.env
    return {
      store: postgresStore(sql, { schema }),
      version: row?.version ?? 'unknown',
      own: !DATABASE_URL,
      close,
    }
  } catch (error) {
    // The first error is the one to show; a server that failed once may fail to clean up for the same reason.
    await close().catch(() => {})
    throw error
  }
}
