/**
 * Examples say plain values: what a codec brands is written without its brand and without a cast, and what is no event,
 * command, rejection or state of the domain does not compile.
 */
import { accept, domain, reject } from 'decider-ts/decide'
import { given, type ScenarioPart, type WithoutBrands } from 'decider-ts/harness'
import * as t from 'io-ts'
import type { Equal } from './Equal.js'

interface CentsBrand {
  readonly Cents: unique symbol
}
const Cents = t.brand(t.number, (n): n is t.Branded<number, CentsBrand> => n > 0, 'Cents')
type Cents = t.TypeOf<typeof Cents>

const Line = t.type({ product: t.string, price: Cents })
const Command = t.union([
  t.type({ type: t.literal('Pay'), lines: t.readonlyArray(Line) }),
  t.type({ type: t.literal('Cancel') }),
])
const Event = t.union([
  t.type({ type: t.literal('Paid'), lines: t.readonlyArray(Line) }),
  t.type({ type: t.literal('Cancelled') }),
])

const Order = domain({
  name: 'order',
  command: Command,
  event: Event,
  rejection: t.union([
    t.type({ type: t.literal('AlreadyPaid'), total: Cents }),
    t.type({ type: t.literal('Gone') }),
  ]),
  state: t.type({ paid: t.boolean, status: t.keyof({ open: null, gone: null }) }),
  streamId: () => 'one',
  initialState: { paid: false, status: 'open' },
  evolve: (state, event) => ({ ...state, paid: event.type === 'Paid' }),
  decide: (command) => (state) =>
    command.type === 'Cancel'
      ? reject({ type: 'Gone' })
      : state.paid
        ? accept()
        : accept({ type: 'Paid', lines: command.lines }),
})

export const brands: [
  Equal<WithoutBrands<Cents>, number>,
  Equal<WithoutBrands<'a' | 'b' | Date | null>, 'a' | 'b' | Date | null>,
  Equal<WithoutBrands<ReadonlyArray<Cents>>, ReadonlyArray<number>>,
  Equal<WithoutBrands<ReadonlyMap<string, Cents>>, ReadonlyMap<string, number>>,
  Equal<WithoutBrands<unknown>, unknown>,
  Equal<ScenarioPart<number>, number>,
] = [true, true, true, true, true, true]

const paid = given(Order, [{ type: 'Paid', lines: [{ product: 'tea', price: 300 }] }])
paid
  .when({ type: 'Pay', lines: [{ product: 'tea', price: 300 }] })
  .then()
  .thenState({ paid: true })
paid.when({ type: 'Cancel' }).thenRejected('Gone').obeys('decide.total')
paid.when({ type: 'Cancel' }).thenRejected({ type: 'AlreadyPaid' })
paid.thenState({ status: 'open' }).thenState((state) => state.paid)

// @ts-expect-error no event has this type
given(Order, [{ type: 'Refunded' }])
// @ts-expect-error a price is a number
given(Order, [{ type: 'Paid', lines: [{ product: 'tea', price: '3' }] }])
// @ts-expect-error the lines are missing
paid.when({ type: 'Pay' })
// @ts-expect-error a command is no event
paid.when({ type: 'Cancel' }).then({ type: 'Cancel' })
// @ts-expect-error no rejection has this name
paid.when({ type: 'Cancel' }).thenRejected('Paid')
// @ts-expect-error no state has this field
paid.thenState({ payed: true })
// @ts-expect-error no status is this
paid.thenState({ status: 'closed' })
// @ts-expect-error an example that says no outcome is no promise
export const waiting = async () => await paid.when({ type: 'Cancel' })
