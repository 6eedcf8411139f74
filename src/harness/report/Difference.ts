/**
 * Where two values differ, as paths with both sides. `timeline.diff` compares what is not a record, a list or a map as a
 * whole; here dates, sets and the fields of instances are looked into as well, since events hold them.
 * Used by: `given`.
 *
 * Laws (test/properties/harness/report/Difference.test.ts):
 * - DIF-1 equal: a value and a deep copy of it have no difference, dates and sets included.
 * - DIF-2 different: two values that are not deeply equal have one.
 * @since 0.1.0
 */
import { type Change, diff } from '../../evolve/Timeline.js'

/**
 * The places where a value is not what was expected. A field that is absent and one that holds `undefined` do not
 * differ, as neither has anything to say.
 * @internal
 */
export const differences = (expected: unknown, actual: unknown): ReadonlyArray<Change> =>
  diff(expected, actual).flatMap((change) => inside(change))

/** What is left of a change after looking into both sides. */
const inside = (change: Change): ReadonlyArray<Change> => {
  const { path, before, after } = change
  if (Object.is(before, after)) return []
  if (before instanceof Date && after instanceof Date) {
    return Object.is(before.getTime(), after.getTime()) ? [] : [change]
  }
  if (before instanceof Set && after instanceof Set) return isSameSet(before, after) ? [] : [change]
  if (!isInstance(before) || !isInstance(after)) return [change]
  if (Object.getPrototypeOf(before) !== Object.getPrototypeOf(after)) return [change]
  return diff({ ...before }, { ...after }, path).flatMap(inside)
}

/** Each has a partner for each member of the other; a member is no partner twice. */
const isSameSet = (left: ReadonlySet<unknown>, right: ReadonlySet<unknown>): boolean => {
  if (left.size !== right.size) return false
  const rest = [...right]
  return [...left].every((member) => {
    const at = rest.findIndex((other) => differences(member, other).length === 0)
    if (at !== -1) rest.splice(at, 1)
    return at !== -1
  })
}

/** Neither a date nor a set, and not what `diff` has compared part by part already. */
const isInstance = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof Date || value instanceof Set || value instanceof Map || Array.isArray(value)) &&
  Object.getPrototypeOf(value) !== Object.prototype &&
  Object.getPrototypeOf(value) !== null
