/** The server goes away, before an append, during it, and after it: what the writer is told, and that the pool mends. */
import { randomUUID } from 'node:crypto'
import { either as E } from 'fp-ts'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresStore } from '../../../src/adapters/postgres/index.js'
import { faultOf } from '../../../src/adapters/postgres/SqlState.js'
import { everything, noStream, toStream } from '../../../src/store/index.js'
import {
  databaseUrl,
  event,
  type Installed,
  install,
  left,
  newStream,
  only,
  proxyTo,
  right,
  sleep,
} from './support.js'

let log: Installed

beforeAll(async () => {
  log = await install()
})
afterAll(() => log.end())

/**
 * A pool that tries again at once, so that the tests need not wait for its patience. It is ended with a time limit,
 * because postgres.js 3.4.9 keeps waiting for the statement of a connection that was lost under it.
 */
const poolAt = (url: string): Sql =>
  postgres(url, { max: 3, backoff: () => 0.02, connect_timeout: 2, onnotice: () => {} })

describe('nobody listens', () => {
  test('an append is told that nothing was written, a read that there is no answer; later both work', async () => {
    const proxy = await proxyTo(databaseUrl)
    const sql = poolAt(proxy.url)
    const store = postgresStore(sql, { schema: log.schema })
    const stream = newStream()
    const append = toStream(stream, noStream)([event(stream)])
    await proxy.stop()
    const unavailable = { _tag: 'Unavailable', outcome: 'nothing written' }
    expect(await left(store.append(append))).toMatchObject(unavailable)
    expect(await left(store.readStream(stream))).toMatchObject(unavailable)
    expect(await left(store.read(everything))).toMatchObject(unavailable)
    expect(await left(store.head)).toMatchObject(unavailable)
    await proxy.start()
    expect(await right(store.append(append))).toMatchObject({ repeated: false })
    expect((await right(store.readStream(stream))).version).toBe(1n)
    await sql.end({ timeout: 1 })
    await proxy.stop()
  })
})

describe('the connection is lost', () => {
  test('after the commit and before the reply: the outcome is unknown, and the same append again finds out', async () => {
    const proxy = await proxyTo(databaseUrl)
    const sql = poolAt(proxy.url)
    // Without hints, which would take the connection that has the append prepared.
    const store = postgresStore(sql, { schema: log.schema, hints: 'none' })
    const stream = newStream()
    const append = toStream(stream, noStream)([event(stream), event(stream)])
    // Prepared before, so that the lost reply is the one to the append and not to its preparation.
    const other = newStream()
    await right(store.append(toStream(other, noStream)([event(other), event(other)])))
    proxy.loseReplies()
    expect(await left(store.append(append))).toMatchObject({ _tag: 'Unavailable', outcome: 'unknown' })
    expect((await right(log.store.readStream(stream))).version).toBe(2n)
    await proxy.stop()
    await proxy.start()
    const again = await right(store.append(append))
    expect(again).toMatchObject({ streams: [{ stream, version: 2n }], repeated: true })
    expect((await right(store.readStream(stream))).events.map(({ id }) => id)).toEqual(
      append.events.map(({ id }) => id),
    )
    await sql.end({ timeout: 1 })
    await proxy.stop()
  })

  /** A pool whose connections the server can be told to end, and that. */
  const mortal = () => {
    const name = `mortal-${randomUUID()}`
    const sql = postgres(databaseUrl, { max: 3, backoff: () => 0.02, connection: { application_name: name } })
    const kill = () =>
      log.sql.unsafe(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1::text`,
        [name],
      )
    // Without batching, because appends to one stream must be in flight at once here.
    return { sql, store: postgresStore(sql, { schema: log.schema, batching: false }), kill }
  }

  test('by the server, while appends wait for a lock: none is written, none is left, and the pool goes on', async () => {
    const stream = newStream()
    const { sql, store, kill } = mortal()
    await log.sql.begin(async (transaction) => {
      await right(postgresStore(transaction, { schema: log.schema }).append(only(event(stream))))
      const waiting = Array.from({ length: 3 }, () =>
        store.append(toStream(stream, noStream)([event(stream)]))(),
      )
      await sleep(150)
      await kill()
      for (const lost of waiting) {
        expect(await lost).toMatchObject(E.left({ _tag: 'Unavailable', outcome: 'unknown' }))
      }
    })
    expect((await right(log.store.readStream(stream))).version).toBe(1n)
    await Promise.all(Array.from({ length: 9 }, () => right(store.append(only(event(stream))))))
    await Promise.all(Array.from({ length: 9 }, () => right(store.readStream(stream))))
    expect((await right(log.store.readStream(stream))).version).toBe(10n)
    await sql.end({ timeout: 1 })
  })

  test('by the server, between appends: the next one does not notice', async () => {
    const { sql, store, kill } = mortal()
    await Promise.all(Array.from({ length: 6 }, () => right(store.append(only(event(newStream()))))))
    await kill()
    await sleep(100)
    await Promise.all(Array.from({ length: 6 }, () => right(store.append(only(event(newStream()))))))
    await sql.end({ timeout: 1 })
  })

  test('a pool that has ended says so', async () => {
    const sql = poolAt(databaseUrl)
    const store = postgresStore(sql, { schema: log.schema })
    await sql.end()
    expect(await left(store.append(only(event(newStream()))))).toMatchObject({
      _tag: 'Unavailable',
      outcome: 'nothing written',
    })
  })

  test('a statement that is cancelled by its timeout is Busy', async () => {
    const stream = newStream()
    const sql = postgres(databaseUrl, { max: 1, connection: { statement_timeout: 80 } })
    const store = postgresStore(sql, { schema: log.schema })
    await log.sql.begin(async (transaction) => {
      await right(postgresStore(transaction, { schema: log.schema }).append(only(event(stream))))
      expect((await left(store.append(only(event(stream)))))._tag).toBe('Busy')
    })
    expect((await right(store.append(only(event(stream))))).streams).toEqual([{ stream, version: 2n }])
    await sql.end()
  })
})

describe('what a code means', () => {
  test.each([
    ['40P01', 'Busy', undefined],
    ['55P03', 'Busy', undefined],
    ['40001', 'Busy', undefined],
    ['57014', 'Busy', undefined],
    ['ECONNREFUSED', 'Unavailable', 'nothing written'],
    ['CONNECT_TIMEOUT', 'Unavailable', 'nothing written'],
    ['CONNECTION_ENDED', 'Unavailable', 'nothing written'],
    ['CONNECTION_CLOSED', 'Unavailable', 'unknown'],
    ['CONNECTION_DESTROYED', 'Unavailable', 'unknown'],
    ['57P01', 'Unavailable', 'unknown'],
    ['25P03', 'Unavailable', 'unknown'],
    ['25P04', 'Unavailable', 'unknown'],
    ['CONNECTION_REPLACED', 'Unavailable', 'nothing written'],
    ['57P03', 'Unavailable', 'nothing written'],
    ['08006', 'Unavailable', 'unknown'],
    ['3F000', 'Unavailable', 'nothing written'],
    ['42P01', 'Unavailable', 'nothing written'],
    ['XX000', 'Unavailable', 'unknown'],
  ])('%s is %s %s', (code, tag, outcome) => {
    const fault = faultOf(Object.assign(new Error('in any language'), { code }))
    expect(fault).toMatchObject({ _tag: tag, ...(outcome === undefined ? {} : { outcome }) })
  })

  test.each([['a text'], [undefined], [null], [42], [new Error('no code')]])(
    '%s is not understood',
    (thrown) => {
      expect(faultOf(thrown)).toMatchObject({ _tag: 'Unavailable', outcome: 'unknown', cause: thrown })
    },
  )
})
