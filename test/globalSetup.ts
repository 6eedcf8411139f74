/**
 * One real PostgreSQL for the whole test run, so that no test needs a mock and nobody needs to install a server. Each
 * test file makes a schema of its own in it. Without `fsync`, because these events need not outlive the run.
 */
import { startPostgres } from '../tools/postgres/EmbeddedPostgres.js'

export default async (): Promise<() => Promise<void>> => {
  const server = await startPostgres({ settings: { fsync: 'off', max_prepared_transactions: '10' } })
  process.env['DATABASE_URL'] = server.url
  return server.stop
}
