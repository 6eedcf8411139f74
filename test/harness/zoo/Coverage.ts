/**
 * Inventories of which a part is out of reach, or is said to be, so that no law about it says anything. Each of them is
 * in order in every other respect.
 */
import { accept, type Decision, domain, nothing, reject } from 'decider-ts/decide'
import fc from 'fast-check'
import * as t from 'io-ts'
import {
  Command,
  type Command as InventoryCommand,
  decide,
  Event,
  type Event as InventoryEvent,
  evolve,
  expectations,
  Inventory,
  parts,
  Rejection,
  type Rejection as InventoryRejection,
  type State,
} from '../Inventory.js'
import type { Broken } from './Broken.js'

type Decide = (command: InventoryCommand) => (state: State) => Decision<InventoryEvent, InventoryRejection>

/** The inventory with other decisions. */
const deciding = (changed: Decide) => domain({ ...parts, decide: changed })

const literal = <const Type extends string>(type: Type) => t.strict({ type: t.literal(type) })

const stolen = literal('Stolen')
const count = literal('Count')
const frozen = literal('Frozen')

/** Nobody stands in for an id, so nothing that is reserved is ever found again. */
const idsThatNeverMeet = { commandGen: () => undefined }

export const coverageZoo: ReadonlyArray<Broken> = [
  {
    what: 'an event is declared that nothing leads to',
    caughtBy: 'coverage',
    domain: domain({
      ...parts,
      event: t.union([Event, stolen]),
      evolve: (state, event) => (event.type === 'Stolen' ? { ...state, stock: 0 } : evolve(state, event)),
    }),
  },
  {
    what: 'a rejection is declared that no rule gives',
    caughtBy: 'coverage',
    domain: domain({ ...parts, rejection: t.union([Rejection, frozen]) }),
  },
  {
    what: 'a command is declared that nothing decides: its codec accepts no value that can be generated',
    caughtBy: 'coverage',
    domain: domain({
      ...parts,
      command: t.union([Command, count]),
      decide: (command) => (command.type === 'Count' ? () => nothing : decide(command)),
    }),
    expectations: { commandGen: () => fc.constant({ type: 'Open' } as never) },
  },
  {
    what: 'nothing is ever released, because every release is found unknown',
    caughtBy: 'coverage',
    domain: deciding((command) =>
      command.type === 'Release' ? () => reject({ type: 'UnknownReservation' }) : decide(command),
    ),
  },
  {
    what: 'the rule of the empty shelf is said after another that is always true first',
    caughtBy: 'coverage',
    domain: deciding((command) => (state) => {
      const decision = decide(command)(state)
      return decision._tag === 'Left' && decision.left.type === 'OutOfStock'
        ? reject({ type: 'DuplicateReservation' })
        : decision
    }),
  },
  {
    what: 'an event is listed as unreachable, and is reached all the same',
    caughtBy: 'coverage',
    domain: Inventory,
    expectations: { unreachable: ['Released' as never] },
  },
]
