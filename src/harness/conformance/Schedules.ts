/**
 * Cases of schedules: the same few writers in many orders, each order a list of numbers, and each mishap a word. What a
 * race leaves to chance is chosen here, so a failure is made smaller and told step by step: who read what, who wrote
 * when, whose answer was lost. Steps that the tape starts together really overlap, on connections of their own.
 * Used by: `Suite`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import { everySchedule } from '../schedule/EverySchedule.js'
import { arbitraryTape, runByTape, showLanes, type TapeProgram, type TapeStep } from '../schedule/Tape.js'
import { type Case, forAnyStore, forQueries, holds, type World } from './Case.js'
import { textOf } from './Expect.js'
import {
  readersOfSeats,
  type Scene,
  type SceneOf,
  type Stage,
  seatsOfStream,
  seatsUnderTag,
  sharedAndOwn,
  stageOf,
  streamsInPairs,
  twoEventsEach,
  writersMax,
} from './Scenes.js'
import { authorOf } from './Stories.js'
import {
  arbitraryMishaps,
  type Ending,
  type Mishaps,
  newStory,
  type Sight,
  type Story,
  sightOf,
  writer,
} from './Writers.js'

/** Enough to find what is to be found, and few enough for a store on a disk. */
const tapesMax = 60

/** Judges a scene that was played; what is wrong is told with the steps and the events that show it. */
const judge = async (
  { tasks, streams, judge: verdict }: Scene,
  stage: Stage,
  story: Story,
  steps: ReadonlyArray<TapeStep>,
): Promise<void> => {
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
}

const legendOf = (steps: ReadonlyArray<TapeStep>): ReadonlyArray<string> =>
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
): ReadonlyArray<TapeProgram<Ending>> => tasks.map((task, n) => writer(task, mishaps[n] ?? [], story))

/** Plays a scene by many tapes, under many mishaps. */
const underSchedules = async (world: World, sceneOf: SceneOf): Promise<void> => {
  let round = 0
  const sample = fc.integer({ min: 2, max: writersMax }).chain((writers) =>
    fc.record({
      writers: fc.constant(writers),
      tape: arbitraryTape({ programs: writers, steps: 4, overlap: true }),
      mishaps: fc.array(arbitraryMishaps, { maxLength: writers }),
    }),
  )
  // Small numbers by preference would mean short tapes, and writers one after the other.
  const property = fc.asyncProperty(fc.noBias(sample), async ({ writers, tape, mishaps }) => {
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

/**
 * Plays a scene in every order that the steps of so many writers have, once under each list of mishaps, and tells how
 * many schedules there were. Nothing overlaps, so the schedules are the same on every store.
 */
export const underEverySchedule = async (
  world: World,
  sceneOf: SceneOf,
  { writers, mishaps }: EveryOptions,
): Promise<number> => {
  let round = 0
  let schedules = 0
  for (const each of mishaps) {
    let played: { readonly scene: Scene; readonly stage: Stage; readonly story: Story } | undefined
    const programs = async (): Promise<ReadonlyArray<TapeProgram<Ending>>> => {
      round += 1
      const stage = stageOf(world, writers, round)
      played = { scene: sceneOf(stage), stage, story: newStory() }
      return castOf(played.scene, each, played.story)
    }
    schedules += await everySchedule(programs, async ({ steps }) => {
      if (played !== undefined) await judge(played.scene, played.stage, played.story, steps)
    }).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Error(`${reason}, under the mishaps ${textOf(each)}`, { cause: error })
    })
  }
  return schedules
}

interface EveryOptions {
  readonly writers: number
  /** For each run through all schedules the mishaps of each writer. */
  readonly mishaps: ReadonlyArray<ReadonlyArray<ReadonlyArray<Mishaps>>>
}

const answersLost = forAnyStore(
  'C91 schedule: no acknowledged event is lost and none is doubled, whatever becomes of the answers',
  (world) => underSchedules(world, twoEventsEach),
)

const versionRule = forAnyStore('C92 schedule: a rule that expected versions keep is never broken', (world) =>
  underSchedules(world, seatsOfStream()),
)

const conditionRule = forQueries(
  'C93 schedule: a rule over several streams that append conditions keep is never broken',
  (world) => underSchedules(world, seatsUnderTag),
)

const justified = forAnyStore(
  'C94 schedule: whoever meets a conflict was overtaken, and nobody else meets one',
  (world) => underSchedules(world, sharedAndOwn),
)

const beginnings = forAnyStore(
  'C95 schedule: every read is a beginning of its stream, and no read takes back an earlier one',
  (world) => underSchedules(world, readersOfSeats),
)

const serial = forAnyStore(
  'C96 schedule: everything that was read and written fits one serial order',
  (world) => underSchedules(world, streamsInPairs),
)

/** Without overlap and without mishaps, so that the schedules are known, and the same on every store. */
const everyOrder = forAnyStore(
  'C97 schedule: in every order of three writers who want one seat, one has it',
  async (world) => {
    await underEverySchedule(
      world,
      seatsOfStream(() => 1),
      { writers: 3, mishaps: [[]] },
    )
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
