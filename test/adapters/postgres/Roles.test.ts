/**
 * The roles of docs/guides/operating-postgres.md, whose recipe the tests of examples execute: here is what each role must
 * not reach, by any statement, and that later migrations leave it so.
 */
import { randomUUID } from 'node:crypto'
import { either as E, option as O } from 'fp-ts'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  migrate,
  postgresReadModels,
  postgresStore,
  readModel,
} from '../../../src/adapters/postgres/index.js'
import { migrateTo } from '../../../src/adapters/postgres/Migrate.js'
import { migrations } from '../../../src/adapters/postgres/Migrations.generated.js'
import { anyOf, beginning, everything, globalPosition, timestamp } from '../../../src/store/index.js'
import { connect, event, left, newSchemaName, newStream, only, right } from './support.js'

const admin = connect()
const schema = newSchemaName()
const suffix = randomUUID().replaceAll('-', '')
const [owner, writer, reader, stranger] = [
  `o_${suffix}`,
  `w_${suffix}`,
  `r_${suffix}`,
  `s_${suffix}`,
] as const
const roles = [owner, writer, reader, stranger]
const as = (role: string): Sql => connect({ max: 2, connection: { role } })
const [owning, writing, reading, strange] = [as(owner), as(writer), as(reader), as(stranger)]

beforeAll(async () => {
  for (const role of roles) await admin.unsafe(`create role ${role}`)
  await admin.unsafe(`create schema "${schema}" authorization ${owner}`)
  await owning.unsafe(`
    alter default privileges revoke execute on functions from public;
    alter default privileges in schema "${schema}" grant execute on functions to ${writer}`)
  await right(migrate(owning, { schema }))
  await owning.unsafe(`grant usage on schema "${schema}" to ${writer}, ${reader}, ${stranger}`)
  for (const name of [
    'head',
    'read',
    'read_streams',
    'newest_snapshot',
    'read_decisions',
    'feed',
    'place_before',
    'vitals',
    'find_entry',
    'find_entries',
    'live_version',
    'read_model_up_to',
    'load_read_model',
    'parked_keys',
    'parked_events',
  ]) {
    await owning.unsafe(`grant execute on function "${schema}".${name} to ${reader}`)
  }
})

afterAll(async () => {
  for (const pool of [owning, writing, reading, strange]) await pool.end()
  for (const role of roles.toReversed()) {
    await admin.unsafe(`drop owned by ${role} cascade; drop role ${role}`)
  }
  await admin.end()
})

const stream = newStream()

describe('the writer', () => {
  test('appends and reads, in every way that a store has', async () => {
    const store = postgresStore(writing, { schema })
    await right(store.append(only(event(stream, { tags: ['a'] }), event(stream))))
    await right(
      store.append({ ...only(event(stream)), condition: { failIfEventsMatch: anyOf({ types: ['Other'] }) } }),
    )
    expect((await right(store.read(everything))).events).toHaveLength(3)
    expect((await right(store.readStream(stream))).version).toBe(3n)
    expect(await right(store.head)).toBe(3n)
  })
})

const balances = { name: 'balances', version: 1, state: { decode: (state: unknown) => E.right(state) } }

describe('the writer of read models', () => {
  test('leases, loads, commits, and owes commands', async () => {
    const keeper = postgresReadModels(writing, { schema })
    const leases = await right(keeper.lease(balances, 'a', 60_000))
    const moves = leases.map((lease) => ({ ...lease, to: globalPosition(3) }))
    const entries = [{ key: 'k', state: { balance: 3 }, position: globalPosition(3) }]
    const command = { id: '1', key: 'k', position: globalPosition(3), index: 0, command: {} }
    const owing = { commands: [command], cancelled: [] }
    await right(keeper.commit(balances, { owner: 'a', moves, entries, parked: [], owing }, async () => {}))
    expect(await right(keeper.due(balances, 'a', 1))).toEqual([command])
    await right(keeper.settle(balances, [{ id: '1' }]))
  })
})

describe('the reader of read models', () => {
  test('asks all there is to ask', async () => {
    const asked = readModel(reading, balances, { schema })
    expect(await right(asked.get('k'))).toEqual(O.some({ balance: 3 }))
    expect(await right(asked.where({ balance: 3 }))).toHaveLength(1)
    expect(await right(asked.matching('$.balance > 2'))).toHaveLength(1)
    const keeper = postgresReadModels(reading, { schema })
    expect(await right(keeper.place(balances))).toBe(3n)
    expect(await right(keeper.parked(balances))).toEqual([])
  })

  test('writes nothing', async () => {
    const keeper = postgresReadModels(reading, { schema })
    const refused = {
      _tag: 'Unavailable',
      outcome: 'nothing written',
      reason: expect.stringContaining('may not'),
    }
    expect(await left(keeper.lease(balances, 'b', 1))).toMatchObject(refused)
    expect(
      await left(keeper.commit(balances, { owner: 'a', moves: [], entries: [], parked: [] })),
    ).toMatchObject(refused)
    expect(await left(keeper.makeLive(balances))).toMatchObject(refused)
    expect(await left(keeper.drop(balances))).toMatchObject(refused)
  })
})

describe('the reader', () => {
  test('reads, in every way that a store has', async () => {
    const store = postgresStore(reading, { schema })
    expect((await right(store.read(everything))).events).toHaveLength(3)
    expect((await right(store.read(everything, { direction: 'backward', limit: 1 }))).events).toHaveLength(1)
    expect((await right(store.read(anyOf({ types: ['Deposited'] })))).events).toHaveLength(3)
    expect((await right(store.readStream(stream))).version).toBe(3n)
    expect(await right(store.head)).toBe(3n)
  })

  test('follows the log', async () => {
    const { feed } = postgresStore(reading, { schema })
    expect((await right(feed.page(everything, beginning, 10))).events).toHaveLength(3)
    expect(await right(feed.positionAt(timestamp(0)))).toBe(0n)
  })

  test('appends nothing, and is told so', async () => {
    const store = postgresStore(reading, { schema })
    const refused = {
      _tag: 'Unavailable',
      outcome: 'nothing written',
      reason: expect.stringContaining('may not'),
    }
    expect(await left(store.append(only(event(stream))))).toMatchObject(refused)
    expect(await left(store.append(only(event(stream, { tags: ['a'] }))))).toMatchObject(refused)
    expect(await right(store.head)).toBe(3n)
  })
})

describe('nobody but the owner', () => {
  const statements = [
    `insert into "${schema}".event select * from "${schema}".event`,
    `update "${schema}".event set type = 'Other'`,
    `delete from "${schema}".event`,
    `truncate "${schema}".event, "${schema}".tag`,
    `select data from "${schema}".event`,
    `copy "${schema}".event to stdout`,
    `select nextval('"${schema}".event_position')`,
    `select setval('"${schema}".event_position', 1)`,
    `alter table "${schema}".event disable trigger all`,
    `create or replace function "${schema}".head() returns bigint language sql as 'select 1::bigint'`,
    `update "${schema}".read_model_entry set state = '{}'`,
    `select state from "${schema}".read_model_entry`,
    `update "${schema}".read_model_place set fence = 0`,
    `select "${schema}".write_entries(1, array['k'], array[1], array['{}'], null)`,
    `insert into "${schema}".migration values (9999, 'later', true)`,
    `drop schema "${schema}" cascade`,
  ]

  test.each(statements)('may %s', async (statement) => {
    for (const pool of [writing, reading, strange]) {
      await expect(pool.unsafe(statement)).rejects.toMatchObject({ code: '42501' })
    }
  })

  test('and whoever has usage of the schema alone neither appends nor reads', async () => {
    const store = postgresStore(strange, { schema })
    const refused = { _tag: 'Unavailable', outcome: 'nothing written' }
    expect(await left(store.append(only(event(stream))))).toMatchObject(refused)
    expect(await left(store.read(everything))).toMatchObject(refused)
    expect(await left(store.head)).toMatchObject(refused)
  })
})

test('what a later migration brings is for the writer, and for nobody else until it is granted', async () => {
  const number = Math.max(...migrations.map((migration) => migration.number)) + 1
  const sql = "create function later() returns int language sql as 'select 7'"
  const later = { number, name: 'later', breaking: false, sql }
  await right(migrateTo([...migrations, later])(owning, { schema }))
  const call = `select "${schema}".later() as answer`
  expect(await writing.unsafe(call)).toEqual([{ answer: 7 }])
  for (const pool of [reading, strange])
    await expect(pool.unsafe(call)).rejects.toMatchObject({ code: '42501' })
})

test('even the owner changes no fact', async () => {
  await expect(owning.unsafe(`update "${schema}".event set type = 'Other'`)).rejects.toMatchObject({
    code: 'DE003',
  })
})
