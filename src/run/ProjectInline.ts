/**
 * Read models that are as new as the log: projected in the transaction of the append, so they are there when the events
 * are, and neither is ever without the other. It costs every append the time of the projection, and appends whose events
 * count under one key take turns; so it is for the few read models of which a user has to see at once what he did.
 *
 * The states are the fold in the order of the log, whatever the keys are. Where a key is a function of the stream, the
 * appends of that stream bring that order. Where several streams count under one key, an append may find that a later
 * event was projected before its own: that is `Busy`, the transaction is given up, and tried again it comes behind.
 * Used by: `ProjectingStore`.
 *
 * Laws (test/properties/run/ProjectInline.test.ts):
 * - PIN-1 fold: events projected in one or several transactions, in the order of the log, give the fold of them all.
 * - PIN-2 order: an event that comes after a later one of its key is refused, and nothing is written.
 * @since 0.1.0
 */
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import { decodeRecorded } from '../evolve/EventCodec.js'
import type { Projection } from '../evolve/Projection.js'
import { toJson } from '../store/Json.js'
import { matches } from '../store/Query.js'
import type { RecordedEvent } from '../store/RecordedEvent.js'
import { type InvalidInput, invalidInput, type Undecodable } from '../store/StoreError.js'
import type { Entry, ReadModelError, ReadModelId } from './ReadModels.js'

/** Read models in a transaction of the caller's. This is a port: adapters implement it. */
export interface InlineReadModels {
  /** Keeps everybody else from these keys until the transaction ends, and then gives their entries. */
  readonly hold: (
    of: ReadModelId,
    keys: ReadonlyArray<string>,
  ) => TE.TaskEither<ReadModelError, ReadonlyArray<Entry>>
  readonly save: (of: ReadModelId, entries: ReadonlyArray<Entry>) => TE.TaskEither<ReadModelError, void>
}

/** What projecting in a transaction can fail with. The transaction has to be given up then, with its append. */
export type InlineError = ReadModelError | Undecodable

/**
 * Projects events that were appended in a transaction, in that transaction. They are given as they were recorded;
 * `projectingStore` sees to that.
 * @example
 * import { projection } from 'decider-ts/evolve'
 * import { type Entry, projectInline } from 'decider-ts/run'
 * import { eventId, globalPosition, type RecordedEvent, streamId, timestamp, version } from 'decider-ts/store'
 * import { taskEither as TE } from 'fp-ts'
 * import * as t from 'io-ts'
 * const opened = projection({
 *   name: 'opened',
 *   event: t.type({ type: t.literal('Opened') }),
 *   state: t.number,
 *   initialState: 0,
 *   evolve: (times) => times + 1,
 * })
 * const event: RecordedEvent = {
 *   id: eventId('0198a6a2-0000-7000-8000-000000000001'),
 *   stream: streamId('account', 'a1'),
 *   version: version(1),
 *   position: globalPosition(1),
 *   type: 'Opened',
 *   schemaVersion: 1,
 *   tags: [],
 *   data: {},
 *   metadata: {},
 *   recordedAt: timestamp(0),
 * }
 * const saved: Entry[] = []
 * const keeper = {
 *   hold: () => TE.right([]),
 *   save: (_: unknown, entries: ReadonlyArray<Entry>) => TE.fromIO(() => void saved.push(...entries)),
 * }
 * await projectInline(keeper, opened)([event])()
 * saved // => [{ key: 'account-a1', state: 1, position: 1n }]
 */
export const projectInline =
  <State, Event>(keeper: InlineReadModels, projection: Projection<State, Event>) =>
  (events: ReadonlyArray<RecordedEvent>): TE.TaskEither<InlineError, void> => {
    const grouped = byKey(projection, events)
    if (E.isLeft(grouped)) return TE.left(grouped.left)
    const keys = [...grouped.right.keys()]
    if (keys.length === 0) return TE.right(undefined)
    return F.pipe(
      keeper.hold(projection, keys),
      TE.chainEitherKW((entries) => {
        const known = new Map(entries.map((entry) => [entry.key, entry]))
        return E.traverseArray(([key, facts]: readonly [string, ReadonlyArray<Fact<Event>>]) =>
          foldKey(projection, key, known.get(key), facts),
        )([...grouped.right])
      }),
      TE.chainW((entries) => keeper.save(projection, entries)),
    )
  }

interface Fact<Event> {
  readonly event: Event
  readonly recorded: RecordedEvent
}

/** The events of each key, in the order of the log. */
const byKey = <State, Event>(
  projection: Projection<State, Event>,
  events: ReadonlyArray<RecordedEvent>,
): E.Either<Undecodable, ReadonlyMap<string, ReadonlyArray<Fact<Event>>>> => {
  const grouped = new Map<string, Array<Fact<Event>>>()
  const decode = decodeRecorded(projection.event)
  for (const recorded of [...events].filter(matches(projection.query)).sort(byPosition)) {
    const decoded = decode(recorded)
    if (E.isLeft(decoded)) return decoded
    for (const key of projection.keysOf(decoded.right, recorded)) {
      const facts = grouped.get(key) ?? []
      facts.push({ event: decoded.right, recorded })
      grouped.set(key, facts)
    }
  }
  return E.right(grouped)
}

const byPosition = (a: RecordedEvent, b: RecordedEvent): number => (a.position < b.position ? -1 : 1)

const foldKey = <State, Event>(
  projection: Projection<State, Event>,
  key: string,
  entry: Entry | undefined,
  facts: ReadonlyArray<Fact<Event>>,
): E.Either<InlineError, Entry> => {
  const [first, last] = [facts[0], facts.at(-1)]
  if (entry !== undefined && first !== undefined && entry.position >= first.recorded.position) {
    return E.left({
      _tag: 'Busy',
      reason: `a later event was projected before this one under the key ${key}`,
    })
  }
  const before = entry === undefined ? E.right(projection.initialState) : decodeState(projection, entry)
  if (E.isLeft(before)) return before
  const state = facts.reduce((folded, { event }) => projection.evolve(folded, event), before.right)
  const json = toJson(projection.state.encode(state), 'state')
  if (E.isLeft(json) || last === undefined) return json as E.Left<InvalidInput>
  return E.right({ key, state: json.right, position: last.recorded.position })
}

const decodeState = <State, Event>(
  { state }: Projection<State, Event>,
  entry: Entry,
): E.Either<InvalidInput, State> =>
  E.mapLeft(({ path, reason }: { readonly path: string; readonly reason: string }) =>
    invalidInput(
      path === '' ? 'state' : `state.${path}`,
      `${reason}, in the entry ${entry.key} that is kept`,
    ),
  )(state.decode(entry.state))
