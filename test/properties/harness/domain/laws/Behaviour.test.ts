/** The laws of the laws of behaviour, on domains at random. */
import { accept, domain } from 'decider-ts/decide'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import type { LawsOf } from '../../../../../src/harness/domain/Law.js'
import { behaviour } from '../../../../../src/harness/domain/laws/Behaviour.js'
import { law } from '../../../Law.js'
import { arbitraryTableDomain, blind, breachesOf, overzealous, tableCommands, trialOf } from './Samples.js'

const end = (laws: LawsOf) =>
  fc.property(
    fc.boolean().chain((acts) => arbitraryTableDomain('table', acts)),
    tableCommands,
    tableCommands,
    (any, commands, stray) => {
      const isBroken = breachesOf(laws, { domain: any, expectations: {} }, trialOf(any, commands, stray))
      let [state, isLeft] = [any.initialState, false]
      const decided = (command: (typeof commands)[number]) => {
        const decision = any.decide(command)(state)
        return E.isRight(decision) ? decision.right : []
      }
      for (const command of commands) {
        for (const event of decided(command)) {
          // Any event after the end is one too many, whether or not it leads away.
          isLeft ||=
            any.isTerminal(state) &&
            (event === decided(command)[0] || !any.isTerminal(any.evolve(state, event)))
          state = any.evolve(state, event)
        }
      }
      isLeft ||=
        any.isTerminal(state) && [...commands, ...stray].some((command) => decided(command).length > 0)
      return isBroken.has('terminal') === isLeft
    },
  )

law('BEH-1 the end', end(behaviour))
law.rejects('BEH-1', 'laws that find nothing', end(blind(behaviour)))
law.rejects('BEH-1', 'laws that find fault with everything', end(overzealous(behaviour)))

const types = ['A', 'B', 'C'] as const
type Type = (typeof types)[number]
const Type = t.keyof({ A: null, B: null, C: null })

/** Each command is recorded; only some of the events count. */
const counting = (effective: ReadonlyArray<Type>) =>
  domain({
    name: 'counting',
    command: t.strict({ type: t.literal('Do'), what: Type }),
    event: t.strict({ type: Type }),
    rejection: t.strict({ type: t.literal('Refused') }),
    state: t.strict({ count: t.number }),
    streamId: () => 'one',
    initialState: { count: 0 },
    evolve: ({ count }, { type }) => ({ count: effective.includes(type) ? count + 1 : count }),
    decide:
      ({ what }) =>
      () =>
        accept({ type: what }),
  })

const listed = (laws: LawsOf) =>
  fc.property(
    fc.subarray([...types]),
    fc.subarray([...types]),
    fc.array(fc.constantFrom(...types)),
    (effective, inert, done) => {
      const subject = { domain: counting(effective), expectations: { inert } }
      const commands = done.map((what) => ({ type: 'Do' as const, what }))
      const broken = breachesOf(laws, subject, trialOf(subject.domain, commands))
      const forgotten = done.some((type) => !effective.includes(type) && !inert.includes(type))
      return (
        broken.has('event.matters') === forgotten &&
        inert.every(
          (type) => broken.has(`inert.${type}`) === (done.includes(type) && effective.includes(type)),
        )
      )
    },
  )

law('BEH-2 listed', listed(behaviour))
law.rejects('BEH-2', 'laws that find nothing', listed(blind(behaviour)))
law.rejects('BEH-2', 'laws that find fault with everything', listed(overzealous(behaviour)))
