/**
 * Every domain that is not total, not pure or not the same everywhere is found out by the law that names its fault, and
 * by no law that does not; domains without fault pass all of them.
 */
import { type AnyDomain, accept, type Domain, domain, reject } from 'decider-ts/decide'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { Account } from '../../examples/banking/Account.js'
import type { LawsOf, Subject } from '../../src/harness/domain/Law.js'
import { ambientWorld } from '../../src/harness/domain/laws/AmbientWorld.js'
import { inputs } from '../../src/harness/domain/laws/Inputs.js'
import { purity } from '../../src/harness/domain/laws/Purity.js'
import { timeZone } from '../../src/harness/domain/laws/TimeZone.js'
import { totality } from '../../src/harness/domain/laws/Totality.js'
import { trialsOf } from '../../src/harness/domain/Trial.js'
import { Inventory } from './Inventory.js'
import { purityZoo } from './zoo/Purity.js'

type Known = { readonly type: string }

const laws: LawsOf = (subject) => [
  ...totality(subject),
  ...inputs(subject),
  ...ambientWorld(subject),
  ...purity(subject),
  ...timeZone(subject),
]

// Domains of any types are told apart here by nothing but what they do.
const subjectOf = (any: AnyDomain): Subject<Known, unknown, Known, Known> => ({
  domain: any as unknown as Domain<Known, unknown, Known, Known>,
  expectations: {},
})

const breachesOf = (subject: Subject<Known, unknown, Known, Known>) => {
  const { smallestBreach } = trialsOf(subject)
  return laws(subject).flatMap((law) => {
    const found = smallestBreach(law)
    return found === undefined ? [] : [{ id: law.id, ...found }]
  })
}

describe('broken domains', () => {
  for (const { what, caughtBy, also = [], domain } of purityZoo) {
    test(`${what} breaks ${[caughtBy, ...also].join(', ')}`, () => {
      const breaches = breachesOf(subjectOf(domain))
      expect(breaches.map(({ id }) => id)).toEqual([caughtBy, ...also])
      console.log(
        breaches
          .map(
            ({ id, commands, breach, trial, shrinks }) =>
              `${id} ${trial} ${shrinks} ${commands} ${breach.past.length}\n   ${breach.cause}\n   ${breach.advice}`,
          )
          .join('\n'),
      )
      for (const { breach, commands } of breaches) {
        expect(commands).toBeLessThanOrEqual(3)
        expect(breach.past.length).toBeLessThanOrEqual(3)
      }
    })
  }
})
test('timing', () => {
  const subject = subjectOf(Account)
  const { trials } = trialsOf(subject)
  for (const law of laws(subject)) {
    const t0 = performance.now()
    expect(trials.map(law.judge).filter((x) => x !== undefined)).toEqual([])
    console.log(law.id, (performance.now() - t0).toFixed(0))
  }
})
