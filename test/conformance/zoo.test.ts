/**
 * The conformance suite is tested itself: it must accept every right store and feed, and find out every wrong one.
 */
import { memoryStore } from 'decider-ts/adapters/memory'
import {
  type ConformanceCase,
  type ConformanceOptions,
  conformanceSuite,
  faultyFeed,
  faultyStore,
  feedSuite,
} from 'decider-ts/harness'
import type { FollowedStore } from 'decider-ts/run'
import type { EventStore } from 'decider-ts/store'
import { describe, expect, test } from 'vitest'
import { seed } from '../properties/Law.js'
import { failuresOf, findsOut } from './FindsOut.js'
import { feedZoo } from './zoo/Feeds.js'
import { zoo } from './zoo/index.js'
import { storeOfStreams, storeThatSettlesLate, storeWithGaps } from './zoo/Limited.js'

const options: ConformanceOptions = { seed, runs: 40, rounds: 15, racers: 6, shrink: false }

const suiteOf = (open: () => EventStore): ReadonlyArray<ConformanceCase> =>
  conformanceSuite(async () => {
    const store = open()
    return { store, connect: async () => store, close: async () => {} }
  }, options)

const feedSuiteOf = (
  open: () => FollowedStore,
  more: ConformanceOptions = {},
): ReadonlyArray<ConformanceCase> =>
  feedSuite(
    async () => {
      const store = open()
      return { store, connect: async () => store, close: async () => {} }
    },
    { ...options, ...more },
  )

describe('right stores pass every case', () => {
  const right = {
    'the memory store': memoryStore,
    'a store with gaps between positions': storeWithGaps,
    'a store of streams alone': storeOfStreams,
    'a store that meets no mishap': () => faultyStore(memoryStore(), []),
  }
  test.each(Object.entries(right))('%s', async (_, open) => {
    expect(await failuresOf(suiteOf(open))).toEqual([])
  })
})

findsOut('stores', suiteOf, memoryStore, zoo)

describe('right feeds pass every case', () => {
  const withRepeatedHints = (): FollowedStore => {
    const store = memoryStore()
    return { ...store, feed: faultyFeed(store.feed, { pages: [], hints: 'twice' }) }
  }
  const right = {
    'the memory store': memoryStore,
    'a store with gaps between positions': storeWithGaps,
    'a store that settles late': storeThatSettlesLate,
    'a store whose hints come twice': withRepeatedHints,
  }
  test.each(Object.entries(right))('%s', async (_, open) => {
    expect(await failuresOf(feedSuiteOf(open))).toEqual([])
  })
})

// What never comes is waited for: long enough for a right store, as the wrong ones are quick too.
findsOut('feeds', (open) => feedSuiteOf(open, { patienceMs: 500 }), memoryStore, feedZoo)
