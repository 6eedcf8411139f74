/**
 * What every read model of every service must be, said from the one big fold. Nothing of the services is used for it, so
 * that a mistake in a projection or in a reaction is not repeated here.
 */
import type { Mailing, Person, Whole } from './Whole.js'

/** Of each read model its entries, by key. */
export type ReadModelsByName = Readonly<Record<string, ReadonlyMap<string, unknown>>>

/** Lists in read models are sets, and maps have no order: equal read models become equal values. */
export const plain = (value: unknown): unknown => {
  if (value instanceof Map) return plain(Object.fromEntries(value))
  if (Array.isArray(value)) return value.map((each) => JSON.stringify(plain(each))).sort()
  if (typeof value !== 'object' || value === null) return value
  const sorted = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(sorted.map(([key, each]) => [key, plain(each)]))
}

export const expectedOf = (whole: Whole): ReadModelsByName => {
  const registered = new Map([...whole.people].filter(([, { isRegistered }]) => isRegistered))
  return {
    'customers.directory': mapped(registered, ({ name, email, segment, mayContact, hasLeft }) => ({
      name,
      email,
      segment,
      mayContact,
      hasLeft,
    })),
    'customers.segments': segmentsOf(registered),
    'appointments.agenda': agendaOf(registered),
    'appointments.attendance': mapped(registered, (person) => ({
      mayBook: !person.hasLeft,
      ...countsOf(person),
    })),
    'relationships.standings': mapped(registered, (person, customer) => ({
      ...standingOf(person),
      contacts: contactsOf(whole, customer),
    })),
    ...salesOf(whole),
    'campaigns.people': mapped(registered, ({ segment, mayContact }) => ({ segment, mayContact })),
    'campaigns.habits': mapped(registered, habitsOf),
    'campaigns.bonds': mapped(whole.people, bondOf),
    'campaigns.overview': mapped(whole.mailings, overviewOf),
  }
}

type People = Whole['people']

/** The entries that there are: none for a value of which nothing is told. */
const mapped = <From>(
  from: ReadonlyMap<string, From>,
  entryOf: (value: From, key: string) => unknown,
): ReadonlyMap<string, unknown> =>
  new Map(
    [...from].flatMap(([key, value]) => {
      const entry = entryOf(value, key)
      return entry === undefined ? [] : [[key, entry]]
    }),
  )

/** An appointment with somebody who has left is off. */
const appointmentsOf = ({ appointments, hasLeft }: Person) =>
  [...appointments].map(([appointment, { on, outcome }]) => ({
    appointment,
    on,
    outcome: outcome === 'open' && hasLeft ? 'cancelled' : outcome,
  }))

const countsOf = (person: Person) => {
  const all = appointmentsOf(person)
  const count = (wanted: string) => all.filter(({ outcome }) => outcome === wanted).length
  return { open: count('open'), kept: count('kept'), missed: count('missed'), cancelled: count('cancelled') }
}

const segmentsOf = (people: People): ReadonlyMap<string, unknown> => {
  if (people.size === 0) return new Map()
  const here = [...people.values()].filter(({ hasLeft }) => !hasLeft)
  const count = (wanted: string) => here.filter(({ segment }) => segment === wanted).length
  return new Map([['all', { private: count('private'), small: count('small'), large: count('large') }]])
}

const agendaOf = (people: People): ReadonlyMap<string, unknown> => {
  const all = [...people].flatMap(([customer, person]) =>
    appointmentsOf(person).map((each) => ({ customer, ...each })),
  )
  const days = [...new Set(all.map(({ on }) => on))]
  return new Map(
    days.map((day) => {
      const here = all.filter(({ on }) => on === day)
      const count = (wanted: string) => here.filter(({ outcome }) => outcome === wanted).length
      const open = here
        .filter(({ outcome }) => outcome === 'open')
        .map(({ customer, appointment }) => ({ customer, appointment }))
      return [
        day,
        { open, kept: count('kept'), missed: count('missed'), cancelled: count('cancelled') },
      ] as const
    }),
  )
}

const levelOf = (person: Person): string => {
  const { kept, missed } = countsOf(person)
  if (kept <= missed) return 'distant'
  return kept - missed < 3 ? 'warm' : 'close'
}

const standingOf = (person: Person) => {
  const { kept, missed } = countsOf(person)
  const all = appointmentsOf(person)
  const isSettled = ({ appointment, on }: { readonly appointment: string; readonly on: string }) =>
    person.seenTo.has(appointment) || all.some((each) => each.outcome === 'kept' && each.on >= on)
  return {
    status: person.hasLeft ? 'ended' : 'ongoing',
    visits: kept,
    noShows: missed,
    level: levelOf(person),
    followUps: person.hasLeft
      ? []
      : all
          .filter((each) => each.outcome === 'missed' && !isSettled(each))
          .map(({ appointment, on }) => ({ meeting: appointment, on })),
  }
}

/** Whoever is in the audience is written to once, unless the campaign is abandoned before. */
const writtenTo = ({ audience, abandonedAfter, contacted }: Mailing): ReadonlyArray<string> =>
  abandonedAfter === undefined ? audience : contacted.slice(0, abandonedAfter)

const contactsOf = ({ mailings }: Whole, customer: string): number =>
  [...mailings.values()].filter((mailing) => writtenTo(mailing).includes(customer)).length

const overviewOf = (mailing: Mailing) => {
  const { title, audience, isLaunched, abandonedAfter } = mailing
  const status = isLaunched ? 'completed' : 'planned'
  return {
    title,
    status: abandonedAfter === undefined ? status : 'abandoned',
    audience: audience.length,
    contacted: writtenTo(mailing).length,
  }
}

const salesOf = ({ opportunities: all, agents, products }: Whole): ReadModelsByName => {
  const { prospected, engaged, won, lost, value, engagedBeforeClose } = all
  const [prospecting, engaging] = [prospected - engaged, engaged - won - lost]
  const figures = { prospecting, engaging, won, lost, wonValue: value, engagedBeforeClose }
  return {
    'relationships.pipeline': new Map(prospected === 0 ? [] : [['all', figures]]),
    'relationships.agents': new Map([...agents].map(([name, sales]) => [`agent:${name}`, sales])),
    'relationships.products': new Map([...products].map(([name, sales]) => [`product:${name}`, sales])),
  }
}

const habitsOf = (person: Person): unknown => {
  if (person.appointments.size === 0) return undefined
  const { open, kept, missed } = countsOf(person)
  return { open, kept, missed }
}

const bondOf = (person: Person): unknown => {
  const { kept, missed } = countsOf(person)
  const isKnown = person.hasBought || kept + missed > 0
  return isKnown ? { level: levelOf(person), spent: person.spent } : undefined
}
