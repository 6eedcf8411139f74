/** SCV-1 to SCV-3, on the inventory and on coverages whose names are meant to do harm. */
import { deepStrictEqual, ok } from 'node:assert'
import {
  type Coverage,
  coverageOf,
  coverageToJson,
  decisionTable,
  historyOf,
  showCoverage,
} from 'decider-ts/harness'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Inventory } from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import { arbitraryCoverage, hostileText, plainName } from './ArbitraryCoverage.js'

const widths = (text: string): ReadonlyArray<number> => text.split('\n').map((line) => [...line].length)

const allOfIt = (show: typeof showCoverage) =>
  fc.property(arbitraryCoverage(plainName), (coverage) => {
    const text = show(coverage)
    for (const { command, state, outcomes } of coverage.cells) {
      for (const name of [command, state]) ok(text.includes(name))
      for (const { name, count } of outcomes) ok(text.includes(`${name} ${count}`))
    }
    ok(widths(text).every((width) => width <= 110))
    const rows = text.split('\n').filter((line) => / \| .* \| /.test(line))
    const bars = rows.map((row) => [row.indexOf('|'), row.indexOf('|', row.indexOf('|') + 1)])
    for (const bar of bars) deepStrictEqual(bar, bars[0])
  })

law('SCV-1 all of it', allOfIt(showCoverage))
law.rejects(
  'SCV-1',
  'a table in one line for each command',
  allOfIt((coverage) =>
    coverage.cells
      .map(({ command, state, outcomes }) =>
        [command, state, ...outcomes.map(({ name, count }) => `${name} ${count}`)].join(' | '),
      )
      .join('\n'),
  ),
)

const noLineTooWide = (show: typeof showCoverage) =>
  fc.property(arbitraryCoverage(hostileText), (coverage) => {
    deepStrictEqual(
      widths(show(coverage)).filter((width) => width > 110),
      [],
    )
  })

law('SCV-1 all of it, in 110 columns whatever the names', noLineTooWide(showCoverage))

const readBack = (write: typeof coverageToJson) =>
  fc.property(arbitraryCoverage(hostileText), (coverage) => {
    deepStrictEqual(JSON.parse(write(coverage)), coverage)
  })

law('SCV-2 JSON', readBack(coverageToJson))
law.rejects(
  'SCV-2',
  'a JSON of counts alone',
  readBack(({ cells: _, ...rest }) => JSON.stringify(rest)),
)

const columnsOf = (row: string): number => row.replace(/\\[^\n]/g, '').split('|').length

const wholeRows = (write: typeof decisionTable) =>
  fc.property(arbitraryCoverage(hostileText), (coverage) => {
    const [head = '', ...rows] = write(coverage).split('\n')
    for (const row of rows) deepStrictEqual(columnsOf(row), columnsOf(head))
  })

law('SCV-3 whole rows', wholeRows(decisionTable))
law.rejects(
  'SCV-3',
  'names as they are',
  wholeRows((coverage: Coverage) =>
    ['| command | state |', ...coverage.cells.map(({ command, state }) => `| ${command} | ${state} |`)].join(
      '\n',
    ),
  ),
)

const id = 'r1' as never
const quantity = 2 as never
const coverage = coverageOf({ domain: Inventory, expectations: {} })([
  historyOf(Inventory)([
    { type: 'Open' },
    ...Array.from({ length: 6 }, () => ({ type: 'Receive' as const, quantity })),
    { type: 'Reserve', id, quantity },
    { type: 'Reserve', id, quantity },
    { type: 'Close' },
  ]),
])

test('the table of one history, exactly', () => {
  expect(showCoverage(coverage).split('\n')).toEqual([
    '1 history, 10 commands, 80% of them accepted',
    '',
    'command | state | led to',
    `--------|-------|-${'-'.repeat(92)}`,
    'Open    | new   | Opened 1*',
    'Receive | open  | Received 6',
    'Reserve | open  | ✗ DuplicateReservation 1*, Reserved 1*',
    'Close   | open  | ✗ StillReserved 1*',
    '',
    'commands: Receive 6, Reserve 2*, Open 1*, Close 1*',
    'commands never reached: Release, Confirm',
    'events: Received 6, Opened 1*, Reserved 1*',
    'events never reached: Released, Confirmed, Closed',
    'rejections: DuplicateReservation 1*, StillReserved 1*',
    'rejections never reached: NotOpen, AlreadyOpen, OutOfStock, UnknownReservation',
    '* fewer than 5 times',
  ])
})

test('the decision table of one history, exactly', () => {
  expect(decisionTable(coverage).split('\n')).toEqual([
    '| command | new | open |',
    '|---|---|---|',
    '| Open | Opened |  |',
    '| Receive |  | Received |',
    '| Reserve |  | ✗ DuplicateReservation, Reserved |',
    '| Close |  | ✗ StillReserved |',
  ])
})

test('no history at all is said in a sentence', () => {
  const nobody = showCoverage(coverageOf({ domain: Inventory, expectations: {} })([]))
  expect(nobody.split('\n').slice(0, 3)).toEqual(['0 histories, 0 commands', '', 'No command was decided.'])
})
