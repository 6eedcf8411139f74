/** The conformance suite of outboxes is tested itself, as the others are: by wrong keepers that it must find out. */
import { type ConformanceCase, outboxSuite } from 'decider-ts/harness'
import { describe, expect, test } from 'vitest'
import { seed } from '../properties/Law.js'
import { openMemoryOutbox, wrongOutboxes } from './zoo/Outboxes.js'

const suiteOf = (open: typeof openMemoryOutbox): ReadonlyArray<ConformanceCase> =>
  outboxSuite(async () => open(), { seed, rounds: 5, shrink: false })

describe('wrong outboxes are found out', () => {
  test.each(wrongOutboxes)('$what ($caughtBy)', async ({ open, caughtBy }) => {
    const named = suiteOf(open).filter(({ name }) => name.startsWith(caughtBy))
    expect(named, `one case is called ${caughtBy}`).toHaveLength(1)
    const error = await named[0]?.run().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(Error)
    expect(error, 'it fails because of what it found, not by a crash').not.toBeInstanceOf(TypeError)
  })

  test('for every case there is a wrong outbox that it finds out', () => {
    const isNamed = ({ name }: ConformanceCase): boolean =>
      wrongOutboxes.some(({ caughtBy }) => name.startsWith(caughtBy))
    expect(suiteOf(openMemoryOutbox).filter((each) => !isNamed(each))).toEqual([])
  })
})
