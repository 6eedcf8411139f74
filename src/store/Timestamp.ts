/**
 * A moment, as milliseconds since 1970-01-01T00:00:00Z. A plain number instead of a `Date`, because a recorded fact
 * must not change under its reader and a `Date` can be set.
 * Used by: every room. Nothing in `store`, `evolve` or `decide` reads a clock: moments come in as arguments.
 * @since 0.1.0
 */
import type { Newtype } from './Newtype.js'

/** Milliseconds since the Unix epoch, UTC. */
export type Timestamp = Newtype<'Timestamp', number>

/**
 * A moment from milliseconds since the epoch.
 * @example
 * import { timestamp, toIsoString } from 'decider-ts/store'
 * toIsoString(timestamp(0)) // => '1970-01-01T00:00:00.000Z'
 */
export const timestamp = (millisecondsSinceEpoch: number): Timestamp => millisecondsSinceEpoch as Timestamp

/**
 * A moment in ISO 8601, UTC, with milliseconds.
 * @example
 * import { timestamp, toIsoString } from 'decider-ts/store'
 * toIsoString(timestamp(86_400_000)) // => '1970-01-02T00:00:00.000Z'
 */
export const toIsoString = (moment: Timestamp): string => new Date(moment).toISOString()
