/**
 * A read model made anew beside the one that readers are shown. The next version of a projection has entries and places
 * of its own and is folded from the first event on, while the version before stays up to date and is read; when the new
 * one has caught up, readers are shown it, all at once. Nothing is emptied, so there is no moment without a read model,
 * and going back is making the version before live again.
 * Used by: applications, when a projection's fold, key or state has changed.
 *
 * Laws (test/properties/run/Rebuild.test.ts), while events are appended and whenever it is stopped and begun again:
 * - RBD-1 whole: when readers are shown the new version, it holds every event that was recorded when its end was looked
 *   at, and in the end it is the fold of the log.
 * - RBD-2 not too early: a version with parked keys is not shown unless someone says that it may be.
 * @since 0.1.0
 */
import { either as E, type taskEither as TE } from 'fp-ts'
import type { Projection } from '../evolve/Projection.js'
import type { EventStore } from '../store/EventStore.js'
import type { GlobalPosition } from '../store/GlobalPosition.js'
import type { ReadError } from '../store/StoreError.js'
import { systemEnvironment } from './Environment.js'
import type { FollowedStore } from './Feed.js'
import type { ReadModelError, ReadModelId, ReadModels } from './ReadModels.js'
import {
  type RunningProjection,
  type RunProjectionOptions,
  readModelIdOf,
  runProjection,
} from './RunProjection.js'

/** How far a read model is. */
export interface Progress {
  /** Everything up to here is in it, or parked. */
  readonly place: GlobalPosition
  /** Where the log ended when it was asked, a moment before. */
  readonly end: GlobalPosition
  /** How many keys are parked. */
  readonly parked: number
}

/** How a version is made anew. */
export interface RebuildOptions<State, Event, Transaction>
  extends RunProjectionOptions<State, Event, Transaction> {
  /** Whether a version that has caught up may be shown; unless given, if no key of it is parked. */
  readonly mayGoLive?: (progress: Progress) => boolean
  /** Is told how far it is, from time to time until readers are shown it. */
  readonly onProgress?: (progress: Progress) => void
  /** How often to look, in milliseconds; 100 unless given. */
  readonly lookEveryMs?: number
}

/** A projection at work that is to be shown when it has caught up, and goes on then. */
export interface Rebuilding extends RunningProjection {
  /**
   * `true` once readers are shown it, and `false` when it has ended before that; `done` says why. Begun again with the
   * same version, it goes on where it was.
   */
  readonly live: Promise<boolean>
}

/**
 * How far a read model is behind the log.
 * @example
 * import { memoryReadModels, memoryStore } from 'decider-ts/adapters/memory'
 * import { progressOf } from 'decider-ts/run'
 * import { beginning } from 'decider-ts/store'
 * import { either as E } from 'fp-ts'
 * const balances = { name: 'balances', version: 2 }
 * await progressOf(memoryStore(), memoryReadModels(), balances)() // => E.right({ place: beginning, end: beginning, parked: 0 })
 */
export const progressOf =
  (
    store: Pick<EventStore, 'head'>,
    readModels: Pick<ReadModels, 'place' | 'parked'>,
    { name, version }: ReadModelId,
  ): TE.TaskEither<ReadModelError | ReadError, Progress> =>
  async () => {
    const end = await store.head()
    if (E.isLeft(end)) return end
    const place = await readModels.place({ name, version })()
    if (E.isLeft(place)) return place
    const parked = await readModels.parked({ name, version })()
    if (E.isLeft(parked)) return parked
    return E.right({ place: place.right, end: end.right, parked: parked.right.length })
  }

/**
 * Runs a version of a projection beside the one that readers are shown, and shows it to them when it has caught up. It
 * goes on then, as `runProjection` does.
 * @example
 * import { memoryReadModels, memoryStore } from 'decider-ts/adapters/memory'
 * import { projection } from 'decider-ts/evolve'
 * import { rebuild } from 'decider-ts/run'
 * import { either as E, option as O } from 'fp-ts'
 * import * as t from 'io-ts'
 * const readModels = memoryReadModels()
 * const opened = projection({
 *   name: 'opened',
 *   version: 2,
 *   event: t.type({ type: t.literal('Opened') }),
 *   state: t.number,
 *   initialState: 0,
 *   evolve: (times) => times + 1,
 * })
 * const rebuilding = rebuild(memoryStore(), readModels, opened, { lookEveryMs: 5 })
 * await rebuilding.live // => true
 * await readModels.liveVersion('opened')() // => E.right(O.some(2))
 * await rebuilding.stop() // => { _tag: 'Stopped' }
 */
export const rebuild = <State, Event, Transaction = never>(
  store: Pick<FollowedStore, 'feed' | 'head'>,
  readModels: ReadModels<Transaction>,
  projection: Projection<State, Event>,
  options: RebuildOptions<State, Event, Transaction> = {},
): Rebuilding => {
  const running = runProjection(store, readModels, projection, options)
  const over = running.done.then(
    () => false,
    () => false,
  )
  const live = showWhenThere(store, readModels, projection, options, over)
  return { ...running, live }
}

const showWhenThere = async <State, Event, Transaction>(
  store: Pick<FollowedStore, 'feed' | 'head'>,
  readModels: ReadModels<Transaction>,
  projection: Projection<State, Event>,
  options: RebuildOptions<State, Event, Transaction>,
  over: Promise<boolean>,
): Promise<boolean> => {
  const { mayGoLive = noneParked, onProgress, lookEveryMs = 100, environment = systemEnvironment } = options
  const of = readModelIdOf(projection)
  let isOver = false
  void over.then(() => {
    isOver = true
  })
  while (!isOver) {
    const progress = await progressOf(store, readModels, of)()
    if (E.isRight(progress)) {
      onProgress?.(progress.right)
      const isThere = progress.right.place >= progress.right.end && mayGoLive(progress.right)
      // The first lease makes it be there; before that there is nothing to show.
      if (!isOver && isThere && E.isRight(await readModels.makeLive(of)())) return true
    }
    await environment.sleep(lookEveryMs)()
  }
  return false
}

const noneParked = ({ parked }: Progress): boolean => parked === 0
