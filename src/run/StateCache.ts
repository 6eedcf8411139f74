/**
 * What was known last of the streams that were used last. It only saves reads: whoever acts on it still guards the
 * append with the version that goes with the state, so what is out of date is found out and never acted upon.
 * Used by: `Handle`.
 *
 * Laws (test/properties/run/StateCache.test.ts):
 * - CCH-1 bound: it never holds more streams than it may, and those it holds are the ones used last.
 * @since 0.1.0
 */
import { option as O } from 'fp-ts'
import type { StreamId } from '../store/StreamId.js'

/** Values by stream, as many as there is room for. */
export interface StateCache<Value> {
  readonly get: (stream: StreamId) => O.Option<Value>
  /** Nothing in place of a value forgets the stream. */
  readonly set: (stream: StreamId, value: O.Option<Value>) => void
}

/**
 * An empty cache for so many streams; one for none forgets at once.
 * @internal
 */
export const stateCache = <Value>(streamsMax: number): StateCache<Value> => {
  // A map keeps the order of insertion: putting a stream in again on every use leaves the one unused longest in front.
  const values = new Map<StreamId, Value>()
  const set: StateCache<Value>['set'] = (stream, value) => {
    values.delete(stream)
    if (O.isSome(value)) values.set(stream, value.value)
    if (values.size <= streamsMax) return
    for (const oldest of values.keys()) {
      values.delete(oldest)
      return
    }
  }
  return {
    get: (stream) => {
      const value = O.fromNullable(values.get(stream))
      if (O.isSome(value)) set(stream, value)
      return value
    },
    set,
  }
}
