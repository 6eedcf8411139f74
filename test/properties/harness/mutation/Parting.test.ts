/** PRT-1, for every mutant of the inventory that parts from it at all. */
import { deepStrictEqual, notDeepStrictEqual, ok } from 'node:assert'
import { historyOf } from 'decider-ts/harness'
import fc from 'fast-check'
import { trialsOf } from '../../../../src/harness/domain/Trial.js'
import { mutantsOf } from '../../../../src/harness/mutation/Mutants.js'
import { observe } from '../../../../src/harness/mutation/Observed.js'
import { partIn, smallestParting } from '../../../../src/harness/mutation/Parting.js'
import { Inventory } from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import { guided } from './Samples.js'

const kinds = ['recorded', 'decision', 'terminal', 'state'] as const

const real = (implementation: typeof smallestParting) =>
  fc.property(fc.nat(1_000_000), fc.nat(), fc.constantFrom(...kinds), (seed, n, kind) => {
    const trials = trialsOf({ domain: Inventory, expectations: { ...guided, seed, histories: 10 } })
    const mutants = mutantsOf(
      observe(
        Inventory,
        trials.trials.map(({ history }) => history),
      ),
    )
    const mutant = mutants[n % mutants.length]
    ok(mutant !== undefined)
    const pair = { original: Inventory, mutant: mutant.domain }
    const parting = implementation(pair, trials, [kind])
    if (parting === undefined) return
    ok(partIn(pair, trials.trials))
    const commands = parting.command === undefined ? [] : [parting.command]
    const here = historyOf(Inventory)(commands, parting.past)
    const there = historyOf(mutant.domain)(commands, parting.past)
    deepStrictEqual([parting.original.state, parting.mutant.state], [here.state, there.state])
    const seenOf = ({ steps, state }: typeof here, domain: typeof Inventory) =>
      kind === 'state' ? state : kind === 'terminal' ? domain.isTerminal(state) : steps[0]?.outcome
    notDeepStrictEqual(seenOf(here, Inventory), seenOf(there, mutant.domain))
  })

law('PRT-1 real', real(smallestParting), { numRuns: 60 })
law.rejects(
  'PRT-1',
  'a parting without its past',
  real((pair, trials, some) => {
    const parting = smallestParting(pair, trials, some)
    return parting === undefined ? undefined : { ...parting, past: [] }
  }),
  { numRuns: 60 },
)
