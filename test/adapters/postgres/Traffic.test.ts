/** Appends that are taken back, a store that is closed, and the figures by which its operator sees both. */
import { either as E } from 'fp-ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connection } from '../../../src/adapters/postgres/Connection.js'
import { type PostgresStoreOptions, postgresStore } from '../../../src/adapters/postgres/index.js'
import { type Append, exactly, noStream, type StreamId, toStream } from '../../../src/store/index.js'
import { event, type Installed, install, left, newStream, only, right } from './support.js'

let log: Installed

beforeAll(async () => {
  log = await install()
})
afterAll(() => log.end())

/** A connection on which nothing is sent before the test says so. */
const gated = (batching: PostgresStoreOptions['batching'] = { lanes: 1 }) => {
  const sent: Array<() => void> = []
  const connection: Connection = {
    unsafe: (statement, parameters, options) => ({
      raw: async () => {
        await new Promise<void>((go) => sent.push(go))
        return log.sql.unsafe(statement, parameters, options).raw()
      },
    }),
  }
  return { sent, store: postgresStore(connection, { schema: log.schema, batching }) }
}

const created = (stream: StreamId = newStream()): Append => toStream(stream, noStream)([event(stream)])

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const closed = { _tag: 'Unavailable', outcome: 'nothing written', reason: 'the store has been closed' }

describe('an append that is taken back', () => {
  test('before the call is not sent', async () => {
    const { sent, store } = gated()
    expect(await left(store.append(created(), { signal: AbortSignal.abort() }))).toEqual({ _tag: 'Aborted' })
    await turn()
    expect(sent).toHaveLength(0)
    const alone = postgresStore(log.sql, { schema: log.schema, batching: false })
    const stream = newStream()
    expect(await left(alone.append(created(stream), { signal: AbortSignal.abort() }))).toEqual({
      _tag: 'Aborted',
    })
    expect((await right(log.store.readStream(stream))).version).toBe(0n)
  })

  test('while it waits leaves the queue, and its keys are free for those behind it', async () => {
    const { sent, store } = gated({ lanes: 2 })
    const [held, wanted] = [newStream(), newStream()]
    const first = store.append(created(held))()
    await turn()
    const leaving = new AbortController()
    // It waits for the stream of the first, and whoever wants its other stream waits for it.
    const both: Append = {
      events: [event(held), event(wanted)],
      expected: [
        { stream: held, version: exactly(1) },
        { stream: wanted, version: noStream },
      ],
    }
    const second = store.append(both, { signal: leaving.signal })()
    const third = store.append(created(wanted))()
    await turn()
    expect(sent).toHaveLength(1)
    leaving.abort()
    expect(await second).toEqual(E.left({ _tag: 'Aborted' }))
    await turn()
    expect(sent).toHaveLength(2)
    for (const go of sent) go()
    expect((await Promise.all([first, third])).every(E.isRight)).toBe(true)
    expect((await right(log.store.readStream(held))).version).toBe(1n)
    expect((await right(log.store.readStream(wanted))).version).toBe(1n)
  })

  test('once it is under way gets its real answer', async () => {
    const { sent, store } = gated()
    const late = new AbortController()
    const answer = store.append(created(), { signal: late.signal })()
    await turn()
    late.abort()
    sent[0]?.()
    expect(E.isRight(await answer)).toBe(true)
  })

  test('leaves no listener behind', async () => {
    const signal = new AbortController().signal
    let listeners = 0
    const counting = {
      aborted: false,
      addEventListener: (type: 'abort', listener: () => void) => {
        listeners += 1
        signal.addEventListener(type, listener)
      },
      removeEventListener: (type: 'abort', listener: () => void) => {
        listeners -= 1
        signal.removeEventListener(type, listener)
      },
    }
    await Promise.all(
      Array.from({ length: 5 }, () => right(log.store.append(created(), { signal: counting }))),
    )
    expect(listeners).toBe(0)
  })
})

describe('a store that is closed', () => {
  test('refuses what comes, finishes what is there, and leaves the pool alone', async () => {
    const { sent, store } = gated()
    const underWay = store.append(created())()
    await turn()
    const waiting = store.append(created())()
    let isDone = false
    const closing = store
      .close()()
      .then(() => {
        isDone = true
      })
    expect(await left(store.append(created()))).toMatchObject(closed)
    sent[0]?.()
    expect(E.isRight(await underWay)).toBe(true)
    await turn()
    expect(isDone).toBe(false)
    sent[1]?.()
    expect(E.isRight(await waiting)).toBe(true)
    await closing
    expect(await log.sql`select 1 as one`).toHaveLength(1)
  })

  test('after the grace answers those who wait, and leaves those under way to their calls', async () => {
    const { sent, store } = gated()
    const underWay = store.append(created())()
    await turn()
    const waiting = store.append(created())()
    await store.close(1)()
    expect(await waiting).toMatchObject(E.left(closed))
    expect(store.figures()).toMatchObject({ open: 1, waiting: 0, callsUnderWay: 1 })
    sent[0]?.()
    expect(E.isRight(await underWay)).toBe(true)
    expect(sent).toHaveLength(1)
    expect(store.figures()).toMatchObject({ open: 0, callsUnderWay: 0 })
  })

  test('is closed at once when nobody is there, and may be closed twice', async () => {
    const { store } = gated()
    await store.close()()
    await store.close()()
    expect(await left(store.append(created()))).toMatchObject(closed)
  })
})

test('figures say how many wait, how many are under way and what became of the rest', async () => {
  const { sent, store } = gated()
  const stream = newStream()
  await right(log.store.append(created(stream)))
  const first = store.append(created())()
  await turn()
  const others = [store.append(created(stream))(), store.append(only(event(newStream())))()]
  const leaving = new AbortController()
  const taken = store.append(created(), { signal: leaving.signal })()
  leaving.abort()
  await taken
  expect(store.figures()).toEqual({
    open: 3,
    waiting: 2,
    callsUnderWay: 1,
    calls: 1,
    largestCall: 1,
    appends: 4,
    conflicts: 0,
    failures: 0,
  })
  sent[0]?.()
  await first
  await expect.poll(() => sent.length).toBe(2)
  sent[1]?.()
  await Promise.all(others)
  const { calls, largestCall, conflicts, failures, open } = store.figures()
  expect([calls, largestCall, conflicts, failures, open]).toEqual([2, 2, 1, 0, 0])
})
