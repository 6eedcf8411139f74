/**
 * Domains are written without a single type argument, and what does not fit their codecs does not compile. The account
 * is the example of the design, word for word but for its codecs.
 */
import { accept, combine, type Domain, decider, domain, nothing, reject } from 'decider-ts'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import type { Equal } from './Equal.js'

const AccountCommand = t.union([
  t.type({ type: t.literal('Open'), account: t.string }),
  t.type({ type: t.literal('Withdraw'), account: t.string, amount: t.number }),
])
const AccountEvent = t.union([
  t.type({ type: t.literal('Opened') }),
  t.type({ type: t.literal('Deposited'), amount: t.number }),
  t.type({ type: t.literal('Withdrawn'), amount: t.number }),
])
const AccountRejection = t.type({ type: t.literal('InsufficientFunds') })
const AccountState = t.type({ open: t.boolean, balance: t.number })

export const Account = domain({
  name: 'account',
  command: AccountCommand,
  event: AccountEvent,
  rejection: AccountRejection,
  state: AccountState,
  streamId: (command) => command.account,
  initialState: { open: false, balance: 0 },
  evolve: (state, event) => {
    switch (event.type) {
      case 'Opened':
        return { ...state, open: true }
      case 'Deposited':
        return { ...state, balance: state.balance + event.amount }
      case 'Withdrawn':
        return { ...state, balance: state.balance - event.amount }
    }
  },
  decide: (command) => (state) => {
    switch (command.type) {
      case 'Open':
        return state.open ? nothing : accept({ type: 'Opened' })
      case 'Withdraw':
        return command.amount > state.balance
          ? reject({ type: 'InsufficientFunds' })
          : accept({ type: 'Withdrawn', amount: command.amount })
    }
  },
})

export const accountType: Equal<
  typeof Account,
  Domain<
    { type: 'Open'; account: string } | { type: 'Withdraw'; account: string; amount: number },
    { open: boolean; balance: number },
    { type: 'Opened' } | { type: 'Deposited'; amount: number } | { type: 'Withdrawn'; amount: number },
    { type: 'InsufficientFunds' }
  >
> = true

export const Card = domain({
  name: 'card',
  command: t.type({ type: t.literal('Block'), card: t.string }),
  event: t.type({ type: t.literal('Blocked') }),
  rejection: t.type({ type: t.literal('Unknown') }),
  state: t.boolean,
  streamId: (command) => command.card,
  initialState: false,
  evolve: () => true,
  // Neither parameter is named, and the literals are kept all the same.
  decide: () => () => accept({ type: 'Blocked' }),
  isTerminal: (state) => state,
})

export const bank = combine({ account: Account, card: Card })

export const bankType: Equal<
  typeof bank,
  Domain<
    | { type: 'Open'; account: string }
    | { type: 'Withdraw'; account: string; amount: number }
    | { type: 'Block'; card: string },
    { readonly account: { open: boolean; balance: number }; readonly card: boolean },
    | { type: 'Opened' }
    | { type: 'Deposited'; amount: number }
    | { type: 'Withdrawn'; amount: number }
    | { type: 'Blocked' },
    { type: 'InsufficientFunds' } | { type: 'Unknown' }
  >
> = true

export const run = decider.run(bank)([
  { type: 'Open', account: 'a1' },
  { type: 'Block', card: 'c1' },
])
export const balance: number = run.state.account.balance

// @ts-expect-error a command of no part
decider.run(bank)([{ type: 'Close', account: 'a1' }])
// @ts-expect-error a command without its field
decider.run(Account)([{ type: 'Open' }])
// @ts-expect-error a state has no such field
run.state.account.owner
// @ts-expect-error an event of no part
bank.evolve(bank.initialState, { type: 'Unblocked' })

// @ts-expect-error 'Open' and 'Opened' are declared by both parts
combine({ account: Account, again: Account })

const Overlapping = domain({
  name: 'other',
  command: t.type({ type: t.literal('Other') }),
  event: t.union([t.type({ type: t.literal('OtherHappened') }), t.type({ type: t.literal('Blocked') })]),
  rejection: t.type({ type: t.literal('Unknown') }),
  state: t.null,
  streamId: () => 'one',
  initialState: null,
  evolve: () => null,
  decide: () => () => nothing,
})
// @ts-expect-error the event 'Blocked' is declared by two parts
combine({ card: Card, other: Overlapping })
// Rejections are not routed, so parts may share them.
export const shared = combine({ account: Account, other: Overlapping })

/** What a domain is defined by, to be spoilt in one place at a time. */
const spec = {
  name: 'door',
  command: t.type({ type: t.literal('Open'), door: t.string }),
  event: t.type({ type: t.literal('Opened'), door: t.string }),
  rejection: t.type({ type: t.literal('AlreadyOpen') }),
  state: t.type({ open: t.boolean }),
}

export const Door = domain({
  ...spec,
  streamId: (command) => command.door,
  initialState: { open: false },
  evolve: () => ({ open: true }),
  // One rejection and one event: the form whose literals are lost first.
  decide: (command) => (state) =>
    state.open ? reject({ type: 'AlreadyOpen' }) : accept({ type: 'Opened', door: command.door }),
})

export const doorRun = decider.run(Door)([{ type: 'Open', door: 'd1' }])
export const doorDecisions: Equal<
  typeof doorRun.decisions,
  ReadonlyArray<E.Either<{ type: 'AlreadyOpen' }, ReadonlyArray<{ type: 'Opened'; door: string }>>>
> = true

domain({
  ...spec,
  streamId: (command) => command.door,
  initialState: { open: false },
  evolve: () => ({ open: true }),
  // @ts-expect-error an event that the codec does not declare
  decide: () => () => accept({ type: 'Closed' }),
})
domain({
  ...spec,
  streamId: (command) => command.door,
  initialState: { open: false },
  evolve: () => ({ open: true }),
  // @ts-expect-error a rejection that the codec does not declare
  decide: () => () => reject({ type: 'Broken' }),
})
domain({
  ...spec,
  streamId: (command) => command.door,
  initialState: { open: false },
  evolve: () => ({ open: true }),
  // @ts-expect-error an event without its field
  decide: () => () => accept({ type: 'Opened' }),
})
domain({
  ...spec,
  streamId: (command) => command.door,
  initialState: { open: false },
  evolve: () => ({ open: true }),
  // @ts-expect-error the second of two events is not declared
  decide: (command) => () => accept({ type: 'Opened', door: command.door }, { type: 'Closed' }),
})
domain({
  ...spec,
  streamId: (command) => command.door,
  initialState: { open: false },
  evolve: () => ({ open: true }),
  decide: (command) => (state) =>
    // @ts-expect-error the state has no such field
    state.locked ? nothing : accept({ type: 'Opened', door: command.door }),
})
domain({
  ...spec,
  streamId: (command) => command.door,
  initialState: { open: false },
  evolve: () => ({ open: true }),
  // @ts-expect-error the command has no such field
  decide: (command) => () => accept({ type: 'Opened', door: command.id }),
})
domain({
  ...spec,
  // @ts-expect-error the command has no such field
  streamId: (command) => command.id,
  initialState: { open: false },
  evolve: () => ({ open: true }),
  decide: () => () => nothing,
})
domain({
  ...spec,
  streamId: (command) => command.door,
  // @ts-expect-error a state that the codec does not declare
  initialState: { open: 'no' },
  evolve: () => ({ open: true }),
  decide: () => () => nothing,
})
domain({
  ...spec,
  streamId: (command) => command.door,
  initialState: { open: false },
  // @ts-expect-error a state without its field
  evolve: () => ({}),
  decide: () => () => nothing,
})
domain({
  ...spec,
  // @ts-expect-error commands without a type cannot be routed
  command: t.type({ door: t.string }),
  streamId: () => 'd1',
  initialState: { open: false },
  evolve: () => ({ open: true }),
  decide: () => () => nothing,
})

interface PositiveBrand {
  readonly Positive: unique symbol
}
const Positive = t.brand(t.number, (n): n is t.Branded<number, PositiveBrand> => n > 0, 'Positive')

const Lines = t.array(t.type({ sku: t.string, amount: Positive, marks: t.readonlyArray(t.string) }))
const Priced = t.type({ type: t.literal('Priced'), lines: Lines })
const Shipped = t.union([
  t.type({ type: t.literal('ShippedByAir'), weight: Positive }),
  t.union([
    t.type({ type: t.literal('ShippedBySea') }),
    t.type({ type: t.literal('Lost'), where: t.keyof({ sea: null, air: null }) }),
  ]),
])

/** Arrays, brands, keys, optional fields and unions within unions: what real events are made of. */
export const Order = domain({
  name: 'order',
  command: t.type({ type: t.literal('Place'), order: t.string, lines: Lines }),
  event: t.union([
    Priced,
    Shipped,
    t.intersection([t.type({ type: t.literal('Noted') }), t.partial({ note: t.string })]),
    t.readonly(t.strict({ type: t.literal('Closed'), pair: t.tuple([t.string, t.number]) })),
  ]),
  rejection: t.union([
    t.type({ type: t.literal('Empty') }),
    t.type({ type: t.literal('TooMuch'), most: t.number }),
  ]),
  state: t.type({ lines: Lines }),
  streamId: (command) => command.order,
  initialState: { lines: [] },
  evolve: (state, event) => (event.type === 'Priced' ? { lines: event.lines } : state),
  decide: (command) => (state) => {
    const [first] = command.lines
    if (first === undefined) return reject({ type: 'Empty' })
    if (state.lines.length > 10) return reject({ type: 'TooMuch', most: 10 })
    return accept(
      { type: 'Priced', lines: command.lines },
      { type: 'Priced', lines: [{ sku: 'a', amount: first.amount, marks: ['new'] }] },
      { type: 'ShippedByAir', weight: first.amount },
      { type: 'Lost', where: 'sea' },
      { type: 'Noted' },
      { type: 'Noted', note: 'fragile' },
      { type: 'Closed', pair: ['x', 1] },
    )
  },
})

export const Refused = domain({
  name: 'refused',
  command: t.type({ type: t.literal('Ask') }),
  event: t.type({ type: t.literal('Weighed'), weight: Positive }),
  rejection: t.union([t.type({ type: t.literal('No') }), t.type({ type: t.literal('Never') })]),
  state: t.number,
  streamId: () => 'one',
  initialState: 0,
  evolve: (state, event) => state + event.weight,
  decide: () => (state) => (state > 5 ? reject({ type: 'No' }) : reject({ type: 'Never' })),
})
domain({
  name: 'unbranded',
  command: t.type({ type: t.literal('Ask') }),
  event: t.type({ type: t.literal('Weighed'), weight: Positive }),
  rejection: t.type({ type: t.literal('No') }),
  state: t.number,
  streamId: () => 'one',
  initialState: 0,
  evolve: (state, event) => state + event.weight,
  // @ts-expect-error a number that nobody has checked
  decide: () => () => accept({ type: 'Weighed', weight: -5 }),
})

// `E.left` and `E.right` of fp-ts may lose literals; `accept` and `reject` are there to keep them.
domain({
  ...spec,
  streamId: (command) => command.door,
  initialState: { open: false },
  evolve: () => ({ open: true }),
  // @ts-expect-error the type of the event is any text
  decide: () => () => E.right([{ type: 'Opened', door: 'd1' }]),
})
