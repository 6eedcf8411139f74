/** What is specific to Postgres about a store that otherwise does what `Journal` says. */
import { randomUUID } from 'node:crypto'
import { either as E } from 'fp-ts'
import postgres, { type ReservedSql, type Sql, type TransactionSql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate, postgresStore } from '../../../src/adapters/postgres/index.js'
import {
  anyOf,
  consistencyToken,
  everything,
  exactly,
  globalPosition,
  noStream,
  type Query,
  streamExists,
  type Tag,
  toStream,
  version,
} from '../../../src/store/index.js'
import {
  connect,
  databaseUrl,
  event,
  type Installed,
  install,
  left,
  newSchemaName,
  newStream,
  only,
  right,
} from './support.js'

let log: Installed

beforeAll(async () => {
  log = await install()
})
afterAll(() => log.end())

const tagged = (...tags: ReadonlyArray<string>): Query => anyOf({ tags: tags as ReadonlyArray<Tag> })

/** A pool of the same log that writes down its statements. */
const counting = () => {
  const statements: Array<string> = []
  const sql = postgres(databaseUrl, {
    max: 1,
    fetch_types: false,
    onnotice: () => {},
    debug: (_connection, statement) => statements.push(statement),
  })
  return { sql, statements, store: postgresStore(sql, { schema: log.schema, hints: 'none' }) }
}

describe('round trips', () => {
  test('an append, a read and a read of a stream are one statement each', async () => {
    const { sql, statements, store } = counting()
    const stream = newStream()
    const first = event(stream, { tags: ['round', 'trip'] })
    await right(store.append(toStream(stream, noStream)([first, event(newStream()), event(stream)])))
    expect(statements).toHaveLength(1)
    await right(store.append(only(first)))
    expect(statements).toHaveLength(2)
    await left(store.append(toStream(stream, noStream)([event(stream)])))
    expect(statements).toHaveLength(3)
    await right(store.readStream(stream, { limit: 1, direction: 'backward' }))
    expect(statements).toHaveLength(4)
    await right(store.read(tagged('round')))
    expect(statements).toHaveLength(5)
    await right(store.read(everything))
    expect(statements).toHaveLength(6)
    await right(store.head)
    expect(statements).toHaveLength(7)
    await sql.end()
  })

  test('nothing is sent for an append without events, nor for wrong input', async () => {
    const { sql, statements, store } = counting()
    await right(store.append(only()))
    await left(store.append(only(event(newStream(), { data: Number.NaN }))))
    await left(store.readStream(newStream(), { limit: -1 }))
    expect(statements).toEqual([])
    await sql.end()
  })

  test('each of the statements has one text, so the server parses it once a connection', async () => {
    const { sql, statements, store } = counting()
    for (const tags of [[], ['a'], ['a', 'b'], []]) {
      await right(store.append(only(event(newStream(), { tags }))))
    }
    // One for the commonest append, events of one stream without tags, and one for all others.
    expect(new Set(statements).size).toBe(2)
    await sql.end()
  })
})

describe('the options of the user', () => {
  test.each([
    ['camel case', { transform: postgres.camel }],
    ['bigint and string types', { types: { bigint: postgres.BigInt, text: upper } }],
    [
      'other JSON and dates',
      { types: { json: { to: 114, from: [114, 3802], serialize: String, parse: () => 'mine' } } },
    ],
    [
      'values and rows',
      { transform: { undefined: null, value: { from: () => 'mine' }, row: { from: shallow } } },
    ],
    ['no prepared statements', { prepare: false }],
    ['no types of the server', { fetch_types: false }],
    ['a default isolation', { connection: { default_transaction_isolation: 'read committed' as const } }],
  ])('%s change nothing', async (_name, options) => {
    const sql = connect(options)
    const store = postgresStore(sql, { schema: log.schema })
    const stream = newStream()
    const [a, b] = [
      event(stream, { tags: ['x y', '"q"', '\\', '{,}', 'NULL', ''.padEnd(512, 'é')] }),
      event(stream),
    ]
    expect(await right(store.append(toStream(stream, noStream)([a, b])))).toMatchObject({
      streams: [{ stream, version: 2n }],
      repeated: false,
    })
    const { events } = await right(store.readStream(stream))
    expect(events.map(({ id, tags, data, version }) => ({ id, tags, data, version }))).toEqual([
      { id: a.id, tags: a.tags, data: a.data, version: 1n },
      { id: b.id, tags: b.tags, data: b.data, version: 2n },
    ])
    const query: Query = { _tag: 'AnyOf', items: [{ categories: [], types: [], tags: a.tags }] }
    expect((await right(store.read(query))).events.at(-1)).toEqual(events[0])
    await sql.end()
  })

  test('every kind of connection of postgres.js is accepted by its type', () => {
    const accepts = (
      plain: Sql,
      typed: Sql<{ bigint: bigint; point: { readonly x: number } }>,
      transaction: TransactionSql<{ bigint: bigint }>,
      reserved: ReservedSql,
    ) => [
      postgresStore(plain),
      postgresStore(typed),
      postgresStore(transaction),
      postgresStore(reserved),
      migrate(typed),
    ]
    expect(accepts).toBeTypeOf('function')
  })
})

/** A type that users do define: text of their own. It serializes as it should and parses as they like. */
const upper = { to: 25, from: [25], serialize: (x: string) => x, parse: (x: string) => x.toUpperCase() }

/** A transform of rows that copies them, as those do that rename keys. */
function shallow(row: object): object {
  return { ...row }
}

describe('payloads', () => {
  test.each<[string, unknown]>([
    ['-0', { zero: -0, list: [-0, 0] }],
    [
      'U+0000, controls and halves of surrogate pairs',
      { text: 'a\u0000b\u001f\ud800\udc00\udfff', '\u0000': '\ud800' },
    ],
    ['keys of the prototype', JSON.parse('{"__proto__":{"x":1},"constructor":1}')],
    ['great and small numbers', [2 ** 53, 1e308, 5e-324, 0.1, -1e21]],
    ['quotes and backslashes', '"\\"\\\\{},NULL\n\t'],
    ['key order and numeric keys', { b: 1, a: 2, '10': 3 }],
    ['a megabyte', 'é'.repeat(500_000)],
    ['512 levels', Array.from({ length: 500 }).reduce((inner) => [inner], 'core')],
    ['null', null],
    ['a text', ''],
  ])('%s come back exactly', async (_name, data) => {
    const stream = newStream()
    await right(
      log.store.append(only(event(stream, { data, metadata: { actor: 'a', nested: { data: [0, -0] } } }))),
    )
    const [recorded] = (await right(log.store.readStream(stream))).events
    expect(Object.is(JSON.stringify(recorded?.data), JSON.stringify(data))).toBe(true)
    expect(recorded?.data).toStrictEqual(data)
    expect(recorded?.metadata).toStrictEqual({ actor: 'a', nested: { data: [0, -0] } })
  })

  test('the text in the table is the text that JSON has, so that other languages read the same', async () => {
    const stream = newStream()
    await right(log.store.append(only(event(stream, { data: { b: -0, a: ['\ud800\u0000'] } }))))
    const [row] = await log.sql.unsafe(
      `select data::text from "${log.schema}".event where stream = $1::text`,
      [stream],
    )
    expect(row?.['data']).toBe('{"b":-0,"a":["\\ud800\\u0000"]}')
  })

  test('the time of recording is the clock of the server, in whole milliseconds', async () => {
    const stream = newStream()
    const [before] = await log.sql.unsafe(
      'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
    )
    await right(log.store.append(only(event(stream), event(stream))))
    const [after] = await log.sql.unsafe(
      'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
    )
    const moments = (await right(log.store.readStream(stream))).events.map(({ recordedAt }) => recordedAt)
    expect(new Set(moments).size).toBe(1)
    expect(Number.isInteger(moments[0])).toBe(true)
    expect(moments[0]).toBeGreaterThanOrEqual(Math.floor(Number(before?.['now'])))
    expect(moments[0]).toBeLessThanOrEqual(Number(after?.['now']))
  })

  test('versions and positions beyond 2^53 survive', async () => {
    const own = await install()
    await own.sql.unsafe(`select setval('"${own.schema}".event_position', 9007199254740993)`)
    await own.sql.unsafe(
      `insert into "${own.schema}".event (position, version, recorded_at, id, schema_version, stream, type, tags, data, metadata)
       values (1, 9007199254740993, now(), $1::text::uuid, 1, 'long', 'A', '{}', '{}', '{}')`,
      [randomUUID()],
    )
    const long = 'long' as ReturnType<typeof newStream>
    const appended = await right(own.store.append(toStream(long, exactly(9007199254740993n))([event(long)])))
    expect(appended).toEqual({
      streams: [{ stream: long, version: 9007199254740994n }],
      lastPosition: 9007199254740994n,
      repeated: false,
    })
    const { events } = await right(own.store.readStream(long, { after: version(9007199254740993n) }))
    expect(events.map(({ version, position }) => [version, position])).toEqual([
      [9007199254740994n, 9007199254740994n],
    ])
    await own.end()
  })

  test('bounds beyond 64 bits are bounds like others', async () => {
    const stream = newStream()
    await right(log.store.append(only(event(stream))))
    const beyond = 2n ** 80n
    expect((await right(log.store.readStream(stream, { to: version(beyond) }))).events).toHaveLength(1)
    expect((await right(log.store.readStream(stream, { after: version(beyond) }))).events).toHaveLength(0)
    expect((await right(log.store.readStream(stream, { limit: 1e300 }))).events).toHaveLength(1)
    expect(await left(log.store.append(toStream(stream, exactly(beyond))([event(stream)])))).toMatchObject({
      _tag: 'VersionConflict',
      expected: exactly(beyond),
      actual: 1n,
    })
    const after = consistencyToken([globalPosition(beyond)])
    const condition = { failIfEventsMatch: everything, after }
    await right(log.store.append({ ...only(event(stream)), condition }))
  })
})

describe('tags whose hashes collide', () => {
  test('neither read nor conflict for each other', async () => {
    const own = await install()
    await right(
      own.store.append(only(event(newStream(), { tags: ['a'] }), event(newStream(), { tags: ['b'] }))),
    )
    // As if both tags had one hash: each tag's entries point at both events.
    await own.sql.unsafe(
      `insert into "${own.schema}".tag select one.hash, other.position, other.type
       from "${own.schema}".tag one, "${own.schema}".tag other where one.position <> other.position`,
    )
    const { events, token } = await right(own.store.read(tagged('a')))
    expect(events.map(({ tags }) => tags)).toEqual([['a']])
    expect(token).toEqual([2n])
    const after = consistencyToken([globalPosition(1)])
    const condition = { failIfEventsMatch: tagged('a'), after }
    expect(E.isRight(await own.store.append({ ...only(event(newStream())), condition })())).toBe(true)
    await own.end()
  })
})

describe('isolation', () => {
  test.each(['repeatable read', 'serializable'])('an append under %s is refused', async (isolation) => {
    await log.sql
      .begin(`isolation level ${isolation}`, async (transaction) => {
        const store = postgresStore(transaction, { schema: log.schema })
        expect(await left(store.append(only(event(newStream()))))).toEqual({
          _tag: 'WrongIsolation',
          isolation,
        })
      })
      .catch((error: { code?: string }) => expect(error.code).toBe('DE001'))
  })

  test('under repeatable read, streams and tags can be read and types alone cannot', async () => {
    const stream = newStream()
    const tag = randomUUID()
    await right(log.store.append(only(event(stream, { tags: [tag] }))))
    await log.sql
      .begin('isolation level repeatable read', async (transaction) => {
        const store = postgresStore(transaction, { schema: log.schema })
        expect((await right(store.readStream(stream))).version).toBe(1n)
        const before = await right(store.read(tagged(tag)))
        await right(log.store.append(only(event(stream, { tags: [tag] }))))
        expect(await right(store.read(tagged(tag)))).toEqual(before)
        const refusal = await left(store.read(anyOf({ types: ['Deposited'] })))
        expect(refusal).toMatchObject({ _tag: 'InvalidInput', path: 'query' })
      })
      .catch((error: { code?: string }) => expect(error.code).toBe('DE001'))
  })
})

describe("the user's transaction", () => {
  test('commits an append with it', async () => {
    const stream = newStream()
    await log.sql.begin(async (transaction) => {
      const store = postgresStore(transaction, { schema: log.schema })
      await right(store.append(toStream(stream, noStream)([event(stream)])))
      expect((await right(store.readStream(stream))).version).toBe(1n)
      expect((await right(log.store.readStream(stream))).version).toBe(0n)
    })
    expect((await right(log.store.readStream(stream))).version).toBe(1n)
  })

  test('rolls an append back with it, and the ids can be used again', async () => {
    const stream = newStream()
    const once = event(stream)
    await log.sql
      .begin(async (transaction) => {
        await right(postgresStore(transaction, { schema: log.schema }).append(only(once)))
        throw new Error('changed my mind')
      })
      .catch(() => {})
    expect((await right(log.store.readStream(stream))).version).toBe(0n)
    expect(await right(log.store.append(only(once)))).toMatchObject({ repeated: false })
  })

  test('outlives every kind of conflict', async () => {
    const stream = newStream()
    const first = event(stream, { tags: [stream] })
    await right(log.store.append(only(first)))
    await log.sql.begin(async (transaction) => {
      const store = postgresStore(transaction, { schema: log.schema })
      expect(await left(store.append(toStream(stream, noStream)([event(stream)])))).toEqual({
        _tag: 'VersionConflict',
        stream,
        expected: noStream,
        actual: 1n,
      })
      const unseen = newStream()
      expect(await left(store.append(toStream(unseen, streamExists)([event(stream)])))).toMatchObject({
        actual: 0n,
      })
      const condition = { failIfEventsMatch: tagged(stream) }
      expect((await left(store.append({ ...only(event(stream)), condition })))._tag).toBe('ConditionConflict')
      const taken = { ...event(stream), id: first.id, data: { other: true } }
      expect(await left(store.append(only(taken)))).toEqual({ _tag: 'DuplicateEventId', id: first.id })
      await right(store.append(toStream(stream, exactly(1))([event(stream)])))
    })
    expect((await right(log.store.readStream(stream))).version).toBe(2n)
  })

  test('sees its own appends by types alone, and waits for none of them', async () => {
    const type = randomUUID()
    await log.sql.begin(async (transaction) => {
      const store = postgresStore(transaction, { schema: log.schema })
      await right(store.append(only(event(newStream(), { type }))))
      const { events, token } = await right(store.read(anyOf({ types: [type] })))
      expect(events).toHaveLength(1)
      expect(token).toEqual([events[0]?.position])
    })
  })

  test('two of them that lock each other out end with Busy for one', async () => {
    const [a, b] = [newStream(), newStream()]
    const outcomes: Array<string> = []
    const both = async (first: typeof a, second: typeof a, ready: () => Promise<void>) =>
      log.sql
        .begin(async (transaction) => {
          const store = postgresStore(transaction, { schema: log.schema })
          await right(store.append(only(event(first))))
          await ready()
          const result = await store.append(only(event(second)))()
          outcomes.push(E.isRight(result) ? 'appended' : result.left._tag)
        })
        .catch((error: { code?: string }) => expect(error.code).toBe('40P01'))
    let waiting = 2
    let open: () => void = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const ready = () => {
      waiting -= 1
      if (waiting === 0) open()
      return gate
    }
    await Promise.all([both(a, b, ready), both(b, a, ready)])
    expect(outcomes.sort()).toEqual(['Busy', 'appended'])
  })

  test('a timeout for locks gives Busy, the pool goes on, and no lock is left', async () => {
    const stream = newStream()
    const name = randomUUID()
    const impatient = connect({ connection: { lock_timeout: 50, application_name: name } })
    const store = postgresStore(impatient, { schema: log.schema })
    await log.sql.begin(async (transaction) => {
      await right(postgresStore(transaction, { schema: log.schema }).append(only(event(stream))))
      expect((await left(store.append(only(event(stream)))))._tag).toBe('Busy')
      expect((await left(store.read(anyOf({ types: ['Deposited'] }))))._tag).toBe('Busy')
      await right(store.append(only(event(newStream()))))
      const locks = await transaction.unsafe(
        `select l.* from pg_locks l join pg_stat_activity a using (pid)
         where a.application_name = $1::text and l.locktype = 'advisory'`,
        [name],
      )
      expect(locks).toEqual([])
    })
    await right(store.append(only(event(stream))))
    await impatient.end()
  })
})

describe('many keys', () => {
  test.each([65, 1_100])(
    'an append to %i streams with a tag each takes no more than two locks',
    async (count) => {
      const events = Array.from({ length: count }, (_, index) => event(newStream(), { tags: [`t${index}`] }))
      await log.sql.begin(async (transaction) => {
        const store = postgresStore(transaction, { schema: log.schema })
        const appended = await right(store.append(only(...events)))
        expect(appended.streams).toEqual(events.map(({ stream }) => ({ stream, version: 1n })))
        const [locks] = await transaction.unsafe(
          "select count(*)::int as held from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()",
        )
        expect(locks?.['held']).toBeLessThanOrEqual(2)
      })
      expect((await right(log.store.read(tagged('t64')))).events.length).toBeGreaterThan(0)
    },
  )

  test('an append of 1,500 events keeps their order', async () => {
    const stream = newStream()
    const events = Array.from({ length: 1_500 }, (_, index) => event(stream, { data: index }))
    await right(log.store.append(toStream(stream, noStream)(events)))
    const slice = await right(log.store.readStream(stream))
    expect(slice.events.map(({ data }) => data)).toEqual(events.map(({ data }) => data))
    expect(slice.events.map(({ version }) => version)).toEqual(events.map((_, index) => BigInt(index + 1)))
  })
})

describe('a schema that is not there', () => {
  test('is named as the reason, and what to do', async () => {
    const store = postgresStore(log.sql, { schema: newSchemaName() })
    const unavailable = {
      _tag: 'Unavailable',
      outcome: 'nothing written',
      reason: expect.stringContaining('run migrate'),
    }
    expect(await left(store.append(only(event(newStream()))))).toMatchObject(unavailable)
    expect(await left(store.readStream(newStream()))).toMatchObject(unavailable)
    expect(await left(store.read(everything))).toMatchObject(unavailable)
    expect(await left(store.head)).toMatchObject(unavailable)
  })
})
