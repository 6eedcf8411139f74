/**
 * The executable specification of `EventStore`: append and read as functions on a value, one append after another.
 * Read it to know what a store promises. It favours plainness over speed; adapters are fast, and a model-based
 * property holds each of them to this file.
 * Used by: the conformance suite and the tests of the adapters.
 *
 * Laws (test/properties/store/Journal.test.ts):
 * - JNL-1 dense versions: the n-th event of a stream has version n.
 * - JNL-2 order: positions grow by one, in the order of the appends and of the events within an append.
 * - JNL-3 atomicity: an append that fails leaves the journal as it was.
 * - JNL-4 idempotence: sending an append again changes nothing and answers as the first time.
 * - JNL-5 one predicate: an append guarded by a query and the token of a whole read fails exactly when a later read of
 *   that query would find an event the first read did not. After a read that was cut short it may fail without need,
 *   and never lets an unread event through.
 * - JNL-6 slices: a bounded, limited or backward read is the whole read, cut and turned.
 * - JNL-7 one decision: whatever is appended, the journal holds one decision a command id; an append with a command that
 *   was decided before is refused with what was recorded, unless it is the append that recorded it.
 * @since 0.1.0
 */
import { either as E, function as F, option as O, readonlyArray as RA } from 'fp-ts'
import {
  type Append,
  type Appended,
  checkAppend,
  checkQuery,
  checkStreamId,
  nothingAppended,
  recordsNothing,
  type StorableAppend,
  tokenOf,
} from './Append.js'
import { type AppendCondition, type ConsistencyToken, consistencyToken } from './AppendCondition.js'
import { decidedBefore, type RecordedDecision, recordDecisions } from './DecisionJournal.js'
import { checkRange, type QuerySlice, type Range, type StreamSlice } from './EventStore.js'
import type { StorableEvent } from './EventToAppend.js'
import { holdsFor } from './ExpectedVersion.js'
import { beginning, type GlobalPosition, globalPosition } from './GlobalPosition.js'
import { entriesOf, entryOf, matches, type Query } from './Query.js'
import type { RecordedEvent } from './RecordedEvent.js'
import { answerFor, repeatOf } from './Repeat.js'
import type { AppendError, ConditionConflict, InvalidInput, VersionConflict } from './StoreError.js'
import type { StreamId } from './StreamId.js'
import type { Timestamp } from './Timestamp.js'
import { noVersion, type Version, version } from './Version.js'

/** Every fact so far, in the order of the log. */
export interface Journal {
  readonly events: ReadonlyArray<RecordedEvent>
  /** What was decided on commands, in the order of recording. */
  readonly decisions: ReadonlyArray<RecordedDecision>
}

/**
 * No facts yet.
 * @example
 * import { emptyJournal, headOf } from 'decider-ts/store'
 * headOf(emptyJournal) // => 0n
 */
export const emptyJournal: Journal = { events: [], decisions: [] }

/**
 * The position of the newest event, or 0.
 * @example
 * import { emptyJournal, headOf } from 'decider-ts/store'
 * headOf(emptyJournal) // => 0n
 */
export const headOf = (journal: Journal): GlobalPosition => journal.events.at(-1)?.position ?? beginning

/**
 * How many events a stream holds.
 * @example
 * import { emptyJournal, streamId, versionOf } from 'decider-ts/store'
 * versionOf(streamId('account', 'a1'))(emptyJournal) // => 0n
 */
export const versionOf =
  (stream: StreamId) =>
  (journal: Journal): Version =>
    journal.events.findLast((event) => event.stream === stream)?.version ?? noVersion

/**
 * One append at one moment: the journal afterwards, or why nothing changed. Checks come in this order: input, commands
 * that were decided before, repeated event ids, expected versions in the order given, append condition. An append whose
 * answer was lost is sent again with the same decisions and events, and is answered as the first time. The commands come
 * before the events, because whoever decides a command a second time does so with new events.
 * @example
 * import { either as E, function as F } from 'fp-ts'
 * import { appendToJournal, emptyJournal, eventId, eventToAppend, headOf, noStream, streamId, timestamp, toStream } from 'decider-ts/store'
 * const stream = streamId('account', 'a1')
 * const id = eventId('0198a6a2-0000-7000-8000-000000000001')
 * const opening = toStream(stream, noStream)([eventToAppend({ id, stream, type: 'Opened', data: {} })])
 * const after = appendToJournal(opening, timestamp(0))(emptyJournal)
 * F.pipe(after, E.map(([, journal]) => headOf(journal))) // => E.right(1n)
 */
export const append =
  (request: Append, now: Timestamp) =>
  (journal: Journal): E.Either<AppendError, readonly [Appended, Journal]> => {
    if (recordsNothing(request)) return E.right([nothingAppended, journal])
    return F.pipe(
      checkAppend(request),
      E.bindTo('storable'),
      E.bindW('isAgain', ({ storable }) =>
        decidedBefore(storable, (id) => journal.decisions.find(({ commandId }) => commandId === id)),
      ),
      E.bindW('first', ({ storable }) =>
        repeatOf(storable.events, (id) => journal.events.find((event) => event.id === id)),
      ),
      E.chainW(({ storable, isAgain, first }) => {
        if (O.isSome(first)) return E.right([first.value, journal] as const)
        if (isAgain) return E.right([{ ...nothingAppended, repeated: true }, journal] as const)
        return write(storable, now, journal)
      }),
    )
  }

/**
 * The events of a stream: all of them, or the part that a range names.
 * @example
 * import { either as E } from 'fp-ts'
 * import { emptyJournal, readStreamFromJournal, streamId } from 'decider-ts/store'
 * readStreamFromJournal(streamId('account', 'a1'))(emptyJournal) // => E.right({ events: [], version: 0n })
 */
export const readStream =
  (stream: StreamId, range: Range<Version> = {}) =>
  (journal: Journal): E.Either<InvalidInput, StreamSlice> =>
    F.pipe(
      checkStreamId(stream),
      E.chain(() => checkRange(range)),
      E.map(() => ({
        events: cut(
          range,
          (event) => event.version,
        )(journal.events.filter((event) => event.stream === stream)),
        version: versionOf(stream)(journal),
      })),
    )

/**
 * The events that match a query, and the token for an append condition.
 * @example
 * import { either as E } from 'fp-ts'
 * import { emptyJournal, everything, readFromJournal } from 'decider-ts/store'
 * readFromJournal(everything)(emptyJournal) // => E.right({ events: [], token: [0n] })
 */
export const read =
  (query: Query, range: Range<GlobalPosition> = {}) =>
  (journal: Journal): E.Either<InvalidInput, QuerySlice> =>
    F.pipe(
      checkQuery(query),
      E.chain(() => checkRange(range)),
      E.map(() => {
        const events = cut(range, (event) => event.position)(journal.events.filter(matches(query)))
        const seen = seenUpTo(range, events, headOf(journal))
        return { events, token: consistencyToken(Array.from({ length: entriesOf(query) }, () => seen)) }
      }),
    )

/**
 * Up to where a read has seen all events of its query. A read that a limit may have cut short has seen what it
 * returned and no more; read backward it has seen no prefix at all.
 * @example
 * import { globalPosition, seenUpTo } from 'decider-ts/store'
 * seenUpTo({ to: globalPosition(3) }, [], globalPosition(9)) // => 3n
 */
export const seenUpTo = (
  { to, limit, direction }: Range<GlobalPosition>,
  events: ReadonlyArray<RecordedEvent>,
  head: GlobalPosition,
): GlobalPosition => {
  const bound = to === undefined || head < to ? head : to
  if (limit === undefined || events.length < limit) return bound
  return direction === 'backward' ? beginning : (events.at(-1)?.position ?? beginning)
}

const cut =
  <Place extends bigint>(
    { after, to, limit, direction }: Range<Place>,
    placeOf: (event: RecordedEvent) => Place,
  ) =>
  (events: ReadonlyArray<RecordedEvent>): ReadonlyArray<RecordedEvent> => {
    const within = events.filter(
      (event) =>
        (after === undefined || placeOf(event) > after) && (to === undefined || placeOf(event) <= to),
    )
    return (direction === 'backward' ? RA.reverse(within) : within).slice(0, limit)
  }

const write = (
  request: StorableAppend,
  now: Timestamp,
  journal: Journal,
): E.Either<VersionConflict | ConditionConflict, readonly [Appended, Journal]> =>
  F.pipe(
    checkExpected(request, journal),
    E.chainW(() =>
      request.condition === undefined ? E.right(undefined) : checkCondition(request.condition, journal),
    ),
    E.map(() => {
      const recorded = request.events.map(record(now, journal))
      const decisions = recordDecisions(request.decisions ?? [], recorded, now)
      return [
        answerFor(recorded),
        { events: [...journal.events, ...recorded], decisions: [...journal.decisions, ...decisions] },
      ] as const
    }),
  )

const checkExpected = ({ expected }: StorableAppend, journal: Journal): E.Either<VersionConflict, void> => {
  for (const { stream, version: belief } of expected) {
    const actual = versionOf(stream)(journal)
    if (!holdsFor(actual)(belief))
      return E.left({ _tag: 'VersionConflict', stream, expected: belief, actual })
  }
  return E.right(undefined)
}

const checkCondition = (condition: AppendCondition, journal: Journal): E.Either<ConditionConflict, void> => {
  const conflict = journal.events.find(isTooNew(condition.failIfEventsMatch, tokenOf(condition)))
  return conflict === undefined
    ? E.right(undefined)
    : E.left({ _tag: 'ConditionConflict', position: conflict.position })
}

const isTooNew =
  (query: Query, token: ConsistencyToken) =>
  (event: RecordedEvent): boolean =>
    token.some((after, entry) => event.position > after && matches(entryOf(query, entry))(event))

const record =
  (now: Timestamp, journal: Journal) =>
  (event: StorableEvent, index: number, append: ReadonlyArray<StorableEvent>): RecordedEvent => ({
    id: event.id,
    stream: event.stream,
    version: version(
      versionOf(event.stream)(journal) +
        BigInt(append.slice(0, index + 1).filter(({ stream }) => stream === event.stream).length),
    ),
    position: globalPosition(headOf(journal) + BigInt(index + 1)),
    type: event.type,
    schemaVersion: event.schemaVersion,
    tags: event.tags,
    data: event.data,
    metadata: event.metadata,
    recordedAt: now,
  })
