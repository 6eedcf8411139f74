/** The laws of expectations as laws: what is asked, and of whom. */
import { deepStrictEqual } from 'node:assert/strict'
import { decider } from 'decider-ts/decide'
import type { AcceptedCommand } from 'decider-ts/harness'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import type { LawsOf } from '../../../../../src/harness/domain/Law.js'
import { expected } from '../../../../../src/harness/domain/laws/Expected.js'
import { law } from '../../../Law.js'
import { arbitraryTableDomain, blind, breachesOf, overzealous, tableCommands, trialOf } from './Samples.js'

const invariant = (laws: LawsOf) =>
  fc.property(
    arbitraryTableDomain('table'),
    tableCommands,
    fc.subarray([0, 1, 2, 3]),
    (any, commands, good) => {
      const expectations = { invariants: { good: (state: number) => good.includes(state) } }
      const trial = trialOf(any, commands)
      const broken = breachesOf(laws, { domain: any, expectations }, trial)
      const states = commands.map((_, index) => decider.run(any)(commands.slice(0, index + 1)).state)
      return (
        broken.has('invariant.good') === [any.initialState, ...states].some((state) => !good.includes(state))
      )
    },
  )

law('XPT-1 invariant', invariant(expected))
law.rejects('XPT-1', 'laws that find nothing', invariant(blind(expected)))
law.rejects('XPT-1', 'laws that find fault with everything', invariant(overzealous(expected)))

const postcondition = (laws: LawsOf) =>
  fc.property(arbitraryTableDomain('table'), tableCommands, (any, commands) => {
    const asked: Array<AcceptedCommand<{ readonly type: string }, number, { readonly type: string }>> = []
    const note = (accepted: (typeof asked)[number]) => asked.push(accepted) > 0
    breachesOf(
      laws,
      { domain: any, expectations: { postconditions: { A: note } as Record<'A', typeof note> } },
      trialOf(any, commands),
    )
    const accepted: typeof asked = []
    let before = any.initialState
    for (const command of commands) {
      const decision = any.decide(command)(before)
      if (E.isLeft(decision)) continue
      const after = decision.right.reduce((state, event) => any.evolve(state, event), before)
      if (command.type === 'A') accepted.push({ before, command, events: decision.right, after })
      before = after
    }
    deepStrictEqual(asked, accepted)
    return true
  })

law('XPT-2 postcondition', postcondition(expected))
law.rejects('XPT-2', 'laws that find nothing, and ask nobody', postcondition(blind(expected)))
