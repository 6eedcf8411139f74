/** What is expected of a domain is inferred from the domain: commands of one type, its states, its names. */
import { accept, type Domain, domain, reject } from 'decider-ts/decide'
import { type AcceptedCommand, domainSuite, type Expectations } from 'decider-ts/harness'
import * as t from 'io-ts'
import type { Equal } from './Equal.js'

type State = { readonly balance: number }
type Deposit = { readonly type: 'Deposit'; readonly amount: number }
type Close = { readonly type: 'Close' }
type Event = { readonly type: 'Deposited'; readonly amount: number } | { readonly type: 'Closed' }
type Rejection = { readonly type: 'NotEmpty' }

export const purse = domain({
  name: 'purse',
  command: t.union([
    t.readonly(t.type({ type: t.literal('Deposit'), amount: t.number })),
    t.readonly(t.type({ type: t.literal('Close') })),
  ]),
  event: t.union([
    t.readonly(t.type({ type: t.literal('Deposited'), amount: t.number })),
    t.readonly(t.type({ type: t.literal('Closed') })),
  ]),
  rejection: t.readonly(t.type({ type: t.literal('NotEmpty') })),
  state: t.readonly(t.type({ balance: t.number })),
  streamId: () => 'one',
  initialState: { balance: 0 },
  evolve: (state, event) => (event.type === 'Deposited' ? { balance: state.balance + event.amount } : state),
  decide: (command) => (state) => {
    if (command.type === 'Deposit') return accept({ type: 'Deposited', amount: command.amount })
    return state.balance === 0 ? accept({ type: 'Closed' }) : reject({ type: 'NotEmpty' })
  },
})

export const expected: Expectations<Deposit | Close, State, Event, Rejection> = {
  invariants: { 'never in debt': ({ balance }) => balance >= 0 },
  postconditions: {
    Deposit: (accepted) => {
      const narrowed: Equal<typeof accepted, AcceptedCommand<Deposit, State, Event>> = true
      const { before, command, events, after } = accepted
      return narrowed && events.length === 1 && after.balance === before.balance + command.amount
    },
  },
  relations: {
    'deposits commute': {
      when: (command) =>
        command.type === 'Deposit' ? { left: [command, command], right: [command, command] } : undefined,
      same: (left, right) => left.balance === right.balance,
    },
  },
  idempotent: ['Close'],
  inert: ['Closed'],
  unreachable: ['NotEmpty', 'Close'],
  scenarios: { 'is empty at first': ({ initialState }) => void (initialState.balance === 0) },
}

export const notAPostcondition: Expectations<Deposit | Close, State, Event, Rejection> = {
  postconditions: {
    // @ts-expect-error a command without an amount
    Close: ({ command }) => command.amount > 0,
  },
}

export const notAType: Expectations<Deposit | Close, State, Event, Rejection> = {
  // @ts-expect-error no command of this type
  idempotent: ['Withdraw'],
}

export const notAnEvent: Expectations<Deposit | Close, State, Event, Rejection> = {
  // @ts-expect-error a command, and no event
  inert: ['Deposit'],
}

export const notAnInvariant: Expectations<Deposit | Close, State, Event, Rejection> = {
  // @ts-expect-error the state has no stock
  invariants: { stocked: ({ stock }) => stock > 0 },
}

declare const examined: <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  expectations: Expectations<Command, State, Event, Rejection>,
) => void

examined(purse, {
  invariants: { 'never in debt': ({ balance }) => balance >= 0 },
  postconditions: {
    Deposit: ({ before, command, events, after }) =>
      events.length === 1 && after.balance === before.balance + command.amount,
  },
  relations: {
    nothing: { when: (command, { balance }) => (balance > 0 ? { left: [command], right: [] } : undefined) },
  },
  idempotent: ['Close'],
})
// @ts-expect-error the domain has no command of this type
examined(purse, { idempotent: ['Withdraw'] })

/** Written where they are used, they are inferred as well. */
export const inPlace = domainSuite(purse, {
  invariants: { 'never in debt': ({ balance }) => balance >= 0 },
  postconditions: {
    Deposit: ({ before, command, after }) => after.balance === before.balance + command.amount,
  },
  idempotent: ['Close'],
})
