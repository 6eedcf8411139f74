/**
 * Cases of reading: bounds, limits, directions, order, and reading the past as it was.
 * Used by: `Suite`.
 * @since 0.1.0
 */

import type { taskEither as TE } from 'fp-ts'
import type { EventStore, Range } from '../../store/EventStore.js'
import { exactly } from '../../store/ExpectedVersion.js'
import { beginning, type GlobalPosition, globalPosition } from '../../store/GlobalPosition.js'
import { everything } from '../../store/Query.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import type { ReadError } from '../../store/StoreError.js'
import { noVersion, type Version, version } from '../../store/Version.js'
import { type Case, forAnyStore, forQueries } from './Case.js'
import { equal, isTrue, left, right, textOf } from './Expect.js'
import { appendTo, count, event, eventsFrom, eventsOf, numbersOf, streamNamed } from './Samples.js'

const one = streamNamed('one')
const two = streamNamed('two')

const directions = ['forward', 'backward'] as const

/** Every combination of bounds, limits and directions, each of them left out as well. */
const rangesOver = <Place>(places: ReadonlyArray<Place>): ReadonlyArray<Range<Place>> => {
  const bounds = [undefined, ...places]
  return [undefined, ...directions].flatMap((direction) =>
    [undefined, 0, 1, 2, 99].flatMap((limit) =>
      bounds.flatMap((after) =>
        bounds.map((to) => ({
          ...(after !== undefined && { after }),
          ...(to !== undefined && { to }),
          ...(limit !== undefined && { limit }),
          ...(direction !== undefined && { direction }),
        })),
      ),
    ),
  )
}

const cut = <Place extends bigint>(
  events: ReadonlyArray<RecordedEvent>,
  { after, to, limit, direction }: Range<Place>,
  placeOf: (event: RecordedEvent) => Place,
): ReadonlyArray<RecordedEvent> => {
  const isWithin = (place: Place): boolean =>
    (after === undefined || place > after) && (to === undefined || place <= to)
  const within = events.filter((each) => isWithin(placeOf(each)))
  return (direction === 'backward' ? within.toReversed() : within).slice(0, limit)
}

/** Two streams of five events each, taking turns. */
const fill = async (store: EventStore): Promise<void> => {
  for (const n of count(1, 5)) {
    await right(store.append(appendTo(one, [event(n, one)])), 'the append succeeds')
    await right(store.append(appendTo(two, [event(n + 10, two)])), 'the append succeeds')
  }
}

const streamRanges = forAnyStore(
  'C24 read: every part of a stream, forward and backward',
  async ({ store }) => {
    await fill(store)
    const whole = await eventsOf(store, one)
    equal(numbersOf(whole), count(1, 5), 'the whole stream is read, oldest first')
    for (const range of rangesOver([0, 1, 3, 5, 9].map(version))) {
      const slice = await right(store.readStream(one, range), `range ${textOf(range)} is read`)
      const expected = cut<Version>(whole, range, (each) => each.version)
      equal(numbersOf(slice.events), numbersOf(expected), `range ${textOf(range)}`)
      equal(slice.events, expected, `range ${textOf(range)}: the events are those of the whole read`)
      equal(slice.version, version(5), `range ${textOf(range)}: the version is that of the whole stream`)
    }
  },
)

const logRanges = forQueries('C24 read: every part of the log, forward and backward', async ({ store }) => {
  await fill(store)
  const whole = (await right(store.read(everything), 'the log is read')).events
  equal(numbersOf(whole), [1, 11, 2, 12, 3, 13, 4, 14, 5, 15], 'the whole log is read, oldest first')
  const beyond = globalPosition((whole.at(-1)?.position ?? 0n) + 7n)
  const some = whole.filter((_, index) => [0, 4, 9].includes(index)).map(({ position }) => position)
  for (const range of rangesOver([beginning, ...some, beyond])) {
    const slice = await right(store.read(everything, range), `range ${textOf(range)} is read`)
    const expected = cut<GlobalPosition>(whole, range, (each) => each.position)
    equal(numbersOf(slice.events), numbersOf(expected), `range ${textOf(range)}`)
    equal(slice.events, expected, `range ${textOf(range)}: the events are those of the whole read`)
  }
})

const badLimits = forAnyStore('C24 read: a limit that counts nothing is refused', async ({ store }) => {
  await fill(store)
  for (const limit of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    const refusal = await left(store.readStream(one, { limit }), 'InvalidInput', `limit ${limit} is refused`)
    equal(refusal.path, 'limit', 'the path leads to it')
  }
})

const heads = forAnyStore(
  'C24 head: the position of the newest event, or 0',
  async ({ store, connections }) => {
    equal(await right(store.head, 'the head is read'), beginning, 'an empty log has its head at 0')
    for (const n of count(1, 3)) {
      const { lastPosition } = await right(
        store.append(appendTo(one, eventsFrom(n * 10, n * 10 + n, one))),
        'ok',
      )
      for (const connection of connections) {
        equal(await right(connection.head, 'the head is read'), lastPosition, 'the head is the newest event')
      }
    }
  },
)

const missing = forAnyStore('C25 read: a stream without events is empty', async ({ store }) => {
  await fill(store)
  const none = streamNamed('none')
  for (const range of rangesOver([0, 1].map(version))) {
    const slice = await right(store.readStream(none, range), 'a stream without events is not an error')
    equal(slice, { events: [], version: noVersion }, 'it is empty and has version 0')
  }
  await right(store.append(appendTo(none, [event(99, none)], exactly(0))), 'reading did not make it')
})

const ordered = forAnyStore('C26 read: a stream is in the order of its versions', async ({ store }) => {
  const streams = count(1, 4).map((n) => streamNamed(`${n}`))
  for (const n of count(0, 59)) {
    const stream = streams[(n * 7) % streams.length] ?? one
    await right(store.append(appendTo(stream, [event(n, stream)])), 'the append succeeds')
  }
  for (const stream of streams) {
    const events = await eventsOf(store, stream)
    equal(
      events.map((each) => each.version),
      count(1, 15).map(version),
      'versions ascend',
    )
    equal(
      numbersOf(events),
      numbersOf(events).toSorted((a, b) => a - b),
      'in the order of their appends',
    )
    const backward = await right(store.readStream(stream, { direction: 'backward' }), 'the stream is read')
    equal(backward.events, events.toReversed(), 'backward is the same, turned')
  }
})

const streamPages = forAnyStore('C27 read: a long stream by pages', async ({ store }) => {
  await right(store.append(appendTo(one, eventsFrom(1, 250, one))), 'the append succeeds')
  const whole = await eventsOf(store, one)
  for (const limit of [1, 7, 100, 250, 251]) {
    const forward = await pages(limit, (last) =>
      store.readStream(one, { limit, ...(last && { after: last.version }) }),
    )
    equal(numbersOf(forward), numbersOf(whole), `pages of ${limit} together are the stream`)
    const backward = await pages(limit, (last) =>
      store.readStream(one, { limit, direction: 'backward', ...(last && { to: before(last.version) }) }),
    )
    equal(numbersOf(backward), numbersOf(whole).toReversed(), `so are pages of ${limit} read backward`)
  }
})

const before = (place: Version): Version => version(place - 1n)

const logPages = forQueries('C27 read: a long log by pages', async ({ store }) => {
  await right(store.append(appendTo(one, eventsFrom(1, 120, one))), 'the append succeeds')
  await right(store.append(appendTo(two, eventsFrom(121, 250, two))), 'the append succeeds')
  for (const limit of [1, 7, 100, 250, 251]) {
    const events = await pages(limit, (last) =>
      store.read(everything, { limit, ...(last && { after: last.position }) }),
    )
    equal(numbersOf(events), count(1, 250), `pages of ${limit} together are the log`)
  }
})

/** Reads one page: of a stream or of the log. */
type Page = TE.TaskEither<ReadError, { readonly events: ReadonlyArray<RecordedEvent> }>

/** More than any case has written: a store that ignores a bound would read the same page for ever. */
const pagedEventsMax = 1_000

const pages = async (
  limit: number,
  readAfter: (last: RecordedEvent | undefined) => Page,
): Promise<ReadonlyArray<RecordedEvent>> => {
  const events: Array<RecordedEvent> = []
  for (;;) {
    const page = (await right(readAfter(events.at(-1)), 'the page is read')).events
    isTrue(page.length <= limit, `a page holds ${limit} events at most, not ${page.length}`)
    events.push(...page)
    if (page.length < limit) return events
    isTrue(events.length <= pagedEventsMax, 'pages come to an end')
  }
}

const interleaved = forAnyStore('C28 read: reads that overlap do not disturb each other', async (world) => {
  const { store, connections } = world
  await fill(store)
  const expected = { one: await eventsOf(store, one), two: await eventsOf(store, two) }
  const answers = await Promise.all(
    count(1, 40).map((n) => eventsOf(connections[n % connections.length] ?? store, n % 2 === 0 ? one : two)),
  )
  for (const [index, answer] of answers.entries()) {
    equal(answer, index % 2 === 0 ? expected.two : expected.one, 'each read has its own stream')
  }
  for (const n of count(0, 4)) {
    const page = { after: version(n), limit: 1 }
    const ofOne = await right(store.readStream(one, page), 'a page is read')
    const ofTwo = await right(store.readStream(two, page), 'a page is read')
    equal([...ofOne.events, ...ofTwo.events], [expected.one[n], expected.two[n]], 'pages taking turns')
  }
})

const timeTravel = forAnyStore(
  'C29 read: up to a version, a stream is what it was then',
  async ({ store }) => {
    const then: Array<ReadonlyArray<RecordedEvent>> = [[]]
    for (const n of count(1, 8)) {
      await right(store.append(appendTo(one, [event(n, one)])), 'the append succeeds')
      then.push(await eventsOf(store, one))
    }
    for (const [n, events] of then.entries()) {
      const slice = await right(store.readStream(one, { to: version(n) }), 'the past is read')
      equal(slice.events, events, `up to version ${n} the stream is what it was`)
    }
  },
)

const logTimeTravel = forQueries(
  'C29 read: up to a position, the log is what it was then',
  async ({ store }) => {
    const then: Array<readonly [GlobalPosition, ReadonlyArray<RecordedEvent>]> = []
    for (const n of count(1, 8)) {
      const stream = n % 2 === 0 ? one : two
      const { lastPosition } = await right(store.append(appendTo(stream, [event(n, stream)])), 'it succeeds')
      then.push([lastPosition, (await right(store.read(everything), 'the log is read')).events])
    }
    for (const [to, events] of then) {
      const slice = await right(store.read(everything, { to }), 'the past is read')
      equal(slice.events, events, `up to position ${to} the log is what it was`)
    }
  },
)

/** In the order of their numbers. */
export const readCases: ReadonlyArray<Case> = [
  streamRanges,
  logRanges,
  badLimits,
  heads,
  missing,
  ordered,
  streamPages,
  logPages,
  interleaved,
  timeTravel,
  logTimeTravel,
]
