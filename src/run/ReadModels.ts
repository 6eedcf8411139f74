/**
 * Where read models are kept, each with its place in the log. It is what makes a projection exact: entries and place are
 * written together or not at all, the place only moves from where its writer believed it to be, and every write shows the
 * fence of the lease it was made under. So whoever was paused, replaced or restarted can come back at any moment and do
 * no harm. Keys are spread over a fixed number of partitions, each leased to one owner at a time, so that several
 * processes share the work and the order of each key stays.
 * Used by: `runProjection`; adapters implement it.
 * @since 0.1.0
 */
import type { option as O, taskEither as TE } from 'fp-ts'
import type { GlobalPosition } from '../store/GlobalPosition.js'
import type { Json } from '../store/Json.js'
import type { RecordedEvent } from '../store/RecordedEvent.js'
import type { Busy, InvalidInput, Unavailable } from '../store/StoreError.js'
import type { Timestamp } from '../store/Timestamp.js'
import type { Owing } from './Outbox.js'

/** Which read model. */
export interface ReadModelId {
  readonly name: string
  readonly version: number
}

/** A partition, held until its owner is late in renewing it. */
export interface Lease {
  readonly partition: number
  /** Grows with each change of the owner; a commit under an older one is refused. */
  readonly fence: bigint
  /** Everything up to here is in the read model, or parked. */
  readonly upTo: GlobalPosition
}

/** The state of a key. */
export interface Entry {
  readonly key: string
  readonly state: Json
  /** The last event that counted. */
  readonly position: GlobalPosition
}

/** An event set aside, and why: the first one of a key failed, later ones of that key wait behind it. */
export interface ToPark {
  readonly key: string
  readonly event: RecordedEvent
  readonly reason: string
  /** How often it was tried, 1 or more for the one that failed; 0 for one that only waits behind it. */
  readonly attempts: number
}

/** A key that is set aside until somebody has it replayed. */
export interface ParkedKey {
  readonly key: string
  /** How many of its events wait. */
  readonly events: number
  readonly firstPosition: GlobalPosition
  readonly reason: string
  readonly attempts: number
  readonly since: Timestamp
}

/** What is written together, or not at all. */
export interface ReadModelCommit {
  readonly owner: string
  /**
   * The leases it is made under, as they were given, and how far each gets: at least to where it was. The key of every
   * entry and of every parked event belongs to one of these partitions; anything else is `InvalidInput`, and so is a key
   * with two entries.
   */
  readonly moves: ReadonlyArray<Lease & { readonly to: GlobalPosition }>
  readonly entries: ReadonlyArray<Entry>
  readonly parked: ReadonlyArray<ToPark>
  /** What a process manager owes by these events, and takes back. */
  readonly owing?: Owing
}

/**
 * What the commit was made from is not so any more, and nothing was written: the lease has another owner by now or was
 * given up, the place is not where its writer believed, or a key was parked or unparked in between. That an owner is late
 * in renewing is no reason by itself, as long as nobody has taken its partition.
 */
export interface Fenced {
  readonly _tag: 'Fenced'
  readonly partition: number
}

/** What keeping read models can fail with. */
export type ReadModelError = InvalidInput | Busy | Unavailable

/**
 * What a handler of the user's writes with, in the transaction of a commit. `isLive` says whether the version that the
 * commit is for is the one that readers are shown, and stays true or false until the commit is done: effects that must
 * not happen while a version is made anew are held back by it.
 */
export type Within<Transaction> = (transaction: Transaction, isLive: boolean) => Promise<void>

/** A key's events have been dealt with at last. */
export interface Unparking {
  readonly key: string
  /** The state of the key with its events; none where none of them counts. */
  readonly entry: O.Option<Entry>
  /** The last event that waited when they were read: if another one came to wait since then, nothing is done. */
  readonly through: GlobalPosition
  /** What a process manager owes by these events, and takes back: written with the entry. */
  readonly owing?: Owing
}

/**
 * Read models, kept. `Transaction` is what a handler of the user's is given to write its own tables with, in the
 * transaction of the commit. A read model is there from the first `lease` on.
 */
export interface ReadModels<Transaction = never> {
  /** How many partitions there are: a fixed number for all read models of this keeper, 64 as a rule. */
  readonly partitions: number
  /** `partitionOf` of `store` with this number. */
  readonly partitionOf: (key: string) => number
  /**
   * Renews what an owner holds, gives up what is beyond its fair share, and takes of what nobody holds up to its share,
   * by the clock of the keeper. Owners share while each of them asks again within its `leaseMs`: they are ranked by name,
   * each has as many partitions as the others, and the first ones one more where they do not come out even. An owner that
   * is late, or has released, has no share, and what it held is free. The answer is all that it holds now, by partition,
   * and it holds that for `leaseMs` at least, unless it releases it or asks again.
   */
  readonly lease: (
    of: ReadModelId,
    owner: string,
    leaseMs: number,
  ) => TE.TaskEither<ReadModelError, ReadonlyArray<Lease>>
  /** Gives up all that an owner holds, so that others need not wait for it to be late. */
  readonly release: (of: ReadModelId, owner: string) => TE.TaskEither<ReadModelError, void>
  /** The entries of keys, as far as there are any, and which of the keys are parked. */
  readonly load: (
    of: ReadModelId,
    keys: ReadonlyArray<string>,
  ) => TE.TaskEither<
    ReadModelError,
    { readonly entries: ReadonlyArray<Entry>; readonly parked: ReadonlySet<string> }
  >
  /**
   * Writes entries, places and parked events with what `within` writes, or nothing of it. What `within` throws is thrown
   * on, and nothing was written. An entry of a key that is parked is `Fenced`, and so is an event that waits (with 0
   * attempts) behind a key that is not parked by then, nor by an earlier event of this commit.
   */
  readonly commit: (
    of: ReadModelId,
    commit: ReadModelCommit,
    within?: Within<Transaction>,
  ) => TE.TaskEither<ReadModelError | Fenced, void>
  /** Everything up to here is in the read model, or parked: the least place of all partitions. */
  readonly place: (of: ReadModelId) => TE.TaskEither<ReadModelError, GlobalPosition>
  /** The parked keys, by the position of their first event. */
  readonly parked: (of: ReadModelId) => TE.TaskEither<ReadModelError, ReadonlyArray<ParkedKey>>
  /** The events of a parked key, in order; none of a key that is not parked. */
  readonly parkedEvents: (
    of: ReadModelId,
    key: string,
  ) => TE.TaskEither<ReadModelError, ReadonlyArray<RecordedEvent>>
  /**
   * Ends the parking of a key: writes its entry and forgets its parked events, together with what `within` writes. `false`
   * says that it is not parked any more, or that an event came to wait in between, and that nothing was done.
   */
  readonly unpark: (
    of: ReadModelId,
    unparking: Unparking,
    within?: Within<Transaction>,
  ) => TE.TaskEither<ReadModelError, boolean>
  readonly get: (of: ReadModelId, key: string) => TE.TaskEither<ReadModelError, O.Option<Entry>>
  /** At most `limit` entries, in an order of the keeper's that does not change: the first ones, or those after a key. */
  readonly page: (
    of: ReadModelId,
    limit: number,
    after?: string,
  ) => TE.TaskEither<ReadModelError, ReadonlyArray<Entry>>
  /** The version that readers are shown: the one that was made live last, or else the lowest there is. */
  readonly liveVersion: (name: string) => TE.TaskEither<ReadModelError, O.Option<number>>
  /**
   * Shows readers another version, at once for all of them; the one before is kept. It waits for commits under way. One
   * that is not there is `InvalidInput`.
   */
  readonly makeLive: (of: ReadModelId) => TE.TaskEither<ReadModelError, void>
  /** Forgets a read model with its places, its leases, and all that is parked. */
  readonly drop: (of: ReadModelId) => TE.TaskEither<ReadModelError, void>
}
