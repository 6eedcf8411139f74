/**
 * Texts for states: equal for states that are deeply equal, different for all others. With them states can be counted,
 * and a state that was met before can be recognised.
 * Used by: `SmallScope`.
 *
 * Laws (test/properties/harness/scope/StateText.test.ts):
 * - STT-1 equality: two values have one text exactly if they are deeply equal.
 * @since 0.1.0
 */

/**
 * The text of a state. Keys count in any order, and so do the members of a set and the keys of a map; `-0`, `undefined`,
 * dates and bigints keep what they are. Functions, and instances of other classes without fields, are told apart by
 * nothing but their names.
 * @internal
 */
export const stateText = (state: unknown): string => textOf(state, [])

const textOf = (value: unknown, above: ReadonlyArray<unknown>): string => {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return `function ${value.name}`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  const nth = above.indexOf(value)
  if (nth >= 0) return `above ${above.length - nth}`
  return textOfObject(value, (part) => textOf(part, [...above, value]))
}

const textOfObject = (value: object, inner: (part: unknown) => string): string => {
  if (Array.isArray(value)) return `[${Array.from(value, inner).join(',')}]`
  if (value instanceof Date) return `Date ${value.getTime()}`
  if (value instanceof Set) return `Set {${Array.from(value, inner).toSorted().join(',')}}`
  if (value instanceof Map) {
    const entries = Array.from(value, ([key, part]) => `${inner(key)}=>${inner(part)}`)
    return `Map {${entries.toSorted().join(',')}}`
  }
  const entries = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}:${inner(part)}`)
  return `${classOf(value)}{${entries.toSorted().join(',')}}`
}

/** Nothing for plain objects, whatever realm they come from. */
const classOf = (value: object): string => {
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== 'Object' ? `${name} ` : ''
}
