/** The laws of `ListAppend`: histories that were serial, and the same with one thing wrong. */
import { deepStrictEqual } from 'node:assert/strict'
import { explainAnomaly, type ListTransaction, listAppendAnomalies } from 'decider-ts/harness'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { law } from '../../Law.js'

type Check = typeof listAppendAnomalies
type History = ReadonlyArray<ListTransaction>

const list = fc.constantFrom('x', 'y', 'z')

const move = fc.record({
  reads: fc.uniqueArray(list, { maxLength: 3 }),
  appends: fc.array(list, { maxLength: 3 }),
  before: fc.nat({ max: 40 }),
  after: fc.nat({ max: 40 }),
  outcome: fc.oneof(
    { weight: 6, arbitrary: fc.constant('committed' as const) },
    fc.constantFrom('aborted' as const, 'lost before' as const, 'lost after' as const),
  ),
})

/** Transactions at moments 10, 20, 30, ..., each called some time before its moment and answered some time after. */
const serial: fc.Arbitrary<History> = fc.array(move, { maxLength: 30, size: 'max' }).map((moves) => {
  const lists = new Map<string, ReadonlyArray<string>>()
  const history = moves.map((each, n): ListTransaction => {
    const reads = each.reads.map((name) => ({ list: name, elements: lists.get(name) ?? [] }))
    const appends = each.appends.map((name, nth) => ({ list: name, element: `${n}.${nth}` }))
    const happens = each.outcome === 'committed' || each.outcome === 'lost after'
    for (const { list: name, element } of happens ? appends : [])
      lists.set(name, [...(lists.get(name) ?? []), element])
    const isLost = each.outcome === 'lost before' || each.outcome === 'lost after'
    return {
      name: `T${n}`,
      began: 10 * n + 100 - each.before,
      ended: isLost ? Infinity : 10 * n + 100 + each.after,
      outcome: isLost ? 'unknown' : each.outcome === 'aborted' ? 'aborted' : 'committed',
      reads,
      appends,
    }
  })
  return [...history, readerOfAll('last', 10 * moves.length + 200, lists)]
})

const readerOfAll = (
  name: string,
  at: number,
  lists: ReadonlyMap<string, ReadonlyArray<string>>,
): ListTransaction => ({
  name,
  began: at,
  ended: at + 1,
  outcome: 'committed',
  reads: [...lists].map(([of, elements]) => ({ list: of, elements })),
  appends: [],
})

const committed = (
  name: string,
  [began, ended]: readonly [number, number],
  reads: Readonly<Record<string, ReadonlyArray<string>>>,
  appends: ReadonlyArray<readonly [string, string]> = [],
): ListTransaction => ({
  name,
  began,
  ended,
  outcome: 'committed',
  reads: Object.entries(reads).map(([of, elements]) => ({ list: of, elements })),
  appends: appends.map(([of, element]) => ({ list: of, element })),
})

/** Finds something in any serial history with these transactions, on lists of their own, beside it. */
const finds = (planted: History) => (check: Check) =>
  fc.property(serial, (history) => check([...history, ...planted]).length > 0)

const finding = (tag: string) => (anomaly: ReturnType<Check>[number]) =>
  anomaly._tag === 'Cycle'
    ? `${anomaly.name}${anomaly.inRealTime ? ' in real time' : ''}` === tag
    : anomaly._tag === tag

/** As wrong checks see it: nothing is known of time, or of reads, or every outcome is taken for a success. */
const withoutTime: Check = (history) =>
  listAppendAnomalies(history.map((each) => ({ ...each, began: 0, ended: Infinity })))
const withoutReads: Check = (history) =>
  listAppendAnomalies(history.map((each) => (each.appends.length > 0 ? { ...each, reads: [] } : each)))
const trusting: Check = (history) =>
  listAppendAnomalies(history.map((each) => ({ ...each, outcome: 'committed' as const })))
const withoutCycles: Check = (history) => listAppendAnomalies(history).filter(({ _tag }) => _tag !== 'Cycle')
const onlyCycles: Check = (history) => listAppendAnomalies(history).filter(({ _tag }) => _tag === 'Cycle')

const soundness = (check: Check) =>
  fc.property(serial, (history) => {
    deepStrictEqual(check(history).map(explainAnomaly), [])
  })

law('LAP-1 soundness', soundness(listAppendAnomalies))
law.rejects(
  'LAP-1',
  'a check that takes transactions to happen when they are answered',
  soundness((history) => listAppendAnomalies(history.map((each) => ({ ...each, began: each.ended })))),
)

const aborted = (reads: ReadonlyArray<string>): History => [
  { ...committed('W', [0, 1], {}, [['own', 'w']]), outcome: 'aborted' },
  committed('R', [2, 3], { own: reads }),
]
const nothingFromNowhere = (check: Check) =>
  fc.property(serial, fc.constantFrom(['w'], ['stranger']), (history, read) => {
    const found = check([...history, ...aborted(read)])
    return found.some(finding(read[0] === 'w' ? 'AbortedRead' : 'Phantom'))
  })

law('LAP-2 nothing from nowhere', nothingFromNowhere(listAppendAnomalies))
law.rejects('LAP-2', 'a check that takes every outcome for a success', nothingFromNowhere(trusting))

/** Two elements of one read of a serial history change places, or one comes twice. */
const oneOrder = (check: Check) =>
  fc.property(serial, fc.nat(), fc.boolean(), (history, pick, isTwice) => {
    const planted = [
      committed('A', [0, 1], {}, [['own', 'a']]),
      committed('B', [0, 1], {}, [['own', 'b']]),
      committed('C', [0, 1], {}, [['own', 'c']]),
      committed('R', [2, 3], { own: ['a', 'b', 'c'] }),
    ]
    const orders = [['b', 'a'], ['b'], ['a', 'c'], ['a', 'c', 'b']]
    const wrong = isTwice ? ['a', 'b', 'a', 'c'] : (orders[pick % orders.length] ?? [])
    const found = check([...history, ...planted, committed('Wrong', [0, 3], { own: wrong })])
    return found.some(finding(isTwice ? 'Duplicate' : 'IncompatibleOrder'))
  })

law('LAP-3 one order', oneOrder(listAppendAnomalies))
law.rejects('LAP-3', 'a check that looks for circles alone', oneOrder(onlyCycles))

const lostUpdate = finds([
  committed('A', [0, 2], { own: [] }, [['own', 'a']]),
  committed('B', [0, 2], { own: [] }, [['own', 'b']]),
  committed('R', [0, 3], { own: ['a', 'b'] }),
])

law('LAP-4 lost update', lostUpdate(listAppendAnomalies))
law.rejects('LAP-4', 'a check that forgets what writers have read', lostUpdate(withoutReads))

const writeSkew = finds([
  committed('A', [0, 2], { left: [] }, [['right', 'a']]),
  committed('B', [0, 2], { right: [] }, [['left', 'b']]),
  committed('R', [0, 3], { left: ['b'], right: ['a'] }),
])

law('LAP-5 write skew', writeSkew(listAppendAnomalies))
law.rejects('LAP-5', 'a check that looks for no circles', writeSkew(withoutCycles))

const realTime = finds([committed('W', [0, 1], {}, [['own', 'w']]), committed('R', [2, 3], { own: [] })])

law('LAP-6 real time', realTime(listAppendAnomalies))
law.rejects('LAP-6', 'a check that looks at no clock', realTime(withoutTime))

const wholeAppends = (check: Check) =>
  fc.property(serial, fc.constantFrom('committed', 'unknown'), (history, outcome) => {
    const writer = committed('W', [0, outcome === 'unknown' ? Infinity : 9], {}, [
      ['left', 'w1'],
      ['right', 'w2'],
    ])
    const reader = committed('R', [0, 9], { left: ['w1'], right: [] })
    return check([...history, { ...writer, outcome }, reader]).some(finding('G-single'))
  })

law('LAP-7 whole appends', wholeAppends(listAppendAnomalies))
law.rejects('LAP-7', 'a check that looks for no circles', wholeAppends(withoutCycles))

describe('known anomalies by their names', () => {
  const w = (name: string, reads: Readonly<Record<string, ReadonlyArray<string>>>, ...lists: string[]) =>
    committed(
      name,
      [0, 9],
      reads,
      lists.map((of) => [of, name.toLowerCase()] as const),
    )

  test.each<[string, History, string]>([
    [
      'G0',
      [w('A', {}, 'x', 'y'), w('B', {}, 'x', 'y'), w('R', { x: ['a', 'b'], y: ['b', 'a'] })],
      'G0: A before B: a stands before b in x; B before A: b stands before a in y',
    ],
    [
      'G1c',
      [w('A', { y: ['b'] }, 'x'), w('B', { x: ['a'] }, 'y')],
      'G1c: B before A: A read b in y; A before B: B read a in x',
    ],
    [
      'G-single',
      [w('A', {}, 'x', 'y'), w('R', { x: ['a'], y: [] })],
      'G-single: R before A: R did not read a in y; A before R: R read a in x',
    ],
    [
      'G2',
      [w('A', {}, 'x'), w('B', {}, 'y'), w('R', { x: ['a'], y: [] }), w('S', { x: [], y: ['b'] })],
      'G2: A before R: R read a in x; R before B: R did not read b in y; B before S: S read b in y; S before A: S did not read a in x',
    ],
    [
      'IntermediateRead',
      [
        committed('W', [0, 9], {}, [
          ['x', '1'],
          ['x', '2'],
        ]),
        w('R', { x: ['1'] }),
      ],
      'IntermediateRead: R read x up to 1, in the middle of the append of W',
    ],
  ])('%s', (_name, history, text) => {
    expect(listAppendAnomalies(history).map(explainAnomaly)).toContain(text)
  })

  test('a stale read is one in real time', () => {
    const history = [
      committed('W', [0, 1], {}, [['x', 'w']]),
      committed('R', [2, 3], { x: [] }),
      committed('Last', [4, 5], { x: ['w'] }),
    ]
    expect(listAppendAnomalies(history).map(explainAnomaly)).toEqual([
      'G-single in real time: R before W: R did not read w in x; W before R: one had ended before the other began',
    ])
  })

  test('a lost append is one in real time', () => {
    const history = [committed('W', [0, 1], {}, [['x', 'w']]), committed('Last', [4, 5], { x: [] })]
    expect(listAppendAnomalies(history).filter(finding('G-single in real time'))).toHaveLength(1)
  })

  test('an append of unknown outcome may have happened or not, but not in part', () => {
    const lost = {
      ...committed('W', [0, Infinity], {}, [
        ['x', 'w'],
        ['y', 'w'],
      ]),
      outcome: 'unknown' as const,
    }
    const last = (x: ReadonlyArray<string>, y: ReadonlyArray<string>) => committed('Last', [4, 5], { x, y })
    expect(listAppendAnomalies([lost, last([], [])])).toEqual([])
    expect(listAppendAnomalies([lost, last(['w'], ['w'])])).toEqual([])
    expect(listAppendAnomalies([lost, last(['w'], [])])).toHaveLength(1)
  })
})

test('twenty thousand transactions are judged in a second or so', () => {
  const count = 20_000
  const lists = new Map<string, ReadonlyArray<string>>()
  const history = Array.from({ length: count }, (_, n): ListTransaction => {
    const name = `l${n % 400}`
    const elements = lists.get(name) ?? []
    lists.set(name, [...elements, `${n}`])
    return committed(`T${n}`, [10 * n, 10 * n + 200], { [name]: elements }, [[name, `${n}`]])
  })
  const began = performance.now()
  expect(listAppendAnomalies([...history, readerOfAll('last', 1e9, lists)])).toEqual([])
  expect(performance.now() - began).toBeLessThan(10_000)
})
