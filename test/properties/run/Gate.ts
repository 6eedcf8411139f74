/**
 * Interleavings as data: a store whose every operation waits at a gate, and a tape that says which waiting operation
 * goes on next. A race is then a list of small numbers, which prints, shrinks and repeats; nothing is slept for.
 */
import type { EventStore } from 'decider-ts/store'

type Task<A> = () => Promise<A>

/** Runs all programs against a gated view of the store; `tape[i]` picks among the operations that wait at step i. */
export const interleave = async <A>(
  store: EventStore,
  tape: ReadonlyArray<number>,
  programs: ReadonlyArray<(gated: EventStore) => Task<A>>,
): Promise<ReadonlyArray<A>> => {
  const waiting: Array<() => void> = []
  const gate =
    <B>(task: Task<B>): Task<B> =>
    async () => {
      await new Promise<void>((pass) => waiting.push(pass))
      return task()
    }
  const gated: EventStore = {
    supports: store.supports,
    append: (request) => gate(store.append(request)),
    readStream: (stream, range) => gate(store.readStream(stream, range)),
    read: (query, range) => gate(store.read(query, range)),
    head: gate(store.head),
    ...(store.decisions && { decisions: store.decisions }),
  }
  let running = programs.length
  const results = programs.map((program) => program(gated)().finally(() => (running -= 1)))
  for (let step = 0; running > 0; step++) {
    await new Promise((settled) => setImmediate(settled))
    waiting.splice((tape[step] ?? 0) % Math.max(waiting.length, 1), 1)[0]?.()
  }
  return Promise.all(results)
}
