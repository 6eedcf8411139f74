/**
 * The conformance suite as vitest tests, one for each case.
 * Used by: the test of each adapter, which only says how to open a store.
 */
import {
  type ConformanceOptions,
  conformanceSuite,
  feedSuite,
  type Opened,
  snapshotSuite,
} from 'decider-ts/harness'
import type { FollowedStore, SnapshotStore } from 'decider-ts/run'
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

/** The cases of a store and those of its feed. */
export const testFollowedConformance = (
  name: string,
  open: () => Promise<Opened<FollowedStore>>,
  options: ConformanceOptions = {},
): void => {
  testConformance(name, open, options)
  describe(`conformance of the feed of ${name}`, () => {
    for (const { name: title, run } of feedSuite(open, { seed, ...options })) test(title, run)
  })
}

/** The cases of the snapshots of a store. */
export const testSnapshots = (name: string, open: () => Promise<Opened<SnapshotStore>>): void => {
  describe(`conformance of the snapshots of ${name}`, () => {
    for (const { name: title, run } of snapshotSuite(open, { seed })) test(title, run)
  })
}
