/**
 * Another order of the same log, as data: each number of the tape says which stream goes on next. The events of one stream
 * keep their order, because no store delivers them in another; between streams every order is possible, because two
 * writers do not wait for each other.
 * Used by: `ProjectionSuite`, `EventSource`.
 *
 * Laws (test/properties/harness/delivery/Interleaving.test.ts):
 * - ILV-1 streams: every event is there once, and the events of each stream are in the order they had.
 * - ILV-2 plain: the empty tape leaves the log as it is.
 * - ILV-3 reach: every order of two streams is the order of some tape.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type { LogEntry } from './LogEntry.js'

/** For each place of the log, which of the streams that have events left goes on: their number, and the rest of it. */
export type Interleaving = ReadonlyArray<number>

/** A few choices are enough for a log of a dozen events. */
const choicesMax = 12

/**
 * Arbitrary tapes; they shrink to the empty one.
 * @example
 * import fc from 'fast-check'
 * import { arbitraryInterleaving } from 'decider-ts/harness'
 * fc.sample(arbitraryInterleaving, 20).every((tape) => tape.every((choice) => choice >= 0)) // => true
 */
export const arbitraryInterleaving: fc.Arbitrary<Interleaving> = fc.array(fc.nat(3), {
  maxLength: choicesMax,
  size: 'max',
})

/**
 * The log in the order of a tape. At each place, the streams that have events left are looked at in the order in which
 * their next events stand in the log, so 0, and the end of the tape, mean the event that comes first there. Positions
 * stay with their places, ids go with their events.
 * @example
 * import { interleave, logOf } from 'decider-ts/harness'
 * const log = logOf([['a1', 'a'], ['a2', 'a'], ['b1', 'b']])
 * interleave(log, [1]).map(({ event, position }) => [event, position]) // => [['b1', 1n], ['a1', 2n], ['a2', 3n]]
 */
export const interleave = <Event>(
  log: ReadonlyArray<LogEntry<Event>>,
  tape: Interleaving,
): ReadonlyArray<LogEntry<Event>> => {
  const left = [...log]
  return log.map(({ position }, place) => {
    const heads = headsOf(left)
    const chosen = heads[(tape[place] ?? 0) % heads.length] ?? 0
    const [entry] = left.splice(chosen, 1)
    // There are as many places as entries, so there is always one left.
    return { ...(entry as LogEntry<Event>), position }
  })
}

/** Where the first entry of each stream stands. */
const headsOf = (log: ReadonlyArray<LogEntry<unknown>>): ReadonlyArray<number> => {
  const streams = new Set<string>()
  return log.flatMap(({ stream }, index) => {
    if (streams.has(stream)) return []
    streams.add(stream)
    return [index]
  })
}
