/**
 * A store in the memory of the process: for tests, for teaching, and for programs whose facts may die with them. It
 * answers as the `Journal` does, in every word, and records an event at a cost that does not grow with the log.
 * Nothing can alter its history: facts are frozen copies, and every answer is an array of its own.
 * An append runs in one turn of the event loop, which is all the locking that a single thread needs.
 * Used by: applications and tests, as a `FollowedStore`.
 *
 * Laws (test/properties/adapters/memory/MemoryStore.test.ts):
 * - MEM-1 journal: after any commands, in any order, it answers what the `Journal` answers.
 * - MEM-2 isolation: neither a writer nor a reader can alter what is recorded.
 * - MEM-3 constant cost: an append takes as many steps in a long log as in a short one.
 * @since 0.1.0
 */
import { either as E, option as O, taskEither as TE } from 'fp-ts'
import type { FollowedStore } from '../../run/Feed.js'
import type { SnapshotStore } from '../../run/Snapshots.js'
import {
  type Append,
  type Appended,
  checkAppend,
  checkQuery,
  checkStreamId,
  nothingAppended,
  recordsNothing,
  type StorableAppend,
} from '../../store/Append.js'
import { consistencyToken } from '../../store/AppendCondition.js'
import { type DecisionJournal, decidedBefore, recordDecisions } from '../../store/DecisionJournal.js'
import { checkRange, type QuerySlice, type Range } from '../../store/EventStore.js'
import { holdsFor } from '../../store/ExpectedVersion.js'
import type { GlobalPosition } from '../../store/GlobalPosition.js'
import { seenUpTo } from '../../store/Journal.js'
import { entriesOf, type Query } from '../../store/Query.js'
import { answerFor, repeatOf } from '../../store/Repeat.js'
import type { AppendError, ConditionConflict, InvalidInput, VersionConflict } from '../../store/StoreError.js'
import type { StreamId } from '../../store/StreamId.js'
import { type Timestamp, timestamp } from '../../store/Timestamp.js'
import type { Version } from '../../store/Version.js'
import { type DecisionList, emptyDecisionList } from './DecisionList.js'
import { type EventLog, emptyEventLog } from './EventLog.js'
import { memoryFeed } from './MemoryFeed.js'
import { memorySnapshots } from './MemorySnapshots.js'

/** A store that can be followed, with a place for snapshots and a decision journal. */
export interface MemoryStore extends FollowedStore, SnapshotStore {
  readonly decisions: DecisionJournal
}

/** What a memory store may be given. */
export interface MemoryStoreOptions {
  /** The clock of the store; the clock of the machine unless given. */
  readonly now?: () => Timestamp
}

/**
 * An empty store, whose facts live as long as it is referred to.
 * @example
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { eventId, eventToAppend, noStream, streamId, toStream, version } from 'decider-ts/store'
 * import { either as E } from 'fp-ts'
 * const store = memoryStore()
 * const stream = streamId('account', 'a1')
 * const id = eventId('0198a6a2-0000-7000-8000-000000000001')
 * const opening = toStream(stream, noStream)([eventToAppend({ id, stream, type: 'Opened', data: {} })])
 * E.isRight(await store.append(opening)()) // => true
 * const slice = await store.readStream(stream)()
 * E.isRight(slice) && slice.right.version // => version(1)
 */
export const memoryStore = ({ now = machineClock }: MemoryStoreOptions = {}): MemoryStore => {
  const log = emptyEventLog()
  const { feed, recorded } = memoryFeed(log)
  const readStream = (stream: StreamId, range: Range<Version>) => {
    const checked = E.apSecond(checkRange(range))(checkStreamId(stream))
    if (E.isLeft(checked)) return checked
    return E.right({ events: log.ofStream(stream, range), version: log.versionOf(stream) })
  }
  const decisions = emptyDecisionList()
  return {
    feed,
    supports: { severalStreams: true, queries: true, decisions: true },
    append:
      (request, { signal } = {}) =>
      async () =>
        signal?.aborted ? E.left({ _tag: 'Aborted' }) : append(request, now, log, decisions, recorded),
    readStream: (stream, range = {}) => TE.fromIOEither(() => readStream(stream, range)),
    read: (query, range = {}) => TE.fromIOEither(() => read(query, range, log)),
    head: TE.fromIO(() => log.head()),
    snapshots: memorySnapshots((stream, after) => readStream(stream, { after })),
    decisions: decisions.journal,
  }
}

const machineClock = (): Timestamp => timestamp(Date.now())

const append = (
  request: Append,
  now: () => Timestamp,
  log: EventLog,
  decisions: DecisionList,
  recorded: () => void,
): E.Either<AppendError, Appended> => {
  if (recordsNothing(request)) return E.right(nothingAppended)
  const storable = checkAppend(request)
  if (E.isLeft(storable)) return storable
  const isAgain = decidedBefore(storable.right, decisions.on)
  if (E.isLeft(isAgain)) return isAgain
  const repeated = repeatOf(storable.right.events, log.withId)
  if (E.isLeft(repeated)) return repeated
  if (O.isSome(repeated.right)) return E.right(repeated.right.value)
  if (isAgain.right) return E.right({ ...nothingAppended, repeated: true })
  const conflict = conflictOf(storable.right, log)
  if (conflict !== undefined) return E.left(conflict)
  const moment = now()
  const facts = log.record(storable.right.events, moment)
  if (storable.right.decisions !== undefined)
    decisions.record(recordDecisions(storable.right.decisions, facts, moment))
  recorded()
  return E.right(answerFor(facts))
}

const conflictOf = (
  { expected, condition }: StorableAppend,
  log: EventLog,
): VersionConflict | ConditionConflict | undefined => {
  for (const { stream, version } of expected) {
    const actual = log.versionOf(stream)
    if (!holdsFor(actual)(version)) return { _tag: 'VersionConflict', stream, expected: version, actual }
  }
  const tooNew = condition && log.firstTooNew(condition)
  return tooNew && { _tag: 'ConditionConflict', position: tooNew.position }
}

const read = (
  query: Query,
  range: Range<GlobalPosition>,
  log: EventLog,
): E.Either<InvalidInput, QuerySlice> => {
  const checked = E.apSecond(checkRange(range))(checkQuery(query))
  if (E.isLeft(checked)) return checked
  const events = log.matching(query, range)
  const seen = seenUpTo(range, events, log.head())
  return E.right({
    events,
    token: consistencyToken(Array.from({ length: entriesOf(query) }, () => seen)),
  })
}
