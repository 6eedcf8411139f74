/** Installing and upgrading: once, whoever comes first, under any name that a schema can have. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { either as E } from 'fp-ts'
import { afterAll, describe, expect, test } from 'vitest'
import { migrate, postgresStore } from '../../../src/adapters/postgres/index.js'
import { type Migration, migrateTo } from '../../../src/adapters/postgres/Migrate.js'
import { migrations } from '../../../src/adapters/postgres/Migrations.generated.js'
import { embedded, embeddedPath } from '../../../tools/migrations/embed.js'
import { connect, event, left, newSchemaName, newStream, only, right } from './support.js'

const sql = connect({ max: 20 })
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

const next = Math.max(...migrations.map(({ number }) => number)) + 1
const all = migrations.map(({ number, name }) => `${String(number).padStart(4, '0')}_${name}`)

const later = (number: number, breaking: boolean): Migration => ({
  number,
  name: 'later',
  breaking,
  sql: 'create table later (id int)',
})

describe('the embedded migrations', () => {
  test('are the files, to the letter', () => {
    expect(readFileSync(embeddedPath, 'utf8')).toBe(embedded())
  })
})

describe('migrate', () => {
  test('installs, and then has nothing left to do', async () => {
    const schema = fresh()
    expect(await right(migrate(sql, { schema }))).toEqual({ applied: all })
    expect(await right(migrate(sql, { schema }))).toEqual({ applied: [] })
  })

  test('twenty at once install one schema, and all succeed', async () => {
    const schema = fresh()
    const results = await Promise.all(Array.from({ length: 20 }, () => right(migrate(sql, { schema }))))
    expect(results.flatMap(({ applied }) => applied).toSorted()).toEqual(all)
    const stream = newStream()
    expect((await right(postgresStore(sql, { schema }).append(only(event(stream))))).lastPosition).toBe(1n)
  })

  test('runs what is missing, once, from several processes', async () => {
    const schema = fresh()
    await right(migrate(sql, { schema }))
    const upgrade = migrateTo([...migrations, later(next, false)])
    const results = await Promise.all(Array.from({ length: 8 }, () => right(upgrade(sql, { schema }))))
    expect(results.flatMap(({ applied }) => applied)).toEqual([`${String(next).padStart(4, '0')}_later`])
  })

  test('leaves nothing behind of a migration that fails', async () => {
    const schema = fresh()
    const broken = migrateTo([
      ...migrations,
      { ...later(next, false), sql: 'create table half (id int); select 1/0' },
    ])
    expect((await left(broken(sql, { schema })))._tag).toBe('Unavailable')
    expect(await sql.unsafe(`select number from "${schema}".migration`)).toHaveLength(migrations.length)
    expect(await sql.unsafe('select to_regclass($1::text) as half', [`"${schema}".half`])).toEqual([
      { half: null },
    ])
  })

  test('refuses a schema that a newer version changed in a breaking way, and takes one that is only newer', async () => {
    const [breaking, additive] = [fresh(), fresh()]
    await right(migrateTo([...migrations, later(next, true)])(sql, { schema: breaking }))
    await right(migrateTo([...migrations, later(next, false)])(sql, { schema: additive }))
    expect(await left(migrate(sql, { schema: breaking }))).toEqual({
      _tag: 'NewerSchema',
      migration: `${String(next).padStart(4, '0')}_later`,
    })
    expect(await right(migrate(sql, { schema: additive }))).toEqual({ applied: [] })
  })

  const odd = randomUUID().slice(0, 8)
  test.each([
    `"; drop schema public; --${odd}`,
    `a.b ${odd}`,
    `$body$; select 1; $body$${odd}`,
    `O'Hara ${odd}`,
    `Ünïcode 🦄 ${odd}`,
    `\\ ${odd}`,
    `$user${odd}`,
    `UPPER${odd}`,
  ])('serves a store in a schema named %s', async (name) => {
    const schema = fresh(name)
    await right(migrate(sql, { schema }))
    const store = postgresStore(sql, { schema })
    const stream = newStream()
    await right(store.append(only(event(stream, { tags: ['a'] }))))
    expect((await right(store.readStream(stream))).version).toBe(1n)
    expect(await sql.unsafe('select from pg_namespace where nspname = $1::text', [schema])).toHaveLength(1)
  })

  test.each([
    ['', 'is empty'],
    ['pg_decider', 'begins with pg_'],
    ['$user', 'means the schema of the current user'],
    ['a\u0000b', 'contains U+0000'],
    ['\ud800', 'contains half of a surrogate pair'],
    ['é'.repeat(32), 'is longer than 63 bytes'],
  ])('refuses the schema name %j: it %s', async (schema, reason) => {
    const refusal = { _tag: 'InvalidInput', path: 'options.schema', reason: expect.stringContaining(reason) }
    expect(await left(migrate(sql, { schema }))).toEqual(refusal)
    const store = postgresStore(sql, { schema })
    expect(await left(store.append(only(event(newStream()))))).toEqual(refusal)
    expect(await left(store.readStream(newStream()))).toEqual(refusal)
    expect(await left(store.head)).toEqual(refusal)
  })

  test('two stores in one database neither see nor lock each other', async () => {
    const [one, other] = [fresh(), fresh()]
    await right(migrate(sql, { schema: one }))
    await right(migrate(sql, { schema: other }))
    const stream = newStream()
    await sql.begin(async (transaction) => {
      await right(postgresStore(transaction, { schema: one }).append(only(event(stream, { tags: ['a'] }))))
      const store = postgresStore(sql, { schema: other })
      expect((await right(store.append(only(event(stream, { tags: ['a'] }))))).streams).toEqual([
        { stream, version: 1n },
      ])
      expect(E.isRight(await store.read({ _tag: 'Everything' })())).toBe(true)
    })
  })

  test('a role with nothing but usage on the schema appends and reads, and can change nothing', async () => {
    const schema = fresh()
    const role = `role_${randomUUID().replaceAll('-', '')}`
    await right(migrate(sql, { schema }))
    await sql.unsafe(`create role ${role}; grant usage on schema "${schema}" to ${role}`)
    try {
      await sql.begin(async (transaction) => {
        await transaction.unsafe(`set local role ${role}`)
        const store = postgresStore(transaction, { schema })
        const stream = newStream()
        await right(store.append(only(event(stream, { tags: ['a'] }))))
        expect((await right(store.readStream(stream))).version).toBe(1n)
        expect((await right(store.read({ _tag: 'Everything' }))).events).toHaveLength(1)
        expect(await right(store.head)).toBe(1n)
      })
      const forbidden = sql.begin(async (transaction) => {
        await transaction.unsafe(`set local role ${role}`)
        await transaction.unsafe(`insert into "${schema}".tag values (1, 1, 'a')`)
      })
      await expect(forbidden).rejects.toMatchObject({ code: '42501' })
    } finally {
      await sql.unsafe(`drop owned by ${role}; drop role ${role}`)
    }
  })

  test('recorded events cannot be changed, even by their owner', async () => {
    const schema = fresh()
    await right(migrate(sql, { schema }))
    await right(postgresStore(sql, { schema }).append(only(event(newStream(), { tags: ['a'] }))))
    for (const change of [
      `update "${schema}".event set type = 'Other'`,
      `delete from "${schema}".event`,
      `truncate "${schema}".event, "${schema}".tag`,
      `delete from "${schema}".tag`,
    ]) {
      await expect(sql.unsafe(change)).rejects.toMatchObject({ code: 'DE003' })
    }
  })
})
