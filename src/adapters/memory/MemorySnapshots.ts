/**
 * Snapshots in the memory of the process, beside the store whose streams they are of.
 * Used by: `memoryStore`.
 * @since 0.1.0
 */
import { either as E, option as O, taskEither as TE } from 'fp-ts'
import type { SnapshotAndTail, Snapshots } from '../../run/Snapshots.js'
import type { StreamSlice } from '../../store/EventStore.js'
import { toJson } from '../../store/Json.js'
import type { InvalidInput } from '../../store/StoreError.js'
import type { StreamId } from '../../store/StreamId.js'
import { noVersion, type Version } from '../../store/Version.js'

type Snapshot = Parameters<Snapshots['save']>[1]

/** No snapshots yet. `readAfter` gives a stream from a version on. */
export const memorySnapshots = (
  readAfter: (stream: StreamId, after: Version) => E.Either<InvalidInput, StreamSlice>,
): Snapshots => {
  const kept = new Map<string, Snapshot>()

  const load = (stream: StreamId, key: Snapshot['of']): E.Either<InvalidInput, SnapshotAndTail> => {
    const snapshot = O.fromNullable(kept.get(placeOf(stream, key)))
    const after = O.isSome(snapshot) ? snapshot.value.version : noVersion
    return E.map((tail: StreamSlice) => ({ snapshot, tail }))(readAfter(stream, after))
  }

  const save = (stream: StreamId, snapshot: Snapshot): E.Either<InvalidInput, void> => {
    const place = placeOf(stream, snapshot.of)
    const state = toJson(snapshot.state, 'snapshot.state')
    if (E.isLeft(state)) return state
    const slice = readAfter(stream, snapshot.version)
    if (E.isLeft(slice)) return slice
    const isNewer = snapshot.version > (kept.get(place)?.version ?? -1n)
    if (isNewer && snapshot.version <= slice.right.version)
      kept.set(place, { ...snapshot, state: state.right })
    return E.right(undefined)
  }

  return {
    load: (stream, key) => TE.fromIOEither(() => load(stream, key)),
    save: (stream, snapshot) => TE.fromIOEither(() => save(stream, snapshot)),
  }
}

/** No two places have one text, whatever the names are. */
const placeOf = (stream: StreamId, { fold, fingerprint }: Snapshot['of']): string =>
  JSON.stringify([stream, fold, fingerprint])
