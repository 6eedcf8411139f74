/**
 * The texts that a test accepts, found by asking it about every shape in the catalogue and about what its own source
 * hints at. The simplest ones found serve as names of things: a counterexample is about `a` and `b`.
 * Used by: `Refinement`, `Opaque`, `Plain`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { hintsIn } from './Patterns.js'
import { hostileTexts, type Shape, shapes } from './Shapes.js'
import { isSimplerText, simplestFirst, smallestText } from './Smaller.js'

/** Texts that a test accepts. */
export interface Texts {
  readonly source: fc.Arbitrary<string>
  /** Some that are accepted, the simplest first. */
  readonly simplest: ReadonlyArray<string>
  /** Whether they say when something is, so that they name nothing. */
  readonly isMoment: boolean
}

/** So many shapes are mixed. */
const shapesMax = 3
/** A shape is used if so many of its samples are accepted, in hundred. */
const acceptanceMin = 20
const samples = 20
/** With fewer simple texts than this, more are made of the first. */
const simplestMin = 4
const simplestMax = 8
const lengthMax = 256

/**
 * The texts that a test accepts; undefined where it accepted none that was tried. Hints are taken from `predicates`.
 * @internal
 */
export const textsWhere = (
  accepts: (text: string) => boolean,
  predicates: ReadonlyArray<unknown>,
): Texts | undefined => {
  const fitting = shapes.filter(({ small }) => small.some(accepts))
  const first = fitting[0]
  return first === undefined ? hinted(accepts, predicates) : shaped(accepts, first, fitting, predicates)
}

const shaped = (
  accepts: (text: string) => boolean,
  first: Shape,
  fitting: ReadonlyArray<Shape>,
  predicates: ReadonlyArray<unknown>,
): Texts => {
  const simplest = fill(first.small.filter(accepts).sort(simplestFirst(isSimplerText)), accepts)
  const sources = accepted(
    fitting.map(({ any }) => any),
    accepts,
  )
  const hints =
    sources.length === 0
      ? accepted(
          hintsIn(predicates).map((hint) => () => hint),
          accepts,
        )
      : []
  return {
    simplest,
    isMoment: first.isMoment === true,
    source: mixed(
      simplest,
      [...sources, ...hints],
      [...hostileTexts, longest(simplest, accepts)].filter(accepts),
    ),
  }
}

const hinted = (
  accepts: (text: string) => boolean,
  predicates: ReadonlyArray<unknown>,
): Texts | undefined => {
  for (const any of [...hintsIn(predicates).map((hint) => () => hint), ...shapes.map((shape) => shape.any)]) {
    const source = any()
    const found = drawn(source, 5 * samples).filter(accepts)
    if (found.length === 0) continue
    const smallest = new Set(found.slice(0, 2 * simplestMax).map((text) => smallestText(text, accepts)))
    const simplest = fill([...smallest].sort(simplestFirst(isSimplerText)).slice(0, simplestMax), accepts)
    return { simplest, isMoment: false, source: mixed(simplest, [source], hostileTexts.filter(accepts)) }
  }
  return undefined
}

/** Mostly the simplest, so that names meet; then any shape; now and then what is hostile, or as long as can be. */
const mixed = (
  simplest: ReadonlyArray<string>,
  sources: ReadonlyArray<fc.Arbitrary<string>>,
  extremes: ReadonlyArray<string>,
): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...simplest) },
    ...sources.map((arbitrary) => ({ weight: 1, arbitrary })),
    ...(extremes.length === 0 ? [] : [{ weight: 1, arbitrary: fc.constantFrom(...extremes) }]),
  )

const accepted = (
  sources: ReadonlyArray<() => fc.Arbitrary<string>>,
  accepts: (text: string) => boolean,
): ReadonlyArray<fc.Arbitrary<string>> => {
  const kept: Array<fc.Arbitrary<string>> = []
  for (const source of sources) {
    if (kept.length === shapesMax) break
    const arbitrary = source()
    if (drawn(arbitrary, samples).filter(accepts).length * 100 >= acceptanceMin * samples)
      kept.push(arbitrary)
  }
  return kept
}

const drawn = (arbitrary: fc.Arbitrary<string>, count: number): ReadonlyArray<string> =>
  fc.sample(arbitrary, { seed: 1, numRuns: count })

/** More of the same kind, told apart by their last letter or digit. */
const fill = (simplest: ReadonlyArray<string>, accepts: (text: string) => boolean): ReadonlyArray<string> => {
  const [first = ''] = simplest
  if (simplest.length >= simplestMin) return simplest
  const place = [...first].findLastIndex((character) => /[a-z0-9]/i.test(character))
  const variants = place === -1 ? [] : [...'abcd0123ABCD'].map((end) => [...first].with(place, end).join(''))
  return [...new Set([...simplest, ...variants.filter(accepts)])].slice(0, simplestMax)
}

/** The simplest text, its last character repeated as often as is accepted. */
const longest = (simplest: ReadonlyArray<string>, accepts: (text: string) => boolean): string => {
  const first = simplest.find((text) => text !== '') ?? 'a'
  const end = first.slice(-1)
  let [length, stride] = [first.length, lengthMax]
  while (stride >= 1) {
    const longer = first.padEnd(length + stride, end)
    if (length + stride <= lengthMax && accepts(longer)) length += stride
    else stride = Math.trunc(stride / 2)
  }
  return first.padEnd(length, end)
}
