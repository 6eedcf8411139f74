/**
 * Scenes: what the writers of a case are there to do, and what must be true when they have done it. A scene is made anew
 * for each round, with streams and ids of its own, so that many rounds can share one store.
 * Used by: `Schedules`, `Exhaustive`.
 * @since 0.1.0
 */
import type { EventStore } from '../../store/EventStore.js'
import type { EventToAppend } from '../../store/EventToAppend.js'
import { exactly } from '../../store/ExpectedVersion.js'
import { anyOf } from '../../store/Query.js'
import type { StreamId } from '../../store/StreamId.js'
import { tag } from '../../store/Tag.js'
import type { World } from './Case.js'
import { equal, right } from './Expect.js'
import { appendTo, event, streamNamed } from './Samples.js'
import {
  conflictsAreJustified,
  hasSerialOrder,
  isDense,
  nothingLostOrDoubled,
  readsAreBeginnings,
  writtenWhereExpected,
} from './Stories.js'
import { type Sight, type Story, sightOf, type Task } from './Writers.js'

/** Some writers, and what must be true when all have ended. All scenes of a case share one store. */
export interface Scene {
  readonly tasks: ReadonlyArray<Task>
  /** All that the writers could write to. */
  readonly streams: ReadonlyArray<StreamId>
  readonly judge: (story: Story, final: Sight) => void
}

/** Makes the scene of a round: its streams and ids meet those of no other round. */
export type SceneOf = (stage: Stage) => Scene

/** Where a scene plays. */
export interface Stage {
  readonly store: EventStore
  readonly names: ReadonlyArray<string>
  readonly storeOf: (writer: number) => EventStore
  /** A stream of this round alone. */
  readonly stream: (name: string) => StreamId
  /** An event of a writer in this round, with its name inside. */
  readonly eventBy: (
    writer: number,
    attempt: number,
    stream: StreamId,
    more?: Partial<EventToAppend>,
  ) => EventToAppend
  readonly round: number
}

/** How many writers a scene can have at most. */
export const writersMax = 4

const names = ['ada', 'bob', 'cy', 'dee']

/** The stage of a round for so many writers, each at a connection of its own while there are any. */
export const stageOf = ({ store, connections }: World, writers: number, round: number): Stage => ({
  store,
  round,
  names: names.slice(0, writers),
  storeOf: (n) => connections[n % connections.length] ?? store,
  stream: (name) => streamNamed(`${round} ${name}`),
  eventBy: (n, attempt, stream, more) =>
    event(0x100000 * round + 0x1000 * n + attempt, stream, { data: { by: names[n] ?? '' }, ...more }),
})

/** Each writer adds two events to one log, and expects nothing. */
export const twoEventsEach: SceneOf = ({ names, stream, storeOf, eventBy }) => {
  const log = stream('log')
  return {
    streams: [log],
    tasks: names.map((name, n) => ({
      name,
      store: storeOf(n),
      read: () => sightOf(storeOf(n), [log]),
      decide: (_, attempt) => appendTo(log, [eventBy(n, 2 * attempt, log), eventBy(n, 2 * attempt + 1, log)]),
    })),
    judge: (story, { events }) => {
      nothingLostOrDoubled(story, events)
      isDense(events)
    },
  }
}

/** Fewer seats than writers, so that some of them come too late. */
const seatsFor = ({ names }: Stage): number => (names.length > 3 ? 2 : 1)

/** Each writer takes one of so many seats in a stream, if it sees one that is free. */
export const seatsOfStream =
  (seatsOf: (stage: Stage) => number = seatsFor): SceneOf =>
  (stage) => {
    const { names, stream, storeOf, eventBy } = stage
    const seats = seatsOf(stage)
    const room = stream('seats')
    return {
      streams: [room],
      tasks: names.map((name, n) => ({
        name,
        store: storeOf(n),
        read: () => sightOf(storeOf(n), [room]),
        decide: ({ events }, attempt) =>
          events.length >= seats
            ? undefined
            : appendTo(room, [eventBy(n, attempt, room)], exactly(events.length)),
      })),
      judge: (story, { events }) => {
        // There are more writers than seats, so each seat is taken in the end.
        equal(events.length, seats, 'each seat is taken, once')
        nothingLostOrDoubled(story, events)
        writtenWhereExpected(story, events)
      },
    }
  }

/** Each writer takes a seat in a stream of its own; what they share is a tag. */
export const seatsUnderTag: SceneOf = (stage) => {
  const { round, names, stream, storeOf, eventBy } = stage
  const seats = seatsFor(stage)
  const room = tag('room', `${round}`)
  const query = anyOf({ types: ['Taken'], tags: [room] })
  return {
    streams: names.map(stream),
    tasks: names.map((name, n) => ({
      name,
      store: storeOf(n),
      read: async () => ({
        streams: [],
        ...(await right(storeOf(n).read(query), 'the taken seats are read')),
      }),
      decide: ({ events, token }, attempt) => {
        if (events.length >= seats || token === undefined) return undefined
        const taken = eventBy(n, attempt, stream(name), { type: 'Taken', tags: [room] })
        return {
          ...appendTo(stream(name), [taken]),
          condition: { failIfEventsMatch: query, after: token },
        }
      },
    })),
    judge: (story, { events }) => {
      equal(events.length, seats, 'each seat is taken, once')
      nothingLostOrDoubled(story, events)
    },
  }
}

/** Two writers share a stream, and the others have one each. */
export const sharedAndOwn: SceneOf = ({ names, stream, storeOf, eventBy }) => {
  // Two share a stream, and the others have one each.
  const streamOf = (n: number): StreamId => stream(n < 2 ? 'shared' : `own ${n}`)
  return {
    streams: [...new Set(names.map((_, n) => streamOf(n)))],
    tasks: names.map((name, n) => ({
      name,
      store: storeOf(n),
      read: () => sightOf(storeOf(n), [streamOf(n)]),
      decide: ({ events }, attempt) =>
        appendTo(streamOf(n), [eventBy(n, attempt, streamOf(n))], exactly(events.length)),
    })),
    judge: (story, { events }) => {
      conflictsAreJustified(story, events)
      nothingLostOrDoubled(story, events)
    },
  }
}

/** Each writer reads two of three streams, and writes to both where a store can. */
export const streamsInPairs: SceneOf = ({ names, stream, storeOf, store, eventBy }) => {
  const all = ['x', 'y', 'z'].map(stream)
  const count = store.supports.severalStreams ? 2 : 1
  const streamsOf = (n: number): ReadonlyArray<StreamId> => [...all, ...all].slice(n % 3, (n % 3) + count)
  return {
    streams: all,
    tasks: names.map((name, n) => ({
      name,
      store: storeOf(n),
      read: () => sightOf(storeOf(n), streamsOf(n)),
      decide: ({ streams }, attempt) => ({
        events: streams.map((seen, index) => eventBy(n, 10 * attempt + index, seen.stream)),
        expected: streams.map((seen) => ({ stream: seen.stream, version: exactly(seen.version) })),
      }),
    })),
    judge: hasSerialOrder,
  }
}

/** The seats of a stream, judged by what was read. */
export const readersOfSeats: SceneOf = (stage) => ({
  ...seatsOfStream()(stage),
  judge: (story, final) => {
    readsAreBeginnings(story, final)
    isDense(final.events)
  },
})
