/**
 * Which real transactions a bank without overdrafts would have refused. There are two honest answers. Judged in the
 * real books, every debit that goes below zero, or further below, breaks the rule. In books that follow the rule, a
 * refused debit leaves its money on the account, so that fewer later ones go below zero.
 */

import { decider } from 'decider-ts'
import { either as E } from 'fp-ts'
import { Account, type AccountState } from './Account.js'
import { type Berka, laneOf, type Transaction } from './Berka.js'
import type { Refused } from './Lanes.js'
import type { Hellers } from './Money.js'

/** A real transaction that breaks the rule. */
export interface Breach {
  readonly account: string
  readonly transaction: Transaction
  /** What was on the account in the real books. */
  readonly balanceBefore: Hellers
  /** What was on it in the books that follow the rule, where the transaction was refused there too. */
  readonly balanceUnderRule: Hellers | undefined
}

export interface OverdraftReport {
  readonly breaches: ReadonlyArray<Breach>
  /** Transactions after which the real balance is below zero: the breaches, and credits too small to end it. */
  readonly belowZero: number
  /** Refused in the books that follow the rule, though nothing is wrong with them in the real books. */
  readonly onlyUnderRule: number
}

/**
 * Asks `decide` about every real transaction in the state of the real books, with the rule switched on for that one
 * question. It is a pure function, so a question costs nothing and leaves no trace.
 */
export const overdraftReport = (berka: Berka, refused: ReadonlyArray<Refused>): OverdraftReport => {
  const underRule = new Map(
    refused.flatMap(({ order, rejection }) =>
      rejection.type === 'InsufficientFunds' && 'reference' in order.command
        ? [[order.command.reference, rejection.balance] as const]
        : [],
    ),
  )
  const breaches = berka.accounts.flatMap((real) => {
    let state: AccountState = Account.initialState
    const [opening, ...orders] = laneOf('allowed')(real)
    if (opening !== undefined) state = decider.run(Account)([opening.command]).state
    return orders.flatMap(({ command, followUp }, index): ReadonlyArray<Breach> => {
      const before = state
      state = decider.run(Account)(
        followUp === undefined ? [command] : [command, followUp.command],
        state,
      ).state
      const transaction = real.transactions[index]
      if (before.status !== 'open' || transaction === undefined) return []
      if (E.isRight(Account.decide(command)({ ...before, overdraft: 'forbidden' }))) return []
      const balanceUnderRule = underRule.get(transaction.reference)
      return [{ account: real.account, transaction, balanceBefore: before.balance, balanceUnderRule }]
    })
  })
  const known = new Set(breaches.map(({ transaction }) => transaction.reference))
  return {
    breaches,
    belowZero: berka.accounts
      .flatMap(({ transactions }) => transactions)
      .filter(({ balanceAfter }) => balanceAfter < 0).length,
    onlyUnderRule: [...underRule.keys()].filter((reference) => !known.has(reference)).length,
  }
}
