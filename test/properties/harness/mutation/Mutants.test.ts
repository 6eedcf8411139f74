/** MTS-1: a mutant is known by its name, so that two runs can be compared. */
import { deepStrictEqual } from 'node:assert'
import { arbitraryHistory, type Mutant } from 'decider-ts/harness'
import fc from 'fast-check'
import { mutantsOf } from '../../../../src/harness/mutation/Mutants.js'
import { type Observed, observe } from '../../../../src/harness/mutation/Observed.js'
import {
  type Command,
  type Event,
  Inventory,
  type Rejection,
  type State,
} from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import { guided } from './Samples.js'

type List = (
  observed: Observed<Command, State, Event, Rejection>,
) => ReadonlyArray<Mutant<Command, State, Event, Rejection>>

const names = (list: List) =>
  fc.property(fc.array(arbitraryHistory(Inventory, guided), { minLength: 1, maxLength: 5 }), (histories) => {
    const all = list(observe(Inventory, histories)).map(({ name }) => name)
    deepStrictEqual([...new Set(all)], all)
  })

law('MTS-1 names', names(mutantsOf))
law.rejects(
  'MTS-1',
  'mutants that are named after what they are about',
  names((observed) =>
    mutantsOf(observed).map((mutant) => ({ ...mutant, name: mutant.name.split(' ')[0] ?? '' })),
  ),
)
