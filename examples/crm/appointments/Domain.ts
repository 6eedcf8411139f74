/**
 * The diary of one customer. Appointments are booked only for customers whom this service has admitted, and it admits
 * those of whom it has read that they are registered: it asks nobody at the moment of booking, so it works while the
 * customers service is down.
 * `Admit` and `Dismiss` are what the service tells itself about news that may come late and more than once. In whichever
 * order they come and however often, they lead to the same diary.
 */
import { accept, type Decision, domain, nothing, reject } from 'decider-ts'
import * as t from 'io-ts'
import { AppointmentId, CustomerId, Day } from './Words.js'

const about = <Type extends string, Props extends t.Props>(type: Type, props: Props) =>
  t.strict({ type: t.literal(type), customer: CustomerId, ...props })
const appointment = { appointment: AppointmentId }
const booked = { ...appointment, on: Day }

export const DiaryCommand = t.union([
  about('Admit', {}),
  about('Dismiss', {}),
  about('Book', booked),
  about('Keep', appointment),
  about('Miss', appointment),
  about('Cancel', appointment),
])
export type DiaryCommand = t.TypeOf<typeof DiaryCommand>

export const DiaryEvent = t.union([
  about('Admitted', {}),
  about('Dismissed', {}),
  about('Booked', booked),
  about('Kept', booked),
  about('Missed', booked),
  about('Cancelled', booked),
])
export type DiaryEvent = t.TypeOf<typeof DiaryEvent>

const refusal = <Type extends string>(type: Type) => t.strict({ type: t.literal(type) })

export const DiaryRejection = t.union([
  refusal('CustomerUnknown'),
  refusal('CustomerDismissed'),
  refusal('AppointmentExists'),
  refusal('AppointmentUnknown'),
  refusal('AppointmentOver'),
])
export type DiaryRejection = t.TypeOf<typeof DiaryRejection>

const Outcome = t.keyof({ open: null, kept: null, missed: null, cancelled: null })
const Appointment = t.strict({ ...booked, outcome: Outcome })
type Appointment = t.TypeOf<typeof Appointment>

export const DiaryState = t.strict({
  customer: t.keyof({ unknown: null, admitted: null, dismissed: null }),
  appointments: t.array(Appointment),
})
export type DiaryState = t.TypeOf<typeof DiaryState>

type Answer = Decision<DiaryEvent, DiaryRejection>

const ended = (
  state: DiaryState,
  { appointment }: { readonly appointment: AppointmentId },
  outcome: Appointment['outcome'],
): DiaryState => ({
  ...state,
  appointments: state.appointments.map((each) =>
    each.appointment === appointment && each.outcome === 'open' ? { ...each, outcome } : each,
  ),
})

const evolve = (state: DiaryState, event: DiaryEvent): DiaryState => {
  switch (event.type) {
    case 'Admitted':
      return state.customer === 'unknown' ? { ...state, customer: 'admitted' } : state
    case 'Dismissed':
      return { ...state, customer: 'dismissed' }
    case 'Booked': {
      const { appointment, on } = event
      if (find(state, appointment) !== undefined) return state
      return { ...state, appointments: [...state.appointments, { appointment, on, outcome: 'open' }] }
    }
    case 'Kept':
      return ended(state, event, 'kept')
    case 'Missed':
      return ended(state, event, 'missed')
    case 'Cancelled':
      return ended(state, event, 'cancelled')
  }
}

const find = ({ appointments }: DiaryState, id: AppointmentId): Appointment | undefined =>
  appointments.find(({ appointment }) => appointment === id)

/** Whoever leaves, or was never here, keeps no appointment. */
const dismiss = (customer: CustomerId, { appointments }: DiaryState): ReadonlyArray<DiaryEvent> => [
  ...appointments
    .filter(({ outcome }) => outcome === 'open')
    .map(({ appointment, on }): DiaryEvent => ({ type: 'Cancelled', customer, appointment, on })),
  { type: 'Dismissed', customer },
]

const endings = { Keep: 'Kept', Miss: 'Missed', Cancel: 'Cancelled' } as const

const decide =
  (command: DiaryCommand) =>
  (state: DiaryState): Answer => {
    const { customer } = command
    switch (command.type) {
      case 'Admit':
        return state.customer === 'unknown' ? accept({ type: 'Admitted', customer }) : nothing
      case 'Dismiss':
        return state.customer === 'dismissed' ? nothing : accept(...dismiss(customer, state))
      case 'Book': {
        if (state.customer === 'unknown') return reject({ type: 'CustomerUnknown' })
        if (state.customer === 'dismissed') return reject({ type: 'CustomerDismissed' })
        if (find(state, command.appointment) !== undefined) return reject({ type: 'AppointmentExists' })
        return accept({ ...command, type: 'Booked' })
      }
      default: {
        const found = find(state, command.appointment)
        if (found === undefined) return reject({ type: 'AppointmentUnknown' })
        if (found.outcome !== 'open') return reject({ type: 'AppointmentOver' })
        return accept({ ...command, type: endings[command.type], on: found.on })
      }
    }
  }

export const Diary = domain({
  name: 'diary',
  command: DiaryCommand,
  event: DiaryEvent,
  rejection: DiaryRejection,
  state: DiaryState,
  streamId: ({ customer }) => customer,
  initialState: { customer: 'unknown', appointments: [] },
  evolve,
  decide,
})
