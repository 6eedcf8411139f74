/**
 * From the events of a service to those that it has promised to others: under public names, with the fields of the contract
 * and no others. What comes of it is a feed, so whoever reads it cannot tell whether the publisher is in the same process
 * or at the other end of a network.
 */
import {
  type AnyEventCodec,
  anyOf,
  type Feed,
  type FeedPage,
  type Json,
  matches,
  type RecordedEvent,
} from 'decider-ts'
import { either as E, taskEither as TE } from 'fp-ts'
import type * as t from 'io-ts'

/** Public names, with what is said under each. */
export type ContractTypes = Readonly<Record<string, t.Mixed>>

/** For each type of event that is published its public name, and what is said of it. */
export type PublicationOf<Event extends { readonly type: string }, Contract extends ContractTypes> = {
  readonly [Type in Event['type']]?: {
    readonly [Name in keyof Contract & string]: {
      readonly as: Name
      readonly data: (event: Extract<Event, { readonly type: Type }>) => t.TypeOf<Contract[Name]>
    }
  }[keyof Contract & string]
}

/** What is published of a log, and as what. */
export interface Published<Event extends { readonly type: string }, Contract extends ContractTypes> {
  readonly events: { readonly decode: EventDecoder<Event> } & AnyEventCodec
  readonly contract: Contract
  readonly publication: PublicationOf<Event, Contract>
}

type EventDecoder<Event> = (recorded: RecordedEvent) => E.Either<{ readonly reason: string }, Event>

/** A rule whose types were checked where it was written. */
interface AnyRule {
  readonly as: string
  readonly data: (event: unknown) => unknown
}

/** The feed that others read: places are those of the log, so a reader's place is one for the publisher too. */
export const publicFeed = <Event extends { readonly type: string }, Contract extends ContractTypes>(
  feed: Feed,
  { events, contract, publication }: Published<Event, Contract>,
): Feed => {
  const rules = new Map(Object.entries(publication) as ReadonlyArray<[string, AnyRule]>)
  const own = anyOf({ types: [...rules.keys()] })
  const publish = (recorded: RecordedEvent): RecordedEvent => {
    const rule = rules.get(recorded.type)
    const codec = contract[rule?.as ?? '']
    const event = events.decode(recorded)
    // Its own events are what a service can read, and its rules name what the contract has: anything else is a bug.
    if (rule === undefined || codec === undefined || E.isLeft(event))
      throw new TypeError(`Event ${recorded.position} of type '${recorded.type}' cannot be published.`)
    const data: Json = codec.encode(rule.data(event.right))
    return { ...recorded, type: rule.as, schemaVersion: 1, tags: [], data }
  }
  return {
    ...feed,
    page: (query, after, limit) =>
      TE.map(({ events: found, ...page }: FeedPage) => ({
        ...page,
        events: found.map(publish).filter(matches(query)),
      }))(feed.page(own, after, limit)),
  }
}
