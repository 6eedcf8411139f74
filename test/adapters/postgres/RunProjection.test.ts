/**
 * Projections at work on read models in PostgreSQL, in another database of the same server than the log: several
 * instances, one of which is robbed of its leases again and again, while events are appended. In the end the read model
 * is the fold of the log, and what a handler wrote in the transactions of the commits, it wrote once for each event.
 */
import { randomUUID } from 'node:crypto'
import * as t from 'io-ts'
import postgres, { type Sql, type TransactionSql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate, postgresReadModels, readModel } from '../../../src/adapters/postgres/index.js'
import { projection, readModelOf } from '../../../src/evolve/Projection.js'
import { runProjection } from '../../../src/run/RunProjection.js'
import { waitFor } from '../../../src/run/WaitFor.js'
import { streamId } from '../../../src/store/index.js'
import { connect, databaseUrl, event, type Installed, install, only, right } from './support.js'

const database = `read_models_${randomUUID().replaceAll('-', '')}`
const schema = 'consumer'
let log: Installed
let sql: Sql

beforeAll(async () => {
  log = await install()
  await log.sql.unsafe(`create database ${database}`)
  const url = new URL(databaseUrl)
  url.pathname = `/${database}`
  sql = postgres(url.href, { max: 12, onnotice: () => {} })
  await right(migrate(sql, { schema }))
  await sql.unsafe('create table counted (position bigint, key text, primary key (position, key))')
})

afterAll(async () => {
  await sql.end()
  const admin = connect({ max: 1 })
  await admin.unsafe(`drop database ${database}`)
  await admin.end()
  await log.end()
})

const amounts = projection({
  name: 'amounts',
  event: t.type({ type: t.literal('Deposited'), amount: t.number }),
  state: t.type({ amounts: t.array(t.number) }),
  initialState: { amounts: [] },
  evolve: ({ amounts }, { amount }) => ({ amounts: [...amounts, amount] }),
})

const streams = Array.from({ length: 30 }, (_, n) => streamId('account', String(n)))

const appendSome = async (from: number): Promise<void> => {
  for (let n = from; n < from + 300; n += 10) {
    const facts = Array.from({ length: 10 }, (_, m) => n + m).flatMap((amount) => {
      const stream = streams[amount % streams.length]
      return stream === undefined ? [] : [event(stream, { data: { amount } })]
    })
    await right(log.store.append(only(...facts)))
  }
}

test('each event counts once, however often leases are lost', async () => {
  const keeper = () => postgresReadModels(sql, { schema, partitions: 16 })
  const options = {
    batchSize: 50,
    leaseMs: 2_000,
    handle: async (
      {
        counted,
      }: {
        readonly counted: ReadonlyArray<{
          readonly key: string
          readonly recorded: { readonly position: bigint }
        }>
      },
      transaction: TransactionSql,
    ) => {
      // A second time for an event and a key breaks the primary key.
      for (const { key, recorded } of counted)
        await transaction.unsafe('insert into counted values ($1, $2)', [String(recorded.position), key])
    },
  }
  const running = ['a', 'b', 'c'].map((owner) =>
    runProjection(log.store, keeper(), amounts, { ...options, owner }),
  )
  for (let round = 0; round < 4; round++) {
    const appending = appendSome(round * 300)
    // As if every owner had been paused for longer than its leases: the others take what they can.
    for (let blow = 0; blow < 3; blow++) {
      await sql.unsafe(`
        update "${schema}".read_model_place set lease_until = now() - interval '1 second' where partition % 3 = ${blow}`)
      await right(keeper().lease(amounts, `robber-${round}`, 60_000))
      await right(keeper().release(amounts, `robber-${round}`))
    }
    await appending
  }
  const head = await right(log.store.head)
  await right(waitFor(keeper(), amounts, head, { timeoutMs: 20_000 }))
  for (const each of running) expect(await each.stop()).toEqual({ _tag: 'Stopped' })

  const { events } = await right(log.store.read(amounts.query))
  const fold = readModelOf(amounts)(events)
  const kept = await right(readModel(sql, amounts, { schema }).page({ limit: 1_000 }))
  expect({ _tag: 'Right', right: new Map(kept.map(({ key, state }) => [key, state])) }).toEqual(fold)
  expect(await right(keeper().parked(amounts))).toEqual([])
  const [row] = await sql.unsafe('select count(*) as counted from counted')
  expect(Number(row?.['counted'])).toBe(1_200)
})
