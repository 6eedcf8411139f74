/**
 * What a generated program calls at run time. An assertion fails with the place of the claim in its source,
 * and notes that it ran, because a claim in a branch that is never entered proves nothing.
 */
import assert from 'node:assert/strict'

/** Compares what an example computes with what it claims, by strict deep equality. */
export type Expect = (actual: unknown, expected: unknown, line: number) => void

/** The assertion function of one program; it adds the line of each claim it checks to `ran`. */
export const expectIn =
  (source: string, ran: Set<number>): Expect =>
  (actual, expected, line) => {
    ran.add(line)
    try {
      assert.deepStrictEqual(actual, expected)
    } catch (cause) {
      const message = `${source}:${line} the example claims another value than it computes`
      throw Object.assign(new Error(message, { cause }), { actual, expected, showDiff: true })
    }
  }

/** What the module of a generated program exports. A program without claims exports nothing. */
export interface ProgramModule {
  readonly $ran?: ReadonlySet<number>
}
