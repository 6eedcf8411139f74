/** The law of composition checks: parts at random pass with combinators that keep them apart, and with no others. */
import { type AnyDomain, accept, type Decider, decider, domain, reject } from 'decider-ts/decide'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import {
  type Combinators,
  compositionChecks,
  compositionChecksWith,
} from '../../../../../src/harness/domain/composition/CompositionChecks.js'
import { Inventory } from '../../../../harness/Inventory.js'
import { law } from '../../../Law.js'
import { arbitraryTableDomain } from '../laws/Samples.js'
import { complaintOf, dial } from './Samples.js'

const complaints = (combinators: Combinators, parts: Readonly<Record<string, AnyDomain>>) =>
  Promise.all(compositionChecksWith(combinators)(parts, { histories: 20 }).map(complaintOf))

const alone = (combinators: Combinators) =>
  fc.asyncProperty(arbitraryTableDomain('one'), arbitraryTableDomain('two'), async (one, two) =>
    (await complaints(combinators, { one, two })).every((complaint) => complaint === undefined),
  )

law('CPC-1 alone', alone(decider), { numRuns: 30 })

/** Every update is an update of a copy from before all others: those of the other parts are lost. */
const forgetful: Combinators['combine'] = (parts) => {
  const whole = decider.combine(parts)
  return {
    ...whole,
    evolve: (state, event) => {
      const { _tag } = event as { readonly _tag: string }
      const next = whole.evolve(state, event) as Readonly<Record<string, unknown>>
      return { ...whole.initialState, [_tag]: next[_tag] } as typeof state
    },
  }
}
law.rejects('CPC-1', 'a combination that loses updates', alone({ ...decider, combine: forgetful }), {
  numRuns: 30,
})

/** One state for all keys. */
const mixing = <C, S, E, R, Key = string>(
  part: Decider<C, S, E, R>,
): Decider<readonly [Key, C], ReadonlyMap<Key, S>, readonly [Key, E], R> => {
  const whole = decider.many<C, S, E, R, Key>(part)
  const asOne = (key: Key) => (key === '__proto__' ? 'constructor' : key) as Key
  return {
    ...whole,
    evolve: (state, [key, event]) => whole.evolve(state, [asOne(key), event]),
    decide: ([key, command]) => whole.decide([asOne(key), command]),
  }
}
law.rejects('CPC-1', 'keys that are mixed up', alone({ ...decider, many: mixing }), { numRuns: 30 })

test('domains of the house stay apart, and each check says what it looked at', async () => {
  const checks = compositionChecks({ article: Inventory, dial })
  expect(await Promise.all(checks.map(({ run }) => run()))).toEqual([
    '100 interleavings of article, dial',
    '100 interleavings of article, dial',
    '100 interleavings of __proto__, constructor, a',
    '100 interleavings of __proto__, constructor, a',
  ])
})

test('two parts that share what is outside of their states are told apart from such as do not', async () => {
  let places = 2
  const theatre = domain({
    name: 'theatre',
    command: t.strict({ type: t.literal('Book') }),
    event: t.strict({ type: t.literal('Booked') }),
    rejection: t.strict({ type: t.literal('SoldOut') }),
    state: t.number,
    streamId: () => 'one',
    initialState: 0,
    evolve: (booked) => booked + 1,
    decide: () => () => {
      places = places === 0 ? 2 : places - 1
      return places === 0 ? reject({ type: 'SoldOut' }) : accept({ type: 'Booked' })
    },
  })
  const found = await complaints(decider, { theatre, dial })
  expect(found[0]).toContain("of 'theatre' is decided as")
  expect(E.isLeft(theatre.decide({ type: 'Book' })(0))).toBeTypeOf('boolean')
})
