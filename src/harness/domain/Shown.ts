/**
 * Values as they stand in a sentence that a user reads: short, on one line, and as they would be written in code, so that
 * `NaN`, `-0` and a missing field do not look like something else. A value that is long is cut, because the place where
 * something went wrong matters more than all that surrounds it; `Literal` prints a value in full, to be pasted.
 * Used by: every message of the harness.
 *
 * Laws (test/properties/harness/domain/Shown.test.ts):
 * - SHW-1 as source: a value that is neither long nor deep, and that can be written, is shown as its source.
 * - SHW-2 short: what is shown is one line of at most so many characters, whatever the value is.
 * @since 0.1.0
 */
import { quoted, sourceLine } from '../report/Literal.js'

/** The most characters of a value that is shown. */
const lengthMax = 120

/** How deep a value is shown. */
const depthMax = 5

/**
 * A value in at most so many characters.
 * @internal
 */
export const shown = (value: unknown, most = lengthMax): string => cut(sourceLine(value, spoken), most)

/**
 * The name of a thing with a `type`, or the thing in short.
 * @internal
 */
export const shownType = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
    ? value.type
    : shown(value, 40)

/**
 * What was thrown: the message of an error, or the value itself. Only its first line: tools that compare values add many.
 * @internal
 */
export const shownThrown = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return shown(thrown)
  const [line = ''] = thrown.message.split('\n')
  return cut(line === '' ? nameOf(thrown) : `${nameOf(thrown)}: ${line}`, thrownMax)
}

/** A message says more than a value of the same length. */
const thrownMax = 200

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text

/** What has no source, or is too deep, is named. */
const spoken = (value: unknown, within: ReadonlyArray<unknown>): string | undefined => {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`
  if (typeof value === 'symbol') return `the symbol ${quoted(value.description ?? '')}`
  if (typeof value !== 'object' || value === null) return undefined
  if (within.length > depthMax || within.includes(value)) return '…'
  if (value instanceof Promise) return 'a Promise'
  return value instanceof Error ? shownThrown(value) : undefined
}

/** A class of errors that sets no name is known by its own. */
const nameOf = (error: Error): string =>
  error.name === 'Error' ? error.constructor.name || 'Error' : error.name
