/**
 * What the relationships service is asked for: how we stand with a customer, how the pipeline is doing, and what each
 * agent and each product has brought in.
 */
import { projection } from 'decider-ts'
import * as t from 'io-ts'
import { OpportunityEvent } from './Opportunity.js'
import { RelationshipEvent } from './Relationship.js'
import { Level } from './Words.js'

const Standing = t.strict({
  status: t.keyof({ unknown: null, ongoing: null, ended: null }),
  visits: t.number,
  noShows: t.number,
  level: Level,
  contacts: t.number,
  followUps: t.array(t.strict({ meeting: t.string, on: t.string })),
})
type Standing = t.TypeOf<typeof Standing>

/** How we stand with a customer, by customer. News of a customer who has left still count, and begin nothing anew. */
export const standings = projection({
  name: 'standings',
  event: RelationshipEvent,
  state: Standing,
  key: ({ customer }) => customer,
  initialState: { status: 'unknown', visits: 0, noShows: 0, level: 'distant', contacts: 0, followUps: [] },
  evolve: (entry, event): Standing => {
    switch (event.type) {
      case 'Begun':
        return { ...entry, status: 'ongoing' }
      case 'VisitRecorded': {
        const followUps = entry.followUps.filter(({ on }) => on > event.on)
        return { ...entry, visits: entry.visits + 1, level: event.level, followUps }
      }
      case 'NoShowRecorded':
        return { ...entry, noShows: entry.noShows + 1, level: event.level }
      case 'FollowUpPlanned':
        return { ...entry, followUps: [...entry.followUps, { meeting: event.meeting, on: event.on }] }
      case 'FollowUpSeenTo':
        return { ...entry, followUps: entry.followUps.filter(({ meeting }) => meeting !== event.meeting) }
      case 'ContactRecorded':
        return { ...entry, contacts: entry.contacts + 1 }
      case 'Ended':
        return { ...entry, status: 'ended', followUps: [] }
    }
  },
})

/** How many opportunities each stage has now, and what came of those that are closed: one entry for all. */
export const pipeline = projection({
  name: 'pipeline',
  event: OpportunityEvent,
  state: t.strict({
    prospecting: t.number,
    engaging: t.number,
    won: t.number,
    lost: t.number,
    wonValue: t.number,
    engagedBeforeClose: t.number,
  }),
  key: () => 'all',
  initialState: { prospecting: 0, engaging: 0, won: 0, lost: 0, wonValue: 0, engagedBeforeClose: 0 },
  evolve: (all, event) => {
    switch (event.type) {
      case 'Prospected':
        return { ...all, prospecting: all.prospecting + 1 }
      case 'Attributed':
        return all
      case 'Engaged':
        return { ...all, prospecting: all.prospecting - 1, engaging: all.engaging + 1 }
      case 'Won':
      case 'Lost': {
        const engagedBeforeClose = all.engagedBeforeClose + (event.engagedOn < event.on ? 1 : 0)
        const closed = { ...all, engaging: all.engaging - 1, engagedBeforeClose }
        return event.type === 'Won'
          ? { ...closed, won: all.won + 1, wonValue: all.wonValue + event.value }
          : { ...closed, lost: all.lost + 1 }
      }
    }
  },
})

const Sales = t.strict({ won: t.number, lost: t.number, value: t.number })
type Sales = t.TypeOf<typeof Sales>

const noSales: Sales = { won: 0, lost: 0, value: 0 }

const sold = (sales: Sales, event: OpportunityEvent): Sales => {
  if (event.type === 'Won') return { ...sales, won: sales.won + 1, value: sales.value + event.value }
  return event.type === 'Lost' ? { ...sales, lost: sales.lost + 1 } : sales
}

const closedBy = (part: 'agent' | 'product') => (event: OpportunityEvent) =>
  event.type === 'Won' || event.type === 'Lost' ? `${part}:${event[part]}` : undefined

/** What each agent has closed. */
export const agents = projection({
  name: 'agents',
  event: OpportunityEvent,
  state: Sales,
  key: closedBy('agent'),
  initialState: noSales,
  evolve: sold,
})

/** What of each product was sold. */
export const products = projection({
  name: 'products',
  event: OpportunityEvent,
  state: Sales,
  key: closedBy('product'),
  initialState: noSales,
  evolve: sold,
})
