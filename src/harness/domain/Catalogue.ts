/**
 * The catalogue of laws for domains, in the order in which they are to be mended: a domain that throws or is not pure
 * breaks later laws too, for a reason that an earlier one names.
 * Used by: `Examination`, `given`.
 * @since 0.1.0
 */
import { withOwnInitialState } from './Copy.js'
import type { LawsOf } from './Law.js'
import { ambientWorld } from './laws/AmbientWorld.js'
import { replayOf } from './laws/AskedAgain.js'
import { behaviour } from './laws/Behaviour.js'
import { expected } from './laws/Expected.js'
import { inputs } from './laws/Inputs.js'
import { purity } from './laws/Purity.js'
import { restart } from './laws/Restart.js'
import { storage } from './laws/Storage.js'
import { suggestions } from './laws/Suggestions.js'
import { timeZone } from './laws/TimeZone.js'
import { totality } from './laws/Totality.js'
import { upcasting } from './laws/Upcasting.js'

/** All laws for a subject. A domain may write into its state, so each law is given an initial state of its own. */
export const catalogue: LawsOf = ({ domain, expectations }) => {
  const subject = { domain: withOwnInitialState(domain), expectations }
  const asked = replayOf(subject)
  return [
    ...totality(subject, asked),
    ...suggestions(subject),
    ...inputs(subject, asked),
    ...ambientWorld(subject, asked),
    ...purity(subject, asked),
    ...timeZone(subject, asked),
    ...storage(subject),
    ...restart(subject),
    ...upcasting(subject),
    ...behaviour(subject),
    ...expected(subject),
  ]
}
