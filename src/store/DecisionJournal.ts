/**
 * The decision journal: what was decided on each command, kept beside the events and written with them, whole or not at
 * all. Events say what happened; the journal also knows what was refused, what needed nothing, and which command was
 * answered already, so a command that is sent again gets the answer of the first time instead of a second decision.
 * Used by: `Append`, `Journal`, the adapters; `run` writes it and answers from it.
 * @since 0.1.0
 */
import { either as E, type taskEither as TE } from 'fp-ts'
import type { StorableAppend } from './Append.js'
import { type Json, stringify } from './Json.js'
import type { RecordedEvent } from './RecordedEvent.js'
import type { AlreadyDecided, ReadError } from './StoreError.js'
import type { StreamId } from './StreamId.js'
import type { Timestamp } from './Timestamp.js'

/** What was decided on one command, to be recorded with an append. */
export interface DecisionToRecord {
  /** Recorded once in a store, whoever decides. */
  readonly commandId: string
  /** The name of the domain or decision model that decided. */
  readonly handler: string
  /** The stream that the decision was taken on, where it was one stream. */
  readonly stream?: StreamId
  /** Up to where the decision had seen the past, as JSON; its writer knows what it means. */
  readonly seen: unknown
  readonly outcome: 'accepted' | 'rejected'
  /** How many events of the append are its own: the decisions of an append share its events out in their order. */
  readonly events: number
  readonly command?: unknown
  readonly rejection?: unknown
}

/** A decision that a store can keep exactly. */
export interface StorableDecision extends DecisionToRecord {
  readonly seen: Json
  readonly command?: Json
  readonly rejection?: Json
}

/** A decision as it was recorded. It never changes. */
export interface RecordedDecision extends Omit<StorableDecision, 'events'> {
  /** The events that it recorded, in their order. */
  readonly events: ReadonlyArray<RecordedEvent>
  readonly recordedAt: Timestamp
}

/** The reading side of the journal. */
export interface DecisionJournal {
  /** The decisions on these commands, as far as there are any, in any order. */
  readonly on: (
    commandIds: ReadonlyArray<string>,
  ) => TE.TaskEither<ReadError, ReadonlyArray<RecordedDecision>>
  /**
   * At most `limit` decisions, from the first, or after a command id: the last of the page before. All pages have one
   * order, which is the store's own, so whatever was recorded before the first page was read comes exactly once. The
   * pages end with one that is empty.
   */
  readonly page: (limit: number, after?: string) => TE.TaskEither<ReadError, ReadonlyArray<RecordedDecision>>
}

/**
 * Whether an append brings decisions that were all recorded by this very append before: `false` where none of its
 * commands was decided. If one was decided by another append, the failure holds what was recorded. For adapters.
 * @internal
 */
export const decidedBefore = (
  { decisions = [], events }: StorableAppend,
  recordedOn: (commandId: string) => RecordedDecision | undefined,
): E.Either<AlreadyDecided, boolean> => {
  let first = 0
  let isSame = true
  const known: Array<RecordedDecision> = []
  for (const decision of decisions) {
    const own = events.slice(first, first + decision.events)
    first += decision.events
    const recorded = recordedOn(decision.commandId)
    if (recorded !== undefined) known.push(recorded)
    isSame &&= recorded !== undefined && textOf({ ...decision, events: own }) === textOf(recorded)
  }
  if (known.length === 0) return E.right(false)
  return isSame ? E.right(true) : E.left({ _tag: 'AlreadyDecided', decisions: known })
}

/** What two writings of one decision have in common. Ids of events are new each time a decision is taken. */
const textOf = ({
  outcome,
  seen,
  rejection,
  events,
}: Pick<StorableDecision, 'outcome' | 'seen' | 'rejection'> & {
  readonly events: ReadonlyArray<{ readonly id: string }>
}): string => stringify([outcome, seen, rejection ?? null, events.map(({ id }) => id)])

/**
 * The decisions of an append as they are recorded, from its recorded events. For adapters.
 * @internal
 */
export const recordDecisions = (
  decisions: ReadonlyArray<StorableDecision>,
  recorded: ReadonlyArray<RecordedEvent>,
  recordedAt: Timestamp,
): ReadonlyArray<RecordedDecision> => {
  let first = 0
  return decisions.map(({ events, ...decision }) => {
    const own = recorded.slice(first, first + events)
    first += events
    return Object.freeze({ ...decision, events: Object.freeze(own), recordedAt })
  })
}
