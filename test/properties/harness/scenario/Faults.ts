/**
 * The inventory with faults that one law finds, and situations of it: samples for whatever tells of a breach.
 */
import { type Domain, domain } from 'decider-ts/decide'
import type { Expectations } from 'decider-ts/harness'
import fc from 'fast-check'
import { isDefect } from '../../../../src/harness/domain/History.js'
import { type Found, trialsOf } from '../../../../src/harness/domain/Trial.js'
import {
  type Command,
  type Event,
  Inventory,
  parts,
  type Rejection,
  type State,
} from '../../../harness/Inventory.js'

export type AnInventory = Domain<Command, State, Event, Rejection>
export type Expected = Expectations<Command, State, Event, Rejection>

/** An inventory whose `decide` throws where this says so. */
export const throwingWhere = (isFaulty: (command: Command, state: State) => boolean): AnInventory =>
  domain({
    ...parts,
    decide: (command) => (state) => {
      if (isFaulty(command, state)) throw new Error('no such reservation')
      return parts.decide(command)(state)
    },
  })

/** Each throws for commands that nobody thought of, some of them deep in a history. */
export const faulty: ReadonlyArray<AnInventory> = [
  throwingWhere(({ type }, { stock }) => type === 'Confirm' && stock > 3),
  throwingWhere(({ type }, { status }) => type === 'Open' && status === 'closed'),
  throwingWhere(
    (command, { reservations }) => command.type === 'Reserve' && Object.hasOwn(reservations, command.id),
  ),
  throwingWhere(({ type }) => type === 'Receive'),
]

/**
 * Events that happened, the command that came then, and what came of it: from histories of an inventory. Where some have
 * a defect, half of the samples do.
 */
export const steps = (inventory: AnInventory = Inventory) => {
  const { trials } = trialsOf({ domain: inventory, expectations: { histories: 60 } })
  const found = trials.flatMap(({ history }) =>
    history.steps.map((step) => ({ ...step, past: history.events.slice(0, step.pastLength) })),
  )
  const defects = found.filter(({ outcome }) => isDefect(outcome))
  return fc.oneof(fc.constantFrom(...found), fc.constantFrom(...(defects.length === 0 ? found : defects)))
}

/** A breach at a command after some events, as if it had been found. */
export const foundAt = (past: ReadonlyArray<unknown>, command: unknown): Found<Command, Event> => {
  if (!past.every(Inventory.event.tagged.is) || !Inventory.command.is(command))
    throw new Error('There is no such situation.')
  const words = { cause: 'decide threw Error: no such reservation.', advice: 'Answer with reject(...).' }
  return { breach: { past, command, ...words }, trial: 17, shrinks: 8, commands: past.length + 1 }
}
