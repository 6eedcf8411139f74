/**
 * Positions without gaps: whatever is rolled back, refused or raced for, the log counts 1, 2, 3; and a log that is shared
 * with a store of the other ordering stays in order.
 */
import { either as E } from 'fp-ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresStoreOptions, postgresStore } from '../../../src/adapters/postgres/index.js'
import {
  type Append,
  anyOf,
  type EventStore,
  everything,
  exactly,
  noStream,
  type Tag,
  toStream,
} from '../../../src/store/index.js'
import { noViolations, violationsOf } from './LogChecker.js'
import { event, type Installed, install, left, newStream, only, right } from './support.js'

let log: Installed

beforeAll(async () => {
  log = await install({ max: 10 })
})
afterAll(() => log.end())

const gapless = (batching: PostgresStoreOptions['batching'] = {}): EventStore =>
  postgresStore(log.sql, { schema: log.schema, ordering: 'gapless', batching })

const many = <A>(count: number, make: (index: number) => A): ReadonlyArray<A> =>
  Array.from({ length: count }, (_, index) => make(index))

const shapes: ReadonlyArray<(nth: number) => Append> = [
  () => only(event(newStream())),
  () => {
    const stream = newStream()
    return toStream(stream, noStream)([event(stream), event(stream)])
  },
  (nth) => only(event(newStream(), { tags: [`tag-${nth % 3}`] }), event(newStream())),
  () => ({ ...only(event(newStream())), condition: { failIfEventsMatch: anyOf({ types: ['Nobody'] }) } }),
]

const shapeOf = (nth: number): Append => shapes[nth % shapes.length]?.(nth) ?? only(event(newStream()))

/** Appends in a transaction that ends as its caller says. */
const inTransaction = (
  ordering: 'concurrent' | 'gapless',
  append: Append,
  commits: boolean,
): Promise<boolean> =>
  log.sql
    .begin(async (transaction) => {
      await right(postgresStore(transaction, { schema: log.schema, ordering }).append(append))
      if (!commits) throw new Error('rolled back')
      return true
    })
    .catch((error: unknown) => {
      if (commits) throw error
      return false
    })

const positions = async (): Promise<ReadonlyArray<bigint>> =>
  (await right(log.store.read(everything))).events.map(({ position }) => position)

test('positions are 1, 2, 3 under concurrent appends, with conflicts and with callers who roll back', async () => {
  const [store, alone] = [gapless(), gapless(false)]
  const hot = newStream()
  const outcomes = await Promise.all(
    many(60, async (nth) => {
      if (nth % 5 === 0) return inTransaction('gapless', shapeOf(nth), nth % 10 === 0)
      if (nth % 7 === 0) return E.isRight(await store.append(toStream(hot, noStream)([event(hot)]))())
      return E.isRight(await (nth % 2 === 0 ? store : alone).append(shapeOf(nth))())
    }),
  )
  expect(outcomes).toContain(false)
  const all = await positions()
  expect(all.length).toBeGreaterThan(60)
  expect(all).toEqual(many(all.length, (index) => BigInt(index + 1)))
})

test('repeated and refused appends answer as they do with the other ordering', async () => {
  const store = gapless()
  const stream = newStream()
  const first = toStream(stream, noStream)([event(stream, { tags: ['once'] })])
  const plain = toStream(stream, exactly(1))([event(stream)])
  const appended = await right(store.append(first))
  const next = await right(store.append(plain))
  expect(next).toMatchObject({ streams: [{ stream, version: 2n }], lastPosition: appended.lastPosition + 1n })
  expect(await right(store.append(first))).toEqual({ ...appended, repeated: true })
  expect(await right(store.append(plain))).toEqual({ ...next, repeated: true })
  const late = toStream(stream, exactly(1))([event(stream)])
  expect(await left(store.append(late))).toMatchObject({ _tag: 'VersionConflict', actual: 2n })
  const once = { failIfEventsMatch: anyOf({ tags: ['once' as string as Tag] }) }
  expect(await left(store.append({ ...only(event(stream)), condition: once }))).toEqual({
    _tag: 'ConditionConflict',
    position: appended.lastPosition,
  })
})

test('a snapshot from before the marker is refused, and moves nothing', async () => {
  const before = await right(gapless().append(only(event(newStream()))))
  await log.sql
    .begin('isolation level repeatable read', async (transaction) => {
      await transaction`select 1`
      await right(log.store.append(only(event(newStream()))))
      const store = postgresStore(transaction, { schema: log.schema, ordering: 'gapless' })
      expect(await left(store.append(only(event(newStream()))))).toMatchObject({ _tag: 'WrongIsolation' })
    })
    .catch((error: { code?: string }) => expect(error.code).toBe('DE001'))
  const after = await right(log.store.append(only(event(newStream()))))
  expect(after.lastPosition).toBeGreaterThan(before.lastPosition + 1n)
})

test('beside a store of the other ordering no position is used twice, and the log is in order', async () => {
  const own = await install({ max: 10 })
  const stores = [own.store, postgresStore(own.sql, { schema: own.schema, ordering: 'gapless' })] as const
  const hot = many(3, () => newStream())
  const acknowledged: Array<Append> = []
  const write = async (store: EventStore, nth: number): Promise<void> => {
    const stream = hot[nth % 3] ?? newStream()
    const { version } = await right(store.readStream(stream, { limit: 1, direction: 'backward' }))
    const appends = [
      toStream(stream, version === 0n ? noStream : exactly(version))([event(stream)]),
      only(event(stream), event(newStream(), { tags: ['t'] })),
    ]
    for (const append of appends) if (E.isRight(await store.append(append)())) acknowledged.push(append)
  }
  const rollBack = (nth: number): Promise<unknown> =>
    own.sql
      .begin(async (transaction) => {
        const ordering = nth % 2 === 0 ? 'gapless' : 'concurrent'
        await right(postgresStore(transaction, { schema: own.schema, ordering }).append(shapeOf(nth)))
        throw new Error('rolled back')
      })
      .catch((error: unknown) => error)
  await Promise.all(
    many(120, async (nth) => {
      if (nth % 6 === 5) await rollBack(nth)
      else await write(stores[nth % 2 === 0 ? 0 : 1], nth)
    }),
  )
  const { events } = await right(own.store.read(everything))
  expect(violationsOf(events, acknowledged)).toEqual(noViolations)
  expect(new Set(events.map(({ position }) => position)).size).toBe(events.length)
  const last = events.at(-1)?.position ?? 0n
  const next = await right(stores[1].append(only(event(newStream()), event(newStream()))))
  expect(next.lastPosition).toBe(last + 2n)
  await own.end()
})
