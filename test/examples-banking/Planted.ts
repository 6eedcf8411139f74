/**
 * The bank account of the example with one money bug at a time, each of a kind that has cost real banks money, and the law
 * that finds it out. The rest of the domain is the good one.
 */
import { type Domain, domain } from 'decider-ts'
import type { Expectations } from 'decider-ts/harness'
import {
  Account,
  AccountCommand,
  type AccountEvent,
  AccountEvent as AccountEventCodec,
  AccountRejection,
  AccountState,
} from '../../examples/banking/Account.js'
import { type Hellers, negate, plus } from '../../examples/banking/Money.js'

type Evolve = (state: AccountState, event: AccountEvent) => AccountState
type AccountDomain = Domain<AccountCommand, AccountState, AccountEvent, AccountRejection>
type AccountExpectations = Expectations<AccountCommand, AccountState, AccountEvent, AccountRejection>

/** The account with another `evolve`. */
const evolving = (evolve: Evolve): AccountDomain =>
  domain({
    name: 'account',
    command: AccountCommand,
    event: AccountEventCodec,
    rejection: AccountRejection,
    state: AccountState,
    streamId: ({ account }) => account,
    initialState: Account.initialState,
    evolve,
    decide: Account.decide,
    isTerminal: Account.isTerminal,
  })

/** What the books must say: the balance is what came in less what went out. */
export const booksBalance: AccountExpectations = {
  invariants: {
    'the books balance': (state) =>
      state.status === 'unopened' ||
      state.balance === plus(plus(state.credited, negate(state.debited)), state.residuals),
  },
  printedAs: { domain: 'Account', expectations: 'booksBalance' },
}

/** A transfer is written over what had been taken out before it, as where two writers share one read. */
const lostUpdate = evolving((state, event) => {
  const next = Account.evolve(state, event)
  return event.type === 'TransferSent' && state.status === 'open' && next.status === 'open'
    ? { ...next, balance: plus(plus(state.credited, state.residuals), negate(event.amount)) }
    : next
})

/** Fees that were charged are kept beside the state, so whoever replays the stream charges them again. */
const chargedTwice = (): AccountDomain => {
  const charged = new Map<string, Hellers>()
  return evolving((state, event) => {
    const next = Account.evolve(state, event)
    if (event.type !== 'FeeCharged' || next.status !== 'open') return next
    const before = charged.get(event.reference) ?? (0 as Hellers)
    charged.set(event.reference, plus(before, event.amount))
    return { ...next, balance: plus(next.balance, negate(before)), debited: plus(next.debited, before) }
  })
}

/** The balance in crowns: 10 hellers are 0.1, and three times that is 0.30000000000000004. */
const floating = evolving((state, event) => {
  const next = Account.evolve(state, event)
  return event.type === 'Deposited' && state.status === 'open' && next.status === 'open'
    ? { ...next, balance: (state.balance + event.amount / 100) as Hellers }
    : next
})

/** The day of closing is the day on which the stream is read. */
const clocked = evolving((state, event) => {
  const next = Account.evolve(state, event)
  return next.status === 'closed'
    ? { ...next, closedOn: new Date().toISOString().slice(0, 10) as typeof next.closedOn }
    : next
})

/** A bug, the domain that has it, and the law that names it. */
export interface Planted {
  readonly what: string
  /** As it is when a process begins: what was charged before is not remembered. */
  readonly domain: () => AccountDomain
  readonly expectations: AccountExpectations
  readonly caughtBy: string
}

const withoutExpectations: AccountExpectations = { printedAs: { domain: 'Account' } }

export const planted: ReadonlyArray<Planted> = [
  {
    what: 'an update is lost on a transfer',
    domain: () => lostUpdate,
    expectations: booksBalance,
    caughtBy: 'invariant.the books balance',
  },
  {
    what: 'a fee is charged twice on replay',
    domain: chargedTwice,
    expectations: withoutExpectations,
    caughtBy: 'evolve.pure',
  },
  {
    what: 'the balance is kept as a float',
    domain: () => floating,
    expectations: withoutExpectations,
    caughtBy: 'state.declared',
  },
  {
    what: 'the time is read from the clock',
    domain: () => clocked,
    expectations: withoutExpectations,
    caughtBy: 'evolve.ambient',
  },
]
