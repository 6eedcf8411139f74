/**
 * How keys are spread over partitions, and what a key may be. Whoever keeps something by key, and shares the work on it
 * between processes, has to spread the keys alike, or the order of a key would be nobody's.
 * Used by: `RunProjection`, and the adapters that keep read models.
 *
 * Laws (test/properties/store/Partition.test.ts):
 * - PTN-1 one partition: a key has one partition, the same for everybody and for ever, and it is one that there is.
 * - PTN-2 spread: many keys are spread over all partitions, and none has more than three times its share.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import { checkStreamId } from './Append.js'
import { type InvalidInput, invalidInput } from './StoreError.js'
import { streamIdFrom } from './StreamId.js'

/**
 * Whether keepers can keep a key: what the name of a stream may be, a key may be. `path` says where it was found.
 * @example
 * import { checkKey } from 'decider-ts/store'
 * import { either as E } from 'fp-ts'
 * E.isLeft(checkKey('')) // => true
 */
export const checkKey = (key: string, path = 'key'): E.Either<InvalidInput, void> => {
  const checked = checkStreamId(streamIdFrom(key))
  return E.isLeft(checked) ? E.left(invalidInput(path, checked.left.reason)) : E.right(undefined)
}

/**
 * The partition of a key, from 0: a hash of its UTF-16 units (FNV-1a of 32 bits). Every keeper has to spread keys in this
 * way, so that a key stays where it is for ever.
 * @example
 * import { partitionOf } from 'decider-ts/store'
 * partitionOf(64)('account-a1') // => 36
 */
export const partitionOf =
  (partitions: number) =>
  (key: string): number => {
    let hash = 0x811c9dc5
    for (let index = 0; index < key.length; index++)
      hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193) >>> 0
    // The low bits of this hash are its worst, and a number of partitions that is a power of two would see no others.
    return ((hash ^ (hash >>> 15)) >>> 0) % partitions
  }
