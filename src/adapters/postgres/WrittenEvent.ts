/**
 * A recorded event as the server writes it into JSON: one that a decision recorded, or one that was parked with its key.
 * Versions and positions come as text, because a number of JSON cannot hold all of them.
 * Used by: `DecisionCall`, `KeptJson`.
 * @since 0.1.0
 */
import { type EventId, eventId } from '../../store/EventId.js'
import { globalPosition } from '../../store/GlobalPosition.js'
import type { Json } from '../../store/Json.js'
import type { Metadata } from '../../store/Metadata.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import { streamIdFrom } from '../../store/StreamId.js'
import type { Tag } from '../../store/Tag.js'
import { timestamp } from '../../store/Timestamp.js'
import { version } from '../../store/Version.js'

/** The fields of a recorded event, as JSON has them. */
export interface WrittenEvent {
  readonly position: string
  readonly version: string
  readonly recordedAt: number
  readonly id: EventId
  readonly schemaVersion: number
  readonly stream: string
  readonly type: string
  readonly tags: ReadonlyArray<Tag>
  readonly data: Json
  readonly metadata: Metadata
}

/** The recorded event that was written. */
export const recordedEventFrom = (written: WrittenEvent): RecordedEvent => ({
  ...written,
  id: eventId(written.id),
  stream: streamIdFrom(written.stream),
  version: version(BigInt(written.version)),
  position: globalPosition(BigInt(written.position)),
  recordedAt: timestamp(written.recordedAt),
})
