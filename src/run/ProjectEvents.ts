/**
 * What events make of the entries of a read model, as a function: from the entries that were kept and what is parked, to
 * the entries to keep and what is to be parked now. Each key is folded by itself, so an event that cannot count under one
 * key stops that key and nothing else: it is set aside with the reason, and the later ones of its key wait behind it.
 * Used by: `RunProjection`, `ReplayParked`, `FoldOnDemand`. The laws of `RunProjection` hold it.
 * @since 0.1.0
 */
import { either as E, option as O } from 'fp-ts'
import { decodeRecorded } from '../evolve/EventCodec.js'
import type { Projection } from '../evolve/Projection.js'
import { type Json, toJson } from '../store/Json.js'
import { checkKey } from '../store/Partition.js'
import type { RecordedEvent } from '../store/RecordedEvent.js'
import type { Entry, ToPark } from './ReadModels.js'

/** An event as a projection sees it: what it says, or why that cannot be told, and the keys that it concerns. */
export interface Fact<Event> {
  readonly recorded: RecordedEvent
  readonly event: E.Either<string, Event>
  readonly keys: ReadonlyArray<string>
}

/** An event that cannot be read, and nobody can tell which keys it concerns. */
export interface Unreadable {
  readonly _tag: 'Unreadable'
  readonly event: RecordedEvent
  readonly reason: string
}

/** An event that counts under a key, and the state of the key with it. */
export interface Counted<State, Event> {
  readonly key: string
  readonly event: Event
  readonly recorded: RecordedEvent
  readonly state: State
}

/** What became of the events of one key. */
export interface KeyOutcome<State, Event> {
  /** The state of the key with those that count; none where none does. */
  readonly entry: O.Option<Entry>
  readonly counted: ReadonlyArray<Counted<State, Event>>
  /** Why the first of the rest cannot count, and none where there is no rest. */
  readonly failure: O.Option<string>
  /** The events that do not count: the one that failed, and those behind it. */
  readonly rest: ReadonlyArray<RecordedEvent>
}

/** What became of a batch. */
export interface BatchOutcome<State, Event> {
  readonly entries: ReadonlyArray<Entry>
  readonly parked: ReadonlyArray<ToPark>
  /** In the order of the log. */
  readonly counted: ReadonlyArray<Counted<State, Event>>
}

/** What is kept of the keys of a batch. */
export interface Kept {
  readonly entries: ReadonlyArray<Entry>
  readonly parked: ReadonlySet<string>
}

/**
 * What a recorded event is to a projection. User code that throws is a reason like any other, since an event that is
 * stored for ever cannot be argued with.
 * @internal
 */
export const factOf =
  <State, Event>(projection: Projection<State, Event>) =>
  (recorded: RecordedEvent): E.Either<Unreadable, Fact<Event>> => {
    const read = readWithKeys(projection, recorded)
    if (E.isRight(read)) return E.right({ recorded, event: E.right(read.right.event), keys: read.right.keys })
    const keys = parkingKeys(projection, recorded)
    if (E.isLeft(keys)) return E.left({ _tag: 'Unreadable', event: recorded, reason: read.left })
    return E.right({ recorded, event: read, keys: keys.right })
  }

const readWithKeys = <State, Event>(
  projection: Projection<State, Event>,
  recorded: RecordedEvent,
): E.Either<string, { readonly event: Event; readonly keys: ReadonlyArray<string> }> => {
  const decoded = attempted('the codec of the event', () => decodeRecorded(projection.event)(recorded))
  if (E.isLeft(decoded)) return decoded
  if (E.isLeft(decoded.right)) {
    const { path, reason } = decoded.right.left
    return E.left(`The event cannot be read: ${path} ${reason}.`)
  }
  const event = decoded.right.right
  const keys = attempted('the key of the projection', () => projection.keysOf(event, recorded))
  return E.isLeft(keys)
    ? keys
    : E.map((checked: ReadonlyArray<string>) => ({ event, keys: checked }))(checkedKeys(keys.right))
}

const parkingKeys = <State, Event>(
  { parkUnder }: Projection<State, Event>,
  recorded: RecordedEvent,
): E.Either<string, ReadonlyArray<string>> => {
  if (parkUnder === undefined) return E.left('The projection does not say whose events must wait.')
  const keys = attempted('`parkUnder` of the projection', () => parkUnder(recorded))
  return E.isLeft(keys) ? keys : checkedKeys(keys.right)
}

const checkedKeys = (keys: ReadonlyArray<string>): E.Either<string, ReadonlyArray<string>> => {
  for (const key of keys) {
    const checked = checkKey(key)
    if (E.isLeft(checked)) return E.left(`The key of the event ${checked.left.reason}.`)
  }
  return E.right(keys)
}

/**
 * Projects the events of a batch, as far as they concern somebody: `concerns` says which keys are whose.
 * @internal
 */
export const projectEvents =
  <State, Event>(projection: Projection<State, Event>) =>
  (
    facts: ReadonlyArray<Fact<Event>>,
    kept: Kept,
    concerns: (fact: Fact<Event>, key: string) => boolean,
  ): BatchOutcome<State, Event> => {
    const entryOf = new Map(kept.entries.map((entry) => [entry.key, entry]))
    const outcomes = [...byKey(facts, concerns)].map(([key, own]) => ({
      key,
      outcome: kept.parked.has(key)
        ? waiting<State, Event>(own)
        : foldKey(projection)(key, O.fromNullable(entryOf.get(key)), own),
    }))
    return {
      entries: outcomes.flatMap(({ outcome: { entry } }) => (O.isSome(entry) ? [entry.value] : [])),
      parked: outcomes.flatMap(({ key, outcome }) => toPark(key, outcome)),
      counted: outcomes.flatMap(({ outcome }) => outcome.counted).sort(byPosition),
    }
  }

const byPosition = <State, Event>(a: Counted<State, Event>, b: Counted<State, Event>): number =>
  a.recorded.position < b.recorded.position ? -1 : a.recorded.position > b.recorded.position ? 1 : 0

const byKey = <Event>(
  facts: ReadonlyArray<Fact<Event>>,
  concerns: (fact: Fact<Event>, key: string) => boolean,
): ReadonlyMap<string, ReadonlyArray<Fact<Event>>> => {
  const grouped = new Map<string, Array<Fact<Event>>>()
  for (const fact of facts) {
    for (const key of fact.keys) {
      if (!concerns(fact, key)) continue
      const own = grouped.get(key)
      if (own === undefined) grouped.set(key, [fact])
      else own.push(fact)
    }
  }
  return grouped
}

const waiting = <State, Event>(facts: ReadonlyArray<Fact<Event>>): KeyOutcome<State, Event> => ({
  entry: O.none,
  counted: [],
  failure: O.none,
  rest: facts.map(({ recorded }) => recorded),
})

const toPark = <State, Event>(
  key: string,
  { failure, rest }: KeyOutcome<State, Event>,
): ReadonlyArray<ToPark> =>
  rest.map((event, index) =>
    index === 0 && O.isSome(failure)
      ? { key, event, reason: failure.value, attempts: 1 }
      : { key, event, reason: waits, attempts: 0 },
  )

/**
 * Why an event is parked that did nothing wrong.
 * @internal
 */
export const waits = 'It waits behind an earlier event of its key.'

/**
 * Folds events of one key on its entry, up to the first that cannot count.
 * @internal
 */
export const foldKey =
  <State, Event>(projection: Projection<State, Event>) =>
  (key: string, entry: O.Option<Entry>, facts: ReadonlyArray<Fact<Event>>): KeyOutcome<State, Event> => {
    const folded = foldFacts(projection, key, entry, facts, unchecked)
    if (E.isRight(folded)) return folded.right
    // The last state cannot be kept. Which event made the first such state is found step by step.
    const checked = foldFacts(projection, key, entry, facts, (state) => encoded(projection, state))
    return E.isRight(checked) ? checked.right : { ...waiting(facts), failure: O.some(checked.left) }
  }

const unchecked = (): E.Either<string, unknown> => E.right(undefined)

/** A left says that the last state cannot be kept. */
const foldFacts = <State, Event>(
  projection: Projection<State, Event>,
  key: string,
  entry: O.Option<Entry>,
  facts: ReadonlyArray<Fact<Event>>,
  check: (state: State) => E.Either<string, unknown>,
): E.Either<string, KeyOutcome<State, Event>> => {
  const counted: Array<Counted<State, Event>> = []
  let before = stateOf(projection, entry)
  let failure: O.Option<string> = O.none
  for (const { event, recorded } of facts) {
    const state = evolved(projection, before, event)
    const isKept = E.isLeft(state) ? state : check(state.right)
    if (E.isLeft(state) || E.isLeft(event) || E.isLeft(isKept)) {
      failure = O.getLeft<string, unknown>(E.isLeft(state) ? state : isKept)
      break
    }
    counted.push({ key, event: event.right, recorded, state: state.right })
    before = state
  }
  const rest = facts.slice(counted.length).map(({ recorded }) => recorded)
  const newest = counted.at(-1)
  if (newest === undefined) return E.right({ entry: O.none, counted, failure, rest })
  const json = encoded(projection, newest.state)
  if (E.isLeft(json)) return json
  const { position } = newest.recorded
  return E.right({ entry: O.some({ key, state: json.right, position }), counted, failure, rest })
}

/** The first of the reasons that there are. */
const evolved = <State, Event>(
  projection: Projection<State, Event>,
  state: E.Either<string, State>,
  event: E.Either<string, Event>,
): E.Either<string, State> => {
  if (E.isLeft(state)) return state
  return E.isLeft(event) ? event : attempted('`evolve`', () => projection.evolve(state.right, event.right))
}

/**
 * The state that an entry holds, or the initial one; or why it cannot be read.
 * @internal
 */
export const stateOf = <State, Event>(
  projection: Projection<State, Event>,
  entry: O.Option<Entry>,
): E.Either<string, State> => {
  if (O.isNone(entry)) return E.right(projection.initialState)
  const decoded = attempted('the codec of the state', () => projection.state.decode(entry.value.state))
  if (E.isLeft(decoded)) return decoded
  if (E.isRight(decoded.right)) return E.right(decoded.right.right)
  const { path, reason } = decoded.right.left
  return E.left(`The entry that is kept cannot be read: ${path} ${reason}.`)
}

const encoded = <State, Event>(
  projection: Projection<State, Event>,
  state: State,
): E.Either<string, Json> => {
  const plain = attempted('the codec of the state', () => projection.state.encode(state))
  if (E.isLeft(plain)) return plain
  const json = toJson(plain.right, 'state')
  return E.isLeft(json) ? E.left(`The state cannot be kept: ${json.left.path} ${json.left.reason}.`) : json
}

const attempted = <A>(what: string, act: () => A): E.Either<string, A> => {
  try {
    return E.right(act())
  } catch (thrown) {
    return E.left(thrownIn(what, thrown))
  }
}

const reasonLengthMax = 1_000

/**
 * A sentence for what user code threw, short enough to be kept.
 * @internal
 */
export const thrownIn = (what: string, thrown: unknown): string => {
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  return `Thrown in ${what}: ${message}`
    .slice(0, reasonLengthMax)
    .replaceAll('\u0000', '\ufffd')
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
}
