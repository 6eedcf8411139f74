/** The laws of `src/store/Journal.ts`, the executable specification of every store. */
import {
  type Append,
  appendToJournal,
  type EventToAppend,
  emptyJournal,
  eventId,
  eventToAppend,
  exactly,
  type GlobalPosition,
  globalPosition,
  headOf,
  type Journal,
  type Query,
  type Range,
  type RecordedEvent,
  readFromJournal,
  readStreamFromJournal,
  seenUpTo,
  streamIdFrom,
  timestamp,
  type Version,
  version,
  versionOf,
} from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, function as F } from 'fp-ts'
import { expect, test } from 'vitest'
import { law } from '../Law.js'
import { append, appends, decidedAppend, query, rangeOf, stream, textOf, versionRange } from './Samples.js'

type AppendTo = typeof appendToJournal
type ReadStream = typeof readStreamFromJournal
type Read = typeof readFromJournal

const now = timestamp(0)

/** The journal after all of these; those that are refused change nothing. */
const after =
  (appendTo: AppendTo) =>
  (requests: ReadonlyArray<Append>, journal: Journal = emptyJournal): Journal =>
    requests.reduce(
      (current, request) =>
        F.pipe(
          appendTo(request, now)(current),
          E.match(
            () => current,
            ([, next]) => next,
          ),
        ),
      journal,
    )

/** An implementation whose journal is changed after each append that succeeds. */
const withEvents =
  (
    change: (events: ReadonlyArray<RecordedEvent>, before: Journal) => ReadonlyArray<RecordedEvent>,
  ): AppendTo =>
  (request, moment) =>
  (journal) =>
    F.pipe(
      appendToJournal(request, moment)(journal),
      E.map(([appended, next]) => [appended, { ...next, events: change(next.events, journal) }] as const),
    )

const densely = (appendTo: AppendTo) =>
  fc.property(appends, (requests) => {
    const { events } = after(appendTo)(requests)
    return events.every((event, index) => {
      const inStream = events.slice(0, index + 1).filter(({ stream }) => stream === event.stream)
      return event.version === BigInt(inStream.length)
    })
  })

law('JNL-1 dense versions', densely(appendToJournal))
law.rejects(
  'JNL-1',
  'versions that start at 0',
  densely(
    withEvents((events) => events.map((event) => ({ ...event, version: version(event.version - 1n) }))),
  ),
)
law.rejects(
  'JNL-1',
  'one version for all events of an append',
  densely(
    withEvents((events, before) =>
      events.map((event, index) =>
        index < before.events.length
          ? event
          : { ...event, version: version(versionOf(event.stream)(before) + 1n) },
      ),
    ),
  ),
)

/** The accepted appends say which events are there, and in which order. */
const inOrder = (appendTo: AppendTo) =>
  fc.property(appends, (requests) => {
    let journal = emptyJournal
    const ids: Array<string> = []
    for (const request of requests) {
      const answer = appendTo(request, now)(journal)
      if (E.isLeft(answer)) continue
      const [appended, next] = answer.right
      if (!appended.repeated) ids.push(...request.events.map(({ id }) => id))
      journal = next
    }
    const isNumbered = journal.events.every(({ position }, index) => position === BigInt(index + 1))
    return isNumbered && textOf(journal.events.map(({ id }) => id)) === textOf(ids)
  })

law('JNL-2 order: positions grow by one, as the events were given', inOrder(appendToJournal))
law.rejects(
  'JNL-2',
  'positions with gaps',
  inOrder(
    withEvents((events) =>
      events.map((event) => ({ ...event, position: globalPosition(event.position * 2n) })),
    ),
  ),
)
law.rejects(
  'JNL-2',
  'an append that turns its events round',
  inOrder((request, moment) => appendToJournal({ ...request, events: request.events.toReversed() }, moment)),
)

const atomically = (appendTo: AppendTo) =>
  fc.property(appends, append, (requests, request) => {
    const journal = after(appendToJournal)(requests)
    const before = textOf(journal.events)
    const answer = appendTo(request, now)(journal)
    if (textOf(journal.events) !== before) return false
    if (E.isLeft(answer)) return true
    const [{ repeated }, next] = answer.right
    const news = repeated ? 0 : request.events.length
    return (
      next.events.length === journal.events.length + news &&
      textOf(next.events.slice(0, -news || undefined)) === before
    )
  })

law('JNL-3 atomicity: all or nothing, and never the past', atomically(appendToJournal))
law.rejects(
  'JNL-3',
  'an append that writes before it checks',
  atomically((request, moment) => (journal) => {
    const answer = appendToJournal(request, moment)(journal)
    const [first] = journal.events
    if (E.isLeft(answer) && first !== undefined) Reflect.set(journal.events, journal.events.length, first)
    return answer
  }),
)
law.rejects(
  'JNL-3',
  'an append that keeps what it can',
  atomically((request, moment) => (journal) => {
    const whole = appendToJournal(request, moment)(journal)
    if (E.isRight(whole) || whole.left._tag !== 'DuplicateEventId') return whole
    const recorded = new Set<string>(journal.events.map(({ id }) => id))
    const fresh = request.events.filter(
      ({ id }, n) => !recorded.has(id) && request.events.findIndex((e) => e.id === id) === n,
    )
    return fresh.length === 0 ? whole : appendToJournal({ events: fresh, expected: [] }, moment)(journal)
  }),
)

const idempotently = (appendTo: AppendTo) =>
  fc.property(appends, append, appends, fc.boolean(), (earlier, request, later, isMistaken) => {
    const first = appendTo(request, now)(after(appendTo)(earlier))
    if (E.isLeft(first) || request.events.length === 0) return true
    const [appended, next] = first.right
    const journal = after(appendTo)(later, next)
    const mistaken = request.events.map((event) => ({ stream: event.stream, version: exactly(99) }))
    const again = appendTo(isMistaken ? { ...request, expected: mistaken } : request, now)(journal)
    if (E.isLeft(again)) return false
    const [repeated, unchanged] = again.right
    return (
      textOf(unchanged.events) === textOf(journal.events) &&
      textOf(repeated) === textOf({ ...appended, repeated: true })
    )
  })

law('JNL-4 idempotence: again is nothing new', idempotently(appendToJournal))
law.rejects(
  'JNL-4',
  'beliefs that are checked before ids',
  idempotently((request, moment) => (journal) => {
    const wrong = request.expected.find(
      ({ version }) => version._tag === 'Exactly' && version.version === 99n,
    )
    const actual = wrong === undefined ? undefined : versionOf(wrong.stream)(journal)
    return wrong === undefined || actual === undefined
      ? appendToJournal(request, moment)(journal)
      : E.left({ _tag: 'VersionConflict', stream: wrong.stream, expected: wrong.version, actual })
  }),
)
law.rejects(
  'JNL-4',
  'the version of now in the answer',
  idempotently(
    (request, moment) => (journal) =>
      F.pipe(
        appendToJournal(request, moment)(journal),
        E.map(([appended, next]) => {
          const streams = appended.streams.map(({ stream }) => ({ stream, version: versionOf(stream)(next) }))
          return [{ ...appended, streams }, next] as const
        }),
      ),
  ),
)

test('an append of which a part is recorded names a recorded id', () => {
  const stream = streamIdFrom('s')
  const [first, second] = [
    '00000000-0000-7000-8000-000000000001',
    '00000000-0000-7000-8000-000000000002',
  ].map((id) => eventToAppend({ id: eventId(id), stream, type: 'A', data: null })) as [
    EventToAppend,
    EventToAppend,
  ]
  const journal = after(appendToJournal)([{ events: [first], expected: [] }])
  const taken = E.left({ _tag: 'DuplicateEventId', id: first.id })
  expect(appendToJournal({ events: [second, first], expected: [] }, now)(journal)).toEqual(taken)
  expect(appendToJournal({ events: [{ ...first, type: 'B' }], expected: [] }, now)(journal)).toEqual(taken)
})

/** Ids of their own, so that only the condition can fail the append. */
const probe = (failIfEventsMatch: Query, token: ReturnType<typeof tokenOf>): Append => ({
  events: [
    {
      id: 'ffffffff-0000-7000-8000-000000000000' as never,
      stream: 'probe' as never,
      type: 'Probed',
      schemaVersion: 1,
      tags: [],
      data: null,
      metadata: {},
    },
  ],
  expected: [],
  condition: { failIfEventsMatch, after: token },
})

const tokenOf = (slice: Extract<ReturnType<ReturnType<Read>>, { readonly _tag: 'Right' }>) =>
  slice.right.token

/** Up to this place the reader wanted nothing: what was there then counts as known. */
const skippedUpTo = ({ after = globalPosition(0), to }: Range<GlobalPosition>): GlobalPosition =>
  to !== undefined && to < after ? to : after

/** What an append guarded by an earlier read does later, and whether a later read finds an event that was not known. */
const guardAndRead = (
  { appendTo, read }: { readonly appendTo: AppendTo; readonly read: Read },
  [earlier, later]: readonly [ReadonlyArray<Append>, ReadonlyArray<Append>],
  query: Query,
  range: Range<GlobalPosition>,
): { readonly isRefused: boolean; readonly isNews: boolean } | undefined => {
  const past = after(appendToJournal)(earlier)
  const first = read(query, range)(past)
  if (E.isLeft(first)) return undefined
  const journal = after(appendToJournal)(later, past)
  const known = new Set<string>(first.right.events.map(({ id }) => id))
  for (const { id, position } of past.events) if (position <= skippedUpTo(range)) known.add(id)
  const whole = readFromJournal(query)(journal)
  const news = E.isLeft(whole) ? [] : whole.right.events.filter(({ id }) => !known.has(id))
  const answer = appendTo(probe(query, first.right.token), now)(journal)
  return {
    isRefused: E.isLeft(answer) && answer.left._tag === 'ConditionConflict',
    isNews: news.length > 0,
  }
}

type Store = Parameters<typeof guardAndRead>[0]

const maybeAppends = fc.oneof(fc.constant([]), appends)

/** Read forward, and not for nothing: then the token tells exactly what was seen. */
const forwardRange = rangeOf(globalPosition).map(({ direction: _, limit, ...bounds }) => ({
  ...bounds,
  ...(limit !== undefined && { limit: limit + 1 }),
}))

const samePredicate = (store: Store) =>
  fc.property(fc.tuple(appends, maybeAppends), query, forwardRange, (histories, query, range) => {
    const outcome = guardAndRead(store, histories, query, range)
    return outcome !== undefined && outcome.isRefused === outcome.isNews
  })

const anyRange = fc.oneof(
  rangeOf(globalPosition),
  fc.record({ limit: fc.integer({ min: 1, max: 3 }), direction: fc.constant('backward' as const) }),
)

/** Read backward, or with a limit of 0: then the token may know less than was seen, and never more. */
const neverTooLate = (store: Store) =>
  fc.property(fc.tuple(appends, maybeAppends), query, anyRange, (histories, query, range) => {
    const outcome = guardAndRead(store, histories, query, range)
    return outcome !== undefined && (outcome.isRefused || !outcome.isNews)
  })

const journalStore: Store = { appendTo: appendToJournal, read: readFromJournal }

law('JNL-5 one predicate: refused exactly if a later read finds more', samePredicate(journalStore))
law('JNL-5 one predicate: whichever way it was read, nothing new is let through', neverTooLate(journalStore))
law.rejects(
  'JNL-5',
  'the token of the head, however little was read',
  samePredicate({
    ...journalStore,
    read: (query, range) => (journal) =>
      F.pipe(
        readFromJournal(query, range)(journal),
        E.map((slice) => ({ ...slice, token: slice.token.map(() => headOf(journal)) as never })),
      ),
  }),
)
law.rejects(
  'JNL-5',
  'a condition that looks at types only',
  samePredicate({
    ...journalStore,
    appendTo: (request, moment) => {
      const { condition, ...others } = request
      const query = condition?.failIfEventsMatch
      if (condition === undefined || query?._tag !== 'AnyOf') return appendToJournal(request, moment)
      const [first, ...rest] = query.items
      const items = [{ ...first, tags: [] }, ...rest.map((item) => ({ ...item, tags: [] }))] as const
      return appendToJournal(
        { ...others, condition: { ...condition, failIfEventsMatch: { _tag: 'AnyOf', items } } },
        moment,
      )
    },
  }),
)
law.rejects(
  'JNL-5',
  'a token that is forgotten when read backward',
  neverTooLate({
    ...journalStore,
    read:
      (query, range = {}) =>
      (journal) =>
        F.pipe(
          readFromJournal(query, range)(journal),
          E.map((slice) => {
            const { direction: _, ...forward } = range
            const seen = seenUpTo(forward, slice.events, headOf(journal))
            return { ...slice, token: slice.token.map(() => seen) as never }
          }),
        ),
  }),
)

/** A whole read, cut and turned by other means than those of the journal. */
const cutAndTurned = <Place extends bigint>(
  whole: ReadonlyArray<RecordedEvent>,
  { after, to, limit, direction }: Range<Place>,
  placeOf: (event: RecordedEvent) => bigint,
): ReadonlyArray<RecordedEvent> => {
  const from = after === undefined ? 0 : whole.findLastIndex((event) => placeOf(event) <= after) + 1
  const end = to === undefined ? whole.length : whole.findLastIndex((event) => placeOf(event) <= to) + 1
  const part = from < end ? whole.slice(from, end) : []
  const turned = direction === 'backward' ? [...part].reverse() : part
  return limit === undefined ? turned : turned.filter((_, index) => index < limit)
}

const streamSlices = (readStream: ReadStream) =>
  fc.property(appends, stream, versionRange, (requests, name, range) => {
    const journal = after(appendToJournal)(requests)
    const whole = readStream(name)(journal)
    const part = readStream(name, range)(journal)
    if (E.isLeft(whole) || E.isLeft(part)) return false
    const expected = cutAndTurned<Version>(whole.right.events, range, (event) => event.version)
    return textOf(part.right.events) === textOf(expected) && part.right.version === whole.right.version
  })

const logSlices = (read: Read) =>
  fc.property(appends, query, rangeOf(globalPosition), (requests, query, range) => {
    const journal = after(appendToJournal)(requests)
    const whole = read(query)(journal)
    const part = read(query, range)(journal)
    if (E.isLeft(whole) || E.isLeft(part)) return false
    const expected = cutAndTurned<GlobalPosition>(whole.right.events, range, (event) => event.position)
    return textOf(part.right.events) === textOf(expected)
  })

law('JNL-6 slices: a part of a stream is the stream, cut and turned', streamSlices(readStreamFromJournal))
law('JNL-6 slices: a part of the log is the log, cut and turned', logSlices(readFromJournal))
law.rejects(
  'JNL-6',
  'a bound that is not included',
  streamSlices((name, range = {}) =>
    readStreamFromJournal(
      name,
      range.to === undefined || range.to === 0n ? range : { ...range, to: version(range.to - 1n) },
    ),
  ),
)
law.rejects(
  'JNL-6',
  'the version of what was read',
  streamSlices(
    (name, range) => (journal) =>
      F.pipe(
        readStreamFromJournal(name, range)(journal),
        E.map(({ events }) => ({ events, version: version(events.length) })),
      ),
  ),
)
law.rejects(
  'JNL-6',
  'a limit that counts from the beginning',
  logSlices((query, range = {}) => (journal) => {
    const { direction, ...forward } = range
    return F.pipe(
      readFromJournal(query, forward)(journal),
      E.map(({ events, token }) => ({
        events: direction === 'backward' ? events.toReversed() : events,
        token,
      })),
    )
  }),
)

/** Appends with decisions, and now and then one that was sent before. */
const deciding = fc.array(fc.oneof({ weight: 3, arbitrary: decidedAppend }, fc.nat({ max: 9 })), {
  maxLength: 12,
  size: 'max',
})

const decidedOnce = (appendTo: AppendTo) =>
  fc.property(deciding, (steps) => {
    let journal: Journal = emptyJournal
    const sent: Array<Append> = []
    const writers = new Set<Append>()
    for (const step of steps) {
      const request = typeof step === 'number' ? sent[step % Math.max(1, sent.length)] : step
      if (request === undefined) continue
      sent.push(request)
      const ids = (request.decisions ?? []).map(({ commandId }) => commandId)
      const known = journal.decisions.filter(({ commandId }) => ids.includes(commandId))
      const before = journal
      const answer = appendTo(request, now)(before)
      if (E.isRight(answer)) journal = answer.right[1]
      const isDuplicate = E.isLeft(answer) && answer.left._tag === 'DuplicateEventId'
      if (known.length === 0) {
        if (E.isRight(answer) && !answer.right[0].repeated) writers.add(request)
      } else if (writers.has(request)) {
        if (
          E.isLeft(answer) ||
          !answer.right[0].repeated ||
          journal.decisions.length > before.decisions.length
        )
          return false
      } else if (!isDuplicate) {
        if (E.isRight(answer) || answer.left._tag !== 'AlreadyDecided') return false
        const told = answer.left.decisions.toSorted((a, b) => (a.commandId < b.commandId ? -1 : 1))
        const expected = known.toSorted((a, b) => (a.commandId < b.commandId ? -1 : 1))
        if (textOf(told) !== textOf(expected)) return false
      }
      if (new Set(journal.decisions.map(({ commandId }) => commandId)).size < journal.decisions.length)
        return false
    }
    return true
  })

law('JNL-7 one decision: a command that was decided is not decided again', decidedOnce(appendToJournal))
law.rejects(
  'JNL-7',
  'a journal that forgets its decisions',
  decidedOnce(
    (request, moment) => (journal) => appendToJournal(request, moment)({ ...journal, decisions: [] }),
  ),
)
law.rejects(
  'JNL-7',
  'an append that is refused its own decisions',
  decidedOnce((request, moment) => (journal) => {
    const ids = (request.decisions ?? []).map(({ commandId }) => commandId)
    const decisions = journal.decisions.filter(({ commandId }) => ids.includes(commandId))
    return decisions.length > 0
      ? E.left({ _tag: 'AlreadyDecided', decisions })
      : appendToJournal(request, moment)(journal)
  }),
)
