/**
 * The conformance suite as vitest tests, one for each case.
 * Used by: the test of each adapter, which only says how to open a store.
 */
import { type ConformanceOptions, conformanceSuite, type Opened } from 'decider-ts/harness'
import { describe, test } from 'vitest'
import { seed } from '../properties/Law.js'

export const testConformance = (
  name: string,
  open: () => Promise<Opened>,
  options: ConformanceOptions = {},
): void => {
  describe(`conformance of ${name}`, () => {
    for (const { name, run } of conformanceSuite(open, { seed, ...options })) test(name, run)
  })
}
