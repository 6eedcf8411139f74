/**
 * A bank account: what can be asked of it, what can happen to it, and when the bank says no. These are values and two
 * pure functions, `decide` and `evolve`; nothing here knows a database, a clock or a file.
 */
import { accept, type Decision, domain, reject } from 'decider-ts'
import * as t from 'io-ts'
import { Day } from './Day.js'
import { Amount, Hellers, negate, nothing, plus, Residual } from './Money.js'

interface AccountNumberBrand {
  readonly AccountNumber: unique symbol
}

export const AccountNumber = t.brand(
  t.string,
  (text): text is t.Branded<string, AccountNumberBrand> => /^[\w.]{1,40}$/.test(text),
  'AccountNumber',
)
export type AccountNumber = t.TypeOf<typeof AccountNumber>

/** Whether the account may go below zero. It is part of the contract, so it is settled when the account is opened. */
export const Overdraft = t.keyof({ allowed: null, forbidden: null })
export type Overdraft = t.TypeOf<typeof Overdraft>

export const Statements = t.keyof({ weekly: null, monthly: null, 'after each transaction': null })
export const Channel = t.keyof({ cash: null, card: null })
export const Fee = t.keyof({ statement: null, 'overdraft interest': null })
export const Purpose = t.keyof({
  unstated: null,
  household: null,
  insurance: null,
  loan: null,
  leasing: null,
  pension: null,
})

/** The other side of a transfer: its bank's code and its account there. */
export const Party = t.type({ bank: t.string, account: t.string })
export type Party = t.TypeOf<typeof Party>

/** What every booking says: on which day, and under which number of the bank's journal. */
const booking = { on: Day, reference: t.string }
const details = {
  cashIn: { ...booking, amount: Amount },
  cashOut: { ...booking, amount: Amount, channel: Channel, purpose: Purpose },
  transfer: { ...booking, amount: Amount, party: Party, purpose: Purpose },
  fee: { ...booking, amount: Amount, fee: Fee },
  residual: { ...booking, amount: Residual },
  opening: { on: Day, overdraft: Overdraft, statements: Statements },
  closing: { on: Day },
}

const command = <Type extends string, Props extends t.Props>(type: Type, props: Props) =>
  t.type({ type: t.literal(type), account: AccountNumber, ...props })
const event = <Type extends string, Props extends t.Props>(type: Type, props: Props) =>
  t.type({ type: t.literal(type), ...props })

export const AccountCommand = t.union([
  command('Open', details.opening),
  command('Deposit', details.cashIn),
  command('Withdraw', details.cashOut),
  command('ReceiveTransfer', details.transfer),
  command('SendTransfer', details.transfer),
  command('CreditInterest', details.cashIn),
  command('ChargeFee', details.fee),
  command('BookResidual', details.residual),
  command('Close', details.closing),
])
export type AccountCommand = t.TypeOf<typeof AccountCommand>

export const AccountEvent = t.union([
  event('Opened', details.opening),
  event('Deposited', details.cashIn),
  event('Withdrawn', details.cashOut),
  event('TransferReceived', details.transfer),
  event('TransferSent', details.transfer),
  event('InterestCredited', details.cashIn),
  event('FeeCharged', details.fee),
  event('ResidualBooked', details.residual),
  event('Closed', details.closing),
])
export type AccountEvent = t.TypeOf<typeof AccountEvent>

const refusal = <Type extends string>(type: Type) => t.type({ type: t.literal(type) })

export const AccountRejection = t.union([
  refusal('AccountNotOpen'),
  refusal('AlreadyOpen'),
  refusal('AccountClosed'),
  t.type({ type: t.literal('InsufficientFunds'), balance: Hellers, amount: Amount }),
  t.type({ type: t.literal('BalanceNotZero'), balance: Hellers }),
  t.type({ type: t.literal('BeyondExactness'), amount: Hellers }),
])
export type AccountRejection = t.TypeOf<typeof AccountRejection>

/** What the account has seen: the balance is `credited - debited + residuals`, always. */
const figures = { balance: Hellers, credited: Hellers, debited: Hellers, residuals: Hellers }

export const AccountState = t.union([
  t.type({ status: t.literal('unopened') }),
  t.type({ status: t.literal('open'), overdraft: Overdraft, openedOn: Day, ...figures }),
  t.type({ status: t.literal('closed'), openedOn: Day, closedOn: Day, ...figures }),
])
export type AccountState = t.TypeOf<typeof AccountState>
export type OpenAccount = Extract<AccountState, { readonly status: 'open' }>

type Answer = Decision<AccountEvent, AccountRejection>

/** What an event adds to the balance; less than nothing for a debit. */
export const movementOf = (event: AccountEvent): Hellers => {
  switch (event.type) {
    case 'Deposited':
    case 'TransferReceived':
    case 'InterestCredited':
    case 'ResidualBooked':
      return event.amount
    case 'Withdrawn':
    case 'TransferSent':
    case 'FeeCharged':
      return negate(event.amount)
    case 'Opened':
    case 'Closed':
      return nothing
  }
}

const booked = (state: OpenAccount, event: AccountEvent): OpenAccount => {
  const movement = movementOf(event)
  const balance = plus(state.balance, movement)
  if (event.type === 'ResidualBooked')
    return { ...state, balance, residuals: plus(state.residuals, movement) }
  return movement > 0
    ? { ...state, balance, credited: plus(state.credited, movement) }
    : { ...state, balance, debited: plus(state.debited, negate(movement)) }
}

/** Total: an event that could not have happened in a state, such as money to an unopened account, changes nothing. */
const evolve = (state: AccountState, event: AccountEvent): AccountState => {
  if (event.type === 'Opened') {
    if (state.status !== 'unopened') return state
    const { overdraft, on: openedOn } = event
    const zero = { balance: nothing, credited: nothing, debited: nothing, residuals: nothing }
    return { status: 'open', overdraft, openedOn, ...zero }
  }
  if (state.status !== 'open') return state
  if (event.type !== 'Closed') return booked(state, event)
  const { overdraft: _, ...kept } = state
  return { ...kept, status: 'closed', closedOn: event.on }
}

/** Turnover only grows, so an account that lives for ever would leave the exact numbers one day: it stops before. */
const bookExactly = (state: OpenAccount, event: AccountEvent): Answer => {
  const { balance, credited, debited, residuals } = booked(state, event)
  const beyond = [balance, credited, debited, residuals].some((figure) => !Hellers.is(figure))
  return beyond ? reject({ type: 'BeyondExactness', amount: movementOf(event) }) : accept(event)
}

/** The overdraft rule binds whatever takes money out, the bank's own fees included, but not the rounding of its books. */
const debit = (state: OpenAccount, event: AccountEvent & { readonly amount: Amount }): Answer =>
  state.overdraft === 'forbidden' && event.amount > state.balance
    ? reject({ type: 'InsufficientFunds', balance: state.balance, amount: event.amount })
    : bookExactly(state, event)

const close = (state: OpenAccount, on: Day): Answer =>
  state.balance === 0
    ? accept({ type: 'Closed', on })
    : reject({ type: 'BalanceNotZero', balance: state.balance })

const decideOpen = (command: AccountCommand, state: OpenAccount): Answer => {
  const { account: _, ...facts } = command
  switch (facts.type) {
    case 'Open':
      return reject({ type: 'AlreadyOpen' })
    case 'Deposit':
      return bookExactly(state, { ...facts, type: 'Deposited' })
    case 'ReceiveTransfer':
      return bookExactly(state, { ...facts, type: 'TransferReceived' })
    case 'CreditInterest':
      return bookExactly(state, { ...facts, type: 'InterestCredited' })
    case 'BookResidual':
      return bookExactly(state, { ...facts, type: 'ResidualBooked' })
    case 'Withdraw':
      return debit(state, { ...facts, type: 'Withdrawn' })
    case 'SendTransfer':
      return debit(state, { ...facts, type: 'TransferSent' })
    case 'ChargeFee':
      return debit(state, { ...facts, type: 'FeeCharged' })
    case 'Close':
      return close(state, facts.on)
  }
}

const decide =
  (command: AccountCommand) =>
  (state: AccountState): Answer => {
    if (state.status === 'open') return decideOpen(command, state)
    if (state.status === 'closed') return reject({ type: 'AccountClosed' })
    if (command.type !== 'Open') return reject({ type: 'AccountNotOpen' })
    const { account: _, ...facts } = command
    return accept({ ...facts, type: 'Opened' })
  }

export const Account = domain({
  name: 'account',
  command: AccountCommand,
  event: AccountEvent,
  rejection: AccountRejection,
  state: AccountState,
  streamId: ({ account }) => account,
  initialState: { status: 'unopened' },
  evolve,
  decide,
  isTerminal: ({ status }) => status === 'closed',
})
