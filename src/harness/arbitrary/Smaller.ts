/**
 * What is smaller than a text or a number, for a reader of a counterexample: shorter, rounder, nearer to the simplest
 * value that the codec accepts. Every candidate is strictly smaller by one order, so shrinking ends.
 * Used by: `Plain`, `Texts`, `Numbers`, `Leaf`.
 *
 * Laws (test/properties/harness/arbitrary/Smaller.test.ts):
 * - ARB-8 descent: going from value to smaller value never comes back to one that was passed.
 * @since 0.1.0
 */

import { shapes } from './Shapes.js'

/** How many of the simplest values are tried first. */
const simplestTried = 4

/** Only so many positions of a text are made simpler one by one. */
const positionsTried = 60

/**
 * Numbers smaller than one: first the simplest ones, then ever nearer to it, so that the smallest is found by halving.
 * @internal
 */
export function* smallerNumbers(n: number, simplest: ReadonlyArray<number>): IterableIterator<number> {
  for (const candidate of [
    ...simplest.slice(0, simplestTried),
    -n,
    ...rounded(n),
    ...nearer(n, simplest[0] ?? 0),
  ]) {
    if (isSimplerNumber(candidate, n)) yield candidate + 0
  }
}

const rounded = (n: number): ReadonlyArray<number> =>
  Number.isInteger(n) ? [] : [Math.trunc(n), Math.trunc(n * 10) / 10, Math.trunc(n * 100) / 100]

const nearer = (n: number, simplest: number): ReadonlyArray<number> => {
  const found: Array<number> = []
  const target = Math.sign(simplest) === Math.sign(n) ? simplest : 0
  for (let gap = Math.trunc((n - target) / 2); gap !== 0; gap = Math.trunc(gap / 2)) found.push(n - gap)
  return found
}

/**
 * The order of numbers: whole before broken, near to nothing before far from it, positive before negative.
 * What is no number of anything, `NaN` and the infinite, comes last.
 * @internal
 */
export const isSimplerNumber = (left: number, right: number): boolean => {
  if (Number.isInteger(left) !== Number.isInteger(right)) return Number.isInteger(left)
  if (Number.isFinite(left) !== Number.isFinite(right)) return Number.isFinite(left)
  return Math.abs(left) === Math.abs(right)
    ? left > right || (Object.is(left, 0) && Object.is(right, -0))
    : Math.abs(left) < Math.abs(right)
}

/**
 * Texts smaller than one: first the simplest ones, then shorter ones, then ones with a simpler character.
 * @internal
 */
export function* smallerTexts(text: string, simplest: ReadonlyArray<string>): IterableIterator<string> {
  const place = simplest.indexOf(text)
  const known =
    place === -1 ? simplest.slice(0, simplestTried) : [simplest[0], simplest[place >> 1], simplest[place - 1]]
  const characters = [...text]
  for (const candidate of new Set(known)) {
    if (candidate !== undefined && isSimplerText(candidate, text)) yield candidate
  }
  for (const candidate of shorter(characters)) {
    if (isSimplerText(candidate, text)) yield candidate
  }
  for (const index of characters.slice(0, positionsTried).keys()) {
    for (const simpler of ['a', '0', 'A']) {
      const candidate = characters.with(index, simpler).join('')
      if (isSimplerText(candidate, text)) yield candidate
    }
  }
}

function* shorter(characters: ReadonlyArray<string>): IterableIterator<string> {
  for (let size = characters.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = characters.length - size; from >= 0; from -= size) {
      yield [...characters.slice(0, from), ...characters.slice(from + size)].join('')
    }
  }
}

/** What the catalogue of shapes has for its samples. */
const catalogued: ReadonlySet<string> = new Set(shapes.flatMap(({ small }) => small))

/**
 * The order of texts: those that are samples in the catalogue of shapes come first, short before long, and in one length
 * small letters before digits before capital letters before everything else.
 * @internal
 */
export const isSimplerText = (left: string, right: string): boolean => {
  if (catalogued.has(left) !== catalogued.has(right)) return catalogued.has(left)
  if (left.length !== right.length) return left.length < right.length
  for (let index = 0; index < left.length; index++) {
    const [a, b] = [rankOf(left.charCodeAt(index)), rankOf(right.charCodeAt(index))]
    if (a !== b) return a < b
  }
  return false
}

const rankOf = (code: number): number => {
  if (code >= 97 && code <= 122) return code - 97
  if (code >= 48 && code <= 57) return code - 48 + 26
  return code >= 65 && code <= 90 ? code - 65 + 36 : code + 62
}

/**
 * The order of sorting by which of two is simpler.
 * @internal
 */
export const simplestFirst =
  <A>(isSimpler: (left: A, right: A) => boolean) =>
  (left: A, right: A): number =>
    isSimpler(left, right) ? -1 : isSimpler(right, left) ? 1 : 0

/**
 * A text made smaller as long as that is accepted: where a search begins that knows one value only.
 * @internal
 */
export const smallestText = (text: string, accepts: (text: string) => boolean): string => {
  let [smallest, tries] = [text, 0]
  const next = (): string | undefined => {
    for (const candidate of smallerTexts(smallest, [])) {
      tries += 1
      if (tries > 2000) return undefined
      if (accepts(candidate)) return candidate
    }
    return undefined
  }
  for (let found = next(); found !== undefined; found = next()) smallest = found
  return smallest
}
