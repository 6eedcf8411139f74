/**
 * Where the events come from that a view, a projection or a process manager is checked with: the histories of a domain,
 * which are the events that really happen, or any events that a codec reads.
 * Used by: `ViewSuite`, `ProjectionSuite`, `ProcessManagerSuite`, `ProcessRunnerSuite`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import type * as t from 'io-ts'
import type { AnyDomain, Domain } from '../../decide/Domain.js'
import type { DecodeFailure } from '../../evolve/Codec.js'
import type { EventCodec } from '../../evolve/EventCodec.js'
import type { SerializedEvent } from '../../evolve/Upcaster.js'
import { arbitraryOf } from '../arbitrary/ArbitraryCodec.js'
import { arbitraryHistory } from '../domain/ArbitraryHistory.js'
import { shown } from '../domain/Shown.js'
import { arbitraryInterleaving, interleave } from './Interleaving.js'
import { type LogEntry, logOf, type PlacedEvent } from './LogEntry.js'

/** A codec of events: one of io-ts, the `event` of a domain, or arbitrary values where there is no codec. */
export type EventsOf<Event> = t.Type<Event, unknown> | EventCodec<Event> | fc.Arbitrary<Event>

/** A domain whose events are among these. */
export type DomainOfEvents<Event> = AnyDomain & {
  readonly event: { readonly decode: (event: SerializedEvent) => E.Either<DecodeFailure, Event> }
}

/** Where events come from; one of `event` and `history` has to be there. */
export interface EventSource<Event> {
  /** Any events of these types, in any order. */
  readonly event?: EventsOf<Event>
  /** The events of this domain's histories, in one to three streams. Logs are made of these where both are there. */
  readonly history?: DomainOfEvents<Event>
  /** The stream of an event, where the event says it; streams are arbitrary unless given. */
  readonly streamOf?: (event: Event) => string
  /** The most events of a log; 12 unless given. */
  readonly eventsMax?: number
}

/**
 * Arbitrary logs of a source.
 * @internal
 */
export const arbitraryLog = <Event>(
  source: EventSource<Event>,
): fc.Arbitrary<ReadonlyArray<LogEntry<Event>>> => {
  const { history, event, eventsMax = 12 } = source
  if (history !== undefined) return logsOfHistories(source, history, eventsMax)
  if (event === undefined)
    throw new TypeError('A suite needs events: give it `event`, a codec, or `history`, a domain.')
  const placed = fc.tuple(arbitraryEvent(event), fc.nat(2), fc.nat(2))
  return fc
    .array(placed, { maxLength: eventsMax, size: 'max' })
    .map((entries) =>
      logOf(
        entries.map(
          ([one, stream, gap]): PlacedEvent<Event> => [one, source.streamOf?.(one) ?? nameOf(stream), gap],
        ),
      ),
    )
}

const nameOf = (stream: number): string => 'abc'[stream] ?? 'a'

const logsOfHistories = <Event>(
  { streamOf }: EventSource<Event>,
  history: DomainOfEvents<Event>,
  eventsMax: number,
): fc.Arbitrary<ReadonlyArray<LogEntry<Event>>> => {
  // What a domain's commands and states are is of no concern here; its histories are asked for their events alone.
  const domain = history as AnyDomain as Domain<unknown, unknown, Event, unknown>
  const histories = fc.array(arbitraryHistory(domain, { commandsMax: eventsMax }), {
    minLength: 1,
    maxLength: 3,
  })
  return fc
    .tuple(histories, arbitraryInterleaving, fc.array(fc.nat(2), { maxLength: 6 }))
    .map(([all, tape, gaps]) => {
      const streams = all.flatMap(({ events }, stream) =>
        events.map((one): PlacedEvent<Event> => [one, streamOf?.(one) ?? nameOf(stream)]),
      )
      const order = interleave(logOf(streams), tape).slice(0, eventsMax)
      return logOf(
        order.map(({ event, stream }, place): PlacedEvent<Event> => [event, stream, gaps[place] ?? 0]),
      )
    })
}

/**
 * Arbitrary events of a codec.
 * @internal
 */
export const arbitraryEvent = <Event>(events: EventsOf<Event>): fc.Arbitrary<Event> => {
  if (events instanceof fc.Arbitrary) return events
  if (!('tagged' in events)) return arbitraryOf(events)
  return fc.oneof(...events.tagged.codecs.map((codec) => arbitraryOf(codec))) as fc.Arbitrary<Event>
}

/**
 * Lists of events: logs without streams, and, where there is a codec, events in orders that no history has.
 * @internal
 */
export const arbitraryEvents = <Event>(source: EventSource<Event>): fc.Arbitrary<ReadonlyArray<Event>> => {
  const logs = arbitraryLog(source).map((log) => log.map(({ event }) => event))
  const { event, history, eventsMax = 12 } = source
  return event === undefined || history === undefined
    ? logs
    : fc.oneof(logs, fc.array(arbitraryEvent(event), { maxLength: eventsMax, size: 'max' }))
}

/**
 * An event as it comes back from a store: encoded, written as JSON, read and decoded.
 * @internal
 */
export const throughStore = <Event>({ event, history }: EventSource<Event>, one: Event): Event => {
  const codec = event ?? (history?.event as EventCodec<Event> | undefined)
  if (codec === undefined || codec instanceof fc.Arbitrary) return JSON.parse(JSON.stringify(one)) as Event
  const encoded: unknown = JSON.parse(JSON.stringify(codec.encode(one)))
  const decoded: E.Either<unknown, Event> =
    'tagged' in codec ? codec.decode(encoded as SerializedEvent) : codec.decode(encoded)
  if (E.isLeft(decoded)) throw new TypeError(`The codec cannot read what it wrote: ${shown(encoded)}.`)
  return decoded.right
}

/**
 * What a newer version of the program may have written, unless a suite names it.
 * @internal
 */
export const usualUnknownEvents: ReadonlyArray<unknown> = [{ type: 'AddedLater', by: 'a newer version' }]
