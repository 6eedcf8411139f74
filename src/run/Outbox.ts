/**
 * Commands that process managers owe: written in the commit that moves the place in the log, and crossed off when they
 * have been handled. A crash at any point leaves each of them written or not decided upon, so none is lost, and as each
 * has an id that the log determines, one that is sent again is known again. A command may have a time before which it is
 * not due; that is all a durable timer is.
 * Used by: `runProcessManager`; adapters that keep read models implement it.
 * @since 0.1.0
 */
import type { taskEither as TE } from 'fp-ts'
import type { GlobalPosition } from '../store/GlobalPosition.js'
import type { Json } from '../store/Json.js'
import type { Timestamp } from '../store/Timestamp.js'
import type { ReadModelError, ReadModelId } from './ReadModels.js'

/** A command to be sent, as it is written with the event that called for it. */
export interface OwedCommand {
  /** Of the event's id and the command's place among those that the event called for: the same whenever it is made. */
  readonly id: string
  /** The key of the process that owes it. */
  readonly key: string
  /** Where in the log the event stands. Commands of a key are sent in the order of position and index. */
  readonly position: GlobalPosition
  readonly index: number
  readonly command: Json
  /** What the command's context takes over from the event. */
  readonly correlationId?: string
  readonly causationId?: string
  /** Not before this time; at once unless given. */
  readonly dueAt?: Timestamp
  /** The name under which a later event of the key takes it back, as long as it is not due. */
  readonly timer?: string
}

/** A timer taken back. */
export interface Cancelled {
  readonly key: string
  readonly timer: string
}

/** What a process manager adds to a commit. */
export interface Owing {
  readonly commands: ReadonlyArray<OwedCommand>
  readonly cancelled: ReadonlyArray<Cancelled>
}

/** The commands that are owed. */
export interface Outbox {
  /**
   * Commands that are due by the clock of the keeper and were not crossed off, of partitions that the owner holds, in
   * their order; of each key only those before which no earlier one is owed or came to nothing.
   */
  readonly due: (
    of: ReadModelId,
    owner: string,
    limit: number,
  ) => TE.TaskEither<ReadModelError, ReadonlyArray<OwedCommand>>
  /** Crosses commands off: they were handled, or refused for good, with the reason. */
  readonly settle: (
    of: ReadModelId,
    settled: ReadonlyArray<{ readonly id: string; readonly refusal?: string }>,
  ) => TE.TaskEither<ReadModelError, void>
  /** When the next command becomes due that is not due yet; nothing where there is none. */
  readonly nextDueAt: (of: ReadModelId) => TE.TaskEither<ReadModelError, Timestamp | undefined>
  /** Everything that is owed, due or not. */
  readonly owed: (of: ReadModelId) => TE.TaskEither<ReadModelError, ReadonlyArray<OwedCommand>>
}
