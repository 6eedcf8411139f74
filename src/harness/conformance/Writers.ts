/**
 * Writers as programs: each reads, decides, appends what it decided under what it had seen, and begins again where it was
 * overtaken. A tape says when each of them moves, and mishaps befall their appends as the sample says, so that a store
 * meets every order of steps and every crash between a write and its answer. All that they saw and were told is kept.
 * Used by: `Schedules`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import type { Append, Appended } from '../../store/Append.js'
import type { ConsistencyToken } from '../../store/AppendCondition.js'
import type { EventStore } from '../../store/EventStore.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import type { AppendError } from '../../store/StoreError.js'
import type { StreamId } from '../../store/StreamId.js'
import type { Version } from '../../store/Version.js'
import type { TapeProgram } from '../schedule/Tape.js'
import { fail, right, textOf } from './Expect.js'
import { faultyStore } from './FaultyStore.js'

/** What befalls an append of a writer, and what the writer does about it. `starts anew`: as after a crash, it reads. */
export interface Mishaps {
  readonly mishap: 'None' | 'Busy' | 'LostBefore' | 'LostAfter'
  readonly afterwards: 'sends again' | 'starts anew'
}

/** What befalls the first, second, ... append of one writer. */
export const arbitraryMishaps: fc.Arbitrary<ReadonlyArray<Mishaps>> = fc.array(
  fc.record({
    mishap: fc.constantFrom('None', 'None', 'LostAfter', 'LostAfter', 'LostBefore', 'Busy'),
    afterwards: fc.constantFrom('sends again', 'starts anew'),
  }),
  { maxLength: 2 },
)

/** What a writer saw of a stream. */
export interface StreamSeen {
  readonly stream: StreamId
  readonly events: ReadonlyArray<RecordedEvent>
  readonly version: Version
}

/** What a writer saw before it decided. */
export interface Sight {
  readonly events: ReadonlyArray<RecordedEvent>
  /** Those streams that it read as such. */
  readonly streams: ReadonlyArray<StreamSeen>
  /** Where it read by query. */
  readonly token?: ConsistencyToken
}

/** What one writer is there to do. */
export interface Task {
  readonly name: string
  readonly store: EventStore
  readonly read: () => Promise<Sight>
  /** The append that what it saw leads to, with new ids for each `attempt`; none where there is nothing to do. */
  readonly decide: (sight: Sight, attempt: number) => Append | undefined
}

/** What came of a decision. `Found`: an earlier append, whose answer was lost, had been written. */
export type Ending =
  | { readonly _tag: 'NothingToDo' }
  | { readonly _tag: 'Found' }
  | { readonly _tag: 'Written'; readonly appended: Appended }
  | AppendError

/** A decision from its read to its answer, at times of one clock that counts steps. */
export interface Attempt {
  readonly writer: string
  readonly began: number
  /** When the read had been answered. */
  readonly seenAt: number
  readonly sight: Sight
  readonly append: Append | undefined
  readonly ended: number
  readonly ending: Ending
}

/** All that the writers did and were told. */
export interface Story {
  readonly attempts: Array<Attempt>
  now: number
}

/** A story in which nothing has happened. */
export const newStory = (): Story => ({ attempts: [], now: 0 })

/** More attempts than mishaps and rivals can cause: a store that asks for more lets nobody through. */
const attemptsMax = 40

/** One writer, as a program that notes in the story what it does. */
export const writer =
  (task: Task, mishaps: ReadonlyArray<Mishaps>, story: Story): TapeProgram<Ending> =>
  async (point) => {
    const store = faultyStore(
      task.store,
      mishaps.map(({ mishap }) => ({ _tag: mishap })),
    )
    let sent = 0
    /** An append whose outcome is unknown: its ids are used again, or it would be written twice. */
    let doubtful: Append | undefined
    const send = async (append: Append): Promise<Ending> => {
      for (;;) {
        const say = await point('appends')
        const answer = await store.append(append)()
        const isAgain = mishaps[sent]?.afterwards !== 'starts anew'
        sent += 1
        const ending: Ending = E.isRight(answer) ? { _tag: 'Written', appended: answer.right } : answer.left
        say(wordsOf(ending))
        if (ending._tag === 'Unavailable' && ending.outcome === 'unknown') doubtful = append
        if (!isTransient(ending) || !isAgain || sent > attemptsMax) return ending
      }
    }
    for (let attempt = 1; sent <= attemptsMax; attempt++) {
      const say = await point('reads')
      const began = tick(story)
      const sight = await task.read()
      const seenAt = tick(story)
      say(seen(sight))
      const note = (append: Append | undefined, ending: Ending): Ending => {
        story.attempts.push({ writer: task.name, began, seenAt, sight, append, ended: tick(story), ending })
        return ending
      }
      if (doubtful !== undefined && isIn(sight.events, doubtful)) return note(doubtful, { _tag: 'Found' })
      const decided = task.decide(sight, attempt)
      if (decided === undefined) return note(undefined, { _tag: 'NothingToDo' })
      const append = doubtful === undefined ? decided : withIdsOf(doubtful, decided)
      const ending = note(append, await send(append))
      if (ending._tag === 'Written') return ending
      if (!isConflict(ending) && !isTransient(ending))
        return fail(`${task.name} was refused for no good reason\n  actual   ${textOf(ending)}`)
    }
    return fail(`${task.name} was turned away ${attemptsMax} times, and nothing stood in its way`)
  }

const tick = (story: Story): number => {
  story.now += 1
  return story.now
}

const isIn = (events: ReadonlyArray<RecordedEvent>, append: Append): boolean =>
  append.events.some(({ id }) => events.some((event) => event.id === id))

const withIdsOf = (earlier: Append, append: Append): Append => ({
  ...append,
  events: append.events.map((event, n) => ({ ...event, id: earlier.events[n]?.id ?? event.id })),
})

/** Whether the same append may succeed now. */
const isTransient = ({ _tag }: Ending): boolean => _tag === 'Busy' || _tag === 'Unavailable'

/** Whether someone else was faster. */
export const isConflict = ({ _tag }: Ending): boolean =>
  _tag === 'VersionConflict' || _tag === 'ConditionConflict'

const seen = ({ events }: Sight): string => (events.length === 1 ? '1 event' : `${events.length} events`)

const wordsOf = (ending: Ending): string => {
  switch (ending._tag) {
    case 'Written':
      return ending.appended.repeated ? 'written before' : 'written'
    case 'VersionConflict':
      return `conflict, version ${ending.actual}`
    case 'ConditionConflict':
      return `conflict, position ${ending.position}`
    case 'Unavailable':
      return ending.outcome === 'unknown' ? 'no answer' : 'not sent'
    default:
      return ending._tag
  }
}

/** What a store holds of some streams. */
export const sightOf = async (store: EventStore, streams: ReadonlyArray<StreamId>): Promise<Sight> => {
  const slices: Array<StreamSeen> = []
  for (const stream of streams) {
    slices.push({ stream, ...(await right(store.readStream(stream), `${stream} is read`)) })
  }
  return { events: slices.flatMap(({ events }) => events), streams: slices }
}
