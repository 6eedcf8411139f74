/** What the customers service is asked for: its directory, and how many customers each segment has. */
import { projection } from 'decider-ts'
import * as t from 'io-ts'
import { CustomerEvent } from './Domain.js'
import { Segment } from './Words.js'

/** Who our customers are, by customer. Here the e-mail address is at home. */
export const directory = projection({
  name: 'directory',
  event: CustomerEvent,
  state: t.strict({
    name: t.string,
    email: t.string,
    segment: Segment,
    mayContact: t.boolean,
    hasLeft: t.boolean,
  }),
  key: ({ customer }) => customer,
  initialState: { name: '', email: '', segment: 'private', mayContact: false, hasLeft: false },
  evolve: (entry, event) => {
    switch (event.type) {
      case 'Registered':
        return { ...entry, name: event.name, email: event.email, segment: event.segment }
      case 'Reclassified':
        return { ...entry, segment: event.to }
      case 'ContactAllowed':
        return { ...entry, mayContact: true }
      case 'ContactForbidden':
        return { ...entry, mayContact: false }
      case 'Left':
        return { ...entry, email: '', mayContact: false, hasLeft: true }
    }
  },
})

const Headcount = t.strict({ private: t.number, small: t.number, large: t.number })

/** How many customers each segment has: one entry, since a customer who moves counts in two segments at once. */
export const segments = projection({
  name: 'segments',
  event: CustomerEvent,
  state: Headcount,
  key: () => 'all',
  initialState: { private: 0, small: 0, large: 0 },
  evolve: (count, event) => {
    switch (event.type) {
      case 'Registered':
        return { ...count, [event.segment]: count[event.segment] + 1 }
      case 'Reclassified':
        return { ...count, [event.from]: count[event.from] - 1, [event.to]: count[event.to] + 1 }
      case 'Left':
        return { ...count, [event.segment]: count[event.segment] - 1 }
      default:
        return count
    }
  },
})
