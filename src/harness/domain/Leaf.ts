/**
 * The leaves of a value: the numbers, texts and dates in it, and where they are. A generated command is led on by giving
 * it a leaf that the state holds, and made smaller by giving it a smaller leaf, and neither needs to know the domain.
 * Used by: `Walk`, `SmallerCommands`.
 *
 * Laws (test/properties/harness/domain/Leaf.test.ts):
 * - LEAF-1 replaced: a leaf that was put into a value is found where it was put, and the other leaves are as they were.
 * - LEAF-2 downhill: what is smaller than a leaf comes before it in one order, so making smaller ends.
 * @since 0.1.0
 */
import { isSimplerNumber, isSimplerText } from '../arbitrary/Smaller.js'

/** What has no parts of its own, and can be borrowed or made smaller. Booleans and literals are left to their codecs. */
export type LeafValue = number | bigint | string | Date

/** A leaf, and the keys that lead to it. */
export interface Leaf {
  readonly path: ReadonlyArray<string>
  readonly value: LeafValue
}

/** A state may be large; whoever borrows from it finds enough in its first leaves. */
const leavesMax = 200

/**
 * The leaves of a value, in order, of plain objects and arrays; not more than 200. The `type` at its root is no leaf: it
 * is the name of the value. Getters that throw end the search.
 * @internal
 */
export const leavesOf = (value: unknown): ReadonlyArray<Leaf> => {
  const leaves: Array<Leaf> = []
  const visit = (part: unknown, path: ReadonlyArray<string>): void => {
    if (isLeaf(part)) {
      leaves.push({ path, value: part })
      return
    }
    // Depth is bounded too, so that a value which contains itself is no endless road.
    if (!isPlain(part) || path.length > 8) return
    for (const key of Object.keys(part)) {
      if (leaves.length >= leavesMax) return
      if (path.length > 0 || key !== 'type') visit(part[key], [...path, key])
    }
  }
  try {
    visit(value, [])
  } catch {
    return leaves
  }
  return leaves
}

/**
 * The value with another leaf at a path; the value itself is left alone.
 * @internal
 */
export const withLeaf = (value: unknown, path: ReadonlyArray<string>, leaf: LeafValue): unknown => {
  const [key, ...rest] = path
  if (key === undefined) return leaf
  if (!isPlain(value)) return value
  const changed = withLeaf(value[key], rest, leaf)
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === key ? changed : item))
  // From entries, because assigning to the key `__proto__` would lose it.
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, name === key ? changed : part]),
  )
}

/**
 * The value with each leaf replaced that equals `from`, wherever it is.
 * @internal
 */
export const withLeafEverywhere = (value: unknown, from: LeafValue, to: LeafValue): unknown =>
  leavesOf(value)
    .filter((leaf) => isSameLeaf(leaf.value, from))
    .reduce((changed, leaf) => withLeaf(changed, leaf.path, to), value)

/**
 * Whether two leaves are the same value. Dates are the same at the same time.
 * @internal
 */
export const isSameLeaf = (left: LeafValue, right: LeafValue): boolean =>
  left instanceof Date
    ? right instanceof Date && Object.is(left.getTime(), right.getTime())
    : Object.is(left, right)

/**
 * The kind of a leaf: only leaves of one kind can stand in for each other.
 * @internal
 */
export const kindOf = (leaf: LeafValue): string => (leaf instanceof Date ? 'date' : typeof leaf)

/**
 * Leaves that are simpler than a leaf, the simplest first: numbers nearer to zero, shorter texts, and dates nearer to
 * 1970. Each comes before the leaf in the order of `isBefore`.
 * @internal
 */
export const smallerLeaves = (leaf: LeafValue): ReadonlyArray<LeafValue> =>
  candidatesFor(leaf).filter((candidate) => isBefore(candidate, leaf))

/**
 * The order in which leaves of one kind are simple: that of `Smaller`, so that whoever makes the parts of a command smaller
 * by their codecs never undoes it.
 * @internal
 */
export const isBefore = (left: LeafValue, right: LeafValue): boolean => {
  if (typeof left === 'string' && typeof right === 'string') return isSimplerText(left, right)
  if (typeof left === 'bigint' && typeof right === 'bigint') return isSimplerBigInt(left, right)
  const [a, b] = [left, right].map((leaf) => (leaf instanceof Date ? leaf.getTime() : leaf))
  return typeof a === 'number' && typeof b === 'number' && isSimplerNumber(a, b)
}

const isSimplerBigInt = (left: bigint, right: bigint): boolean => {
  const [a, b] = [left < 0n ? -left : left, right < 0n ? -right : right]
  return a === b ? left > right : a < b
}

const isLeaf = (value: unknown): value is LeafValue =>
  typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string' || value instanceof Date

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}

const candidatesFor = (leaf: LeafValue): ReadonlyArray<LeafValue> => {
  if (typeof leaf === 'number') return smallerNumbers(leaf)
  if (typeof leaf === 'bigint')
    return [0n, 1n, leaf < 0n ? -leaf : leaf, leaf / 2n, leaf - (leaf < 0n ? -1n : 1n)]
  if (typeof leaf === 'string') return smallerTexts(leaf)
  return smallerNumbers(leaf.getTime()).map((time) => new Date(time))
}

const smallerNumbers = (n: number): ReadonlyArray<number> =>
  Number.isFinite(n)
    ? [0, 1, Math.abs(n), Math.trunc(n), Math.trunc(n / 2), Math.trunc(n) - Math.sign(n)]
    : [0, 1]

/** Letters become `a`; digits stay, because a text with digits is often a date or a number, and worse for zeros. */
const smallerTexts = (text: string): ReadonlyArray<string> => [
  '',
  'a',
  'b',
  'c',
  text.slice(0, Math.floor(text.length / 2)),
  text.slice(0, -1),
  text.replaceAll(/\p{Letter}/gu, 'a'),
]
