/**
 * Which laws a list of checks finds broken, in the order of the list, and what each says.
 */
import type { Check } from '../../../src/harness/Check.js'

/** A law that failed, and its message. */
export interface Failed {
  readonly law: string
  readonly message: string
}

/** Runs all checks, and gives those that fail. */
export const failuresOf = async (checks: ReadonlyArray<Check>): Promise<ReadonlyArray<Failed>> => {
  const failures: Array<Failed> = []
  for (const { name, run } of checks) {
    try {
      await run()
    } catch (error) {
      failures.push({ law: name.split(':')[0] ?? name, message: String(error) })
    }
  }
  return failures
}
