/** What the appointments service is asked for: what is on a day, and how a customer has kept to appointments so far. */
import { projection } from 'decider-ts'
import * as t from 'io-ts'
import { DiaryEvent } from './Domain.js'

/** The appointments of a day, by day. */
export const agenda = projection({
  name: 'agenda',
  event: DiaryEvent,
  state: t.strict({
    open: t.array(t.strict({ customer: t.string, appointment: t.string })),
    kept: t.number,
    missed: t.number,
    cancelled: t.number,
  }),
  key: (event) => ('on' in event ? event.on : undefined),
  initialState: { open: [], kept: 0, missed: 0, cancelled: 0 },
  evolve: (day, event) => {
    if (event.type === 'Admitted' || event.type === 'Dismissed') return day
    const { customer, appointment } = event
    if (event.type === 'Booked') return { ...day, open: [...day.open, { customer, appointment }] }
    const open = day.open.filter((each) => each.customer !== customer || each.appointment !== appointment)
    switch (event.type) {
      case 'Kept':
        return { ...day, open, kept: day.kept + 1 }
      case 'Missed':
        return { ...day, open, missed: day.missed + 1 }
      case 'Cancelled':
        return { ...day, open, cancelled: day.cancelled + 1 }
    }
  },
})

/** Who may book, and what became of each customer's appointments, by customer. */
export const attendance = projection({
  name: 'attendance',
  event: DiaryEvent,
  state: t.strict({
    mayBook: t.boolean,
    open: t.number,
    kept: t.number,
    missed: t.number,
    cancelled: t.number,
  }),
  key: ({ customer }) => customer,
  initialState: { mayBook: false, open: 0, kept: 0, missed: 0, cancelled: 0 },
  evolve: (entry, { type }) => {
    switch (type) {
      case 'Admitted':
        return { ...entry, mayBook: true }
      case 'Dismissed':
        return { ...entry, mayBook: false }
      case 'Booked':
        return { ...entry, open: entry.open + 1 }
      case 'Kept':
        return { ...entry, open: entry.open - 1, kept: entry.kept + 1 }
      case 'Missed':
        return { ...entry, open: entry.open - 1, missed: entry.missed + 1 }
      case 'Cancelled':
        return { ...entry, open: entry.open - 1, cancelled: entry.cancelled + 1 }
    }
  },
})
