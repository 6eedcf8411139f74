/**
 * When two values are the same to a domain. Values that were stored and read again are other objects with the same
 * parts, so laws cannot compare by identity; and not every difference between objects is one that matters.
 * Used by: the laws of storage, restart and behaviour.
 *
 * Laws (test/properties/harness/domain/Equality.test.ts):
 * - EQL-1 parts: a value is the same as a deep copy of it, whatever the order of keys, and not the same as one in which
 *   any part is another.
 * - EQL-2 what JSON cannot say: an absent key and one that is `undefined`, and 0 and -0, are the same, yet not exactly.
 * @since 0.1.0
 */
import { isClass } from './ProtoKey.js'

/**
 * Whether two values have the same parts: records, arrays, maps, sets, dates, and instances of one class by their fields.
 * The order of keys does not count; a key whose value is `undefined` counts as absent, and -0 as 0.
 * @internal
 */
export const isSame = (left: unknown, right: unknown): boolean => compare(left, right, loosely, 0)

/**
 * As `isSame`, but a key whose value is `undefined` is there, and -0 is not 0: nothing that looks at keys and values can
 * tell the two apart.
 * @internal
 */
export const isExactlySame = (left: unknown, right: unknown): boolean => compare(left, right, exactly, 0)

/** What counts. */
interface Strictness {
  readonly equals: (left: unknown, right: unknown) => boolean
  readonly keysOf: (value: object) => ReadonlyArray<string>
}

const exactly: Strictness = { equals: Object.is, keysOf: Object.keys }

const loosely: Strictness = {
  equals: (left, right) => left === right || Object.is(left, right),
  keysOf: (value) => Object.keys(value).filter((key) => partOf(value, key) !== undefined),
}

/** A value that holds itself ends here. */
const depthMax = 512

const compare = (left: unknown, right: unknown, strictness: Strictness, depth: number): boolean => {
  if (strictness.equals(left, right)) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (kindOf(left) !== kindOf(right) || depth > depthMax) return false
  const within = (a: unknown, b: unknown) => compare(a, b, strictness, depth + 1)
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => within(item, right[index]))
  if (left instanceof Date && right instanceof Date) return Object.is(left.getTime(), right.getTime())
  if (left instanceof Map && right instanceof Map) return sameItems([...left], [...right], within)
  if (left instanceof Set && right instanceof Set) return sameItems([...left], [...right], within)
  const [leftKeys, rightKeys] = [strictness.keysOf(left), strictness.keysOf(right)]
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
    (left.every((item) => right.some((other) => within(item, other))) &&
      right.every((item) => left.some((other) => within(other, item)))))

/**
 * Plain objects are of one kind, and instances of the kind of their class. What lies above a plain object is the root of
 * all objects, or nothing, or a value that was assigned to the key `__proto__`.
 */
const kindOf = (value: object): unknown => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return isClass(prototype) ? prototype : Object.prototype
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

const partOf = (value: object, key: string): unknown => (value as Readonly<Record<string, unknown>>)[key]
