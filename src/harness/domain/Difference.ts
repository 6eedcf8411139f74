/**
 * Where two values differ, as paths with both sides, and in words. It tells a user which field was changed, or comes out
 * differently, instead of printing two long values and leaving it to them to find the difference.
 * Used by: the laws of domains, views and process managers, and `given`.
 *
 * `timeline.diff` compares what is not a record, a list or a map as a whole; here instances are looked into as well, and
 * dates and sets are compared by what they hold.
 *
 * Laws (test/properties/harness/domain/Difference.test.ts):
 * - DIF-1 same: two values have a difference exactly if they are not the same.
 * - DIF-2 real: every difference names a place at which both values have what is said.
 * @since 0.1.0
 */
import type { Change } from '../../evolve/Timeline.js'
import { literal, quoted } from '../report/Literal.js'
import { exactly, isSameBy, kindOf, loosely, partOf, type Sameness } from './Equality.js'
import { shown } from './Shown.js'

/**
 * The places where two values are not the same; none where they are.
 * @internal
 */
export const differences = (before: unknown, after: unknown): ReadonlyArray<Change> =>
  isSameBy(loosely, before, after) ? [] : [...changesIn(before, after, loosely, '', [])]

/**
 * The first place where two values are not the same, below a name for both.
 * @internal
 */
export const firstDifference = (before: unknown, after: unknown, name: string): Change | undefined =>
  firstOf(before, after, loosely, name)

/**
 * The first place where something, however little, was changed.
 * @internal
 */
export const firstChange = (before: unknown, after: unknown): Change | undefined =>
  firstOf(before, after, exactly, '')

const firstOf = (before: unknown, after: unknown, sameness: Sameness, name: string): Change | undefined => {
  if (isSameBy(sameness, before, after)) return undefined
  for (const change of changesIn(before, after, sameness, name, [])) return change
  return undefined
}

/** The changes in two values that are not the same: there is at least one. */
function* changesIn(
  before: unknown,
  after: unknown,
  sameness: Sameness,
  path: string,
  above: ReadonlyArray<unknown>,
): Generator<Change> {
  const keys = above.includes(before) ? [] : keysOfParts(before, after, sameness)
  let isTold = false
  for (const key of keys) {
    const at = placeIn(path, before, key)
    const [left, right] = [sideAt(before, key), sideAt(after, key)]
    if (left !== undefined && right !== undefined) {
      const [[one], [other]] = [left, right]
      if (isSameBy(sameness, one, other)) continue
      yield* changesIn(one, other, sameness, at, [...above, before])
    } else {
      yield { path: at, ...(left && { before: left[0] }), ...(right && { after: right[0] }) }
    }
    isTold = true
  }
  // The text of an instance may differ without a place to name.
  if (!isTold) yield { path, before, after }
}

/** The keys of the parts of two values that can be compared part by part; none where they are compared as wholes. */
const keysOfParts = (left: unknown, right: unknown, { keysOf }: Sameness): ReadonlyArray<unknown> => {
  if (!isObject(left) || !isObject(right) || kindOf(left) !== kindOf(right)) return []
  if (left instanceof Set) return []
  if (Array.isArray(left) && Array.isArray(right))
    return [...(left.length < right.length ? right : left).keys()]
  if (!(left instanceof Map && right instanceof Map)) return [...new Set([...keysOf(left), ...keysOf(right)])]
  const keys = [...new Set([...left.keys(), ...right.keys()])]
  // Keys that are objects have no place that could be named.
  return keys.some(isObject) ? [] : keys
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** What a value has under a key, in a list because it may be `undefined`. */
const sideAt = (value: unknown, key: unknown): readonly [unknown] | undefined => {
  if (value instanceof Map) return value.has(key) ? [value.get(key)] : undefined
  if (Array.isArray(value)) return Number(key) < value.length ? [value[Number(key)]] : undefined
  return isObject(value) && Object.hasOwn(value, String(key)) ? [partOf(value, String(key))] : undefined
}

/** A key that could be taken for a path is quoted, so that two places of one value never have the same path. */
const placeIn = (path: string, whole: unknown, key: unknown): string => {
  const dot = path === '' ? '' : '.'
  if (whole instanceof Map) return `${path}${dot}get(${literal(key)})`
  if (typeof key === 'number' || ArrayBuffer.isView(whole)) return `${path}[${String(key)}]`
  return plainName.test(String(key)) ? `${path}${dot}${String(key)}` : `${path}[${quoted(String(key))}]`
}

const plainName = /^[\p{L}_$][\p{L}\p{N}_$]*$/u

/** The most characters of a side of a difference that are printed. */
const sideMax = 60

const sideOf = (change: Change, which: 'before' | 'after', absent: string): string =>
  which in change ? shown(change[which], sideMax) : absent

/**
 * A change in words: what it was, and what it is.
 * @internal
 */
export const shownChange = (change: Change): string => {
  const { path } = change
  if (!('before' in change)) return `\`${path}\` was not there, and is ${sideOf(change, 'after', '')} now`
  const was = `\`${path}\` was ${sideOf(change, 'before', '')}`
  return 'after' in change ? `${was}, and is ${sideOf(change, 'after', '')} now` : `${was}, and is gone now`
}

/**
 * Two answers that differ, in words: what the one has, and what the other.
 * @internal
 */
export const shownDifference = (change: Change, first: string, second: string): string =>
  `\`${change.path}\` is ${sideOf(change, 'before', 'not there')} ${first}, and ${sideOf(change, 'after', 'not there')} ${second}`

/** So many differences say enough. */
const changesMax = 3

/**
 * What differs between two values, as a list: '`stock` 5 → 3, `status` 'open' → 'closed''. 'nothing' where nothing does.
 * @internal
 */
export const changesInWords = (before: unknown, after: unknown): string => {
  const changes = differences(before, after)
  if (changes.length === 0) return 'nothing'
  const more = changes.length - changesMax
  return `${changes.slice(0, changesMax).map(changeInWords).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const changeInWords = (change: Change): string =>
  `${change.path === '' ? 'the whole' : `\`${change.path}\``} ${sideOf(change, 'before', 'absent')} → ${sideOf(change, 'after', 'absent')}`

/**
 * Where what is differs from what should be, as a sentence to add: the first place, and how many more there are. Nothing
 * where the two differ as a whole.
 * @internal
 */
export const differenceInWords = (is: unknown, expected: unknown): string => {
  const changes = differences(expected, is)
  const [first] = changes
  if (first === undefined || first.path === '') return ''
  const has = 'after' in first ? `is ${sideOf(first, 'after', '')}` : 'is missing'
  const wanted = 'before' in first ? `instead of ${sideOf(first, 'before', '')}` : 'and should not be there'
  const more = changes.length === 1 ? '' : ` (and ${changes.length - 1} more)`
  return ` \`${first.path}\` ${has} ${wanted}${more}.`
}
