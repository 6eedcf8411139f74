/**
 * The guard of a decision over several streams: fail if an event that matches the query was recorded after the place
 * up to which the decision had read. It does for a query what an expected version does for a stream.
 * Used by: `Append`, `Journal`, the adapters, `run`.
 * @since 0.1.0
 */
import type { GlobalPosition } from './GlobalPosition.js'
import type { Newtype } from './Newtype.js'
import type { Query } from './Query.js'

/**
 * Up to where a read has seen the events of its query: one position an item. Opaque: take it from a read and hand it
 * back. It is not the head of the log, because with parallel writers an event below the head may still be on its way.
 */
export type ConsistencyToken = Newtype<'ConsistencyToken', ReadonlyArray<GlobalPosition>>

/** Without `after`, any event that matches, however old, fails the append. */
export interface AppendCondition {
  readonly failIfEventsMatch: Query
  readonly after?: ConsistencyToken
}

/**
 * A token from positions, one an item of the query. For adapters, and for tests of them.
 * @example
 * import { consistencyToken, globalPosition } from 'decider-ts/store'
 * consistencyToken([globalPosition(4)]) // => [4n]
 */
export const consistencyToken = (positions: ReadonlyArray<GlobalPosition>): ConsistencyToken =>
  positions as ConsistencyToken
