/**
 * Bounds that a 64-bit integer of the server can hold. A version or position beyond it belongs to no event, so a bound
 * there is the same as the bound at the edge.
 * Used by: `AppendCall` and `ReadCall`.
 * @since 0.1.0
 */

/** The greatest bigint of the server. No event has it as its version or position. */
export const bigintMax = 9_223_372_036_854_775_807n

/** The nearest number from 0 to the greatest bigint of the server. */
export const clamp = (bound: bigint): bigint => (bound < 0n ? 0n : bound > bigintMax ? bigintMax : bound)
