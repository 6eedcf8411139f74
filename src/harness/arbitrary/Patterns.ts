/**
 * Hints in the text of a predicate: the regular expressions and the quoted texts that are written there. A predicate is a
 * function and cannot be taken apart, but most say in so many words what they look for; a hint that is wrong costs
 * nothing, since every value is put to the predicate itself.
 * Used by: `Texts`, `Numbers`.
 * @since 0.1.0
 */
import fc from 'fast-check'

const regexLiteral = /(?<=[(,=:!&|?{}[;>\s])\/((?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([a-z]*)/g
const quotedLiteral = /'([^'\\\n]{1,40})'|"([^"\\\n]{1,40})"|`([^`\\\n$]{1,40})`/g

/**
 * Texts that the sources of predicates hint at.
 * @internal
 */
export const hintsIn = (predicates: ReadonlyArray<unknown>): ReadonlyArray<fc.Arbitrary<string>> => {
  const source = predicates.map((predicate) => String(predicate)).join('\n')
  const quoted = [...source.matchAll(quotedLiteral)].map(
    ([, single, double, back]) => single ?? double ?? back ?? '',
  )
  const patterns = [...source.matchAll(regexLiteral)].flatMap(([, body = '', flags = '']) =>
    matching(body, flags),
  )
  return [...patterns, ...(quoted.length === 0 ? [] : [around([...new Set(quoted)])])]
}

/** Nothing for an expression that fast-check cannot generate from, or that is none. */
const matching = (body: string, flags: string): ReadonlyArray<fc.Arbitrary<string>> => {
  try {
    return [fc.stringMatching(new RegExp(body, flags.replaceAll(/[gy]/g, '')), { size: 'small' })]
  } catch {
    return []
  }
}

/** The quoted texts themselves, and as beginnings and ends. */
const around = (quoted: ReadonlyArray<string>): fc.Arbitrary<string> => {
  const known = fc.constantFrom(...quoted)
  const rest = fc.string({ unit: fc.constantFrom(...'abc0123'), maxLength: 6 })
  return fc.oneof(
    known,
    fc.tuple(known, rest).map(([start, more]) => start + more),
    fc.tuple(rest, known).map(([more, end]) => more + end),
    fc.tuple(rest, known, rest).map((parts) => parts.join('')),
  )
}

/**
 * Whole numbers that the sources of predicates mention, and their neighbours.
 * @internal
 */
export const numbersIn = (predicates: ReadonlyArray<unknown>): ReadonlyArray<number> =>
  predicates
    .flatMap((predicate) => [...String(predicate).matchAll(/(?<![\w.])\d[\d_]{0,15}(?![\w.])/g)])
    .map(([digits]) => Number(digits.replaceAll('_', '')))
    .filter((n) => Number.isSafeInteger(n))
    .flatMap((n) => [n - 1, n, n + 1, 1 - n, 0 - n, -1 - n])
