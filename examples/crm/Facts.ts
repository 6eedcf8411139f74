/** The four logs of a system, read as what they say; and its read models, as far as they are. */
import { decodeHistory, everything, globalPosition, type RecordedEvent } from 'decider-ts'
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

const whole = 1_000_000

/** The log of each service. */
export const logsOf = async (
  system: System,
): Promise<Readonly<Record<Name, ReadonlyArray<RecordedEvent>>>> => {
  const logOf = async (name: Name) => {
    const page = await system[name].store.feed.page(everything, globalPosition(0), whole)()
    if (E.isLeft(page)) throw new Error(`The log of ${name} cannot be read: ${page.left._tag}.`)
    return page.right.events
  }
  return {
    customers: await logOf('customers'),
    appointments: await logOf('appointments'),
    relationships: await logOf('relationships'),
    campaigns: await logOf('campaigns'),
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
