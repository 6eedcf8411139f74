/**
 * The first place where two values part. It tells a user which field was changed, or which one comes out differently,
 * instead of printing two long values and leaving it to them to find the difference.
 * Used by: the laws of domains.
 *
 * Laws (test/properties/harness/domain/Parting.test.ts):
 * - WHR-1 equal: a value and its copy part nowhere, whatever their prototypes.
 * - WHR-2 exact: where two values part, the path names a place at which both have what is said.
 * @since 0.1.0
 */
import { shown } from './Shown.js'

/** Where two values part. A side is absent where that value has nothing at the path. */
export interface Parting {
  /** Such as `state.lines[0].amount`. */
  readonly path: string
  readonly left?: unknown
  readonly right?: unknown
}

/** Deeper than this values are taken for equal, so that those that contain themselves come to an end. */
const depthMax = 200

/**
 * Where two values part first, below a name for both; nothing where they are equal. Records are compared by their keys
 * in any order, maps by their keys, sets and arrays in order, and prototypes do not matter.
 * @internal
 */
export const partingOf = (left: unknown, right: unknown, name: string): Parting | undefined =>
  parting(left, right, name, 0)

/**
 * A change in words: what it was, and what it is.
 * @internal
 */
export const shownChange = (change: Parting): string => {
  if (!('left' in change)) return `\`${change.path}\` was not there, and is ${shown(change.right, 60)} now`
  if (!('right' in change)) return `\`${change.path}\` was ${shown(change.left, 60)}, and is gone now`
  return `\`${change.path}\` was ${shown(change.left, 60)}, and is ${shown(change.right, 60)} now`
}

/**
 * Two answers that differ, in words: what the one has, and what the other.
 * @internal
 */
export const shownDifference = (difference: Parting, first: string, second: string): string => {
  const of = (side: 'left' | 'right'): string =>
    side in difference ? shown(difference[side], 60) : 'not there'
  return `\`${difference.path}\` is ${of('left')} ${first}, and ${of('right')} ${second}`
}

const parting = (left: unknown, right: unknown, path: string, depth: number): Parting | undefined => {
  if (Object.is(left, right) || depth > depthMax) return undefined
  const [kind, other] = [kindOf(left), kindOf(right)]
  if (kind !== other || kind === 'value') return { path, left, right }
  if (kind === 'text') return textOf(left) === textOf(right) ? undefined : { path, left, right }
  if (kind === 'record') return inRecords(left as object, right as object, path, depth)
  return inEntries(entriesOf(left), entriesOf(right), depth, (key) => placeIn(path, kind, key))
}

type Kind = 'value' | 'text' | 'record' | 'list' | 'map'

/** What is compared by its text: dates by their number, functions by their source, errors by what they say. */
const kindOf = (value: unknown): Kind => {
  if (typeof value === 'function') return 'text'
  if (typeof value !== 'object' || value === null) return 'value'
  if (Array.isArray(value) || value instanceof Set) return 'list'
  if (value instanceof Map) return 'map'
  if (value instanceof Date || value instanceof RegExp || value instanceof Error) return 'text'
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return 'list'
  return 'record'
}

const textOf = (value: unknown): string => (value instanceof Date ? String(value.getTime()) : String(value))

/** Plain records are compared without making maps of them first: most of what is compared is equal. */
const inRecords = (left: object, right: object, path: string, depth: number): Parting | undefined => {
  for (const [key, value] of Object.entries(left)) {
    const at = () => placeIn(path, 'record', key)
    if (!Object.hasOwn(right, key)) return { path: at(), left: value }
    const other = (right as Readonly<Record<string, unknown>>)[key]
    if (Object.is(value, other)) continue
    const found = parting(value, other, at(), depth + 1)
    if (found !== undefined) return found
  }
  const added = Object.entries(right).find(([key]) => !Object.hasOwn(left, key))
  return added === undefined ? undefined : { path: placeIn(path, 'record', added[0]), right: added[1] }
}

type Entries = ReadonlyArray<readonly [key: unknown, value: unknown]>

const entriesOf = (value: unknown): Entries =>
  value instanceof Map ? [...value] : Array.from(value as Iterable<unknown>, (item, index) => [index, item])

/** Keys that are objects are told apart by their place: two of them are never the same key. */
const inEntries = (left: Entries, right: Entries, depth: number, at: (key: unknown) => string) => {
  const nameOf = (key: unknown, index: number): unknown =>
    typeof key === 'object' && key !== null ? `#${index}` : key
  const others = new Map(right.map(([key, value], index) => [nameOf(key, index), value]))
  const own = new Set(left.map(([key], index) => nameOf(key, index)))
  for (const [index, [key, value]] of left.entries()) {
    const name = nameOf(key, index)
    if (!others.has(name)) return { path: at(key), left: value }
    const found = parting(value, others.get(name), at(key), depth + 1)
    if (found !== undefined) return found
  }
  const added = right.find(([key], index) => !own.has(nameOf(key, index)))
  return added === undefined ? undefined : { path: at(added[0]), right: added[1] }
}

const placeIn = (path: string, kind: Kind, key: unknown): string => {
  if (kind === 'map') return `${path}.get(${shown(key, 40)})`
  if (kind === 'list') return `${path}[${String(key)}]`
  return plainName.test(String(key)) ? `${path}.${String(key)}` : `${path}[${shown(key, 40)}]`
}

const plainName = /^[\p{L}_$][\p{L}\p{N}_$]*$/u
