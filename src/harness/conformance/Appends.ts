/**
 * Cases of writing: what an append records, in which order, and that it records all of it or nothing.
 * Used by: `Suite`.
 * @since 0.1.0
 */
import { nothingAppended } from '../../store/Append.js'
import { exactly, noStream, streamExists } from '../../store/ExpectedVersion.js'
import { globalPosition } from '../../store/GlobalPosition.js'
import { everything } from '../../store/Query.js'
import { streamIdFrom } from '../../store/StreamId.js'
import { tagFrom } from '../../store/Tag.js'
import { version } from '../../store/Version.js'
import { type Case, forAnyStore, forQueries, forSeveralStreams } from './Case.js'
import { contentOf, equal, factOf, isTrue, left, right } from './Expect.js'
import { appendTo, count, course, event, eventsFrom, eventsOf, numbersOf, streamNamed } from './Samples.js'

const one = streamNamed('one')
const two = streamNamed('two')

const newStream = forAnyStore('C01 append: a new stream gets its events as they were', async (world) => {
  const { store, connections } = world
  const events = [
    event(1, one, {
      type: 'Opened',
      tags: [course('a'), course('b')],
      data: { owner: 'Ada', limits: [1, 2] },
    }),
    event(2, one, {
      type: 'Renamed',
      schemaVersion: 7,
      data: 'a text',
      metadata: { actor: 'ada', x: [null] },
    }),
    event(3, one, { type: 'Closed', data: null }),
  ]
  const appended = await right(store.append(appendTo(one, events, noStream)), 'the append succeeds')
  equal(appended.streams, [{ stream: one, version: version(3) }], 'the answer counts the events')
  equal(appended.repeated, false, 'the answer is the first one')
  for (const connection of connections) {
    const read = await right(connection.readStream(one), 'the stream is read')
    equal(
      read.events.map(factOf),
      events.map((each, index) => ({ ...contentOf(each), version: version(index + 1) })),
      'the stream holds what was appended',
    )
    equal(read.version, version(3), 'the stream has the version that was answered')
    equal(read.events.at(-1)?.position, appended.lastPosition, 'the last position is that of the last event')
    equal(
      await right(connection.head, 'the head is read'),
      appended.lastPosition,
      'it is the head of the log',
    )
  }
})

const recordedOnce = forAnyStore('C01 append: a recorded event never changes', async ({ store }) => {
  await right(store.append(appendTo(one, eventsFrom(1, 2, one))), 'the append succeeds')
  const before = await eventsOf(store, one)
  for (const { recordedAt } of before)
    isTrue(Number.isFinite(recordedAt), 'the time of recording is a number')
  await right(store.append(appendTo(one, eventsFrom(3, 4, one))), 'the append succeeds')
  equal(
    (await eventsOf(store, one)).slice(0, 2),
    before,
    'earlier events are as they were, places and times too',
  )
})

const contiguous = forAnyStore('C02 append: versions are dense and positions grow', async ({ store }) => {
  for (const [first, last] of [
    [1, 1],
    [2, 6],
    [7, 7],
    [8, 20],
  ] as const) {
    const appended = await right(store.append(appendTo(one, eventsFrom(first, last, one))), 'it succeeds')
    equal(appended.streams, [{ stream: one, version: version(last) }], 'the answer is the version afterwards')
    await right(store.append(appendTo(two, [event(100 + first, two)])), 'another stream goes on as well')
  }
  const events = await eventsOf(store, one)
  equal(numbersOf(events), count(1, 20), 'the events are in the order in which they were appended')
  equal(
    events.map((each) => each.version),
    count(1, 20).map(version),
    'the n-th event has version n',
  )
  isAscending(events.map(({ position }) => position))
})

const isAscending = (positions: ReadonlyArray<bigint>): void => {
  for (const [index, position] of positions.entries()) {
    isTrue(
      position > (positions[index - 1] ?? 0n),
      `positions grow, beginning above 0: ${positions.join(', ')}`,
    )
  }
}

const severalStreams = forSeveralStreams(
  'C02 append: one append writes to several streams, in its order',
  async ({ store }) => {
    await right(store.append(appendTo(two, [event(1, two)])), 'the append succeeds')
    const events = [event(2, one), event(3, two), event(4, one), event(5, two), event(6, one)]
    const expected = [
      { stream: two, version: exactly(1) },
      { stream: one, version: noStream },
    ]
    const appended = await right(store.append({ events, expected }), 'the append succeeds')
    const streams = [
      { stream: one, version: version(3) },
      { stream: two, version: version(3) },
    ]
    equal(appended.streams, streams, 'each stream has its version, in the order of first mention')
    const recorded = [...(await eventsOf(store, one)), ...(await eventsOf(store, two))]
    const inOrder = recorded.toSorted((a, b) => Number(a.position - b.position))
    equal(numbersOf(inOrder), count(1, 6), 'positions follow the order within the append')
    equal(inOrder.at(-1)?.position, appended.lastPosition, 'the last position is that of the last event')
  },
)

const severalAreAtomic = forSeveralStreams(
  'C02 append: of several streams all are written or none',
  async ({ store }) => {
    await right(store.append(appendTo(two, [event(1, two)])), 'the append succeeds')
    const events = [event(2, one), event(3, two)]
    const wrong = [
      [
        { stream: one, version: noStream },
        { stream: two, version: noStream },
      ],
      [
        { stream: one, version: streamExists },
        { stream: two, version: exactly(1) },
      ],
      [
        { stream: two, version: exactly(1) },
        { stream: one, version: exactly(1) },
      ],
    ]
    for (const expected of wrong) {
      await left(store.append({ events, expected }), 'VersionConflict', 'one wrong belief fails the append')
      equal(numbersOf(await eventsOf(store, one)), [], 'nothing is written to the one stream')
      equal(numbersOf(await eventsOf(store, two)), [1], 'nothing is written to the other')
    }
  },
)

const invalidIsAtomic = forAnyStore(
  'C02 append: one event that cannot be stored refuses the whole append',
  async ({ store }) => {
    for (const bad of [0, 1, 2]) {
      const events = count(0, 2).map((n) => event(n + 1, one, { data: n === bad ? Number.NaN : n }))
      const refusal = await left(store.append(appendTo(one, events)), 'InvalidInput', 'the append is refused')
      equal(refusal.path, `events[${bad}].data`, 'the refusal leads to the event')
      equal(await eventsOf(store, one), [], 'nothing is written')
    }
  },
)

/** More than a protocol message, a chunk or a statement of any store is likely to hold. */
const manyEvents = 1_500

const many = forAnyStore('C03 append: 1,500 events in one append', async ({ store }) => {
  const events = count(1, manyEvents).map((n) => event(n, one, { tags: [course(`c${n % 10}`)] }))
  const appended = await right(store.append(appendTo(one, events, noStream)), 'the append succeeds')
  equal(appended.streams, [{ stream: one, version: version(manyEvents) }], 'all are counted')
  const recorded = await eventsOf(store, one)
  equal(numbersOf(recorded), count(1, manyEvents), 'all are there, in order')
  isAscending(recorded.map(({ position }) => position))
  const again = [event(manyEvents + 1, one), ...events.slice(1), event(manyEvents + 2, one)]
  await left(
    store.append(appendTo(one, again, exactly(1))),
    'DuplicateEventId',
    'known ids among new are refused',
  )
  equal((await eventsOf(store, one)).length, manyEvents, 'nothing was added')
})

const empty = forAnyStore('C04 append: without events nothing is checked or written', async ({ store }) => {
  const appends = [
    { events: [], expected: [] },
    appendTo(one, [], streamExists),
    appendTo(one, [], exactly(9)),
    appendTo(streamIdFrom(''), []),
    { events: [], expected: [], condition: { failIfEventsMatch: everything } },
  ]
  for (const append of appends) {
    equal(
      await right(store.append(append), 'it succeeds'),
      nothingAppended,
      'the answer is that nothing happened',
    )
  }
  equal(await right(store.head, 'the head is read'), globalPosition(0), 'the log is empty')
  await right(store.append(appendTo(one, [event(1, one)])), 'the store is not empty any more')
  for (const append of appends) {
    equal(await right(store.append(append), 'it succeeds'), nothingAppended, 'the answer is the same later')
  }
})

const losing = forAnyStore('C11 append: a losing append leaves no trace', async ({ store }) => {
  const first = await right(store.append(appendTo(one, eventsFrom(1, 2, one))), 'the append succeeds')
  const before = await eventsOf(store, one)
  for (const expected of [noStream, exactly(1), exactly(3)]) {
    await left(
      store.append(appendTo(one, eventsFrom(3, 5, one), expected)),
      'VersionConflict',
      'it conflicts',
    )
    await left(store.append(appendTo(two, [event(6, two)], streamExists)), 'VersionConflict', 'it conflicts')
  }
  equal(await eventsOf(store, one), before, 'the stream is as it was')
  equal(await eventsOf(store, two), [], 'the other stream is not there')
  equal(await right(store.head, 'the head is read'), first.lastPosition, 'the head is where it was')
  const next = await right(store.append(appendTo(one, [event(3, one)], exactly(2))), 'its ids are free')
  equal(next.repeated, false, 'the losing append recorded no ids')
})

const losingIsSettled = forQueries(
  'C11 append: a losing append holds back no later event',
  async ({ store }) => {
    await right(store.append(appendTo(one, [event(1, one)])), 'the append succeeds')
    await left(store.append(appendTo(one, [event(2, one)], noStream)), 'VersionConflict', 'it conflicts')
    await right(store.append(appendTo(two, [event(3, two)])), 'the append succeeds')
    const { events } = await right(store.read(everything), 'the log is read')
    equal(numbersOf(events), [1, 3], 'the later event is read at once')
  },
)

/** One more than a double can hold exactly, and the greatest place that a signed 64-bit column can hold. */
const bigPlaces = [2n ** 31n, 2n ** 53n + 1n, 2n ** 63n - 1n]

const bigNumbers = forAnyStore('C15 places beyond 2^31 and 2^53 are exact bigints', async ({ store }) => {
  const appended = await right(store.append(appendTo(one, eventsFrom(1, 2, one))), 'the append succeeds')
  equal(typeof appended.lastPosition, 'bigint', 'a position is a bigint')
  for (const { version: place, position } of await eventsOf(store, one)) {
    equal([typeof place, typeof position], ['bigint', 'bigint'], 'versions and positions are bigints')
  }
  for (const place of bigPlaces) {
    const conflict = await left(
      store.append(appendTo(one, [event(3, one)], exactly(place))),
      'VersionConflict',
      'a belief far beyond the end is wrong',
    )
    equal(conflict.expected, exactly(place), 'the conflict carries the belief, digit for digit')
    const beyond = await right(store.readStream(one, { after: version(place) }), 'reading there is no error')
    equal(beyond.events, [], 'nothing is there')
    const below = await right(
      store.readStream(one, { to: version(place) }),
      'reading up to there is no error',
    )
    equal(numbersOf(below.events), [1, 2], 'all events are below')
  }
})

const bigPositions = forQueries('C15 positions far beyond the head bound a read', async ({ store }) => {
  await right(store.append(appendTo(one, eventsFrom(1, 2, one))), 'the append succeeds')
  for (const place of bigPlaces.map(globalPosition)) {
    const beyond = await right(store.read(everything, { after: place }), 'reading there is no error')
    equal(beyond.events, [], 'nothing is there')
    const below = await right(store.read(everything, { to: place }), 'reading up to there is no error')
    equal(numbersOf(below.events), [1, 2], 'all events are below')
  }
})

const tags = forAnyStore(
  'C38 tags: duplicates collapse and every other difference counts',
  async ({ store }) => {
    const different = ['a', 'A', ' a', 'a ', 'á', 'a\u0301', 'a:b', 'a,b', '{a}', '%', '_', '"', '\\', '😀']
    const sent = event(1, one, { tags: [...different, ...different.toReversed()].map(tagFrom) })
    await right(store.append(appendTo(one, [sent, event(2, one)])), 'the append succeeds')
    const [first, second] = await eventsOf(store, one)
    equal(first?.tags.toSorted(), different.map(tagFrom).toSorted(), 'each tag is there once, as it was')
    equal(second?.tags, [], 'an event may have no tags')
  },
)

/** In the order of their numbers. */
export const appendCases: ReadonlyArray<Case> = [
  newStream,
  recordedOnce,
  contiguous,
  severalStreams,
  severalAreAtomic,
  invalidIsAtomic,
  many,
  empty,
  losing,
  losingIsSettled,
  bigNumbers,
  bigPositions,
  tags,
]
