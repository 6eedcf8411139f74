/**
 * The port that keeps snapshots: at most one for each stream and fold, the newest. It is beside the store and not part
 * of it, for the log does without: every snapshot may be lost, and any may be deleted at any time.
 * The conformance suite of snapshots holds an adapter to what is said here.
 * This is a port: adapters implement it, `Snapshotting` calls it.
 * @since 0.1.0
 */
import type { option as O, taskEither as TE } from 'fp-ts'
import type { FoldKey, Snapshot } from '../evolve/Snapshot.js'
import type { EventStore, StreamSlice } from '../store/EventStore.js'
import type { Busy, InvalidInput, ReadError, Unavailable } from '../store/StoreError.js'
import type { StreamId } from '../store/StreamId.js'

/** A snapshot, if there is one, and the events of its stream that come after it; all of them if there is none. */
export interface SnapshotAndTail {
  readonly snapshot: O.Option<Snapshot>
  readonly tail: StreamSlice
}

/** Why a snapshot was not saved. */
export type SaveError = InvalidInput | Busy | Unavailable

/** Where snapshots are. */
export interface Snapshots {
  /** The newest snapshot of this fold and what comes after it, in one round trip. */
  readonly load: (stream: StreamId, key: FoldKey) => TE.TaskEither<ReadError, SnapshotAndTail>
  /**
   * Keeps a snapshot in place of an older one. One that is not newer than the one that is there, or whose version the
   * stream does not have, is not kept; neither is an error.
   */
  readonly save: (stream: StreamId, snapshot: Snapshot) => TE.TaskEither<SaveError, void>
}

/** A store with a place for snapshots of its streams. */
export interface SnapshotStore extends EventStore {
  readonly snapshots: Snapshots
}
