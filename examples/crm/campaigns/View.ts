/**
 * What the campaigns service understands of its neighbours, in its own words. It reads more names than anybody else, and
 * of each only what a selection can ask for.
 */
import * as t from 'io-ts'
import { CustomerId } from './Words.js'

const news = <Name extends string, Props extends t.Props>(name: Name, props: Props) =>
  t.type({ type: t.literal(name), customer: CustomerId, ...props })

export const CustomerNews = t.union([
  news('crm.customers.customer-registered.v1', { segment: t.string }),
  news('crm.customers.customer-reclassified.v1', { segment: t.string }),
  news('crm.customers.contact-allowed.v1', {}),
  news('crm.customers.contact-forbidden.v1', {}),
  news('crm.customers.customer-left.v1', {}),
])

export const MeetingNews = t.union([
  news('crm.appointments.appointment-booked.v1', {}),
  news('crm.appointments.appointment-kept.v1', {}),
  news('crm.appointments.appointment-missed.v1', {}),
  news('crm.appointments.appointment-cancelled.v1', {}),
])

export const StandingNews = t.union([
  news('crm.relationships.relationship-grew.v1', { level: t.string }),
  news('crm.relationships.relationship-cooled.v1', { level: t.string }),
  news('crm.relationships.opportunity-won.v1', { value: t.number }),
])
