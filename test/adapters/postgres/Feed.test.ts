/** The log as it is followed: in the order of positions, whoever commits first, and without waiting for strangers. */
import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { postgresStore } from '../../../src/adapters/postgres/index.js'
import type { FollowedStore } from '../../../src/run/Feed.js'
import {
  anyOf,
  beginning,
  everything,
  globalPosition,
  type Json,
  type Query,
  streamIdFrom,
  type Tag,
  timestamp,
} from '../../../src/store/index.js'
import { seed } from '../../properties/Law.js'
import { followerOf, openTransaction } from './Follower.js'
import { connect, databaseUrl, event, install, left, newStream, only, right, sleep } from './support.js'

let sql: Sql

beforeAll(() => {
  sql = connect({ max: 8 })
})
afterAll(() => sql.end())

const fresh = async (): Promise<{ readonly schema: string; readonly store: FollowedStore }> => {
  const { schema, store, end } = await install({ max: 4 })
  onTestFinished(end)
  return { schema, store }
}

const one = () => only(event(newStream()))

const positions = (events: ReadonlyArray<{ readonly position: bigint }>) =>
  events.map(({ position }) => Number(position))

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('pages', () => {
  test('hold what the query matches, in order, and reach over what it leaves out', async () => {
    const { store } = await fresh()
    const tags = ['a']
    for (const type of ['A', 'B', 'B', 'A', 'B'])
      await right(store.append(only(event(newStream(), { type, tags }))))
    const all = await right(store.feed.page(everything, beginning, 100))
    expect(all).toMatchObject({ upTo: 5n, beyond: 'nothing' })
    expect(all.events).toEqual((await right(store.read(everything))).events)
    const queries: ReadonlyArray<readonly [Query, ReadonlyArray<number>]> = [
      [anyOf({ types: ['A'] }), [1, 4]],
      [anyOf({ types: ['A', 'B'] }), [1, 2, 3, 4, 5]],
      [anyOf({ types: ['A', 'A'] }), [1, 4]],
      [anyOf({ tags: tags as ReadonlyArray<string> as ReadonlyArray<Tag>, types: ['B'] }), [2, 3, 5]],
      [
        anyOf({ types: ['A'] }, { tags: tags as ReadonlyArray<string> as ReadonlyArray<Tag> }),
        [1, 2, 3, 4, 5],
      ],
      [anyOf({}), [1, 2, 3, 4, 5]],
      [anyOf({ types: ['C'] }), []],
    ]
    for (const [query, matching] of queries) {
      const page = await right(store.feed.page(query, beginning, 100))
      expect(positions(page.events)).toEqual(matching)
      expect(page).toMatchObject({ upTo: 5n, beyond: 'nothing' })
    }
  })

  test('end at their limit, where there is more', async () => {
    const { store } = await fresh()
    for (let time = 0; time < 5; time++) await right(store.append(one()))
    const page = (after: number, limit: number) =>
      right(store.feed.page(everything, globalPosition(after), limit))
    expect(await page(0, 2)).toMatchObject({ upTo: 2n, beyond: 'more' })
    expect(await page(2, 2)).toMatchObject({ upTo: 4n, beyond: 'more' })
    expect(await page(4, 2)).toMatchObject({ upTo: 5n, beyond: 'nothing' })
    expect(await page(3, 2)).toMatchObject({ upTo: 5n, beyond: 'nothing' })
    expect(await page(5, 2)).toEqual({ events: [], upTo: 5n, beyond: 'nothing' })
    expect(await page(77, 2)).toEqual({ events: [], upTo: 77n, beyond: 'nothing' })
    expect(await page(0, 1_000_000)).toMatchObject({ upTo: 5n, beyond: 'nothing' })
  })

  test('reach over a stretch of the log at a time, where a category is rare', async () => {
    const { store, schema } = await fresh()
    await right(store.append(only(event(streamIdFrom('rare-1'), { type: 'A' }))))
    await sql.unsafe(`
      insert into "${schema}".event
      select nextval('"${schema}".event_position'), i, now(), gen_random_uuid(), 1, 'common-1', 'A', '{}', '{}', '{}'
      from generate_series(2, 25000) i`)
    await right(store.append(only(event(streamIdFrom('rare-2'), { type: 'A', tags: ['a'] }))))
    await right(store.feed.page(everything, globalPosition(25_001), 1))
    const tags = ['a'] as ReadonlyArray<string> as ReadonlyArray<Tag>
    for (const types of [[], ['A']]) {
      const page = (after: number) =>
        right(store.feed.page(anyOf({ categories: ['rare'], types }), globalPosition(after), 100))
      expect(await page(0)).toMatchObject({ events: [{ position: 1n }], upTo: 10_000n, beyond: 'more' })
      expect(await page(10_000)).toEqual({ events: [], upTo: 20_000n, beyond: 'more' })
      const last = { events: [{ position: 25_001n }], upTo: 25_001n, beyond: 'nothing' }
      expect(await page(20_000)).toMatchObject(last)
      const tagged = anyOf({ categories: ['rare'], types, tags })
      expect(await right(store.feed.page(tagged, beginning, 100))).toMatchObject(last)
    }
  })

  test('of an empty log are empty', async () => {
    const { store } = await fresh()
    expect(await right(store.feed.page(everything, beginning, 9))).toEqual({
      events: [],
      upTo: 0n,
      beyond: 'nothing',
    })
  })

  test('end before they grow beyond what a program can hold', async () => {
    const { store } = await fresh()
    const data = () => randomBytes(1_000_000).toString('base64')
    for (let time = 0; time < 8; time++) await right(store.append(only(event(newStream(), { data: data() }))))
    const follower = followerOf(store.feed)
    expect(await follower.page()).toMatchObject({ beyond: 'more' })
    expect(follower.met.length).toBeLessThan(6)
    await follower.drain()
    expect(follower.met).toEqual((await right(store.read(everything))).events)
  })

  test('keep every event to the letter', async () => {
    const { store } = await fresh()
    const hostile = [
      '\u0000',
      '\u001f',
      '"',
      '\\',
      '{',
      '}',
      ',',
      '[]',
      '\ud83d',
      '\u2028',
      'NULL',
      ' ',
      '\n',
      '💥',
    ]
    const payloads: ReadonlyArray<Json> = [
      -0,
      0.1,
      5e-324,
      1.7976931348623157e308,
      null,
      [],
      {},
      { b: 1, a: 2, '10': 3, '2': 4 },
      { ['__proto__']: { x: 1 } },
      [[-0, [null, [true]]]],
      ...hostile,
      { text: hostile, [hostile.join('')]: 1 },
    ]
    const names = ['a b', '"', '\\', '{}', ',', '\u001f', '\n', "'", '💥', '[1]']
    for (const [index, data] of payloads.entries()) {
      const name = names[index % names.length] ?? ''
      await right(
        store.append(
          only(
            event(streamIdFrom(`s${name}`), {
              data,
              type: `T${name}`,
              tags: index % 2 === 0 ? [] : [name, 'x'],
            }),
          ),
        ),
      )
    }
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (data) => {
        await right(store.append(only(event(newStream(), { data: data as Json }))))
      }),
      { seed, numRuns: 30 },
    )
    const { events } = await right(store.read(everything))
    const page = await right(store.feed.page(everything, beginning, 1_000))
    expect(page.events).toEqual(events)
    expect(page.events.map((each) => JSON.stringify(each.data))).toEqual(
      events.map((each) => JSON.stringify(each.data)),
    )
    expect(page.events.slice(0, payloads.length).map(({ data }) => data)).toEqual(payloads)
  })

  test('refuse what makes no sense', async () => {
    const { store, schema } = await fresh()
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      expect(await left(store.feed.page(everything, beginning, limit))).toMatchObject({ path: 'limit' })
    }
    expect(await left(store.feed.page(anyOf({ types: ['\u0000'] }), beginning, 1))).toMatchObject({
      _tag: 'InvalidInput',
    })
    expect(await left(store.feed.positionAt(timestamp(Number.NaN)))).toMatchObject({ path: 'time' })
    expect(
      await left(postgresStore(sql, { schema: 'pg_x' }).feed.page(everything, beginning, 1)),
    ).toMatchObject({
      path: 'options.schema',
    })
    for (const isolation of ['repeatable read', 'serializable']) {
      await sql
        .begin(`isolation level ${isolation}`, async (transaction) => {
          expect(
            await left(postgresStore(transaction, { schema }).feed.page(everything, beginning, 1)),
          ).toEqual({
            _tag: 'InvalidInput',
            path: 'connection',
            reason: `is under ${isolation}, and following needs READ COMMITTED`,
          })
          throw new Error('done')
        })
        .catch((thrown: Error) => expect(thrown.message).toMatch(/done|aborted/))
    }
  })
})

describe('an append that is under way', () => {
  test('holds back what stands above it, and nothing else; both come in the order of positions', async () => {
    const { store, schema } = await fresh()
    const follower = followerOf(store.feed)
    await right(store.append(one()))
    const slow = await openTransaction(sql, schema)
    await slow.append(one())
    await right(store.append(one()))
    expect(await follower.drain()).toMatchObject({ upTo: 1n, beyond: 'unsettled' })
    expect(await follower.drain()).toMatchObject({ events: [], upTo: 1n, beyond: 'unsettled' })
    await slow.end('commit')
    expect(await follower.drain()).toMatchObject({ upTo: 3n, beyond: 'nothing' })
    expect(positions(follower.met)).toEqual([1, 2, 3])
  })

  test('and is rolled back leaves a gap that the next page crosses', async () => {
    const { store, schema } = await fresh()
    const follower = followerOf(store.feed)
    const slow = await openTransaction(sql, schema)
    await slow.append(only(event(newStream()), event(newStream())))
    await right(store.append(one()))
    expect(await follower.drain()).toMatchObject({ upTo: 0n, beyond: 'unsettled' })
    await slow.end('rollback')
    expect(await follower.page()).toMatchObject({ upTo: 3n, beyond: 'nothing' })
    expect(positions(follower.met)).toEqual([3])
  })

  test('several at once, some committed and some rolled back, in any order', async () => {
    const { store, schema } = await fresh()
    const follower = followerOf(store.feed)
    const slow = await Promise.all([1, 2, 3, 4].map(() => openTransaction(sql, schema)))
    for (let round = 0; round < 3; round++) {
      for (const transaction of slow) {
        await transaction.append(only(event(newStream()), event(newStream())))
        await right(store.append(one()))
        await follower.drain()
      }
    }
    for (const [index, transaction] of slow.toReversed().entries()) {
      await transaction.end(index % 2 === 0 ? 'commit' : 'rollback')
      await follower.drain()
    }
    expect(await follower.drain()).toMatchObject({ beyond: 'nothing' })
    expect(follower.met).toEqual((await right(store.read(everything))).events)
    expect(follower.met).toHaveLength(12 + 12)
  })

  test('keeps a gap of another that had ended before from holding anything back', async () => {
    const { store, schema } = await fresh()
    const follower = followerOf(store.feed)
    const [dead, long] = [await openTransaction(sql, schema), await openTransaction(sql, schema)]
    await dead.append(one())
    await right(store.append(one()))
    expect(await follower.drain()).toMatchObject({ upTo: 0n, beyond: 'unsettled' })
    await long.append(one())
    await dead.end('rollback')
    await right(store.append(one()))
    expect(await follower.drain()).toMatchObject({ upTo: 2n, beyond: 'unsettled' })
    await long.end('commit')
    await follower.drain()
    expect(positions(follower.met)).toEqual([2, 3, 4])
  })

  test('and never ends holds back nothing that follows a place without a gap, whoever comes first to look', async () => {
    const { store, schema } = await fresh()
    const long = await openTransaction(sql, schema)
    await long.append(one())
    for (let time = 0; time < 5; time++) await right(store.append(one()))
    const late = followerOf(postgresStore(sql, { schema }).feed, everything, globalPosition(2))
    expect(await late.drain()).toMatchObject({ upTo: 6n, beyond: 'nothing' })
    expect(positions(late.met)).toEqual([3, 4, 5, 6])
    // What that one saw says nothing of the places below its start.
    const early = followerOf(store.feed)
    expect(await early.drain()).toMatchObject({ upTo: 0n, beyond: 'unsettled' })
    await long.end('commit')
    await early.drain()
    expect(positions(early.met)).toEqual(upTo(6))
  })

  test('in the caller’s own transaction is visible to it and holds nothing back', async () => {
    const { store, schema } = await fresh()
    await right(store.append(one()))
    await sql.begin(async (transaction) => {
      const own = postgresStore(transaction, { schema })
      await right(own.append(one()))
      expect(await right(own.feed.page(everything, beginning, 10))).toMatchObject({
        upTo: 2n,
        beyond: 'nothing',
      })
    })
  })

  test('loses what it did after a savepoint, and that gap is crossed while the rest is waited for', async () => {
    const { store, schema } = await fresh()
    const follower = followerOf(store.feed)
    const writer = await openTransaction(sql, schema)
    await writer.run('savepoint s')
    await writer.append(one())
    await writer.run('rollback to s')
    await right(store.append(one()))
    expect(await follower.drain()).toMatchObject({ upTo: 2n, beyond: 'nothing' })
    await writer.append(one())
    await right(store.append(one()))
    expect(await follower.drain()).toMatchObject({ upTo: 2n, beyond: 'unsettled' })
    await writer.end('commit')
    await follower.drain()
    expect(positions(follower.met)).toEqual([2, 3, 4])
  })

  test('keeps the order of a stream when it is late in an older transaction', async () => {
    const { store, schema } = await fresh()
    const stream = newStream()
    const older = await openTransaction(sql, schema)
    await older.run('create temporary table older_transaction (id int) on commit drop')
    await right(store.append(only(event(stream))))
    await older.append(only(event(stream)))
    await older.end('commit')
    const follower = followerOf(store.feed)
    await follower.drain()
    expect(follower.met.map(({ version }) => version)).toEqual([1n, 2n])
  })
})

describe('strangers', () => {
  /** A gap that nobody owns, so that the feed has to look at the locks. */
  const withGap = async (store: FollowedStore, schema: string): Promise<void> => {
    await right(store.append(one()))
    const dead = await openTransaction(sql, schema)
    await dead.append(one())
    await dead.end('rollback')
    await right(store.append(one()))
  }

  test.each([
    ['that writes', 'begin', 'create temporary table stranger (id int) on commit drop'],
    ['that reads an old snapshot', 'begin isolation level repeatable read', 'select count(*) from pg_class'],
    ['that holds an advisory lock of its own', 'begin', 'select pg_advisory_xact_lock_shared(1, 1)'],
  ])('a long transaction %s holds nothing back', async (_name, begin, statement) => {
    const { store, schema } = await fresh()
    const stranger = await openTransaction(sql, schema, begin)
    await stranger.run(statement)
    await withGap(store, schema)
    expect(await right(store.feed.page(everything, beginning, 9))).toMatchObject({
      upTo: 1n,
      beyond: 'unsettled',
    })
    const page = await right(store.feed.page(everything, globalPosition(1), 9))
    expect(page).toMatchObject({ upTo: 3n, beyond: 'nothing' })
    await stranger.end('commit')
  })

  test('a long append in another database or another schema holds nothing back', async () => {
    const { store, schema } = await fresh()
    const other = await fresh()
    const name = `other_${randomUUID().replaceAll('-', '')}`
    await sql.unsafe(`create database ${name}`)
    const url = new URL(databaseUrl)
    url.pathname = name
    const elsewhere = connect({ host: url.hostname, port: Number(url.port), database: name, max: 2 })
    await elsewhere.unsafe(`
      create schema "${schema}"; create table "${schema}".event (position bigint)`)
    const strangers = [await openTransaction(sql, other.schema), await openTransaction(elsewhere, schema)]
    await strangers[0]?.append(one())
    await strangers[1]?.run(`select pg_advisory_xact_lock_shared('"${schema}".event'::regclass::oid::int, 1)`)
    await withGap(store, schema)
    await followerOf(store.feed).drain()
    expect(await right(store.feed.page(everything, globalPosition(1), 9))).toMatchObject({
      upTo: 3n,
      beyond: 'nothing',
    })
    expect(await followerOf(other.store.feed).drain()).toMatchObject({ upTo: 0n, beyond: 'nothing' })
    for (const stranger of strangers) await stranger.end('commit')
    await elsewhere.end()
    await sql.unsafe(`drop database ${name}`)
  })

  const preparedMost = async (): Promise<number> => {
    const [row] = await sql.unsafe('show max_prepared_transactions')
    return Number(row?.['max_prepared_transactions'])
  }

  test('a prepared transaction of theirs holds nothing back; of an append, what stands above it', async (context) => {
    if ((await preparedMost()) === 0) context.skip('the server has max_prepared_transactions = 0')
    const { store, schema } = await fresh()
    const [strange, own] = [`s-${randomUUID()}`, `o-${randomUUID()}`]
    const stranger = await openTransaction(sql, schema)
    await stranger.run(`select pg_advisory_xact_lock(12345, 1)`)
    await stranger.end(`prepare transaction '${strange}'`)
    const follower = followerOf(store.feed)
    const writer = await openTransaction(sql, schema)
    await writer.append(one())
    await right(store.append(one()))
    // The mark is made while the writer has its old name, which it loses.
    expect(await follower.drain()).toMatchObject({ upTo: 0n, beyond: 'unsettled' })
    await writer.end(`prepare transaction '${own}'`)
    expect(await follower.drain()).toMatchObject({ upTo: 0n, beyond: 'unsettled' })
    await sql.unsafe(`commit prepared '${own}'`)
    expect(await follower.drain()).toMatchObject({ upTo: 2n, beyond: 'nothing' })
    await withGap(store, schema)
    await follower.drain()
    expect(await follower.drain()).toMatchObject({ upTo: 5n, beyond: 'nothing' })
    expect(positions(follower.met)).toEqual([1, 2, 3, 5])
    await sql.unsafe(`rollback prepared '${strange}'`)
  })
})

describe('a sequence', () => {
  test('that does not begin at 1, or jumps, by a crash or by hand, costs nothing', async () => {
    const { store, schema } = await fresh()
    const follower = followerOf(store.feed)
    const jumpTo = (place: number) => sql.unsafe(`select setval('"${schema}".event_position', ${place})`)
    for (const place of [41, 74, 5_000_000, 4_000_000_000_000, 2 ** 53]) {
      await jumpTo(place)
      await right(store.append(one()))
      expect(await follower.drain()).toMatchObject({ beyond: 'nothing' })
    }
    expect(follower.met).toEqual((await right(store.read(everything))).events)
    expect(follower.place()).toBe(BigInt(2 ** 53) + 1n)
  })

  test('beyond a gap of millions, under which an append is in flight, holds back only what is above', async () => {
    const { store, schema } = await fresh()
    const follower = followerOf(store.feed)
    await right(store.append(one()))
    const slow = await openTransaction(sql, schema)
    await slow.append(one())
    await sql.unsafe(`select setval('"${schema}".event_position', 3000000)`)
    await right(store.append(one()))
    expect(await follower.drain()).toMatchObject({ upTo: 1n, beyond: 'unsettled' })
    await slow.end('commit')
    await follower.drain()
    expect(positions(follower.met)).toEqual([1, 2, 3_000_001])
  })
})

describe('many events', () => {
  test('below an append that never ends are read in strides; far above a gap, at once when it has ended', async () => {
    const { store, schema } = await fresh()
    const insert = (count: number) =>
      sql.unsafe(`
        insert into "${schema}".event
        select nextval('"${schema}".event_position'), i, now(), gen_random_uuid(), 1, 'bulk-' || gen_random_uuid(),
          case when i % 10000 = 1 then 'Rare' else 'Common' end, '{}', '{}', '{}'
        from generate_series(1, ${count}) i`)
    await insert(25_000)
    const long = await openTransaction(sql, schema)
    await long.append(one())
    await insert(12_000)
    const rare = followerOf(store.feed, anyOf({ types: ['Rare'] }))
    expect(await rare.drain()).toMatchObject({ upTo: 25_000n, beyond: 'unsettled' })
    expect(positions(rare.met)).toEqual([1, 10_001, 20_001])
    const all = followerOf(postgresStore(sql, { schema }).feed)
    expect(await all.drain(10_000)).toMatchObject({ upTo: 25_000n, beyond: 'unsettled' })
    await long.end('rollback')
    expect(await rare.page()).toMatchObject({ upTo: 37_001n, beyond: 'nothing' })
    expect(positions(rare.met)).toEqual([1, 10_001, 20_001, 25_002, 35_002])
    await all.drain(10_000)
    expect(all.met).toHaveLength(37_000)
  })

  test('while writers run and roll back: every follower meets the log, once and in order', async () => {
    const { store, schema } = await fresh()
    const deadline = Date.now() + 2_000
    let running = 5
    const write = async (): Promise<void> => {
      while (Date.now() < deadline) {
        const events = Array.from({ length: 1 + Math.floor(Math.random() * 3) }, () =>
          event(newStream(), { type: Math.random() < 0.5 ? 'A' : 'B' }),
        )
        if (Math.random() < 0.6) {
          await right(store.append(only(...events)))
          continue
        }
        const slow = await openTransaction(sql, schema)
        await slow.append(only(...events))
        await sleep(Math.random() * 15)
        await slow.end(Math.random() < 0.4 ? 'rollback' : 'commit')
      }
      running -= 1
    }
    const follow = async (own: FollowedStore, query: Query, limit: number) => {
      const follower = followerOf(own.feed, query)
      while (running > 0) await follower.page(limit)
      expect(await follower.drain()).toMatchObject({ beyond: expect.not.stringMatching('more') })
      expect(await follower.drain()).toMatchObject({ beyond: 'nothing' })
      expect(follower.met).toEqual((await right(own.read(query))).events)
      return follower.met.length
    }
    const another = postgresStore(sql, { schema })
    const [all] = await Promise.all([
      follow(store, everything, 3),
      follow(store, anyOf({ types: ['A'] }), 100),
      follow(another, everything, 100),
      ...upTo(running).map(write),
    ])
    expect(all).toBeGreaterThan(100)
  })
})

describe('a log that is no longer the one that was known', () => {
  test('made anew under the same name is followed as a new one', async () => {
    const { store, schema } = await fresh()
    for (let time = 0; time < 3; time++) await right(store.append(one()))
    expect(await followerOf(store.feed).drain()).toMatchObject({ upTo: 3n })
    // What a restore from a backup does, or a standby that had not received everything.
    await sql.unsafe(`
      alter table "${schema}".event disable trigger user; truncate "${schema}".event;
      select setval('"${schema}".event_position', 1, false)`)
    const slow = await openTransaction(sql, schema)
    await slow.append(one())
    await right(store.append(one()))
    const follower = followerOf(store.feed)
    expect(await follower.drain()).toMatchObject({ upTo: 0n, beyond: 'unsettled' })
    await slow.end('commit')
    await follower.drain()
    expect(positions(follower.met)).toEqual([1, 2])
  })
})

describe('the place before a moment', () => {
  /** Events at the given places, recorded at the given milliseconds. */
  const recorded = async (entries: ReadonlyArray<readonly [position: number, moment: number]>) => {
    const { store, schema } = await fresh()
    await sql.unsafe(
      `insert into "${schema}".event
       select p, 1, 'epoch'::timestamptz + m * interval '1 millisecond', gen_random_uuid(), 1, gen_random_uuid()::text, 'T',
         '{}', '{}', '{}'
       from unnest($1::text::bigint[], $2::text::bigint[]) as e(p, m)`,
      [`{${entries.map(([place]) => place)}}`, `{${entries.map(([, moment]) => moment)}}`],
    )
    return async (time: number) => Number(await right(store.feed.positionAt(timestamp(time))))
  }

  test('is that of the event before the first one at or after it, whatever gaps there are', async () => {
    const places = [3, 4, 9, 1_000, 1_000_000, 1_000_001, 2 ** 40]
    const entries = places.map((place, index) => [place, 1_000 + 10 * index] as const)
    const at = await recorded(entries)
    for (let time = 990; time <= 1_070; time++) {
      const before = entries.filter(([, moment]) => moment < time).at(-1)
      expect(await at(time)).toBe(before?.[0] ?? 0)
    }
    expect(await at(1_010.5)).toBe(4)
    expect(await at(Number.NEGATIVE_INFINITY)).toBe(0)
    expect(await at(-1e300)).toBe(0)
    expect(await at(1e300)).toBe(2 ** 40)
  })

  test('of an empty log is the beginning', async () => {
    const at = await recorded([])
    expect(await at(0)).toBe(0)
  })

  test('is right also where appends that were under way at once looked at the clock in another order', async () => {
    const moments = Array.from({ length: 500 }, (_, index) => 1_000 + index + ((index * 7919) % 13))
    const at = await recorded(moments.map((moment, index) => [index + 1, moment]))
    for (let time = 995; time < 1_520; time += 5) {
      const first = moments.findIndex((moment) => moment >= time)
      expect(await at(time)).toBe(first === -1 ? 500 : first)
    }
  })

  test('is one of several where the clock was set back', async () => {
    const moments = [
      ...Array.from({ length: 2_000 }, (_, i) => i),
      ...Array.from({ length: 2_000 }, (_, i) => i),
    ]
    const at = await recorded(moments.map((moment, index) => [index + 1, moment]))
    const place = await at(1_500)
    expect(moments[place]).toBeGreaterThanOrEqual(1_500)
    expect(moments[place - 1]).toBeLessThan(1_500)
  })

  test('that is still to come waits for what is in flight below the newest event, so that it is not missed', async () => {
    const { store, schema } = await fresh()
    const slow = await openTransaction(sql, schema)
    await slow.append(one())
    await right(store.append(one()))
    const asked = right(store.feed.positionAt(timestamp(Date.now() + 1e9)))
    await slow.end('commit')
    expect(await asked).toBe(2n)
    const stuck = await openTransaction(sql, schema)
    await stuck.append(one())
    const impatient = connect({ max: 1, connection: { lock_timeout: 50 } })
    const { feed } = postgresStore(impatient, { schema })
    expect(await right(feed.positionAt(timestamp(0)))).toBe(0n)
    expect(await left(feed.positionAt(timestamp(Date.now() + 1e9)))).toMatchObject({ _tag: 'Busy' })
    await impatient.end()
    await stuck.end('rollback')
  })

  /** Found by the run of reading and reacting: a timer fired before a payment that was recorded in time could be seen. */
  test('that is still to come is at or above what was in flight when it was asked, wherever that stands', async () => {
    const { store, schema } = await fresh()
    await right(store.append(one()))
    const newest = await openTransaction(sql, schema)
    await newest.append(one())
    let answered: bigint | undefined
    const asked = right(store.feed.positionAt(timestamp(Date.now() + 1e9))).then((place) => {
      answered = place
    })
    await sql.unsafe('select pg_sleep(0.05)')
    expect(answered).toBeUndefined()
    await newest.end('commit')
    await asked
    expect(answered).toBe(2n)
  })

  test('of events as they are appended', async () => {
    const { store } = await fresh()
    for (let time = 0; time < 3; time++) {
      await right(store.append(one()))
      await sleep(3)
    }
    const { events } = await right(store.read(everything))
    for (const { position, recordedAt } of events) {
      expect(await right(store.feed.positionAt(recordedAt))).toBe(position - 1n)
    }
  })
})
