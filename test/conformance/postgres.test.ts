/** The Postgres store is held to the very suites of the memory store; a second connection is a pool of its own. */
import { postgresStore } from 'decider-ts/adapters/postgres'
import { connect, hints, install } from '../adapters/postgres/support.js'
import { testFollowedConformance, testSnapshots } from './Run.js'

testFollowedConformance('postgresStore', async () => {
  const { store, schema, end } = await install()
  const others: Array<ReturnType<typeof connect>> = []
  return {
    store,
    connect: async () => {
      const sql = connect()
      others.push(sql)
      return postgresStore(sql, { schema, hints })
    },
    close: async () => {
      await Promise.all(others.map((sql) => sql.end()))
      await end()
    },
  }
})

testSnapshots('postgresStore', async () => {
  const { sql, schema, end } = await install()
  return { store: postgresStore(sql, { schema }), close: end }
})
