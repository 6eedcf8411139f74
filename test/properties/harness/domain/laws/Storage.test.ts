/** The laws of the laws of storage, on domains with whatever fields. */
import { accept, domain } from 'decider-ts/decide'
import fc from 'fast-check'
import * as t from 'io-ts'
import type { LawsOf } from '../../../../../src/harness/domain/Law.js'
import { storage } from '../../../../../src/harness/domain/laws/Storage.js'
import { law } from '../../../Law.js'
import { blind, breachesOf, overzealous, trialOf } from './Samples.js'

const fieldName = fc.stringMatching(/^[a-z_]{1,6}$/).filter((name) => name !== 'type')
const names = fc.uniqueArray(fieldName, { maxLength: 5 })

/** A domain that records one event, with these fields, of which it declares those. */
const recording = (recorded: ReadonlyArray<string>, declared: ReadonlyArray<string>) => {
  const props = Object.fromEntries(declared.map((name) => [name, t.Int]))
  return domain({
    name: 'recording',
    command: t.strict({ type: t.literal('Record') }),
    event: t.strict({ type: t.literal('Recorded'), ...props }),
    rejection: t.strict({ type: t.literal('Refused') }),
    state: t.strict({ count: t.Int }),
    streamId: () => 'one',
    initialState: { count: 0 as t.Int },
    evolve: ({ count }) => ({ count: (count + 1) as t.Int }),
    decide: () => () =>
      accept({
        ...Object.fromEntries(recorded.map((name) => [name, 1 as t.Int])),
        type: 'Recorded' as const,
      }),
  })
}

const found = (laws: LawsOf, recorded: ReadonlyArray<string>, declared: ReadonlyArray<string>) => {
  const subject = { domain: recording(recorded, declared), expectations: {} }
  return breachesOf(laws, subject, trialOf(subject.domain, [{ type: 'Record' }]))
}

const faithful = (laws: LawsOf) => fc.property(names, (fields) => found(laws, fields, fields).size === 0)

law('STO-1 faithful', faithful(storage))
law.rejects('STO-1', 'laws that find fault with everything', faithful(overzealous(storage)))

const namesTheField = (laws: LawsOf) =>
  fc.property(names, fieldName, (fields, more) => {
    const declared = fields.filter((name) => name !== more)
    const breaches = found(laws, [...declared, more], declared)
    const cause = breaches.get('event.stored')?.cause ?? ''
    return breaches.size === 1 && cause.includes(`\`${more}\` 1 → absent`)
  })

law('STO-2 named', namesTheField(storage))
law.rejects('STO-2', 'laws that find nothing', namesTheField(blind(storage)))
