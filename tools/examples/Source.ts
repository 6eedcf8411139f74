/**
 * The words of the example extractor: a source file, a piece of code found in it, and what is wrong with it.
 * They are plain data, so that every step is a function that a test can call with a sample.
 */

/** A text file of the repository, named by its path from the root. */
export interface Source {
  readonly path: string
  readonly text: string
}

/** A line of a source with its number, counted from 1. */
export interface Line {
  readonly number: number
  readonly text: string
}

/** Code that forms one program: the lines of one Markdown page, or of one `@example`. */
export interface Snippet {
  readonly source: string
  readonly line: number
  readonly name: string | undefined
  readonly lines: ReadonlyArray<Line>
}

/** Something that an author has to correct before the example can be trusted. */
export interface Problem {
  readonly source: string
  readonly line: number
  readonly message: string
}

/** What reading a source gives: code to run, and complaints. */
export interface Extraction<A> {
  readonly found: ReadonlyArray<A>
  readonly problems: ReadonlyArray<Problem>
}

/** Joins extractions in order. */
export const concat = <A>(extractions: ReadonlyArray<Extraction<A>>): Extraction<A> => ({
  found: extractions.flatMap((extraction) => extraction.found),
  problems: extractions.flatMap((extraction) => extraction.problems),
})

/** Numbers the lines of a text from 1. */
export const linesOf = (text: string): ReadonlyArray<Line> =>
  text.split(/\r?\n/).map((line, index) => ({ number: index + 1, text: line }))

/** Shows a problem as an editor can follow it. */
export const showProblem = (problem: Problem): string =>
  `${problem.source}:${problem.line} ${problem.message}`
