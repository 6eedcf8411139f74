/**
 * Keepers in PostgreSQL, opened for the suites. A second connection is a pool of its own. The clock of the server cannot
 * be turned, so what it is compared with is: leases end, and commands become due, so much earlier.
 */
import { postgresReadModels } from 'decider-ts/adapters/postgres'
import type { OpenedOutbox } from 'decider-ts/harness'
import { timestamp } from 'decider-ts/store'
import type { TransactionSql } from 'postgres'
import { connect, type Installed, install } from '../adapters/postgres/support.js'

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

const moments = [
  ['read_model_place', 'lease_until'],
  ['read_model_owner', 'lease_until'],
  ['owed_command', 'due_at'],
] as const

/** A schema with a table of the user's, in which keepers are opened one after another. */
export interface KeepersInPostgres {
  readonly open: (searchable: boolean) => Promise<OpenedOutbox<TransactionSql>>
  readonly end: () => Promise<void>
}

export const keepersInPostgres = async (): Promise<KeepersInPostgres> => {
  const installed: Installed = await install()
  const other = connect()
  const { sql, schema } = installed
  await sql.unsafe(`create table "${schema}".own (nth int generated always as identity, n int)`)
  const open = async (searchable: boolean): Promise<OpenedOutbox<TransactionSql>> => {
    const options = { schema, searchable }
    await sql.unsafe(`truncate ${tables.map((table) => `"${schema}".${table}`).join()}`)
    return {
      readModels: postgresReadModels(sql, options),
      connect: async () => postgresReadModels(other, options),
      now: async () => {
        const [row] = await sql.unsafe('select (extract(epoch from clock_timestamp()) * 1000)::bigint as now')
        return timestamp(Number(row?.['now']))
      },
      pass: async (milliseconds) => {
        for (const [table, column] of moments)
          await sql.unsafe(
            `update "${schema}".${table} set ${column} = ${column} - $1::int * interval '1 millisecond'`,
            [milliseconds],
          )
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
  return {
    open,
    end: async () => {
      await other.end()
      await installed.end()
    },
  }
}
