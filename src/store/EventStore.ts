/**
 * The port that keeps recorded facts. It is owned by the inside, so that adapters fit the model instead of dictating
 * it; its meaning is written down as code in `Journal`, and the conformance suite holds every adapter to it.
 * Used by: `run` calls it, adapters implement it.
 * @since 0.1.0
 */
import { either as E, type taskEither as TE } from 'fp-ts'
import type { Append, Appended } from './Append.js'
import type { ConsistencyToken } from './AppendCondition.js'
import type { DecisionJournal } from './DecisionJournal.js'
import type { GlobalPosition } from './GlobalPosition.js'
import type { Query } from './Query.js'
import type { RecordedEvent } from './RecordedEvent.js'
import {
  type AppendError,
  type InvalidInput,
  invalidInput,
  type ReadError,
  type Supports,
} from './StoreError.js'
import type { StreamId } from './StreamId.js'
import type { Version } from './Version.js'

/** Which part of an ordered history to read. A bound that is left out does not bind. */
export interface Range<Place> {
  /** Only what comes after this place. */
  readonly after?: Place
  /** Nothing beyond this place; the place itself is included. */
  readonly to?: Place
  /** At most so many events, counted from the end where reading begins. */
  readonly limit?: number
  /** `forward` unless given. `backward` begins at the newest event. */
  readonly direction?: 'forward' | 'backward'
  /**
   * Whether a part of the range will do: then a store may end where its answer has grown large, and says so by `more`.
   * It does not answer without events where the range holds one. Paging asks for this, so that a page of large events
   * holds fewer of them; a store may ignore it.
   */
  readonly partial?: boolean
}

/** What a read of a stream found. */
export interface StreamSlice {
  readonly events: ReadonlyArray<RecordedEvent>
  /** The stream's version, whatever part of it was read; 0 where the stream has no events. */
  readonly version: Version
  /** Only where a partial read has left out events of its range. */
  readonly more?: true
}

/** What a read by query found. */
export interface QuerySlice {
  readonly events: ReadonlyArray<RecordedEvent>
  /** Up to where this read has seen the events of its query: hand it to the append condition of the decision. */
  readonly token: ConsistencyToken
  /** Only where a partial read has left out events of its range. */
  readonly more?: true
}

/** The part of an `AbortSignal` that a store needs. It is spelled out, because this room knows no platform. */
export interface Cancellation {
  readonly aborted: boolean
  readonly addEventListener: (type: 'abort', listener: () => void) => void
  readonly removeEventListener: (type: 'abort', listener: () => void) => void
}

/** What may be asked of an append beside what it holds. */
export interface AppendOptions {
  /**
   * Takes the append back while it has not been sent: before the call, or while it waits for its turn. The answer is
   * `Aborted`, and nothing is written. An append that is under way gets its real answer: to stop waiting for it would
   * make its outcome unknown, and to stop the call would stop others that share it.
   */
  readonly signal?: Cancellation
}

/**
 * A store of events. What each function does, to the letter, is `Journal`; an adapter adds that it is safe under
 * concurrency: appends are atomic, and reads see whole appends.
 */
export interface EventStore {
  readonly supports: Supports
  /**
   * Records all events of the append, or none. Sending the same events (by id) again records nothing and answers as
   * the first time. An append without events and decisions is a no-op that does not reach the store.
   */
  readonly append: (append: Append, options?: AppendOptions) => TE.TaskEither<AppendError, Appended>
  /** The events of one stream in the order of their versions. A stream without events is empty, not an error. */
  readonly readStream: (stream: StreamId, range?: Range<Version>) => TE.TaskEither<ReadError, StreamSlice>
  /** The events that match a query, in the order of the log, and the token for an append condition. */
  readonly read: (query: Query, range?: Range<GlobalPosition>) => TE.TaskEither<ReadError, QuerySlice>
  /** The position of the newest event, or 0. */
  readonly head: TE.TaskEither<ReadError, GlobalPosition>
  /** What was decided on commands; there wherever `supports.decisions` is true. */
  readonly decisions?: DecisionJournal
}

/**
 * A range whose limit, if any, is a whole number of 0 or more. For adapters.
 * @example
 * import { either as E } from 'fp-ts'
 * import { checkRange, invalidInput } from 'decider-ts/store'
 * checkRange({ limit: -1 }) // => E.left(invalidInput('limit', 'is not a whole number of 0 or more: -1'))
 */
export const checkRange = <Place>(range: Range<Place>): E.Either<InvalidInput, Range<Place>> =>
  range.limit === undefined || (Number.isInteger(range.limit) && range.limit >= 0)
    ? E.right(range)
    : E.left(invalidInput('limit', `is not a whole number of 0 or more: ${range.limit}`))
