/**
 * Small facts to write in a case. Every case has a store of its own, so ids may be counted from 1 and names are plain.
 * Used by: every case of the conformance suite.
 * @since 0.1.0
 */
import type { Append } from '../../store/Append.js'
import { type EventId, eventId } from '../../store/EventId.js'
import type { EventStore } from '../../store/EventStore.js'
import { type EventToAppend, eventToAppend } from '../../store/EventToAppend.js'
import { anyVersion, type ExpectedVersion } from '../../store/ExpectedVersion.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import { type StreamId, streamId } from '../../store/StreamId.js'
import { type Tag, tag } from '../../store/Tag.js'
import type { Version } from '../../store/Version.js'
import { right } from './Expect.js'

/** The n-th event id. */
export const idOf = (n: number): EventId =>
  eventId(`00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`)

/** A stream of the suite's own category. */
export const streamNamed = (name: string): StreamId => streamId('conformance', name)

/** A tag, as good as any. */
export const course = (name: string): Tag => tag('course', name)

/** The n-th event, in a stream. */
export const event = (n: number, stream: StreamId, more: Partial<EventToAppend> = {}): EventToAppend =>
  eventToAppend({ id: idOf(n), stream, type: 'Happened', data: { n }, ...more })

/** Events numbered from `first` to `last`, in one stream. */
export const eventsFrom = (first: number, last: number, stream: StreamId): ReadonlyArray<EventToAppend> =>
  Array.from({ length: last - first + 1 }, (_, index) => event(first + index, stream))

/** An append to one stream under one expectation, which is none unless given. */
export const appendTo = (
  stream: StreamId,
  events: ReadonlyArray<EventToAppend>,
  version: ExpectedVersion = anyVersion,
): Append => ({ events, expected: [{ stream, version }] })

/** All events of a stream, which must be readable. */
export const eventsOf = async (store: EventStore, stream: StreamId): Promise<ReadonlyArray<RecordedEvent>> =>
  (await right(store.readStream(stream), `${stream} is read`)).events

/** The version of a stream, which must be readable. */
export const versionOf = async (store: EventStore, stream: StreamId): Promise<Version> =>
  (await right(store.readStream(stream), `${stream} is read`)).version

/** The numbers of events that were made by `event`. */
export const numbersOf = (events: ReadonlyArray<RecordedEvent>): ReadonlyArray<number> =>
  events.map(({ id }) => Number.parseInt(id.slice(-12), 16))

/** The whole numbers from `first` to `last`. */
export const count = (first: number, last: number): ReadonlyArray<number> =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
