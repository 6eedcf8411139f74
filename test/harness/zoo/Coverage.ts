/**
 * Inventories of which a part is out of reach, or is said to be, so that no law about it says anything. Each of them is
 * in order in every other respect.
 */
import { type Decision, domain, reject } from 'decider-ts/decide'
import * as t from 'io-ts'
import {
  type Command,
  decide,
  Event,
  evolve,
  Inventory,
  isConserved,
  parts,
  Rejection,
  type State,
} from '../Inventory.js'
import type { Broken } from './Broken.js'

type Decide = (command: Command) => (state: State) => Decision<Event, Rejection>

/** The inventory with other decisions. */
const deciding = (changed: Decide) => domain({ ...parts, decide: changed })

const literal = <const Type extends string>(type: Type) => t.strict({ type: t.literal(type) })

export const coverageZoo: ReadonlyArray<Broken> = [
  {
    what: 'an event is declared that no command leads to',
    caughtBy: 'coverage',
    domain: domain({
      ...parts,
      event: t.union([Event, literal('Stolen')]),
      evolve: (state, event) =>
        event.type === 'Stolen' ? { ...state, status: 'closed' as const } : evolve(state, event),
    }),
  },
  {
    what: 'a rejection is declared that no rule gives',
    caughtBy: 'coverage',
    domain: domain({ ...parts, rejection: t.union([Rejection, literal('Frozen')]) }),
  },
  {
    what: 'histories are so short that most commands come to nothing',
    caughtBy: 'coverage',
    domain: Inventory,
    expectations: { histories: 1, commandsMax: 1, invariants: { 'stock is conserved': isConserved } },
  },
  {
    what: 'every release is answered as that of an unknown reservation, so none is ever released',
    caughtBy: 'coverage',
    domain: deciding((command) => (state) => {
      const decision = decide(command)(state)
      return command.type === 'Release' && decision._tag === 'Right'
        ? reject({ type: 'UnknownReservation' })
        : decision
    }),
  },
  {
    what: 'a rule gives the rejection of another, so its own is never given',
    caughtBy: 'coverage',
    domain: deciding((command) => (state) => {
      const decision = decide(command)(state)
      return decision._tag === 'Left' && decision.left.type === 'OutOfStock'
        ? reject({ type: 'DuplicateReservation' })
        : decision
    }),
  },
  {
    what: 'an article is never closed, so no history comes to an end',
    caughtBy: 'coverage',
    domain: deciding(
      (command) => (state) =>
        command.type === 'Close' && state.status === 'open'
          ? reject({ type: 'StillReserved' })
          : decide(command)(state),
    ),
  },
  {
    what: 'nearly every command is refused, as only the first one of an article can be',
    caughtBy: 'coverage',
    domain: deciding(
      (command) => (state) =>
        state.status === 'open' ? reject({ type: 'NotOpen' }) : decide(command)(state),
    ),
  },
  {
    what: 'an event is listed as unreachable, and is reached all the same',
    caughtBy: 'coverage',
    domain: Inventory,
    expectations: { unreachable: ['Released' as never] },
  },
]
