/**
 * What the bank expects of its accounts beyond what every domain must keep: rules of the books in a line each. They say so
 * much that no mistake planted in the account by a machine passes unnoticed.
 */
import { type Expectations, given } from 'decider-ts/harness'
import type { AccountCommand, AccountEvent, AccountRejection, AccountState } from './Account.js'
import { type Hellers, negate, nothing, plus } from './Money.js'

type Accounts = Expectations<AccountCommand, AccountState, AccountEvent, AccountRejection>

/** What an accepted command left behind. */
interface Booked {
  readonly before: AccountState
  readonly command: { readonly amount: Hellers }
  readonly events: ReadonlyArray<AccountEvent>
  readonly after: AccountState
}

const balanceOf = (state: AccountState): Hellers => (state.status === 'unopened' ? nothing : state.balance)

const isBooked = ({ before, events, after }: Booked, movement: Hellers): boolean =>
  events.length === 1 && balanceOf(after) === plus(balanceOf(before), movement)

/** One event, and the balance moves by exactly what was asked for. */
const isCredited = (booked: Booked): boolean => isBooked(booked, booked.command.amount)

/** The same the other way; and who may not overdraw has what is taken. */
const isDebited = (booked: Booked): boolean =>
  isBooked(booked, negate(booked.command.amount)) && mayHold(booked.after)

const mayHold = (state: AccountState): boolean =>
  state.status !== 'open' || state.overdraft === 'allowed' || state.balance >= 0

const opened = { type: 'Opened', on: '2024-01-15', overdraft: 'forbidden', statements: 'monthly' } as const

export const accountExpectations: Accounts = {
  invariants: {
    'the books balance': (state) =>
      state.status === 'unopened' ||
      state.balance === plus(plus(state.credited, negate(state.debited)), state.residuals),
    'a closed account is empty': (state) => state.status !== 'closed' || state.balance === 0,
  },
  postconditions: {
    Open: ({ events, after }) => events.length === 1 && balanceOf(after) === 0,
    Deposit: isCredited,
    ReceiveTransfer: isCredited,
    CreditInterest: isCredited,
    BookResidual: isCredited,
    Withdraw: isDebited,
    SendTransfer: isDebited,
    ChargeFee: isDebited,
    Close: ({ events, after }) => events.length === 1 && !('overdraft' in after),
  },
  scenarios: {
    'who has nothing can take nothing': (account) =>
      given(account, [opened])
        .when({
          type: 'Withdraw',
          account: 'a1',
          on: '2024-01-16',
          reference: '1',
          amount: 1,
          channel: 'cash',
          purpose: 'unstated',
        })
        .thenRejected({ type: 'InsufficientFunds', balance: 0, amount: 1 }),
  },
  idempotent: ['Open', 'Close'],
  printedAs: { domain: 'Account', expectations: 'accountExpectations' },
}
