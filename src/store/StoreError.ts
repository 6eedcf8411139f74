/**
 * Everything a store can say no with. The union is closed and each member carries what a program needs to go on:
 * where it happened and what the store found instead. Values never format themselves; `report` does.
 * Used by: every room. A rejection of a domain is not a store error, and a bug is neither.
 * @since 0.1.0
 */
import type { RecordedDecision } from './DecisionJournal.js'
import type { EventId } from './EventId.js'
import type { ExpectedVersion } from './ExpectedVersion.js'
import type { GlobalPosition } from './GlobalPosition.js'
import type { StreamId } from './StreamId.js'
import type { Version } from './Version.js'

/** What was handed to the store cannot be stored or read by as it is. Nothing was written. */
export interface InvalidInput {
  readonly _tag: 'InvalidInput'
  /** Where in the input, such as `events[0].data.amount`. */
  readonly path: string
  readonly reason: string
}

/** Someone else wrote first: the stream is not at the version the writer believed in. Nothing was written. */
export interface VersionConflict {
  readonly _tag: 'VersionConflict'
  readonly stream: StreamId
  readonly expected: ExpectedVersion
  readonly actual: Version
}

/** An event that matches the append condition was recorded after the place the decision had read. Nothing was written. */
export interface ConditionConflict {
  readonly _tag: 'ConditionConflict'
  /** The position of one such event. */
  readonly position: GlobalPosition
}

/** An event id of the append is taken by another event, or stands twice in the append. Nothing was written. */
export interface DuplicateEventId {
  readonly _tag: 'DuplicateEventId'
  readonly id: EventId
}

/**
 * A command of the append was decided before, by another append. Nothing was written. The answer to such a command is
 * what was recorded then.
 */
export interface AlreadyDecided {
  readonly _tag: 'AlreadyDecided'
  /** What was recorded on those commands of the append that were decided before. */
  readonly decisions: ReadonlyArray<RecordedDecision>
}

/** This store does not do that; the port's `supports` says so beforehand. */
export interface Unsupported {
  readonly _tag: 'Unsupported'
  readonly feature: keyof Supports
}

/** What a store may leave out. */
export interface Supports {
  /** One append may write to several streams. */
  readonly severalStreams: boolean
  /** Reads by query, and append conditions. */
  readonly queries: boolean
  /** Appends may bring decisions, and `decisions` of the store reads them; absent means no. */
  readonly decisions?: boolean
}

/** The append ran in a transaction whose snapshot is too old to check anything: it needs READ COMMITTED. */
export interface WrongIsolation {
  readonly _tag: 'WrongIsolation'
  readonly isolation: string
}

/** A lock was not had in time, or a deadlock was broken. Nothing was written, and the same call may succeed now. */
export interface Busy {
  readonly _tag: 'Busy'
  readonly reason: string
}

/** The caller's signal took the append back before it was sent. Nothing was written. */
export interface Aborted {
  readonly _tag: 'Aborted'
}

/** The store could not be reached, or the connection was lost. */
export interface Unavailable {
  readonly _tag: 'Unavailable'
  /** Whether an append may have been written all the same; sending the same events again finds out, and is safe. */
  readonly outcome: 'nothing written' | 'unknown'
  readonly reason: string
  /** What the driver threw. */
  readonly cause: unknown
}

/** A recorded event that its codec cannot read (any more). Nothing was skipped: reading stops at it. */
export interface Undecodable {
  readonly _tag: 'Undecodable'
  readonly stream: StreamId
  readonly version: Version
  readonly position: GlobalPosition
  readonly type: string
  readonly schemaVersion: number
  /** Where in the event's data, such as `data.amount`. */
  readonly path: string
  readonly reason: string
}

/** What an append can fail with. */
export type AppendError =
  | InvalidInput
  | VersionConflict
  | ConditionConflict
  | DuplicateEventId
  | AlreadyDecided
  | Unsupported
  | WrongIsolation
  | Busy
  | Aborted
  | Unavailable

/** What a read can fail with. */
export type ReadError = InvalidInput | Unsupported | Busy | Unavailable

/** What anything done with a store can fail with. */
export type StoreError = AppendError | ReadError | Undecodable

/**
 * A refusal of input: where, and why.
 * @example
 * import { invalidInput } from 'decider-ts/store'
 * invalidInput('limit', 'is negative') // => { _tag: 'InvalidInput', path: 'limit', reason: 'is negative' }
 */
export const invalidInput = (path: string, reason: string): InvalidInput => ({
  _tag: 'InvalidInput',
  path,
  reason,
})
