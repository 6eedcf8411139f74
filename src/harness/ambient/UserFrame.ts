/**
 * Where in a user's code something happened, read from the stack of an error. A stack names machine paths, the platform
 * and this library too; whoever reads a report wants one function, one file and one line of their own.
 * Used by: the traps of the ambient world, and the laws of totality.
 *
 * Laws (test/properties/harness/ambient/UserFrame.test.ts):
 * - FRM-1 own: of a stack in the form of any engine, the place is the first frame that is neither a package nor the
 *   platform, without the folders that it lies in.
 * @since 0.1.0
 */

/**
 * The place where an error was made: `stamp (Inventory.ts:42)`; undefined where nothing is known, as for what is no error.
 * @internal
 */
export const placeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return undefined
  return placeIn(error.stack)
}

/**
 * The place that a stack names first.
 * @internal
 */
export const placeIn = (stack: string): string | undefined => {
  const lines = stack.split('\n')
  const end = lines.findIndex((line) => line.includes(callOfTheDomain))
  const frames = lines.slice(0, end === -1 ? undefined : end).flatMap(frameOf)
  const frame = frames.find(({ path }) => !foreign.test(path)) ?? frames[0]
  return frame === undefined ? undefined : shownFrame(frame)
}

/**
 * The name of every function that calls a user's code: what a stack has below it is no concern of the user.
 * @internal
 */
export const callOfTheDomain = 'callOfTheDomain'

interface Frame {
  readonly by: string
  readonly path: string
  readonly line: string
}

/** `at stamp (file:///a/b.ts:1:2)` and `at /a/b.ts:1:2` of V8, `stamp@http://a/b.js:1:2` of the others. */
const inV8 = /^\s*at (?:(.*?) \()?((?:\w+:\/\/|\/|[A-Za-z]:[\\/])?[^()\s][^()]*?):(\d+):\d+\)?$/
const elsewhere = /^(.*?)@(.+?):(\d+):\d+$/

const frameOf = (line: string): ReadonlyArray<Frame> => {
  const [, by = '', path, number] = inV8.exec(line) ?? elsewhere.exec(line) ?? []
  return path === undefined || number === undefined ? [] : [{ by: nameOf(by), path, line: number }]
}

/** `Object.decide [as evolve]` is `decide`. */
const nameOf = (by: string): string =>
  by
    .replace(/ \[as .*\]$/, '')
    .replace(/^(async|new) /, '')
    .replace(/^(Object|Module|global)\./, '')
    .replace(/^<anonymous>$/, '')

const foreign = /^node:|[\\/]node_modules[\\/]|^native$|^internal\//

const shownFrame = ({ by, path, line }: Frame): string => {
  const file =
    path
      .replace(/[?#].*$/, '')
      .split(/[\\/]/)
      .at(-1) ?? path
  return by === '' ? `${file}:${line}` : `${by}, ${file}:${line}`
}
