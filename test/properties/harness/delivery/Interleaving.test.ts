/** The laws of tapes: another order of a log that its streams would not notice. */
import { deepStrictEqual } from 'node:assert/strict'
import { arbitraryInterleaving, interleave, type LogEntry, logOf, type PlacedEvent } from 'decider-ts/harness'
import fc from 'fast-check'
import { law } from '../../Law.js'

type Log = ReadonlyArray<LogEntry<number>>
type Interleave = (log: Log, tape: ReadonlyArray<number>) => Log

const logs = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(2)), { maxLength: 9 })
  .map((entries) => logOf(entries.map(([stream, gap], n): PlacedEvent<number> => [n, stream, gap])))

const ofStream = (log: Log, name: string) =>
  log.filter(({ stream }) => stream === name).map(({ id, event }) => [id, event])

const streams = (reorder: Interleave) =>
  fc.property(logs, arbitraryInterleaving, (log, tape) => {
    const other = reorder(log, tape)
    deepStrictEqual(other.length, log.length)
    for (const name of ['a', 'b', 'c']) deepStrictEqual(ofStream(other, name), ofStream(log, name))
    deepStrictEqual(
      other.map(({ position }) => position),
      log.map(({ position }) => position),
    )
  })

law('ILV-1 streams', streams(interleave))
law.rejects(
  'ILV-1',
  'an order that takes any event next',
  streams((log, tape) => {
    const left = [...log]
    return log.map(({ position }, place) => ({
      ...(left.splice((tape[place] ?? 0) % left.length, 1)[0] as LogEntry<number>),
      position,
    }))
  }),
)
law.rejects(
  'ILV-1',
  'positions that go with their events',
  streams((log, tape) =>
    interleave(log, tape).map((entry) => log.find(({ id }) => id === entry.id) ?? entry),
  ),
)

const plain = (reorder: Interleave) => fc.property(logs, (log) => deepStrictEqual(reorder(log, []), log))

law('ILV-2 plain', plain(interleave))
law.rejects(
  'ILV-2',
  'streams one after another',
  plain((log) =>
    interleave(logOf(log.map(({ event, stream }) => [event, stream])), [1, 1, 1, 1, 1, 1, 1, 1, 1]),
  ),
)

const orderOf = (log: Log): string => log.map(({ event }) => event).join(',')

/** All orders of two streams that keep the order of each. */
const shuffles = (left: ReadonlyArray<number>, right: ReadonlyArray<number>): ReadonlyArray<string> => {
  const [l, ...ls] = left
  const [r, ...rs] = right
  if (l === undefined || r === undefined) return [[...left, ...right].join(',')]
  return [
    ...shuffles(ls, right).map((rest) => `${l},${rest}`),
    ...shuffles(left, rs).map((rest) => `${r},${rest}`),
  ]
}

const tapesOf = (length: number): ReadonlyArray<ReadonlyArray<number>> =>
  length === 0 ? [[]] : tapesOf(length - 1).flatMap((tape) => [0, 1].map((choice) => [choice, ...tape]))

const reach = (reorder: Interleave) =>
  fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }), (isLeft) => {
    const log = logOf(isLeft.map((left, n): PlacedEvent<number> => [n, left ? 'a' : 'b']))
    const eventsOf = (name: string) => log.filter(({ stream }) => stream === name).map(({ event }) => event)
    const reached = new Set(tapesOf(log.length).map((tape) => orderOf(reorder(log, tape))))
    deepStrictEqual([...reached].sort(), [...new Set(shuffles(eventsOf('a'), eventsOf('b')))].sort())
  })

law('ILV-3 reach', reach(interleave))
law.rejects(
  'ILV-3',
  'a tape of which only the first choice counts',
  reach((log, tape) => interleave(log, tape.slice(0, 1))),
)
