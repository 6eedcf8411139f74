/**
 * The conformance suite: what every store of events must do, as a list of named checks that any test runner can run.
 * The numbers are those of the guarantees in the documentation; several checks may share one.
 * Used by: adapters, ours and anyone's, in their tests.
 * @since 0.1.0
 */
import type { FollowedStore } from '../../run/Feed.js'
import type { SnapshotStore } from '../../run/Snapshots.js'
import { usualSeed } from '../domain/Trial.js'
import { appendCases } from './Appends.js'
import { type Case, type ConformanceOptions, type Opened, runCase, type Settings } from './Case.js'
import { conditionCases } from './Conditions.js'
import { decisionCases } from './Decisions.js'
import { expectedVersionCases } from './ExpectedVersions.js'
import { feedCases } from './Feeds.js'
import { idCases } from './Ids.js'
import { logOrderCases } from './LogOrder.js'
import { modelCases } from './Model.js'
import { payloadCases } from './Payloads.js'
import { queryCases } from './Queries.js'
import { raceCases } from './Races.js'
import { readCases } from './Reads.js'
import { scheduleCases } from './Schedules.js'
import { snapshotCases } from './Snapshots.js'

export type { ConformanceOptions, Opened } from './Case.js'

/** One check: it resolves if the store passes, and rejects with an `Error` that says what was expected if not. */
export interface ConformanceCase {
  readonly name: string
  readonly run: () => Promise<void>
}

const numberOf = ({ name }: Pick<Case, 'name'>): number => Number(name.slice(1, 3))

const allCases: ReadonlyArray<Case> = [
  ...appendCases,
  ...expectedVersionCases,
  ...idCases,
  ...decisionCases,
  ...payloadCases,
  ...readCases,
  ...queryCases,
  ...conditionCases,
  ...raceCases,
  ...logOrderCases,
  ...modelCases,
  ...scheduleCases,
].toSorted((a, b) => numberOf(a) - numberOf(b))

/**
 * How thorough a run is, unless someone says otherwise.
 * @internal
 */
export const usualSettings: Settings = {
  seed: usualSeed,
  runs: 100,
  rounds: 100,
  racers: 8,
  shrink: true,
  patienceMs: 10_000,
}

/**
 * The checks for a store. `open` must give an empty store each time; it is called once for each check, and once for
 * each sample of a property.
 * @example
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { conformanceSuite } from 'decider-ts/harness'
 * const suite = conformanceSuite(async () => ({ store: memoryStore(), close: async () => {} }))
 * await suite[0]?.run() // => undefined
 */
export const conformanceSuite = (
  open: () => Promise<Opened>,
  options: ConformanceOptions = {},
): ReadonlyArray<ConformanceCase> => {
  const settings: Settings = { ...usualSettings, ...options }
  return allCases.map((each) => ({ name: each.name, run: () => runCase(each, open, settings) }))
}

/**
 * The checks for a store whose log can be followed, beside those of `conformanceSuite`. They are a list of their own, so
 * that a store without a feed cannot seem to pass them.
 * @example
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { feedSuite } from 'decider-ts/harness'
 * const suite = feedSuite(async () => ({ store: memoryStore(), close: async () => {} }))
 * await suite[0]?.run() // => undefined
 */
export const feedSuite = (
  open: () => Promise<Opened<FollowedStore>>,
  options: ConformanceOptions = {},
): ReadonlyArray<ConformanceCase> => {
  const settings: Settings = { ...usualSettings, ...options }
  return feedCases.map((each) => ({ name: each.name, run: () => runCase(each, open, settings) }))
}

/**
 * The checks for a store with a place for snapshots, a list of their own for the same reason.
 * @example
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { snapshotSuite } from 'decider-ts/harness'
 * const suite = snapshotSuite(async () => ({ store: memoryStore(), close: async () => {} }))
 * await suite[0]?.run() // => undefined
 */
export const snapshotSuite = (
  open: () => Promise<Opened<SnapshotStore>>,
  options: ConformanceOptions = {},
): ReadonlyArray<ConformanceCase> => {
  const settings: Settings = { ...usualSettings, ...options }
  return snapshotCases.map((each) => ({ name: each.name, run: () => runCase(each, open, settings) }))
}
