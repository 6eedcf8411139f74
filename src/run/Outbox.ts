/**
 * Commands that process managers owe: written in the commit that moves the place in the log, and crossed off when they
 * have been handled. A crash at any point leaves each of them written or not decided upon, so none is lost, and as each
 * has an id that the log determines, one that is sent again is known again. A command may have a time before which it is
 * not due; that is all a durable timer is.
 *
 * A timer is taken back by a later event of its key that was recorded before the timer was due, however late that event
 * is looked at. So whether a timer fires is a matter of the log, and not of how far behind who reads it is.
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
  /**
   * Of the event's id and the command's place among those that the event called for: the same whenever it is made, so one
   * that is known already is not owed again. What a name may be, an id and the name of a timer may be.
   */
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
  /** When the event that takes it back was recorded: a timer of the key that was due by then stays. */
  readonly at: Timestamp
}

/** What a process manager adds to a commit. */
export interface Owing {
  /** None of these is taken back by the same commit: `cancelled` is about what was owed before. */
  readonly commands: ReadonlyArray<OwedCommand>
  readonly cancelled: ReadonlyArray<Cancelled>
}

/** What became of a command: it was handled, or there is a reason why not. */
export interface Settled {
  readonly id: string
  /** Why it was not carried out; it is kept with this reason. Without one the command is forgotten. */
  readonly refusal?: string
  /**
   * Whether the reason leaves the command undone, so that the later ones of its key must wait until somebody has it sent
   * again or crossed off. Without it, it is an answer like any other: a rule said no, and the later ones go on.
   */
  readonly isStuck?: boolean
}

/** A command that was not carried out, and why. */
export interface RefusedCommand extends OwedCommand {
  readonly refusal: string
  /** Whether the later ones of its key wait behind it. */
  readonly isStuck: boolean
}

/** The commands that are owed. */
export interface Outbox {
  /**
   * Commands that are due by the clock of the keeper and were not crossed off, of partitions that the owner holds, in
   * their order; of each key the first of those that are due, and none of a key in which an earlier one is stuck. Where
   * there are more than `limit`, they are the first of those that are due at once, and any of the timers.
   */
  readonly due: (
    of: ReadModelId,
    owner: string,
    limit: number,
  ) => TE.TaskEither<ReadModelError, ReadonlyArray<OwedCommand>>
  /** Crosses commands off, or keeps them with the reason. One that is not there any more is left out. */
  readonly settle: (of: ReadModelId, settled: ReadonlyArray<Settled>) => TE.TaskEither<ReadModelError, void>
  /** When the next command becomes due that is not due yet; nothing where there is none. */
  readonly nextDueAt: (of: ReadModelId) => TE.TaskEither<ReadModelError, Timestamp | undefined>
  /** Everything that is owed, due or not, by position and index; none of those that were refused. */
  readonly owed: (of: ReadModelId) => TE.TaskEither<ReadModelError, ReadonlyArray<OwedCommand>>
  /** Commands that were not carried out, by position and index, until `settle` without a reason has them forgotten. */
  readonly refused: (of: ReadModelId) => TE.TaskEither<ReadModelError, ReadonlyArray<RefusedCommand>>
  /** Has refused commands sent again, under the ids that they have. */
  readonly resend: (of: ReadModelId, ids: ReadonlyArray<string>) => TE.TaskEither<ReadModelError, void>
}
