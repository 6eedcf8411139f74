/**
 * The laws of what process managers owe, on logs of two keys whose events set timers, take them back and call for
 * commands, in any order and with any times between them.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { type Counted, processDefinition } from 'decider-ts/run'
import {
  checkKey,
  eventId,
  globalPosition,
  type RecordedEvent,
  streamIdFrom,
  timestamp,
  version,
} from 'decider-ts/store'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import { describe } from 'vitest'
import { type OwedCommands, owedOf, owingMore } from '../../../src/adapters/memory/MemoryOutbox.js'
import { owedByAll } from '../../../src/run/OweCommands.js'
import { law } from '../Law.js'

const Happened = t.type({
  type: t.literal('Happened'),
  commands: t.number,
  set: t.array(t.type({ timer: t.string, afterMs: t.number })),
  cancel: t.array(t.string),
})
type Happened = t.TypeOf<typeof Happened>

const process = processDefinition({
  name: 'p',
  event: Happened,
  command: t.string,
  state: t.null,
  manager: {
    initialState: null,
    evolve: () => null,
    react: (_state, { commands }) => Array.from({ length: commands }, (_, nth) => `do ${nth}`),
    pending: () => [],
    isTerminal: () => false,
  },
  deadlines: (_state, { set, cancel }) => [
    ...cancel.map((timer) => ({ cancel: timer })),
    ...set.map(({ timer, afterMs }) => ({ timer, afterMs, command: `late ${timer}` })),
  ],
})

type One = Counted<null, Happened>
type OweAll = (
  counted: ReadonlyArray<One>,
) => ReturnType<ReturnType<typeof owedByAll<null, Happened, string>>>

const timer = fc.constantFrom('a', 'b')

const log: fc.Arbitrary<ReadonlyArray<One>> = fc
  .array(
    fc.record({
      key: fc.constantFrom('k', 'l'),
      // The clock of a store may go back a little.
      afterMs: fc.integer({ min: -2, max: 6 }),
      event: fc.record({
        type: fc.constant('Happened' as const),
        commands: fc.nat(2),
        set: fc.array(fc.record({ timer, afterMs: fc.nat(12) }), { maxLength: 2 }),
        cancel: fc.array(timer, { maxLength: 1 }),
      }),
    }),
    { maxLength: 10, size: 'max' },
  )
  .map((happenings) => {
    let now = 100
    return happenings.map(({ key, afterMs, event }, index): One => {
      now += afterMs
      return { key, event, state: null, recorded: recordedAt(index + 1, key, now) }
    })
  })

const recordedAt = (nth: number, key: string, now: number): RecordedEvent => ({
  id: eventId(`00000000-0000-7000-8000-${String(nth).padStart(12, '0')}`),
  stream: streamIdFrom(key),
  version: version(nth),
  position: globalPosition(nth),
  type: 'Happened',
  schemaVersion: 1,
  tags: [],
  data: {},
  metadata: {},
  recordedAt: timestamp(now),
})

const kept = (owe: OweAll, commits: ReadonlyArray<ReadonlyArray<One>>) =>
  owedOf(commits.reduce<OwedCommands>((owed, counted) => owingMore(owed, owe(counted)), []))

const cut = <A>(list: ReadonlyArray<A>, sizes: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<A>> => {
  const rest = [...list]
  const parts = sizes.map((size) => rest.splice(0, size))
  return [...parts, rest]
}

const batches = (owe: OweAll) =>
  fc.property(log, fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 6 }), (events, sizes) => {
    deepStrictEqual(kept(owe, cut(events, sizes)), kept(owe, [events]))
    return true
  })

/** Two keys that differ in their last letter, of any length up to the longest. */
const withKeysOf = (length: number, events: ReadonlyArray<One>): ReadonlyArray<One> =>
  events.map((one) => ({ ...one, key: '\u6f22'.repeat(length) + one.key }))

const ids = (owe: OweAll) =>
  fc.property(log, fc.nat(9), fc.nat(511), (logged, from, length) => {
    const once = withKeysOf(length, logged)
    // Each event concerns both keys.
    const events = once.flatMap((one) => [one, { ...one, key: one.key.replace(/.$/, 'm') }])
    const all = owe(events).commands
    deepStrictEqual(new Set(all.map(({ id }) => id)).size, all.length)
    for (const { id } of all) deepStrictEqual(checkKey(id), E.right(undefined))
    const idsOf = (counted: ReadonlyArray<One>) =>
      owe(counted)
        .commands.filter((command) => command.timer === undefined)
        .map(({ id }) => id)
    const later = events.slice(from)
    const laterIds = idsOf(later)
    deepStrictEqual(
      laterIds,
      idsOf(events).filter((id) => laterIds.includes(id)),
    )
    return true
  })

/** Asked of each timer by itself, against the whole log. */
const timersOf = (events: ReadonlyArray<One>): ReadonlyArray<string> =>
  events.flatMap(({ key, event, recorded }, index) =>
    [...new Set(event.set.map((one) => one.timer))].flatMap((name) => {
      const last = event.set.filter((one) => one.timer === name).at(-1)
      const dueAt = recorded.recordedAt + (last?.afterMs ?? 0)
      const isTakenBack = events
        .slice(index + 1)
        .some(
          (later) =>
            later.key === key &&
            later.recorded.recordedAt < dueAt &&
            (later.event.cancel.includes(name) || later.event.set.some((one) => one.timer === name)),
        )
      return isTakenBack ? [] : [`${key} ${recorded.position} ${name} ${dueAt}`]
    }),
  )

const timers = (owe: OweAll) =>
  fc.property(log, (events) => {
    const owed = kept(owe, [events]).flatMap(({ key, position, timer: name, dueAt }) =>
      name === undefined ? [] : [`${key} ${position} ${name} ${dueAt}`],
    )
    deepStrictEqual([...owed].sort(), [...timersOf(events)].sort())
    return true
  })

const right: OweAll = owedByAll(process)

/** It forgets that a timer may be set and taken back within one commit. */
const oneByOne: OweAll = (counted) => ({
  commands: counted.flatMap((one) => right([one]).commands),
  cancelled: counted.flatMap((one) => right([one]).cancelled),
})

/** It counts on within the commit. */
const numbered: OweAll = (counted) => {
  const owing = right(counted)
  return { ...owing, commands: owing.commands.map((command, nth) => ({ ...command, id: `${nth}` })) }
}

/** Whoever takes back a timer takes it back, due or not. */
const whenever: OweAll = (counted) => {
  const owing = right(counted)
  const isTakenBack = ({ key, position, timer: name }: (typeof owing.commands)[number]): boolean =>
    counted.some(
      (one) => one.key === key && one.recorded.position > position && one.event.cancel.includes(name ?? ''),
    )
  return { ...owing, commands: owing.commands.filter((command) => !isTakenBack(command)) }
}

/** Its ids grow with the keys, and a journal has no room for the longest. */
const spokenOut: OweAll = (counted) => {
  const owing = right(counted)
  const idOf = ({ causationId, index, key }: (typeof owing.commands)[number]): string =>
    `p/${causationId}/${index}/${key}`
  return { ...owing, commands: owing.commands.map((command) => ({ ...command, id: idOf(command) })) }
}

describe('laws', () => {
  law('OWE-1 batches', batches(right))
  law.rejects('OWE-1', 'timers taken back by earlier commits only', batches(oneByOne))
  law('OWE-2 ids', ids(right))
  law.rejects('OWE-2', 'ids that count on', ids(numbered))
  law.rejects('OWE-2', 'ids that grow with the keys', ids(spokenOut))
  law('OWE-3 timers', timers(right))
  law.rejects('OWE-3', 'timers that are taken back after they were due', timers(whenever))
})
