/**
 * What an example throws when the domain does something else. It has the fields that test runners look for, so they
 * show a difference of their own, and a message that says enough without one.
 * Used by: `given`.
 * @since 0.1.0
 */

/**
 * An example and the domain do not agree.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain } from 'decider-ts/decide'
 * import { given, ScenarioFailure } from 'decider-ts/harness'
 * const named = <const Type extends string>(type: Type) => t.type({ type: t.literal(type) })
 * const Bell = domain({
 *   name: 'bell', command: named('Ring'), event: named('Rang'), rejection: named('Broken'), state: t.type({ rings: t.number }),
 *   streamId: () => 'tower', initialState: { rings: 0 }, evolve: ({ rings }) => ({ rings: rings + 1 }),
 *   decide: () => () => accept({ type: 'Rang' }),
 * })
 * const failure = (() => {
 *   try {
 *     return given(Bell).when({ type: 'Ring' }).thenNothing()
 *   } catch (error) {
 *     return error
 *   }
 * })()
 * failure instanceof ScenarioFailure && failure.actual // => [{ type: 'Rang' }]
 */
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
