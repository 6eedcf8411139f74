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
  /** How often it was tried; 0 for one that only waits behind another. */
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
  /** The leases it is made under, as they were given, and how far each gets. */
  readonly moves: ReadonlyArray<Lease & { readonly to: GlobalPosition }>
  readonly entries: ReadonlyArray<Entry>
  readonly parked: ReadonlyArray<ToPark>
  /** What a process manager owes by these events, and takes back. */
  readonly owing?: Owing
}

/** A lease has another owner by now, or the place is not where its writer believed. Nothing was written. */
export interface Fenced {
  readonly _tag: 'Fenced'
  readonly partition: number
}

/** What keeping read models can fail with. */
export type ReadModelError = InvalidInput | Busy | Unavailable

/**
 * Read models, kept. `Transaction` is what a handler of the user's is given to write its own tables with, in the
 * transaction of the commit.
 */
export interface ReadModels<Transaction = never> {
  /** How many partitions there are: a fixed number for all read models of this keeper, 64 as a rule. */
  readonly partitions: number
  readonly partitionOf: (key: string) => number
  /**
   * Renews what an owner holds and takes its fair share of what nobody holds, by the clock of the keeper: all of it where
   * it is alone, and less where others are there too. The answer is what it holds now, for `leaseMs` at least.
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
  readonly commit: (
    of: ReadModelId,
    commit: ReadModelCommit,
    within?: (transaction: Transaction) => Promise<void>,
  ) => TE.TaskEither<ReadModelError | Fenced, void>
  /** Everything up to here is in the read model, or parked: the least place of all partitions. */
  readonly place: (of: ReadModelId) => TE.TaskEither<ReadModelError, GlobalPosition>
  readonly parked: (of: ReadModelId) => TE.TaskEither<ReadModelError, ReadonlyArray<ParkedKey>>
  /** The events of a parked key, in order. */
  readonly parkedEvents: (
    of: ReadModelId,
    key: string,
  ) => TE.TaskEither<ReadModelError, ReadonlyArray<RecordedEvent>>
  /** Ends the parking of a key with its entry, if no event came to wait in between: `false` says that one did. */
  readonly unpark: (of: ReadModelId, entry: Entry, events: number) => TE.TaskEither<ReadModelError, boolean>
  readonly get: (of: ReadModelId, key: string) => TE.TaskEither<ReadModelError, O.Option<Entry>>
  /** The version that readers are shown: the one that was made live last, or the first there is. */
  readonly liveVersion: (name: string) => TE.TaskEither<ReadModelError, O.Option<number>>
  /** Shows readers another version, at once for all of them; the one before is kept. */
  readonly makeLive: (of: ReadModelId) => TE.TaskEither<ReadModelError, void>
  /** Forgets a read model with its place. */
  readonly drop: (of: ReadModelId) => TE.TaskEither<ReadModelError, void>
}
