/**
 * What the Czech codes of the Berka files mean, as one table. A code that is not in it is refused, because a guess
 * would be booked for ever.
 */
import type * as t from 'io-ts'
import type { AccountCommand, AccountNumber, Party, Statements } from './Account.js'
import type { Day } from './Day.js'
import type { Amount } from './Money.js'

/** A command that moves a customer's money. */
export type MoneyCommand = Exclude<AccountCommand, { readonly type: 'Open' | 'Close' | 'BookResidual' }>
export type StatementFrequency = t.TypeOf<typeof Statements>

interface Booking {
  readonly account: AccountNumber
  readonly on: Day
  readonly reference: string
  readonly amount: Amount
}
type Translate = (booking: Booking, party: Party) => MoneyCommand
type Purpose = Extract<AccountCommand, { readonly type: 'SendTransfer' }>['purpose']

const deposit: Translate = (booking) => ({ type: 'Deposit', ...booking })
const interest: Translate = (booking) => ({ type: 'CreditInterest', ...booking })
const withdrawal =
  (channel: 'cash' | 'card', purpose: Purpose = 'unstated'): Translate =>
  (booking) => ({ type: 'Withdraw', ...booking, channel, purpose })
const transferIn =
  (purpose: Purpose): Translate =>
  (booking, party) => ({ type: 'ReceiveTransfer', ...booking, party, purpose })
const transferOut =
  (purpose: Purpose): Translate =>
  (booking, party) => ({ type: 'SendTransfer', ...booking, party, purpose })
const fee =
  (kind: 'statement' | 'overdraft interest'): Translate =>
  (booking) => ({ type: 'ChargeFee', ...booking, fee: kind })

/** What the bank's codes mean: `type|operation|k_symbol`. PRIJEM is a credit; VYDAJ and VYBER are debits. */
export const meanings: ReadonlyMap<string, Translate> = new Map([
  ['PRIJEM|VKLAD|', deposit],
  ['PRIJEM|PREVOD Z UCTU|', transferIn('unstated')],
  ['PRIJEM|PREVOD Z UCTU|DUCHOD', transferIn('pension')],
  ['PRIJEM||UROK', interest],
  ['VYBER|VYBER|', withdrawal('cash')],
  ['VYDAJ|VYBER|', withdrawal('cash')],
  ['VYDAJ|VYBER|SIPO', withdrawal('cash', 'household')],
  ['VYDAJ|VYBER KARTOU|', withdrawal('card')],
  ['VYDAJ|VYBER|SLUZBY', fee('statement')],
  ['VYDAJ|VYBER|SANKC. UROK', fee('overdraft interest')],
  ['VYDAJ|PREVOD NA UCET|', transferOut('unstated')],
  ['VYDAJ|PREVOD NA UCET|SIPO', transferOut('household')],
  ['VYDAJ|PREVOD NA UCET|POJISTNE', transferOut('insurance')],
  ['VYDAJ|PREVOD NA UCET|UVER', transferOut('loan')],
  ['VYDAJ|PREVOD NA UCET|LEASING', transferOut('leasing')],
])

/** How often the customer gets a statement: `frequency` of an account. */
export const frequencies: ReadonlyMap<string, StatementFrequency> = new Map([
  ['POPLATEK MESICNE', 'monthly'],
  ['POPLATEK TYDNE', 'weekly'],
  ['POPLATEK PO OBRATU', 'after each transaction'],
])
