/**
 * When an append is the same as an earlier one, and what it answers then. A writer that never heard back sends the same
 * events again; that must record nothing and answer as the first time. An id that is taken by another event is a mistake.
 * Used by: `Journal`, and adapters that keep events as values.
 * @since 0.1.0
 */
import { either as E, option as O } from 'fp-ts'
import type { Appended } from './Append.js'
import type { EventId } from './EventId.js'
import type { StorableEvent } from './EventToAppend.js'
import { beginning } from './GlobalPosition.js'
import { stringify } from './Json.js'
import type { RecordedEvent } from './RecordedEvent.js'
import type { DuplicateEventId } from './StoreError.js'

/**
 * The first answer, if all of these events are recorded, and nothing if none of them is. If only some of them are, or an
 * id belongs to another event, a failure that names such an id: another event's before that of a part.
 * @example
 * import { either as E, option as O } from 'fp-ts'
 * import { repeatOf } from 'decider-ts/store'
 * repeatOf([], () => undefined) // => E.right(O.none)
 */
export const repeatOf = (
  events: ReadonlyArray<StorableEvent>,
  withId: (id: EventId) => RecordedEvent | undefined,
): E.Either<DuplicateEventId, O.Option<Appended>> => {
  // Nearly every append is new: that takes one look an event, and nothing else.
  if (!events.some(({ id }) => withId(id) !== undefined)) return E.right(O.none)
  const pairs = events.map((event) => ({ event, recorded: withId(event.id) }))
  const known = pairs.flatMap(({ recorded }) => recorded ?? [])
  const other = pairs.find(({ event, recorded }) => recorded !== undefined && !isSame(event, recorded))
  const taken = other?.event.id ?? (known.length < events.length ? known[0]?.id : undefined)
  return taken === undefined
    ? E.right(O.some({ ...answerFor(known), repeated: true }))
    : E.left({ _tag: 'DuplicateEventId', id: taken })
}

/**
 * What an append of these events answers: each stream's version after its last event, and the last position.
 * @example
 * import { answerFor, nothingAppended } from 'decider-ts/store'
 * answerFor([]) // => nothingAppended
 */
export const answerFor = (recorded: ReadonlyArray<RecordedEvent>): Appended => ({
  streams: versionsAfter(recorded),
  lastPosition: recorded.at(-1)?.position ?? beginning,
  repeated: false,
})

const versionsAfter = (recorded: ReadonlyArray<RecordedEvent>): Appended['streams'] => {
  const [only, ...others] = recorded
  if (only !== undefined && others.length === 0) return [{ stream: only.stream, version: only.version }]
  const versions = new Map(recorded.map(({ stream, version }) => [stream, version]))
  return Array.from(versions, ([stream, version]) => ({ stream, version }))
}

const isSame = (event: StorableEvent, recorded: RecordedEvent): boolean =>
  event.stream === recorded.stream &&
  event.type === recorded.type &&
  event.schemaVersion === recorded.schemaVersion &&
  stringify(event.data) === stringify(recorded.data)
