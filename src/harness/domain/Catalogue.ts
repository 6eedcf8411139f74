/**
 * The catalogue of laws for domains, in the order in which they are to be mended: a domain that throws or is not pure
 * breaks later laws too, for a reason that an earlier one names.
 * Used by: `Examination`, `given`.
 * @since 0.1.0
 */
import type { LawsOf } from './Law.js'
import { ambientWorld } from './laws/AmbientWorld.js'
import { inputs } from './laws/Inputs.js'
import { purity } from './laws/Purity.js'
import { replayOf } from './laws/AskedAgain.js'
import { timeZone } from './laws/TimeZone.js'
import { totality } from './laws/Totality.js'

/** All laws for a subject. */
export const catalogue: LawsOf = (subject) => {
  const replay = replayOf(subject)
  return [
    ...totality(subject, replay),
    ...inputs(subject, replay),
    ...ambientWorld(subject, replay),
    ...purity(subject, replay),
    ...timeZone(subject, replay),
  ]
}
