/**
 * Copies of what belongs to a user: states, events and commands are copied before they are handed to a function that may
 * change them, so that one law cannot spoil what the next one looks at. What cannot be copied is left as it is: a
 * function, a promise, an instance of a class with private fields.
 * Used by: the laws of domains, views and process managers.
 *
 * Laws (test/properties/harness/domain/Copy.test.ts):
 * - CPY-1 apart: a copy equals its original, and whatever is written into the copy leaves the original as it was.
 * - CPY-2 frozen: nothing can be assigned, added or removed in a frozen copy, and the original is not frozen.
 * @since 0.1.0
 */
import type { Domain } from '../../decide/Domain.js'

/**
 * A deep copy: records, arrays, maps, sets, dates, typed arrays, and instances of classes with their prototypes.
 * @internal
 */
export const copyOf = <Value>(value: Value): Value => copied(value, new Map(), false) as Value

/**
 * A deep copy that is frozen as far as it can be: the contents of maps, sets, dates and typed arrays stay changeable.
 * @internal
 */
export const frozenCopyOf = <Value>(value: Value): Value => copied(value, new Map(), true) as Value

/**
 * The same domain with an initial state that is copied whenever it is asked for: an `evolve` that writes into it spoils
 * one history, and not all those that follow.
 * @internal
 */
export const withOwnInitialState = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
): Domain<Command, State, Event, Rejection> => {
  const pristine = copyOf(domain.initialState)
  return Object.defineProperty({ ...domain }, 'initialState', {
    get: () => copyOf(pristine),
    enumerable: true,
    configurable: true,
  })
}

/** What was copied already, by its original: so that cycles end, and what is shared stays shared. */
type Copies = Map<object, unknown>

const copied = (value: unknown, copies: Copies, freezes: boolean): unknown => {
  if (typeof value !== 'object' || value === null) return value
  const known = copies.get(value)
  if (known !== undefined) return known
  const copy = shellOf(value)
  if (copy === undefined) return value
  copies.set(value, copy)
  fill(copy, value, (inner) => copied(inner, copies, freezes))
  return freezes && !ArrayBuffer.isView(copy) ? Object.freeze(copy) : copy
}

/** A copy without its parts; none for what cannot be copied. */
const shellOf = (value: object): object | undefined => {
  if (Array.isArray(value)) return value.slice()
  if (isRecord(value)) return Object.getPrototypeOf(value) === null ? Object.create(null) : { ...value }
  if (value instanceof Date) return withPrototypeOf(value, new Date(value.getTime()))
  if (value instanceof Map) return withPrototypeOf(value, new Map())
  if (value instanceof Set) return withPrototypeOf(value, new Set())
  if (value instanceof ArrayBuffer) return value.slice(0)
  if (ArrayBuffer.isView(value))
    return value instanceof DataView ? undefined : Uint8Array.prototype.slice.call(value)
  return isOpenInstance(value) ? Object.create(Object.getPrototypeOf(value)) : undefined
}

const fill = (copy: object, value: object, part: (inner: unknown) => unknown): void => {
  if (Array.isArray(copy)) for (const [index, inner] of copy.entries()) copy[index] = part(inner)
  else if (copy instanceof Map)
    for (const [key, inner] of value as Map<unknown, unknown>) copy.set(part(key), part(inner))
  else if (copy instanceof Set) for (const inner of value as Set<unknown>) copy.add(part(inner))
  else if (!ArrayBuffer.isView(copy) && !(copy instanceof ArrayBuffer) && !(copy instanceof Date))
    fillProperties(copy, value, part)
}

/** An object is defined, because assigning to the key `__proto__` would change the prototype. */
const fillProperties = (copy: object, value: object, part: (inner: unknown) => unknown): void => {
  for (const key of Object.keys(value)) {
    const inner = (value as Readonly<Record<string, unknown>>)[key]
    const isThere = (typeof inner !== 'object' || inner === null) && Object.hasOwn(copy, key)
    if (!isThere)
      Object.defineProperty(copy, key, {
        value: part(inner),
        writable: true,
        enumerable: true,
        configurable: true,
      })
  }
}

const withPrototypeOf = <Value extends object>(original: Value, copy: Value): Value => {
  const prototype: unknown = Object.getPrototypeOf(original)
  return prototype === Object.getPrototypeOf(copy) ? copy : Object.setPrototypeOf(copy, prototype as object)
}

/** Whether an object is a plain record, of this realm or of another. */
const isRecord = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return (
    prototype === Object.prototype ||
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf'))
  )
}

/** Private fields and what the platform keeps inside its objects do not go along with a copy. */
const isOpenInstance = (value: object): boolean => {
  for (let at: object | null = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    const maker: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value
    if (maker === Object) return true
    if (typeof maker === 'function' && closed.test(Function.prototype.toString.call(maker))) return false
  }
  return true
}

const closed = /#\w|\[native code\]/
