/**
 * Values as they are printed in what a user reads: short, and as they would be written in code. A value that is long is
 * cut, because the place where something went wrong matters more than all that surrounds it.
 * Used by: the laws of domains.
 * @since 0.1.0
 */

/** The most characters of a value that is printed. */
const lengthMax = 90

/** How deep a value is printed. */
const depthMax = 5

/**
 * A value in short.
 * @internal
 */
export const shown = (value: unknown, most = lengthMax): string => {
  const text = written(value, 0)
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

/**
 * The name of a thing with a `type`, or the thing in short.
 * @internal
 */
export const shownType = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
    ? value.type
    : shown(value, 40)

const written = (value: unknown, depth: number): string => {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  if (depth > depthMax) return '…'
  return writtenObject(value, (inner) => written(inner, depth + 1))
}

const writtenObject = (value: object, part: (inner: unknown) => string): string => {
  if (Array.isArray(value)) return `[${Array.from(value, part).join(', ')}]`
  if (value instanceof Date)
    return `Date ${Number.isNaN(value.getTime()) ? 'that is invalid' : value.toISOString()}`
  if (value instanceof Map)
    return `Map {${Array.from(value, ([key, inner]) => `${part(key)} => ${part(inner)}`).join(', ')}}`
  if (value instanceof Set) return `Set {${Array.from(value, part).join(', ')}}`
  if (value instanceof Error) return `${nameOf(value)}: ${value.message}`
  if (value instanceof Promise) return 'a Promise'
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return `bytes [${Array.from(value as Uint8Array, part).join(', ')}]`
  const parts = Object.entries(value).map(
    ([key, inner]) => `${plainName.test(key) ? key : quoted(key)}: ${part(inner)}`,
  )
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
}

const quoted = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

const plainName = /^[\p{L}_$][\p{L}\p{N}_$]*$/u

/** A class of errors that sets no name is known by its own. */
const nameOf = (error: Error): string =>
  error.name === 'Error' ? error.constructor.name || 'Error' : error.name
