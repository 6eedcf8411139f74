/** The conformance suite of snapshots is tested itself, as that of stores is: by wrong places that it must find out. */
import { memoryStore } from 'decider-ts/adapters/memory'
import { type ConformanceCase, snapshotSuite } from 'decider-ts/harness'
import type { SnapshotStore } from 'decider-ts/run'
import { describe, expect, test } from 'vitest'
import { seed } from '../properties/Law.js'
import { wrongSnapshots } from './zoo/Snapshots.js'

const suiteOf = (open: () => SnapshotStore): ReadonlyArray<ConformanceCase> =>
  snapshotSuite(async () => ({ store: open(), close: async () => {} }), { seed, runs: 40, shrink: false })

describe('wrong places for snapshots are found out', () => {
  test.each(wrongSnapshots)('$what ($caughtBy)', async ({ open, caughtBy }) => {
    const named = suiteOf(open).filter(({ name }) => name.startsWith(caughtBy))
    expect(named, `one case is called ${caughtBy}`).toHaveLength(1)
    const error = await named[0]?.run().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(Error)
    expect(error, 'it fails because of what it found, not by a crash').not.toBeInstanceOf(TypeError)
  })

  test('for every case there is a wrong place that it finds out', () => {
    const isNamed = ({ name }: ConformanceCase): boolean =>
      wrongSnapshots.some(({ caughtBy }) => name.startsWith(caughtBy))
    expect(suiteOf(memoryStore).filter((each) => !isNamed(each))).toEqual([])
  })
})
