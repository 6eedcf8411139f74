/** The conformance suite of read models is tested itself, as that of stores is: by wrong keepers that it must find out. */
import { type ConformanceCase, readModelSuite } from 'decider-ts/harness'
import { describe, expect, test } from 'vitest'
import { openMemory, wrongReadModels } from './zoo/ReadModels.js'

const suiteOf = (open: typeof openMemory): ReadonlyArray<ConformanceCase> =>
  readModelSuite(async () => open(), { rounds: 5 })

describe('wrong keepers of read models are found out', () => {
  test.each(wrongReadModels)('$what ($caughtBy)', async ({ open, caughtBy }) => {
    const named = suiteOf(open).filter(({ name }) => name.startsWith(caughtBy))
    expect(named, `one case is called ${caughtBy}`).toHaveLength(1)
    const error = await named[0]?.run().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(Error)
    expect(error, 'it fails because of what it found, not by a crash').not.toBeInstanceOf(TypeError)
  })

  test('for every case there is a wrong keeper that it finds out', () => {
    const isNamed = ({ name }: ConformanceCase): boolean =>
      wrongReadModels.some(({ caughtBy }) => name.startsWith(caughtBy))
    expect(suiteOf(openMemory).filter((each) => !isNamed(each))).toEqual([])
  })
})
