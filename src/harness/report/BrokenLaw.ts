/**
 * What a check of a law rejects with: the text of the breach, and the breach as data, so that whoever runs the check can
 * record it. A stack would point into this library and help nobody, so there is none.
 * Used by: `Suite`, and the bridges to test runners.
 * @since 0.1.0
 */
import type { Regression } from './Regression.js'

/** A law is broken. */
export class BrokenLaw extends Error {
  override readonly name = 'BrokenLaw'
  readonly lawId: string
  /** To record it; none where the situation alone does not show the breach, or another law explains it. */
  readonly regression: Regression | undefined

  /** @internal */
  constructor(message: string, lawId: string, regression: Regression | undefined) {
    super(message)
    this.lawId = lawId
    this.regression = regression
    this.stack = `${this.name}: ${message}`
  }
}
