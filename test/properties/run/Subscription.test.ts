/**
 * The laws of `subscribe`, on the memory store with a feed that fails and hints as it likes, and what it does about
 * defects, ends and starts. Waiting takes a turn of the event loop, so nothing here depends on time.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { faultyFeed } from 'decider-ts/harness'
import {
  type Batch,
  type Feed,
  type FollowedStore,
  type From,
  immediately,
  type Subscription,
  type SubscriptionOptions,
  subscribe,
  tryOnce,
} from 'decider-ts/run'
import { everything, type GlobalPosition, globalPosition, type ReadError, timestamp } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, taskEither as TE } from 'fp-ts'
import { describe, expect, test } from 'vitest'
import { law } from '../Law.js'
import { hasty, logOf, mine, placesOfMine, turn, turnsUntil } from './Followed.js'

type Subscribe = typeof subscribe

const kinds = (maxLength: number) => fc.array(fc.boolean(), { maxLength, size: 'max' })

const sample = fc.record({
  before: kinds(12),
  meanwhile: fc.array(kinds(5), { maxLength: 8 }),
  batchSize: fc.integer({ min: 1, max: 4 }),
  prefetch: fc.integer({ min: 1, max: 3 }),
  mishaps: fc.record({
    pages: fc.array(fc.constantFrom('none' as const, 'busy' as const, 'lost' as const), { maxLength: 12 }),
    hints: fc.constantFrom('as they come' as const, 'missed' as const, 'twice' as const),
  }),
})

/** Reads batches until there are no more, and does something after each. */
const consume = async (
  subscription: Subscription,
  after: (batch: E.Either<ReadError, Batch>) => Promise<void> = async () => {},
): Promise<ReadonlyArray<E.Either<ReadError, Batch>>> => {
  const batches: Array<E.Either<ReadError, Batch>> = []
  for await (const batch of subscription) {
    batches.push(batch)
    await after(batch)
  }
  return batches
}

const placesIn = (batches: ReadonlyArray<E.Either<ReadError, Batch>>): ReadonlyArray<GlobalPosition> =>
  batches.flatMap((batch) => (E.isRight(batch) ? batch.right.events.map(({ position }) => position) : []))

const obeys = (subscribeTo: Subscribe) =>
  fc.asyncProperty(sample, async ({ before, meanwhile, batchSize, prefetch, mishaps }) => {
    const { store, record } = await logOf(before)
    const followed = { ...store, feed: faultyFeed(store.feed, mishaps) }
    const options = { query: mine, batchSize, prefetch, environment: hasty, retry: immediately(100) }
    const subscription = subscribeTo(followed, options)
    const waiting = [...meanwhile, [true]]
    const places: Array<GlobalPosition> = []
    const consumed = consume(subscription, async (batch) => {
      places.push(...placesIn([batch]))
      await record(waiting.shift() ?? [])
    })
    await turnsUntil(() => places.length > 0 || waiting.length < meanwhile.length + 1)
    for (const each of waiting.splice(0)) await record(each)
    const expected = await placesOfMine(store)
    await turnsUntil(() => places.length >= expected.length)
    await subscription.stop()
    await consumed
    deepStrictEqual(places, expected)
  })

law('SUB-8 obedience', obeys(subscribe))
law.rejects(
  'SUB-8',
  'one that waits for hints only',
  obeys((store, options = {}) =>
    subscribe(store, { ...options, environment: { ...hasty, sleep: () => () => new Promise(() => {}) } }),
  ),
)
law.rejects(
  'SUB-8',
  'one that gives up at the first failure',
  obeys((store, options = {}) => subscribe(store, { ...options, retry: tryOnce })),
)
law.rejects(
  'SUB-8',
  'one that delivers every event',
  obeys((store, options = {}) => subscribe(store, { ...options, query: everything })),
)

/** The feed, whose pages wait for a gate, and who asks and listens. */
const watchedFeed = (feed: Feed) => {
  const gates: Array<() => void> = []
  const seen = { asked: 0, underWay: 0, listening: 0 }
  const watched: Feed = {
    ...feed,
    page: (query, after, limit) => async () => {
      seen.asked += 1
      seen.underWay += 1
      await new Promise<void>((open) => gates.push(open))
      seen.underWay -= 1
      return feed.page(query, after, limit)()
    },
    onRecorded: (wake) => {
      seen.listening += 1
      const unlisten = feed.onRecorded(wake)
      return () => {
        seen.listening -= 1
        unlisten()
      }
    },
  }
  return { watched, seen, openGate: () => gates.shift()?.() }
}

const isQuietAfterStop = (subscribeTo: Subscribe) =>
  fc.asyncProperty(fc.nat({ max: 6 }), fc.boolean(), kinds(9), async (opened, isSlow, before) => {
    const { store, record } = await logOf(before)
    const { watched, seen, openGate } = watchedFeed(store.feed)
    const subscription = subscribeTo({ ...store, feed: watched }, { batchSize: 1, environment: hasty })
    const consumed = consume(subscription)
    for (let page = 0; page < opened; page++) {
      openGate()
      await turn()
    }
    const stopped = subscription.stop().then(() => ({ ...seen }))
    if (isSlow) await turn()
    openGate()
    const atStop = await stopped
    deepStrictEqual(atStop, { ...atStop, underWay: 0, listening: 0 })
    await record([true, true])
    for (let turns = 0; turns < 5; turns++) await turn()
    deepStrictEqual(seen, atStop)
    await Promise.race([consumed, turn()])
  })

law('SUB-9 quiet after the stop', isQuietAfterStop(subscribe))
law.rejects(
  'SUB-9',
  'a stop that does not wait for the page under way',
  isQuietAfterStop((store, options) => {
    const subscription = subscribe(store, options)
    return { ...subscription, stop: async () => void subscription.stop() }
  }),
)
law.rejects(
  'SUB-9',
  'a stop that leaves the listener behind',
  isQuietAfterStop((store, options) => {
    const onRecorded: Feed['onRecorded'] = (wake) => {
      store.feed.onRecorded(wake)
      return () => {}
    }
    return subscribe({ ...store, feed: { ...store.feed, onRecorded } }, options)
  }),
)

const firstOf = async (store: FollowedStore, options: SubscriptionOptions) => {
  const subscription = subscribe(store, { environment: hasty, ...options })
  const { value } = await subscription.next()
  await subscription.stop()
  return value
}

describe('where it begins', () => {
  const starts: ReadonlyArray<readonly [string, From, GlobalPosition]> = [
    ['the origin', 'origin', globalPosition(0)],
    ['now', 'now', globalPosition(3)],
    ['a place', { after: globalPosition(2) }, globalPosition(2)],
    ['a time that has come', { time: timestamp(0) }, globalPosition(0)],
    ['a time that is to come', { time: timestamp(8e15) }, globalPosition(3)],
  ]
  test.each(starts)('%s', async (_, from, start) => {
    const { store } = await logOf([true, true, true])
    const batch = await firstOf(store, { from })
    const places = [1n, 2n, 3n].filter((place) => place > start)
    expect(batch && placesIn([batch])).toEqual(places)
  })

  test('a place beyond the end: nothing comes before it is reached', async () => {
    const { store, record } = await logOf([true])
    const subscription = subscribe(store, { from: { after: globalPosition(3) }, environment: hasty })
    const { value: first } = await subscription.next()
    expect(first).toEqual(E.right({ events: [], upTo: 3n, state: 'live' }))
    await record([true, true, true])
    const { value: second } = await subscription.next()
    expect(second && placesIn([second])).toEqual([4n])
    await subscription.stop()
  })
})

describe('how it ends', () => {
  const thrown = new Error('a defect')
  const withFeed = async (feed: Partial<Feed>): Promise<FollowedStore> => {
    const { store } = await logOf([true])
    return { ...store, feed: { ...store.feed, ...feed } }
  }

  test('an error that will not pass is the last thing that comes', async () => {
    const error: ReadError = { _tag: 'Unsupported', feature: 'queries' }
    const store = await withFeed({ page: () => TE.left(error) })
    expect(await consume(subscribe(store))).toEqual([E.left(error)])
  })

  test('every failure that is tried again is reported', async () => {
    const { store } = await logOf([true])
    const attempts: Array<number> = []
    const feed = faultyFeed(store.feed, { pages: ['busy', 'lost'], hints: 'missed' })
    const onRetry: SubscriptionOptions['onRetry'] = ({ attempt }) => attempts.push(attempt)
    await firstOf({ ...store, feed }, { onRetry })
    expect(attempts).toEqual([1, 2])
  })

  test.each<readonly [string, Partial<Feed>, SubscriptionOptions]>([
    ['a page that rejects', { page: () => () => Promise.reject(thrown) }, {}],
    [
      'a page that throws',
      {
        page: () => {
          throw thrown
        },
      },
      {},
    ],
    [
      'a report that throws',
      { page: () => TE.left({ _tag: 'Busy', reason: 'at the moment' }) },
      {
        onRetry: () => {
          throw thrown
        },
      },
    ],
  ])('%s reaches the consumer', async (_, feed, options) => {
    const subscription = subscribe(await withFeed(feed), { ...options, environment: hasty })
    await expect(subscription.next()).rejects.toBe(thrown)
    expect(await subscription.next()).toEqual({ done: true, value: undefined })
  })

  test('leaving the loop stops it', async () => {
    const { store } = await logOf([true])
    const { watched, seen, openGate } = watchedFeed(store.feed)
    openGate()
    const loop = (async () => {
      for await (const _ of subscribe({ ...store, feed: watched }, { environment: hasty })) break
    })()
    await turn()
    openGate()
    await turnsUntil(() => seen.underWay === 1)
    openGate()
    await loop
    expect(seen).toMatchObject({ underWay: 0, listening: 0 })
  })

  test('one that was stopped before it began never begins', async () => {
    const { store } = await logOf([true])
    const { watched, seen } = watchedFeed(store.feed)
    const subscription = subscribe({ ...store, feed: watched })
    await subscription.stop()
    expect(await consume(subscription)).toEqual([])
    expect(seen).toEqual({ asked: 0, underWay: 0, listening: 0 })
  })

  test('demands are answered in their order, also those that came at once', async () => {
    const { store } = await logOf([true, true])
    const subscription = subscribe(store, { batchSize: 1, environment: hasty })
    const answers = [subscription.next(), subscription.next(), subscription.next()]
    await Promise.all(answers.slice(0, 2))
    void subscription.stop()
    const [first, second, third] = await Promise.all(answers)
    expect([first, second].map((each) => each?.value && placesIn([each.value]))).toEqual([[1n], [2n]])
    expect(third).toEqual({ done: true, value: undefined })
  })

  test.each([
    ['batchSize', { batchSize: 0 }],
    ['prefetch', { prefetch: 1.5 }],
  ])('a %s that is no whole number of 1 or more is a programming error', async (name, options) => {
    const { store } = await logOf([])
    expect(() => subscribe(store, options)).toThrow(name)
  })
})
