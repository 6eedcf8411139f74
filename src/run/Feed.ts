/**
 * The log as a subscription reads it: one page after another, in the order of positions, and never past a place where
 * an event may still appear. A position is drawn before its append commits, so the newest event of a log may stand
 * above one that is still on its way; whoever remembers only the greatest position seen loses that one. A feed knows up
 * to where the log is settled, and ends each page there.
 * This is a port: adapters implement it, `Subscription` reads it.
 * @since 0.1.0
 */
import type { taskEither as TE } from 'fp-ts'
import type { EventStore } from '../store/EventStore.js'
import type { GlobalPosition } from '../store/GlobalPosition.js'
import type { Query } from '../store/Query.js'
import type { RecordedEvent } from '../store/RecordedEvent.js'
import type { ReadError } from '../store/StoreError.js'
import { type Timestamp, timestamp } from '../store/Timestamp.js'

/** Some of a query's events, and how far they reach. */
export interface FeedPage {
  /** In the order of positions, all of them above the place that was asked for and none above `upTo`. */
  readonly events: ReadonlyArray<RecordedEvent>
  /**
   * Every event of the query up to here that will ever exist is in this page or was before it, so this is where the
   * next page begins and what a checkpoint keeps. It moves over events that the query leaves out, and never back: it is
   * at least the place that was asked for, even if that lies beyond the end of the log.
   */
  readonly upTo: GlobalPosition
  /**
   * What there is beyond: `more` can be read at once; `unsettled` means that the newest events wait for an append in
   * flight below them, which takes moments as a rule; `nothing` means that this was the end of the log.
   */
  readonly beyond: 'more' | 'unsettled' | 'nothing'
}

/** How a log is followed. */
export interface Feed {
  /** At most `limit` events (1 or more) of the query after a place. It never waits for anybody. */
  readonly page: (query: Query, after: GlobalPosition, limit: number) => TE.TaskEither<ReadError, FeedPage>
  /**
   * Calls back when something may have been recorded, soon afterwards and perhaps needlessly, until the answer is called.
   * It is a hint: it may be missed, so whoever relies on it also looks from time to time.
   */
  readonly onRecorded: (wake: () => void) => () => void
  /**
   * The place before the first event that was recorded at or after a time, by the clock of the store. Where there is none
   * it is a settled place at or above everything that was recorded before it was asked, so that whoever starts there
   * misses nothing, and whoever has read up to there has missed nothing; for that it waits until the appends in flight
   * have ended, and is `Busy` if they take too long.
   */
  readonly positionAt: (time: Timestamp) => TE.TaskEither<ReadError, GlobalPosition>
}

/** A store whose log can be followed. */
export interface FollowedStore extends EventStore {
  readonly feed: Feed
}

/**
 * The last moment that a `Date` can say: `positionAt` of it is a place at or above all that was recorded before the call.
 * @internal
 */
export const endOfTime = timestamp(8_640_000_000_000_000)
