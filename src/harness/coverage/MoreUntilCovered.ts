/**
 * More histories, as long as something declared is unreached. What is reached in one history of a thousand is no gap, and
 * whether three hundred histories happen to reach it must not decide whether a test is green.
 * Used by: `Examination`.
 *
 * Laws (test/properties/harness/coverage/MoreUntilCovered.test.ts):
 * - MUC-1 patient: a gap was reached by none of ten times as many histories, and one seed gives one coverage.
 * - MUC-2 bounded: no more than ten times as many histories are tried, and none where nothing is missing.
 * @since 0.1.0
 */
import type { History } from '../domain/History.js'
import type { Subject } from '../domain/Law.js'
import { trialsOf, usualHistories, usualSeed } from '../domain/Trial.js'
import { type Coverage, coverageTally } from './Coverage.js'
import { mayImprove } from './Gaps.js'

/** In all, so many times the histories of one run are tried. */
const roundsMax = 10

/**
 * What histories came to, and if something declared is unreached, what they and further ones came to: as many again,
 * round after round, until nothing is missing or ten rounds are over. Where the further ones begin depends on the seed
 * alone.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain, reject } from 'decider-ts/decide'
 * import { gapsOf, moreUntilCovered } from 'decider-ts/harness'
 * const named = <const Type extends string>(type: Type) => t.type({ type: t.literal(type) })
 * const Door = domain({
 *   name: 'door', command: named('Open'), event: named('Opened'), rejection: named('AlreadyOpen'), state: t.boolean,
 *   streamId: () => 'front', initialState: false, evolve: () => true,
 *   decide: () => (open) => (open ? reject({ type: 'AlreadyOpen' }) : accept({ type: 'Opened' })),
 * })
 * const subject = { domain: Door, expectations: {} }
 * gapsOf(subject)(moreUntilCovered(subject)([])) // => []
 */
export const moreUntilCovered =
  <Command, State, Event, Rejection>(subject: Subject<Command, State, Event, Rejection>) =>
  (histories: ReadonlyArray<History<Command, State, Event, Rejection>>): Coverage => {
    const { seed = usualSeed, histories: perRound = usualHistories } = subject.expectations
    const tally = coverageTally(subject)
    for (const history of histories) tally.add(history)
    let coverage = tally.coverage()
    for (let round = 1; round < roundsMax && mayImprove(subject, coverage); round++) {
      const expectations = { ...subject.expectations, seed: seed + round, histories: perRound }
      for (const { history } of trialsOf({ ...subject, expectations }).trials) tally.add(history)
      coverage = tally.coverage()
    }
    return coverage
  }
