/**
 * How far a follower has come: a place in the log that is kept when the follower is gone. It is kept by whatever keeps
 * the follower's work, because a place that is kept elsewhere can only be kept before the work or after it.
 * This is a port: `follow` loads and saves it, adapters and applications implement it.
 * @since 0.1.0
 */
import { option as O, taskEither as TE } from 'fp-ts'
import type { GlobalPosition } from '../store/GlobalPosition.js'
import type { Busy, Unavailable } from '../store/StoreError.js'

/** What loading or saving a place can fail with; both may pass. */
export type CheckpointError = Busy | Unavailable

/** A place that is kept. */
export interface Checkpoint {
  /** The place that was saved last, or none where none was. */
  readonly load: TE.TaskEither<CheckpointError, O.Option<GlobalPosition>>
  /** Everything up to here has been dealt with. */
  readonly save: (position: GlobalPosition) => TE.TaskEither<CheckpointError, void>
}

/**
 * A place that is kept in the memory of the process: for tests, and for work that dies with the process too.
 * @example
 * import { memoryCheckpoint } from 'decider-ts/run'
 * import { globalPosition } from 'decider-ts/store'
 * import { either as E, option as O } from 'fp-ts'
 * const checkpoint = memoryCheckpoint()
 * await checkpoint.load() // => E.right(O.none)
 * await checkpoint.save(globalPosition(7))()
 * await checkpoint.load() // => E.right(O.some(7n))
 */
export const memoryCheckpoint = (start: O.Option<GlobalPosition> = O.none): Checkpoint => {
  let kept = start
  return {
    load: TE.fromIO(() => kept),
    save: (position) =>
      TE.fromIO(() => {
        kept = O.some(position)
      }),
  }
}
