/**
 * A log as data: events with the stream and the place that each has. Positions grow and may have gaps, as in every real
 * log, because a consumer that counts on dense positions loses events in production and nowhere else.
 * Used by: the suites of projections and of runners of process managers, and the tests that they print.
 *
 * Laws (test/properties/harness/delivery/LogEntry.test.ts):
 * - LGE-1 positions: positions grow along the log, with exactly the gaps that were asked for, and no two ids are alike.
 * - LGE-2 printed: what a log is printed as makes the same log again.
 * @since 0.1.0
 */
import { type EventId, eventId } from '../../store/EventId.js'
import { type GlobalPosition, globalPosition } from '../../store/GlobalPosition.js'
import { type StreamId, streamIdFrom } from '../../store/StreamId.js'
import { literal, quoted } from '../report/Literal.js'

/** One event of a log. */
export interface LogEntry<Event> {
  /** The same in every delivery of the event. */
  readonly id: EventId
  /** Grows along the log, and has gaps. */
  readonly position: GlobalPosition
  readonly stream: StreamId
  readonly event: Event
}

/** An event, the name of its stream ('a' unless given), and how many positions before it are left out (0 unless given). */
export type PlacedEvent<Event> = readonly [event: Event, stream?: string, gap?: number]

/**
 * The log of events, in their order.
 * @example
 * import { logOf } from 'decider-ts/harness'
 * const log = logOf([['Opened'], ['Paid', 'b', 2]])
 * log.map(({ position, stream, event }) => [position, stream, event]) // => [[1n, 'a', 'Opened'], [4n, 'b', 'Paid']]
 */
export const logOf = <Event>(placed: ReadonlyArray<PlacedEvent<Event>>): ReadonlyArray<LogEntry<Event>> => {
  let position = 0
  return placed.map(([event, stream = 'a', gap = 0], index) => {
    position += gap + 1
    return {
      id: idOf(index),
      position: globalPosition(position),
      stream: streamIdFrom(stream),
      event,
    }
  })
}

const idOf = (index: number): EventId =>
  eventId(`00000000-0000-7000-8000-${String(index + 1).padStart(12, '0')}`)

/**
 * The log as it is written in a test, in as many lines as it has events.
 * @internal
 */
export const printedLog = <Event>(log: ReadonlyArray<LogEntry<Event>>): string => {
  const lines = log.map(({ event, stream, position }, index) => {
    const gap = Number(position) - Number(log[index - 1]?.position ?? 0) - 1
    const rest = gap > 0 ? `, ${quoted(stream)}, ${gap}` : stream === 'a' ? '' : `, ${quoted(stream)}`
    return `  [${literal(event, { indent: 2, taken: 2 + rest.length })}${rest}],\n`
  })
  return log.length === 0 ? 'logOf([])' : `logOf([\n${lines.join('')}])`
}

/**
 * The events alone.
 * @internal
 */
export const eventsOfLog = <Event>(log: ReadonlyArray<LogEntry<Event>>): ReadonlyArray<Event> =>
  log.map(({ event }) => event)
