/** The rules of an account, one by one, and the laws that every history of it obeys. */
import { decider, decodeHistory, handle, stateAfter, streamId, view } from 'decider-ts'
import { memoryStore } from 'decider-ts/adapters/memory'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, test } from 'vitest'
import {
  Account,
  type AccountCommand,
  type AccountNumber,
  type AccountRejection,
  type AccountState,
  movementOf,
} from '../../examples/banking/Account.js'
import { generate } from '../../examples/banking/Commands.js'
import type { Day } from '../../examples/banking/Day.js'
import type { Amount, Hellers, Residual } from '../../examples/banking/Money.js'

const account = 'a1' as AccountNumber
const on = '2024-01-02' as Day
const booking = { account, on, reference: 'r1' }
const money = (hellers: number) => hellers as Amount

const open = (overdraft: 'allowed' | 'forbidden' = 'forbidden'): AccountCommand => ({
  type: 'Open',
  account,
  on,
  overdraft,
  statements: 'monthly',
})
const deposit = (hellers: number): AccountCommand => ({ type: 'Deposit', ...booking, amount: money(hellers) })
const withdraw = (hellers: number): AccountCommand => ({
  type: 'Withdraw',
  ...booking,
  amount: money(hellers),
  channel: 'cash',
  purpose: 'unstated',
})
const transfer = (type: 'SendTransfer' | 'ReceiveTransfer', hellers: number): AccountCommand => ({
  type,
  ...booking,
  amount: money(hellers),
  party: { bank: 'AB', account: '41403269' },
  purpose: 'unstated',
})
const fee = (hellers: number): AccountCommand => ({
  type: 'ChargeFee',
  ...booking,
  amount: money(hellers),
  fee: 'statement',
})
const interest = (hellers: number): AccountCommand => ({
  type: 'CreditInterest',
  ...booking,
  amount: money(hellers),
})
const residual = (hellers: number): AccountCommand => ({
  type: 'BookResidual',
  ...booking,
  amount: hellers as Residual,
})
const close: AccountCommand = { type: 'Close', account, on }

const given = (...commands: ReadonlyArray<AccountCommand>): AccountState =>
  decider.run(Account)(commands).state
const answerTo = (command: AccountCommand, ...past: ReadonlyArray<AccountCommand>) =>
  Account.decide(command)(given(...past))
const rejection = (expected: AccountRejection) => E.left(expected)

describe('what is accepted', () => {
  test('every movement reaches the balance and the turnover it belongs to', () => {
    const history = [
      open(),
      deposit(1_000),
      transfer('ReceiveTransfer', 500),
      interest(30),
      withdraw(200),
      transfer('SendTransfer', 100),
      fee(14),
      residual(-6),
    ]
    expect(given(...history)).toEqual({
      status: 'open',
      overdraft: 'forbidden',
      openedOn: on,
      balance: 1_210,
      credited: 1_530,
      debited: 314,
      residuals: -6,
    })
  })

  test('events keep what the command said, without the account, which is the name of their stream', () => {
    expect(answerTo(withdraw(5), open(), deposit(5))).toEqual(
      E.right([{ type: 'Withdrawn', on, reference: 'r1', amount: 5, channel: 'cash', purpose: 'unstated' }]),
    )
    expect(Account.streamOf(close)).toBe('account-a1')
  })

  test('where overdraft is allowed, debits go below zero', () => {
    expect(given(open('allowed'), withdraw(700))).toMatchObject({ balance: -700 })
  })

  test('a balance of exactly the amount is enough', () => {
    expect(given(open(), deposit(700), withdraw(700))).toMatchObject({ balance: 0 })
  })

  test('rounding is the bank’s own affair: it may take hellers that are not there', () => {
    expect(given(open('forbidden'), residual(-10))).toMatchObject({ balance: -10 })
  })

  test('an empty account can be closed, and that is the end of it', () => {
    const closed = given(open(), deposit(5), withdraw(5), close)
    expect(closed).toMatchObject({ status: 'closed', closedOn: on, balance: 0, credited: 5, debited: 5 })
    expect(Account.isTerminal(closed)).toBe(true)
    expect(Account.isTerminal(given(open()))).toBe(false)
  })
})

describe('what is rejected', () => {
  const anything = [
    deposit(1),
    withdraw(1),
    transfer('SendTransfer', 1),
    fee(1),
    interest(1),
    residual(1),
    close,
  ]

  test('AccountNotOpen: whatever is asked of an account before it is opened', () => {
    for (const command of anything) {
      expect(answerTo(command), command.type).toEqual(rejection({ type: 'AccountNotOpen' }))
    }
  })

  test('AlreadyOpen: a second opening', () => {
    expect(answerTo(open(), open())).toEqual(rejection({ type: 'AlreadyOpen' }))
  })

  test('AccountClosed: whatever is asked of a closed account, closing it again included', () => {
    for (const command of [open(), ...anything]) {
      expect(answerTo(command, open(), close), command.type).toEqual(rejection({ type: 'AccountClosed' }))
    }
  })

  test('InsufficientFunds: any debit beyond the balance, where overdraft is forbidden', () => {
    for (const command of [withdraw(701), transfer('SendTransfer', 701), fee(701)]) {
      expect(answerTo(command, open(), deposit(700)), command.type).toEqual(
        rejection({ type: 'InsufficientFunds', balance: money(700), amount: money(701) }),
      )
    }
  })

  test('BalanceNotZero: closing an account with money or with debts', () => {
    expect(answerTo(close, open(), deposit(5))).toEqual(
      rejection({ type: 'BalanceNotZero', balance: money(5) }),
    )
    expect(answerTo(close, open('allowed'), withdraw(5))).toEqual(
      rejection({ type: 'BalanceNotZero', balance: money(-5) }),
    )
  })

  test('BeyondExactness: turnover that numbers could not count to the heller any more', () => {
    const most = Number.MAX_SAFE_INTEGER
    expect(answerTo(deposit(1), open(), deposit(most))).toEqual(
      rejection({ type: 'BeyondExactness', amount: money(1) }),
    )
    expect(answerTo(withdraw(1), open('allowed'), withdraw(most))).toEqual(
      rejection({ type: 'BeyondExactness', amount: -1 as Hellers }),
    )
  })

  test('a command that is no command of an account never gets as far as a rule', async () => {
    const answer = await handle(memoryStore(), Account)(deposit(0.5))()
    expect(answer).toMatchObject(E.left({ _tag: 'UndecodableCommand', path: 'amount' }))
  })
})

describe('laws', () => {
  const lane = fc
    .record({ seed: fc.integer({ min: 1, max: 1_000_000 }), commands: fc.integer({ min: 1, max: 40 }) })
    .map(({ seed, commands }) => generate({ seed, accounts: 1, commands }).flat())

  test('the state that handle answers with is the fold of what the store has', async () => {
    await fc.assert(
      fc.asyncProperty(lane, async (orders) => {
        const store = memoryStore()
        const ask = handle(store, Account)
        let answered: AccountState = Account.initialState
        for (const { command, context } of orders) {
          const answer = await ask(command, context)()
          if (E.isRight(answer)) answered = stateAfter(Account)(answer.right)
        }
        const slice = await store.readStream(streamId('account', 'a001'))()
        const events = E.map(
          ({ events }: { events: Parameters<ReturnType<typeof decodeHistory>>[0] }) => events,
        )(slice)
        const history = E.chainW(decodeHistory(Account.event))(events)
        expect(E.map(view.fold(Account))(history)).toEqual(E.right(answered))
      }),
      { numRuns: 30 },
    )
  })

  test('replay is deterministic through JSON: events, written and read again, give the same state', () => {
    fc.assert(
      fc.property(lane, (orders) => {
        const { events, state } = decider.run(Account)(orders.map(({ command }) => command))
        const written = JSON.stringify(events.map(Account.event.encode))
        const read = E.sequenceArray((JSON.parse(written) as Array<never>).map(Account.event.decode))
        expect(read).toEqual(E.right(events))
        expect(E.map(view.fold(Account))(read)).toEqual(E.right(state))
        expect(Account.state.decode(JSON.parse(JSON.stringify(Account.state.encode(state))))).toEqual(
          E.right(state),
        )
      }),
    )
  })

  test('the balance is what the movements add up to, and credits - debits + residuals', () => {
    fc.assert(
      fc.property(lane, (orders) => {
        const { events, state } = decider.run(Account)(orders.map(({ command }) => command))
        if (state.status === 'unopened') return expect(events).toEqual([])
        expect(state.balance).toBe(events.reduce((total, event) => total + movementOf(event), 0))
        expect(state.balance).toBe(state.credited - state.debited + state.residuals)
      }),
    )
  })

  test('an event that cannot have happened in a state changes nothing', () => {
    const { events } = decider.run(Account)([open(), deposit(5), withdraw(5), close])
    const closed = view.fold(Account)(events)
    for (const event of events) {
      expect(Account.evolve(closed, event)).toBe(closed)
      if (event.type !== 'Opened')
        expect(Account.evolve(Account.initialState, event)).toBe(Account.initialState)
    }
  })
})
