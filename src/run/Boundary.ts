/**
 * What a decision reads and what it is guarded by, whichever kind it is: the stream of a domain with its version, or
 * the query of a decision model with its token. `handle` is written once over both.
 * Used by: `Handle`.
 *
 * Laws (test/properties/run/Boundary.test.ts):
 * - BND-1 delta: refreshing what is known gives what reading from the beginning gives, whatever was appended between.
 * - BND-2 hindsight: `stateAt` of what was seen gives the state that was known then, whatever was appended since.
 * @since 0.1.0
 */
import { either as E, function as F, option as O, taskEither as TE } from 'fp-ts'
import type { DecisionModel, ScopedView } from '../decide/DecisionModel.js'
import type { Domain } from '../decide/Domain.js'
import { decodeHistory, type EventCodec } from '../evolve/EventCodec.js'
import { fold } from '../evolve/View.js'
import type { Append } from '../store/Append.js'
import { type ConsistencyToken, consistencyToken } from '../store/AppendCondition.js'
import type { EventStore } from '../store/EventStore.js'
import type { EventToAppend } from '../store/EventToAppend.js'
import { exactly } from '../store/ExpectedVersion.js'
import { type GlobalPosition, globalPosition } from '../store/GlobalPosition.js'
import { type Json, toJson } from '../store/Json.js'
import { entriesOf, entryOf, matches, type Query } from '../store/Query.js'
import type { RecordedEvent } from '../store/RecordedEvent.js'
import type { ReadError, Undecodable } from '../store/StoreError.js'
import type { StreamId } from '../store/StreamId.js'
import type { Tag } from '../store/Tag.js'
import { noVersion, type Version, version } from '../store/Version.js'
import type { Snapshotting, Start } from './Snapshotting.js'

/** What is known for a decision: the state, and how to go on from here. */
export interface Known<State, Event> {
  readonly state: State
  /** The version of the stream that it is the state of, where it is one stream. */
  readonly version: O.Option<Version>
  /** Up to where the past has been seen, for the decision journal; `stateAt` of the boundary reads it back. */
  readonly seen: Json
  /** Reads only what was recorded since, and folds it on top. */
  readonly refresh: TE.TaskEither<ReadError | Undecodable, Known<State, Event>>
  /** An append that fails if anything was recorded since that this decision depends on. */
  readonly guarded: (events: ReadonlyArray<EventToAppend>) => Append
  /** What is known once these events are recorded under this guard; nothing where only a read can tell. */
  readonly advanced: (events: ReadonlyArray<Event>) => O.Option<Known<State, Event>>
}

/** Where an event of a decision is recorded, and under which tags. */
export interface Placement {
  readonly stream: StreamId
  readonly tags: ReadonlyArray<Tag>
}

/** A decision's reading and writing, for one command. */
export interface Boundary<State, Event> {
  /** The stream that is read, where it is one stream. */
  readonly stream: O.Option<StreamId>
  readonly read: TE.TaskEither<ReadError | Undecodable, Known<State, Event>>
  readonly place: (event: Event) => Placement
  /** The state that a decision was taken in, from what it had seen; undefined for what this kind of boundary never wrote. */
  readonly stateAt: (seen: Json) => TE.TaskEither<ReadError | Undecodable, State> | undefined
}

/** The boundary of a domain: one stream, guarded by its version, and read from a snapshot on where there are any. */
export const streamBoundary = <Command, State, Event, Rejection>(
  store: EventStore,
  domain: Domain<Command, State, Event, Rejection>,
  command: Command,
  snapshots?: Pick<Snapshotting<State>, 'start'>,
): Boundary<State, Event> => {
  const stream = domain.streamOf(command)
  const foldOn = ({ state, slice }: Start<State>): E.Either<Undecodable, Known<State, Event>> =>
    F.pipe(
      decodeHistory(domain.event)(slice.events),
      E.map((events) => known(fold(domain)(events, state), slice.version)),
    )
  const readOn = (
    state: State,
    after: Version,
  ): TE.TaskEither<ReadError | Undecodable, Known<State, Event>> =>
    F.pipe(
      store.readStream(stream, { after }),
      TE.chainEitherKW((slice) => foldOn({ state, slice })),
    )
  const readWhole = readOn(domain.initialState, noVersion)
  const known = (state: State, at: Version): Known<State, Event> => ({
    state,
    version: O.some(at),
    seen: String(at),
    refresh: readOn(state, at),
    guarded: (events) => ({ events, expected: [{ stream, version: exactly(at) }] }),
    advanced: (events) =>
      F.pipe(
        events,
        E.traverseArray(asStored(domain.event)),
        O.fromEither,
        O.map((stored) => known(fold(domain)(stored, state), version(at + BigInt(stored.length)))),
      ),
  })
  return {
    stream: O.some(stream),
    read:
      snapshots === undefined
        ? readWhole
        : F.pipe(
            TE.fromTask(snapshots.start(stream)),
            TE.chain(O.match(() => readWhole, F.flow(foldOn, TE.fromEither))),
          ),
    place: (event) => ({ stream, tags: domain.tagsOf(event) }),
    stateAt: (seen) =>
      isPlace(seen)
        ? F.pipe(
            store.readStream(stream, { to: version(BigInt(seen)) }),
            TE.chainEitherKW(({ events }) => decodeHistory(domain.event)(events)),
            TE.map((events) => fold(domain)(events, domain.initialState)),
          )
        : undefined,
  }
}

/** Versions and positions stand in JSON as text, since a number would round the great ones. */
const isPlace = (seen: Json): seen is string => typeof seen === 'string' && /^\d{1,19}$/.test(seen)

/** An event as a later read will find it: a codec and JSON may have left out what they do not know. */
const asStored =
  <Event>(codec: EventCodec<Event>) =>
  (event: Event): E.Either<unknown, Event> => {
    const serialized = codec.encode(event)
    return F.pipe(
      toJson(serialized.data),
      E.chainW((data) => codec.decode({ ...serialized, data })),
    )
  }

/** The boundary of a decision model: the events of a query, guarded by the token of their read. */
export const queryBoundary = <Command, State, Event, Rejection>(
  store: EventStore,
  model: DecisionModel<Command, State, Event, Rejection>,
  command: Command,
): Boundary<State, Event> => {
  const scope = model.scopeOf(command)
  const readOn = (
    state: State,
    token?: ConsistencyToken,
  ): TE.TaskEither<ReadError | Undecodable, Known<State, Event>> =>
    F.pipe(
      store.read(scope.query, token === undefined ? {} : { after: earliest(token) }),
      TE.chainEitherKW(({ events, token: next }) =>
        F.pipe(
          foldScoped(scope, token === undefined ? events : events.filter(isNew(scope.query, token)), state),
          E.map((evolved) => known(evolved, next)),
        ),
      ),
    )
  const known = (state: State, token: ConsistencyToken): Known<State, Event> => ({
    state,
    version: O.none,
    seen: token.map(String),
    refresh: readOn(state, token),
    guarded: (events) => ({
      events,
      expected: [],
      condition: { failIfEventsMatch: scope.query, after: token },
    }),
    advanced: () => O.none,
  })
  return {
    stream: O.none,
    read: readOn(scope.initialState),
    place: (event) => ({ stream: model.streamOf(event), tags: model.tagsOf(event) }),
    stateAt: (seen) => {
      if (!Array.isArray(seen) || seen.length !== entriesOf(scope.query) || !seen.every(isPlace))
        return undefined
      const token = consistencyToken(seen.map((place) => globalPosition(BigInt(place))))
      const isUnseen = isNew(scope.query, token)
      return F.pipe(
        store.read(scope.query, { to: latest(token) }),
        TE.chainEitherKW(({ events }) =>
          foldScoped(
            scope,
            events.filter((event) => !isUnseen(event)),
            scope.initialState,
          ),
        ),
      )
    },
  }
}

/** Each item of a query has been read up to a position of its own; below the least of them nothing new can appear. */
const earliest = (token: ConsistencyToken): GlobalPosition =>
  token.reduce((least, position) => (position < least ? position : least))

const latest = (token: ConsistencyToken): GlobalPosition =>
  token.reduce((most, position) => (position > most ? position : most))

/** An event is known already if one of the items it matches had been read up to it. */
const isNew =
  (query: Query, token: ConsistencyToken) =>
  (event: RecordedEvent): boolean =>
    !token.some((readUpTo, entry) => event.position <= readUpTo && matches(entryOf(query, entry))(event))

const foldScoped = <State>(
  scope: ScopedView<State>,
  events: ReadonlyArray<RecordedEvent>,
  from: State,
): E.Either<Undecodable, State> => {
  let state = from
  for (const event of events) {
    const evolved = scope.evolve(state, event)
    if (E.isLeft(evolved)) return evolved
    state = evolved.right
  }
  return E.right(state)
}
