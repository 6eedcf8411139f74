/**
 * The laws of projections at work, of their rebuilds and of replays, asked of the keeper in PostgreSQL: the same samples
 * of processes that stall, die, lose answers and come back as in memory, fewer of them.
 */
import { rebuild, replayParked, runProjection } from 'decider-ts/run'
import { afterAll, beforeAll } from 'vitest'
import { law } from '../../properties/Law.js'
import { isWhole, waitsForParked } from '../../properties/run/RebuiltNotes.js'
import { comesToTheFold, losesNothing } from '../../properties/run/ReplayedNotes.js'
import { happensOnce, isFold, parks } from '../../properties/run/RunningNotes.js'
import { type Installed, install } from './support.js'
import { desksInPostgres } from './VirtualKeeper.js'

let installed: Installed

beforeAll(async () => {
  installed = await install({ max: 16 })
})

afterAll(async () => {
  await end()
  await installed.end()
})

const { open, end } = desksInPostgres(() => installed)

const some = { numRuns: Number(process.env['RUNS'] ?? 8) }
const few = { numRuns: some.numRuns / 2 }

law('RPJ-1 fold, in PostgreSQL', isFold(runProjection, open), few)
law('RPJ-2 once, in PostgreSQL', happensOnce(runProjection, open), few)
law('RPJ-3 parking, in PostgreSQL', parks(runProjection, open), some)
law('RPP-1 fold, in PostgreSQL', comesToTheFold(replayParked, open), some)
law('RPP-2 nothing lost, in PostgreSQL', losesNothing(replayParked, open), some)
law('RBD-1 whole, in PostgreSQL', isWhole(rebuild, open, 5_000), few)
law('RBD-2 not too early, in PostgreSQL', waitsForParked(rebuild, open, 5_000), few)

law.rejects(
  'RPP-2',
  'one that leaves out what fails, in PostgreSQL',
  losesNothing(
    (readModels, projection, key, options) =>
      replayParked(
        readModels,
        {
          ...projection,
          evolve: (state, note) => (note.flaw === 'none' ? projection.evolve(state, note) : state),
        },
        key,
        options,
      ),
    open,
  ),
  some,
)
