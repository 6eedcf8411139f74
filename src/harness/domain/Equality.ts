/**
 * When two values are the same to a domain. Values that were stored and read again are other objects with the same
 * parts, so laws cannot compare by identity; and not every difference between objects is one that matters.
 * Used by: every law that compares values, and `given`; `Difference` says where they are not the same.
 *
 * There are two notions. Whoever asks for the same compares loosely, as a database that keeps JSON would; whoever asks
 * whether anything at all was changed compares exactly.
 *
 * Laws (test/properties/harness/domain/Equality.test.ts):
 * - EQL-1 parts: a value is the same as a deep copy of it, whatever the order of keys, and not the same as one in which
 *   any part is another.
 * - EQL-2 what JSON cannot say: an absent key and one that is `undefined`, and 0 and -0, are the same, yet not exactly.
 * @since 0.1.0
 */
import { isClass } from './ProtoKey.js'

/** What counts when two values are compared. */
export interface Sameness {
  /** Whether two values without parts are the same. */
  readonly equals: (left: unknown, right: unknown) => boolean
  /** The keys of an object that count. */
  readonly keysOf: (value: object) => ReadonlyArray<string>
}

/**
 * A key whose value is `undefined` counts as absent, -0 as 0, and functions of one source as one function.
 * @internal
 */
export const loosely: Sameness = {
  equals: (left, right) =>
    left === right ||
    Object.is(left, right) ||
    (typeof left === 'function' && typeof right === 'function' && String(left) === String(right)),
  keysOf: (value) => Object.keys(value).filter((key) => partOf(value, key) !== undefined),
}

/**
 * A key whose value is `undefined` is there, -0 is not 0, and a function is the same as itself alone.
 * @internal
 */
export const exactly: Sameness = { equals: Object.is, keysOf: Object.keys }

/**
 * Whether two values are the same by a notion of sameness: records, arrays, maps, sets, dates, and instances of one class
 * by their fields. The order of keys does not count.
 * @internal
 */
export const isSameBy = (sameness: Sameness, left: unknown, right: unknown): boolean =>
  compare(left, right, sameness, 0, [])

/**
 * Whether two values have the same parts, as far as a database that keeps JSON could tell.
 * @internal
 */
export const isSame = (left: unknown, right: unknown): boolean => compare(left, right, loosely, 0, [])

/**
 * Whether nothing that looks at keys and values can tell two values apart.
 * @internal
 */
export const isExactlySame = (left: unknown, right: unknown): boolean => compare(left, right, exactly, 0, [])

/**
 * What is wanted and not there, where the same item may be wanted more than once.
 * @internal
 */
export const missingFrom = <A>(items: ReadonlyArray<A>, wanted: ReadonlyArray<A>): ReadonlyArray<A> =>
  withoutPartner(wanted, items, isSame)

/** The items for each of which there is none left among the others. */
const withoutPartner = <A>(
  items: ReadonlyArray<A>,
  others: ReadonlyArray<A>,
  within: (left: A, right: A) => boolean,
): ReadonlyArray<A> => {
  const left = [...others]
  return items.filter((item) => {
    const index = left.findIndex((other) => within(item, other))
    if (index !== -1) left.splice(index, 1)
    return index === -1
  })
}

/** From here on it is asked whether a value holds itself; most values are not as deep. */
const depthUsual = 8

/** Values that are deeper, and do not hold themselves, are never the same. */
const depthMax = 512

/** `above` has the objects on the way down, as far as they are looked at. */
const compare = (
  left: unknown,
  right: unknown,
  sameness: Sameness,
  depth: number,
  above: ReadonlyArray<object>,
): boolean => {
  if (sameness.equals(left, right)) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (kindOf(left) !== kindOf(right) || depth > depthMax) return false
  if (above.includes(left)) return true
  const path = depth < depthUsual ? above : [...above, left]
  const within = (a: unknown, b: unknown) => compare(a, b, sameness, depth + 1, path)
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => within(item, right[index]))
  if (left instanceof Date && right instanceof Date) return Object.is(left.getTime(), right.getTime())
  if (left instanceof Map && right instanceof Map) return sameItems([...left], [...right], within)
  if (left instanceof Set && right instanceof Set) return sameItems([...left], [...right], within)
  const [leftKeys, rightKeys] = [sameness.keysOf(left), sameness.keysOf(right)]
  return (
    leftKeys.length === rightKeys.length &&
    sameText(left, right) &&
    leftKeys.every((key) => Object.hasOwn(right, key) && within(partOf(left, key), partOf(right, key)))
  )
}

/** Most collections come back in their order; only where one does not, each item is looked for. */
const sameItems = (
  left: ReadonlyArray<unknown>,
  right: ReadonlyArray<unknown>,
  within: (left: unknown, right: unknown) => boolean,
): boolean =>
  left.length === right.length &&
  (left.every((item, index) => within(item, right[index])) ||
    withoutPartner(left, right, within).length === 0)

/**
 * Plain objects are of one kind, and instances of the kind of their class. What lies above a plain object is the root of
 * all objects, of this realm or another, or nothing, or a value that was assigned to the key `__proto__`.
 * @internal
 */
export const kindOf = (value: object): unknown => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return isClass(prototype) && Object.getPrototypeOf(prototype) !== null ? prototype : Object.prototype
}

/** Instances may keep their parts to themselves, as addresses and moments do; their text then tells them apart. */
const sameText = (left: object, right: object): boolean =>
  kindOf(left) === Object.prototype || textOf(left) === textOf(right)

const textOf = (value: object): string => {
  try {
    return String(value)
  } catch {
    return ''
  }
}

/**
 * What an object has under a key.
 * @internal
 */
export const partOf = (value: object, key: string): unknown =>
  (value as Readonly<Record<string, unknown>>)[key]
