/**
 * Waiting until a read model has come so far: who has just recorded something, and reads its effect elsewhere, waits for
 * the position that the append was given. It works across processes, because it asks the keeper and not the projection.
 * Used by: applications.
 *
 * Laws (test/properties/run/WaitFor.test.ts):
 * - WFR-1 read your writes: once it is answered, the place of the read model has reached the position.
 * - WFR-2 in time: it is answered at the latest when the time is over, and never before the first look.
 * - WFR-3 live: once it is answered, the version that readers were shown at the last look had reached the position.
 * @since 0.1.0
 */
import { either as E, function as F, option as O, taskEither as TE } from 'fp-ts'
import { beginning, type GlobalPosition } from '../store/GlobalPosition.js'
import { type Environment, systemEnvironment } from './Environment.js'
import type { ReadModelError, ReadModelId, ReadModels } from './ReadModels.js'

/** How long to wait. */
export interface WaitForOptions {
  /** In milliseconds; 10,000 unless given. */
  readonly timeoutMs?: number
  readonly environment?: Environment
}

/** The time is over, and the read model had come to this place. It may be behind, or nobody is at work on it. */
export interface NotYet {
  readonly _tag: 'NotYet'
  readonly place: GlobalPosition
}

/**
 * Resolves when everything up to a position is in the read model, or parked. A keeper that is busy or cannot be reached
 * is asked again while there is time.
 * @example
 * import { memoryReadModels } from 'decider-ts/adapters/memory'
 * import { waitFor } from 'decider-ts/run'
 * import { beginning } from 'decider-ts/store'
 * import { either as E } from 'fp-ts'
 * await waitFor(memoryReadModels(), { name: 'balances', version: 1 }, beginning)() // => E.right(undefined)
 */
export const waitFor = (
  readModels: Pick<ReadModels, 'place'>,
  { name, version }: ReadModelId,
  position: GlobalPosition,
  options: WaitForOptions = {},
): TE.TaskEither<ReadModelError | NotYet, void> =>
  waitUntil(readModels.place({ name, version }), position, options)

/**
 * The same for the version that readers are shown, whichever that is by then: for who reads the live version, and knows
 * nothing of a rebuild. Where no version is there it waits for one.
 * @example
 * import { memoryReadModels } from 'decider-ts/adapters/memory'
 * import { waitForLive } from 'decider-ts/run'
 * import { beginning } from 'decider-ts/store'
 * import { either as E } from 'fp-ts'
 * await waitForLive(memoryReadModels(), 'balances', beginning)() // => E.right(undefined)
 */
export const waitForLive = (
  readModels: Pick<ReadModels, 'place' | 'liveVersion'>,
  name: string,
  position: GlobalPosition,
  options: WaitForOptions = {},
): TE.TaskEither<ReadModelError | NotYet, void> => {
  const placeOfLive = F.pipe(
    readModels.liveVersion(name),
    TE.chain((live) =>
      O.isNone(live) ? TE.right(beginning) : readModels.place({ name, version: live.value }),
    ),
  )
  return waitUntil(placeOfLive, position, options)
}

const waitUntil =
  (
    look: TE.TaskEither<ReadModelError, GlobalPosition>,
    position: GlobalPosition,
    { timeoutMs = 10_000, environment = systemEnvironment }: WaitForOptions,
  ): TE.TaskEither<ReadModelError | NotYet, void> =>
  async () => {
    const until = environment.now() + timeoutMs
    for (let looks = 0; ; looks++) {
      const place = await look()
      if (E.isRight(place) && place.right >= position) return E.right(undefined)
      if (E.isLeft(place) && place.left._tag === 'InvalidInput') return place
      const left = until - environment.now()
      if (left <= 0) return E.isLeft(place) ? place : E.left({ _tag: 'NotYet', place: place.right })
      await environment.sleep(Math.min(left, firstMs * 2 ** Math.min(looks, doublingsMax)))()
    }
  }

/** From 5 ms, as a projection that is live is behind by about that, to 160 ms. */
const firstMs = 5
const doublingsMax = 5
