/**
 * The facts of one memory store and every index to find them by: by id, by stream, by tag and by type. It grows and
 * does nothing else. Recording an event touches the event's own entries only, so its cost does not depend on how many
 * events or streams there are.
 * Used by: `MemoryStore`, which decides whether something may be recorded.
 * @since 0.1.0
 */
import { tokenOf } from '../../store/Append.js'
import type { AppendCondition } from '../../store/AppendCondition.js'
import type { EventId } from '../../store/EventId.js'
import type { Range } from '../../store/EventStore.js'
import type { StorableEvent } from '../../store/EventToAppend.js'
import { beginning, type GlobalPosition } from '../../store/GlobalPosition.js'
import { entryOf, type Query } from '../../store/Query.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import type { StreamId } from '../../store/StreamId.js'
import type { Timestamp } from '../../store/Timestamp.js'
import { noVersion, type Version } from '../../store/Version.js'
import { emptyIndex, merge, type Span } from './EventIndex.js'

/** Facts in order, and the ways to find them. */
export interface EventLog {
  readonly head: () => GlobalPosition
  readonly versionOf: (stream: StreamId) => Version
  readonly withId: (id: EventId) => RecordedEvent | undefined
  readonly ofStream: (stream: StreamId, range: Range<Version>) => ReadonlyArray<RecordedEvent>
  readonly matching: (query: Query, range: Range<GlobalPosition>) => ReadonlyArray<RecordedEvent>
  /** The first event that matches the condition's query and is newer than its token. */
  readonly firstTooNew: (condition: AppendCondition) => RecordedEvent | undefined
  readonly record: (events: ReadonlyArray<StorableEvent>, now: Timestamp) => ReadonlyArray<RecordedEvent>
}

/** A log without events. */
export const emptyEventLog = (): EventLog => {
  const log: Array<RecordedEvent> = []
  const streams = new Map<StreamId, Array<RecordedEvent>>()
  const byId = new Map<EventId, RecordedEvent>()
  const index = emptyIndex(log)

  const recordOne = (event: StorableEvent, now: Timestamp): RecordedEvent => {
    const stream = streams.get(event.stream)
    const recorded = factOf(event, (stream?.length ?? 0) + 1, log.length + 1, now)
    index.add(recorded, log.length)
    log.push(recorded)
    byId.set(recorded.id, recorded)
    // The array of a stream begins with room for one event: most streams are short, and `push` makes room for many.
    if (stream === undefined) streams.set(event.stream, [recorded])
    else stream.push(recorded)
    return recorded
  }

  const placesOf = (query: Query, span: Span): ReadonlyArray<number> =>
    query._tag === 'Everything'
      ? index.find({ categories: [], types: [], tags: [] }, span)
      : merge(
          query.items.map((item) => index.find(item, span)),
          span,
        )

  return {
    head: () => log.at(-1)?.position ?? beginning,
    versionOf: (name) => streams.get(name)?.at(-1)?.version ?? noVersion,
    withId: (id) => byId.get(id),
    ofStream: (name, range) => cut(streams.get(name) ?? [], range),
    matching: (query, range) =>
      query._tag === 'Everything' ? cut(log, range) : at(log, placesOf(query, spanOf(range, log.length))),
    firstTooNew: ({ failIfEventsMatch, after }) => {
      const firsts = tokenOf({ failIfEventsMatch, ...(after && { after }) }).map((seen, entry) => {
        const span = spanOf({ after: seen, limit: 1 }, log.length)
        return placesOf(entryOf(failIfEventsMatch, entry), span)
      })
      return at(log, merge(firsts, { from: 0, until: log.length, backward: false, limit: 1 }))[0]
    },
    record: (events, now) => events.map((event) => recordOne(event, now)),
  }
}

const at = (log: ReadonlyArray<RecordedEvent>, places: ReadonlyArray<number>): ReadonlyArray<RecordedEvent> =>
  places.flatMap((place) => log[place] ?? [])

/** The fact whose place is n stands at index n - 1, in a stream and in the log: bounds are a matter of counting. */
const spanOf = <Place extends bigint>(
  { after, to, limit, direction }: Range<Place>,
  length: number,
): Span => ({
  from: after === undefined ? 0 : clamp(after, length),
  until: to === undefined ? length : clamp(to, length),
  backward: direction === 'backward',
  limit: limit ?? Number.POSITIVE_INFINITY,
})

/** A bound may lie beyond 2^53, where a number would be rounded, so it is compared as it is. */
const clamp = (place: bigint, length: number): number => (place > length ? length : Number(place))

const cut = <Place extends bigint>(
  events: ReadonlyArray<RecordedEvent>,
  range: Range<Place>,
): ReadonlyArray<RecordedEvent> => {
  const { from, until, backward, limit } = spanOf(range, events.length)
  if (until <= from) return []
  return backward
    ? events.slice(Math.max(from, until - limit), until).reverse()
    : events.slice(from, Math.min(until, from + limit))
}

/** Tags, data and metadata are frozen copies already: the gate made them. */
const factOf = (
  { id, stream, type, schemaVersion, tags, data, metadata }: StorableEvent,
  version: number,
  position: number,
  recordedAt: Timestamp,
): RecordedEvent =>
  Object.freeze({
    id,
    stream,
    version: BigInt(version) as Version,
    position: BigInt(position) as GlobalPosition,
    type,
    schemaVersion,
    tags,
    data,
    metadata,
    recordedAt,
  })
