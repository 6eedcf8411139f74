/**
 * A recorded fact: an event with its place in its stream, its place in the log, and the time of its recording.
 * Both places are always present, and each has one meaning whichever way the event was read.
 * Used by: every room.
 * @since 0.1.0
 */
import type { EventId } from './EventId.js'
import type { GlobalPosition } from './GlobalPosition.js'
import type { Json } from './Json.js'
import type { Metadata } from './Metadata.js'
import type { StreamId } from './StreamId.js'
import type { Tag } from './Tag.js'
import type { Timestamp } from './Timestamp.js'
import type { Version } from './Version.js'

/** Never changes once it is recorded. */
export interface RecordedEvent {
  readonly id: EventId
  readonly stream: StreamId
  /** Its place in the stream: the n-th event has version n. */
  readonly version: Version
  /** Its place in the log. */
  readonly position: GlobalPosition
  readonly type: string
  readonly schemaVersion: number
  readonly tags: ReadonlyArray<Tag>
  readonly data: Json
  readonly metadata: Metadata
  /** The store's clock when it was recorded. */
  readonly recordedAt: Timestamp
}
