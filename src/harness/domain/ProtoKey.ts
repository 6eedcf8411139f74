/**
 * The key `__proto__`, which JavaScript takes for something else: what is assigned to it becomes the prototype of an
 * object, and is not among its keys. An id of that text is lost in every record that is written by assignment, which
 * includes the records of io-ts.
 * Used by: `Equality`, the laws of storage and restart.
 *
 * Laws (test/properties/harness/domain/ProtoKey.test.ts):
 * - PKY-1 lost: a value that was assigned to the key is found wherever it is, and one that is kept under it is not.
 * @since 0.1.0
 */
import { joinPath } from '../../evolve/Codec.js'

/** A value that holds itself ends here. */
const depthMax = 512

/**
 * Whether what lies above an object is a class, or the root of all objects, and no value that was assigned to it.
 * @internal
 */
export const isClass = (prototype: unknown): boolean =>
  typeof prototype === 'object' && prototype !== null && Object.hasOwn(prototype, 'constructor')

/**
 * The path to the first object to whose key `__proto__` a value was assigned. `undefined` where there is none.
 * @internal
 */
export const lostToPrototype = (value: unknown, path = '', depth = 0): string | undefined => {
  if (typeof value !== 'object' || value === null || depth > depthMax) return undefined
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && !isClass(prototype)) return path
  const isArray = Array.isArray(value)
  for (const [key, part] of Object.entries(value)) {
    if (typeof part !== 'object') continue
    const found = lostToPrototype(part, joinPath(path, isArray ? `[${key}]` : key), depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Whether a value, or any part of it, keeps something under the key `__proto__`.
 * @internal
 */
export const holdsProtoKey = (value: unknown, depth = 0): boolean =>
  typeof value === 'object' &&
  value !== null &&
  depth <= depthMax &&
  (Object.hasOwn(value, '__proto__') || Object.values(value).some((part) => holdsProtoKey(part, depth + 1)))
