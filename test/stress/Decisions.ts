/**
 * What writers do: a mix of every kind of append over names that are hot for a while and then abandoned, so that writers
 * meet and lists stay short.
 * Used by: `Client`.
 */
import { either as E } from 'fp-ts'
import {
  type Append,
  anyOf,
  anyVersion,
  type ConsistencyToken,
  consistencyToken,
  type EventStore,
  type EventToAppend,
  eventId,
  eventToAppend,
  everything,
  exactly,
  globalPosition,
  noStream,
  type Query,
  type StreamId,
  streamIdFrom,
  type Tag,
} from '../../src/store/index.js'
import type { Chance } from './Chance.js'
import { type Decision, type Item, now, type SentEvent, shortId } from './History.js'

/** How hot the names are: the fewer, the more often writers meet. */
export interface Heat {
  readonly streams: number
  readonly tags: number
  /** How long a hot name lives. */
  readonly microseconds: number
  /** How often an append is poisoned. */
  readonly poison: number
}

/** A type of event that a constraint in the schema of the run refuses. */
export const poisonedType = 'Poisoned'

/** A decision, and the append that carries it out. */
export interface Planned {
  readonly decision: Decision
  readonly append: Append
}

/** Gives ids that no other client and no other incarnation gives. */
export type NextId = () => string

export const idsOf = (client: number, incarnation: number): NextId => {
  let count = 0
  const prefix = `${client.toString(16).padStart(2, '0')}${incarnation.toString(16).padStart(2, '0')}`
  return () => {
    count += 1
    return `00000000-0000-7000-8000-${prefix}${count.toString(16).padStart(8, '0')}`
  }
}

const types = ['A', 'B', 'C'] as const

export interface World {
  readonly store: EventStore
  readonly chance: Chance
  readonly heat: Heat
  readonly nextId: NextId
}

const epoch = ({ heat }: World): string => (Math.floor(now() / heat.microseconds) % 1_000_000).toString(36)
export const hotStream = (world: World): StreamId =>
  streamIdFrom(`hot-${epoch(world)}-${world.chance.below(world.heat.streams)}`)
export const hotTag = (world: World): string => `t${epoch(world)}-${world.chance.below(world.heat.tags)}`

const eventFor = (world: World, stream: string, tags = anyTags(world), type?: string): EventToAppend => {
  const id = world.nextId()
  return eventToAppend({
    id: eventId(id),
    stream: streamIdFrom(stream),
    type: type ?? world.chance.pick(types),
    tags: tags as ReadonlyArray<string> as ReadonlyArray<Tag>,
    // What a replacement can say again, who knows the id alone.
    data: { of: shortId(id) },
  })
}

const anyTags = (world: World): ReadonlyArray<string> => {
  const count = world.chance.pick([0, 0, 1, 1, 2] as const)
  return [...new Set(Array.from({ length: count }, () => hotTag(world)))]
}

const coldStream = (world: World): string => `cold-${shortId(world.nextId())}`

/** Where an event goes that is not bound to a stream. */
const anyStream = (world: World): string =>
  world.chance.isLikely(0.5) ? coldStream(world) : hotStream(world)

const sent = ({ id, stream, type, tags }: EventToAppend): SentEvent => ({
  id: shortId(id),
  stream,
  type,
  tags,
})

const planned = (
  append: Append,
  known: Partial<Pick<Decision, 'condition' | 'reads' | 'isPoisoned'>> = {},
): Planned => ({
  append,
  decision: {
    id: shortId(append.events[0]?.id ?? ''),
    events: append.events.map(sent),
    expected: append.expected.flatMap(({ stream, version }) =>
      version._tag === 'Exactly'
        ? [{ stream, version: Number(version.version) }]
        : version._tag === 'NoStream'
          ? [{ stream, version: 0 }]
          : [],
    ),
    reads: [],
    ...known,
  },
})

const unconditional = (world: World): Planned => {
  const stream = world.chance.isLikely(0.7) ? hotStream(world) : coldStream(world)
  const count = world.chance.pick([1, 1, 1, 3] as const)
  const tags = world.chance.isLikely(0.5) ? [] : anyTags(world)
  const events = Array.from({ length: count }, () => eventFor(world, stream, tags))
  return planned({
    events,
    expected: world.chance.isLikely(0.5) ? [] : [{ stream: streamIdFrom(stream), version: anyVersion }],
  })
}

/** Some go by the short way for one stream without tags, others by the general one. */
const opening = (world: World): Planned => {
  const stream = streamIdFrom(coldStream(world))
  const events = Array.from({ length: world.chance.pick([1, 2] as const) }, () => eventFor(world, stream))
  return planned({ events, expected: [{ stream, version: noStream }] })
}

/** Reads one stream or two, and writes to some of them. */
const onVersions = async (world: World): Promise<Planned | undefined> => {
  const streams = [
    ...new Set(Array.from({ length: world.chance.pick([1, 1, 2] as const) }, () => hotStream(world))),
  ]
  const reads = []
  for (const stream of streams) {
    const slice = await world.store.readStream(stream)()
    if (E.isLeft(slice)) return undefined
    reads.push({ stream, version: slice.right.version, ids: slice.right.events.map(({ id }) => shortId(id)) })
  }
  const written = streams.length > 1 && world.chance.isLikely(0.7) ? streams : streams.slice(0, 1)
  const tags = world.chance.isLikely(0.5) ? [] : anyTags(world)
  const append: Append = {
    events: written.map((stream) => eventFor(world, stream, tags)),
    expected: reads.map(({ stream, version }) => ({
      stream,
      version: version === 0n ? noStream : exactly(version),
    })),
  }
  return planned(append, { reads: reads.map(({ stream, ids }) => ({ stream, ids })) })
}

const anyItem = (world: World): Item => ({
  tags: [...new Set([hotTag(world), ...(world.chance.isLikely(0.25) ? [hotTag(world)] : [])])],
  types: world.chance.isLikely(0.3) ? [world.chance.pick(types)] : [],
})

export const anyItems = (world: World): ReadonlyArray<Item> =>
  world.chance.isLikely(0.35) ? [anyItem(world), anyItem(world)] : [anyItem(world)]

export const queryOf = (items: ReadonlyArray<Item>): Query => {
  const [first, ...others] = items.map(({ types: of, tags }) => ({
    types: of,
    tags: tags as ReadonlyArray<string> as ReadonlyArray<Tag>,
  }))
  return first === undefined ? everything : anyOf(first, ...others)
}

/** Reads what matches, and appends if nothing else does meanwhile. */
const onQuery = async (
  world: World,
  items: ReadonlyArray<Item>,
  from = globalPosition(0),
): Promise<Planned | undefined> => {
  const query = queryOf(items)
  const slice = await world.store.read(query, from === 0n ? {} : { after: from })()
  if (E.isLeft(slice)) return undefined
  const { events: found, token } = slice.right
  // Half of those who decide on a tag write it, which makes the next one's decision different.
  const tag = items[0]?.tags[0]
  const tags = tag !== undefined && world.chance.isLikely(0.6) ? [tag, ...anyTags(world)] : anyTags(world)
  const count = world.chance.pick([1, 1, 2] as const)
  const events = Array.from({ length: count }, () => eventFor(world, anyStream(world), [...new Set(tags)]))
  return planned(
    { events, expected: [], condition: { failIfEventsMatch: query, after: token } },
    {
      condition: {
        items,
        after: numbersOf(token),
        from: Number(from),
        seen: found.map(({ id }) => shortId(id)),
      },
    },
  )
}

const numbersOf = (token: ConsistencyToken): ReadonlyArray<number> => token.map(Number)

/** A condition on types alone, or on everything: what was before the head is not read, because it is much. */
const onTypes = async (world: World): Promise<Planned | undefined> => {
  const head = await world.store.head()
  if (E.isLeft(head)) return undefined
  const isAll = world.chance.isLikely(0.2)
  const items = isAll ? [] : [{ types: [world.chance.pick(types)], tags: [] }]
  return onQuery(world, items, head.right)
}

const poisoned = (world: World): Planned => {
  const stream = world.chance.isLikely(0.5) ? hotStream(world) : coldStream(world)
  const events = [eventFor(world, stream), eventFor(world, stream, [], poisonedType)]
  return planned({ events, expected: [] }, { isPoisoned: true })
}

/** The next decision of a writer; nothing where what it wanted to read could not be had. */
export const decide = async (world: World): Promise<Planned | undefined> => {
  const dice = world.chance.next()
  if (dice < world.heat.poison) return poisoned(world)
  if (dice < 0.25) return unconditional(world)
  if (dice < 0.35) return opening(world)
  if (dice < 0.65) return onVersions(world)
  if (dice < 0.97) return onQuery(world, anyItems(world))
  return onTypes(world)
}

/** The append that carries out a decision of which only the record is left, as its writer would have sent it. */
export const appendOf = (decision: Decision): Append => ({
  events: decision.events.map(({ id, stream, type, tags }) =>
    eventToAppend({
      id: eventId(`00000000-0000-7000-8000-${id}`),
      stream: streamIdFrom(stream),
      type,
      tags: tags as ReadonlyArray<string> as ReadonlyArray<Tag>,
      data: { of: id },
    }),
  ),
  expected: decision.expected.map(({ stream, version }) => ({
    stream: streamIdFrom(stream),
    version: version === 0 ? noStream : exactly(version),
  })),
  ...(decision.condition && {
    condition: {
      failIfEventsMatch: queryOf(decision.condition.items),
      after: consistencyToken(decision.condition.after.map(globalPosition)),
    },
  }),
})
