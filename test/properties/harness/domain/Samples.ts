/**
 * What the laws of histories draw on: the sample domain with one guard forgotten, commands that a user might suggest for
 * it, the same domain with defects, and a way down through ever smaller values.
 */
import { accept, type Domain, domain } from 'decider-ts/decide'
import fc from 'fast-check'
import type { History } from '../../../../src/harness/domain/History.js'
import * as inventory from '../../../harness/Inventory.js'

/** Releases what was confirmed already: seen only after five commands, each in its place. */
export const forgetful = domain({
  ...inventory.parts,
  decide: (command) => (state) => {
    const reservation = command.type === 'Release' ? inventory.reservationOf(state, command.id) : undefined
    return command.type === 'Release' && state.status === 'open' && reservation?.confirmed
      ? accept({ type: 'Released', id: command.id, quantity: reservation.quantity })
      : inventory.decide(command)(state)
  },
})

/** What it takes to see it. */
export const shortestProof = ['Open', 'Receive', 'Reserve', 'Confirm', 'Release']

const quantity = (max: number) => fc.integer({ min: 1, max }).filter(inventory.Quantity.is)

/** Ids as users make them: no two alike. */
const freshId = fc.uuid().filter(inventory.ReservationId.is)

/** Commands that a careful user suggests: only such as will be accepted. */
export const suggested = (state: inventory.State): fc.Arbitrary<inventory.Command> | undefined => {
  if (state.status === 'new') return fc.constant({ type: 'Open' })
  if (state.status === 'closed') return undefined
  const ids = Object.keys(state.reservations).filter(inventory.ReservationId.is)
  const receive = quantity(1000).map((n): inventory.Command => ({ type: 'Receive', quantity: n }))
  const reserve = (stock: number) =>
    fc
      .tuple(freshId, quantity(Math.min(1000, stock)))
      .map(([id, n]): inventory.Command => ({ type: 'Reserve', id, quantity: n }))
  const settle = fc
    .tuple(fc.constantFrom('Release' as const, 'Confirm' as const), fc.nat())
    .map(([type, nth]): unknown => ({ type, id: ids[nth % ids.length] }))
    .filter(inventory.Command.is)
  return fc.oneof(
    receive,
    ...(state.stock > 0 ? [reserve(state.stock)] : []),
    ...(ids.length > 0 ? [settle] : []),
  )
}

/** Whether stock is conserved all the way. */
export const isConservedIn = (
  history: History<inventory.Command, inventory.State, inventory.Event, inventory.Rejection>,
): boolean => history.steps.every(({ after }) => inventory.isConserved(after))

type Inventory = Domain<inventory.Command, inventory.State, inventory.Event, inventory.Rejection>

/** What can be wrong with a function: it throws, or it answers with something that is no decision. */
const boom = (): never => {
  throw new Error('a defect')
}

/** The sample domain with defects in some of its functions, for some of its names. */
export const defective: fc.Arbitrary<Inventory> = fc
  .record({
    decides: fc.subarray([...inventory.Command.types.map(({ type }) => type.props.type.value)]),
    evolves: fc.subarray([...inventory.Event.types.map(({ type }) => type.props.type.value)]),
    answers: fc.boolean(),
    isTerminal: fc.boolean(),
  })
  .map(({ decides, evolves, answers, isTerminal }) => ({
    ...inventory.Inventory,
    decide: (command: inventory.Command) => {
      if (!decides.includes(command.type)) return inventory.decide(command)
      return answers ? () => undefined as never : boom
    },
    evolve: (state: inventory.State, event: inventory.Event) =>
      evolves.includes(event.type) ? boom() : inventory.evolve(state, event),
    isTerminal: isTerminal ? boom : inventory.Inventory.isTerminal,
  }))

/** A way down: which of the smaller values to take, again and again. */
export const descent = fc.array(fc.nat({ max: 40 }), { maxLength: 8 })

/** The values met on a way down, the first included; it ends where there is nothing smaller. */
export const descended = <Value>(
  arbitrary: fc.Arbitrary<Value>,
  first: fc.Value<Value>,
  way: ReadonlyArray<number>,
): ReadonlyArray<Value> => {
  let value = first
  const met = [value.value]
  for (const nth of way) {
    const candidates = [...arbitrary.shrink(value.value, value.context).take(nth + 1)]
    const next = candidates.at(-1)
    if (next === undefined) return met
    value = next
    met.push(value.value)
  }
  return met
}
