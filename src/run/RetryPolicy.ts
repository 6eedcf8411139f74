/**
 * How often to try again after losing a race, and how long to wait before. A conflict is ordinary: someone else was
 * faster, and deciding anew on what they wrote is the answer. So is a store that cannot be reached for a while, to those
 * who follow its log.
 * Used by: `Handle`, `Subscription`, `Follow`.
 *
 * Laws (test/properties/run/RetryPolicy.test.ts):
 * - RET-1 bounds: an exponential delay is at least 0 and at most its maximum, for every retry and every chance.
 * - RET-2 growth: for the same chance, a later retry never waits less.
 * @since 0.1.0
 */

/** When to give up, and how long to wait. */
export interface RetryPolicy {
  /** How many times at most to try, the first time included. */
  readonly attemptsMax: number
  /** How long to wait before the n-th retry (from 1), given a random number from 0 to 1. */
  readonly delayMs: (retry: number, random: number) => number
}

/**
 * Tries once: a lost race is the caller's to handle.
 * @example
 * import { tryOnce } from 'decider-ts/run'
 * tryOnce.attemptsMax // => 1
 */
export const tryOnce: RetryPolicy = { attemptsMax: 1, delayMs: () => 0 }

/**
 * Tries again at once, so many times in all.
 * @example
 * import { immediately } from 'decider-ts/run'
 * immediately(3).delayMs(2, 0.5) // => 0
 */
export const immediately = (attemptsMax: number): RetryPolicy => ({ attemptsMax, delayMs: () => 0 })

/**
 * Waits a random time up to a bound that doubles with every retry, so that writers who collided once spread out. The
 * first retry does not wait: most races are over by then.
 * Source of the idea: M. Brooker, "Exponential Backoff And Jitter" (2015), full jitter.
 * @example
 * import { exponential } from 'decider-ts/run'
 * const policy = exponential({ attemptsMax: 10, firstMs: 2, maxMs: 100 })
 * policy.delayMs(1, 0.5) // => 0
 * policy.delayMs(2, 0.5) // => 1
 * policy.delayMs(9, 0.5) // => 50
 */
export const exponential = (bounds: {
  readonly attemptsMax: number
  readonly firstMs: number
  readonly maxMs: number
}): RetryPolicy => ({
  attemptsMax: bounds.attemptsMax,
  delayMs: (retry, random) =>
    retry === 1 ? 0 : random * Math.min(bounds.maxMs, bounds.firstMs * 2 ** Math.min(retry - 2, 30)),
})

/**
 * What `handle` uses unless told otherwise: 20 attempts, waiting 2 ms at most at first and 200 ms at most in the end.
 * @example
 * import { defaultRetryPolicy } from 'decider-ts/run'
 * defaultRetryPolicy.attemptsMax // => 20
 */
export const defaultRetryPolicy: RetryPolicy = exponential({ attemptsMax: 20, firstMs: 2, maxMs: 200 })
