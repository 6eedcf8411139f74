/**
 * A store whose appends are projected where they are recorded: every append through it, of a decision that `handle` makes
 * or of one's own, writes its events and what the read models become by them, in the one transaction that the store and
 * the keeper were given.
 * Used by: applications, with `projectInline`.
 *
 * Laws (test/properties/run/ProjectingStore.test.ts):
 * - PJS-1 fold: whatever is appended through it, new, repeated or refused, each read model is the fold of the log.
 * - PJS-2 over: after a projection has failed, every append answers with that failure and records nothing.
 * @since 0.1.0
 */
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import type { Append, Appended } from '../store/Append.js'
import type { EventStore } from '../store/EventStore.js'
import type { RecordedEvent } from '../store/RecordedEvent.js'
import { type AppendError, invalidInput, type ReadError } from '../store/StoreError.js'
import { version } from '../store/Version.js'
import type { InlineError } from './ProjectInline.js'

/** What is done with events that were recorded, in the transaction in which they were: `projectInline` makes it. */
export type ProjectAppended = (events: ReadonlyArray<RecordedEvent>) => TE.TaskEither<InlineError, void>

/**
 * The store with projections in its appends. Give it to `handle`, inside a transaction; where the answer is a failure,
 * end the transaction with it, and try again from the start where it is `Busy`. An event that a projection cannot read is
 * `InvalidInput`. It costs each append two round trips and one for each projection. One store is for one transaction.
 * @example
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { projection } from 'decider-ts/evolve'
 * import { type Entry, projectingStore, projectInline } from 'decider-ts/run'
 * import { anyVersion, eventId, eventToAppend, streamId, toStream } from 'decider-ts/store'
 * import { taskEither as TE } from 'fp-ts'
 * import * as t from 'io-ts'
 * const openings = projection({
 *   name: 'openings',
 *   event: t.type({ type: t.literal('Opened') }),
 *   state: t.number,
 *   initialState: 0,
 *   evolve: (times) => times + 1,
 * })
 * const saved: Entry[] = []
 * const keeper = {
 *   hold: () => TE.right([]),
 *   save: (_: unknown, entries: ReadonlyArray<Entry>) => TE.fromIO(() => void saved.push(...entries)),
 * }
 * const store = projectingStore(memoryStore(), [projectInline(keeper, openings)])
 * const stream = streamId('account', 'a1')
 * const id = eventId('0198a6a2-0000-7000-8000-000000000001')
 * await store.append(toStream(stream, anyVersion)([eventToAppend({ id, stream, type: 'Opened', data: {} })]))()
 * saved // => [{ key: 'account-a1', state: 1, position: 1n }]
 */
export const projectingStore = (
  store: EventStore,
  projections: ReadonlyArray<ProjectAppended>,
): EventStore => {
  let failure: E.Either<AppendError, never> | undefined
  return {
    ...store,
    append: (append, options) => async () => {
      if (failure !== undefined) return failure
      const appended = await store.append(append, options)()
      // What was recorded before was projected then.
      if (E.isLeft(appended) || appended.right.repeated) return appended
      const projected = await projectAll(store, projections, append, appended.right)()
      if (E.isRight(projected)) return appended
      failure = E.left(projected.left)
      return failure
    },
  }
}

const projectAll = (
  store: EventStore,
  projections: ReadonlyArray<ProjectAppended>,
  append: Append,
  appended: Appended,
): TE.TaskEither<AppendError, void> =>
  F.pipe(
    recordedBy(store, append, appended),
    TE.chainW((events) =>
      TE.traverseSeqArray((project: ProjectAppended) =>
        F.pipe(
          project(events),
          TE.mapLeft((error) => refusalOf(append, events, error)),
        ),
      )(projections),
    ),
    TE.map(() => undefined),
  )

/** The events of an append as they were recorded, which are the newest of their streams. */
const recordedBy = (
  store: EventStore,
  { events }: Append,
  { streams }: Appended,
): TE.TaskEither<ReadError, ReadonlyArray<RecordedEvent>> =>
  F.pipe(
    streams,
    TE.traverseSeqArray(({ stream, version: to }) => {
      const count = events.filter((event) => event.stream === stream).length
      return store.readStream(stream, { after: version(to - BigInt(count)), to })
    }),
    TE.map((slices) => slices.flatMap((slice) => slice.events)),
  )

/** That an event cannot be read by a projection is the fault of whoever appends it. */
const refusalOf = (
  { events }: Append,
  recorded: ReadonlyArray<RecordedEvent>,
  error: InlineError,
): AppendError => {
  if (error._tag !== 'Undecodable') return error
  const id = recorded.find(({ position }) => position === error.position)?.id
  const index = events.findIndex((event) => event.id === id)
  return invalidInput(`events[${index}].${error.path}`, `${error.reason}, which a projection has to read`)
}
