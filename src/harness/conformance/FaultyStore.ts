/**
 * A store whose appends meet mishaps in a given order: what a network, a rival or a busy database does now and then,
 * at will. The mishaps are data, so that a property can generate them and shrink them.
 * Used by: the conformance suite (a lost acknowledgement), and tests of retries.
 * @since 0.1.0
 */
import { function as F, taskEither as TE } from 'fp-ts'
import type { Append } from '../../store/Append.js'
import type { EventStore } from '../../store/EventStore.js'

/** What happens to one append. */
export type StoreMishap =
  | { readonly _tag: 'None' }
  /** The store has no time for it. */
  | { readonly _tag: 'Busy' }
  /** The connection breaks before the append arrives. */
  | { readonly _tag: 'LostBefore' }
  /** The append is written, and the connection breaks before the answer arrives. */
  | { readonly _tag: 'LostAfter' }
  /** Someone else's append is written first. */
  | { readonly _tag: 'Overtaken'; readonly by: Append }

/**
 * The store, whose n-th append meets the n-th mishap. Later appends and all reads meet none.
 * @example
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { faultyStore } from 'decider-ts/harness'
 * import { anyVersion, eventId, eventToAppend, streamId, toStream } from 'decider-ts/store'
 * import { either as E } from 'fp-ts'
 * const store = faultyStore(memoryStore(), [{ _tag: 'LostAfter' }])
 * const stream = streamId('account', 'a1')
 * const id = eventId('0198a6a2-0000-7000-8000-000000000001')
 * const opening = toStream(stream, anyVersion)([eventToAppend({ id, stream, type: 'Opened', data: {} })])
 * E.isLeft(await store.append(opening)()) // => true
 * const again = await store.append(opening)()
 * E.isRight(again) && again.right.repeated // => true
 */
export const faultyStore = (store: EventStore, mishaps: ReadonlyArray<StoreMishap>): EventStore => {
  let met = 0
  return {
    ...store,
    append: (append) => () => {
      const mishap = mishaps[met] ?? { _tag: 'None' }
      met += 1
      return suffer(store, append, mishap)()
    },
  }
}

const suffer = (store: EventStore, append: Append, mishap: StoreMishap): ReturnType<EventStore['append']> => {
  switch (mishap._tag) {
    case 'None':
      return store.append(append)
    case 'Busy':
      return TE.left({ _tag: 'Busy', reason: 'a mishap' })
    case 'LostBefore':
      return lost('nothing written')
    case 'LostAfter':
      return F.pipe(
        store.append(append),
        TE.chain(() => lost('unknown')),
      )
    case 'Overtaken':
      return F.pipe(
        store.append(mishap.by),
        TE.chain(() => store.append(append)),
      )
  }
}

const lost = (outcome: 'nothing written' | 'unknown'): ReturnType<EventStore['append']> =>
  TE.left({ _tag: 'Unavailable', outcome, reason: 'a mishap', cause: undefined })
