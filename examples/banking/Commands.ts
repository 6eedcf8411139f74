/**
 * Customers made up from a seed: lanes of commands, one lane an account, with the mistakes that customers make.
 * Because `decide` and `evolve` are pure, the generator uses the domain itself to know each account's balance.
 */
import { decider } from 'decider-ts'
import {
  Account,
  type AccountCommand,
  type AccountNumber,
  type AccountState,
  type Overdraft,
} from './Account.js'
import { type Day, plusDays } from './Day.js'
import { Amount, type Residual, residualMax } from './Money.js'
import { type Lane, order } from './Order.js'
import { type Random, random } from './Random.js'

export interface Plan {
  readonly seed: number
  readonly accounts: number
  readonly commands: number
  /** The contract of every account; any of the two unless given. */
  readonly overdraft?: Overdraft
}

const firstDay = '2024-01-01' as Day
const actor = 'the demo'

const moneyUpTo = (chance: Random, max: number): Amount => {
  const amount = 1 + chance.below(Math.max(1, max))
  return Amount.is(amount) ? amount : (1 as Amount)
}

const roundingOf = (chance: Random): Residual => {
  const size = 1 + chance.below(residualMax)
  return chance.pick(size, -size) as Residual
}

/** What a customer does on a day, given what is on the account; more than there is, now and then. */
const anyCommand = (
  chance: Random,
  state: AccountState,
  {
    account,
    on,
    reference,
  }: { readonly account: AccountNumber; readonly on: Day; readonly reference: string },
): AccountCommand => {
  const balance = state.status === 'open' ? state.balance : 0
  const booking = { account, on, reference }
  const out = () => ({ ...booking, amount: moneyUpTo(chance, Math.round(balance * 0.7) + 10_000) })
  const party = { bank: chance.pick('AB', 'KL', 'YZ'), account: `${10_000_000 + chance.below(89_999_999)}` }
  const dice = chance.below(100)
  if (dice < 28) return { type: 'Deposit', ...booking, amount: moneyUpTo(chance, 500_000) }
  if (dice < 40) {
    const purpose = chance.pick('unstated', 'pension')
    return { type: 'ReceiveTransfer', ...booking, amount: moneyUpTo(chance, 2_000_000), party, purpose }
  }
  if (dice < 62) {
    return { type: 'Withdraw', ...out(), channel: chance.pick('cash', 'card'), purpose: 'unstated' }
  }
  if (dice < 78) {
    return {
      type: 'SendTransfer',
      ...out(),
      party,
      purpose: chance.pick('unstated', 'household', 'insurance'),
    }
  }
  if (dice < 86) return { type: 'CreditInterest', ...booking, amount: moneyUpTo(chance, 5_000) }
  if (dice < 94) return { type: 'ChargeFee', ...booking, amount: moneyUpTo(chance, 3_000), fee: 'statement' }
  if (dice < 97) return { type: 'BookResidual', ...booking, amount: roundingOf(chance) }
  return dice < 98 || balance === 0
    ? { type: 'Open', account, on, overdraft: 'allowed', statements: 'monthly' }
    : { type: 'Close', account, on }
}

/** Some customers leave: they take what is left and close, and one of them comes back to a closed counter. */
const farewell = (account: AccountNumber, on: Day, reference: string, state: AccountState) => {
  if (state.status !== 'open' || !Amount.is(state.balance)) return []
  const rest = { account, on, reference, amount: state.balance }
  const commands: ReadonlyArray<AccountCommand> = [
    { type: 'Withdraw', ...rest, channel: 'cash', purpose: 'unstated' },
    { type: 'Close', account, on },
    { type: 'Deposit', ...rest, reference: `${reference}.late` },
  ]
  return commands
}

const customer = (chance: Random, account: AccountNumber, length: number, overdraft: Overdraft): Lane => {
  const on = plusDays(firstDay, chance.below(60))
  const open: AccountCommand = { type: 'Open', account, on, overdraft, statements: 'monthly' }
  const commands: Array<AccountCommand> = []
  let state: AccountState = Account.initialState
  let day = on
  const ask = (command: AccountCommand) => {
    commands.push(command)
    state = decider.run(Account)([command], state).state
  }
  if (chance.below(20) === 0) ask(anyCommand(chance, state, { account, on, reference: `${account}.early` }))
  ask(open)
  const leaves = chance.below(5) === 0
  while (commands.length < length - (leaves ? 3 : 0)) {
    day = plusDays(day, chance.below(14))
    ask(anyCommand(chance, state, { account, on: day, reference: `${account}.${commands.length}` }))
  }
  if (leaves) for (const command of farewell(account, day, `${account}.last`, state)) ask(command)
  return commands.map((command, index) => order(command, `${account}.${index}`, actor))
}

/** The lanes of a plan: about as many commands as it says, spread evenly over its accounts. */
export const generate = ({ seed, accounts, commands, overdraft }: Plan): ReadonlyArray<Lane> => {
  const chance = random(seed)
  return Array.from({ length: accounts }, (_, index) => {
    const length = Math.max(
      1,
      Math.floor((commands * (index + 1)) / accounts) - Math.floor((commands * index) / accounts),
    )
    const account = `a${String(index + 1).padStart(3, '0')}` as AccountNumber
    return customer(chance, account, length, overdraft ?? chance.pick('allowed', 'forbidden'))
  })
}

/** One account that many callers pay into at the same time. Addition commutes, so the total does not depend on who wins. */
export const rush = (
  account: AccountNumber,
  deposits: number,
): { readonly opening: Lane; readonly deposits: Lane } => ({
  opening: [
    order(
      { type: 'Open', account, on: firstDay, overdraft: 'forbidden', statements: 'weekly' },
      `${account}.open`,
      actor,
    ),
  ],
  deposits: Array.from({ length: deposits }, (_, index) => {
    const reference = `${account}.${index + 1}`
    const command = {
      type: 'Deposit',
      account,
      on: firstDay,
      reference,
      amount: (100 * (index + 1)) as Amount,
    } as const
    return order(command, reference, actor)
  }),
})
