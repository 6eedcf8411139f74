/** Commands that are worth trying in a state of the inventory, for faults that show only after several commands that fit. */
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { Command, type State } from '../Inventory.js'

/** A command from its plain form; one that is none is a mistake in the zoo. */
export const commandOf = (plain: unknown): Command => {
  const decoded = Command.decode(plain)
  if (E.isLeft(decoded)) throw new TypeError('This is no command of the inventory.')
  return decoded.right
}

const ids = ['b', 'a', 'cc']

/** What fits the state: goods come in, are reserved under few ids, and those ids come again. */
export const commandGen = ({ status, stock, reservations }: State): fc.Arbitrary<Command> | undefined => {
  if (status === 'new') return fc.constant(commandOf({ type: 'Open' }))
  if (status === 'closed') return undefined
  const known = Object.keys(reservations)
  const quantity = fc.integer({ min: 1, max: 9 })
  const plain = [
    fc.record({ type: fc.constant('Receive'), quantity }),
    ...(stock > 0
      ? [fc.record({ type: fc.constant('Reserve'), id: fc.constantFrom(...ids), quantity: fc.constant(1) })]
      : []),
    ...(known.length > 0
      ? [fc.record({ type: fc.constantFrom('Release', 'Confirm'), id: fc.constantFrom(...known) })]
      : []),
  ]
  return fc.oneof(...(plain as ReadonlyArray<fc.Arbitrary<unknown>>)).map(commandOf)
}
