/**
 * Appends that travel together: how few calls they take, that each is answered as if it had come alone, and that whatever
 * happens to one of them harms no other.
 */
import { randomUUID } from 'node:crypto'
import { either as E } from 'fp-ts'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connection } from '../../../src/adapters/postgres/Connection.js'
import { type PostgresStoreOptions, postgresStore } from '../../../src/adapters/postgres/index.js'
import {
  type Append,
  anyOf,
  consistencyToken,
  everything,
  exactly,
  noStream,
  type StreamId,
  type Tag,
  toStream,
} from '../../../src/store/index.js'
import { databaseUrl, event, type Installed, install, left, newStream, only, right } from './support.js'

let log: Installed

beforeAll(async () => {
  log = await install({ max: 8 })
})
afterAll(() => log.end())

const many = <A>(count: number, make: (index: number) => A): ReadonlyArray<A> =>
  Array.from({ length: count }, (_, index) => make(index))

const created = (stream: StreamId = newStream()): Append => toStream(stream, noStream)([event(stream)])

/** A pool of the log that writes down its statements. */
const counting = (batching: PostgresStoreOptions['batching'] = {}) => {
  const statements: Array<string> = []
  const sql = postgres(databaseUrl, {
    max: 8,
    fetch_types: false,
    onnotice: () => {},
    debug: (_connection, statement) => statements.push(statement),
  })
  // Hints to those who follow the log are statements of their own, from time to time.
  return { sql, statements, store: postgresStore(sql, { schema: log.schema, batching, hints: 'none' }) }
}

/** A call as it was sent, and the means to answer it. */
interface Sent {
  readonly parameters: ReadonlyArray<string | null>
  readonly go: () => void
  readonly fail: (thrown: unknown) => void
}

/** A connection on which nothing is sent before the test says so. */
const gated = (batching: PostgresStoreOptions['batching'] = {}) => {
  const sent: Array<Sent> = []
  const connection: Connection = {
    unsafe: (statement, parameters, options) => ({
      raw: async () => {
        await new Promise<void>((go, fail) => sent.push({ parameters, go, fail }))
        return log.sql.unsafe(statement, parameters, options).raw()
      },
    }),
  }
  return { sent, store: postgresStore(connection, { schema: log.schema, batching }) }
}

/** A connection whose calls fail in the way of `thrown` when the text is among their parameters, and its calls. */
const poisoned = (poison: string, thrown: unknown) => {
  const calls: Array<number> = []
  const connection: Connection = {
    unsafe: (statement, parameters, options) => ({
      raw: async () => {
        calls.push(parameters.length)
        if (parameters.some((parameter) => parameter?.includes(poison))) throw thrown
        return log.sql.unsafe(statement, parameters, options).raw()
      },
    }),
  }
  return { calls, store: postgresStore(connection, { schema: log.schema }) }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const serverError = (code: string) => Object.assign(new Error(code), { code })

const sentIds = ({ parameters }: Sent, among: ReadonlyArray<Append>): ReadonlyArray<number> =>
  among.flatMap(({ events }, index) =>
    events.some(({ id }) => parameters.some((parameter) => parameter?.includes(id))) ? [index] : [],
  )

describe('travelling together', () => {
  test('64 concurrent appends take few calls, and every event is recorded once', async () => {
    const { sql, statements, store } = counting()
    const streams = many(64, () => newStream())
    const appended = await Promise.all(streams.map((stream) => right(store.append(created(stream)))))
    expect(statements.length).toBeLessThanOrEqual(4)
    expect(new Set(appended.map(({ lastPosition }) => lastPosition)).size).toBe(64)
    expect(appended.map(({ streams }) => streams)).toEqual(streams.map((stream) => [{ stream, version: 1n }]))
    for (const stream of streams.slice(0, 8)) {
      expect((await right(log.store.readStream(stream))).version).toBe(1n)
    }
    await sql.end()
  })

  test('64 callers who append again and again keep doing so', async () => {
    const { sql, statements, store } = counting()
    const stream = newStream()
    await Promise.all(
      many(64, async () => {
        for (let nth = 0; nth < 5; nth++) await right(store.append(only(event(stream))))
      }),
    )
    expect((await right(log.store.readStream(stream, { limit: 1, direction: 'backward' }))).version).toBe(
      320n,
    )
    expect(statements.length).toBeLessThan(40)
    await sql.end()
  })

  test('unconditional appends to one stream share a call, and so do its versions', async () => {
    const { sql, statements, store } = counting({ lanes: 1 })
    const stream = newStream()
    const appended = await Promise.all(many(10, () => right(store.append(only(event(stream))))))
    expect(appended.map(({ streams }) => streams[0]?.version)).toEqual(many(10, (nth) => BigInt(nth + 1)))
    expect(statements).toHaveLength(1)
    await sql.end()
  })

  test('the answers are those of single calls', async () => {
    const [known, tag] = [newStream(), randomUUID() as string as Tag]
    const first = event(known, { tags: [tag] })
    await right(log.store.append(only(first)))
    const condition = { failIfEventsMatch: anyOf({ tags: [tag] }) }
    const fresh = newStream()
    const appends: ReadonlyArray<Append> = [
      only(first),
      toStream(known, noStream)([event(known)]),
      { ...only(event(newStream())), condition },
      only({ ...event(newStream()), id: first.id }),
      { ...only(event(fresh), event(fresh)), expected: [{ stream: known, version: exactly(1) }] },
    ]
    const batched = await Promise.all(appends.map((append) => log.store.append(append)()))
    const alone = postgresStore(log.sql, { schema: log.schema, batching: false })
    for (const [index, append] of appends.entries()) {
      const answer = await alone.append(append)()
      const again = E.isRight(answer) ? E.right({ ...answer.right, repeated: index === 0 }) : answer
      expect(batched[index]).toEqual(again)
    }
    expect(batched.map(E.isRight)).toEqual([true, false, false, false, true])
  })

  test('a conflict harms no other append of the call', async () => {
    const { sql, statements, store } = counting({ lanes: 1 })
    const taken = newStream()
    await right(store.append(created(taken)))
    const answers = await Promise.all(
      many(20, (index) => store.append(created(index === 7 ? taken : newStream()))()),
    )
    expect(answers.filter(E.isRight)).toHaveLength(19)
    expect(answers[7]).toMatchObject(E.left({ _tag: 'VersionConflict', stream: taken, actual: 1n }))
    expect(statements).toHaveLength(2)
    await sql.end()
  })
})

describe('who travels with whom', () => {
  test('those who come together leave by all free lanes, and a few by one', async () => {
    const { sent, store } = gated({ lanes: 4 })
    const appends = many(64, () => created())
    const answers = appends.map((append) => right(store.append(append)))
    await turn()
    expect(sent.map((call) => sentIds(call, appends).length)).toEqual([16, 16, 16, 16])
    for (const { go } of sent) go()
    await Promise.all(answers)
    const few = many(8, () => created())
    const fewAnswers = few.map((append) => right(store.append(append)))
    await turn()
    expect(sent.slice(4).map((call) => sentIds(call, few).length)).toEqual([8])
    for (const { go } of sent.slice(4)) go()
    await Promise.all(fewAnswers)
  })

  test('an append that finds a free lane leaves in the same turn, and alone if nobody else came', async () => {
    const { sent, store } = gated({ lanes: 2 })
    const appends = [created(), created(), created(), created()]
    const answers: Array<Promise<unknown>> = []
    for (const append of appends) {
      answers.push(right(store.append(append)))
      await turn()
    }
    expect(sent.map((call) => sentIds(call, appends))).toEqual([[0], [1]])
    sent[0]?.go()
    await answers[0]
    await turn()
    expect(sentIds(sent[2] ?? { parameters: [], go: () => {}, fail: () => {} }, appends)).toEqual([2, 3])
    for (const { go } of sent) go()
    await Promise.all(answers)
  })

  test('appends with a stream in common leave in their order and never at once; others pass them', async () => {
    const { sent, store } = gated({ lanes: 3 })
    const [hot, ...others] = many(3, () => newStream())
    const stream = hot ?? newStream()
    const appends = [
      toStream(stream, noStream)([event(stream)]),
      toStream(stream, exactly(1))([event(stream)]),
      only(event(stream)),
      only(event(stream)),
      ...others.map(created),
    ]
    const answers = Promise.all(appends.map((append) => right(store.append(append))))
    const calls: Array<ReadonlyArray<number>> = []
    for (let nth = 0; nth < 3; nth++) {
      await expect.poll(() => sent.length).toBe(nth + 1)
      await turn()
      expect(sent).toHaveLength(nth + 1)
      calls.push(...sent.slice(nth).map((call) => sentIds(call, appends)))
      sent[nth]?.go()
    }
    expect(calls).toEqual([[0, 4, 5], [1], [2, 3]])
    const appended = await answers
    expect(appended.slice(0, 4).map(({ streams }) => streams[0]?.version)).toEqual([1n, 2n, 3n, 4n])
  })

  test('copies of one append take turns, so that the later ones are told what was recorded', async () => {
    const append = created()
    const answers = await Promise.all(many(4, () => right(log.store.append(append))))
    expect(answers.map(({ repeated }) => repeated)).toEqual([false, true, true, true])
  })

  test('an append that depends on the whole log travels alone', async () => {
    const { sent, store } = gated({ lanes: 4 })
    const after = consistencyToken([await right(log.store.head)])
    const whole: Append = { ...created(), condition: { failIfEventsMatch: everything, after } }
    const wide = only(event(newStream(), { tags: many(300, (nth) => `${nth}`) }))
    const appends = [created(), whole, created(), wide, created()]
    const answers = Promise.all(appends.map((append) => store.append(append)()))
    await expect.poll(() => sent.length).toBe(4)
    expect(sent.map((call) => sentIds(call, appends))).toEqual([[0], [1], [2], [3]])
    // Whether the whole log is taken is a parameter of the function of many appends.
    expect(sent.map(({ parameters }) => parameters.includes('true'))).toEqual([false, true, false, true])
    sent[1]?.go()
    await expect.poll(() => sent.length).toBe(5)
    for (const { go } of sent) go()
    expect(await answers).toEqual(appends.map(() => E.right(expect.anything())))
  })

  test('a call holds no more appends than it may', async () => {
    const { sql, statements, store } = counting({ itemsMax: 10, lanes: 1 })
    await Promise.all(many(35, () => right(store.append(created()))))
    expect(statements).toHaveLength(4)
    await sql.end()
  })

  test('a transaction and a reserved connection send each append by itself', async () => {
    const { sql, statements } = counting()
    const appends = many(5, () => created())
    await sql.begin(async (transaction) => {
      const store = postgresStore(transaction, { schema: log.schema })
      await Promise.all(appends.map((append) => right(store.append(append))))
    })
    const reserved = await sql.reserve()
    const onReserved = postgresStore(reserved, { schema: log.schema })
    await Promise.all(many(5, () => right(onReserved.append(created()))))
    reserved.release()
    expect(statements.filter((statement) => /append\w*\(/.test(statement))).toHaveLength(10)
    await sql.end()
  })
})

describe('faults', () => {
  test.each([
    ['a refusal by the server', serverError('XX000')],
    ['a unique index', serverError('23505')],
    ['too many locks', serverError('53200')],
    ['a defect', new TypeError('no code')],
  ])('%s that one append causes is its own alone', async (_name, thrown) => {
    const guilty = created()
    const { store, calls } = poisoned(guilty.events[0]?.id ?? 'none', thrown)
    const appends = many(64, (index) => (index === 23 ? guilty : created()))
    const answers = await Promise.all(appends.map((append) => store.append(append)()))
    expect(answers.flatMap((answer, index) => (E.isLeft(answer) ? [index] : []))).toEqual([23])
    expect(answers.every((answer) => E.isLeft(answer) || !answer.right.repeated)).toBe(true)
    // Twice the depth, and each once more for the unique index.
    expect(calls.length).toBeLessThanOrEqual(20)
  })

  test.each([
    ['CONNECTION_CLOSED', { _tag: 'Unavailable', outcome: 'unknown' }],
    ['ECONNREFUSED', { _tag: 'Unavailable', outcome: 'nothing written' }],
    ['42P01', { _tag: 'Unavailable', outcome: 'nothing written' }],
    ['55P03', { _tag: 'Busy' }],
    ['DE001', { _tag: 'WrongIsolation' }],
  ])('%s is the answer of every append of the call, after one call', async (code, error) => {
    const appends = many(8, () => created())
    const { store, calls } = poisoned(appends[0]?.events[0]?.id ?? 'none', serverError(code))
    const answers = await Promise.all(appends.map((append) => store.append(append)()))
    for (const answer of answers) expect(answer).toMatchObject(E.left(error))
    expect(calls).toHaveLength(1)
  })

  test('after a fault the lanes are free, and whoever waited leaves', async () => {
    const { sent, store } = gated({ lanes: 1 })
    const stream = newStream()
    const lost = store.append(created(stream))()
    const next = store.append(only(event(stream)))()
    await expect.poll(() => sent.length).toBe(1)
    sent[0]?.fail(serverError('CONNECTION_CLOSED'))
    expect(await lost).toMatchObject(E.left({ outcome: 'unknown' }))
    await expect.poll(() => sent.length).toBe(2)
    sent[1]?.go()
    expect(E.isRight(await next)).toBe(true)
  })

  test('beyond the queue the answer is Busy at once, and nothing is sent', async () => {
    const { sent, store } = gated({ lanes: 1, itemsMax: 1, queueMax: 3 })
    const first = store.append(created())()
    await expect.poll(() => sent.length).toBe(1)
    const waiting = many(3, () => store.append(created())())
    await turn()
    expect(await left(store.append(created()))).toEqual({
      _tag: 'Busy',
      reason: '3 appends of this process are waiting to be sent already',
    })
    for (let nth = 0; nth < 4; nth++) {
      await expect.poll(() => sent.length).toBe(nth + 1)
      sent[nth]?.go()
    }
    expect((await Promise.all([first, ...waiting])).every(E.isRight)).toBe(true)
    expect(sent).toHaveLength(4)
  })

  test('a queue of appends to one stream holds up nobody else for long', async () => {
    const { sql, store } = counting()
    const hot = newStream()
    const crowd = many(3_000, () => store.append(toStream(hot, noStream)([event(hot)]))())
    const began = performance.now()
    await right(store.append(created()))
    expect(performance.now() - began).toBeLessThan(1_000)
    const answers = await Promise.all(crowd)
    expect(answers.filter(E.isRight)).toHaveLength(1)
    await sql.end()
  })

  test.each([
    ['lanes', { lanes: 0 }],
    ['lanes', { lanes: 65 }],
    ['itemsMax', { itemsMax: 1.5 }],
    ['queueMax', { queueMax: Number.NaN }],
  ])('wrong %s are wrong input, whatever is asked', async (name, batching) => {
    const store = postgresStore(log.sql, { schema: log.schema, batching })
    const refusal = { _tag: 'InvalidInput', path: `options.batching.${name}` }
    expect(await left(store.append(created()))).toMatchObject(refusal)
    expect(await left(store.head)).toMatchObject(refusal)
  })
})

test('without batching each append is a call', async () => {
  const { sql, statements, store } = counting(false)
  await Promise.all(many(5, () => right(store.append(created()))))
  expect(statements).toHaveLength(5)
  await sql.end()
})
