/**
 * What waits to be saved as a snapshot: at most one item for each stream, the newest, and so many streams at most. One is
 * saved after another, so that saving takes no more than one connection from those who append. An item for which there
 * is no room is turned away and not waited for, because a snapshot may be missing and a command may not be late.
 * Used by: `Snapshotting`.
 *
 * Laws (test/properties/run/SnapshotQueue.test.ts):
 * - SNQ-1 single: no save begins before the one before it has ended, and each accepted item is saved unless a newer one
 *   of its stream took its place.
 * - SNQ-2 bound: never do more streams wait than there is room for, and an item is turned away only then.
 * @since 0.1.0
 */
import type { StreamId } from '../store/StreamId.js'

/** Hands in an item; false where there is no room for it. */
export type SnapshotQueue<Item> = (stream: StreamId, item: Item) => boolean

/**
 * A queue with room for so many streams. `save` must not fail.
 * @internal
 */
export const snapshotQueue = <Item>(
  streamsMax: number,
  save: (stream: StreamId, item: Item) => Promise<void>,
): SnapshotQueue<Item> => {
  const waiting = new Map<StreamId, Item>()
  let isSaving = false
  const saveAll = async () => {
    isSaving = true
    // A walk through a map comes to what is put in meanwhile, too.
    for (const [stream, item] of waiting) {
      waiting.delete(stream)
      await save(stream, item)
    }
    isSaving = false
  }
  return (stream, item) => {
    if (!waiting.has(stream) && waiting.size >= streamsMax) return false
    waiting.set(stream, item)
    if (!isSaving) void saveAll()
    return true
  }
}
