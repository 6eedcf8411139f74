/**
 * What an example throws when the domain does something else. It has the fields that test runners look for, so they
 * show a difference of their own, and a message that says enough without one.
 * Used by: `given`.
 * @since 0.1.0
 */

/** An example and the domain do not agree. */
export class ScenarioFailure extends Error {
  override readonly name = 'ScenarioFailure'
  /** What the domain did: events, a rejection or a state. */
  readonly actual: unknown
  /** What the example says. */
  readonly expected: unknown

  /** @internal */
  constructor(message: string, sides: { readonly actual?: unknown; readonly expected?: unknown } = {}) {
    super(message)
    this.actual = sides.actual
    this.expected = sides.expected
  }
}
