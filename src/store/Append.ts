/**
 * One atomic decision, as a store records it: events for one stream or several, what the writer believes of streams,
 * and the condition under which the decision holds. Either all of it happens or nothing does.
 * `checkAppend` is the one gate through which every append passes, in every adapter: names, ids and payloads that a
 * store could not keep exactly are refused there, before anything is sent.
 * Used by: `EventStore`, `Journal`, the adapters, `run`.
 *
 * Laws (test/properties/store/Append.test.ts):
 * - APP-1 exactness: what `checkAppend` lets through has the same ids, types, tags (as a set) and data as before.
 * - APP-2 refusal: a name, id, schema version or payload that a store cannot keep is refused, with its path.
 * - APP-3 isolation: a later change of the caller's arrays and objects changes nothing that was let through.
 * @since 0.1.0
 */

// For `isWellFormed`, which Node has since version 20 and every browser since 2023.
/// <reference lib="es2024.string" />
import { either as E } from 'fp-ts'
import { type AppendCondition, consistencyToken } from './AppendCondition.js'
import type { DecisionToRecord, StorableDecision } from './DecisionJournal.js'
import { isEventId } from './EventId.js'
import type { EventToAppend, StorableEvent } from './EventToAppend.js'
import type { ExpectedVersion } from './ExpectedVersion.js'
import { beginning, type GlobalPosition } from './GlobalPosition.js'
import { type JsonObject, toJson } from './Json.js'
import { entriesOf, type Query } from './Query.js'
import { type DuplicateEventId, type InvalidInput, invalidInput } from './StoreError.js'
import type { StreamId } from './StreamId.js'
import type { Tag } from './Tag.js'
import type { Version } from './Version.js'

/** A stream and what the writer believes of it; the stream need not be one that is written to. */
export interface StreamExpectation {
  readonly stream: StreamId
  readonly version: ExpectedVersion
}

/** Events in the order in which they enter the log. A stream without an expectation is written at any version. */
export interface Append {
  readonly events: ReadonlyArray<EventToAppend>
  readonly expected: ReadonlyArray<StreamExpectation>
  readonly condition?: AppendCondition
  /**
   * What was decided on the commands behind this append, each event belonging to one of them. Such an append is checked
   * and recorded even where it has no events: a rejection is a decision too.
   */
  readonly decisions?: ReadonlyArray<DecisionToRecord>
}

/** What was recorded. */
export interface Appended {
  /** Each stream that was written to, and its version afterwards, in the order of first mention. */
  readonly streams: ReadonlyArray<{ readonly stream: StreamId; readonly version: Version }>
  /** The position of the last event. */
  readonly lastPosition: GlobalPosition
  /** True when the very same events had been recorded before, and nothing was written now. */
  readonly repeated: boolean
}

/** An append that a store can keep exactly. */
export interface StorableAppend extends Append {
  readonly events: ReadonlyArray<StorableEvent>
  readonly decisions?: ReadonlyArray<StorableDecision>
}

/**
 * Whether an append has nothing to record, so that it need not reach a store. For adapters.
 * @internal
 */
export const recordsNothing = ({ events, decisions = [] }: Append): boolean =>
  events.length === 0 && decisions.length === 0

/**
 * What an append that records nothing gives, in every adapter: nothing is checked, sent or written.
 * @example
 * import { nothingAppended } from 'decider-ts/store'
 * nothingAppended.streams // => []
 */
export const nothingAppended: Appended = Object.freeze({
  streams: Object.freeze([]),
  lastPosition: beginning,
  repeated: false,
})

/**
 * Events for one stream, under one expectation.
 * @example
 * import { eventId, eventToAppend, noStream, streamId, toStream } from 'decider-ts/store'
 * const stream = streamId('account', 'a1')
 * const id = eventId('0198a6a2-0000-7000-8000-000000000001')
 * const append = toStream(stream, noStream)([eventToAppend({ id, stream, type: 'Opened', data: {} })])
 * append.expected // => [{ stream, version: noStream }]
 */
export const toStream =
  (stream: StreamId, version: ExpectedVersion) =>
  (events: ReadonlyArray<EventToAppend>): Append => ({ events, expected: [{ stream, version }] })

/**
 * The append as a store can keep it, or the first thing in it that a store cannot keep exactly: a name that is empty, too
 * long, holds U+0000 or half a surrogate pair; an id that is no UUID in lower case or stands twice; a payload that is not
 * JSON; a token of another query. For adapters: call it first, and write what it returns.
 * @example
 * import { either as E } from 'fp-ts'
 * import { checkAppend, eventId, eventToAppend, invalidInput, streamId } from 'decider-ts/store'
 * const id = eventId('0198a6a2-0000-7000-8000-000000000001')
 * const paid = eventToAppend({ id, stream: streamId('order', 'o1'), type: 'Paid', data: { cents: Number.NaN } })
 * checkAppend({ events: [paid], expected: [] }) // => E.left(invalidInput('events[0].data.cents', 'NaN is not a number in JSON'))
 */
export const checkAppend = (append: Append): E.Either<InvalidInput | DuplicateEventId, StorableAppend> => {
  const events: Array<StorableEvent> = []
  for (const event of append.events) {
    const checked = checkEvent(event, events.length)
    if (E.isLeft(checked)) return checked
    events.push(checked.right)
  }
  for (const { stream } of append.expected) {
    const problem = nameProblem(stream, nameLengthMax)
    if (problem !== undefined) return E.left(invalidInput('expected.stream', problem))
  }
  const conditionProblem = append.condition && checkCondition(append.condition)
  if (conditionProblem) return E.left(conditionProblem)
  const repeated = repeatedId(append.events)
  if (repeated !== undefined) return E.left(repeated)
  const { decisions: given = [], ...withoutDecisions } = append
  if (given.length === 0) return E.right({ ...withoutDecisions, events })
  const decisions = checkDecisions(given, events.length)
  return E.isLeft(decisions)
    ? decisions
    : E.right({ ...withoutDecisions, events, decisions: decisions.right })
}

/**
 * The name of a stream, if a store can have such a stream.
 * @example
 * import { either as E } from 'fp-ts'
 * import { checkStreamId, streamIdFrom } from 'decider-ts/store'
 * E.isLeft(checkStreamId(streamIdFrom(''))) // => true
 */
export const checkStreamId = (stream: StreamId): E.Either<InvalidInput, StreamId> => {
  const problem = nameProblem(stream, nameLengthMax)
  return problem === undefined ? E.right(stream) : E.left(invalidInput('stream', problem))
}

/**
 * A query whose names a store can compare: those of categories hold no `-`. For adapters.
 * @example
 * import { either as E } from 'fp-ts'
 * import { anyOf, checkQuery, invalidInput } from 'decider-ts/store'
 * checkQuery(anyOf({ types: [''] })) // => E.left(invalidInput('items[0].types[0]', 'is empty'))
 */
export const checkQuery = (query: Query): E.Either<InvalidInput, Query> => {
  if (query._tag === 'Everything') return E.right(query)
  for (const [index, { categories, types, tags }] of query.items.entries()) {
    const problem =
      firstProblem(categories, nameLengthMax, `items[${index}].categories`, categoryProblem) ??
      firstProblem(types, typeLengthMax, `items[${index}].types`) ??
      firstProblem(tags, nameLengthMax, `items[${index}].tags`)
    if (problem !== undefined) return E.left(problem)
  }
  return E.right(query)
}

/** In UTF-16 code units: three bytes each at most in UTF-8, which an index entry of PostgreSQL (2,704 bytes) holds. */
const nameLengthMax = 512
const typeLengthMax = 256
const schemaVersionMax = 32_767

const nameProblem = (name: unknown, lengthMax: number): string | undefined => {
  if (typeof name !== 'string') return `is not a text but ${typeof name}`
  if (name === '') return 'is empty'
  if (name.length > lengthMax) return `is longer than ${lengthMax} characters`
  if (name.includes('\u0000')) return 'contains U+0000'
  return name.isWellFormed() ? undefined : 'contains half of a surrogate pair'
}

/** Such a category is that of no stream. */
const categoryProblem = (name: unknown, lengthMax: number): string | undefined =>
  nameProblem(name, lengthMax) ??
  (String(name).includes('-') ? "contains '-', before which a category ends" : undefined)

const firstProblem = (
  names: ReadonlyArray<string>,
  lengthMax: number,
  path: string,
  problemOf = nameProblem,
): InvalidInput | undefined => {
  for (const [index, name] of names.entries()) {
    const problem = problemOf(name, lengthMax)
    if (problem !== undefined) return invalidInput(`${path}[${index}]`, problem)
  }
  return undefined
}

const checkEvent = (event: EventToAppend, index: number): E.Either<InvalidInput, StorableEvent> => {
  const { id, stream, type, schemaVersion, tags } = event
  const problem = eventProblem(event)
  if (problem !== undefined) return E.left(within(index, problem))
  const data = toJson(event.data, 'data')
  if (E.isLeft(data)) return E.left(within(index, data.left))
  const metadata = toJson(event.metadata, 'metadata')
  if (E.isLeft(metadata)) return E.left(within(index, metadata.left))
  if (!isJsonObject(metadata.right)) {
    return E.left(within(index, invalidInput('metadata', 'is not an object')))
  }
  const own = { tags: distinct(tags), data: data.right, metadata: metadata.right }
  return E.right({ id, stream, type, schemaVersion, ...own })
}

const within = (index: number, { path, reason }: InvalidInput): InvalidInput =>
  invalidInput(`events[${index}].${path}`, reason)

const isJsonObject = (json: unknown): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

const eventProblem = (event: EventToAppend): InvalidInput | undefined => {
  if (!isEventId(event.id)) return invalidInput('id', 'is not a UUID in lower case')
  const stream = nameProblem(event.stream, nameLengthMax)
  if (stream !== undefined) return invalidInput('stream', stream)
  const type = nameProblem(event.type, typeLengthMax)
  if (type !== undefined) return invalidInput('type', type)
  const { schemaVersion } = event
  if (!Number.isInteger(schemaVersion) || schemaVersion < 1 || schemaVersion > schemaVersionMax) {
    return invalidInput('schemaVersion', `is not a whole number from 1 to ${schemaVersionMax}`)
  }
  return event.tags.length === 0 ? undefined : firstProblem(event.tags, nameLengthMax, 'tags')
}

const checkDecisions = (
  decisions: ReadonlyArray<DecisionToRecord>,
  eventCount: number,
): E.Either<InvalidInput, ReadonlyArray<StorableDecision>> => {
  const owned = decisions.reduce((sum, { events }) => sum + events, 0)
  if (owned !== eventCount) {
    return E.left(invalidInput('decisions', `own ${owned} events in all, and the append holds ${eventCount}`))
  }
  const ids = decisions.map(({ commandId }) => commandId)
  const again = ids.findIndex((id, index) => ids.indexOf(id) !== index)
  if (again !== -1) return E.left(invalidInput(`decisions[${again}].commandId`, 'stands twice'))
  return E.traverseArrayWithIndex(checkDecision)(decisions)
}

const checkDecision = (
  index: number,
  decision: DecisionToRecord,
): E.Either<InvalidInput, StorableDecision> => {
  const path = `decisions[${index}]`
  const problem = decisionProblem(decision, path)
  if (problem !== undefined) return E.left(problem)
  const { command, rejection, seen, ...names } = decision
  const parts = toJson({ seen, command, rejection }, path)
  if (E.isLeft(parts)) return parts
  const storable = parts.right as Pick<StorableDecision, 'seen' | 'command' | 'rejection'>
  return E.right(Object.freeze({ ...names, ...storable }))
}

const decisionProblem = (decision: DecisionToRecord, path: string): InvalidInput | undefined => {
  const { commandId, handler, stream, seen, outcome, events } = decision
  const names = [
    ['commandId', commandId],
    ['handler', handler],
    ['stream', stream ?? 'none'],
  ] as const
  for (const [name, value] of names) {
    const problem = nameProblem(value, nameLengthMax)
    if (problem !== undefined) return invalidInput(`${path}.${name}`, problem)
  }
  if (seen === undefined) return invalidInput(`${path}.seen`, 'is missing')
  if (outcome !== 'accepted' && outcome !== 'rejected')
    return invalidInput(`${path}.outcome`, 'is neither accepted nor rejected')
  const most = outcome === 'rejected' ? 0 : Number.MAX_SAFE_INTEGER
  return Number.isInteger(events) && events >= 0 && events <= most
    ? undefined
    : invalidInput(`${path}.events`, `is not a number of events of a decision that was ${outcome}`)
}

/** A frozen copy, so that a later change of the caller's array changes no fact. */
const distinct = (tags: ReadonlyArray<Tag>): ReadonlyArray<Tag> =>
  tags.length === 0 ? noTags : Object.freeze([...new Set(tags)])

const noTags: ReadonlyArray<Tag> = Object.freeze([])

const checkCondition = ({ failIfEventsMatch, after }: AppendCondition): InvalidInput | undefined => {
  const query = checkQuery(failIfEventsMatch)
  if (E.isLeft(query)) return invalidInput(`condition.${query.left.path}`, query.left.reason)
  if (after === undefined || after.length === entriesOf(failIfEventsMatch)) return undefined
  return invalidInput('condition.after', 'is a token of another query: it has one entry for each item')
}

/**
 * The token of a condition, where no token means that nothing has been read: any event that matches is too new.
 * @example
 * import { anyOf, tokenOf } from 'decider-ts/store'
 * tokenOf({ failIfEventsMatch: anyOf({ types: ['A'] }) }) // => [0n]
 */
export const tokenOf = ({ failIfEventsMatch, after }: AppendCondition) =>
  after ?? consistencyToken(Array.from({ length: entriesOf(failIfEventsMatch) }, () => beginning))

const repeatedId = (events: ReadonlyArray<EventToAppend>): DuplicateEventId | undefined => {
  if (events.length < 2) return undefined
  const seen = new Set<string>()
  for (const { id } of events) {
    if (seen.has(id)) return { _tag: 'DuplicateEventId', id }
    seen.add(id)
  }
  return undefined
}
