/**
 * Whether two states are the same, and how to say that they are not. States are compared part by part, as
 * `timeline.diff` does it, and a state is copied before it is lent to code that may change it.
 * Used by: the suites of views, projections, process managers and their runners.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { diff } from '../../evolve/Timeline.js'

/**
 * Whether two values are the same, part by part.
 * @internal
 */
export const isSame = (left: unknown, right: unknown): boolean =>
  left instanceof Set && right instanceof Set
    ? isSame([...left], [...right])
    : diff(left, right).length === 0 || fc.stringify(left) === fc.stringify(right)

/**
 * Where what is differs from what should be, in words: the first place, and how many more there are.
 * @internal
 */
export const differenceInWords = (is: unknown, expected: unknown): string => {
  const changes = diff(expected, is)
  const [first] = changes
  if (first === undefined || first.path === '') return ''
  const has = 'after' in first ? `is ${fc.stringify(first.after)}` : 'is missing'
  const wanted = 'before' in first ? `instead of ${fc.stringify(first.before)}` : 'and should not be there'
  const more = changes.length === 1 ? '' : ` (and ${changes.length - 1} more)`
  return ` \`${first.path}\` ${has} ${wanted}${more}.`
}

/**
 * A copy of plain data: records, arrays, maps and sets all the way down; anything else is the value itself, but -0 is 0,
 * as it is in JSON.
 * @internal
 */
export const copyOf = <A>(value: A): A => copied(value) as A

const copied = (value: unknown): unknown => {
  if (Object.is(value, -0)) return 0
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copied)
  if (value instanceof Map) return new Map([...value].map(([key, part]) => [key, copied(part)]))
  if (value instanceof Set) return new Set(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  // From entries: assigning to the key `__proto__` would lose it.
  const record = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copied(part)]))
  return prototype === null ? Object.setPrototypeOf(record, null) : record
}

/**
 * What a function gives, or what it threw.
 * @internal
 */
export const attempt = <A>(
  run: () => A,
): { readonly ok: true; readonly value: A } | { readonly ok: false; readonly thrown: unknown } => {
  try {
    return { ok: true, value: run() }
  } catch (thrown) {
    return { ok: false, thrown }
  }
}

/**
 * Items of one list that another does not have as often: what is missing, and what is too much.
 * @internal
 */
export const missingFrom = <A>(items: ReadonlyArray<A>, wanted: ReadonlyArray<A>): ReadonlyArray<A> => {
  const left = [...items]
  return wanted.filter((one) => {
    const index = left.findIndex((other) => isSame(other, one))
    if (index !== -1) left.splice(index, 1)
    return index === -1
  })
}
