/**
 * The place of an event in the whole log. Positions grow in the order of the log and never repeat; they may have
 * gaps, because an append that was rolled back keeps the positions it had drawn.
 * Used by: every room.
 * @since 0.1.0
 */
import type { Newtype } from './Newtype.js'

/** 1 or more for an event; 0 is the place before the first one. */
export type GlobalPosition = Newtype<'GlobalPosition', bigint>

/**
 * A position from a whole number of 0 or more. Anything else is a programming error and throws.
 * @example
 * import { globalPosition } from 'decider-ts/store'
 * globalPosition(7) // => 7n
 */
export const globalPosition = (place: number | bigint): GlobalPosition => {
  const exact = BigInt(place)
  if (exact < 0n) throw new RangeError(`A global position starts at 0, so it cannot be ${exact}.`)
  return exact as GlobalPosition
}

/**
 * The place before the first event of a log.
 * @example
 * import { beginning } from 'decider-ts/store'
 * beginning // => 0n
 */
export const beginning: GlobalPosition = 0n as GlobalPosition
