/**
 * The keeper of read models in PostgreSQL does what every keeper must do, searchable or not. A second connection is a
 * pool of its own. The clock of the server cannot be turned, so the leases are: they end so much earlier.
 */
import { postgresReadModels } from 'decider-ts/adapters/postgres'
import { type OpenedReadModels, readModelSuite } from 'decider-ts/harness'
import type { TransactionSql } from 'postgres'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { connect, type Installed, install } from '../adapters/postgres/support.js'

let installed: Installed
let other: ReturnType<typeof connect>

beforeAll(async () => {
  installed = await install()
  other = connect()
  const { sql, schema } = installed
  await sql.unsafe(`create table "${schema}".own (nth int generated always as identity, n int)`)
})

afterAll(async () => {
  await other.end()
  await installed.end()
})

const tables = [
  'read_model',
  'live_read_model',
  'read_model_place',
  'read_model_owner',
  'read_model_entry',
  'read_model_parked',
  'owed_command',
  'own',
]

const open = async (searchable: boolean): Promise<OpenedReadModels<TransactionSql>> => {
  const { sql, schema } = installed
  const options = { schema, searchable }
  await sql.unsafe(`truncate ${tables.map((table) => `"${schema}".${table}`).join()}`)
  return {
    readModels: postgresReadModels(sql, options),
    connect: async () => postgresReadModels(other, options),
    pass: async (milliseconds) => {
      for (const table of ['read_model_place', 'read_model_owner']) {
        await sql.unsafe(
          `update "${schema}".${table} set lease_until = lease_until - $1::int * interval '1 millisecond'`,
          [milliseconds],
        )
      }
    },
    table: {
      write: async (transaction, n) => {
        await transaction.unsafe(`insert into "${schema}".own (n) values ($1)`, [n])
      },
      written: async () =>
        (await sql.unsafe(`select n from "${schema}".own order by nth`)).map((row) => row['n']),
    },
    close: async () => {},
  }
}

describe.each([true, false])('conformance of the read models in PostgreSQL, searchable: %s', (searchable) => {
  for (const { name, run } of readModelSuite(() => open(searchable))) test(name, run)
})
