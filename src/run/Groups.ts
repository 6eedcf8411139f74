/**
 * Requests for one stream take turns, and those that come while one is under way wait and go together as the next group.
 * Commands of one process for one stream would only lose races against each other; in a group they share one read and
 * one append. A request that finds its stream idle goes at once and alone, so waiting is never for nothing.
 * Used by: `Handle`.
 *
 * Laws (test/properties/run/Groups.test.ts):
 * - GRP-1 order: each request goes once, in the order of its stream, and no group begins before the one before it has
 *   ended.
 * - GRP-2 independence: a request waits for no request of another stream.
 * - GRP-3 bound: no group is larger than it may be.
 * @since 0.1.0
 */
import type { StreamId } from '../store/StreamId.js'

/** Hands in a request; `run` is told of it when its turn has come. */
export type Groups<Request> = (stream: StreamId, request: Request) => void

/**
 * Groups of at most so many requests. `run` must not fail: what becomes of a request is between it and its sender.
 * @internal
 */
export const groups = <Request>(
  sizeMax: number,
  run: (stream: StreamId, requests: ReadonlyArray<Request>) => Promise<void>,
): Groups<Request> => {
  // A stream is in here while a group of it is under way, with those who wait; so a stream without requests takes no room.
  const waiting = new Map<StreamId, Array<Request>>()
  const serve = async (stream: StreamId, queue: Array<Request>) => {
    while (queue.length > 0) await run(stream, queue.splice(0, sizeMax))
    waiting.delete(stream)
  }
  return (stream, request) => {
    const queue = waiting.get(stream)
    if (queue !== undefined) {
      queue.push(request)
      return
    }
    const first = [request]
    waiting.set(stream, first)
    void serve(stream, first)
  }
}
