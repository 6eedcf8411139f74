/** Stores that read the wrong part, in the wrong order, or too little of it. */
import { type EventStore, noVersion, type RecordedEvent, streamIdFrom, version } from 'decider-ts/store'
import { function as F, taskEither as TE } from 'fp-ts'
import { ranges, type Wrong, wrong } from './Wrong.js'

type Events = ReadonlyArray<RecordedEvent>

const slices = (store: EventStore, change: (events: Events) => Events): Partial<EventStore> => ({
  readStream: (stream, range) =>
    F.pipe(
      store.readStream(stream, range),
      TE.map((slice) => ({ ...slice, events: change(slice.events) })),
    ),
  read: (query, range) =>
    F.pipe(
      store.read(query, range),
      TE.map((slice) => ({ ...slice, events: change(slice.events) })),
    ),
})

const less = <Place extends bigint>(place: Place): Place => (place > 0n ? place - 1n : place) as Place

/** Stops in the middle of an overlapping read, because its readers share one place to count from. */
const sharesPlace = (store: EventStore): Partial<EventStore> => {
  let open = 0
  return {
    readStream: (stream, range) => async () => {
      open += 1
      await Promise.resolve()
      const slice = await store.readStream(open > 1 ? streamIdFrom('another') : stream, range)()
      open -= 1
      return slice
    },
  }
}

export const wrongReading: ReadonlyArray<Wrong> = [
  wrong('the bound `to` is not included', 'C24 read: every part of a stream', (store) =>
    ranges(store, (range) => (range.to === undefined ? range : { ...range, to: less(range.to) })),
  ),
  wrong('the bound `after` is included', 'C24 read: every part of the log', (store) =>
    ranges(store, (range) => (range.after === undefined ? range : { ...range, after: less(range.after) })),
  ),
  wrong('the bound `to` is ignored', 'C29 read: up to a version', (store) =>
    ranges(store, ({ to: _, ...range }) => range),
  ),
  wrong('the bound `to` is ignored in the log', 'C29 read: up to a position', (store) => ({
    read: (query, range = {}) => {
      const { to: _, ...others } = range
      return store.read(query, others)
    },
  })),
  wrong('one event too many', 'C24 read: every part of a stream', (store) =>
    ranges(store, (range) => (range.limit === undefined ? range : { ...range, limit: range.limit + 1 })),
  ),
  wrong('one page too many', 'C27 read: a long stream', (store) =>
    ranges(store, (range) =>
      range.limit !== undefined && range.limit > 5 ? { ...range, limit: range.limit + 1 } : range,
    ),
  ),
  wrong('a limit of 0 is no limit', 'C24 read: every part of the log', (store) =>
    ranges(store, ({ limit, ...range }) =>
      limit === undefined || limit === 0 ? range : { ...range, limit },
    ),
  ),
  wrong('a negative limit reads nothing', 'C24 read: a limit that counts nothing', (store) =>
    ranges(store, (range) =>
      range.limit !== undefined && !(range.limit >= 0) ? { ...range, limit: 0 } : range,
    ),
  ),
  wrong('backward is forward', 'C24 read: every part of a stream', (store) =>
    ranges(store, ({ direction: _, ...range }) => range),
  ),
  wrong('backward is cut from the beginning', 'C24 read: every part of the log', (store) => ({
    read: (query, range = {}) => {
      const { direction, ...forward } = range
      const slice = store.read(query, direction === 'backward' ? forward : range)
      return F.pipe(
        slice,
        TE.map((found) =>
          direction === 'backward' ? { ...found, events: found.events.toReversed() } : found,
        ),
      )
    },
  })),
  wrong('the version is how many events were read', 'C24 read: every part of a stream', (store) => ({
    readStream: (stream, range) =>
      F.pipe(
        store.readStream(stream, range),
        TE.map(({ events }) => ({ events, version: version(events.length) })),
      ),
  })),
  wrong('a stream without events is an error', 'C25 read: a stream without events', (store) => ({
    readStream: (stream, range) =>
      F.pipe(
        store.readStream(stream, range),
        TE.filterOrElseW(
          (slice) => slice.version > 0n,
          () => ({ _tag: 'InvalidInput', path: 'stream', reason: 'does not exist' }) as const,
        ),
      ),
  })),
  wrong('versions are ordered as texts', 'C26 read: a stream is in the order', (store) =>
    slices(store, (events) => events.toSorted((a, b) => (String(a.version) < String(b.version) ? -1 : 1))),
  ),
  wrong('no more than 100 events at once', 'C27 read: a long log', (store) =>
    slices(store, (events) => events.slice(0, 100)),
  ),
  wrong('no more than 1,000 events of a stream', 'C03 append: 1,500 events', (store) => ({
    readStream: (stream, range) =>
      F.pipe(
        store.readStream(stream, range),
        TE.map(({ events, version }) => ({ events: events.slice(0, 1_000), version })),
      ),
  })),
  wrong('readers share one place to read on from', 'C28 read: reads that overlap', sharesPlace),
  wrong('streams are named without regard to case', 'C09 streams: names', (store) => ({
    append: (append) =>
      store.append({
        ...append,
        events: append.events.map((event) => ({
          ...event,
          stream: streamIdFrom(event.stream.toLowerCase()),
        })),
        expected: append.expected.map((each) => ({
          ...each,
          stream: streamIdFrom(each.stream.toLowerCase()),
        })),
      }),
    readStream: (stream, range) => store.readStream(streamIdFrom(stream.toLowerCase()), range),
  })),
  wrong('a stream that is read comes to be', 'C25 read: a stream without events', (store) => {
    const seen = new Set<string>()
    return {
      readStream: (stream, range) => {
        seen.add(stream)
        return store.readStream(stream, range)
      },
      append: (append) => {
        const made = append.expected.find(
          ({ stream, version: belief }) =>
            belief._tag === 'Exactly' && belief.version === 0n && seen.has(stream),
        )
        return made === undefined || append.events.length === 0
          ? store.append(append)
          : TE.left({
              _tag: 'VersionConflict',
              stream: made.stream,
              expected: made.version,
              actual: noVersion,
            })
      },
    }
  }),
  wrong('events of a stream named __proto__ are not in the log', 'C00 model', (store) => ({
    read: (query, range) =>
      F.pipe(
        store.read(query, range),
        TE.map((slice) => ({
          ...slice,
          events: slice.events.filter(({ stream }) => stream !== '__proto__'),
        })),
      ),
  })),
  wrong('positions beyond 2^53 wrap round', 'C15 positions far beyond', (store) => ({
    read: (query, range = {}) =>
      store.read(query, {
        ...range,
        ...(range.after !== undefined && { after: BigInt.asUintN(31, range.after) as never }),
        ...(range.to !== undefined && { to: BigInt.asUintN(31, range.to) as never }),
      }),
  })),
]
