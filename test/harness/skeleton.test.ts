import { domain } from 'decider-ts/decide'
import { expect, test } from 'vitest'
import { Account } from '../../examples/banking/Account.js'
import { catalogue } from '../../src/harness/domain/Catalogue.js'
import { trialsOf } from '../../src/harness/domain/Trial.js'
import { expectations, Inventory, parts } from './Inventory.js'

test('the skeleton stands', () => {
  const subject = { domain: Inventory, expectations }
  expect(trialsOf(subject).trials.length).toBe(300)
  expect(catalogue(subject).flatMap((law) => trialsOf(subject).smallestBreach(law) ?? [])).toEqual([])
  const t0 = performance.now()
  const bank = trialsOf({ domain: Account, expectations: {} })
  console.log(
    performance.now() - t0,
    bank.trials.map((t) => t.history.events.length).reduce((a, b) => a + b),
  )
  const broken = domain({
    ...parts,
    decide: (c) => (s) => {
      if (c.type === 'Confirm' && s.stock > 3) throw new Error('boom')
      return parts.decide(c)(s)
    },
  })
  const b = { domain: broken, expectations: {} }
  console.log(JSON.stringify(trialsOf(b).smallestBreach(catalogue(b)[0]!), null, 1))
})
