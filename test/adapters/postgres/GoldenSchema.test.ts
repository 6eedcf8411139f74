/**
 * What the migrations add up to, against the listing in golden/schema.txt: a change of the schema is seen where it is
 * reviewed, and none happens by accident. After a change on purpose, `npm run golden` writes the file anew.
 */
import type { Sql, TransactionSql } from 'postgres'
import { afterAll, describe, expect, test } from 'vitest'
import { migrate, postgresStore } from '../../../src/adapters/postgres/index.js'
import { migrateTo } from '../../../src/adapters/postgres/Migrate.js'
import { migrations } from '../../../src/adapters/postgres/Migrations.generated.js'
import { catalogOf } from './Catalog.js'
import { connect, event, newSchemaName, newStream, only, right } from './support.js'

const sql = connect()
const installed: Array<string> = []

const fresh = (name = newSchemaName()): string => {
  installed.push(name)
  return name
}

afterAll(async () => {
  for (const name of installed) {
    await sql.unsafe(`drop schema if exists "${name.replaceAll('"', '""')}" cascade`)
  }
  await sql.end()
})

/** The listing after a change that is taken back. */
const listing = async (
  pool: Sql,
  schema: string,
  change: (transaction: TransactionSql) => Promise<unknown> = async () => {},
): Promise<string> => {
  let found = ''
  const undo = new Error('taken back')
  await pool
    .begin(async (transaction) => {
      await change(transaction)
      found = await catalogOf(transaction, schema)
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  return found
}

describe('the schema', () => {
  test('is the one that was reviewed', async () => {
    const schema = fresh()
    await right(migrate(sql, { schema }))
    await expect(await listing(sql, schema)).toMatchFileSnapshot('golden/schema.txt')
  })

  test('is the same under another name, and when it was installed one migration at a time with events in it', async () => {
    const [once, stepwise] = [fresh(), fresh(`Odd "name" ${newSchemaName()}`.slice(0, 63))]
    await right(migrate(sql, { schema: once }))
    const store = postgresStore(sql, { schema: stepwise })
    for (const { number } of migrations) {
      const known = migrations.filter((migration) => migration.number <= number)
      await right(migrateTo(known)(sql, { schema: stepwise }))
      await right(store.append(only(event(newStream(), { tags: ['a'] }))))
    }
    expect(await listing(sql, stepwise)).toBe(await listing(sql, once))
    expect(await right(store.head)).toBe(BigInt(migrations.length))
  })
})

describe('the listing', () => {
  const headFunction = (how: string, body: string) =>
    `create or replace function head() returns bigint language plpgsql ${how} set search_path from current
      set enable_seqscan = off set enable_bitmapscan = off as $body$${body}$body$`

  test.each([
    ['a column', 'alter table event add column note text', 'event.note'],
    ['a type', 'alter table event alter column schema_version type int', 'event.schema_version integer'],
    ['a collation', 'alter table event alter column stream type text collate "POSIX"', 'collate "POSIX"'],
    ['a null', 'alter table event alter column metadata drop not null', 'event.metadata json\n'],
    [
      'a default',
      'alter table event alter column version set default 1',
      'event.version bigint not null default 1',
    ],
    ['a constraint', 'alter table event drop constraint event_id_key', '-event_id_key UNIQUE'],
    ['an index', 'drop index event_type_position', '-event_type_position'],
    ['a trigger', 'drop trigger refuse_change on tag', '-BEFORE DELETE OR UPDATE OR TRUNCATE ON tag'],
    ['a trigger that sleeps', 'alter table tag disable trigger refuse_change', 'enabled D'],
    ['a sequence', 'alter sequence event_position cache 32', 'cache 32'],
    [
      'a setting of a table',
      'alter table tag reset (autovacuum_analyze_scale_factor)',
      'table tag with autovacuum_vacuum',
    ],
    ['a function more', 'create function more() returns int language sql as $$select 1$$', 'more()'],
    ['a volatility', 'alter function head() volatile', 'plpgsql volatile security definer'],
    ['a right of a function', 'alter function head() security invoker', 'security invoker'],
    ['a setting of a function', 'alter function head() set work_mem = 64', 'set work_mem=64'],
    ['a search path', 'alter function head() set search_path = public', 'set search_path=public'],
    ['a grant', 'revoke execute on function head() from public', '-head() execute to public'],
    ['a body', headFunction('stable security definer', 'begin return 0; end'), 'head()'],
    ['a type of its own', "create type mood as enum ('good')", 'mood enum of good'],
    ['a view', 'create view newest as select max(position) from event', 'view newest'],
  ])('shows that %s is another', async (_, change, told) => {
    const schema = fresh()
    await right(migrate(sql, { schema }))
    const before = await listing(sql, schema)
    const after = await listing(sql, schema, async (transaction) => {
      await transaction.unsafe(`set local search_path = "${schema}", pg_temp; ${change}`)
    })
    expect(after).not.toBe(before)
    const lines = (text: string) => text.split('\n').map((line) => `${line}\n`)
    const gone = lines(before).filter((line) => !lines(after).includes(line))
    const come = lines(after).filter((line) => !lines(before).includes(line))
    const [where, words] = told.startsWith('-') ? [gone, told.slice(1).split(' ')] : [come, [told]]
    expect(where.some((line) => words.every((word) => line.includes(word)))).toBe(true)
  })
})
