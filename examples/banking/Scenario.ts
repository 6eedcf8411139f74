/**
 * What a run is about: the lanes of commands, the account whose history is shown, and what must be so in the end.
 */
import { type AccountNumber, type AccountState, movementOf } from './Account.js'
import { type Berka, laneOf } from './Berka.js'
import { type Book, type Books, balanceOf, totalsOf } from './Books.js'
import { type Check, check, count } from './Check.js'
import { generate, rush } from './Commands.js'
import type { Refused } from './Lanes.js'
import { format, negate, nothing, plus, sum } from './Money.js'
import type { Options } from './Options.js'
import { differences, oracleChecks, published, replayedTransactions } from './Oracle.js'
import type { Lane } from './Order.js'
import { overdraftReport } from './OverdraftRule.js'
import { breachTable } from './Tables.js'

export interface Scenario {
  /** What the commands are, for a reader. */
  readonly intro: ReadonlyArray<string>
  readonly lanes: ReadonlyArray<Lane>
  /** Commands for one account that run all at once; the order in which they are recorded is theirs to settle. */
  readonly rush: Lane
  /** The account whose history is shown: the one that scores highest. */
  readonly interest: (book: Book) => number
  readonly checks: (books: Books, refused: ReadonlyArray<Refused>) => ReadonlyArray<Check>
  /** What else there is to tell, after the commands have run. */
  readonly findings: (refused: ReadonlyArray<Refused>) => ReadonlyArray<string>
}

const rushAccount = 'rush' as AccountNumber
const rushDeposits = 160

/** Customers made up from a seed. */
export const generatedScenario = ({ seed, accounts, commands, noOverdraft }: Options): Scenario => {
  const crowd = rush(rushAccount, rushDeposits)
  const lanes = generate({ seed, accounts, commands, ...(noOverdraft && { overdraft: 'forbidden' }) })
  const paidIn = sum(crowd.deposits.map(({ command }) => ('amount' in command ? command.amount : nothing)))
  return {
    intro: [
      `${count(accounts)} customers send ${count(commands)} commands made up from seed ${seed}, mistakes included;`,
      `then ${rushDeposits} deposits reach one more account all at once.`,
    ],
    lanes: [...lanes, crowd.opening],
    rush: crowd.deposits,
    interest: ({ account, state, timeline }) =>
      account === rushAccount ? 0 : timeline.steps.length + (state.status === 'closed' ? 1_000 : 0),
    checks: (books) => {
      const rushed = books.get(rushAccount)
      return [
        ...bookkeeping(books),
        check(
          'all deposits of the rush arrived',
          format(paidIn),
          format(rushed ? balanceOf(rushed.state) : nothing),
        ),
        check('debits below zero where forbidden', 0, forbiddenDebts(books)),
      ]
    },
    findings: () => [],
  }
}

/** The real transactions, as they happened. */
export const realScenario = (berka: Berka): Scenario => ({
  intro: realIntro(berka),
  lanes: berka.accounts.map(laneOf('allowed')),
  rush: [],
  interest: ({ timeline }) => timeline.steps.length,
  checks: (books) => [...bookkeeping(books), ...oracleChecks(berka, books)],
  findings: () => [],
})

/** The real transactions in a bank that allows no overdraft. */
export const strictScenario = (berka: Berka): Scenario => ({
  intro: [...realIntro(berka), 'Every account is opened with overdraft forbidden.'],
  lanes: berka.accounts.map(laneOf('forbidden')),
  rush: [],
  interest: ({ timeline }) => timeline.steps.length,
  checks: (books, refused) => {
    const report = overdraftReport(berka, refused)
    const touched = new Set<string>(refused.map(({ order }) => order.command.account))
    const untouched = { ...berka, accounts: berka.accounts.filter(({ account }) => !touched.has(account)) }
    const rows = untouched.accounts.reduce((all, { transactions }) => all + transactions.length, 0)
    return [
      ...bookkeeping(books),
      check('debits below zero', 0, forbiddenDebts(books)),
      check('rows below zero in the real books', published.belowZero, report.belowZero),
      check(
        'transactions accepted or refused',
        published.transactions,
        replayedTransactions(books).size + refused.length,
      ),
      check('refused, but sound in the real books', 0, report.onlyUnderRule),
      check(
        'stored balances equal, accounts never refused',
        `${count(rows)} of ${count(rows)}`,
        `${count(rows - differences(untouched, books).length)} of ${count(rows)}`,
      ),
    ]
  },
  findings: (refused) => strictFindings(berka, refused),
})

const realIntro = (berka: Berka): ReadonlyArray<string> => [
  `${count(berka.transactions)} real transactions of ${count(berka.accounts.length)} accounts have been read; both files that tell of them agree.`,
  'Each becomes one command, and each rounding by the bank another.',
]

const strictFindings = (berka: Berka, refused: ReadonlyArray<Refused>): ReadonlyArray<string> => {
  const { breaches, belowZero } = overdraftReport(berka, refused)
  const dropped = breaches.filter(({ balanceUnderRule }) => balanceUnderRule !== undefined)
  return [
    `${belowZero} real transactions leave less than zero. ${breaches.length} of them are debits, and break the rule; the other`,
    `${belowZero - breaches.length} are credits too small to end an overdraft, which no rule would refuse.`,
    'If the rule is in force from the beginning, a refused debit leaves its money on the account. Then only',
    `${dropped.length} of the ${breaches.length} are refused: those with a figure in the last column, which is what was there.`,
    '',
    ...breachTable(breaches),
  ]
}

/** What is true of any books. */
const bookkeeping = (books: Books): ReadonlyArray<Check> => {
  const { balance, credited, debited, residuals } = totalsOf(books)
  return [
    check(
      'credits - debits + residuals = balances',
      format(plus(plus(credited, negate(debited)), residuals)),
      format(balance),
    ),
  ]
}

/** The rounding of the bank's books may take hellers that are not there; no other event may, where it is forbidden. */
const forbiddenDebts = (books: Books): number =>
  [...books.values()]
    .flatMap(({ timeline }) => timeline.steps)
    .filter(
      ({ event, state }) => movementOf(event) < 0 && event.type !== 'ResidualBooked' && isForbidden(state),
    ).length

const isForbidden = (state: AccountState): boolean =>
  state.status === 'open' && state.overdraft === 'forbidden' && state.balance < 0
