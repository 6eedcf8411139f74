/** The laws of the laws of restart, on domains that look where they should not, and on such as keep what they do not need. */
import { accept, domain } from 'decider-ts/decide'
import fc from 'fast-check'
import * as t from 'io-ts'
import type { LawsOf } from '../../../../../src/harness/domain/Law.js'
import { restart } from '../../../../../src/harness/domain/laws/Restart.js'
import { law } from '../../../Law.js'
import { blind, breachesOf, overzealous, trialOf } from './Samples.js'

const names = fc.uniqueArray(
  fc.stringMatching(/^[a-z_]{1,6}$/).filter((name) => name !== 'type'),
  { minLength: 1, maxLength: 5 },
)

/** What is in the state after an event is what `look` finds in it. */
const looking = (fields: ReadonlyArray<string>, look: (event: object) => string) =>
  domain({
    name: 'looking',
    command: t.strict({ type: t.literal('Look') }),
    event: t.type({ type: t.literal('Looked') }),
    rejection: t.strict({ type: t.literal('Refused') }),
    state: t.strict({ count: t.number }),
    streamId: () => 'one',
    initialState: { count: 0 },
    evolve: ({ count }, event) => ({ count: count + 1, seen: look(event) }),
    decide: () => () =>
      accept({ type: 'Looked' as const, ...Object.fromEntries(fields.map((name) => [name, 1])) }),
  })

const command = { type: 'Look' } as const

const found = (laws: LawsOf, fields: ReadonlyArray<string>, look: (event: object) => string) => {
  const subject = { domain: looking(fields, look), expectations: {} }
  const trial = trialOf(subject.domain, [command, command])
  return [...breachesOf(laws, subject, trial).keys()]
}

const looksAtOrder = (laws: LawsOf) =>
  fc.property(names, (fields) => {
    const ids = found(laws, fields, (event) => Object.keys(event).join())
    return ids.length === 1 && ids[0] === 'replay.stored'
  })

law('RST-1 found', looksAtOrder(restart))
law.rejects('RST-1', 'laws that find nothing', looksAtOrder(blind(restart)))

const keepsMore = (laws: LawsOf) =>
  fc.property(
    names,
    (fields) => found(laws, fields, (event) => Object.keys(event).sort().join()).length === 0,
  )

law('RST-2 harmless', keepsMore(restart))
law.rejects('RST-2', 'laws that find fault with everything', keepsMore(overzealous(restart)))
