/** The laws of running projections, on the keeper in memory. */
import type { MemoryTransaction } from 'decider-ts/adapters/memory'
import { type Entry, type ReadModels, runProjection } from 'decider-ts/run'
import { taskEither as TE } from 'fp-ts'
import { law } from '../Law.js'
import { happensOnce, isFold, parks, type Run, stopsClean, takesOver } from './RunningNotes.js'

type Loaded = { readonly entries: ReadonlyArray<Entry> }

/** The projection, at work with a keeper that is wrong. */
const withKeeper =
  (change: (right: ReadModels<MemoryTransaction>) => Partial<ReadModels<MemoryTransaction>>): Run =>
  (store, readModels, projection, options) =>
    runProjection(store, { ...readModels, ...change(readModels) }, projection, options)

const samples = { numRuns: Number(process.env['RUNS'] ?? 60) }

law('RPJ-1 fold', isFold(runProjection), samples)
law.rejects(
  'RPJ-1',
  'a place that is written before the entries',
  isFold(
    withKeeper((right) => ({
      commit: (of, commit, within) =>
        TE.chain(() =>
          right.commit(
            of,
            { ...commit, moves: commit.moves.map((move) => ({ ...move, upTo: move.to })) },
            within,
          ),
        )(right.commit(of, { ...commit, entries: [], parked: [] })),
    })),
  ),
  samples,
)
law('RPJ-2 once', happensOnce(runProjection), samples)
law.rejects(
  'RPJ-2',
  'a handler that writes outside of the transaction',
  happensOnce((store, readModels, projection, { handle, ...options } = {}) =>
    runProjection(store, readModels, projection, {
      ...options,
      handle: (batch, transaction) =>
        handle?.(batch, { ...transaction, write: (change) => change() }) ?? Promise.resolve(),
    }),
  ),
  samples,
)
law('RPJ-3 parking', parks(runProjection), samples)
law.rejects(
  'RPJ-3',
  'a keeper that forgets who is parked',
  parks(
    withKeeper((right) => ({
      load: (of, keys) =>
        TE.map(({ entries }: Loaded) => ({ entries, parked: new Set<string>() }))(right.load(of, keys)),
      commit: (of, commit, within) =>
        right.commit(of, { ...commit, parked: commit.parked.filter(({ attempts }) => attempts > 0) }, within),
    })),
  ),
  samples,
)
law('RPJ-4 takeover', takesOver(runProjection), samples)
law.rejects(
  'RPJ-4',
  'leases of a minute',
  takesOver((store, readModels, projection, options) =>
    runProjection(store, readModels, projection, { ...options, leaseMs: 60_000 }),
  ),
  samples,
)
law('RPJ-5 stop', stopsClean(runProjection), samples)
law.rejects(
  'RPJ-5',
  'one that keeps what it holds',
  stopsClean(withKeeper(() => ({ release: () => TE.right(undefined) }))),
  samples,
)
