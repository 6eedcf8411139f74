/**
 * A conformance suite is tested itself: each wrong implementation is found out by the case that names what is wrong, by
 * what the case found and not by a crash; and no case is idle, for each there is a wrong one that it is asked to find out.
 * Used by: the tests of all suites.
 */
import type { ConformanceCase } from 'decider-ts/harness'
import { describe, expect, test } from 'vitest'

/** Wrong in one respect, and the beginning of the name of the case that must find it out. */
export interface Wrong<Opened> {
  readonly what: string
  readonly caughtBy: string
  readonly open: () => Opened
}

/** The names of the cases that fail. */
export const failuresOf = async (cases: ReadonlyArray<ConformanceCase>): Promise<ReadonlyArray<string>> => {
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

export const findsOut = <Opened>(
  what: string,
  suiteOf: (open: () => Opened) => ReadonlyArray<ConformanceCase>,
  right: () => Opened,
  wrongs: ReadonlyArray<Wrong<Opened>>,
): void => {
  describe(`wrong ${what} are found out`, () => {
    test.each(wrongs)('$what ($caughtBy)', async ({ open, caughtBy }) => {
      const named = suiteOf(open).filter(({ name }) => name.startsWith(caughtBy))
      expect(named, `one case is called ${caughtBy}`).toHaveLength(1)
      expect(await failuresOf(named)).toEqual(named.map(({ name }) => name))
    })

    test('for every case there is a wrong one that it finds out', () => {
      const isNamed = ({ name }: ConformanceCase): boolean =>
        wrongs.some(({ caughtBy }) => name.startsWith(caughtBy))
      expect(suiteOf(right).filter((each) => !isNamed(each))).toEqual([])
    })
  })
}
