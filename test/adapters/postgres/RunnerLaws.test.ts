/**
 * The laws of projections at work, of their rebuilds, of replays and of process managers, asked of the keeper in
 * PostgreSQL: the same samples of processes that stall, die, lose answers and come back as in memory, fewer of them.
 */
import { rebuild, replayParked, runProcessManager, runProjection } from 'decider-ts/run'
import { afterAll, beforeAll } from 'vitest'
import { law } from '../../properties/Law.js'
import { isWhole, waitsForParked } from '../../properties/run/RebuiltNotes.js'
import { comesToTheFold, losesNothing } from '../../properties/run/ReplayedNotes.js'
import { happensOnce, isFold, parks, stopsClean, takesOver } from '../../properties/run/RunningNotes.js'
import { inOrder, once, rejections, stuck, timers } from '../../properties/run/RunningOrders.js'
import { type Installed, install } from './support.js'
import { installClock, worldsInPostgres } from './VirtualKeeper.js'

let installed: Installed

beforeAll(async () => {
  installed = await install({ max: 16 })
  await installClock(installed)
})

afterAll(async () => {
  await end()
  await installed.end()
})

const { openDesk, openShop, end } = worldsInPostgres(() => installed)

const some = { numRuns: Number(process.env['RUNS'] ?? 8) }
const few = { numRuns: some.numRuns / 2 }

law('RPJ-1 fold, in PostgreSQL', isFold(runProjection, openDesk), few)
law('RPJ-2 once, in PostgreSQL', happensOnce(runProjection, openDesk), few)
law('RPJ-3 parking, in PostgreSQL', parks(runProjection, openDesk), some)
law('RPJ-4 takeover, in PostgreSQL', takesOver(runProjection, openDesk), few)
law('RPJ-5 stop, in PostgreSQL', stopsClean(runProjection, openDesk), few)
law('RPP-1 fold, in PostgreSQL', comesToTheFold(replayParked, openDesk), some)
law('RPP-2 nothing lost, in PostgreSQL', losesNothing(replayParked, openDesk), some)
law('RBD-1 whole, in PostgreSQL', isWhole(rebuild, openDesk, 5_000), few)
law('RBD-2 not too early, in PostgreSQL', waitsForParked(rebuild, openDesk, 5_000), few)

law('RPM-1 once, in PostgreSQL', once(runProcessManager, openShop), few)
law('RPM-2 in order, in PostgreSQL', inOrder(runProcessManager, openShop), few)
law('RPM-3 timers, in PostgreSQL', timers(runProcessManager, openShop), few)
law('RPM-4 rejections, in PostgreSQL', rejections(runProcessManager, openShop), { numRuns: 1 })
law(
  'RPM-5 stuck, in PostgreSQL',
  stuck((run) => run, openShop),
  few,
)
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
    openDesk,
  ),
  some,
)
