/**
 * The numbers that a test accepts, found by asking it: where its intervals begin and end, and whether it lets fractions
 * pass. The ends matter because that is where sums overflow and where `<` was written for `<=`.
 * Used by: `Refinement`, `Opaque`, `Plain`.
 *
 * Laws (test/properties/harness/arbitrary/Numbers.test.ts):
 * - ARB-9 boundaries: the ends of an interval with a likely number in it come up.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { numbersIn } from './Patterns.js'
import { isSimplerNumber, simplestFirst } from './Smaller.js'

/** Numbers that a test accepts. */
export interface Numbers {
  readonly source: fc.Arbitrary<number>
  /** Some that are accepted, the simplest first. */
  readonly simplest: ReadonlyArray<number>
}

interface Interval {
  readonly min: number
  readonly max: number
}

const limit = Number.MAX_SAFE_INTEGER
const hundred = Array.from({ length: 101 }, (_, n) => n)
const round = [
  ...[120, 128, 144, 150, 180, 200, 255, 256, 300, 360, 365, 366, 400, 404, 500, 512, 600, 999, 1000, 1024],
  ...[1440, 1970, 2000, 2025, 3600, 5000, 8080, 9999, 10_000, 65_535, 86_400, 100_000, 999_999, 1_000_000],
  ...[10_000_000, 100_000_000, 1_000_000_000, 1_700_000_000, 2 ** 31 - 1, 10 ** 12, 1_700_000_000_000, limit],
]

/** Whole numbers worth asking about, the simplest first. */
const anchors = [...hundred, ...round].flatMap((n) => (n === 0 ? [n] : [n, -n]))

const fractions = [0.5, 0.1, 0.25, 1.5, 0.01, 12.5, 99.99, -0.5, -0.1, -12.5]

/** So many intervals are looked for: enough for what people write, and an end for `n % 2 === 0`. */
const intervalsMax = 6

/**
 * The numbers that a test accepts; undefined where it accepted none that was tried. Those written in `predicates` are
 * tried too.
 * @internal
 */
export const numbersWhere = (
  accepts: (n: number) => boolean,
  predicates: ReadonlyArray<unknown>,
): Numbers | undefined => {
  const whole = [...new Set([...anchors, ...numbersIn(predicates)])].filter(accepts)
  const broken = fractions.filter(accepts)
  const simplest = [...whole, ...broken].sort(simplestFirst(isSimplerNumber))
  if (simplest.length === 0) return undefined
  const intervals = intervalsAround(whole, accepts)
  const edges = intervals.flatMap(({ min, max }) => [min, max])
  const small = simplest.filter(Number.isInteger).slice(0, 12)
  return {
    simplest,
    source: fc.oneof(
      ...(small.length === 0 ? [] : [{ weight: 24, arbitrary: fc.constantFrom(...small) }]),
      { weight: 6, arbitrary: fc.constantFrom(...simplest) },
      ...intervals.map((interval) => ({ weight: 4, arbitrary: fc.integer(within(interval, 1000)) })),
      ...intervals.map((interval) => ({ weight: 1, arbitrary: fc.integer(interval) })),
      ...(edges.length === 0 ? [] : [{ weight: 2, arbitrary: fc.constantFrom(...edges) }]),
      ...(broken.length === 0 ? [] : [{ weight: 8, arbitrary: brokenNumbers(intervals, broken) }]),
    ),
  }
}

/** The part of an interval within a distance of its simplest number. */
const within = ({ min, max }: Interval, distance: number): Interval => {
  const nearest = min > 0 ? min : max < 0 ? max : 0
  return { min: Math.max(min, nearest - distance), max: Math.min(max, nearest + distance) }
}

const intervalsAround = (
  accepted: ReadonlyArray<number>,
  accepts: (n: number) => boolean,
): ReadonlyArray<Interval> => {
  const intervals: Array<Interval> = []
  for (const n of accepted) {
    if (intervals.length === intervalsMax) break
    if (intervals.some(({ min, max }) => n >= min && n <= max)) continue
    intervals.push({ min: lastAccepted(n, -1, accepts), max: lastAccepted(n, 1, accepts) })
  }
  return intervals
}

/** How far it goes in one direction: ever longer strides until one is refused, then by halving. */
const lastAccepted = (from: number, sign: 1 | -1, accepts: (n: number) => boolean): number => {
  let [inside, stride] = [from, 1]
  while (inside !== sign * limit) {
    const next = sign * Math.min(limit, sign * inside + stride)
    if (!accepts(next)) return edgeBetween(inside, next, accepts)
    inside = next
    stride *= 2
  }
  return inside
}

const edgeBetween = (accepted: number, refused: number, accepts: (n: number) => boolean): number => {
  let [inside, outside] = [accepted, refused]
  while (Math.abs(outside - inside) > 1) {
    const middle = inside + Math.trunc((outside - inside) / 2)
    if (accepts(middle)) inside = middle
    else outside = middle
  }
  return inside + 0
}

const brokenNumbers = (
  intervals: ReadonlyArray<Interval>,
  known: ReadonlyArray<number>,
): fc.Arbitrary<number> => {
  const { min, max } = within(intervals[0] ?? { min: 0, max: 1 }, 1000)
  const parts = (count: number) => fc.integer({ min: min * count, max: max * count }).map((n) => n / count)
  return fc.oneof(fc.constantFrom(...known), parts(100), parts(1000), parts(3))
}
