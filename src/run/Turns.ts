/**
 * Tasks for one stream take turns, in the order in which they came; tasks for different streams do not wait for each
 * other. Commands of one process for one stream would only lose races against each other, and reading and deciding
 * again costs more than waiting does.
 * Used by: `Handle`.
 *
 * Laws (test/properties/run/Turns.test.ts):
 * - TRN-1 one at a time: no task of a stream begins before the one that came before it has ended, well or not.
 * - TRN-2 independence: a task waits for no task of another stream.
 * @since 0.1.0
 */
import type { task as T } from 'fp-ts'
import type { StreamId } from '../store/StreamId.js'

/** Runs a task when all earlier tasks of its stream have ended. */
export type Turns = <A>(stream: StreamId, task: T.Task<A>) => Promise<A>

/**
 * Turns for any number of streams; a stream without tasks takes no room.
 * @internal
 */
export const turns = (): Turns => {
  const last = new Map<StreamId, Promise<unknown>>()
  return (stream, task) => {
    const before = last.get(stream)
    const turn = before === undefined ? task() : before.then(task, task)
    last.set(stream, turn)
    const leave = () => {
      if (last.get(stream) === turn) last.delete(stream)
    }
    turn.then(leave, leave)
    return turn
  }
}
