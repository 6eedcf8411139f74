/**
 * Who had been answered before whom was called. All such pairs are too many to write down; those here have the same
 * paths between them, because a pair that follows from two others is left out.
 * Used by: `ListAppend`.
 * @since 0.1.0
 */
import type { Dependency } from './Cycles.js'

/** The time in which something happened. */
interface Interval {
  readonly name: string
  readonly began: number
  readonly ended: number
}

/**
 * The pairs, from the earlier one to the later one. What ended when another began is beside it, not before it.
 * @internal
 */
export const precedences = (intervals: ReadonlyArray<Interval>): ReadonlyArray<Dependency> => {
  const begun = intervals.toSorted((a, b) => a.began - b.began)
  const ended = intervals.toSorted((a, b) => a.ended - b.ended)
  const found: Array<Dependency> = []
  // Those answered so far that are not before another one answered so far.
  let front: ReadonlyArray<Interval> = []
  let next = 0
  for (const interval of begun) {
    for (let one = ended[next]; one !== undefined && one.ended < interval.began; one = ended[next]) {
      const { began } = one
      front = [...front.filter((earlier) => earlier.ended >= began), one]
      next += 1
    }
    for (const { name } of front)
      found.push({
        kind: 'time',
        from: name,
        to: interval.name,
        because: 'one had ended before the other began',
      })
  }
  return found
}
