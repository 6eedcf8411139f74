/**
 * Cases of schedules: the same few writers in many orders, each order a list of numbers, and each mishap a word. What a
 * race leaves to chance is chosen here, so a failure is made smaller and told step by step: who read what, who wrote
 * when, whose answer was lost. Steps that the tape starts together really overlap, on connections of their own.
 * Used by: `Suite`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type { EventStore } from '../../store/EventStore.js'
import type { EventToAppend } from '../../store/EventToAppend.js'
import { exactly } from '../../store/ExpectedVersion.js'
import { anyOf } from '../../store/Query.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import type { StreamId } from '../../store/StreamId.js'
import { tag } from '../../store/Tag.js'
import { everySchedule } from '../schedule/EverySchedule.js'
import { arbitraryTape, type Program, runByTape, type Step, showLanes } from '../schedule/Tape.js'
import { type Case, forAnyStore, forQueries, holds, type World } from './Case.js'
import { isTrue, right } from './Expect.js'
import { appendTo, event, streamNamed } from './Samples.js'
import {
  authorOf,
  conflictsAreJustified,
  hasSerialOrder,
  isDense,
  nothingLostOrDoubled,
  readsAreBeginnings,
  writtenWhereExpected,
} from './Stories.js'
import {
  arbitraryMishaps,
  type Ending,
  type Mishaps,
  newStory,
  type Sight,
  type Story,
  sightOf,
  type Task,
  writer,
} from './Writers.js'

/** Some writers, and what must be true when all have ended. All scenes of a case share one store. */
interface Scene {
  readonly tasks: ReadonlyArray<Task>
  /** All that the writers could write to. */
  readonly streams: ReadonlyArray<StreamId>
  readonly judge: (story: Story, final: Sight) => void
}

/** Makes the scene of a round: its streams and ids meet those of no other round. */
type SceneOf = (stage: Stage) => Scene

interface Stage {
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

const names = ['ada', 'bob', 'cy', 'dee']

/** Enough to find what is to be found, and few enough for a store on a disk. */
const tapesMax = 60

const stageOf = ({ store, connections }: World, writers: number, round: number): Stage => ({
  store,
  round,
  names: names.slice(0, writers),
  storeOf: (n) => connections[n % connections.length] ?? store,
  stream: (name) => streamNamed(`${round} ${name}`),
  eventBy: (n, attempt, stream, more) =>
    event(0x100000 * round + 0x1000 * n + attempt, stream, { data: { by: names[n] ?? '' }, ...more }),
})

interface Played {
  readonly story: Story
  readonly final: Sight
}

/** Judges a scene that was played; what is wrong is told with the steps and the events that show it. */
const judge = async (
  { tasks, streams, judge: verdict }: Scene,
  stage: Stage,
  story: Story,
  steps: ReadonlyArray<Step>,
): Promise<Played> => {
  const final = await sightOf(stage.store, streams)
  try {
    verdict(story, final)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const lanes = showLanes(
      tasks.map(({ name }) => name),
      steps,
    )
    const told = [reason, lanes, ...legendOf(steps), 'recorded in the end', listed(final)].join('\n')
    throw new Error(told, { cause: error })
  }
  return { story, final }
}

const legendOf = (steps: ReadonlyArray<Step>): ReadonlyArray<string> =>
  steps.some(({ isTogether }) => isTogether)
    ? [
        'A step with + was under way when the next one began. What a store does in between may differ from run to run.',
      ]
    : []

const listed = ({ streams }: Sight): string =>
  streams
    .map(({ stream, events }) => `  ${stream}: ${events.map(shownEvent).join(', ') || 'nothing'}`)
    .join('\n')

const shownEvent = (recorded: RecordedEvent): string =>
  `${recorded.version} by ${authorOf(recorded)} (${recorded.id.slice(-12)})`

const castOf = (
  { tasks }: Scene,
  mishaps: ReadonlyArray<ReadonlyArray<Mishaps>>,
  story: Story,
): ReadonlyArray<Program<Ending>> => tasks.map((task, n) => writer(task, mishaps[n] ?? [], story))

/** Plays a scene by many tapes, under many mishaps. */
const underSchedules = async (world: World, sceneOf: SceneOf): Promise<void> => {
  let round = 0
  const sample = fc.integer({ min: 2, max: names.length }).chain((writers) =>
    fc.record({
      writers: fc.constant(writers),
      tape: arbitraryTape({ programs: writers, steps: 4, overlap: true }),
      mishaps: fc.array(arbitraryMishaps, { maxLength: writers }),
    }),
  )
  const property = fc.asyncProperty(sample, async ({ writers, tape, mishaps }) => {
    round += 1
    const stage = stageOf(world, writers, round)
    const scene = sceneOf(stage)
    const story = newStory()
    const { steps } = await runByTape(castOf(scene, mishaps, story), tape, { overlap: true })
    await judge(scene, stage, story, steps)
  })
  const { settings } = world
  await holds(property, { ...settings, runs: Math.min(settings.runs, tapesMax) })
}

const answersLost = forAnyStore(
  'C91 schedule: no acknowledged event is lost and none is doubled, whatever becomes of the answers',
  (world) =>
    underSchedules(world, ({ names, stream, storeOf, eventBy }) => {
      const log = stream('log')
      return {
        streams: [log],
        tasks: names.map((name, n) => ({
          name,
          store: storeOf(n),
          read: () => sightOf(storeOf(n), [log]),
          decide: (_, attempt) =>
            appendTo(log, [eventBy(n, 2 * attempt, log), eventBy(n, 2 * attempt + 1, log)]),
        })),
        judge: (story, { events }) => {
          nothingLostOrDoubled(story, events)
          isDense(events)
        },
      }
    }),
)

/** How many may have a seat. */
const seats = 2

/** Each writer takes one of the seats in a stream, if it sees one that is free. */
const seatsOfStream: SceneOf = ({ names, stream, storeOf, eventBy }) => {
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
      isTrue(events.length <= seats, `no more than ${seats} seats are taken\n  actual   ${events.length}`)
      nothingLostOrDoubled(story, events)
      writtenWhereExpected(story, events)
    },
  }
}

const versionRule = forAnyStore('C92 schedule: a rule that expected versions keep is never broken', (world) =>
  underSchedules(world, seatsOfStream),
)

/** Each writer takes a seat in a stream of its own; what they share is a tag. */
const conditionRule = forQueries(
  'C93 schedule: a rule over several streams that append conditions keep is never broken',
  (world) =>
    underSchedules(world, ({ round, names, stream, storeOf, eventBy }) => {
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
          isTrue(events.length <= seats, `no more than ${seats} seats are taken\n  actual   ${events.length}`)
          nothingLostOrDoubled(story, events)
        },
      }
    }),
)

const justified = forAnyStore(
  'C94 schedule: whoever meets a conflict was overtaken, and nobody else meets one',
  (world) =>
    underSchedules(world, ({ names, stream, storeOf, eventBy }) => {
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
    }),
)

const beginnings = forAnyStore(
  'C95 schedule: every read is a beginning of its stream, and no read takes back an earlier one',
  (world) =>
    underSchedules(world, (stage) => {
      const scene = seatsOfStream(stage)
      return {
        ...scene,
        judge: (story, final) => {
          readsAreBeginnings(story, final)
          isDense(final.events)
        },
      }
    }),
)

/** Each writer reads two of three streams, and writes to both where a store can. */
const serial = forAnyStore(
  'C96 schedule: everything that was read and written fits one serial order',
  (world) =>
    underSchedules(world, ({ names, stream, storeOf, store, eventBy }) => {
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
    }),
)

/** Without overlap and without mishaps, so that the schedules are known, and the same on every store. */
const everyOrder = forAnyStore(
  'C97 schedule: in every order of three writers who want two seats, two have them',
  async (world) => {
    let round = 0
    let played: { readonly scene: Scene; readonly stage: Stage; readonly story: Story } | undefined
    const programs = async (): Promise<ReadonlyArray<Program<Ending>>> => {
      round += 1
      const stage = stageOf(world, 3, round)
      played = { scene: seatsOfStream(stage), stage, story: newStory() }
      return castOf(played.scene, [], played.story)
    }
    await everySchedule(programs, async ({ steps }, tape) => {
      if (played === undefined) return
      const { scene, stage, story } = played
      const { final } = await judge(scene, stage, story, steps).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error)
        throw new Error(`${reason}\nfound in schedule ${round}, by the tape [${tape.join(', ')}]`, {
          cause: error,
        })
      })
      isTrue(
        final.events.length === seats,
        `both seats are taken in the end, by the tape [${tape.join(', ')}]`,
      )
    })
  },
)

/** In the order of their numbers. */
export const scheduleCases: ReadonlyArray<Case> = [
  answersLost,
  versionRule,
  conditionRule,
  justified,
  beginnings,
  serial,
  everyOrder,
]
