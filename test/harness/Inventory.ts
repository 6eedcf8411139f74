/**
 * The stock of one article: received, reserved, released, confirmed, until the article is closed. Small enough to read,
 * rich enough to be wrong in forty ways: every zoo of broken domains starts from this one.
 */
import { accept, type Decision, domain, reject } from 'decider-ts/decide'
import type { Expectations } from 'decider-ts/harness'
import * as t from 'io-ts'

interface QuantityBrand {
  readonly Quantity: unique symbol
}
export const Quantity = t.brand(
  t.Int,
  (n): n is t.Branded<t.Int, QuantityBrand> => n > 0 && n <= 1000,
  'Quantity',
)

interface ReservationIdBrand {
  readonly ReservationId: unique symbol
}
export const ReservationId = t.brand(
  t.string,
  (text): text is t.Branded<string, ReservationIdBrand> => text.length > 0 && text.length <= 36,
  'ReservationId',
)

const tagged = <Type extends string, Props extends t.Props>(type: Type, props: Props) =>
  t.strict({ type: t.literal(type), ...props })

export const Command = t.union([
  tagged('Open', {}),
  tagged('Receive', { quantity: Quantity }),
  tagged('Reserve', { id: ReservationId, quantity: Quantity }),
  tagged('Release', { id: ReservationId }),
  tagged('Confirm', { id: ReservationId }),
  tagged('Close', {}),
])
export type Command = t.TypeOf<typeof Command>

export const Event = t.union([
  tagged('Opened', {}),
  tagged('Received', { quantity: Quantity }),
  tagged('Reserved', { id: ReservationId, quantity: Quantity }),
  tagged('Released', { id: ReservationId, quantity: Quantity }),
  tagged('Confirmed', { id: ReservationId, quantity: Quantity }),
  tagged('Closed', {}),
])
export type Event = t.TypeOf<typeof Event>

export const Rejection = t.union([
  tagged('NotOpen', {}),
  tagged('AlreadyOpen', {}),
  tagged('OutOfStock', {}),
  tagged('UnknownReservation', {}),
  tagged('DuplicateReservation', {}),
  tagged('StillReserved', {}),
])
export type Rejection = t.TypeOf<typeof Rejection>

const Reservation = t.strict({ quantity: Quantity, confirmed: t.boolean })

export const State = t.strict({
  status: t.keyof({ new: null, open: null, closed: null }),
  stock: t.number,
  received: t.number,
  shipped: t.number,
  reservations: t.record(t.string, Reservation),
})
export type State = t.TypeOf<typeof State>

export const initialState: State = { status: 'new', stock: 0, received: 0, shipped: 0, reservations: {} }

/** Only the state's own: `__proto__` and `toString` are found in every object. */
export const reservationOf = (state: State, id: string) =>
  Object.hasOwn(state.reservations, id) ? state.reservations[id] : undefined

/** From entries: assigning to the key `__proto__` would lose the reservation. */
export const withReservation = (state: State, id: string, reservation: t.TypeOf<typeof Reservation>) =>
  Object.fromEntries([...Object.entries(state.reservations).filter(([key]) => key !== id), [id, reservation]])

export const evolve = (state: State, event: Event): State => {
  switch (event.type) {
    case 'Opened':
      return { ...state, status: 'open' }
    case 'Received':
      return { ...state, stock: state.stock + event.quantity, received: state.received + event.quantity }
    case 'Reserved':
      return {
        ...state,
        stock: state.stock - event.quantity,
        reservations: withReservation(state, event.id, { quantity: event.quantity, confirmed: false }),
      }
    case 'Released': {
      const others = Object.entries(state.reservations).filter(([key]) => key !== event.id)
      return { ...state, stock: state.stock + event.quantity, reservations: Object.fromEntries(others) }
    }
    case 'Confirmed':
      return {
        ...state,
        shipped: state.shipped + event.quantity,
        reservations: withReservation(state, event.id, { quantity: event.quantity, confirmed: true }),
      }
    case 'Closed':
      return { ...state, status: 'closed' }
  }
}

export const decide =
  (command: Command) =>
  (state: State): Decision<Event, Rejection> => {
    if (command.type === 'Open')
      return state.status === 'new' ? accept({ type: 'Opened' }) : reject({ type: 'AlreadyOpen' })
    if (state.status !== 'open') return reject({ type: 'NotOpen' })
    switch (command.type) {
      case 'Receive':
        return accept({ type: 'Received', quantity: command.quantity })
      case 'Reserve':
        if (reservationOf(state, command.id)) return reject({ type: 'DuplicateReservation' })
        return command.quantity > state.stock
          ? reject({ type: 'OutOfStock' })
          : accept({ type: 'Reserved', id: command.id, quantity: command.quantity })
      case 'Release': {
        const reservation = reservationOf(state, command.id)
        return reservation === undefined || reservation.confirmed
          ? reject({ type: 'UnknownReservation' })
          : accept({ type: 'Released', id: command.id, quantity: reservation.quantity })
      }
      case 'Confirm': {
        const reservation = reservationOf(state, command.id)
        return reservation === undefined || reservation.confirmed
          ? reject({ type: 'UnknownReservation' })
          : accept({ type: 'Confirmed', id: command.id, quantity: reservation.quantity })
      }
      case 'Close':
        return Object.values(state.reservations).some(({ confirmed }) => !confirmed)
          ? reject({ type: 'StillReserved' })
          : accept({ type: 'Closed' })
    }
  }

/** Everything that the domain is made of, for those who change a part of it. */
export const parts = {
  name: 'inventory',
  command: Command,
  event: Event,
  rejection: Rejection,
  state: State,
  streamId: () => 'article',
  initialState,
  evolve,
  decide,
  isTerminal: ({ status }: State) => status === 'closed',
}

export const Inventory = domain(parts)

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, n) => total + n, 0)

/** What came in is in stock, reserved, or shipped. */
export const isConserved = ({ stock, received, shipped, reservations }: State): boolean =>
  received ===
  stock +
    shipped +
    sum(
      Object.values(reservations)
        .filter(({ confirmed }) => !confirmed)
        .map(({ quantity }) => quantity),
    )

export const expectations: Expectations<Command, State, Event, Rejection> = {
  invariants: { 'stock is conserved': isConserved, 'stock is not negative': ({ stock }) => stock >= 0 },
}
