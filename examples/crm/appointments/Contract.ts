/** What the appointments service promises to say of itself. Whom it has admitted is nobody else's affair. */
import * as t from 'io-ts'
import type { PublicationOf } from '../Publication.js'
import type { DiaryEvent } from './Domain.js'

const appointment = t.strict({ appointment: t.string, customer: t.string, on: t.string })

export const contract = {
  'crm.appointments.appointment-booked.v1': appointment,
  'crm.appointments.appointment-kept.v1': appointment,
  'crm.appointments.appointment-missed.v1': appointment,
  'crm.appointments.appointment-cancelled.v1': appointment,
}

type Ended = Extract<DiaryEvent, { readonly type: 'Booked' | 'Kept' | 'Missed' | 'Cancelled' }>
const data = ({ appointment, customer, on }: Ended) => ({ appointment, customer, on })

export const publication: PublicationOf<DiaryEvent, typeof contract> = {
  Booked: { as: 'crm.appointments.appointment-booked.v1', data },
  Kept: { as: 'crm.appointments.appointment-kept.v1', data },
  Missed: { as: 'crm.appointments.appointment-missed.v1', data },
  Cancelled: { as: 'crm.appointments.appointment-cancelled.v1', data },
}
