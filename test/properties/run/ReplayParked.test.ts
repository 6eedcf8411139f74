/** The laws of replays, on the keeper in memory. */
import { replayParked } from 'decider-ts/run'
import { taskEither as TE } from 'fp-ts'
import { law } from '../Law.js'
import { comesToTheFold, losesNothing } from './ReplayedNotes.js'

law('RPP-1 fold', comesToTheFold(replayParked))
law.rejects(
  'RPP-1',
  'one that does not look whether more came to wait',
  comesToTheFold((readModels, projection, key, options) =>
    replayParked(
      {
        ...readModels,
        unpark: (of, unparking, within) =>
          TE.chain((events: ReadonlyArray<{ readonly position: typeof unparking.through }>) =>
            readModels.unpark(
              of,
              { ...unparking, through: events.at(-1)?.position ?? unparking.through },
              within,
            ),
          )(readModels.parkedEvents(of, key)),
      },
      projection,
      key,
      options,
    ),
  ),
)
law('RPP-2 nothing lost', losesNothing(replayParked))
law.rejects(
  'RPP-2',
  'one that leaves out what fails',
  losesNothing((readModels, projection, key, options) =>
    replayParked(
      readModels,
      {
        ...projection,
        evolve: (state, note) => (note.flaw === 'none' ? projection.evolve(state, note) : state),
      },
      key,
      options,
    ),
  ),
)
