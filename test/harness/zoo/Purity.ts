/**
 * Domains that are not total, not pure, or not the same everywhere: each is the sample domain with one thing wrong, as
 * people do get it wrong. The tests demand that the law that names the fault is the first to fail.
 */
import { randomUUID } from 'node:crypto'
import { accept, type Decision, domain } from 'decider-ts/decide'
import { type Command, type Event, parts, type Rejection, reservationOf, type State } from '../Inventory.js'
import type { Broken } from './Broken.js'

type Evolve = (state: State, event: Event) => State
type Decide = (command: Command) => (state: State) => Decision<Event, Rejection>

const { evolve, decide } = parts

/** The sample with other functions. Wrong ones have other types, so they come as what nothing is known of. */
const withDecide = (
  what: string,
  caughtBy: string,
  wrong: unknown,
  others: Pick<Broken, 'also' | 'perhaps'> = {},
): Broken => ({
  what,
  caughtBy,
  ...others,
  domain: domain({ ...parts, decide: wrong as Decide }),
})
const withEvolve = (
  what: string,
  caughtBy: string,
  wrong: unknown,
  others: Pick<Broken, 'also' | 'perhaps'> = {},
): Broken => ({
  what,
  caughtBy,
  ...others,
  domain: domain({ ...parts, evolve: wrong as Evolve }),
})

/** Laws that ask the domain a second time, and may then see that it answers otherwise. */
const restarted = ['replay.stored', 'snapshot', 'terminal']

/** Writing into what is read-only takes a type that allows it. */
type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] }

const accepted = (command: Command, state: State): ReadonlyArray<Event> => {
  const decision = decide(command)(state)
  return decision._tag === 'Right' ? decision.right : []
}

const isReserve = (command: Command) => command.type === 'Reserve'

class IllegalStateError extends Error {}

const throwing: ReadonlyArray<Broken> = [
  withDecide('a rule that throws', 'decide.total', (command: Command) => (state: State) => {
    if (command.type === 'Reserve' && command.quantity > state.stock)
      throw new IllegalStateError('out of stock')
    return decide(command)(state)
  }),
  withDecide('a lookup without a guard', 'decide.total', (command: Command) => (state: State) => {
    if (command.type !== 'Confirm') return decide(command)(state)
    const { confirmed } = reservationOf(state, command.id) as { readonly confirmed: boolean }
    return confirmed ? accept() : decide(command)(state)
  }),
  withEvolve('an event out of order throws', 'evolve.total', (state: State, event: Event) => {
    if (event.type === 'Released' && !reservationOf(state, event.id)) throw new Error('no such reservation')
    return evolve(state, event)
  }),
  withEvolve(
    'a branch without a return',
    'evolve.total',
    (state: State, event: Event) => (event.type === 'Closed' ? undefined : evolve(state, event)),
    { also: ['state.declared', 'terminal'] },
  ),
  withEvolve('evolve waits', 'evolve.total', async (state: State, event: Event) => evolve(state, event), {
    also: ['state.declared'],
  }),
]

const foreign: ReadonlyArray<Broken> = [
  withDecide(
    'events in a bare array',
    'decide.answers',
    (command: Command) => (state: State) => accepted(command, state),
  ),
  withDecide(
    'one bare event',
    'decide.answers',
    (command: Command) => (state: State) => accepted(command, state)[0] ?? decide(command)(state),
  ),
  withDecide('nothing at all', 'decide.answers', (command: Command) => (state: State) => {
    if (command.type !== 'Close') return decide(command)(state)
    return undefined
  }),
  withDecide(
    'a promise',
    'decide.answers',
    (command: Command) => async (state: State) => decide(command)(state),
  ),
  withDecide('a promise that fails', 'decide.answers', (command: Command) => async (state: State) => {
    if (state.status !== 'open') throw new IllegalStateError('not open')
    return decide(command)(state)
  }),
  withDecide('a function that was not called', 'decide.answers', (command: Command) => () => decide(command)),
  withDecide('a single event in Right', 'decide.answers', (command: Command) => (state: State) => {
    const [event] = accepted(command, state)
    return event === undefined ? decide(command)(state) : { _tag: 'Right', right: event }
  }),
  withDecide('command and state in one call', 'decide.answers', (command: Command, state: State) =>
    accepted(command, state),
  ),
]

const writing: ReadonlyArray<Broken> = [
  withEvolve(
    'an evolve that adds in place',
    'evolve.keepsInputs',
    (state: Writable<State>, event: Event) => {
      if (event.type !== 'Received') return evolve(state, event)
      state.stock += event.quantity
      state.received += event.quantity
      return state
    },
    { also: ['event.matters'] },
  ),
  withEvolve(
    'Object.assign into the state',
    'evolve.keepsInputs',
    (state: State, event: Event) => Object.assign(state, evolve(state, event)),
    { also: ['event.matters'], perhaps: ['terminal'] },
  ),
  withEvolve('an evolve that deletes in place', 'evolve.keepsInputs', (state: State, event: Event) => {
    if (event.type !== 'Released') return evolve(state, event)
    delete (state.reservations as Record<string, unknown>)[event.id]
    return { ...state, stock: state.stock + event.quantity }
  }),
  withDecide(
    'a decide that caps its command',
    'decide.keepsInputs',
    (command: Writable<Command>) => (state: State) => {
      if (command.type === 'Receive') Object.assign(command, { quantity: Math.min(command.quantity, 3) })
      return decide(command as Command)(state)
    },
  ),
  withDecide(
    'a write that leaves no trace',
    'decide.keepsInputs',
    (command: Command) => (state: Writable<State>) => {
      state.stock += 1
      state.stock -= 1
      return decide(command)(state)
    },
  ),
]

const worldly: ReadonlyArray<Broken> = [
  withEvolve('an evolve that reads the clock', 'evolve.ambient', (state: State, event: Event) => {
    void Date.now()
    return evolve(state, event)
  }),
  withEvolve(
    'an evolve that keeps the time',
    'evolve.ambient',
    (state: State, event: Event) => ({ ...evolve(state, event), at: new Date() }),
    { also: ['evolve.pure'], perhaps: restarted },
  ),
  withDecide(
    'a random id',
    'decide.ambient',
    (command: Command) => (state: State) =>
      isReserve(command)
        ? accept({ type: 'Reserved', id: crypto.randomUUID(), quantity: 1 })
        : decide(command)(state),
    { also: ['decide.pure'], perhaps: restarted },
  ),
  withDecide(
    'a setting',
    'decide.ambient',
    (command: Command) => (state: State) =>
      process.env['INVENTORY_IS_FROZEN'] === '1' ? accept() : decide(command)(state),
  ),
  withDecide('work for later', 'decide.ambient', (command: Command) => (state: State) => {
    queueMicrotask(() => {})
    return decide(command)(state)
  }),
  withEvolve('a number in the language of the machine', 'evolve.ambient', (state: State, event: Event) =>
    event.type === 'Received'
      ? { ...evolve(state, event), text: state.stock.toLocaleString() }
      : evolve(state, event),
  ),
  withEvolve(
    'the day in local time',
    'evolve.ambient',
    (state: State, event: Event) =>
      event.type === 'Received'
        ? { ...evolve(state, event), day: new Date(event.quantity * 100_000_000).getDate() }
        : evolve(state, event),
    { also: ['timezone'] },
  ),
]

/** The functions of the platform taken hold of before any trap is set, as a module does when it is loaded. */
const { now } = Date
const { getDate } = Date.prototype

const remembering = (): ReadonlyArray<Broken> => {
  let asked = 0
  let last: { readonly command: string; readonly decision: unknown } = { command: '', decision: undefined }
  const names: Array<string> = []
  return [
    withDecide(
      'a counter of the module',
      'decide.pure',
      (command: Command) => (state: State) => {
        asked += 1
        return command.type === 'Receive' && asked % 7 === 0 ? accept() : decide(command)(state)
      },
      { perhaps: restarted },
    ),
    withDecide(
      'the last answer, kept',
      'decide.pure',
      (command: Command) => (state: State) => {
        const key = JSON.stringify(command)
        if (last.command !== key) last = { command: key, decision: decide(command)(state) }
        return last.decision
      },
      { perhaps: ['terminal', 'event.matters'] },
    ),
    withEvolve(
      'a list of the module',
      'evolve.pure',
      (state: State, event: Event) => {
        names.push(event.type)
        return { ...evolve(state, event), seen: names.length }
      },
      { perhaps: restarted },
    ),
    withEvolve(
      'a clock that was taken hold of',
      'evolve.pure',
      (state: State, event: Event) => ({
        ...evolve(state, event),
        at: now(),
      }),
      { perhaps: restarted },
    ),
    withDecide(
      'an id from a module of the platform',
      'decide.pure',
      (command: Command) => (state: State) =>
        isReserve(command)
          ? accept({ type: 'Reserved', id: randomUUID(), quantity: 1 })
          : decide(command)(state),
      { perhaps: restarted },
    ),
    withEvolve('a local day that was taken hold of', 'timezone', (state: State, event: Event) =>
      event.type === 'Received'
        ? { ...evolve(state, event), day: getDate.call(new Date(event.quantity * 100_000_000)) }
        : evolve(state, event),
    ),
    withDecide(
      'a method that needs its object',
      'methods.free',
      function (this: Record<string, unknown>, command: Command) {
        return this['name'] === 'inventory' ? decide(command) : () => accept()
      },
    ),
    withEvolve(
      'a state made by a method that needs its object',
      'methods.free',
      function (this: Record<string, unknown>, state: State, event: Event) {
        return this['name'] === 'inventory' ? evolve(state, event) : state
      },
    ),
  ]
}

/** All of them. */
export const purityZoo: ReadonlyArray<Broken> = [
  ...throwing,
  ...foreign,
  ...writing,
  ...worldly,
  ...remembering(),
]
