/**
 * The conformance suite is tested itself: it must accept every right store and find out every wrong one, by the case
 * that names what is wrong. And no case is idle: for each there is a store that it alone is asked to find out.
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

const failuresOf = async (cases: ReadonlyArray<ConformanceCase>): Promise<ReadonlyArray<string>> => {
  const failures: Array<string> = []
  for (const { name, run } of cases) {
    await run().catch((error: unknown) => {
      expect(error, `${name} fails with an Error`).toBeInstanceOf(Error)
      expect(error, `${name} fails because of what it found, not by a crash`).not.toBeInstanceOf(TypeError)
      failures.push(name)
    })
  }
  return failures
}

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

describe('wrong stores are found out', () => {
  test.each(zoo)('$what ($caughtBy)', async ({ open, caughtBy }) => {
    const named = suiteOf(open).filter(({ name }) => name.startsWith(caughtBy))
    expect(named, `one case is called ${caughtBy}`).toHaveLength(1)
    expect(await failuresOf(named)).toEqual(named.map(({ name }) => name))
  })

  test('for every case there is a wrong store that it finds out', () => {
    const isNamed = ({ name }: ConformanceCase): boolean =>
      zoo.some(({ caughtBy }) => name.startsWith(caughtBy))
    expect(suiteOf(memoryStore).filter((each) => !isNamed(each))).toEqual([])
  })
})

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

describe('wrong feeds are found out', () => {
  // What never comes is waited for: long enough for a right store, as the wrong ones are quick too.
  const impatient = { patienceMs: 500 }

  test.each(feedZoo)('$what ($caughtBy)', async ({ open, caughtBy }) => {
    const named = feedSuiteOf(open, impatient).filter(({ name }) => name.startsWith(caughtBy))
    expect(named, `one case is called ${caughtBy}`).toHaveLength(1)
    expect(await failuresOf(named)).toEqual(named.map(({ name }) => name))
  })

  test('for every case there is a wrong feed that it finds out', () => {
    const isNamed = ({ name }: ConformanceCase): boolean =>
      feedZoo.some(({ caughtBy }) => name.startsWith(caughtBy))
    expect(feedSuiteOf(memoryStore).filter((each) => !isNamed(each))).toEqual([])
  })
})
