/** Hints: who hears of an append, and that nothing is lost when nobody does. */
import { randomUUID } from 'node:crypto'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { migrate, postgresStore } from '../../../src/adapters/postgres/index.js'
import { everything, timestamp } from '../../../src/store/index.js'
import { followerOf } from './Follower.js'
import { connect, databaseUrl, event, newSchemaName, newStream, only, proxyTo, right } from './support.js'

let sql: Sql

beforeAll(() => {
  sql = connect()
})
afterAll(() => sql.end())

const one = () => only(event(newStream()))

const install = async (): Promise<string> => {
  const schema = newSchemaName()
  await right(migrate(sql, { schema }))
  onTestFinished(async () => {
    await sql.unsafe(`drop schema "${schema}" cascade`)
  })
  return schema
}

/** A process of its own, as far as the server can tell: a pool with a name, and the statements that it sends. */
const anotherProcess = (
  schema: string,
  options: { readonly hints?: 'listen' | 'none'; readonly url?: string } = {},
) => {
  const name = `process-${randomUUID()}`
  const statements: Array<string> = []
  const pool = postgres(options.url ?? databaseUrl, {
    max: 3,
    fetch_types: false,
    onnotice: () => {},
    backoff: () => 0.02,
    connection: { application_name: name },
    debug: (_connection, statement) => statements.push(statement),
  })
  onTestFinished(() => pool.end({ timeout: 1 }))
  const { hints = 'listen' } = options
  const listeners = async () => {
    const rows = await sql.unsafe(
      `select pid, query from pg_stat_activity where application_name = $1::text and query like 'listen %'`,
      [name],
    )
    return rows.map(({ pid, query }) => ({ pid: Number(pid), query: String(query) }))
  }
  return { pool, statements, listeners, store: postgresStore(pool, { schema, hints }) }
}

/** Counts how often somebody was woken. */
const waking = (onRecorded: (wake: () => void) => () => void) => {
  let count = 0
  const stop = onRecorded(() => {
    count += 1
  })
  onTestFinished(stop)
  return {
    stop,
    count: () => count,
    beyond: (least: number) =>
      expect.poll(() => count, { timeout: 10_000, interval: 5 }).toBeGreaterThan(least),
  }
}

const isNotify = (statement: string): boolean => statement.includes('pg_notify')

describe('a hint', () => {
  test('comes from the own process without any statement, and no more after it was declined', async () => {
    const { store, statements } = anotherProcess(await install(), { hints: 'none' })
    const [first, second] = [waking(store.feed.onRecorded), waking(store.feed.onRecorded)]
    await right(store.append(one()))
    await first.beyond(0)
    expect(second.count()).toBe(1)
    first.stop()
    first.stop()
    await right(store.append(one()))
    await second.beyond(1)
    expect(first.count()).toBe(1)
    expect(statements).toHaveLength(2)
  })

  test('comes from another process, once for the own appends, on a connection that is there while somebody follows', async () => {
    const schema = await install()
    const [writer, reader] = [anotherProcess(schema), anotherProcess(schema)]
    expect(await reader.listeners()).toHaveLength(0)
    const wakes = waking(reader.store.feed.onRecorded)
    // To listen is a hint, since what was told before was not heard.
    await wakes.beyond(0)
    expect(await reader.listeners()).toHaveLength(1)
    await right(writer.store.append(one()))
    await wakes.beyond(1)
    await right(reader.store.append(one()))
    await wakes.beyond(2)
    await expect.poll(() => reader.statements.filter(isNotify)).toHaveLength(1)
    await right(writer.store.append(one()))
    await wakes.beyond(3)
    expect(wakes.count()).toBe(4)
    expect(await writer.listeners()).toHaveLength(0)
    const other = waking(reader.store.feed.onRecorded)
    wakes.stop()
    expect(await reader.listeners()).toHaveLength(1)
    other.stop()
    await expect.poll(reader.listeners).toHaveLength(0)
    const again = waking(reader.store.feed.onRecorded)
    await again.beyond(0)
    await right(writer.store.append(one()))
    await again.beyond(1)
  })

  test('is for one schema: others listen elsewhere, and are not woken', async () => {
    const [here, there] = [await install(), await install()]
    const [writerHere, writerThere] = [anotherProcess(here), anotherProcess(there)]
    const [reader, stranger] = [anotherProcess(here), anotherProcess(there)]
    const [wakes, strange] = [waking(reader.store.feed.onRecorded), waking(stranger.store.feed.onRecorded)]
    await Promise.all([wakes.beyond(0), strange.beyond(0)])
    const [[mine], [theirs]] = [await reader.listeners(), await stranger.listeners()]
    expect(mine?.query).not.toBe(theirs?.query)
    for (let time = 1; time <= 5; time++) {
      await right(writerHere.store.append(one()))
      await wakes.beyond(time)
    }
    expect(strange.count()).toBe(1)
    await right(writerThere.store.append(one()))
    await strange.beyond(1)
    expect(wakes.count()).toBe(6)
    expect(await followerOf(stranger.store.feed).drain()).toMatchObject({ upTo: 1n })
    expect(await followerOf(reader.store.feed).drain()).toMatchObject({ upTo: 5n })
  })

  test('is sent fifty times a second at most, however many appends there are, and after the last of them', async () => {
    const schema = await install()
    const [writer, reader] = [anotherProcess(schema), anotherProcess(schema)]
    const wakes = waking(reader.store.feed.onRecorded)
    await wakes.beyond(0)
    const began = performance.now()
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 50 }, () => right(writer.store.append(one()))))
    }
    const follower = followerOf(reader.store.feed)
    // Woken from time to time, and never otherwise, the reader still meets them all.
    for (let seen = 0; follower.met.length < 1_000; seen = wakes.count()) {
      await follower.drain()
      if (follower.met.length < 1_000) await wakes.beyond(seen)
    }
    const sent = writer.statements.filter(isNotify).length
    expect(sent).toBeGreaterThan(0)
    expect(sent).toBeLessThanOrEqual(2 + (performance.now() - began) / 20)
    expect(wakes.count()).toBeLessThanOrEqual(sent + 1)
  })

  test('is not sent by what is not recorded, nor by a transaction, nor where hints are off', async () => {
    const schema = await install()
    const writer = anotherProcess(schema)
    await writer.pool.begin(async (transaction) => {
      await right(postgresStore(transaction, { schema }).append(one()))
    })
    await right(writer.store.append(only()))
    const silent = anotherProcess(schema, { hints: 'none' })
    await right(silent.store.append(one()))
    expect(silent.statements.filter(isNotify)).toEqual([])
    expect(writer.statements.filter(isNotify)).toEqual([])
    const { stop } = waking(silent.store.feed.onRecorded)
    expect(
      await right(
        silent.store.feed.page(everything, await right(silent.store.feed.positionAt(timestamp(0))), 9),
      ),
    ).toMatchObject({
      upTo: 2n,
    })
    expect(silent.statements.filter((statement) => statement.includes('listen'))).toEqual([])
    stop()
  })
})

describe('a listener that is lost', () => {
  test('listens again, and what was recorded meanwhile is met', async () => {
    const schema = await install()
    const [writer, reader] = [anotherProcess(schema), anotherProcess(schema)]
    const wakes = waking(reader.store.feed.onRecorded)
    await wakes.beyond(0)
    const follower = followerOf(reader.store.feed)
    for (let time = 1; time <= 3; time++) {
      const [listener] = await reader.listeners()
      const seen = wakes.count()
      await sql.unsafe('select pg_terminate_backend($1::text::int)', [String(listener?.pid)])
      await right(writer.store.append(one()))
      // Nothing was heard of it, and looking finds it all the same.
      expect(await follower.drain()).toMatchObject({ upTo: BigInt(2 * time - 1) })
      await wakes.beyond(seen)
      await expect.poll(reader.listeners).toHaveLength(1)
      const listening = wakes.count()
      await right(writer.store.append(one()))
      await wakes.beyond(listening)
      expect(await follower.drain()).toMatchObject({ upTo: BigInt(2 * time) })
    }
    expect(follower.met).toHaveLength(6)
  })

  test('because nobody answers any more tries until somebody does, and stops trying when nobody follows', async () => {
    const schema = await install()
    const proxy = await proxyTo(databaseUrl)
    const [writer, reader] = [anotherProcess(schema), anotherProcess(schema, { url: proxy.url })]
    const wakes = waking(reader.store.feed.onRecorded)
    await wakes.beyond(0)
    await proxy.stop()
    await expect.poll(reader.listeners).toHaveLength(0)
    await right(writer.store.append(one()))
    const seen = wakes.count()
    await proxy.start()
    await wakes.beyond(seen)
    expect(await followerOf(reader.store.feed).drain()).toMatchObject({ upTo: 1n })
    await proxy.stop()
    wakes.stop()
    await proxy.start()
    await expect.poll(reader.listeners).toHaveLength(0)
    await proxy.stop()
  })

  test('or never there, since nobody answers when somebody begins to follow, comes when there is an answer', async () => {
    const schema = await install()
    const proxy = await proxyTo(databaseUrl)
    await proxy.stop()
    const reader = anotherProcess(schema, { url: proxy.url })
    const wakes = waking(reader.store.feed.onRecorded)
    await proxy.start()
    await wakes.beyond(0)
    expect(await reader.listeners()).toHaveLength(1)
    wakes.stop()
    await proxy.stop()
  })
})
