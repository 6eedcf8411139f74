/**
 * Limits of time on transactions of the caller's own: whoever appended and idles is ended by the server, what it held goes,
 * everybody else goes on, and the pool mends. And what a savepoint takes back.
 */
import { either as E } from 'fp-ts'
import type { Sql, TransactionSql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresStore, vitals } from '../../../src/adapters/postgres/index.js'
import { faultOf } from '../../../src/adapters/postgres/SqlState.js'
import { noStream, toStream } from '../../../src/store/index.js'
import { connect, event, type Installed, install, left, newStream, only, right, sleep } from './support.js'

let log: Installed

beforeAll(async () => {
  log = await install()
})
afterAll(() => log.end())

const nobodyAppends = async (): Promise<void> => {
  const { appendsInFlight } = await right(vitals(log.sql, { schema: log.schema }))
  if (appendsInFlight === 0) return
  await sleep(10)
  await nobodyAppends()
}

/** The end of a transaction, as its caller hears of it. */
const endOf = (pool: Sql, body: (transaction: TransactionSql) => Promise<unknown>): Promise<unknown> =>
  pool.begin(body).then(
    () => 'committed',
    (error: unknown) => error,
  )

/**
 * Stands in a transaction where its connection has been lost. postgres.js 3.4.9 would write its commit or rollback to the
 * socket that is gone, which ends the process (its issue 1208), or to whoever has the connection by then (1216). The
 * transaction's promise is rejected all the same.
 */
const sayNoMore = (): Promise<never> => new Promise(() => {})

const works = async (pool: Sql): Promise<void> => {
  const store = postgresStore(pool, { schema: log.schema })
  for (const stream of Array.from({ length: 6 }, newStream)) {
    await right(store.append(toStream(stream, noStream)([event(stream)])))
    expect((await right(store.readStream(stream))).version).toBe(1n)
  }
}

describe('idle_in_transaction_session_timeout', () => {
  test('ends a transaction that appended and idles: nothing of it is left, and who waited for it goes on', async () => {
    const limited = connect({ max: 2, connection: { idle_in_transaction_session_timeout: 150 } })
    const stream = newStream()
    const waiting: Array<Promise<unknown>> = []
    const end = await endOf(limited, async (transaction) => {
      await right(postgresStore(transaction, { schema: log.schema }).append(only(event(stream))))
      waiting.push(right(log.store.append(toStream(stream, noStream)([event(stream)]))))
      await nobodyAppends()
      await sayNoMore()
    })
    expect(faultOf(end)).toMatchObject({ _tag: 'Unavailable', outcome: 'unknown' })
    expect(await Promise.all(waiting)).toMatchObject([
      { streams: [{ stream, version: 1n }], repeated: false },
    ])
    expect((await right(log.store.readStream(stream))).version).toBe(1n)
    await works(limited)
    await limited.end({ timeout: 1 })
  })

  test('what the callback of a lost transaction still appends is refused, however the driver sends it', async () => {
    const limited = connect({ max: 1, connection: { idle_in_transaction_session_timeout: 100 } })
    const [before, after] = [newStream(), newStream()]
    const answers: Array<unknown> = []
    let told: () => void = () => {}
    const done = new Promise<void>((resolve) => {
      told = resolve
    })
    const end = await endOf(limited, async (transaction) => {
      const store = postgresStore(transaction, { schema: log.schema })
      await right(store.append(only(event(before))))
      await nobodyAppends()
      // Somebody else needs the pool, so the driver connects again. The transaction's statements go there too, on their own.
      await limited`select 1`
      const [strayed] = await transaction`select true as answered`
      answers.push(strayed, await store.append(only(event(after)))(), await store.readStream(after)())
      told()
      await sayNoMore()
    })
    expect(faultOf(end)).toMatchObject({ _tag: 'Unavailable' })
    await done
    const cause = { code: 'CONNECTION_REPLACED' }
    const refused = E.left({ _tag: 'Unavailable', outcome: 'nothing written', cause })
    expect(answers).toMatchObject([{ answered: true }, refused, refused])
    expect((await right(log.store.readStream(before))).version).toBe(0n)
    expect((await right(log.store.readStream(after))).version).toBe(0n)
    await limited.end({ timeout: 1 })
  })

  test('does not concern an append that waits, nor one by itself', async () => {
    const limited = connect({ max: 2, connection: { idle_in_transaction_session_timeout: 50 } })
    const stream = newStream()
    const waiting: Array<Promise<unknown>> = []
    await log.sql.begin(async (transaction) => {
      await right(postgresStore(transaction, { schema: log.schema }).append(only(event(stream))))
      waiting.push(right(postgresStore(limited, { schema: log.schema }).append(only(event(stream)))))
      await sleep(200)
    })
    expect(await Promise.all(waiting)).toMatchObject([{ streams: [{ stream, version: 2n }] }])
    await limited.end()
  })
})

describe('lock_timeout', () => {
  test('of one transaction, set within it, gives Busy, and fails that transaction as any error does', async () => {
    const stream = newStream()
    await log.sql.begin(async (holder) => {
      await right(postgresStore(holder, { schema: log.schema }).append(only(event(stream))))
      const end = await endOf(log.sql, async (transaction) => {
        await transaction`set local lock_timeout = '50ms'`
        const store = postgresStore(transaction, { schema: log.schema })
        expect(await left(store.append(only(event(stream))))).toMatchObject({ _tag: 'Busy' })
        const failed = { _tag: 'Unavailable', outcome: 'nothing written' }
        expect(await left(store.append(only(event(newStream()))))).toMatchObject(failed)
      })
      expect(faultOf(end)).toMatchObject({ _tag: 'Busy' })
    })
    expect((await right(log.store.readStream(stream))).version).toBe(1n)
  })

  test('is survived by a transaction that tries in a savepoint', async () => {
    const [stream, other] = [newStream(), newStream()]
    await log.sql.begin(async (holder) => {
      await right(postgresStore(holder, { schema: log.schema }).append(only(event(stream))))
      await log.sql.begin(async (transaction) => {
        await transaction`set local lock_timeout = '50ms'`
        const tried = await transaction
          .savepoint(async (savepoint) => {
            const store = postgresStore(savepoint, { schema: log.schema })
            expect((await left(store.append(only(event(stream)))))._tag).toBe('Busy')
            throw new Error('taken back')
          })
          .catch((error: Error) => error.message)
        expect(tried).toBe('taken back')
        await right(postgresStore(transaction, { schema: log.schema }).append(only(event(other))))
      })
    })
    expect((await right(log.store.readStream(other))).version).toBe(1n)
  })
})

describe('transaction_timeout', () => {
  test('ends a transaction however busy it is', async (context) => {
    const [version] = await log.sql`select current_setting('server_version_num')::int as number`
    if (version?.['number'] < 170_000) return context.skip()
    const limited = connect({ max: 2, connection: { transaction_timeout: 200 } })
    const stream = newStream()
    const end = await endOf(limited, async (transaction) => {
      await right(postgresStore(transaction, { schema: log.schema }).append(only(event(stream))))
      await transaction`select pg_sleep(20)`.catch(sayNoMore)
    })
    expect(faultOf(end)).toMatchObject({ _tag: 'Unavailable', outcome: 'unknown' })
    await nobodyAppends()
    expect((await right(log.store.readStream(stream))).version).toBe(0n)
    await works(limited)
    await limited.end({ timeout: 1 })
  })
})

describe('a savepoint', () => {
  test('takes back the appends after it and no others, and their ids, streams and tags are free at once', async () => {
    const [kept, taken] = [event(newStream()), event(newStream(), { tags: ['a'] })]
    await log.sql.begin(async (transaction) => {
      const store = postgresStore(transaction, { schema: log.schema })
      await right(store.append(only(kept)))
      const undone = await transaction
        .savepoint(async (savepoint) => {
          const within = postgresStore(savepoint, { schema: log.schema })
          await right(within.append(toStream(taken.stream, noStream)([taken])))
          expect((await right(within.readStream(taken.stream))).version).toBe(1n)
          throw new Error('taken back')
        })
        .catch((error: Error) => error.message)
      expect(undone).toBe('taken back')
      expect((await right(store.readStream(taken.stream))).version).toBe(0n)
      // Another session: it would wait here for the transaction, if anything of the savepoint were still held.
      const elsewhere = await right(log.store.append(toStream(taken.stream, noStream)([taken])))
      expect(elsewhere).toMatchObject({ repeated: false, streams: [{ version: 1n }] })
    })
    expect((await right(log.store.readStream(kept.stream))).version).toBe(1n)
    expect((await right(log.store.readStream(taken.stream))).version).toBe(1n)
  })
})
