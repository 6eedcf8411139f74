/** The law of the memory store's feed, and what it says of hints and times. */
import { deepStrictEqual } from 'node:assert/strict'
import { memoryStore } from 'decider-ts/adapters/memory'
import type { Feed, FollowedStore } from 'decider-ts/run'
import {
  anyVersion,
  beginning,
  eventId,
  eventToAppend,
  type GlobalPosition,
  type RecordedEvent,
  streamId,
  timestamp,
  toStream,
} from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import { expect, test } from 'vitest'
import { law } from '../../Law.js'
import { appends, query } from '../../store/Samples.js'

const isWhole = (open: () => FollowedStore) =>
  fc.asyncProperty(appends, query, fc.integer({ min: 1, max: 4 }), async (requests, asked, limit) => {
    const store = open()
    for (const request of requests) await store.append(request)()
    const events: Array<RecordedEvent> = []
    let after: GlobalPosition = beginning
    for (let isMore = true; isMore; ) {
      const page = await store.feed.page(asked, after, limit)()
      if (E.isLeft(page)) {
        deepStrictEqual(page, await store.read(asked)())
        return
      }
      events.push(...page.right.events)
      isMore = page.right.beyond === 'more'
      after = page.right.upTo
    }
    const slice = await store.read(asked)()
    deepStrictEqual(events, E.isRight(slice) ? slice.right.events : [])
    deepStrictEqual(E.right(after), await store.head())
  })

const changed = (page: (right: Feed['page']) => Feed['page']) => (): FollowedStore => {
  const store = memoryStore()
  return { ...store, feed: { ...store.feed, page: page(store.feed.page) } }
}

law('MFD-1 whole', isWhole(memoryStore))
law.rejects(
  'MFD-1',
  'a full page that is taken for the last one',
  isWhole(
    changed(
      (right) => (asked, after, limit) =>
        F.pipe(
          right(asked, after, limit),
          TE.map((page) => ({ ...page, beyond: 'nothing' })),
        ),
    ),
  ),
)

const opening = (n: number) =>
  toStream(
    streamId('s', '1'),
    anyVersion,
  )([
    eventToAppend({
      id: eventId(`00000000-0000-7000-8000-00000000000${n}`),
      stream: streamId('s', '1'),
      type: 'A',
      data: {},
    }),
  ])

test('whoever listens is woken once for all that a turn records, not within it, and afterwards no more', async () => {
  const store = memoryStore()
  let woken = 0
  const unlisten = store.feed.onRecorded(() => {
    woken += 1
  })
  const both = Promise.all([store.append(opening(1))(), store.append(opening(2))()])
  expect(woken).toBe(0)
  await both
  expect(woken).toBe(1)
  await store.append(opening(2))()
  expect(woken).toBe(1)
  unlisten()
  await store.append(opening(3))()
  expect(woken).toBe(1)
})

test('the place of a time is before the first event that is not older, and else the end', async () => {
  let now = 0
  const store = memoryStore({ now: () => timestamp(now) })
  for (now = 1; now <= 3; now++) await store.append(opening(now))()
  const places = await Promise.all([0, 1, 2, 3, 4].map((time) => store.feed.positionAt(timestamp(time))()))
  expect(places).toEqual([0n, 0n, 1n, 2n, 3n].map(E.right))
})
