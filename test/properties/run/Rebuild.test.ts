/** The laws of rebuilds, on the keeper in memory. */
import { rebuild } from 'decider-ts/run'
import type { GlobalPosition } from 'decider-ts/store'
import { taskEither as TE } from 'fp-ts'
import { law } from '../Law.js'
import { isWhole, waitsForParked } from './RebuiltNotes.js'

const samples = { numRuns: 30 }

law('RBD-1 whole', isWhole(rebuild), samples)
law.rejects(
  'RBD-1',
  'one that shows what has only begun',
  isWhole((store, readModels, projection, options) =>
    rebuild(store, { ...readModels, place: () => TE.right(1_000n as GlobalPosition) }, projection, options),
  ),
  samples,
)
law('RBD-2 not too early', waitsForParked(rebuild), samples)
law.rejects(
  'RBD-2',
  'one that shows whatever has caught up',
  waitsForParked((store, readModels, projection, options) =>
    rebuild(store, readModels, projection, { ...options, mayGoLive: () => true }),
  ),
  samples,
)
