/** The laws of logs as data. */
import { deepStrictEqual } from 'node:assert/strict'
import { type LogEntry, logOf, type PlacedEvent } from 'decider-ts/harness'
import fc from 'fast-check'
import { printedLog } from '../../../../src/harness/delivery/LogEntry.js'
import { law } from '../../Law.js'

type LogOf = (placed: ReadonlyArray<PlacedEvent<unknown>>) => ReadonlyArray<LogEntry<unknown>>

const placed = fc.array(
  fc.tuple(
    fc.record({ type: fc.string(), n: fc.integer() }, { noNullPrototype: true }),
    fc.constantFrom('a', 'b', 'c'),
    fc.nat(3),
  ),
  { maxLength: 8 },
)

const positions = (make: LogOf) =>
  fc.property(placed, (entries) => {
    const log = make(entries)
    deepStrictEqual(
      log.map(({ event, stream }) => [event, stream]),
      entries.map(([event, stream]) => [event, stream]),
    )
    const gaps = log.map(({ position }, index) => Number(position - (log[index - 1]?.position ?? 0n)) - 1)
    deepStrictEqual(
      gaps,
      entries.map(([, , gap]) => gap),
    )
    deepStrictEqual(new Set(log.map(({ id }) => id)).size, log.length)
  })

law('LGE-1 positions', positions(logOf))
law.rejects(
  'LGE-1',
  'positions without gaps',
  positions((entries) => logOf(entries.map(([event, stream = 'a']) => [event, stream]))),
)
law.rejects(
  'LGE-1',
  'one id for all events',
  positions((entries) => {
    const log = logOf(entries)
    return log.map((entry) => ({ ...entry, id: log[0]?.id ?? entry.id }))
  }),
)

type Printed = (log: ReadonlyArray<LogEntry<unknown>>) => string

/** What the source text makes, with `logOf` at hand. */
const evaluated = (source: string): unknown => new Function('logOf', `return ${source}`)(logOf)

const printed = (print: Printed) =>
  fc.property(placed, (entries) => {
    deepStrictEqual(evaluated(print(logOf(entries))), logOf(entries))
  })

law('LGE-2 printed', printed(printedLog))
law.rejects(
  'LGE-2',
  'a text without gaps',
  printed((log) => printedLog(logOf(log.map(({ event, stream }) => [event, stream])))),
)
