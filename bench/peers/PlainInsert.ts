/**
 * What a store costs beyond the database: one INSERT of postgres.js for each event, without any protection but the
 * primary key; one SELECT whose rows are checked by the same codec as ours and folded as they come; and a loop written
 * by hand.
 */
import { randomUUID } from 'node:crypto'
import { either as E } from 'fp-ts'
import postgres from 'postgres'
import { AddedCodec } from './Codec.js'
import { type Entry, type Open, poolSize, recordedBy } from './Contender.js'
import { type Added, dataOf, evolve, initialState } from './Domain.js'

const table = `create table bare (stream text, version bigint, id uuid, type text, data json,
  recorded_at timestamptz default now(), primary key (stream, version))`

const recordedQuery = `
  select stream, version::int as version, data->>'key' as key, (data->>'total')::int as total from bare`

interface Row {
  readonly stream: string
  readonly version: string
  readonly id: string
  readonly type: string
  readonly data: object
  readonly recorded_at: Date
}

const decoded = (candidate: unknown): Added => {
  const event = AddedCodec.decode(candidate)
  if (E.isLeft(event)) throw new Error('An event cannot be decoded.')
  return event.right
}

const insert =
  (sql: postgres.Sql) =>
  async ({ stream, event }: Entry) => {
    await sql.unsafe(
      'insert into bare (stream, version, id, type, data) values ($1, $2, $3, $4, $5::text::json)',
      [stream, event.total, randomUUID(), event.type, JSON.stringify(dataOf(event))],
      { prepare: true },
    )
  }

export const openOnPostgres: Open = (url) => {
  const sql = postgres(url, { max: poolSize, onnotice: () => undefined })
  return {
    install: async () => {
      await sql.unsafe(table)
    },
    fill: async (entries) => {
      await sql.begin((transaction) =>
        Promise.all(entries.map(insert(transaction as unknown as postgres.Sql))),
      )
    },
    append: insert(sql),
    replay: async (stream) => {
      let state = initialState
      await sql<Array<Row>>`select * from bare where stream = ${stream} order by version`.forEach(
        ({ type, data }) => {
          state = evolve(state, decoded({ ...data, type }))
        },
      )
      return state
    },
    recorded: recordedBy(url, recordedQuery),
    close: () => sql.end(),
  }
}

export const openFold: Open = () => ({
  fold: (events) => {
    let state = initialState
    for (const event of events) state = evolve(state, event)
    return state
  },
})
