/**
 * The store beside the `Journal`: any commands, and each answer must be the one that the specification gives. A store
 * may leave gaps between positions and has its own clock, so positions are compared by the order they make, and times
 * by never changing; all else is compared exactly. Every append is followed by a look at what it wrote.
 * Used by: `Suite`, `Exhaustive`.
 * @since 0.1.0
 */

import fc from 'fast-check'
import { either as E } from 'fp-ts'
import type { Append, Appended } from '../../store/Append.js'
import { tokenOf } from '../../store/Append.js'
import { type AppendCondition, type ConsistencyToken, consistencyToken } from '../../store/AppendCondition.js'
import type { DecisionToRecord, RecordedDecision } from '../../store/DecisionJournal.js'
import type { EventStore, Range } from '../../store/EventStore.js'
import { type EventToAppend, eventToAppend } from '../../store/EventToAppend.js'
import {
  anyVersion,
  type ExpectedVersion,
  exactly,
  noStream,
  streamExists,
} from '../../store/ExpectedVersion.js'
import { beginning, type GlobalPosition, globalPosition } from '../../store/GlobalPosition.js'
import { append, emptyJournal, type Journal, read, readStream, versionOf } from '../../store/Journal.js'
import type { Metadata } from '../../store/Metadata.js'
import { anyOf, entriesOf, everything, matches, type Query } from '../../store/Query.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import type { AppendError, ReadError } from '../../store/StoreError.js'
import { timestamp } from '../../store/Timestamp.js'
import { version } from '../../store/Version.js'
import { type Case, forAnyStore, forQueries, holds, using } from './Case.js'
import {
  anyQuery,
  type Belief,
  type Command,
  commands,
  type DecisionDraft,
  type Draft,
  draft,
  type Guard,
  streams,
} from './Commands.js'
import { allDecisions } from './Decisions.js'
import { equal, factOf, fail, isTrue, right, textOf } from './Expect.js'
import { event, idOf, streamNamed } from './Samples.js'

/** An append whose condition, if any, is made when it is sent: model and store have tokens of their own. */
interface Request {
  readonly append: Append
  readonly guard: Guard | undefined
}

/** The two tokens of one read. */
interface Tokens {
  readonly query: Query
  readonly model: ConsistencyToken
  readonly actual: ConsistencyToken
}

/** One run: the model, the store, and what has been learnt of how one maps to the other. */
export interface Run {
  readonly store: EventStore
  journal: Journal
  readonly sent: Array<Request>
  readonly reads: Array<Tokens>
  /** The store's position of the model's n-th event; the beginning is the same for both. */
  readonly places: Array<GlobalPosition>
  /** When the store says that the model's n-th event was recorded. */
  readonly times: Array<number>
}

/** A run of a store that is empty. */
export const newRun = (store: EventStore): Run => ({
  store,
  journal: emptyJournal,
  sent: [],
  reads: [],
  places: [beginning],
  times: [],
})

/** A position of the model in the store. Beyond the head, both count on from their heads. */
const actualPlace = ({ places }: Run, place: number | bigint): GlobalPosition => {
  const last = places.length - 1
  const known = places[Number(place)]
  return known ?? globalPosition((places[last] ?? beginning) + BigInt(place) - BigInt(last))
}

/** Sends one command to the model and to the store, and fails unless their answers are the same. */
export const perform = async (run: Run, command: Command): Promise<void> => {
  switch (command._tag) {
    case 'Append':
      return performAppend(run, requestOf(run, command))
    case 'AppendAgain': {
      const earlier = run.sent[command.which % Math.max(1, run.sent.length)]
      return earlier === undefined ? undefined : performAppend(run, changed(earlier, command.change))
    }
    case 'ReadStream':
      return performReadStream(run, command.stream, command.range)
    case 'Read':
      return run.store.supports.queries ? performRead(run, command.query, command.range) : undefined
    case 'Head': {
      const head = await right(run.store.head, 'the head is read')
      return equal(head, run.places.at(-1), 'the head is the position of the newest event')
    }
  }
}

const requestOf = (run: Run, command: Extract<Command, { readonly _tag: 'Append' }>): Request => {
  const { severalStreams, queries } = run.store.supports
  const [first] = command.drafts
  const drafts = severalStreams
    ? command.drafts
    : command.drafts.map((each) => ({ ...each, ...(first && { stream: first.stream }) }))
  const beliefs = severalStreams
    ? command.beliefs
    : command.beliefs.filter(({ stream }) => stream === first?.stream)
  const base = 100 * (run.sent.length + 1)
  const events = drafts.map((each, index) => eventOf(run, each, base + index))
  const expected = beliefs.map((belief) => ({ stream: belief.stream, version: beliefOf(run, belief) }))
  const decisions = run.store.supports.decisions === true ? decisionsOf(command.decided, events.length) : []
  const append = { events, expected, ...(decisions[0] && { decisions }) }
  return { append, guard: queries ? command.guard : undefined }
}

/** The events of the append are shared out, and the last decision has what is left. */
const decisionsOf = (
  drafts: ReadonlyArray<DecisionDraft>,
  eventCount: number,
): ReadonlyArray<DecisionToRecord> => {
  let left = eventCount
  return drafts.map(({ command, isRejected, share, payload }, index) => {
    const isLast = index === drafts.length - 1
    const events = isLast ? left : isRejected ? 0 : Math.min(share, left)
    left -= events
    return {
      commandId: `command ${command}`,
      handler: 'conformance',
      seen: `${share}`,
      events,
      ...(payload !== undefined && { command: payload }),
      ...(isRejected && events === 0
        ? { outcome: 'rejected', rejection: payload ?? null }
        : { outcome: 'accepted' }),
    }
  })
}

const eventOf = (run: Run, { known, metadata, ...more }: Draft, n: number): EventToAppend => {
  const { events } = run.journal
  const taken = known === undefined ? undefined : events[known % Math.max(1, events.length)]
  return eventToAppend({ ...more, metadata: metadataOf(metadata), id: taken?.id ?? idOf(n) })
}

const metadataOf = (metadata: Readonly<Record<string, unknown>>): Metadata => metadata as Metadata

const beliefOf = ({ journal }: Run, { stream, form, difference }: Belief): ExpectedVersion => {
  const believed = versionOf(stream)(journal) + BigInt(difference)
  const forms = { Any: anyVersion, NoStream: noStream, StreamExists: streamExists }
  return form === 'Exactly' ? exactly(believed < 0n ? 0n : believed) : forms[form]
}

/** The append as the model is sent it, and as the store is. */
const guarded = (
  run: Run,
  { append, guard }: Request,
): { readonly model: Append; readonly actual: Append } => {
  if (guard === undefined) return { model: append, actual: append }
  if (guard._tag === 'Tokenless') {
    const both = { ...append, condition: { failIfEventsMatch: guard.query } }
    return { model: both, actual: both }
  }
  const tokens =
    guard._tag === 'Places' ? tokensOf(run, guard) : run.reads[guard.which % Math.max(1, run.reads.length)]
  if (tokens === undefined) return { model: append, actual: append }
  const by = (after: ConsistencyToken): Append => ({
    ...append,
    condition: { failIfEventsMatch: tokens.query, after },
  })
  return { model: by(tokens.model), actual: by(tokens.actual) }
}

const tokensOf = (run: Run, { query, places }: Extract<Guard, { readonly _tag: 'Places' }>): Tokens => ({
  query,
  model: consistencyToken(places.map(globalPosition)),
  actual: consistencyToken(places.map((place) => actualPlace(run, place))),
})

const changed = (request: Request, change: 'none' | 'data' | 'belief'): Request => {
  const { append } = request
  const [first, ...others] = append.events
  if (change === 'none' || first === undefined) return request
  if (change === 'data') {
    return { ...request, append: { ...append, events: [{ ...first, data: { changed: true } }, ...others] } }
  }
  return { ...request, append: { ...append, expected: [{ stream: first.stream, version: exactly(77) }] } }
}

const performAppend = async (run: Run, request: Request): Promise<void> => {
  run.sent.push(request)
  const { model: modelled, actual } = guarded(run, request)
  const predicted = append(modelled, timestamp(0))(run.journal)
  const answer = await run.store.append(actual)()
  if (E.isLeft(predicted)) {
    if (E.isRight(answer))
      return fail(
        `the append is refused\n  expected ${textOf(predicted.left)}\n  actual   ${textOf(answer.right)}`,
      )
    checkRefusal(run, modelled, predicted.left, answer.left)
  } else {
    if (E.isLeft(answer)) return fail(`the append succeeds\n  actual   ${textOf(answer.left)}`)
    const [appended, journal] = predicted.right
    await learn(run, journal)
    const expected: Appended = { ...appended, lastPosition: actualPlace(run, appended.lastPosition) }
    equal(answer.right, expected, 'the answer to an append')
  }
  equal(await right(run.store.head, 'the head is read'), run.places.at(-1), 'the head after an append')
}

/** Reads what was written, holds it to the model, and notes the places and times that the store chose. */
const learn = async (run: Run, journal: Journal): Promise<void> => {
  const news = journal.events.slice(run.journal.events.length)
  const written = new Map<string, RecordedEvent>()
  for (const stream of new Set(news.map((event) => event.stream))) {
    const after = versionOf(stream)(run.journal)
    const { events } = await right(run.store.readStream(stream, { after }), 'the written stream is read')
    for (const event of events) written.set(event.id, event)
  }
  for (const event of news) {
    const found = written.get(event.id)
    if (found === undefined) return fail(`event ${event.id} was acknowledged and is not in its stream`)
    equal(factOf(found), factOf(event), 'a written event')
    isTrue(found.position > (run.places.at(-1) ?? beginning), 'positions grow in the order of the appends')
    run.places.push(found.position)
    run.times.push(found.recordedAt)
  }
  run.journal = journal
}

const checkRefusal = (run: Run, request: Append, predicted: AppendError, actual: AppendError): void => {
  equal(actual._tag, predicted._tag, 'the kind of refusal')
  if (predicted._tag === 'InvalidInput' && actual._tag === 'InvalidInput') {
    equal(actual.path, predicted.path, 'the path to what is refused')
  } else if (actual._tag === 'DuplicateEventId') {
    isTrue(
      request.events.some(({ id }) => id === actual.id),
      'the id is one of the append',
    )
  } else if (actual._tag === 'ConditionConflict') {
    const places = tooNew(run, request.condition).map(({ position }) => actualPlace(run, position))
    isTrue(places.includes(actual.position), `the position is one of ${textOf(places)}`)
  } else if (predicted._tag === 'AlreadyDecided' && actual._tag === 'AlreadyDecided') {
    checkDecisions(run, actual.decisions, predicted.decisions)
  } else equal(actual, predicted, 'the refusal')
}

/** Their order is the store's own. */
const checkDecisions = (
  run: Run,
  actual: ReadonlyArray<RecordedDecision>,
  predicted: ReadonlyArray<RecordedDecision>,
): void => {
  const asText = (
    decisions: ReadonlyArray<RecordedDecision>,
    placeOf: (position: GlobalPosition) => GlobalPosition,
  ) =>
    decisions
      .map(({ recordedAt: _, events, seen, command, rejection, ...names }) => ({
        ...names,
        payloads: textOf([seen, command, rejection]),
        events: events.map((event) => ({ ...factOf(event), position: placeOf(event.position) })),
      }))
      .toSorted((a, b) => (a.commandId < b.commandId ? -1 : 1))
  const expected = asText(predicted, (position) => actualPlace(run, position))
  equal(
    asText(actual, (position) => position),
    expected,
    'the recorded decisions',
  )
}

/** All events of the model that make a condition fail; a store may tell the position of any one of them. */
const tooNew = ({ journal }: Run, condition: AppendCondition | undefined): ReadonlyArray<RecordedEvent> => {
  if (condition === undefined) return []
  const { failIfEventsMatch: query } = condition
  const entries = tokenOf(condition)
  return journal.events.filter((event) =>
    entries.some((after, entry) => {
      const item = query._tag === 'Everything' ? undefined : query.items[entry]
      return event.position > after && matches(item === undefined ? query : anyOf(item))(event)
    }),
  )
}

const performReadStream = async (run: Run, stream: Draft['stream'], range: Range<number>): Promise<void> => {
  const { after, to, ...more } = range
  const bounds = {
    ...more,
    ...(after !== undefined && { after: version(after) }),
    ...(to !== undefined && { to: version(to) }),
  }
  const predicted = readStream(stream, bounds)(run.journal)
  const answer = await run.store.readStream(stream, bounds)()
  if (E.isLeft(predicted) || E.isLeft(answer)) return checkRefusedRead(predicted, answer)
  checkEvents(run, answer.right.events, predicted.right.events)
  equal(answer.right.version, predicted.right.version, 'the version of a stream')
}

const performRead = async (run: Run, query: Query, range: Range<number>): Promise<void> => {
  const { after, to, ...more } = range
  const boundsBy = (placeOf: (place: number) => GlobalPosition): Range<GlobalPosition> => ({
    ...more,
    ...(after !== undefined && { after: placeOf(after) }),
    ...(to !== undefined && { to: placeOf(to) }),
  })
  const predicted = read(query, boundsBy(globalPosition))(run.journal)
  const answer = await run.store.read(
    query,
    boundsBy((place) => actualPlace(run, place)),
  )()
  if (E.isLeft(predicted) || E.isLeft(answer)) return checkRefusedRead(predicted, answer)
  checkEvents(run, answer.right.events, predicted.right.events)
  equal(answer.right.token.length, entriesOf(query), 'a token has an entry for each item')
  run.reads.push({ query, model: predicted.right.token, actual: answer.right.token })
}

const checkRefusedRead = (
  predicted: E.Either<ReadError, unknown>,
  answer: E.Either<ReadError, unknown>,
): void => {
  const pathOf = (outcome: E.Either<ReadError, unknown>): string =>
    E.isRight(outcome)
      ? 'not refused'
      : outcome.left._tag === 'InvalidInput'
        ? outcome.left.path
        : outcome.left._tag
  equal(pathOf(answer), pathOf(predicted), 'whether a read is refused, and why')
}

const checkEvents = (
  run: Run,
  actual: ReadonlyArray<RecordedEvent>,
  predicted: ReadonlyArray<RecordedEvent>,
): void => {
  const expected = predicted.map((event) => ({
    ...factOf(event),
    position: actualPlace(run, event.position),
    recordedAt: run.times[Number(event.position) - 1],
  }))
  const found = actual.map((event) => ({
    ...factOf(event),
    position: event.position,
    recordedAt: event.recordedAt,
  }))
  equal(found, expected, 'the events of a read')
}

/** What a run leaves behind is read once more from beginning to end. */
const checkAll = async (run: Run): Promise<void> => {
  for (const stream of streams) await performReadStream(run, stream, {})
  if (run.store.supports.queries) await performRead(run, everything, {})
  if (run.store.supports.decisions === true) {
    checkDecisions(run, await allDecisions(run.store, 3), run.journal.decisions)
  }
}

const model = forAnyStore(
  'C00 model: any commands are answered as the Journal answers them',
  async (world) => {
    const property = fc.asyncProperty(commands, (list) =>
      using(world.open, async ({ store }) => {
        const run = newRun(store)
        for (const command of list) await perform(run, command)
        await checkAll(run)
      }),
    )
    await holds(property, world.settings)
  },
)

/** All samples share one store: what an earlier one wrote lies before the place from which a later one looks. */
const onePredicate = forQueries(
  'C34 condition: for any events and query, it fails exactly where a read finds',
  async ({ store, settings }) => {
    const drafts = fc.array(
      draft.map((each) => ({ ...each, data: null, known: undefined })),
      { maxLength: 8 },
    )
    let last = 0
    const write = async (events: ReadonlyArray<EventToAppend>): Promise<GlobalPosition> =>
      (await right(store.append({ events, expected: [] }), 'the append succeeds')).lastPosition
    const property = fc.asyncProperty(drafts, anyQuery, fc.nat(8), async (history, query, place) => {
      const places = [await right(store.head, 'the head is read')]
      for (const each of history) {
        last += 1
        places.push(await write([eventOf(newRun(store), each, last)]))
      }
      const after = places[place % places.length] ?? beginning
      const found = (await right(store.read(query, { after }), 'the query is read')).events
      const token = consistencyToken(Array.from({ length: entriesOf(query) }, () => after))
      last += 1
      const events = [event(last, streamNamed('guarded'))]
      const condition = { failIfEventsMatch: query, after: token }
      const answer = await store.append({ events, expected: [], condition })()
      const outcome = E.isRight(answer) ? 'written' : answer.left._tag
      const expected = found.length > 0 ? 'ConditionConflict' : 'written'
      equal(outcome, expected, `the read found ${found.length} events`)
    })
    await holds(property, settings)
  },
)

/** In the order of their numbers. */
export const modelCases: ReadonlyArray<Case> = [onePredicate, model]
