/**
 * Each check of reading and reacting accepts a record in which everything is right, and refuses one with a single thing
 * wrong in it. What a log calls for is pinned by examples, since everything else is compared with it.
 */
import { describe, expect, test } from 'vitest'
import { expectedOf, type LoggedEvent } from './Expected.js'
import { type Reacted, reactionChecks, reactionViolations } from './ReactionChecks.js'

const event = (
  position: number,
  stream: string,
  type: string,
  recordedAt: number,
  data: Readonly<Record<string, unknown>>,
  commandId?: string,
): LoggedEvent => ({
  id: `e${position}`,
  stream,
  type,
  version: 1,
  position,
  recordedAt,
  data,
  ...(commandId !== undefined && { commandId }),
})

/** One order that is paid in time, one that is not, and one that is extended too late, so that it expires twice. */
const log: ReadonlyArray<LoggedEvent> = [
  event(1, 'order-o1', 'Placed', 1_000, { nth: '01', order: 'o1', patience: 100 }),
  event(2, 'account-a', 'Deposited', 1_010, { nth: '02', amount: 95 }),
  event(3, 'shipment-o1', 'Reserved', 1_020, { order: 'o1' }, 'fulfilment/e1/0/o1'),
  event(4, 'order-o1', 'Paid', 1_099, { nth: '04', order: 'o1', amount: 5 }),
  event(5, 'shipment-o1', 'Shipped', 1_100, { order: 'o1' }, 'fulfilment/e4/0/o1'),
  event(6, 'shipment-o1', 'Thanked', 1_101, { order: 'o1' }, 'fulfilment/e5/0/o1'),
  event(7, 'account-a', 'Deposited', 1_102, { nth: '07', amount: 5 }),
  event(8, 'order-o2', 'Placed', 1_200, { nth: '08', order: 'o2', patience: 10 }),
  event(9, 'shipment-o2', 'Reserved', 1_205, { order: 'o2' }, 'fulfilment/e8/0/o2'),
  event(10, 'order-o2', 'Extended', 1_210, { nth: '0a', order: 'o2', patience: 20 }),
  event(11, 'shipment-o2', 'Expired', 1_211, { order: 'o2' }, 'fulfilment/e8/1/o2'),
  event(12, 'shipment-o2', 'Expired', 1_231, { order: 'o2' }, 'fulfilment/e10/0/o2'),
  event(13, 'account-a', 'Deposited', 1_300, { nth: '0d', amount: 99 }),
]

const told = [
  { id: 'telling/e2/0/account-a', what: 'deposited 02' },
  { id: 'telling/e4/0/order-o1', what: 'paid 04' },
  { id: 'telling/e11/0/shipment-o2', what: 'expired o2' },
  { id: 'telling/e12/0/shipment-o2', what: 'expired o2' },
  { id: 'telling/e13/0/account-a', what: 'deposited 0d' },
]

const expected = expectedOf(log)
const refund = { id: 'fulfilment/e4/1/o1', refusal: '{"type":"NoRefunds"}', isStuck: false }

const right: Reacted = {
  log,
  entries: Object.fromEntries(
    Object.entries(expected.entries).map(([name, states]) => [
      name,
      [...states].map(([key, state]) => ({ key, state: JSON.parse(state) })),
    ]),
  ),
  postings: [
    { key: 'account-a', position: 2 },
    { key: 'order-o1', position: 4 },
    { key: 'account-a', position: 7 },
    { key: 'account-a', position: 13 },
  ],
  tallies: [
    { key: 'account-a', count: 3, sum: 199 },
    { key: 'order-o1', count: 1, sum: 5 },
  ],
  decided: [...log.flatMap(({ commandId }) => commandId ?? []), refund.id],
  refused: [refund],
  outside: { effects: told, attempts: [...told.slice(0, 1), ...told] },
  left: [],
  mishaps: [],
  liveLedger: 2,
}

const without = (position: number): ReadonlyArray<LoggedEvent> =>
  log.filter((each) => each.position !== position)
const changed = (position: number, change: Partial<LoggedEvent>): ReadonlyArray<LoggedEvent> =>
  log.map((each) => (each.position === position ? { ...each, ...change } : each))
const entry = (name: string, key: string, state: unknown): Reacted['entries'] => ({
  ...right.entries,
  [name]: (right.entries[name] ?? []).map((each) => (each.key === key ? { key, state } : each)),
})
const [firstTold, ...otherTold] = told
const outside = (change: Partial<Reacted['outside']>): Partial<Reacted> => ({
  outside: { ...right.outside, ...change },
})

/** For each check, records that it must refuse. Other checks may refuse them too. */
const wrong: ReadonlyArray<
  readonly [check: keyof typeof reactionChecks, what: string, change: Partial<Reacted>]
> = [
  [
    'read models are the fold',
    'an event was lost',
    { entries: entry('postings 1', 'account-a', { count: 2 }) },
  ],
  [
    'read models are the fold',
    'two events were turned',
    { entries: entry('ledger 1', 'account-a', { count: 3, sum: 199, hash: 1 }) },
  ],
  [
    'read models are the fold',
    'an entry is not there',
    { entries: { ...right.entries, 'telling 1': (right.entries['telling 1'] ?? []).slice(1) } },
  ],
  [
    'read models are the fold',
    'an entry comes from nowhere',
    { entries: { ...right.entries, 'telling 1': [{ key: 'x', state: {} }] } },
  ],
  [
    'the table of the handler is the fold',
    'a row is there twice',
    { postings: [...right.postings, { key: 'account-a', position: 13 }] },
  ],
  ['the table of the handler is the fold', 'a row was lost', { postings: right.postings.slice(1) }],
  [
    'the table of the handler is the fold',
    'rows of a key were written in another order',
    { postings: right.postings.toReversed() },
  ],
  [
    'the table of the handler is the fold',
    'a sum was added to twice',
    { tallies: [{ key: 'account-a', count: 6, sum: 398 }, ...right.tallies.slice(1)] },
  ],
  ['commands are carried out once', 'a command had no effect', { log: without(6) }],
  [
    'commands are carried out once',
    'a command had two effects',
    { log: [...log, event(14, 'shipment-o1', 'Thanked', 1_400, { order: 'o1' }, 'fulfilment/e5/0/o1')] },
  ],
  [
    'commands are carried out once',
    'a command had the effect of another one',
    { log: changed(6, { data: { order: 'o2' } }) },
  ],
  ['commands are carried out once', 'a refusal was lost', { refused: [] }],
  [
    'commands are carried out once',
    'a command was refused that the rules allow',
    { refused: [refund, { ...refund, id: 'fulfilment/e1/0/o1' }] },
  ],
  [
    'no command comes from nowhere',
    'an effect under an id made anew',
    {
      log: [...log, event(14, 'shipment-o1', 'Thanked', 1_400, { order: 'o1' }, 'fulfilment/e5/0/o1/again')],
    },
  ],
  [
    'no command comes from nowhere',
    'a command was decided that nothing calls for',
    { decided: [...right.decided, 'fulfilment/e1/1/o1'] },
  ],
  [
    'no command comes from nowhere',
    'a command was decided twice',
    { decided: [...right.decided, refund.id] },
  ],
  [
    'timers fire once or never',
    'one that was taken back in time has fired',
    { log: [...log, event(14, 'shipment-o1', 'Expired', 1_400, { order: 'o1' }, 'fulfilment/e1/1/o1')] },
  ],
  ['timers fire once or never', 'one that was not has not', { log: without(11) }],
  [
    'timers fire once or never',
    'one has fired twice',
    { log: [...log, event(14, 'shipment-o2', 'Expired', 1_400, { order: 'o2' }, 'fulfilment/e8/1/o2')] },
  ],
  ['effects outside happen once', 'one was lost', outside({ effects: otherTold, attempts: otherTold })],
  [
    'effects outside happen once',
    'one happened twice',
    outside({ effects: [...told, ...(firstTold === undefined ? [] : [firstTold])] }),
  ],
  [
    'effects outside happen once',
    'one that nothing calls for',
    outside({ effects: [...told, { id: 'telling/e2/0/account-a/again', what: 'deposited 02' }] }),
  ],
  ['effects outside happen once', 'one happened that nobody asked for', outside({ attempts: otherTold })],
  [
    'commands of a key are sent in their order',
    'the thanks came before the goods',
    {
      log: changed(6, { position: 2.5 }).toSorted((a, b) => a.position - b.position),
    },
  ],
  [
    'commands of a key are sent in their order',
    'the second was told first',
    outside({ attempts: told.toReversed() }),
  ],
  ['nothing is left', 'something is owed', { left: ['fulfilment owes fulfilment/e4/0/o1'] }],
  ['nothing is left', 'something is stuck', { refused: [{ ...refund, isStuck: true }] }],
  ['nothing ends unasked', 'a process manager has ended', { mishaps: ['telling of r0.0: OutboxFailed'] }],
  ['nothing ends unasked', 'the version made anew was not shown', { liveLedger: 1 }],
]

describe('the checks of reading and reacting', () => {
  test('accept a record in which everything is right', () => {
    expect(reactionViolations(right)).toEqual([])
  })

  test.each(wrong)('%s: refuses that %s', (check, _what, change) => {
    const found = reactionViolations({ ...right, ...change })
    expect(found.map((violation) => violation.check)).toContain(check)
  })

  test('have refused something, each of them', () => {
    expect(new Set(wrong.map(([check]) => check))).toEqual(new Set(Object.keys(reactionChecks)))
  })
})

describe('what a log calls for', () => {
  test('is each command of the order, in its place', () => {
    expect(expected.fulfilment.map(({ id, what, isTimer }) => [id, what, isTimer])).toEqual([
      ['fulfilment/e1/0/o1', 'Reserve o1', false],
      ['fulfilment/e4/0/o1', 'Ship o1', false],
      ['fulfilment/e4/1/o1', 'Refund o1', false],
      ['fulfilment/e5/0/o1', 'Thank o1', false],
      ['fulfilment/e8/0/o2', 'Reserve o2', false],
      ['fulfilment/e8/1/o2', 'Expire o2', true],
      ['fulfilment/e10/0/o2', 'Expire o2', true],
    ])
    expect([...expected.takenBack]).toEqual(['fulfilment/e1/1/o1'])
    expect(expected.telling.map(({ id, what }) => ({ id, what }))).toEqual(told)
  })

  test('turns on a millisecond: what is recorded when a timer is due finds it fired', () => {
    const late = expectedOf(changed(4, { recordedAt: 1_100 }))
    expect([...late.takenBack]).toEqual([])
    expect(late.fulfilment.map(({ id }) => id)).toContain('fulfilment/e1/1/o1')
  })

  test('is one state for each key', () => {
    const { entries, tallies, postings } = expected
    expect(entries['postings 1']?.get('account-a')).toBe('{"count":3}')
    expect(entries['telling 1']?.get('account-a')).toBe('{"told":2}')
    expect(entries['fulfilment 1']?.get('o2')).toBe(
      '{"toReserve":false,"toShip":false,"seen":["Placed","Reserved","Extended"],"order":"o2"}',
    )
    expect(entries['ledger 2']?.get('account-a')).toMatch(/^\{"count":3,"sum":199,"hash":\d+,"last":"0d"\}$/)
    expect(tallies.get('account-a')).toBe('3 of 199')
    expect(postings.get('account-a')).toEqual([2, 7, 13])
    const turned = expectedOf([...log].toReversed()).entries['ledger 1']?.get('account-a')
    expect(turned).not.toBe(entries['ledger 1']?.get('account-a'))
  })
})
