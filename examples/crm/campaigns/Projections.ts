/**
 * What the campaigns service knows of customers. Each neighbour has a read model of its own here, with a place of its own
 * in that neighbour's log: no two logs have a common order, so no fold must depend on one. A selection puts the three
 * together when it is made.
 */
import { projection } from 'decider-ts'
import * as t from 'io-ts'
import { CampaignEvent } from './Domain.js'
import { CustomerNews, MeetingNews, StandingNews } from './View.js'

export const Person = t.strict({ segment: t.string, mayContact: t.boolean })
export type Person = t.TypeOf<typeof Person>

/** Who could be written to, by customer: of the customers service. */
export const people = projection({
  name: 'people',
  event: CustomerNews,
  state: Person,
  key: ({ customer }) => customer,
  initialState: { segment: '', mayContact: false },
  evolve: (person, event) => {
    switch (event.type) {
      case 'crm.customers.customer-registered.v1':
      case 'crm.customers.customer-reclassified.v1':
        return { ...person, segment: event.segment }
      case 'crm.customers.contact-allowed.v1':
        return { ...person, mayContact: true }
      case 'crm.customers.contact-forbidden.v1':
      case 'crm.customers.customer-left.v1':
        return { ...person, mayContact: false }
    }
  },
})

export const Habits = t.strict({ open: t.number, kept: t.number, missed: t.number })
export type Habits = t.TypeOf<typeof Habits>

/** How customers keep to their appointments, by customer: of the appointments service. */
export const habits = projection({
  name: 'habits',
  event: MeetingNews,
  state: Habits,
  key: ({ customer }) => customer,
  initialState: { open: 0, kept: 0, missed: 0 },
  evolve: (entry, { type }) => {
    switch (type) {
      case 'crm.appointments.appointment-booked.v1':
        return { ...entry, open: entry.open + 1 }
      case 'crm.appointments.appointment-kept.v1':
        return { ...entry, open: entry.open - 1, kept: entry.kept + 1 }
      case 'crm.appointments.appointment-missed.v1':
        return { ...entry, open: entry.open - 1, missed: entry.missed + 1 }
      case 'crm.appointments.appointment-cancelled.v1':
        return { ...entry, open: entry.open - 1 }
    }
  },
})

export const Bond = t.strict({ level: t.string, spent: t.number })
export type Bond = t.TypeOf<typeof Bond>

/** How close customers are and what they have bought, by customer: of the relationships service. */
export const bonds = projection({
  name: 'bonds',
  event: StandingNews,
  state: Bond,
  key: ({ customer }) => customer,
  initialState: { level: 'distant', spent: 0 },
  evolve: (bond, event) =>
    event.type === 'crm.relationships.opportunity-won.v1'
      ? { ...bond, spent: bond.spent + event.value }
      : { ...bond, level: event.level },
})

const Overview = t.strict({
  title: t.string,
  status: t.keyof({ planned: null, running: null, completed: null, abandoned: null }),
  audience: t.number,
  contacted: t.number,
})
type Overview = t.TypeOf<typeof Overview>

/** How each campaign is doing, by campaign. */
export const overview = projection({
  name: 'overview',
  event: CampaignEvent,
  state: Overview,
  key: ({ campaign }) => campaign,
  initialState: { title: '', status: 'planned', audience: 0, contacted: 0 },
  evolve: (entry, event): Overview => {
    switch (event.type) {
      case 'Planned':
        return { ...entry, title: event.title }
      case 'Launched':
        return { ...entry, status: 'running', audience: event.audience.length }
      case 'CustomerContacted':
        return { ...entry, contacted: entry.contacted + 1 }
      case 'Completed':
        return { ...entry, status: 'completed' }
      case 'Abandoned':
        return { ...entry, status: 'abandoned' }
    }
  },
})
