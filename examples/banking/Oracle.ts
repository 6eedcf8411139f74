/**
 * The published figures of the Berka data, and the same figures computed from replayed books. This file is the only
 * place that knows the published ones, and nothing is computed with them: they are there to be compared.
 */
import type { Berka } from './Berka.js'
import { type Book, type Books, totalsOf } from './Books.js'
import { type Check, check, count } from './Check.js'
import { format, type Hellers } from './Money.js'

export const published = {
  accounts: 1_229,
  transactions: 46_997,
  balance: '39,296,720.10',
  credits: '176,961,254.80',
  debits: '137,664,492.00',
  exact: 44_966,
  residual: 2_031,
  residuals: '-42.70',
  belowZero: 88,
  longest: 129,
  loans: '682 of 682',
}

/** What the replayed books say about one real transaction. */
export interface Replayed {
  readonly balanceAfter: Hellers
  readonly residual: Hellers | undefined
}

/** The balance after each transaction and its rounding, by the transaction's number. */
export const replayedTransactions = (books: Books): ReadonlyMap<string, Replayed> => {
  const replayed = new Map<string, Replayed>()
  for (const { timeline } of books.values()) {
    for (const { event, state } of timeline.steps) {
      if (event.type === 'Opened' || event.type === 'Closed' || state.status === 'unopened') continue
      const residual = event.type === 'ResidualBooked' ? event.amount : undefined
      replayed.set(event.reference, { balanceAfter: state.balance, residual })
    }
  }
  return replayed
}

/** A row whose stored balance is not the replayed one. */
export interface Difference {
  readonly account: string
  readonly line: number
  readonly stored: Hellers
  readonly replayed: Hellers | undefined
}

/** Holds every row of the file against the books. */
export const differences = (berka: Berka, books: Books): ReadonlyArray<Difference> => {
  const replayed = replayedTransactions(books)
  return berka.accounts.flatMap(({ account, transactions }) =>
    transactions.flatMap(({ line, reference, balanceAfter }) => {
      const found = replayed.get(reference)?.balanceAfter
      return found === balanceAfter ? [] : [{ account, line, stored: balanceAfter, replayed: found }]
    }),
  )
}

/** The published figures against those of the books. */
export const oracleChecks = (berka: Berka, books: Books): ReadonlyArray<Check> => {
  const transactions = [...replayedTransactions(books).values()]
  const totals = totalsOf(books)
  const longest = [...books.values()].reduce((most, book) => Math.max(most, transactionsIn(book)), 0)
  const rounded = transactions.filter(({ residual }) => residual !== undefined)
  const tenHellers = rounded.filter(({ residual = 0 }) => Math.abs(residual) === 10)
  const below = transactions.filter(({ balanceAfter }) => balanceAfter < 0)
  return [
    check('accounts', published.accounts, totals.accounts),
    check('transactions', published.transactions, transactions.length),
    check('sum of final balances', published.balance, format(totals.balance)),
    check('credits', published.credits, format(totals.credited)),
    check('debits', published.debits, format(totals.debited)),
    check('transactions exact to the heller', published.exact, transactions.length - rounded.length),
    check('transactions rounded by 10 hellers', published.residual, tenHellers.length),
    check('sum of rounding residuals', published.residuals, format(totals.residuals)),
    check('transactions that leave less than zero', published.belowZero, below.length),
    check('most transactions of one account', published.longest, longest),
    check(
      'loans whose amount is payments x duration',
      published.loans,
      `${count(berka.loans.exact)} of ${count(berka.loans.all)}`,
    ),
    check(
      'stored balances equal to the replayed',
      `${count(published.transactions)} of ${count(published.transactions)}`,
      `${count(berka.transactions - differences(berka, books).length)} of ${count(berka.transactions)}`,
    ),
  ]
}

const transactionsIn = ({ timeline }: Book): number =>
  timeline.steps.filter(
    ({ event: { type } }) => type !== 'Opened' && type !== 'Closed' && type !== 'ResidualBooked',
  ).length
