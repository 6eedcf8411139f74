/**
 * The work of a service in steps small enough to die between any two of them: a page of a feed into a read model, a page
 * of a feed into a process and what it owes, one owed command to its decider. Whoever runs them says in which order, how
 * much at a time, and where the service dies; in a test that is data.
 */
import {
  anyOf,
  type Codec,
  decodeRecorded,
  type Entry,
  eventCodec,
  type Feed,
  type FeedPage,
  fromIoTs,
  type Json,
  type OwedCommand,
  type Projection,
  type Query,
  type RecordedEvent,
  taggedCodec,
} from 'decider-ts'
import { either as E } from 'fp-ts'
import type { Kept, Process, Reacting, Service } from './Service.js'
import type { Shelf } from './Shelf.js'

/** Where in a step the service dies: with its work not written yet, or with a command handled and not crossed off. */
export type Death = 'nowhere' | 'before the commit' | 'after the command'

/** What a step came to; `idle` means that there was nothing to do. */
export type Outcome = 'done' | 'idle' | 'unreachable' | 'died'

export interface Step {
  readonly name: string
  /** With at most so many events. */
  readonly run: (limit: number, death?: Death) => Promise<Outcome>
}

/** The steps of a service that keeps its things on a shelf. */
export const stepsOf = (service: Service, shelf: Shelf): ReadonlyArray<Step> => [
  ...service.projections.map((each) => projecting(each, shelf)),
  ...service.reactions.flatMap((each) => [reading(each, shelf), sending(each, shelf)]),
]

const projecting = ({ name, feed, by }: Kept, shelf: Shelf): Step => ({
  name: `keep ${name}`,
  run: (limit, death) =>
    by((projection) =>
      onPage({ name, feed, query: projection.query, shelf }, limit, death, (events) => ({
        entries: projected(projection, events, stateIn(shelf, name, projection.state)),
      })),
    ),
})

const reading = ({ name, feed, by }: Reacting, shelf: Shelf): Step => ({
  name: `read for ${name}`,
  run: (limit, death) =>
    by((process) => {
      const { types } = taggedCodec(process.event)
      const stateOf = stateIn(shelf, name, fromIoTs(process.state))
      return onPage({ name, feed, query: anyOf({ types }), shelf }, limit, death, (events) =>
        reacted(process, events, stateOf),
      )
    }),
})

const sending = ({ name, obey }: Reacting, shelf: Shelf): Step => ({
  name: `send for ${name}`,
  run: async (_limit, death) => {
    const [owed] = shelf.owedBy(name)
    if (owed === undefined) return 'idle'
    if (death === 'before the commit') return 'died'
    const { id: commandId, command, correlationId, causationId } = owed
    const context = {
      commandId,
      ...(correlationId !== undefined && { correlationId }),
      ...(causationId !== undefined && { causationId }),
    }
    const answer = await obey(command, context)()
    // A refusal is an answer too; only a store that cannot answer leaves the command owed.
    if (E.isLeft(answer) && answer.left._tag !== 'Rejected') return 'unreachable'
    if (death === 'after the command') return 'died'
    shelf.settle(name, owed.id)
    return 'done'
  },
})

interface Reader {
  readonly name: string
  readonly feed: Feed
  readonly query: Query
  readonly shelf: Shelf
}

/** What is made of a page is written with the place behind it, so it is made of each event once. */
const onPage = async (
  { name, feed, query, shelf }: Reader,
  limit: number,
  death: Death | undefined,
  made: (events: FeedPage['events']) => {
    readonly entries: ReadonlyArray<Entry>
    readonly owed?: ReadonlyArray<OwedCommand>
  },
): Promise<Outcome> => {
  const from = shelf.placeOf(name)
  const page = await feed.page(query, from, limit)()
  if (E.isLeft(page)) return 'unreachable'
  const { events, upTo } = page.right
  const commit = { ...made(events), from, to: upTo }
  if (death === 'before the commit') return 'died'
  return shelf.commit(name, commit) && upTo > from ? 'done' : 'idle'
}

/** A state that is there, or the initial one. What is kept under a name was written by its codec. */
const stateIn =
  <State>(shelf: Shelf, name: string, codec: Codec<State>) =>
  (key: string, initialState: State): State => {
    const stored = shelf.stateOf(name, key)
    return stored === undefined ? initialState : sure(codec.decode(stored))
  }

/** What two of our own modules agreed upon cannot be read: that is a bug, and nothing to go on from. */
const sure = <A>(decoded: E.Either<unknown, A>): A => {
  if (E.isRight(decoded)) return decoded.right
  throw new TypeError(`This cannot be read: ${JSON.stringify(decoded.left, bigIntText)}.`)
}

const bigIntText = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}` : value)

const projected = <State, Event>(
  projection: Projection<State, Event>,
  events: ReadonlyArray<RecordedEvent>,
  stateOf: (key: string, initialState: State) => State,
): ReadonlyArray<Entry> => {
  const states = new Map<string, { readonly state: State; readonly entry: Entry }>()
  for (const recorded of events) {
    const event = sure(decodeRecorded(projection.event)(recorded))
    for (const key of projection.keysOf(event, recorded)) {
      const before = states.get(key)?.state ?? stateOf(key, projection.initialState)
      const state = projection.evolve(before, event)
      const entry = { key, state: projection.state.encode(state) as Json, position: recorded.position }
      states.set(key, { state, entry })
    }
  }
  return [...states.values()].map(({ entry }) => entry)
}

const reacted = <Event extends { readonly type: string }, State, Command>(
  { name, event: codec, state: stateCodec, command, keyOf, manager }: Process<Event, State, Command>,
  events: ReadonlyArray<RecordedEvent>,
  stateOf: (key: string, initialState: State) => State,
): { readonly entries: ReadonlyArray<Entry>; readonly owed: ReadonlyArray<OwedCommand> } => {
  const decode = decodeRecorded(eventCodec(taggedCodec(codec)))
  const states = new Map<string, { readonly state: State; readonly entry: Entry }>()
  const owed: Array<OwedCommand> = []
  for (const recorded of events) {
    const { id, position, metadata } = recorded
    const event = sure(decode(recorded))
    const key = keyOf(event)
    const state = manager.evolve(states.get(key)?.state ?? stateOf(key, manager.initialState), event)
    states.set(key, { state, entry: { key, state: stateCodec.encode(state) as Json, position } })
    const { correlationId } = metadata
    for (const [index, called] of manager.react(state, event).entries())
      owed.push({
        id: `${name}:${id}:${index}`,
        key,
        position,
        index,
        command: command.encode(called) as Json,
        causationId: id,
        ...(correlationId !== undefined && { correlationId }),
      })
  }
  return { entries: [...states.values()].map(({ entry }) => entry), owed }
}
