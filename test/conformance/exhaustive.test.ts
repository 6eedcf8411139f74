/**
 * The exhaustive suite on the memory store and on the Postgres store, and wrong stores that each of its cases refuses. On
 * Postgres sequences have two operations; the memory store is held to all of three.
 */
import { memoryStore } from 'decider-ts/adapters/memory'
import { type ConformanceCase, exhaustiveSuite, type Opened } from 'decider-ts/harness'
import type { EventStore } from 'decider-ts/store'
import { describe, expect, test } from 'vitest'
import { install } from '../adapters/postgres/support.js'
import { zoo } from './zoo/index.js'
import { storeOfStreams } from './zoo/Limited.js'

const opened = (open: () => EventStore) => async (): Promise<Opened> => ({
  store: open(),
  close: async () => {},
})

const messageOf = async ({ run }: ConformanceCase): Promise<string> =>
  run().then(
    () => 'passed',
    (error: unknown) =>
      error instanceof Error && !(error instanceof TypeError) ? error.message : `a crash: ${error}`,
  )

describe('right stores pass', () => {
  const right: Readonly<Record<string, () => Promise<Opened>>> = {
    'the memory store': opened(memoryStore),
    'a store of streams alone': opened(storeOfStreams),
    'the Postgres store': async () => {
      const { store, end } = await install()
      return { store, close: end }
    },
  }
  for (const [what, open] of Object.entries(right)) {
    for (const { name, run } of exhaustiveSuite(open, { depth: 2 })) test(`${what}: ${name}`, run)
  }

  test('the memory store, every sequence of three operations', async () => {
    const [sequences] = exhaustiveSuite(opened(memoryStore))
    expect(sequences && (await messageOf(sequences))).toBe('passed')
  })
})

describe('wrong stores are refused', () => {
  const order = 'C99 small scope: in every order of two writers and one mishap'
  const refused: ReadonlyArray<readonly [what: string, by: string]> = [
    ['noStream is not checked', 'C98 small scope'],
    ['the last event of an append is lost', 'C98 small scope'],
    ['several streams are written one by one', 'C98 small scope'],
    ['tokens are forgotten', 'C98 small scope'],
    ['what is sent again is written again', `${order} nothing`],
    ['every other read lags behind', `${order} expected`],
    ['of several expectations one is checked', `${order} there`],
    ['conditions are not checked', `${order} append conditions`],
  ]
  test.each(refused)('%s (%s)', async (what, by) => {
    const wrong = zoo.find((each) => each.what === what)
    const suite = exhaustiveSuite(opened(wrong?.open ?? memoryStore))
    const named = suite.filter(({ name }) => name.startsWith(by))
    expect(named, `one case is called ${by}`).toHaveLength(1)
    expect(named[0] && (await messageOf(named[0]))).toMatch(/found in schedule|in sequence/)
  })

  test('for every case there is a wrong store that it refuses', () => {
    const isNamed = ({ name }: ConformanceCase): boolean => refused.some(([, by]) => name.startsWith(by))
    expect(exhaustiveSuite(opened(memoryStore)).filter((each) => !isNamed(each))).toEqual([])
  })
})
