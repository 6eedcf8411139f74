/**
 * The catalogue of laws for domains, in the order in which they are to be mended: a domain that throws or is not pure
 * breaks later laws too, for a reason that an earlier one names.
 * Used by: `Examination`, `given`.
 * @since 0.1.0
 */
import type { LawsOf } from './Law.js'
import { ambientWorld } from './laws/AmbientWorld.js'
import { behaviour } from './laws/Behaviour.js'
import { expected } from './laws/Expected.js'
import { inputs } from './laws/Inputs.js'
import { purity } from './laws/Purity.js'
import { replay } from './laws/Replay.js'
import { storage } from './laws/Storage.js'
import { timeZone } from './laws/TimeZone.js'
import { totality } from './laws/Totality.js'
import { upcasting } from './laws/Upcasting.js'

/** All laws for a subject. */
export const catalogue: LawsOf = (subject) => [
  ...totality(subject),
  ...inputs(subject),
  ...ambientWorld(subject),
  ...purity(subject),
  ...timeZone(subject),
  ...storage(subject),
  ...replay(subject),
  ...upcasting(subject),
  ...behaviour(subject),
  ...expected(subject),
]
