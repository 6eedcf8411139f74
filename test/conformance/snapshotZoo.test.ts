/** The conformance suite of snapshots is tested itself, as that of stores is: by wrong places that it must find out. */
import { memoryStore } from 'decider-ts/adapters/memory'
import { snapshotSuite } from 'decider-ts/harness'
import type { SnapshotStore } from 'decider-ts/run'
import { seed } from '../properties/Law.js'
import { findsOut } from './FindsOut.js'
import { wrongSnapshots } from './zoo/Snapshots.js'

findsOut(
  'places for snapshots',
  (open: () => SnapshotStore) =>
    snapshotSuite(async () => ({ store: open(), close: async () => {} }), { seed, runs: 40, shrink: false }),
  memoryStore,
  wrongSnapshots,
)
