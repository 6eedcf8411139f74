/**
 * Arbitrary values for codecs that do not say what they are made of: a `new t.Type`, a `pipe`, a date from a text. They
 * are asked to decode likely inputs, and what they decode is a value of theirs.
 * Used by: `Derivation`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import type * as t from 'io-ts'
import { boundedFilter } from './BoundedFilter.js'
import { givenName } from './Described.js'
import { NoArbitrary, registerOverride } from './NoArbitrary.js'
import { numbersWhere } from './Numbers.js'
import { arrayOf, isStorable, type Plain, someNumbers, someTexts } from './Plain.js'
import type { Leaf } from './Refinement.js'
import { textsWhere } from './Texts.js'

const constants = (): ReadonlyArray<unknown> => [null, false, true, [], {}]

/** How many inputs of a kind are tried, and how many of them must be decoded for the kind to be used. */
const samples = 40
const decodedMin = 4

/**
 * The values that a codec decodes.
 * @internal
 */
export const opaqueValues = (codec: t.Mixed, path: string, plain: Plain): Leaf => {
  const decodes = (input: unknown): boolean => isUsable(codec, decoded(codec, input))
  const refuse = () =>
    new NoArbitrary({
      path,
      codec: givenName(codec) ?? 'a codec without a name',
      reason: 'The codec does not say what it is made of, and decoded none of the JSON values tried.',
      advice: registerOverride(codec.name),
    })
  const texts =
    textsWhere((text) => decoded(codec, text) instanceof Date && isMoment(text), []) ??
    textsWhere((text) => isStorable(text) && decodes(text), [codec.validate, codec.is])
  const numbers = numbersWhere(decodes, [codec.validate, codec.is])
  const known = constants().filter(decodes)
  const kinds: ReadonlyArray<fc.Arbitrary<unknown>> = [
    arrayOf(plain.text),
    arrayOf(plain.number),
    plain.jsonArray,
    plain.jsonRecord,
  ]
  const lists = kinds.filter(
    (kind) => fc.sample(kind, { seed: 1, numRuns: samples }).filter(decodes).length >= decodedMin,
  )
  const inputs: ReadonlyArray<fc.Arbitrary<unknown>> = [
    ...(known.length === 0 ? [] : [fc.constantFrom(...known)]),
    ...(numbers === undefined ? [] : [someNumbers(numbers, decodes, refuse)]),
    ...(texts === undefined ? [] : [someTexts(texts, decodes, refuse)]),
    ...lists.map((kind) => boundedFilter(kind, { accepts: decodes, refuse })),
  ]
  if (inputs.length === 0) throw refuse()
  const isText = texts?.simplest.every((text) => typeof decoded(codec, text) === 'string') ?? false
  return {
    arbitrary: fc.oneof({ withCrossShrink: true }, ...inputs).map(
      (input) => decoded(codec, input),
      (value) => codec.encode(value),
    ),
    isName: isText && inputs.length === 1 && texts?.isMoment === false,
  }
}

/** Some readers of dates take `1` for a month of the year 2001, in the time zone of the machine. */
const isMoment = (text: string): boolean => /^\d{4}-\d\d-\d\d(T.*Z)?$/.test(text)

/** The value, or `undefined` where the input cannot be decoded. */
const decoded = (codec: t.Mixed, input: unknown): unknown => {
  try {
    return E.getOrElse<unknown, unknown>(() => undefined)(codec.decode(input))
  } catch {
    return undefined
  }
}

const isUsable = (codec: t.Mixed, value: unknown): boolean =>
  value !== undefined && !Object.is(value, -0) && codec.is(value)
