/**
 * Chance with a seed: the same seed gives the same numbers on every machine, so a run can be repeated.
 * The generator is mulberry32 (T. Ettinger, public domain): small, and good enough to make up customers.
 */

export interface Random {
  /** A whole number from 0 up to, and not including, the bound. */
  readonly below: (bound: number) => number
  readonly pick: <A>(first: A, ...others: ReadonlyArray<A>) => A
}

export const random = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (bound: number): number => Math.floor(next() * bound)
  return { below, pick: (first, ...others) => [first, ...others][below(1 + others.length)] ?? first }
}
