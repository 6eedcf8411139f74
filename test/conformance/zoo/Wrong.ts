/**
 * How to make a store that is wrong in one respect and right in all others: change one part of a right one.
 * Used by: the stores of the zoo.
 */
import { memoryStore } from 'decider-ts/adapters/memory'
import type { Append, AppendError, EventStore, Range, RecordedEvent } from 'decider-ts/store'
import { anyOf, beginning, consistencyToken, entriesOf, holdsFor } from 'decider-ts/store'
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import type { Wrong as WrongOf } from '../FindsOut.js'

export type Wrong = WrongOf<EventStore>

export const wrong = (
  what: string,
  caughtBy: string,
  change: (right: EventStore) => Partial<EventStore>,
): Wrong => ({
  what,
  caughtBy,
  open: () => {
    const right = memoryStore()
    return { ...right, ...change(right) }
  },
})

/** Something other than what was asked for is appended. */
export const appends = (store: EventStore, change: (append: Append) => Append): Partial<EventStore> => ({
  append: (append) => store.append(change(append)),
})

/** Something other than what is recorded is read. */
export const reads = (
  store: EventStore,
  change: (event: RecordedEvent) => RecordedEvent,
): Partial<EventStore> => ({
  readStream: (stream, range) => F.pipe(store.readStream(stream, range), TE.map(withEvents(change))),
  read: (query, range) => F.pipe(store.read(query, range), TE.map(withEvents(change))),
})

const withEvents =
  (change: (event: RecordedEvent) => RecordedEvent) =>
  <Slice extends { readonly events: ReadonlyArray<RecordedEvent> }>(slice: Slice): Slice => ({
    ...slice,
    events: slice.events.map(change),
  })

/** Another part than the one that was asked for is read. */
export const ranges = (
  store: EventStore,
  change: <Place extends bigint>(range: Range<Place>) => Range<Place>,
): Partial<EventStore> => ({
  readStream: (stream, range = {}) => store.readStream(stream, change(range)),
  read: (query, range = {}) => store.read(query, change(range)),
})

/** The append without what the writer believed and read. */
export const unguarded = ({ events }: Append): Append => ({ events, expected: [] })

/** Why an append would fail now, found out by reading. To act on it later is to act on the past. */
export const objection = async (
  store: EventStore,
  { expected, condition }: Append,
): Promise<AppendError | undefined> => {
  for (const { stream, version } of expected) {
    const slice = await store.readStream(stream)()
    const actual = E.isRight(slice) ? slice.right.version : undefined
    if (actual !== undefined && !holdsFor(actual)(version))
      return { _tag: 'VersionConflict', stream, expected: version, actual }
  }
  if (condition === undefined) return undefined
  const { failIfEventsMatch: query } = condition
  const token = condition.after ?? consistencyToken(Array(entriesOf(query)).fill(beginning))
  for (const [entry, after] of token.entries()) {
    const item = query._tag === 'Everything' ? undefined : query.items[entry]
    const slice = await store.read(item === undefined ? query : anyOf(item), { after })()
    const [first] = E.isRight(slice) ? slice.right.events : []
    if (first !== undefined) return { _tag: 'ConditionConflict', position: first.position }
  }
  return undefined
}

/** A few turns of the event loop, in which others go on. */
export const others = async (): Promise<void> => {
  for (let turn = 0; turn < 7; turn++) await Promise.resolve()
}
