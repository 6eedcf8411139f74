/**
 * One big fold: what the whole system must come to, from what people did in any of the four services. It knows no contract,
 * no read model and no reaction, and looks at no event that only a reaction can have led to; what those events should be
 * it says from the others. So it agrees with the services only if every reaction has happened, and none has twice.
 * It may be given the events of the four logs in any order that keeps the order of each log.
 */
import { view } from 'decider-ts'
import type { DiaryEvent } from './appointments/Domain.js'
import type { CampaignEvent } from './campaigns/Domain.js'
import type { CustomerEvent } from './customers/Domain.js'
import type { OpportunityEvent } from './relationships/Opportunity.js'
import type { RelationshipEvent } from './relationships/Relationship.js'

export type Fact = CustomerEvent | DiaryEvent | RelationshipEvent | OpportunityEvent | CampaignEvent

interface Appointment {
  readonly on: string
  readonly outcome: 'open' | 'kept' | 'missed' | 'cancelled'
}

export interface Person {
  /** Somebody may have bought before the customers service has heard of them. */
  readonly isRegistered: boolean
  readonly name: string
  readonly email: string
  readonly segment: string
  readonly mayContact: boolean
  readonly hasLeft: boolean
  readonly appointments: ReadonlyMap<string, Appointment>
  /** Missed appointments that somebody has seen to. */
  readonly seenTo: ReadonlySet<string>
  readonly spent: number
  readonly hasBought: boolean
}

export interface Mailing {
  readonly title: string
  readonly audience: ReadonlyArray<string>
  readonly isLaunched: boolean
  /** Nothing unless it was abandoned: how many were written to until then. */
  readonly abandonedAfter: number | undefined
  readonly contacted: ReadonlyArray<string>
}

export interface Sales {
  readonly won: number
  readonly lost: number
  readonly value: number
}

export interface Whole {
  readonly people: ReadonlyMap<string, Person>
  readonly mailings: ReadonlyMap<string, Mailing>
  readonly opportunities: {
    readonly prospected: number
    readonly engaged: number
    readonly engagedBeforeClose: number
  } & Sales
  readonly agents: ReadonlyMap<string, Sales>
  readonly products: ReadonlyMap<string, Sales>
}

const nobody: Person = {
  isRegistered: false,
  name: '',
  email: '',
  segment: '',
  mayContact: false,
  hasLeft: false,
  appointments: new Map(),
  seenTo: new Set(),
  spent: 0,
  hasBought: false,
}

const noSales: Sales = { won: 0, lost: 0, value: 0 }

const noMailing: Mailing = {
  title: '',
  audience: [],
  isLaunched: false,
  abandonedAfter: undefined,
  contacted: [],
}

const changed = <Value>(
  map: ReadonlyMap<string, Value>,
  key: string,
  initial: Value,
  change: (value: Value) => Value,
): ReadonlyMap<string, Value> => new Map(map).set(key, change(map.get(key) ?? initial))

const withPerson = (whole: Whole, customer: string, change: (person: Person) => Partial<Person>): Whole => ({
  ...whole,
  people: changed(whole.people, customer, nobody, (person) => ({ ...person, ...change(person) })),
})

const withMailing = (
  whole: Whole,
  campaign: string,
  change: (mailing: Mailing) => Partial<Mailing>,
): Whole => ({
  ...whole,
  mailings: changed(whole.mailings, campaign, noMailing, (mailing) => ({ ...mailing, ...change(mailing) })),
})

const outcomes = { Booked: 'open', Kept: 'kept', Missed: 'missed', Cancelled: 'cancelled' } as const

const closed = (whole: Whole, event: Extract<OpportunityEvent, { type: 'Won' | 'Lost' }>): Whole => {
  const value = event.type === 'Won' ? event.value : 0
  const sold = (sales: Sales): Sales => ({
    won: sales.won + (event.type === 'Won' ? 1 : 0),
    lost: sales.lost + (event.type === 'Lost' ? 1 : 0),
    value: sales.value + value,
  })
  const { opportunities: before, agents, products } = whole
  const early = event.engagedOn < event.on ? 1 : 0
  const next: Whole = {
    ...whole,
    opportunities: { ...before, ...sold(before), engagedBeforeClose: before.engagedBeforeClose + early },
    agents: changed(agents, event.agent, noSales, sold),
    products: changed(products, event.product, noSales, sold),
  }
  return event.type === 'Lost'
    ? next
    : withPerson(next, event.customer, ({ spent }) => ({ spent: spent + value, hasBought: true }))
}

/** The one big fold. */
export const everything = view.make<Whole, Fact>({
  initialState: {
    people: new Map(),
    mailings: new Map(),
    opportunities: { prospected: 0, engaged: 0, engagedBeforeClose: 0, ...noSales },
    agents: new Map(),
    products: new Map(),
  },
  evolve: (whole, fact) => {
    switch (fact.type) {
      case 'Registered':
        return withPerson(whole, fact.customer, () => ({
          isRegistered: true,
          name: fact.name,
          email: fact.email,
          segment: fact.segment,
        }))
      case 'Reclassified':
        return withPerson(whole, fact.customer, () => ({ segment: fact.to }))
      case 'ContactAllowed':
        return withPerson(whole, fact.customer, () => ({ mayContact: true }))
      case 'ContactForbidden':
        return withPerson(whole, fact.customer, () => ({ mayContact: false }))
      case 'Left':
        return withPerson(whole, fact.customer, () => ({ hasLeft: true, mayContact: false, email: '' }))
      case 'Booked':
      case 'Kept':
      case 'Missed':
      case 'Cancelled': {
        const { on, appointment } = fact
        const changedTo = { on, outcome: outcomes[fact.type] }
        return withPerson(whole, fact.customer, ({ appointments }) => ({
          appointments: new Map(appointments).set(appointment, changedTo),
        }))
      }
      case 'FollowUpSeenTo':
        return withPerson(whole, fact.customer, ({ seenTo }) => ({
          seenTo: new Set(seenTo).add(fact.meeting),
        }))
      case 'Prospected': {
        const { opportunities } = whole
        return { ...whole, opportunities: { ...opportunities, prospected: opportunities.prospected + 1 } }
      }
      case 'Engaged': {
        const { opportunities } = whole
        return { ...whole, opportunities: { ...opportunities, engaged: opportunities.engaged + 1 } }
      }
      case 'Won':
      case 'Lost':
        return closed(whole, fact)
      case 'Planned':
        return withMailing(whole, fact.campaign, () => ({ title: fact.title }))
      case 'Launched':
        return withMailing(whole, fact.campaign, () => ({ audience: fact.audience, isLaunched: true }))
      case 'CustomerContacted':
        return withMailing(whole, fact.campaign, ({ contacted }) => ({
          contacted: [...contacted, fact.customer],
        }))
      case 'Abandoned':
        return withMailing(whole, fact.campaign, ({ contacted }) => ({ abandonedAfter: contacted.length }))
      default:
        // What is left is what reactions have led to.
        return whole
    }
  },
})
