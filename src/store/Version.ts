/**
 * How many events a stream holds. The n-th event of a stream has version n, and a stream without events has
 * version 0: versions are dense, so a version is a place in the stream and its length at once.
 * Used by: every room.
 * @since 0.1.0
 */
import type { Newtype } from './Newtype.js'

/** A count of events, 0 or more. A `bigint`, because a `number` loses count beyond 2^53. */
export type Version = Newtype<'Version', bigint>

/**
 * A version from a whole number of 0 or more. Anything else is a programming error and throws.
 * @example
 * import { version } from 'decider-ts/store'
 * version(3) // => 3n
 */
export const version = (count: number | bigint): Version => {
  const exact = BigInt(count)
  if (exact < 0n) throw new RangeError(`A version counts events, so it cannot be ${exact}.`)
  return exact as Version
}

/**
 * The version of a stream that holds no events.
 * @example
 * import { noVersion } from 'decider-ts/store'
 * noVersion // => 0n
 */
export const noVersion: Version = 0n as Version
