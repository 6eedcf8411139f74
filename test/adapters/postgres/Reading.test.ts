/**
 * Reads in pages and in company: that neither shows in what a read answers, how few statements they take, and that a
 * reader of large events holds few of them.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { either as E } from 'fp-ts'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connection } from '../../../src/adapters/postgres/Connection.js'
import { type PostgresStoreOptions, postgresStore } from '../../../src/adapters/postgres/index.js'
import { queryPages, streamPages } from '../../../src/run/ReadPages.js'
import {
  anyOf,
  type EventStore,
  globalPosition,
  type Query,
  type Range,
  type RecordedEvent,
  type StreamId,
  type Tag,
  type Version,
  version,
} from '../../../src/store/index.js'
import { databaseUrl, event, type Installed, install, left, newStream, only, right } from './support.js'

let log: Installed

beforeAll(async () => {
  log = await install({ max: 8 })
})
afterAll(() => log.end())

const many = <A>(count: number, make: (index: number) => A): ReadonlyArray<A> =>
  Array.from({ length: count }, (_, index) => make(index))

/** A stream of small events, each of which says which it is. */
const filled = async (count: number, tag: string = randomUUID()): Promise<StreamId> => {
  const stream = newStream()
  const events = many(count, (nth) =>
    event(stream, {
      data: { nth },
      tags: nth % 3 === 0 ? [] : [tag, `${nth}`],
      type: nth % 2 === 0 ? 'Even "\\,{}' : 'Odd',
      schemaVersion: 1 + (nth % 4),
    }),
  )
  await right(log.store.append(only(...events)))
  return stream
}

/** A pool of the log that writes down its statements. */
const counting = (batching: PostgresStoreOptions['batching'] = {}) => {
  const statements: Array<string> = []
  const sql = postgres(databaseUrl, {
    max: 8,
    fetch_types: false,
    onnotice: () => {},
    debug: (_connection, statement) => statements.push(statement),
  })
  return { sql, statements, store: postgresStore(sql, { schema: log.schema, batching }) }
}

/** A connection that lets something happen before each statement. */
const interrupted = (act: (nth: number, parameters: ReadonlyArray<string | null>) => unknown) => {
  let sent = 0
  const connection: Connection = {
    unsafe: (statement, parameters, options) => ({
      raw: async () => {
        await act(sent++, parameters)
        return log.sql.unsafe(statement, parameters, options).raw()
      },
    }),
  }
  return postgresStore(connection, { schema: log.schema })
}

const nthOf = ({ data }: RecordedEvent): unknown => (data as { readonly nth: number }).nth

describe('pages', () => {
  test('do not show in what a read answers', async () => {
    const stream = await filled(777)
    const whole = await right(log.store.readStream(stream))
    expect(whole.version).toBe(777n)
    expect(whole.events.map(nthOf)).toEqual(many(777, (nth) => nth))
    expect(whole.events.map(({ version }) => version)).toEqual(many(777, (nth) => BigInt(nth + 1)))
    expect(whole.events.every(({ stream: of }) => of === stream)).toBe(true)
    expect(whole.events.map(({ type }) => type)).toEqual(
      many(777, (nth) => (nth % 2 === 0 ? 'Even "\\,{}' : 'Odd')),
    )
    expect(whole.events.map(({ schemaVersion }) => schemaVersion)).toEqual(many(777, (nth) => 1 + (nth % 4)))
    expect(whole.events.map(({ tags }) => tags[1])).toEqual(
      many(777, (nth) => (nth % 3 === 0 ? undefined : `${nth}`)),
    )
    const ranges: ReadonlyArray<Range<Version>> = [
      { after: version(100) },
      { to: version(600) },
      { after: version(100), to: version(600), limit: 499 },
      { limit: 250 },
      { limit: 251 },
      { limit: 0 },
      { limit: 10_000 },
      { after: version(777) },
      { after: version(10_000), limit: 5 },
    ]
    for (const store of [log.store, postgresStore(log.sql, { schema: log.schema, batching: false })]) {
      for (const range of ranges.flatMap((range) => [range, { ...range, direction: 'backward' as const }])) {
        const { after = 0n, to = 777n, limit = 777, direction } = range
        const within = whole.events.filter(({ version }) => version > after && version <= to)
        const expected = (direction === 'backward' ? within.reverse() : within).slice(0, limit)
        expect(await right(store.readStream(stream, range))).toEqual({ events: expected, version: 777n })
      }
    }
  })

  test('do not show in a read by query either', async () => {
    const [tag, other] = [randomUUID(), randomUUID()]
    for (const each of [tag, other, tag]) await filled(400, each)
    const query: Query = anyOf({ tags: [tag as string as Tag] })
    const forward = await right(log.store.read(query))
    const backward = await right(log.store.read(query, { direction: 'backward' }))
    expect(forward.events).toHaveLength(2 * 266)
    expect(forward.events.every(({ tags }) => tags.includes(tag as string as Tag))).toBe(true)
    expect(backward.events).toEqual([...forward.events].reverse())
    expect(backward.token).toEqual(forward.token)
    expect(forward.events.map(({ position }) => position)).toEqual(
      forward.events.map(({ position }) => position).sort((one, two) => (one < two ? -1 : 1)),
    )
    expect((await right(log.store.read(query, { limit: 300 }))).events).toEqual(forward.events.slice(0, 300))
  })
})

describe('large events', () => {
  const tag = randomUUID() as string as Tag
  const stream = newStream()
  const count = 12

  beforeAll(async () => {
    for (let nth = 0; nth < count; nth++) {
      // What nobody can compress.
      const data = { nth, blob: randomBytes(300_000).toString('base64') }
      await right(log.store.append(only(event(stream, { data, tags: [tag] }))))
    }
  })

  const sizes = async (pages: ReturnType<typeof streamPages>) => {
    const [found, sizes]: [Array<unknown>, Array<number>] = [[], []]
    for await (const page of pages) {
      if (E.isLeft(page)) throw new Error(page.left._tag)
      sizes.push(page.right.length)
      found.push(...page.right.map(nthOf))
    }
    expect(found).toEqual(many(count, (nth) => nth))
    return sizes
  }

  test('are all there in a read', async () => {
    expect((await right(log.store.readStream(stream))).events.map(nthOf)).toEqual(many(count, (nth) => nth))
    expect((await right(log.store.readStream(stream, { direction: 'backward' }))).events.map(nthOf)).toEqual(
      many(count, (nth) => count - 1 - nth),
    )
  })

  test('make pages of few events', async () => {
    for (const found of [
      await sizes(streamPages(log.store, stream)),
      await sizes(queryPages(log.store, anyOf({ tags: [tag] }))),
    ]) {
      expect(found.length).toBeGreaterThan(1)
      expect(Math.max(...found)).toBeLessThan(10)
    }
  })

  test('end a partial read early, and its token guards what it has left out', async () => {
    const query = anyOf({ tags: [tag] })
    for (const direction of ['forward', 'backward'] as const) {
      const part = await right(log.store.read(query, { partial: true, direction }))
      expect(part.more).toBe(true)
      expect(part.events.length).toBeGreaterThan(0)
      expect(part.events.length).toBeLessThan(count)
      const condition = { failIfEventsMatch: query, after: part.token }
      expect(await left(log.store.append({ ...only(event(newStream())), condition }))).toMatchObject({
        _tag: 'ConditionConflict',
      })
      const ofStream = await right(log.store.readStream(stream, { partial: true, direction }))
      expect(ofStream).toMatchObject({ more: true, version: BigInt(count) })
    }
    const whole = await right(log.store.read(query))
    expect(whole.more).toBeUndefined()
    const condition = { failIfEventsMatch: query, after: whole.token }
    await right(log.store.append({ ...only(event(newStream())), condition }))
  })

  test('leave a page to those beside them', async () => {
    const small = await filled(3)
    const { sql, statements, store } = counting()
    const [large, beside] = await Promise.all([
      right(store.readStream(stream)),
      right(store.readStream(small)),
    ])
    expect(large.events.map(nthOf)).toEqual(many(count, (nth) => nth))
    expect(large.version).toBe(BigInt(count))
    expect(beside.events.map(nthOf)).toEqual([0, 1, 2])
    expect(statements).toHaveLength(2)
    await sql.end()
  })
})

describe('in company', () => {
  test('64 reads at a time take few statements, and each has its own answer', async () => {
    const streams = await Promise.all(many(63, (nth) => filled(1 + (nth % 5))))
    const { sql, statements, store } = counting()
    const found = await Promise.all(
      [...streams, newStream()].map((stream) => right(store.readStream(stream, { after: version(1) }))),
    )
    expect(found.map(({ version }) => version)).toEqual([...many(63, (nth) => BigInt(1 + (nth % 5))), 0n])
    expect(found.map(({ events }) => events.map(nthOf))).toEqual(
      [...many(63, (nth) => 1 + (nth % 5)), 0].map((count) => many(Math.max(0, count - 1), (nth) => nth + 1)),
    )
    expect(statements.length).toBeLessThanOrEqual(4)
    expect(new Set(statements).size).toBe(1)
    await sql.end()
  })

  test('is not kept without batching, nor in a transaction', async () => {
    const streams = await Promise.all(many(5, () => filled(2)))
    const readAll = (store: EventStore) =>
      Promise.all(streams.map((stream) => right(store.readStream(stream))))
    const off = counting(false)
    await readAll(off.store)
    expect(off.statements).toHaveLength(5)
    off.statements.length = 0
    await off.sql.begin((transaction) => readAll(postgresStore(transaction, { schema: log.schema })))
    expect(off.statements.filter((statement) => statement.includes('read_streams'))).toHaveLength(5)
    await off.sql.end()
  })

  test('what is recorded between the parts of a long read does not show in it', async () => {
    const stream = await filled(600)
    const store = interrupted((nth) =>
      nth === 1 ? right(log.store.append(only(event(stream, { data: { nth: 600 } })))) : undefined,
    )
    const { events, version } = await right(store.readStream(stream))
    expect(version).toBe(600n)
    expect(events.map(nthOf)).toEqual(many(600, (nth) => nth))
    expect((await right(store.readStream(stream))).events).toHaveLength(601)
  })

  test('a stream that cannot be read fails nobody else', async () => {
    const streams = await Promise.all(many(6, () => filled(2)))
    const damaged = newStream()
    const store = interrupted((_nth, parameters) => {
      if (parameters.some((parameter) => parameter?.includes(damaged))) {
        throw Object.assign(new Error('invalid page'), { code: 'XX001' })
      }
    })
    const answers = await Promise.all([damaged, ...streams].map((stream) => store.readStream(stream)()))
    expect(answers.map(E.isRight)).toEqual([false, ...streams.map(() => true)])
  })

  test('a server that is lost is lost to everybody, and nobody asks again', async () => {
    let calls = 0
    const store = interrupted(() => {
      calls += 1
      throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
    })
    const answers = await Promise.all(many(6, () => left(store.readStream(newStream()))))
    expect(answers.map(({ _tag }) => _tag)).toEqual(many(6, () => 'Unavailable'))
    expect(calls).toBe(1)
  })

  test('beyond the queue the answer is Busy', async () => {
    const store = postgresStore(log.sql, { schema: log.schema, batching: { lanes: 1, queueMax: 2 } })
    const answers = await Promise.all(many(3, () => store.readStream(newStream())()))
    expect(answers.map(E.isRight)).toEqual([true, true, false])
    expect(answers[2]).toMatchObject({ left: { _tag: 'Busy' } })
  })

  test('leaving pages early leaves nothing open', async () => {
    const stream = await filled(50)
    const { sql, store } = counting()
    for await (const page of streamPages(store, stream, { pageSize: 5 })) {
      expect(E.isRight(page)).toBe(true)
      break
    }
    for await (const _page of queryPages(store, anyOf({}), { pageSize: 5, after: globalPosition(0) })) break
    // Ending waits for what is under way.
    await sql.end({ timeout: 5 })
  })
})
