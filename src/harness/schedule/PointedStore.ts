/**
 * A store whose every call waits at a point of a program, so that a tape decides in which order the calls of several
 * programs reach it. Programs need not be written for tapes then: whatever uses a store, such as `handle`, can be run
 * under any schedule, and a handler that forgets to say what it expects is found out.
 * Used by: users, for programs of their own.
 *
 * Laws (test/properties/harness/schedule/PointedStore.test.ts):
 * - PST-1 transparency: a program that runs alone gets the answers of the store itself.
 * - PST-2 every call waits: a call that reaches the store is a step of the run, and has a step to itself.
 * @since 0.1.0
 */
import { either as E, type taskEither as TE } from 'fp-ts'
import type { EventStore } from '../../store/EventStore.js'
import type { TapePoint } from './Tape.js'

/**
 * The store, each of whose calls is a step. Calls that a program makes at once become steps one after another. What a
 * store has beside the port, such as a feed, is passed on as it is and takes no steps.
 * @example
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { type TapeProgram, pointedStore, runByTape } from 'decider-ts/harness'
 * import { anyVersion, eventId, eventToAppend, streamId, toStream } from 'decider-ts/store'
 * const store = memoryStore()
 * const stream = streamId('account', 'a1')
 * const id = eventId('0198a6a2-0000-7000-8000-000000000001')
 * const opening = toStream(stream, anyVersion)([eventToAppend({ id, stream, type: 'Opened', data: {} })])
 * const reader: TapeProgram<unknown> = (point) => pointedStore(store, point).readStream(stream)()
 * const opener: TapeProgram<unknown> = (point) => pointedStore(store, point).append(opening)()
 * const { steps } = await runByTape([reader, opener], [1])
 * steps.map(({ label, result }) => `${label}: ${result}`) // => ['appends Opened: ok', 'reads account-a1: 1 event']
 */
export const pointedStore = <Store extends EventStore>(store: Store, point: TapePoint): Store => {
  let last: Promise<unknown> = Promise.resolve()
  const step =
    <Error extends { readonly _tag: string }, A>(
      label: string,
      call: TE.TaskEither<Error, A>,
    ): TE.TaskEither<Error, A> =>
    () => {
      // A program waits at one point at a time, so a call waits for the one before it.
      const mine = last.then(async () => {
        const say = await point(label)
        const answer = await call()
        say(E.isLeft(answer) ? answer.left._tag : resultOf(answer.right))
        return answer
      })
      last = mine.catch(() => undefined)
      return mine
    }
  const { decisions } = store
  return {
    ...store,
    append: (append, options) =>
      step(`appends ${append.events.map(({ type }) => type).join(', ')}`, store.append(append, options)),
    readStream: (stream, range) => step(`reads ${stream}`, store.readStream(stream, range)),
    read: (query, range) => step('reads by query', store.read(query, range)),
    head: step('reads the head', store.head),
    ...(decisions && {
      decisions: {
        on: (commandIds) => step('reads decisions', decisions.on(commandIds)),
        page: (limit, after) => step('reads decisions', decisions.page(limit, after)),
      },
    }),
  }
}

const resultOf = (answer: unknown): string => {
  if (typeof answer !== 'object' || answer === null || !('events' in answer)) return 'ok'
  const count = Array.isArray(answer.events) ? answer.events.length : 0
  return count === 1 ? '1 event' : `${count} events`
}
