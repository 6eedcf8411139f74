/**
 * The suite of projections on a real database: a read model and a checkpoint in two tables, and the transaction between
 * them. It shows that a subject need not be in memory, and that the difference between one transaction and two is
 * found where it is made.
 */
import { type OpenProjection, projectionSuite, type StopPoint } from 'decider-ts/harness'
import { globalPosition } from 'decider-ts/store'
import type { Sql, TransactionSql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, newSchemaName } from '../adapters/postgres/support.js'
import { failuresOf } from './zoo/Failures.js'
import { Event, type Overview, overview } from './zoo/Views.js'

const sql = connect()
const schema = newSchemaName()
const table = (name: string) => sql(`${schema}.${name}`)
const [orders, totals, place] = [table('orders'), table('totals'), table('place')]

beforeAll(async () => {
  await sql.unsafe(`
    create schema "${schema}";
    create table "${schema}".orders (id text primary key);
    create table "${schema}".totals (orders int not null, cents bigint not null);
    create table "${schema}".place (checkpoint bigint not null)`)
})

afterAll(async () => {
  await sql.unsafe(`drop schema "${schema}" cascade`)
  await sql.end()
})

type Connection = Sql | TransactionSql

const apply = async (on: Connection, event: Event): Promise<void> => {
  if (event.type === 'Ordered') {
    await on`insert into ${orders} values (${event.order}) on conflict do nothing`
    await on`update ${totals} set orders = orders + 1, cents = cents + ${event.cents}`
  } else if (event.type === 'Shipped') {
    await on`delete from ${orders} where id = ${event.order}`
  }
}

const checkpointIn = async (on: Connection): Promise<bigint> => {
  const [row] = await on<Array<{ checkpoint: string }>>`select checkpoint from ${place} for update`
  return BigInt(row?.checkpoint ?? 0)
}

const empty = async (on: Connection): Promise<void> => {
  await on`delete from ${orders}`
  await on`delete from ${totals}`
  await on`insert into ${totals} values (0, 0)`
  await on`delete from ${place}`
  await on`insert into ${place} values (0)`
}

/** How a batch is dealt with: in one transaction, or in as many as there are statements. */
type InTransaction = (work: (on: Connection) => Promise<void>) => Promise<unknown>

const opening =
  (within: InTransaction) =>
  async (point: StopPoint): Promise<OpenProjection<Event, Overview>> => {
    await empty(sql)
    const deliver: OpenProjection<Event, Overview>['deliver'] = (batch) =>
      within(async (on) => {
        const checkpoint = await checkpointIn(on)
        for (const { position, event } of batch) {
          if (position <= checkpoint) continue
          await apply(on, event)
          await point('applied')
          await on`update ${place} set checkpoint = ${String(position)}`
        }
      }).then(() => {})
    return {
      deliver,
      read: async () => {
        const [total] = await sql<Array<{ orders: number; cents: string }>>`select * from ${totals}`
        const open = await sql<Array<{ id: string }>>`select id from ${orders} order by id`
        return { orders: total?.orders ?? 0, cents: Number(total?.cents), open: open.map(({ id }) => id) }
      },
      crash: async () => globalPosition(await checkpointIn(sql)),
      rebuild: async (log) => {
        await empty(sql)
        await deliver(log)
      },
      twin: async () => ({ deliver }),
      close: async () => {},
    }
  }

const checksOf = (within: InTransaction) =>
  projectionSuite({
    name: 'overview',
    open: opening(within),
    expected: overview,
    event: Event,
    eventsMax: 6,
    runs: 25,
  })

test('a read model and a checkpoint in one transaction pass', async () => {
  expect(await failuresOf(checksOf((work) => sql.begin(work)))).toEqual([])
})

test('a read model and a checkpoint in two transactions do not', async () => {
  // Whether two instances meet as well is up to the server, so only the first failure is looked at.
  const [failure] = await failuresOf(checksOf((work) => work(sql)))
  expect(failure?.law).toBe('projection.crash')
  expect(failure?.message).toContain(
    "In the batch that ends with event 1 the consumer was stopped at 'applied', and began again with the first event.",
  )
})
