/**
 * The domain that the laws of `run` are checked on: a till with a balance that must never be negative. Small enough to
 * see through, and with all that matters: a rule that depends on the past, a rejection, and a command that does nothing.
 */
import { accept, decisionModel, domain, nothing, reject, scopedView } from 'decider-ts/decide'
import { streamId, tag } from 'decider-ts/store'
import fc from 'fast-check'
import * as t from 'io-ts'

const Command = t.union([
  t.strict({ type: t.literal('Put'), till: t.string, amount: t.Int }),
  t.strict({ type: t.literal('Take'), till: t.string, amount: t.Int }),
])
const Event = t.union([
  t.strict({ type: t.literal('PutIn'), till: t.string, amount: t.Int }),
  t.strict({ type: t.literal('Taken'), till: t.string, amount: t.Int }),
])
const Rejection = t.strict({ type: t.literal('TooLittle'), missing: t.number })

/** A command for a till. */
export type TillCommand = t.TypeOf<typeof Command>
type TillEvent = t.TypeOf<typeof Event>

const balanceAfter = (balance: number, event: TillEvent): number =>
  event.type === 'PutIn' ? balance + event.amount : balance - event.amount

const decideOn = (command: TillCommand) => (balance: number) => {
  const { till, amount } = command
  if (amount === 0) return nothing
  if (command.type === 'Put') return accept({ type: 'PutIn', till, amount })
  return amount > balance
    ? reject({ type: 'TooLittle', missing: amount - balance })
    : accept({ type: 'Taken', till, amount })
}

/** The till whose boundary is its stream. */
export const Till = domain({
  name: 'till',
  command: Command,
  event: Event,
  rejection: Rejection,
  state: t.number,
  streamId: (command) => command.till,
  tags: (event) => [tag('till', event.till)],
  initialState: 0,
  evolve: balanceAfter,
  decide: decideOn,
})

/** The same till with a query for its boundary; its events lie in two streams. */
export const TaggedTill = decisionModel({
  name: 'tagged till',
  command: Command,
  event: Event,
  rejection: Rejection,
  stream: (event) => streamId(event.type, event.till),
  tags: (event) => [tag('till', event.till)],
  views: (command) => ({
    balance: scopedView({
      event: Event,
      tags: [tag('till', command.till)],
      initialState: 0,
      evolve: balanceAfter,
    }),
  }),
  decide: (command) => (state) => decideOn(command)(state.balance),
})

/** Commands for one of a few tills. */
export const arbitraryCommand = (tills: ReadonlyArray<string> = ['a', 'b']): fc.Arbitrary<TillCommand> =>
  fc.record(
    {
      type: fc.constantFrom('Put' as const, 'Take' as const),
      till: fc.constantFrom(...tills),
      amount: fc.integer({ min: 0, max: 5 }).map((amount) => amount as t.Int),
    },
    { noNullPrototype: true },
  )
