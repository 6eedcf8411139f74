/**
 * Cases of the decision journal: a command is decided once, its decision is recorded with its events or not at all, and
 * what was recorded can be read back. A store without a journal says so.
 * Used by: `Suite`.
 * @since 0.1.0
 */
import type { Append } from '../../store/Append.js'
import type { DecisionToRecord, RecordedDecision } from '../../store/DecisionJournal.js'
import type { EventStore } from '../../store/EventStore.js'
import { anyVersion, type ExpectedVersion, exactly, noStream } from '../../store/ExpectedVersion.js'
import { everything } from '../../store/Query.js'
import { version } from '../../store/Version.js'
import { type Case, forDecisions } from './Case.js'
import { equal, fail, isTrue, left, right, textOf } from './Expect.js'
import { faultyStore } from './FaultyStore.js'
import { appendTo, count, event, eventsFrom, eventsOf, numbersOf, streamNamed } from './Samples.js'

const one = streamNamed('one')

/** A decision on the n-th command. */
export const decisionOn = (n: number, more: Partial<DecisionToRecord> = {}): DecisionToRecord => ({
  commandId: `command ${n}`,
  handler: 'conformance',
  seen: '0',
  outcome: 'accepted',
  events: 0,
  ...more,
})

/** An append that records what was decided on the n-th command, with all events of the append its own. */
const deciding = (n: number, append: Append, more: Partial<DecisionToRecord> = {}): Append => ({
  ...append,
  decisions: [decisionOn(n, { events: append.events.length, ...more })],
})

const rejecting = (n: number, belief: ExpectedVersion = anyVersion): Append =>
  deciding(n, appendTo(one, [], belief), { outcome: 'rejected', rejection: { type: 'Never' } })

/** The journal of a store, which must have one. */
const journalOf = ({ decisions }: EventStore) => decisions ?? fail('the store has `decisions`')

/** All decisions of a store, page by page. */
export const allDecisions = async (
  store: EventStore,
  limit: number,
): Promise<ReadonlyArray<RecordedDecision>> => {
  const all: Array<RecordedDecision> = []
  for (;;) {
    const page = await right(journalOf(store).page(limit, all.at(-1)?.commandId), 'a page is read')
    if (page.length === 0) return all
    isTrue(page.length <= limit, 'a page is no longer than asked for')
    for (const { commandId } of page) {
      isTrue(!all.some((earlier) => earlier.commandId === commandId), 'each decision comes once')
    }
    all.push(...page)
  }
}

const idsOf = (decisions: ReadonlyArray<RecordedDecision>): ReadonlyArray<string> =>
  decisions.map(({ commandId }) => commandId).toSorted()

const once = forDecisions('C13 decisions: a command is decided once', async ({ store, connections }) => {
  const first = deciding(1, appendTo(one, eventsFrom(1, 2, one)))
  await right(store.append(first), 'the append succeeds')
  const [recorded] = await right(journalOf(store).on(['command 1']), 'the decision is read')
  equal(recorded?.events, await eventsOf(store, one), 'the decision has its events')
  const others = [
    deciding(1, appendTo(one, [event(3, one)])),
    deciding(1, appendTo(one, eventsFrom(1, 2, one)), { seen: '1' }),
    deciding(1, appendTo(one, []), { outcome: 'rejected' }),
    { ...appendTo(one, eventsFrom(3, 4, one)), decisions: [decisionOn(2, { events: 2 }), decisionOn(1)] },
    deciding(1, appendTo(one, [event(3, one)], exactly(77))),
  ]
  for (const other of others) {
    for (const connection of connections) {
      const refusal = await left(connection.append(other), 'AlreadyDecided', 'another decision is refused')
      equal(refusal.decisions, [recorded], 'what was recorded is told')
    }
  }
  equal(numbersOf(await eventsOf(store, one)), [1, 2], 'nothing was recorded')
  equal(idsOf(await allDecisions(store, 10)), ['command 1'], 'no decision was recorded')
})

const guardedRejection = forDecisions(
  'C13 decisions: a rejection is recorded by itself, under its guard',
  async ({ store }) => {
    await right(store.append(appendTo(one, [event(1, one)])), 'the append succeeds')
    const conflict = await left(
      store.append(rejecting(1, noStream)),
      'VersionConflict',
      'a rejection of a past that is out of date is refused',
    )
    equal(conflict.actual, version(1), 'the actual version is told')
    if (store.supports.queries) {
      const late = { ...rejecting(1), condition: { failIfEventsMatch: everything } }
      await left(store.append(late), 'ConditionConflict', 'and so it is under a condition')
    }
    equal(await allDecisions(store, 10), [], 'no decision was recorded')
    const answer = await right(store.append(rejecting(1, exactly(1))), 'the rejection is recorded')
    equal(answer.streams, [], 'it wrote to no stream')
    const [recorded] = await right(journalOf(store).on(['command 1']), 'the decision is read')
    equal(recorded?.outcome, 'rejected', 'the decision is a rejection')
    equal(recorded?.events, [], 'it has no events')
    equal((await eventsOf(store, one)).length, 1, 'no event was recorded')
  },
)

const lostAnswer = forDecisions(
  'C14 decisions: an append whose answer was lost is sent again',
  async ({ store }) => {
    for (const append of [
      deciding(1, appendTo(one, eventsFrom(1, 2, one), noStream)),
      rejecting(2, exactly(2)),
    ]) {
      const faulty = faultyStore(store, [
        { _tag: 'LostAfter' },
        { _tag: 'LostBefore' },
        { _tag: 'LostAfter' },
      ])
      for (const lost of ['after it was written', 'before it arrived', 'and once more']) {
        await left(faulty.append(append), 'Unavailable', `the connection is lost ${lost}`)
      }
      const answer = await right(faulty.append(append), 'the same append gets through')
      equal(answer.repeated, true, 'the answer says that it was written before')
    }
    equal(numbersOf(await eventsOf(store, one)), [1, 2], 'there is one copy of the events')
    equal(idsOf(await allDecisions(store, 1)), ['command 1', 'command 2'], 'and one of each decision')
  },
)

/** What a store may be tempted to tidy up. */
const hostile: ReadonlyArray<unknown> = [
  null,
  -0,
  '\u0000 \ud800 " \\u0000 😀',
  { b: [1e308, 2 ** 53 + 2], a: { b: null, a: -0 } },
  Object.fromEntries([['__proto__', { toJSON: '' }]]),
  [],
]

const exact = forDecisions('C13 decisions: what is recorded is read back exactly', async ({ store }) => {
  for (const [n, value] of hostile.entries()) {
    const decided = { stream: one, seen: value, command: value, events: n % 2 }
    const rejected = { ...decided, outcome: 'rejected', rejection: value, events: 0 } as const
    const decisions = [decisionOn(2 * n, decided), decisionOn(2 * n + 1, rejected)]
    const events = n % 2 === 1 ? [event(n, one, { data: value })] : []
    await right(store.append({ events, expected: [], decisions }), 'the append succeeds')
    for (const { events: _, ...decision } of decisions) {
      const [recorded] = await right(journalOf(store).on([decision.commandId]), 'the decision is read')
      if (recorded === undefined) return fail(`${decision.commandId} is recorded`)
      const { events: own, recordedAt, ...found } = recorded
      equal(found, decision, 'the decision is as it was given')
      equal(textOf(found.seen), textOf(decision.seen), 'to the letter')
      equal(own.length, decision.outcome === 'accepted' ? events.length : 0, 'it has its events')
      isTrue(recordedAt > 0, 'it has a time')
    }
  }
  const without = decisionOn(-1)
  await right(store.append({ events: [], expected: [], decisions: [without] }), 'the append succeeds')
  const [bare] = await right(journalOf(store).on([without.commandId]), 'the decision is read')
  equal(
    Object.keys(bare ?? {}).sort(),
    ['commandId', 'events', 'handler', 'outcome', 'recordedAt', 'seen'],
    'nothing is made up',
  )
})

const whole = forDecisions('C13 decisions: an append that fails records none', async ({ store }) => {
  await right(store.append(appendTo(one, eventsFrom(1, 2, one))), 'the append succeeds')
  await left(
    store.append(deciding(1, appendTo(one, [event(3, one)], noStream))),
    'VersionConflict',
    'refused',
  )
  await left(
    store.append(deciding(1, appendTo(one, [event(1, one, { data: 'other' })]))),
    'DuplicateEventId',
    'refused',
  )
  equal(await right(journalOf(store).on(['command 1']), 'the decision is read'), [], 'there is none')
  equal(await allDecisions(store, 10), [], 'nor in a page')
  await right(store.append(deciding(1, appendTo(one, [event(3, one)]))), 'the command is free')
})

const shared = forDecisions('C13 decisions: the events of an append are shared out', async ({ store }) => {
  const decisions = [
    decisionOn(1, { events: 2 }),
    decisionOn(2, { outcome: 'rejected', rejection: 'no' }),
    decisionOn(3, { events: 1 }),
    decisionOn(4),
  ]
  await right(store.append({ ...appendTo(one, eventsFrom(1, 3, one)), decisions }), 'the append succeeds')
  const found = await right(journalOf(store).on(decisions.map(({ commandId }) => commandId)), 'they are read')
  const numbers = found.map(({ commandId, events }) => [commandId, numbersOf(events)] as const)
  const expected = { 'command 1': [1, 2], 'command 2': [], 'command 3': [3], 'command 4': [] }
  equal(Object.fromEntries(numbers), expected, 'each has its own events')
  const wrong: ReadonlyArray<readonly [path: string, decisions: ReadonlyArray<DecisionToRecord>]> = [
    ['decisions', [decisionOn(5)]],
    ['decisions', [decisionOn(5, { events: 2 })]],
    ['decisions[1].commandId', [decisionOn(5, { events: 1 }), decisionOn(5)]],
    ['decisions[0].events', [decisionOn(5, { events: 1, outcome: 'rejected' })]],
    ['decisions[0].events', [decisionOn(5, { events: -1 }), decisionOn(6, { events: 2 })]],
    ['decisions[0].commandId', [decisionOn(5, { events: 1, commandId: '' })]],
    ['decisions[0].command.n', [decisionOn(5, { events: 1, command: { n: Number.NaN } })]],
  ]
  for (const [path, given] of wrong) {
    const append = { ...appendTo(one, [event(4, one)]), decisions: given }
    equal((await left(store.append(append), 'InvalidInput', 'it is refused')).path, path, 'with its path')
  }
  equal((await eventsOf(store, one)).length, 3, 'nothing was recorded')
})

const pages = forDecisions('C13 decisions: pages have each decision once', async ({ store }) => {
  equal(await allDecisions(store, 3), [], 'there is none')
  const numbers = count(1, 20)
  for (const n of numbers) await right(store.append(rejecting((n * 7) % 23)), 'the append succeeds')
  const expected = numbers.map((n) => `command ${(n * 7) % 23}`).toSorted()
  for (const limit of [1, 7, 20, 100])
    equal(idsOf(await allDecisions(store, limit)), expected, 'all are there')
  const named = ['command 7', 'command 7', 'never', 'command 14']
  equal(idsOf(await right(journalOf(store).on(named), 'they are read')), ['command 14', 'command 7'], 'by id')
  equal(await right(journalOf(store).on([]), 'none is read'), [], 'nothing for nothing')
  await left(journalOf(store).page(-1), 'InvalidInput', 'a limit is a number of decisions')
})

const race = forDecisions(
  'C13 decisions: of many who decide one command at once, one is recorded',
  async (world) => {
    const { store, connections, settings } = world
    for (const round of count(1, Math.min(settings.rounds, 20))) {
      const isApart = round % 2 === 0
      const outcomes = await Promise.all(
        count(1, settings.racers).map(async (n) => {
          const stream = streamNamed(isApart ? `${round} ${n}` : `${round}`)
          const append = deciding(round, appendTo(stream, [event(1_000 * round + n, stream)]))
          return { stream, outcome: await (connections[n % connections.length] ?? store).append(append)() }
        }),
      )
      const [recorded] = await right(journalOf(store).on([`command ${round}`]), 'the decision is read')
      let written = 0
      for (const { outcome } of outcomes) {
        if (outcome._tag === 'Right') written += 1
        else if (outcome.left._tag === 'AlreadyDecided')
          equal(outcome.left.decisions, [recorded], 'all are told the same')
        else fail(`a race ended in ${textOf(outcome.left)}`)
      }
      equal(written, 1, `one of ${settings.racers} decisions is recorded`)
      let events = 0
      for (const stream of new Set(outcomes.map((each) => each.stream)))
        events += (await eventsOf(store, stream)).length
      equal(events, 1, 'its event is there once')
    }
  },
)

/** In the order of their numbers. */
export const decisionCases: ReadonlyArray<Case> = [
  once,
  guardedRejection,
  exact,
  whole,
  shared,
  pages,
  race,
  lostAnswer,
]
