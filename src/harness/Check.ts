/**
 * One check of a suite: a name and a function, so that any test runner can run it, or none.
 * Used by: the suites of domains, views and process managers.
 * @since 0.1.0
 */

/** It resolves to what was looked at, in a line or a table; it rejects with an `Error` that says what is wrong. */
export interface Check {
  readonly name: string
  readonly run: () => Promise<string>
}
