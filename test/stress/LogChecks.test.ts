/**
 * Each check of a finished run accepts a run in which everything is right, and refuses one with a single thing wrong in
 * it. A check that has refused nothing would say nothing about a run of ten minutes.
 */
import { describe, expect, test } from 'vitest'
import { listAppendAnomalies } from '../../src/harness/index.js'
import type { Answer, Attempt, Decision, LogEvent, Run, SentEvent } from './History.js'
import { logChecks, violationsOf } from './LogChecks.js'
import { transactionsOf } from './Transactions.js'

const sent = (id: string, stream: string, tags: ReadonlyArray<string> = []): SentEvent => ({
  id,
  stream,
  type: 'A',
  tags,
})

const decision = (events: ReadonlyArray<SentEvent>, known: Partial<Decision> = {}): Decision => ({
  id: events[0]?.id ?? '',
  events,
  expected: [],
  reads: [],
  ...known,
})

const attempt = (of: Decision, [began, ended]: readonly [number, number], answer: Answer): Attempt => ({
  client: '0',
  decision: of,
  began,
  ended,
  answer,
})

const recorded = (lastPosition: number, stream: string, version: number, isRepeated = false): Answer => ({
  outcome: 'acknowledged',
  why: 'recorded',
  lastPosition,
  versions: [{ stream, version }],
  isRepeated,
})

const conflict: Answer = { outcome: 'refused', why: 'VersionConflict', isFinal: true }

const opened = decision([sent('a1', 's'), sent('a2', 's')], { expected: [{ stream: 's', version: 0 }] })
const moved = decision([sent('b1', 's', ['t']), sent('b2', 'u')], {
  expected: [{ stream: 's', version: 2 }],
  reads: [{ stream: 's', ids: ['a1', 'a2'] }],
})
const guarded = decision([sent('c1', 'v', ['t'])], {
  condition: { items: [{ types: [], tags: ['t'] }], after: [4], from: 0, seen: ['b1'] },
})
const late = decision([sent('d1', 's')], { expected: [{ stream: 's', version: 2 }] })
const lost = decision([sent('e1', 'w')])
const poisoned = decision([sent('p1', 'x')], { isPoisoned: true })

const log: ReadonlyArray<LogEvent> = [
  { ...sent('a1', 's'), version: 1, position: 1 },
  { ...sent('a2', 's'), version: 2, position: 2 },
  { ...sent('b1', 's', ['t']), version: 3, position: 4 },
  { ...sent('b2', 'u'), version: 1, position: 5 },
  { ...sent('c1', 'v', ['t']), version: 1, position: 7 },
]

/** Two gaps, a conflict, an append whose answer was lost and that was sent again, and one that nobody knows of. */
const right: Run = {
  attempts: [
    attempt(opened, [0, 10], recorded(2, 's', 2)),
    attempt(moved, [20, Infinity], { outcome: 'unknown', why: 'no answer' }),
    attempt(moved, [40, 50], recorded(5, 'u', 1, true)),
    attempt(guarded, [60, 70], recorded(7, 'v', 1)),
    attempt(late, [60, 70], conflict),
    attempt(lost, [60, Infinity], { outcome: 'unknown', why: 'no answer' }),
    attempt(poisoned, [60, 70], { outcome: 'unknown', why: 'Unavailable' }),
  ],
  readings: [{ began: 15, ended: 18, streams: [{ stream: 's', ids: ['a1', 'a2'] }], newest: [2, 'a2'] }],
  pages: [
    {
      follower: 'f',
      after: 0,
      upTo: 2,
      events: [
        [1, 'a1'],
        [2, 'a2'],
      ],
    },
    {
      follower: 'f',
      after: 2,
      upTo: 7,
      events: [
        [4, 'b1'],
        [5, 'b2'],
        [7, 'c1'],
      ],
    },
  ],
  followers: ['f'],
  mishaps: [],
  deadlocks: 0,
  log,
}

const withoutEvent = (id: string): ReadonlyArray<LogEvent> => log.filter((event) => event.id !== id)
const answered = (id: string, answer: Answer): ReadonlyArray<Attempt> =>
  right.attempts.map((each) => (each.decision.id === id ? { ...each, answer } : each))
const changed = (id: string, change: Partial<Decision>): ReadonlyArray<Attempt> =>
  right.attempts.map((each) =>
    each.decision.id === id ? { ...each, decision: { ...each.decision, ...change } } : each,
  )
const [first, second] = right.pages
const pages = (...changes: ReadonlyArray<Partial<(typeof right.pages)[number]>>) =>
  [first, second].flatMap((page, n) => (page === undefined ? [] : [{ ...page, ...changes[n] }]))
const at = (id: string, position: number) =>
  log
    .map((event) => (event.id === id ? { ...event, position } : event))
    .sort((a, b) => a.position - b.position)

/** For each check, runs that it must refuse. Other checks may refuse them too. */
const wrong: ReadonlyArray<readonly [check: keyof typeof logChecks, what: string, run: Partial<Run>]> = [
  ['nothing acknowledged is lost', 'an acknowledged event is gone', { log: withoutEvent('c1') }],
  [
    'nothing acknowledged is lost',
    'one that was acknowledged the second time is gone',
    { log: log.slice(0, 2) },
  ],
  [
    'nothing twice or from nowhere',
    'an event stands twice',
    { log: [...log, { ...sent('c1', 'v'), version: 2, position: 9 }] },
  ],
  [
    'nothing twice or from nowhere',
    'an event was sent by nobody',
    { log: [...log, { ...sent('z9', 'v'), version: 2, position: 9 }] },
  ],
  [
    'nothing refused is recorded',
    'a conflict was recorded all the same',
    { log: [...log, { ...sent('d1', 's'), version: 4, position: 9 }] },
  ],
  [
    'nothing refused is recorded',
    'a poisoned event is there',
    { log: [...log, { ...sent('p1', 'x'), version: 1, position: 9 }] },
  ],
  [
    'nothing refused is recorded',
    'what was rolled back is there',
    { attempts: answered('c1', { outcome: 'refused', why: 'rolled back' }) },
  ],
  ['appends are whole', 'half of an append is there', { log: withoutEvent('a2') }],
  [
    'appends are whole',
    'an event of another append stands in the middle',
    { log: log.map((event) => (event.id === 'a2' ? { ...event, version: 3 } : event)) },
  ],
  ['appends are whole', 'the events of an append are turned', { log: [...at('b2', 3)] }],
  [
    'streams are dense, in the order of the log',
    'a version is left out',
    { log: log.map((event) => (event.id === 'b1' ? { ...event, version: 4 } : event)) },
  ],
  [
    'streams are dense, in the order of the log',
    'versions and positions disagree',
    { log: [...at('a2', 6)] },
  ],
  [
    'streams are dense, in the order of the log',
    'a position is there twice',
    { log: log.map((event) => (event.id === 'c1' ? { ...event, position: 5 } : event)) },
  ],
  [
    'no position is used again',
    'someone else stands where the writer was told it is',
    { log: log.map((event) => (event.id === 'c1' ? { ...event, position: 8 } : event)) },
  ],
  [
    'no position is used again',
    'a reader saw someone else there',
    { readings: [{ began: 0, ended: 1, streams: [], newest: [2, 'z9'] }] },
  ],
  [
    'no position is used again',
    'a follower got someone else there',
    {
      pages: pages({
        events: [
          [1, 'a1'],
          [2, 'z9'],
        ],
      }),
    },
  ],
  [
    'answers say what the log says',
    'a version that is not so',
    { attempts: answered('c1', recorded(7, 'v', 3)) },
  ],
  [
    'answers say what the log says',
    'new two times',
    { attempts: [...right.attempts, attempt(guarded, [80, 90], recorded(7, 'v', 1))] },
  ],
  [
    'expected versions held',
    'a writer believed less',
    { attempts: changed('b1', { expected: [{ stream: 's', version: 1 }] }) },
  ],
  [
    'expected versions held',
    'another wrote first to a stream that was expected and not written',
    { attempts: changed('c1', { expected: [{ stream: 'u', version: 0 }] }) },
  ],
  [
    'conditions held in the order of the log',
    'an event that matches came in between',
    {
      attempts: changed('c1', {
        condition: { items: [{ types: [], tags: ['t'] }], after: [0], from: 0, seen: [] },
      }),
    },
  ],
  [
    'conditions held in the order of the log',
    'the token covers an event that the read had not seen',
    {
      attempts: changed('c1', {
        condition: { items: [{ types: [], tags: ['t'] }], after: [4], from: 0, seen: [] },
      }),
    },
  ],
  [
    'conditions held in the order of the log',
    'an event of a type came in between',
    {
      attempts: changed('c1', {
        condition: { items: [{ types: ['A'], tags: [] }], after: [4], from: 4, seen: [] },
      }),
    },
  ],
  [
    'conditions held in the order of the log',
    'any event at all came in between',
    { attempts: changed('c1', { condition: { items: [], after: [4], from: 4, seen: [] } }) },
  ],
  [
    'reads are beginnings',
    'a reader missed an event and saw the next',
    { readings: [{ began: 0, ended: 1, streams: [{ stream: 's', ids: ['a1', 'b1'] }] }] },
  ],
  [
    'reads are beginnings',
    'a writer read what is no beginning',
    { attempts: changed('b1', { reads: [{ stream: 's', ids: ['a2'] }] }) },
  ],
  [
    'followers saw the log',
    'an event was passed over',
    {
      pages: pages(
        {},
        {
          events: [
            [5, 'b2'],
            [7, 'c1'],
          ],
        },
      ),
    },
  ],
  [
    'followers saw the log',
    'an event came twice',
    {
      pages: pages(
        {},
        {
          events: [
            [2, 'a2'],
            [4, 'b1'],
            [5, 'b2'],
            [7, 'c1'],
          ],
        },
      ),
    },
  ],
  [
    'followers saw the log',
    'events came in another order',
    {
      pages: pages({
        events: [
          [2, 'a2'],
          [1, 'a1'],
        ],
      }),
    },
  ],
  [
    'followers saw the log',
    'the end is missing',
    {
      pages: pages(
        {},
        {
          upTo: 5,
          events: [
            [4, 'b1'],
            [5, 'b2'],
          ],
        },
      ),
    },
  ],
  ['followers saw the log', 'it went on from somewhere else', { pages: pages({}, { after: 3 }) }],
  ['followers saw the log', 'a follower got nothing', { followers: ['f', 'g'] }],
  ['no deadlocks', 'the server counted one', { deadlocks: 1 }],
  [
    'no deadlocks',
    'a writer was told of one',
    { attempts: answered('d1', { outcome: 'refused', why: 'Busy: a deadlock was broken' }) },
  ],
  [
    'nothing unforeseen',
    'valid input was refused',
    { attempts: answered('d1', { outcome: 'refused', why: 'InvalidInput: path' }) },
  ],
]

describe('the checks of a run', () => {
  test('accept one in which all is right', () => {
    expect(violationsOf(right)).toEqual([])
    expect(listAppendAnomalies(transactionsOf(right))).toEqual([])
  })

  test.each(wrong)('%s: refuses that %s', (check, _what, run) => {
    expect(violationsOf({ ...right, ...run }).map((violation) => violation.check)).toContain(check)
  })

  test('each has refused something', () => {
    expect(Object.keys(logChecks).filter((check) => !wrong.some(([of]) => of === check))).toEqual([])
  })
})

describe('the serial order of a run', () => {
  const anomalies = (run: Partial<Run>) => listAppendAnomalies(transactionsOf({ ...right, ...run }))

  const rival = decision([sent('d1', 's')], { reads: [{ stream: 's', ids: ['a1', 'a2'] }] })
  const rivals: Partial<Run> = {
    attempts: [...right.attempts, attempt(rival, [20, 90], recorded(9, 's', 4))].filter(
      ({ decision: each }) => each !== late,
    ),
    log: [...log, { ...sent('d1', 's'), version: 4, position: 9 }],
  }
  const blind: Partial<Run> = {
    readings: [{ began: 90, ended: 95, streams: [], items: [{ types: [], tags: ['t'] }], ids: ['b1'] }],
  }

  test.each<[string, Partial<Run>]>([
    ['an acknowledged event is gone', { log: withoutEvent('c1') }],
    ['half of an append is gone', { log: withoutEvent('b2') }],
    ['two decided on one state of a stream', rivals],
    ['a reader of a tag came later and did not see it', blind],
  ])('is not there where %s', (_what, run) => {
    expect(anomalies(run)).not.toEqual([])
  })
})
