/**
 * Tables and sentences for the terminal, as lines of text. They only show what they are given; the demo prints them.
 */
import Table from 'cli-table3'
import { type Change, type Step, timeline } from 'decider-ts'
import type { AccountEvent, AccountState } from './Account.js'
import { movementOf } from './Account.js'
import { type Book, balanceOf } from './Books.js'
import { type Check, count, holds } from './Check.js'
import type { Refused } from './Lanes.js'
import { format, Hellers } from './Money.js'
import type { Breach } from './OverdraftRule.js'

type Align = 'left' | 'right'

/** No lines but the one under the header: a table on paper. */
const chars = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '  ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

const tableOf = (
  columns: ReadonlyArray<readonly [title: string, align: Align]>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
): ReadonlyArray<string> => {
  const table = new Table({
    head: columns.map(([title]) => title),
    colAligns: columns.map(([, align]) => align),
    chars,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  table.push(...rows.map((row) => [...row]))
  return table
    .toString()
    .split('\n')
    .map((line) => ` ${line.trimEnd()}`)
}

/** The beginning and the end of something long, and how much is between. */
const abridged = <A>(items: ReadonlyArray<A>, first: number, last: number) => ({
  head: items.length <= first + last ? items : items.slice(0, first),
  tail: items.length <= first + last ? [] : items.slice(-last),
  omitted: Math.max(0, items.length - first - last),
})

/** The history of an account, with the state after each event. */
export const historyTable = ({ timeline: { steps } }: Book): ReadonlyArray<string> => {
  const { head, tail, omitted } = abridged(steps, 5, 5)
  const rows = [
    ...head.map(historyRow),
    ...(omitted === 0 ? [] : [['…', '', `${omitted} more`, '', '', '']]),
    ...tail.map(historyRow),
  ]
  return tableOf(
    [
      ['version', 'right'],
      ['day', 'left'],
      ['event', 'left'],
      ['amount', 'right'],
      ['balance after', 'right'],
      ['state after', 'left'],
    ],
    rows,
  )
}

const historyRow = ({ version, event, state }: Step<AccountState, AccountEvent>): ReadonlyArray<string> => {
  const movement = movementOf(event)
  return [
    `${version}`,
    event.on,
    inWords(event),
    movement === 0 ? '' : format(movement),
    format(balanceOf(state)),
    state.status === 'open' ? `open, overdraft ${state.overdraft}` : state.status,
  ]
}

const inWords = (event: AccountEvent): string => {
  switch (event.type) {
    case 'Withdrawn':
      return `${event.type} (${event.channel})`
    case 'TransferSent':
    case 'TransferReceived':
      return event.purpose === 'unstated' ? event.type : `${event.type} (${event.purpose})`
    case 'FeeCharged':
      return `${event.type} (${event.fee})`
    default:
      return event.type
  }
}

/** One state in a few words. */
export const stateInWords = (state: AccountState): string =>
  state.status === 'unopened' ? 'not opened yet' : `${state.status}, balance ${format(state.balance)}`

/** What changed between two states. */
export const changes = (before: AccountState, after: AccountState): ReadonlyArray<string> =>
  timeline.diff(before, after).map(({ path, ...sides }) => {
    const [from, to] = [side(sides, 'before'), side(sides, 'after')]
    return `     ${path.padEnd(10)} ${from} -> ${to}`
  })

const side = (change: Omit<Change, 'path'>, name: 'before' | 'after'): string => {
  const value = change[name]
  if (value === undefined) return '(nothing)'
  return Hellers.is(value) ? format(value) : String(value)
}

/** How often each rule said no. */
export const refusalCounts = (refused: ReadonlyArray<Refused>): ReadonlyArray<readonly [string, number]> => {
  const counts = new Map<string, number>()
  for (const { rejection } of refused) counts.set(rejection.type, (counts.get(rejection.type) ?? 0) + 1)
  return [...counts].sort(([left, most], [right, more]) => more - most || (left < right ? -1 : 1))
}

export const refusalLines = (refused: ReadonlyArray<Refused>): ReadonlyArray<string> =>
  refusalCounts(refused).map(([reason, times]) => `     ${reason.padEnd(20)} ${count(times).padStart(6)}`)

export const checkTable = (checks: ReadonlyArray<Check>): ReadonlyArray<string> =>
  tableOf(
    [
      ['', 'left'],
      ['', 'left'],
      ['expected', 'right'],
      ['replayed', 'right'],
    ],
    checks.map((check) => [holds(check) ? '✓' : '✗', check.what, check.expected, check.actual]),
  )

/** The real transactions that a bank without overdrafts would refuse. */
export const breachTable = (breaches: ReadonlyArray<Breach>): ReadonlyArray<string> =>
  tableOf(
    [
      ['account', 'right'],
      ['seq', 'right'],
      ['day', 'left'],
      ['trans_id', 'right'],
      ['command', 'left'],
      ['amount', 'right'],
      ['real balance before', 'right'],
      ['under the rule', 'right'],
    ],
    breaches.map(({ account, transaction: { seq, command, reference }, balanceBefore, balanceUnderRule }) => [
      account,
      `${seq}`,
      command.on,
      reference,
      command.type,
      format(command.amount),
      format(balanceBefore),
      balanceUnderRule === undefined ? '' : format(balanceUnderRule),
    ]),
  )
