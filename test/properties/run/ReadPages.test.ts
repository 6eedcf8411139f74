/** The laws of `ReadPages`: paging changes how much is held at once and when it is asked for, and nothing else. */
import { deepStrictEqual } from 'node:assert/strict'
import { memoryStore } from 'decider-ts/adapters/memory'
import { handle, queryPages, streamPages, systemEnvironment } from 'decider-ts/run'
import {
  type EventStore,
  eventToAppend,
  everything,
  type QuerySlice,
  type RecordedEvent,
  type StreamSlice,
  streamId,
  version,
} from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import { expect, test } from 'vitest'
import { law } from '../Law.js'
import { arbitraryCommand, Till } from './Till.js'

type Reads = { readonly stream: typeof streamPages; readonly query: typeof queryPages }

const collect = async (pages: ReturnType<typeof streamPages>) => {
  const events: Array<RecordedEvent> = []
  for await (const page of pages) {
    if (E.isLeft(page)) throw new Error(page.left._tag)
    events.push(...page.right)
  }
  return events
}

const whole = async (read: ReturnType<EventStore['read']>) => {
  const slice = await read()
  if (E.isLeft(slice)) throw new Error(slice.left._tag)
  return slice.right.events
}

/** A store that ends early where a part will do, after a number of events, as one does where events are large. */
const endingAfter = (store: EventStore, most: number): EventStore => ({
  ...store,
  readStream: (stream, range) =>
    F.pipe(store.readStream(stream, range), TE.map(upTo<StreamSlice>(most, range?.partial))),
  read: (query, range) => F.pipe(store.read(query, range), TE.map(upTo<QuerySlice>(most, range?.partial))),
})

const upTo =
  <Slice extends StreamSlice | QuerySlice>(most: number, partial = false) =>
  (whole: Slice): Slice =>
    partial && whole.events.length > most
      ? { ...whole, events: whole.events.slice(0, most), more: true }
      : whole

const isWhole = ({ stream, query }: Reads) =>
  fc.asyncProperty(
    fc.array(arbitraryCommand()),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 5 }),
    async (commands, pageSize, most) => {
      const store = memoryStore()
      for (const command of commands) await handle(store, Till)(command)()
      const all = await whole(store.read(everything))
      const one = streamId('till', 'a')
      for (const each of [store, endingAfter(store, most)]) {
        deepStrictEqual(await collect(query(each, everything, { pageSize })), all)
        deepStrictEqual(
          await collect(stream(each, one, { pageSize })),
          all.filter((event) => event.stream === one),
        )
      }
    },
  )

law('PAG-1 whole', isWhole({ stream: streamPages, query: queryPages }))
law.rejects(
  'PAG-1',
  'a reader that stops after the first page',
  isWhole({
    stream: streamPages,
    query: async function* (store, query, range) {
      for await (const page of queryPages(store, query, range)) {
        yield page
        return
      }
    },
  }),
)

law.rejects(
  'PAG-1',
  'a reader that takes a short page for the last one',
  isWhole({
    stream: async function* (store, stream, { pageSize = 1 } = {}) {
      for await (const page of streamPages(store, stream, { pageSize })) {
        yield page
        if (E.isRight(page) && page.right.length < pageSize) return
      }
    },
    query: queryPages,
  }),
)

const till = streamId('till', 'a')

/** A stream of so many events. */
const filled = async (count: number): Promise<EventStore> => {
  const store = memoryStore()
  const events = Array.from({ length: count }, () =>
    eventToAppend({ id: systemEnvironment.newEventId(), stream: till, type: 'Sold', data: {} }),
  )
  if (count > 0) await store.append({ events, expected: [] })()
  return store
}

/** How many reads were sent, and which of them fails, counted from 0. */
const watched = (store: EventStore, failing = -1) => {
  const state = { sent: 0 }
  const readStream: EventStore['readStream'] = (stream, range) => () => {
    const nth = state.sent++
    return nth === failing
      ? Promise.resolve(E.left({ _tag: 'Busy', reason: 'the test' } as const))
      : store.readStream(stream, range)()
  }
  return { state, store: { ...store, readStream } }
}

const isAheadByTwo = (stream: typeof streamPages) =>
  fc.asyncProperty(fc.nat({ max: 12 }), fc.integer({ min: 1, max: 4 }), async (count, pageSize) => {
    const { state, store } = watched(await filled(count))
    let taken = 0
    for await (const _page of stream(store, till, { pageSize })) {
      taken += 1
      if (state.sent > taken + 2) return false
      if (taken === 1 && count > 2 * pageSize && state.sent < 2) return false
    }
    return count >= pageSize || state.sent === 1
  })

law('PAG-2 ahead', isAheadByTwo(streamPages))
law.rejects(
  'PAG-2',
  'a reader that asks for the next page when it has none',
  isAheadByTwo(async function* (store, stream, { pageSize = 1 } = {}) {
    let after = version(0)
    for (;;) {
      const page = await store.readStream(stream, { after, limit: pageSize })()
      if (E.isLeft(page) || page.right.events.length === 0) return
      yield E.right(page.right.events)
      after = version(after + BigInt(pageSize))
    }
  }),
)
law.rejects(
  'PAG-2',
  'a reader that asks for everything at once',
  isAheadByTwo(async function* (store, stream, options) {
    for (let nth = 0; nth < 5; nth++) await store.readStream(stream, { limit: 1 })()
    yield* streamPages(store, stream, options)
  }),
)

const failsLast = (stream: typeof streamPages) =>
  fc.asyncProperty(
    fc.nat({ max: 12 }),
    fc.integer({ min: 1, max: 4 }),
    fc.nat({ max: 5 }),
    async (count, pageSize, failing) => {
      const plain = await filled(count)
      const all = await collect(streamPages(plain, till))
      const { store } = watched(plain, failing)
      const [events, tags]: [Array<RecordedEvent>, Array<string>] = [[], []]
      for await (const page of stream(store, till, { pageSize })) {
        tags.push(page._tag)
        if (E.isRight(page)) events.push(...page.right)
      }
      deepStrictEqual(events, all.slice(0, events.length))
      const failed = tags.indexOf('Left')
      return failed === -1 ? events.length === count : failed === tags.length - 1
    },
  )

law('PAG-3 last failure', failsLast(streamPages))
law.rejects(
  'PAG-3',
  'a reader that goes on behind a failure',
  failsLast(async function* (store, stream, options) {
    yield* streamPages(store, stream, options)
    yield* streamPages(store, stream, options)
  }),
)
law.rejects(
  'PAG-3',
  'a reader that keeps a failure to itself',
  failsLast(async function* (store, stream, options) {
    for await (const page of streamPages(store, stream, options)) if (E.isRight(page)) yield page
  }),
)

test('a defect behind a page that was asked for ahead concerns nobody who has left', async () => {
  const store = await filled(10)
  let sent = 0
  const breaking: EventStore = {
    ...store,
    readStream: (stream, range) => () =>
      sent++ === 0 ? store.readStream(stream, range)() : Promise.reject(new Error('a defect')),
  }
  for await (const _page of streamPages(breaking, till, { pageSize: 3 })) break
  expect(sent).toBe(3)
})

test('a defect behind the page that the reader waits for is thrown', async () => {
  const store = await filled(10)
  let sent = 0
  const breaking: EventStore = {
    ...store,
    readStream: (stream, range) => () =>
      sent++ === 0 ? store.readStream(stream, range)() : Promise.reject(new Error('a defect')),
  }
  await expect(collect(streamPages(breaking, till, { pageSize: 3 }))).rejects.toThrow('a defect')
})

test('a failed read is the last page', async () => {
  const pages = streamPages(memoryStore(), streamId('till', ''.padEnd(600, 'x')))
  const tags: Array<string> = []
  for await (const page of pages) tags.push(page._tag)
  expect(tags).toEqual(['Left'])
  expect(systemEnvironment.now()).toBeGreaterThan(0)
})
