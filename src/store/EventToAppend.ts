/**
 * An event with all that a store needs to record it, and not recorded yet.
 * Used by: `Append`; made by `run` from a domain's events, or by hand.
 * @since 0.1.0
 */
import type { EventId } from './EventId.js'
import type { JsonObject } from './Json.js'
import { type Metadata, noMetadata } from './Metadata.js'
import type { StreamId } from './StreamId.js'
import type { Tag } from './Tag.js'

/** `data` and `metadata` must be JSON: `checkAppend` refuses the rest, with the path. */
export interface EventToAppend {
  readonly id: EventId
  readonly stream: StreamId
  /** 1 to 256 UTF-16 code units. */
  readonly type: string
  /** The shape of `data`, from 1 to 32,767: what an upcaster starts from. */
  readonly schemaVersion: number
  /** A set: duplicates collapse. */
  readonly tags: ReadonlyArray<Tag>
  readonly data: unknown
  readonly metadata: Metadata
}

/** An event whose payload is known to be JSON: what `checkAppend` lets through. */
export interface StorableEvent extends EventToAppend {
  readonly data: JsonObject[string]
  readonly metadata: JsonObject & Metadata
}

/**
 * An event to append, with schema version 1, no tags and no metadata unless given.
 * @example
 * import { eventId, eventToAppend, streamId } from 'decider-ts/store'
 * const opened = eventToAppend({
 *   id: eventId('0198a6a2-0000-7000-8000-000000000001'),
 *   stream: streamId('account', 'a1'),
 *   type: 'Opened',
 *   data: { owner: 'Ada' },
 * })
 * opened.schemaVersion // => 1
 */
export const eventToAppend = (
  event: Pick<EventToAppend, 'id' | 'stream' | 'type' | 'data'> & Partial<EventToAppend>,
): EventToAppend => ({ schemaVersion: 1, tags: [], metadata: noMetadata, ...event })
