/** Domains that store everything well, and do the wrong thing: each with the law, or the expectation, that says so. */
import { accept, domain } from 'decider-ts/decide'
import type { Expectations } from 'decider-ts/harness'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import {
  type Command,
  decide,
  Event,
  evolve,
  expectations,
  Inventory,
  parts,
  type Rejection,
  reservationOf,
  type State,
} from '../Inventory.js'
import { type Broken, broken } from './Broken.js'
import { commandGen, commandOf } from './CommandGen.js'

type Expected = Expectations<Command, State, Event, Rejection>

/** The fold of the good one, but for one type of event. */
const evolving =
  <Type extends Event['type']>(
    type: Type,
    change: (state: State, event: Extract<Event, { readonly type: Type }>) => State,
  ) =>
  (state: State, event: Event): State =>
    event.type === type
      ? change(state, event as Extract<Event, { readonly type: Type }>)
      : evolve(state, event)

const ReservationFailed = t.strict({ type: t.literal('ReservationFailed') })

/** Reserving and releasing again is as good as neither, and what comes in two goes is what comes in one. */
const relations: NonNullable<Expected['relations']> = {
  'release undoes reserve': {
    when: (command, state) =>
      command.type === 'Reserve' && reservationOf(state, command.id) === undefined
        ? { left: [command, { type: 'Release', id: command.id }], right: [] }
        : undefined,
  },
  'the order of goods received does not matter': {
    when: (command) =>
      command.type === 'Receive'
        ? { left: [command, anotherReceipt], right: [anotherReceipt, command] }
        : undefined,
  },
}

const openIt = commandOf({ type: 'Open' })

const anotherReceipt = commandOf({ type: 'Receive', quantity: 7 })

const scenarios: NonNullable<Expected['scenarios']> = {
  'a closed article stays closed': (article) => {
    const closed = article.evolve(article.evolve(article.initialState, { type: 'Opened' }), {
      type: 'Closed',
    })
    const answer = article.decide({ type: 'Open' })(closed)
    if (E.isRight(answer)) throw new Error('it was opened again')
  },
}

const postconditions: NonNullable<Expected['postconditions']> = {
  Receive: ({ before, command, after }) => after.stock === before.stock + command.quantity,
}

/** What every good one of these satisfies: all relations, scenarios, postconditions. */
export const behaviourExpectations: Expected = {
  ...expectations,
  relations,
  scenarios,
  postconditions,
  idempotent: ['Open', 'Reserve', 'Release', 'Confirm', 'Close'],
}

/** The text `__proto__` is an id like any other; it comes too seldom to wait for. */
const protoIds: Expected['commandGen'] = (state) =>
  state.status === 'open'
    ? fc.constantFrom(
        commandOf({ type: 'Receive', quantity: 5 }),
        commandOf({ type: 'Reserve', id: '__proto__', quantity: 2 }),
      )
    : undefined

export const behaviourZoo: ReadonlyArray<Broken> = [
  broken('suggestions that throw where there are none', { caughtBy: 'commandGen.total' }, Inventory, {
    commandGen: (state) => fc.constantFrom(...(state.status === 'closed' ? [] : [openIt])),
  }),
  broken(
    'a closed article that can be opened again',
    { caughtBy: 'terminal', also: ['scenario.a closed article stays closed'] },
    domain({
      ...parts,
      decide: (command) => (state) =>
        command.type === 'Open' && state.status === 'closed'
          ? accept({ type: 'Opened' })
          : decide(command)(state),
    }),
    { scenarios },
  ),
  broken(
    'an article that is closed and opened in one go',
    { caughtBy: 'terminal' },
    domain({
      ...parts,
      decide: (command) => (state) => {
        const answer = decide(command)(state)
        return command.type === 'Close' && E.isRight(answer)
          ? accept({ type: 'Closed' }, { type: 'Opened' })
          : answer
      },
    }),
  ),
  broken(
    'an isTerminal that throws',
    { caughtBy: 'terminal' },
    domain({
      ...parts,
      isTerminal: ({ status, stock }) => {
        if (stock > 500) throw new RangeError('too much')
        return status === 'closed'
      },
    }),
  ),
  broken(
    'a refusal that is recorded as a fact',
    { caughtBy: 'event.matters' },
    domain({
      ...parts,
      event: t.union([...Event.types, ReservationFailed]),
      evolve: (state, event) => (event.type === 'ReservationFailed' ? state : evolve(state, event)),
      decide: (command) => (state) => {
        const answer = decide(command)(state)
        return E.isLeft(answer) && answer.left.type === 'OutOfStock'
          ? accept({ type: 'ReservationFailed' })
          : answer
      },
    }),
  ),
  broken(
    'an event that evolve forgot',
    { caughtBy: 'event.matters', also: ['idempotent.Close'] },
    domain({ ...parts, evolve: evolving('Closed', (state) => state) }),
    { idempotent: ['Close'] },
  ),
  broken('an event that is listed as inert and is not', { caughtBy: 'inert.Received' }, Inventory, {
    inert: ['Received'],
  }),
  broken(
    'goods that are shipped and released',
    { caughtBy: 'invariant.stock is conserved' },
    domain({
      ...parts,
      decide: (command) => (state) => {
        if (command.type !== 'Release' || state.status !== 'open') return decide(command)(state)
        const reservation = reservationOf(state, command.id)
        return reservation === undefined
          ? decide(command)(state)
          : accept({ type: 'Released', id: command.id, quantity: reservation.quantity })
      },
    }),
    { ...expectations, commandGen },
  ),
  broken(
    'what was shipped before is forgotten',
    { caughtBy: 'invariant.stock is conserved' },
    domain({
      ...parts,
      evolve: evolving('Confirmed', (state, event) => ({ ...evolve(state, event), shipped: event.quantity })),
    }),
    { ...expectations, commandGen },
  ),
  broken(
    'a reservation under `__proto__` is lost',
    { caughtBy: 'state.declared', also: ['invariant.stock is conserved', 'idempotent.Reserve'] },
    domain({
      ...parts,
      evolve: evolving('Reserved', (state, { id, quantity }) => {
        const reservations = { ...state.reservations }
        reservations[id] = { quantity, confirmed: false }
        return { ...state, stock: state.stock - quantity, reservations }
      }),
    }),
    { ...expectations, commandGen: protoIds, idempotent: ['Reserve'] },
  ),
  broken('an invariant that throws', { caughtBy: 'invariant.the first reservation is small' }, Inventory, {
    invariants: {
      'the first reservation is small': ({ stock, reservations }) => {
        const [first] = Object.values(reservations)
        if (stock > 0 && first === undefined) throw new Error('there is no first reservation')
        return true
      },
    },
  }),
  broken('an invariant that is false from the start', { caughtBy: 'invariant.there is stock' }, Inventory, {
    invariants: { 'there is stock': ({ stock }) => stock > 0 },
  }),
  broken(
    'goods that come while some are reserved do not arrive',
    { caughtBy: 'postcondition.Receive' },
    domain({
      ...parts,
      evolve: evolving('Received', (state, event) =>
        Object.keys(state.reservations).length > 0
          ? { ...state, shipped: state.shipped + 1 }
          : evolve(state, event),
      ),
    }),
    { postconditions },
  ),
  broken(
    'a release that gives back one piece less',
    { caughtBy: 'relation.release undoes reserve' },
    domain({
      ...parts,
      evolve: evolving('Released', (state, event) => {
        const next = evolve(state, event)
        return { ...next, stock: next.stock - 1 }
      }),
    }),
    { relations },
  ),
  broken(
    'a bonus for the first goods only',
    { caughtBy: 'relation.the order of goods received does not matter' },
    domain({
      ...parts,
      evolve: evolving('Received', (state, event) =>
        state.received === 0
          ? evolve({ ...state, received: event.quantity % 2 }, event)
          : evolve(state, event),
      ),
    }),
    { relations },
  ),
  broken(
    'a reservation that can be made twice',
    { caughtBy: 'idempotent.Reserve' },
    domain({
      ...parts,
      decide: (command) => (state) =>
        decide(command)(command.type === 'Reserve' ? { ...state, reservations: {} } : state),
    }),
    { idempotent: ['Reserve'] },
  ),
  broken('a scenario that nobody waits for', { caughtBy: 'scenario.later' }, Inventory, {
    scenarios: { later: async () => Promise.reject(new Error('unnoticed')) },
  }),
]
