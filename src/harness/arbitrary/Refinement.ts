/**
 * Arbitrary values for refinements and brands: codecs that narrow another one by a predicate. The predicate is asked
 * about the known shapes of texts and about numbers, and what it accepts becomes the source of values.
 * Used by: `Derivation`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type * as t from 'io-ts'
import { boundedFilter } from './BoundedFilter.js'
import { described, givenName } from './Described.js'
import { NoArbitrary, registerOverride } from './NoArbitrary.js'
import { numbersWhere } from './Numbers.js'
import { isJsonNumber, isStorable, someNumbers, someTexts } from './Plain.js'
import { textsWhere } from './Texts.js'

/** Values, and whether they can serve as names of things, so that one may be used again. */
export interface Leaf {
  readonly arbitrary: fc.Arbitrary<unknown>
  readonly isName: boolean
}

/** Predicates that narrow a base, the innermost first. */
export interface Narrowing {
  readonly base: t.Mixed
  readonly predicates: ReadonlyArray<unknown>
  readonly names: ReadonlyArray<string>
  readonly accepts: (value: unknown) => boolean
}

/**
 * A refinement taken apart, down to a codec that narrows nothing, or of which `isGiven` says that its values are known.
 * @internal
 */
export const narrowing = (codec: t.Mixed, isGiven: (codec: t.Mixed) => boolean): Narrowing => {
  const chain: Array<t.Mixed> = []
  let base = codec
  while (base === codec || !isGiven(base)) {
    const { _tag, type } = described(base)
    if (_tag !== 'RefinementType' || type === undefined) break
    chain.unshift(base)
    base = type
  }
  const predicates = chain.map((refinement) => described(refinement).predicate)
  return {
    base,
    predicates,
    names: chain.map((refinement) => givenName(refinement) ?? 'a refinement'),
    accepts: (value) => predicates.every((predicate) => holds(predicate, value)),
  }
}

/** A predicate that throws for a value it was not made for does not accept it. */
const holds = (predicate: unknown, value: unknown): boolean => {
  try {
    return typeof predicate === 'function' && Boolean(predicate(value))
  } catch {
    return false
  }
}

/**
 * Values of a refinement of a text or a number; undefined where it refines something else.
 * @internal
 */
export const refinedValues = (narrowed: Narrowing, path: string): Leaf | undefined => {
  const { base, predicates, accepts } = narrowed
  const refuse = refusing(narrowed, path)
  const refuseDraws = (draws: number) => refuse(`${draws} values that it was likely to accept`)
  switch (described(base)._tag) {
    case 'StringType': {
      const storable = (text: string) => isStorable(text) && accepts(text)
      const found = textsWhere(storable, predicates)
      if (found === undefined)
        throw refuse('words, codes, digits, days, identities, addresses and other texts')
      return { arbitrary: someTexts(found, storable, refuseDraws), isName: !found.isMoment }
    }
    case 'NumberType': {
      const sendable = (n: number) => isJsonNumber(n) && accepts(n)
      const found = numbersWhere(sendable, predicates)
      if (found === undefined) throw refuse('whole numbers of either sign, small and large, and fractions')
      return { arbitrary: someNumbers(found, sendable, refuseDraws), isName: false }
    }
    default:
      return undefined
  }
}

/**
 * Those of the base's values that a refinement accepts.
 * @internal
 */
export const narrowedValues = (
  narrowed: Narrowing,
  path: string,
  values: fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> => {
  const refuse = refusing(narrowed, path)
  return boundedFilter(values, {
    accepts: narrowed.accepts,
    refuse: (draws) => refuse(`${draws} values of ${narrowed.base.name}`),
  })
}

const refusing =
  ({ names }: Narrowing, path: string) =>
  (tried: string): NoArbitrary =>
    new NoArbitrary({
      path,
      codec: names.join(' > '),
      reason: `Tried: ${tried}. The predicate accepted none.`,
      advice: registerOverride(names.at(-1) ?? ''),
    })

/**
 * Whole numbers of any size, most of them small.
 * @internal
 */
export const bigNumbers: fc.Arbitrary<bigint> = fc.oneof(
  { withCrossShrink: true },
  { weight: 3, arbitrary: fc.bigInt({ min: 0n, max: 1000n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: -1000n, max: 1000n }) },
  { weight: 1, arbitrary: fc.bigInt() },
)
