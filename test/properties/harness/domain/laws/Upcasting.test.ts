/** The law of the laws of upcasting, on samples of which some were never events. */
import { domain, nothing } from 'decider-ts/decide'
import fc from 'fast-check'
import * as t from 'io-ts'
import type { LawsOf } from '../../../../../src/harness/domain/Law.js'
import { upcasting } from '../../../../../src/harness/domain/laws/Upcasting.js'
import { law } from '../../../Law.js'
import { blind, breachesOf, overzealous, trialOf } from './Samples.js'

/** Takes at most 10, and what was once called `pieces` is now a `quantity`. */
const shelf = domain({
  name: 'shelf',
  command: t.strict({ type: t.literal('Put') }),
  event: t.strict({ type: t.literal('Filled'), quantity: t.Int }),
  rejection: t.strict({ type: t.literal('Full') }),
  state: t.number,
  streamId: () => 'one',
  upcasters: { Filled: [(data) => ({ quantity: (data as { readonly pieces: unknown }).pieces })] },
  initialState: 0,
  evolve: (filled, { quantity }) => {
    if (filled + quantity > 10) throw new RangeError('too much')
    return filled + quantity
  },
  decide: () => () => nothing,
})

const amount = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom('many', null, 1.5))
const sample = fc.oneof(
  amount.map((pieces) => ({ schemaVersion: 1, data: { pieces }, amount: pieces })),
  amount.map((quantity) => ({ schemaVersion: 2, data: { quantity }, amount: quantity })),
  fc.constantFrom(
    { schemaVersion: 1, data: null, amount: null },
    { schemaVersion: 3, data: { quantity: 1 }, amount: null },
  ),
)

const isRead = (value: unknown): boolean => Number.isInteger(value) && Number(value) <= 10

const read = (laws: LawsOf) =>
  fc.property(fc.array(sample, { minLength: 1, maxLength: 3 }), (samples) => {
    const golden = samples.map(({ schemaVersion, data }) => ({ type: 'Filled', schemaVersion, data }))
    const subject = { domain: shelf, expectations: { golden } }
    const isBroken = breachesOf(laws, subject, trialOf(shelf, [])).has('upcast.total')
    return isBroken === samples.some(({ amount: of }) => !isRead(of))
  })

law('OLD-1 read', read(upcasting))
law.rejects('OLD-1', 'laws that find nothing', read(blind(upcasting)))
law.rejects('OLD-1', 'laws that find fault with everything', read(overzealous(upcasting)))
