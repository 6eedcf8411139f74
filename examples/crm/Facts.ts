/** The four logs of a system, read as what they say; and its read models, as far as they are. */
import { beginning, decodeHistory, everything, type FollowedStore, type RecordedEvent } from 'decider-ts'
import { either as E } from 'fp-ts'
import { Diary } from './appointments/Domain.js'
import { Campaign } from './campaigns/Domain.js'
import { Customer } from './customers/Domain.js'
import type { ReadModelsByName } from './Expected.js'
import { Relationships } from './relationships/Domain.js'
import { type Name, names, type System } from './System.js'
import type { Fact } from './Whole.js'

const decodeLog = {
  customers: decodeHistory(Customer.event),
  appointments: decodeHistory(Diary.event),
  relationships: decodeHistory(Relationships.event),
  campaigns: decodeHistory(Campaign.event),
} satisfies Readonly<
  Record<Name, (log: ReadonlyArray<RecordedEvent>) => E.Either<unknown, ReadonlyArray<Fact>>>
>

/** What one service has recorded, in the order of its log. */
export const factsOf = (name: Name, log: ReadonlyArray<RecordedEvent>): ReadonlyArray<Fact> => {
  const facts: E.Either<unknown, ReadonlyArray<Fact>> = decodeLog[name](log)
  if (E.isLeft(facts)) throw new TypeError(`The log of ${name} cannot be read.`)
  return facts.right
}

export type Logs = Readonly<Record<Name, ReadonlyArray<RecordedEvent>>>

/** The log of each service, from its first event. */
export const logsOf = async (services: Readonly<Record<Name, { readonly store: Log }>>): Promise<Logs> => {
  const [customers, appointments, relationships, campaigns] = await Promise.all([
    logOf(services.customers.store),
    logOf(services.appointments.store),
    logOf(services.relationships.store),
    logOf(services.campaigns.store),
  ])
  return { customers, appointments, relationships, campaigns }
}

type Log = Pick<FollowedStore, 'feed'>

const logOf = async ({ feed }: Log): Promise<ReadonlyArray<RecordedEvent>> => {
  const events: Array<RecordedEvent> = []
  for (let after = beginning; ; ) {
    const page = await feed.page(everything, after, 1_000)()
    if (E.isLeft(page)) throw new Error(`A log cannot be read: ${page.left._tag}.`)
    events.push(...page.right.events)
    after = page.right.upTo
    if (page.right.beyond === 'nothing') return events
  }
}

/** Every read model of every service, under the name that the service and the read model make together. */
export const readModelsOf = (system: System): ReadModelsByName =>
  Object.fromEntries(
    names.flatMap((name) => {
      const { running, shelf } = system[name]
      const projections = running()?.service.projections ?? []
      return projections.map((each) => [`${name}.${each.name}`, shelf.entriesOf(each.name)] as const)
    }),
  )
