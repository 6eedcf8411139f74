/** What the tests of mutants have in common: the inventory with commands that get through, and a domain of transfers. */
import { accept, domain, reject } from 'decider-ts/decide'
import type { Expectations } from 'decider-ts/harness'
import fc from 'fast-check'
import * as t from 'io-ts'
import {
  type Command,
  type Event,
  expectations,
  type Quantity as QuantityCodec,
  type Rejection,
  type State,
} from '../../../harness/Inventory.js'

type Id = Extract<Command, { readonly type: 'Release' }>['id']
type Quantity = t.TypeOf<typeof QuantityCodec>

/** Few ids and small quantities, so that commands meet what earlier ones left. */
const commands: fc.Arbitrary<Command> = fc
  .tuple(
    fc.constantFrom('Receive', 'Reserve', 'Reserve', 'Release', 'Confirm', 'Confirm', 'Close', 'Open'),
    fc.constantFrom('r1', 'r2', 'r3') as fc.Arbitrary<Id>,
    fc.integer({ min: 1, max: 4 }) as fc.Arbitrary<Quantity>,
  )
  .map(([type, id, quantity]): Command => {
    if (type === 'Reserve') return { type, id, quantity }
    if (type === 'Receive') return { type, quantity }
    return type === 'Release' || type === 'Confirm'
      ? { type, id }
      : { type: type === 'Close' ? type : 'Open' }
  })

export type Expected = Expectations<Command, State, Event, Rejection>

const open = fc.constant<Command>({ type: 'Open' })

/** Nothing is expected; the commands only get through. */
export const guided: Expected = {
  commandGen: ({ status }) => (status === 'new' ? open : commands),
  commandsMax: 20,
}

/** What the inventory expects by itself. */
export const invariants: Expected = { ...guided, ...expectations }

const party = t.string
const tagged = <const Type extends string, Props extends t.Props>(type: Type, props: Props) =>
  t.strict({ type: t.literal(type), ...props })

/** Money from one to another, of which only the sum is kept. */
export const Transfers = domain({
  name: 'transfers',
  command: tagged('Transfer', { from: party, to: party, cents: t.number }),
  event: tagged('Transferred', { from: party, to: party, cents: t.number }),
  rejection: tagged('ToOneself', {}),
  state: t.strict({ cents: t.number }),
  streamId: () => 'all',
  initialState: { cents: 0 },
  evolve: ({ cents }, event) => ({ cents: cents + event.cents }),
  decide: (command) => () =>
    command.from === command.to ? reject({ type: 'ToOneself' }) : accept({ ...command, type: 'Transferred' }),
})

export const transfers: Expectations<
  { readonly type: 'Transfer'; readonly from: string; readonly to: string; readonly cents: number },
  { readonly cents: number },
  { readonly type: 'Transferred'; readonly from: string; readonly to: string; readonly cents: number },
  { readonly type: 'ToOneself' }
> = {
  commandGen: () =>
    fc.record({
      type: fc.constant('Transfer'),
      from: fc.constantFrom('ann', 'bob'),
      to: fc.constantFrom('ann', 'bob'),
      cents: fc.integer({ min: 1, max: 9 }),
    }),
}
