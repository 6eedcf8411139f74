/**
 * What a store keeps of an event: JSON, exactly. JavaScript's own `JSON.stringify` alters what it cannot say (`NaN`
 * becomes `null`, a `Date` a string, `-0` loses its sign), and an altered fact is a lost one. Here a value is JSON
 * already, or it is refused with the path to the first part that is not.
 * Used by: `checkAppend` and the adapters.
 *
 * Laws (test/properties/store/Json.test.ts):
 * - JSON-1 exactness: what `toJson` accepts comes back deeply equal, key order included, from
 *   `JSON.parse(stringify(json))`.
 * - JSON-2 isolation: the result of `toJson` is a frozen copy, so a later change of the value changes no fact.
 * - JSON-3 refusal: a value with a part that JSON cannot say is refused, and the path leads to that part.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import { type InvalidInput, invalidInput } from './StoreError.js'

/** Any JSON value. Numbers are finite. */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | JsonObject

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** How many levels of arrays and objects a value may nest. It also ends the walk over a value that holds itself. */
const depthMax = 512

/**
 * The value as JSON: a frozen copy, or the path to what JSON cannot say (`undefined` in an array, `NaN`, a bigint, a
 * function, a `Date`, a class instance, more than 512 levels). An object's key whose value is `undefined` counts as
 * absent, as it does for a codec.
 * @example
 * import { toJson } from 'decider-ts/store'
 * import { either as E } from 'fp-ts'
 * toJson({ amount: 5, note: undefined }) // => E.right({ amount: 5 })
 * E.isLeft(toJson({ at: new Date(0) })) // => true
 */
export const toJson = (value: unknown, path = ''): E.Either<InvalidInput, Json> => {
  try {
    return E.right(copy(value, { above: undefined, step: path }, 0))
  } catch (refusal) {
    if (refusal instanceof NotJson) {
      return E.left(invalidInput(pathOf(refusal.place) || '(root)', refusal.message))
    }
    throw refusal
  }
}

/**
 * The exact text of a JSON value. Unlike `JSON.stringify` it keeps the sign of `-0`.
 * @example
 * import { stringify } from 'decider-ts/store'
 * stringify({ b: 1, a: [-0] }) // => '{"b":1,"a":[-0]}'
 */
export const stringify = (json: Json): string => {
  const text = JSON.stringify(json)
  // Only a lone 0 in the text can hide a lost sign, so most values pay for one search and nothing else.
  return loneZero.test(text) ? write(json) : text
}

/**
 * The text of a value whose objects have their keys sorted: the same for values that differ in the order of keys alone.
 * @internal
 */
export const sortedText = (json: Json): string => stringify(withSortedKeys(json))

const withSortedKeys = (json: Json): Json => {
  if (Array.isArray(json)) return json.map(withSortedKeys)
  if (typeof json !== 'object' || json === null) return json
  const entries = Object.entries(json).map(([key, value]): [string, Json] => [key, withSortedKeys(value)])
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)))
}

const loneZero = /(?:^|[:[,])0(?:$|[,\]}])/

const write = (json: Json): string => {
  if (Object.is(json, -0)) return '-0'
  if (Array.isArray(json)) return `[${json.map(write).join(',')}]`
  if (typeof json !== 'object' || json === null) return JSON.stringify(json)
  return `{${Object.entries(json)
    .map(([key, value]) => `${JSON.stringify(key)}:${write(value)}`)
    .join(',')}}`
}

/** Leaves the walk at the first part that is not JSON; never leaves this module. */
class NotJson extends Error {
  constructor(
    readonly place: Place,
    reason: string,
  ) {
    super(reason)
  }
}

/** Where in the value: a chain of steps instead of a text, which is made only for a value that is refused. */
interface Place {
  readonly above: Place | undefined
  /** The whole path of the root; below it a key or an index. */
  readonly step: string | number
}

const copy = (value: unknown, place: Place, depth: number): Json => {
  if (depth > depthMax) throw new NotJson(place, `nests deeper than ${depthMax} levels, or holds itself`)
  if (isScalar(value)) return value
  if (Array.isArray(value)) return copyArray(value, place, depth)
  if (typeof value === 'object') return copyObject(value, place, depth)
  if (typeof value === 'number') throw new NotJson(place, `${value} is not a number in JSON`)
  throw new NotJson(place, `a value of type ${typeof value} is not JSON`)
}

/** What is its own copy. */
const isScalar = (value: unknown): value is null | boolean | number | string =>
  typeof value === 'string' ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  typeof value === 'boolean' ||
  value === null

const copyArray = (items: ReadonlyArray<unknown>, place: Place, depth: number): Json => {
  if (!isPlain(Object.getPrototypeOf(items))) {
    throw new NotJson(place, 'is an instance of a class; encode it to plain data')
  }
  const copied: Array<Json> = []
  // An index loop, because `map` skips the holes of a sparse array, and a hole is an `undefined` that JSON changes.
  for (let index = 0; index < items.length; index++) {
    const item = items[index]
    copied.push(isScalar(item) ? item : copy(item, { above: place, step: index }, depth + 1))
  }
  return Object.freeze(copied)
}

const copyObject = (value: object, place: Place, depth: number): Json => {
  if (!isPlain(value)) {
    throw new NotJson(place, 'is an instance of a class; encode it to plain data')
  }
  if (Object.getOwnPropertySymbols(value).length > 0) throw new NotJson(place, 'has a key that is a symbol')
  // What `assign` makes is frozen three times as fast as what a spread makes, yet it would take a key `__proto__` for the
  // prototype. What remains to be done is to copy those parts that are not their own copies.
  const copied: Record<string, unknown> = Object.hasOwn(value, '__proto__')
    ? { ...value }
    : Object.assign<Record<string, unknown>, object>({}, value)
  const keys = Object.keys(copied)
  if (keys.length === 0) return emptyObject
  for (const key of keys) {
    const part = copied[key]
    if (isScalar(part)) continue
    if (part === undefined) delete copied[key]
    else copied[key] = copy(part, { above: place, step: key }, depth + 1)
  }
  return Object.freeze(copied as Record<string, Json>)
}

/** One for all, since nobody can change it. Most metadata is empty. */
const emptyObject: Json = Object.freeze({})

/** Whether nothing but the root of all objects lies above it; each realm has a root of its own, so it goes unnamed. */
const isPlain = (value: object): boolean => {
  const above: unknown = Object.getPrototypeOf(value)
  return above === null || (typeof above === 'object' && Object.getPrototypeOf(above) === null)
}

const pathOf = ({ above, step }: Place): string => {
  if (above === undefined) return String(step)
  return typeof step === 'number' ? `${pathOf(above)}[${step}]` : pathTo(pathOf(above), step)
}

/** A key that is no plain word is quoted, so that `a.b` as one key cannot be read as two. */
const pathTo = (path: string, key: string): string => {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}
