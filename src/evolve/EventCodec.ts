/**
 * Between the events of a domain and what a store keeps of them. A domain's event is one object with a `type`; a store
 * keeps the type, the version of the shape, and the rest as data.
 * Used by: `Timeline`, `Domain`, `DecisionModel`, `run`.
 *
 * Laws (test/properties/evolve/EventCodec.test.ts):
 * - COD-1 round trip: decoding what was encoded gives the event back, also through JSON where the encoded form is JSON.
 * - COD-2 nothing skipped: a recorded event that cannot be decoded is an `Undecodable` that names its stream, version,
 *   position and path, wherever it stands in the history.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { RecordedEvent } from '../store/RecordedEvent.js'
import type { Undecodable } from '../store/StoreError.js'
import { type DecodeFailure, joinPath } from './Codec.js'
import { type AnyTaggedCodec, type TaggedCodec, undeclared, unionOf, type ValueOf } from './TaggedCodec.js'
import { currentSchemaVersion, type SerializedEvent, type Upcasters, upcast } from './Upcaster.js'

/** A two-way translation between domain events and serialized ones. */
export interface EventCodec<Event> {
  /** The codec of the domain's events, `type` and all, and the event types it knows. */
  readonly tagged: TaggedCodec<Event>
  readonly upcasters: Upcasters
  readonly encode: (event: Event) => SerializedEvent
  readonly decode: (event: SerializedEvent) => E.Either<DecodeFailure, Event>
}

/** The least that is known of any event codec; for inference. */
export interface AnyEventCodec {
  readonly tagged: AnyTaggedCodec
  readonly upcasters: Upcasters
}

/**
 * An event codec from the union of the domain's events, and the upcasters of the types whose shape has changed.
 * @example
 * import * as t from 'io-ts'
 * import { eventCodec, taggedCodec } from 'decider-ts/evolve'
 * const codec = eventCodec(taggedCodec(t.type({ type: t.literal('Paid'), cents: t.Int })))
 * const paid = codec.decode({ type: 'Paid', schemaVersion: 1, data: { cents: 'many' } })
 * paid // => { _tag: 'Left', left: { path: 'data.cents', reason: "is 'many', which is not Int" } }
 */
export const eventCodec = <Event extends { readonly type: string }>(
  tagged: TaggedCodec<Event>,
  upcasters: Upcasters = {},
): EventCodec<Event> => ({
  tagged,
  upcasters,
  encode: (event) => ({
    type: event.type,
    schemaVersion: currentSchemaVersion(upcasters)(event.type),
    data: withoutType(tagged.encode(event)),
  }),
  decode: decodeBy(tagged, upcasters),
})

/** Without combinators: a replay runs it for every event, and they cost about as much as what they combine. */
const decodeBy = <Event>(tagged: TaggedCodec<Event>, upcasters: Upcasters): EventCodec<Event>['decode'] => {
  const types = new Set(tagged.types)
  const lift = upcast(upcasters)
  return (serialized) => {
    if (!types.has(serialized.type)) return E.left(undeclared(serialized.type, tagged.types))
    const lifted = lift(serialized)
    if (E.isLeft(lifted)) return lifted
    const decoded = tagged.decode(withType(lifted.right.type, lifted.right.data))
    return E.isLeft(decoded) ? E.left(inData(decoded.left)) : decoded
  }
}

const withoutType = (encoded: unknown): unknown => {
  if (typeof encoded !== 'object' || encoded === null) return encoded
  const { type: _, ...data } = encoded as { readonly type?: unknown }
  return data
}

/**
 * Data that is no object fails in the codec, which then says so; an array would pass for an object if it were spread.
 * Assigning is eight times as fast as spreading an object that was parsed (node 20), but it would take the key `__proto__`
 * for the prototype.
 */
const withType = (type: string, data: unknown): unknown => {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data
  return Object.hasOwn(data, '__proto__') ? { ...data, type } : Object.assign({}, data, { type })
}

const inData = ({ path, reason }: DecodeFailure): DecodeFailure => ({ path: joinPath('data', path), reason })

/**
 * Several event codecs as one, for events that no two of them declare.
 * @example
 * import * as t from 'io-ts'
 * import { eventCodec, taggedCodec, unionOfEvents } from 'decider-ts/evolve'
 * const paid = eventCodec(taggedCodec(t.type({ type: t.literal('Paid') })))
 * const shipped = eventCodec(taggedCodec(t.type({ type: t.literal('Shipped') })))
 * unionOfEvents([paid, shipped]).tagged.types // => ['Paid', 'Shipped']
 */
export const unionOfEvents = <Part extends AnyEventCodec>(
  parts: ReadonlyArray<Part>,
): EventCodec<ValueOf<Part['tagged']> & { readonly type: string }> =>
  eventCodec(
    unionOf(parts.map(({ tagged }) => tagged)) as TaggedCodec<
      ValueOf<Part['tagged']> & { readonly type: string }
    >,
    // From entries: assigning would take the event type `__proto__` for the prototype.
    Object.fromEntries(parts.flatMap(({ upcasters }) => Object.entries(upcasters))),
  )

/**
 * The domain event of a recorded one, or where and why it cannot be read.
 * @example
 * import { either as E } from 'fp-ts'
 * import * as t from 'io-ts'
 * import { decodeRecorded, eventCodec, taggedCodec } from 'decider-ts/evolve'
 * import { eventId, globalPosition, type RecordedEvent, streamId, timestamp, version } from 'decider-ts/store'
 * const codec = eventCodec(taggedCodec(t.type({ type: t.literal('Paid'), cents: t.Int })))
 * const recorded: RecordedEvent = {
 *   id: eventId('0198a6a2-0000-7000-8000-000000000001'),
 *   stream: streamId('order', 'o1'),
 *   version: version(1),
 *   position: globalPosition(1),
 *   type: 'Paid',
 *   schemaVersion: 1,
 *   tags: [],
 *   data: { cents: 5 },
 *   metadata: {},
 *   recordedAt: timestamp(0),
 * }
 * decodeRecorded(codec)(recorded) // => E.right({ type: 'Paid', cents: 5 })
 */
export const decodeRecorded =
  <Event>(codec: Pick<EventCodec<Event>, 'decode'>) =>
  (recorded: RecordedEvent): E.Either<Undecodable, Event> => {
    const decoded = codec.decode(recorded)
    return E.isLeft(decoded) ? E.left(undecodable(recorded, decoded.left)) : decoded
  }

/**
 * The domain events of a history; the first that cannot be read stops it.
 * @example
 * import { either as E } from 'fp-ts'
 * import * as t from 'io-ts'
 * import { decodeHistory, eventCodec, taggedCodec } from 'decider-ts/evolve'
 * import { eventId, globalPosition, type RecordedEvent, streamId, timestamp, version } from 'decider-ts/store'
 * const codec = eventCodec(taggedCodec(t.type({ type: t.literal('Paid'), cents: t.Int })))
 * const recorded: RecordedEvent = {
 *   id: eventId('0198a6a2-0000-7000-8000-000000000001'),
 *   stream: streamId('order', 'o1'),
 *   version: version(1),
 *   position: globalPosition(1),
 *   type: 'Paid',
 *   schemaVersion: 1,
 *   tags: [],
 *   data: { cents: 5 },
 *   metadata: {},
 *   recordedAt: timestamp(0),
 * }
 * decodeHistory(codec)([recorded]) // => E.right([{ type: 'Paid', cents: 5 }])
 */
export const decodeHistory =
  <Event>(codec: Pick<EventCodec<Event>, 'decode'>) =>
  (history: ReadonlyArray<RecordedEvent>): E.Either<Undecodable, ReadonlyArray<Event>> => {
    const events: Array<Event> = []
    for (const recorded of history) {
      const decoded = codec.decode(recorded)
      if (E.isLeft(decoded)) return E.left(undecodable(recorded, decoded.left))
      events.push(decoded.right)
    }
    return E.right(events)
  }

const undecodable = (
  { stream, version, position, type, schemaVersion }: RecordedEvent,
  { path, reason }: DecodeFailure,
): Undecodable => ({ _tag: 'Undecodable', stream, version, position, type, schemaVersion, path, reason })
