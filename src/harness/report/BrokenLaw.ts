/**
 * What a check of a law rejects with: the text of the breach, and the breach as data, so that whoever runs the check can
 * record it. A stack would point into this library and help nobody, so there is none.
 * Used by: `Suite`, `JudgedLaw`, and the bridges to test runners.
 * @since 0.1.0
 */
import type { Regression } from './Regression.js'

/**
 * A law is broken. Whoever runs checks by other means than a bridge can record the breach.
 * @example
 * import * as t from 'io-ts'
 * import { domain } from 'decider-ts/decide'
 * import { BrokenLaw, domainSuite } from 'decider-ts/harness'
 * const named = <const Type extends string>(type: Type) => t.type({ type: t.literal(type) })
 * const Door = domain({
 *   name: 'door', command: named('Open'), event: named('Opened'), rejection: named('Stuck'), state: t.boolean,
 *   streamId: () => 'front', initialState: false, evolve: () => true,
 *   decide: () => () => {
 *     throw new Error('not written yet')
 *   },
 * })
 * const [first] = domainSuite(Door, { histories: 10 })
 * const error = await first?.run().catch((reason) => reason)
 * error instanceof BrokenLaw && error.regression?.command // => { type: 'Open' }
 */
export class BrokenLaw extends Error {
  override readonly name = 'BrokenLaw'
  readonly lawId: string
  /** To record it; none where no situation of a domain shows the breach by itself, or another law explains it. */
  readonly regression: Regression | undefined

  /** @internal */
  constructor(message: string, lawId: string, regression: Regression | undefined) {
    super(message)
    this.lawId = lawId
    this.regression = regression
    this.stack = `${this.name}: ${message}`
  }
}
