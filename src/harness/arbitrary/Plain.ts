/**
 * Arbitrary plain values for codecs that ask for no more than their kind: any text, any number, any JSON. All of them
 * come back from JSON text as they were, so there is no minus zero, no infinity, and no key `__proto__`.
 * Used by: `Derivation`, `Opaque`, `Refinement`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { chosen } from './Chosen.js'
import { type Numbers, numbersWhere } from './Numbers.js'
import { smallerNumbers, smallerTexts } from './Smaller.js'
import { type Texts, textsWhere } from './Texts.js'

/**
 * A text that PostgreSQL and JSON can keep: no U+0000, no half of a surrogate pair.
 * @internal
 */
export const isStorable = (text: string): boolean => !text.includes('\u0000') && !/\p{Surrogate}/u.test(text)

/**
 * A number that JSON can keep.
 * @internal
 */
export const isJsonNumber = (n: number): boolean => Number.isFinite(n) && !Object.is(n, -0)

const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'

/**
 * The accepted texts among those found.
 * @internal
 */
export const someTexts = (
  { source, simplest }: Texts,
  accepts: (text: string) => boolean,
  refuse: (draws: number) => Error,
): fc.Arbitrary<string> =>
  chosen({ source, accepts, refuse, is: isText, smaller: (text) => smallerTexts(text, simplest) })

/**
 * The accepted numbers among those found.
 * @internal
 */
export const someNumbers = (
  { source, simplest }: Numbers,
  accepts: (n: number) => boolean,
  refuse: (draws: number) => Error,
): fc.Arbitrary<number> =>
  chosen({ source, accepts, refuse, is: isNumber, smaller: (n) => smallerNumbers(n, simplest) })

/** The plain arbitraries, made once for each derivation. */
export interface Plain {
  readonly text: fc.Arbitrary<string>
  readonly number: fc.Arbitrary<number>
  readonly key: fc.Arbitrary<string>
  readonly json: fc.Arbitrary<unknown>
  readonly jsonArray: fc.Arbitrary<ReadonlyArray<unknown>>
  readonly jsonRecord: fc.Arbitrary<Readonly<Record<string, unknown>>>
}

/**
 * New plain arbitraries.
 * @internal
 */
export const plain = (): Plain => {
  const impossible = (draws: number): Error => new RangeError(`Nothing plain in ${draws} draws.`)
  const texts = textsWhere(isStorable, [])
  const numbers = numbersWhere(isJsonNumber, [])
  if (texts === undefined || numbers === undefined) throw impossible(0)
  const text = someTexts(texts, isStorable, impossible)
  const number = someNumbers(numbers, isJsonNumber, impossible)
  const key = text.filter(isKey)
  const leaf = fc.oneof({ withCrossShrink: true }, fc.constant(null), fc.boolean(), number, text)
  const inner = fc.oneof(
    { withCrossShrink: true },
    { weight: 4, arbitrary: leaf },
    arrayOf(leaf),
    recordOf(key, leaf),
  )
  const jsonArray = arrayOf(inner)
  const jsonRecord = recordOf(key, inner)
  return {
    text,
    number,
    key,
    json: fc.oneof({ withCrossShrink: true }, { weight: 4, arbitrary: leaf }, jsonArray, jsonRecord),
    jsonArray,
    jsonRecord,
  }
}

/**
 * Whether a text is an ordinary key. Assigning to `__proto__` changes the prototype of a record, so io-ts loses it.
 * @internal
 */
export const isKey = (key: string): boolean => key !== '__proto__'

/** The most items of a list, and the most entries of a record: a history has many values. */
const itemsMax = 3

/**
 * Short lists.
 * @internal
 */
export const arrayOf = <A>(item: fc.Arbitrary<A>): fc.Arbitrary<Array<A>> =>
  fc.array(item, { maxLength: itemsMax })

/**
 * Records with few entries.
 * @internal
 */
export const recordOf = <A>(
  key: fc.Arbitrary<string>,
  value: fc.Arbitrary<A>,
): fc.Arbitrary<Record<string, A>> => fc.dictionary(key, value, { maxKeys: itemsMax, noNullPrototype: true })
