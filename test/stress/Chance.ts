/**
 * Chance from a seed, so that the schedule of a run is data that can be printed and run again.
 * Used by: everything here that chooses.
 */
export interface Chance {
  /** A number from 0 up to 1. */
  readonly next: () => number
  /** A whole number from 0 up to, and without, the bound. */
  readonly below: (bound: number) => number
  readonly isLikely: (probability: number) => boolean
  readonly pick: <A>(from: readonly [A, ...ReadonlyArray<A>]) => A
}

export const chanceFrom = (seed: number): Chance => {
  let state = seed >>> 0
  // Mulberry32: small, and good enough to choose who does what.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (bound: number): number => Math.floor(next() * bound)
  return {
    next,
    below,
    isLikely: (probability) => next() < probability,
    pick: (from) => from[below(from.length)] ?? from[0],
  }
}
