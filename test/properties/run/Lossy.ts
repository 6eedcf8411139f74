/** A store whose answers to appends are lost as a plan says, before or after the append was written. */
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import type { AppendError, EventStore, Unavailable } from '../../../src/store/index.js'

/** What becomes of an append: it goes well, or its answer is lost before or after it was written. */
export type Fate = 'kept' | 'lost before' | 'lost after'

export const fate: fc.Arbitrary<Fate> = fc.constantFrom<Fate>('kept', 'lost before', 'lost after')

export const lossy = (store: EventStore, plan: ReadonlyArray<Fate>): EventStore => {
  let call = 0
  const lost: Unavailable = {
    _tag: 'Unavailable',
    outcome: 'unknown',
    reason: 'the answer was lost',
    cause: undefined,
  }
  return {
    ...store,
    append: (request) => async () => {
      const next = plan[call++] ?? 'kept'
      if (next === 'lost before') return E.left<AppendError>(lost)
      const answer = await store.append(request)()
      return next === 'lost after' ? E.left(lost) : answer
    },
  }
}
