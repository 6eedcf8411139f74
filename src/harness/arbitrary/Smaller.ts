/**
 * What is smaller than a text or a number, for a reader of a counterexample: shorter, rounder, nearer to the simplest
 * value that the codec accepts. Every candidate is strictly smaller by one order, so shrinking ends.
 * Used by: `Texts`, `Numbers`.
 *
 * Laws (test/properties/harness/arbitrary/Smaller.test.ts):
 * - ARB-8 descent: going from a value to any smaller one, again and again, comes to an end.
 * @since 0.1.0
 */

/** How many of the simplest values are tried first. */
const simplestTried = 4

/** Only so many positions of a text are made simpler one by one. */
const positionsTried = 60

/**
 * Numbers smaller than one: first the simplest ones, then ever nearer to it, so that the smallest is found by halving.
 * @internal
 */
export function* smallerNumbers(n: number, simplest: ReadonlyArray<number>): IterableIterator<number> {
  const nearTo = simplest[0] ?? 0
  for (const candidate of [
    ...simplest.slice(0, simplestTried),
    -n,
    ...(Number.isInteger(n) ? [] : rounded(n)),
  ]) {
    if (isSimpler(candidate, n)) yield candidate + 0
  }
  if (!Number.isInteger(n)) return
  const target = Math.sign(nearTo) === Math.sign(n) ? nearTo : 0
  for (let gap = Math.trunc((n - target) / 2); gap !== 0; gap = Math.trunc(gap / 2)) {
    if (isSimpler(n - gap, n)) yield n - gap + 0
  }
}

const rounded = (n: number): ReadonlyArray<number> => [
  Math.trunc(n),
  Math.round(n),
  Number(n.toFixed(1)),
  Number(n.toFixed(2)),
]

/** Whole before broken, short before long, near to nothing before far from it, positive before negative. */
const isSimpler = (left: number, right: number): boolean => {
  const digits = (n: number): number => (Number.isInteger(n) ? 0 : String(n).length)
  if (digits(left) !== digits(right)) return digits(left) < digits(right)
  if (Math.abs(left) !== Math.abs(right)) return Math.abs(left) < Math.abs(right)
  return left > right
}

/**
 * The simplest numbers first.
 * @internal
 */
export const bySimplicity = (left: number, right: number): number =>
  left === right ? 0 : isSimpler(left, right) ? -1 : 1

/**
 * Texts smaller than one. Those of the list are smaller than all others, in the order of the list.
 * @internal
 */
export function* smallerTexts(text: string, simplest: ReadonlyArray<string>): IterableIterator<string> {
  const place = simplest.indexOf(text)
  if (place !== -1) {
    yield* new Set(
      [0, place >> 1, place - 1].filter((n) => n >= 0 && n < place).map((n) => simplest[n] ?? ''),
    )
    return
  }
  yield* simplest.slice(0, simplestTried)
  const characters = [...text]
  yield* shorter(characters)
  for (const [index, character] of characters.slice(0, positionsTried).entries()) {
    for (const simpler of ['a', '0', 'A']) {
      if (rankOf(simpler) < rankOf(character)) yield characters.with(index, simpler).join('')
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

/** Small letters, digits, capital letters, and everything else. */
const rankOf = (character: string): number => {
  const code = character.codePointAt(0) ?? 0
  if (character >= 'a' && character <= 'z') return code - 97
  if (character >= '0' && character <= '9') return code - 48 + 26
  return character >= 'A' && character <= 'Z' ? code - 65 + 36 : code + 62
}

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
