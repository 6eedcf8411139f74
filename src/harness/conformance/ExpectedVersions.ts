/**
 * Cases of beliefs: what each form of an expected version lets through, and what a conflict tells.
 * Used by: `Suite`.
 * @since 0.1.0
 */
import { anyVersion, exactly, noStream, streamExists } from '../../store/ExpectedVersion.js'
import { streamIdFrom } from '../../store/StreamId.js'
import { version } from '../../store/Version.js'
import { type Case, forAnyStore, forSeveralStreams } from './Case.js'
import { equal, left, right } from './Expect.js'
import { appendTo, event, eventsFrom, eventsOf, numbersOf, streamNamed, versionOf } from './Samples.js'

const one = streamNamed('one')
const two = streamNamed('two')
const missing = streamNamed('missing')

const exact = forAnyStore(
  'C05 expected=exactly: holds for the version and for no other',
  async ({ store }) => {
    await right(store.append(appendTo(one, eventsFrom(1, 3, one), exactly(0))), 'exactly 0 is a new stream')
    for (const wrong of [0, 1, 2, 4, 5, 1_000]) {
      const conflict = await left(
        store.append(appendTo(one, [event(4, one)], exactly(wrong))),
        'VersionConflict',
        `exactly ${wrong} is wrong at version 3`,
      )
      equal(await versionOf(store, one), version(3), `nothing was written under exactly ${wrong}`)
      const told = { _tag: 'VersionConflict', stream: one, expected: exactly(wrong), actual: version(3) }
      equal(conflict, told, 'the conflict carries stream, belief and actual version')
    }
    await right(store.append(appendTo(one, [event(4, one)], exactly(3))), 'exactly 3 holds at version 3')
    await left(
      store.append(appendTo(two, [event(5, two)], exactly(1))),
      'VersionConflict',
      'not on a new stream',
    )
    equal(numbersOf(await eventsOf(store, two)), [], 'nothing is written to the new stream')
  },
)

const none = forAnyStore(
  'C06 expected=noStream: holds for a stream without events only',
  async ({ store }) => {
    await right(store.append(appendTo(one, [event(1, one)], noStream)), 'it holds for a new stream')
    const conflict = await left(
      store.append(appendTo(one, [event(2, one)], noStream)),
      'VersionConflict',
      'it is wrong once there is an event',
    )
    const told = { _tag: 'VersionConflict', stream: one, expected: noStream, actual: version(1) }
    equal(conflict, told, 'the conflict carries stream, belief and actual version')
    equal(numbersOf(await eventsOf(store, one)), [1], 'nothing was written')
    await right(store.append(appendTo(two, [event(3, two)], noStream)), 'it holds for another new stream')
  },
)

const exists = forAnyStore(
  'C07 expected=streamExists: holds for a stream with events only',
  async ({ store }) => {
    const conflict = await left(
      store.append(appendTo(one, [event(1, one)], streamExists)),
      'VersionConflict',
      'it is wrong for a new stream',
    )
    const told = { _tag: 'VersionConflict', stream: one, expected: streamExists, actual: version(0) }
    equal(conflict, told, 'the conflict carries stream, belief and actual version')
    equal(numbersOf(await eventsOf(store, one)), [], 'nothing was written')
    await right(store.append(appendTo(one, [event(1, one)])), 'the stream comes to be')
    await right(store.append(appendTo(one, [event(2, one)], streamExists)), 'it holds now')
    equal(numbersOf(await eventsOf(store, one)), [1, 2], 'both are written')
  },
)

const any = forAnyStore('C08 expected=any: never conflicts, new stream or not', async ({ store }) => {
  await right(store.append(appendTo(one, [event(1, one)], anyVersion)), 'it holds for a new stream')
  await right(store.append(appendTo(one, eventsFrom(2, 4, one), anyVersion)), 'it holds for any other')
  await right(store.append({ events: [event(5, one)], expected: [] }), 'no expectation is the same')
  equal(numbersOf(await eventsOf(store, one)), [1, 2, 3, 4, 5], 'all are written')
})

const usable = forAnyStore('C09 conflict: the actual version is enough to go on', async ({ store }) => {
  await right(store.append(appendTo(one, eventsFrom(1, 2, one))), 'the append succeeds')
  const late = [event(3, one)]
  const conflict = await left(
    store.append(appendTo(one, late, exactly(1))),
    'VersionConflict',
    'it is too late',
  )
  equal(conflict.actual, version(2), 'the conflict carries the actual version')
  const again = await right(
    store.append(appendTo(one, late, exactly(conflict.actual))),
    'the same events, expected at the actual version, are accepted',
  )
  equal(again.streams, [{ stream: one, version: version(3) }], 'they are recorded then')
  equal(again.repeated, false, 'the conflict had recorded nothing')
})

const otherStream = forSeveralStreams(
  'C09 expected: a belief may be about a stream that is not written',
  async ({ store }) => {
    await right(store.append(appendTo(two, eventsFrom(1, 2, two))), 'the append succeeds')
    const given = [exactly(2), streamExists, anyVersion]
    for (const [index, belief] of given.entries()) {
      const append = { events: [event(10 + index, one)], expected: [{ stream: two, version: belief }] }
      await right(store.append(append), `${belief._tag} holds for the stream that is not written`)
    }
    for (const belief of [exactly(1), exactly(3), noStream]) {
      const append = { events: [event(20, one)], expected: [{ stream: two, version: belief }] }
      const conflict = await left(store.append(append), 'VersionConflict', `${belief._tag} does not hold`)
      equal([conflict.stream, conflict.actual], [two, version(2)], 'the conflict is about that stream')
    }
    const append = { events: [event(13, one)], expected: [{ stream: missing, version: noStream }] }
    await right(store.append(append), 'a stream may be expected to be missing')
    equal(numbersOf(await eventsOf(store, one)), [10, 11, 12, 13], 'only those that held were written')
    equal(await versionOf(store, two), version(2), 'the other stream is not touched')
    equal(await versionOf(store, missing), version(0), 'expecting a stream does not make one')
  },
)

const firstWrong = forSeveralStreams(
  'C09 conflict: of several wrong beliefs the first in the given order is told',
  async ({ store }) => {
    await right(store.append(appendTo(two, [event(1, two)])), 'the append succeeds')
    const beliefs = [
      { stream: missing, version: anyVersion },
      { stream: two, version: noStream },
      { stream: one, version: streamExists },
    ]
    const events = [event(2, one)]
    const told = await left(store.append({ events, expected: beliefs }), 'VersionConflict', 'it conflicts')
    equal(told.stream, two, 'the first wrong one is told')
    const turned = { events, expected: beliefs.toReversed() }
    equal((await left(store.append(turned), 'VersionConflict', 'it conflicts')).stream, one, 'in any order')
  },
)

const bothBeliefs = forAnyStore(
  'C09 expected: several beliefs about one stream must all hold',
  async ({ store }) => {
    await right(store.append(appendTo(one, [event(1, one)])), 'the append succeeds')
    const beliefs = [streamExists, exactly(1), exactly(2)].map((belief) => ({ stream: one, version: belief }))
    const events = [event(2, one)]
    const wrong = { events, expected: beliefs }
    equal(
      (await left(store.append(wrong), 'VersionConflict', 'one is wrong')).expected,
      exactly(2),
      'it is told',
    )
    await right(store.append({ events, expected: beliefs.slice(0, 2) }), 'the others hold')
  },
)

const exactNames = forAnyStore('C09 streams: names are compared exactly', async ({ store }) => {
  const names = ['a', 'A', 'a ', ' a', 'a-', 'á', 'a\u0301', '%', '_', 'a-b', 'a-B', '__proto__', '😀', "a'b"]
  for (const [index, name] of names.map(streamIdFrom).entries()) {
    await right(store.append(appendTo(name, [event(index + 1, name)], noStream)), `${name} is a new stream`)
  }
  for (const [index, name] of names.map(streamIdFrom).entries()) {
    const events = await eventsOf(store, name)
    equal(numbersOf(events), [index + 1], `${name} holds its own event only`)
    equal(events[0]?.stream, name, 'the name comes back as it was')
  }
})

/** In the order of their numbers. */
export const expectedVersionCases: ReadonlyArray<Case> = [
  exact,
  none,
  exists,
  any,
  usable,
  otherStream,
  firstWrong,
  bothBeliefs,
  exactNames,
]
