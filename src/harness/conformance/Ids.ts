/**
 * Cases of event ids: a writer that never heard back sends the same events again, and nothing happens twice.
 * Used by: `Suite`.
 * @since 0.1.0
 */
import type { Append } from '../../store/Append.js'
import type { EventToAppend } from '../../store/EventToAppend.js'
import { exactly, noStream } from '../../store/ExpectedVersion.js'
import { everything } from '../../store/Query.js'
import { version } from '../../store/Version.js'
import { type Case, forAnyStore, forQueries, forSeveralStreams } from './Case.js'
import { equal, left, right } from './Expect.js'
import { faultyStore } from './FaultyStore.js'
import { appendTo, event, eventsFrom, eventsOf, idOf, numbersOf, streamNamed } from './Samples.js'

const one = streamNamed('one')
const two = streamNamed('two')

const again = forAnyStore(
  'C13 ids: the same append again records nothing and answers the same',
  async (world) => {
    const { store, connections } = world
    const append = appendTo(one, eventsFrom(1, 3, one), noStream)
    const first = await right(store.append(append), 'the append succeeds')
    const before = await eventsOf(store, one)
    for (const connection of [...connections, store]) {
      const answer = await right(connection.append(append), 'the same append is accepted')
      equal(
        answer,
        { ...first, repeated: true },
        'it answers as the first time, and says that it is a repetition',
      )
    }
    equal(await eventsOf(store, one), before, 'nothing was recorded again')
  },
)

const againLater = forAnyStore(
  'C13 ids: the same append again, after others have appended and under a wrong belief',
  async ({ store }) => {
    const append = appendTo(one, eventsFrom(1, 2, one), noStream)
    const first = await right(store.append(append), 'the append succeeds')
    await right(store.append(appendTo(one, eventsFrom(3, 5, one), exactly(2))), 'others append')
    await right(store.append(appendTo(two, [event(6, two)])), 'others append elsewhere')
    for (const belief of [noStream, exactly(0), exactly(2), exactly(5), exactly(77)]) {
      const answer = await right(
        store.append(appendTo(one, eventsFrom(1, 2, one), belief)),
        `the same events are accepted under ${belief._tag}`,
      )
      equal(answer, { ...first, repeated: true }, 'the version is that of then, not that of now')
    }
    equal(numbersOf(await eventsOf(store, one)), [1, 2, 3, 4, 5], 'nothing was recorded again')
  },
)

const againSeveral = forSeveralStreams(
  'C13 ids: the same append to several streams again',
  async ({ store }) => {
    const append = { events: [event(1, one), event(2, two), event(3, one)], expected: [] }
    const first = await right(store.append(append), 'the append succeeds')
    await right(store.append({ events: [event(4, two), event(5, one)], expected: [] }), 'others append')
    const answer = await right(store.append(append), 'the same append is accepted')
    equal(answer, { ...first, repeated: true }, 'every stream has the version of then')
  },
)

const againGuarded = forQueries(
  'C13 ids: the same append again, though its own events match its condition',
  async ({ store }) => {
    const append: Append = {
      events: eventsFrom(1, 2, one),
      expected: [],
      condition: { failIfEventsMatch: everything },
    }
    const first = await right(store.append(append), 'the append succeeds')
    const answer = await right(store.append(append), 'the same append is accepted')
    equal(answer, { ...first, repeated: true }, 'a repetition is recognised before the condition is checked')
  },
)

const taken = forAnyStore('C13 ids: an id that belongs to another event is refused', async ({ store }) => {
  await right(store.append(appendTo(one, eventsFrom(1, 2, one))), 'the append succeeds')
  const others: ReadonlyArray<Partial<EventToAppend>> = [
    { data: { n: 2 } },
    { data: { n: '1' } },
    { data: { n: 1, m: 1 } },
    { type: 'HappenedToo' },
    { schemaVersion: 2 },
  ]
  for (const other of others) {
    const conflict = await left(
      store.append(appendTo(one, [event(1, one, other)])),
      'DuplicateEventId',
      'the id is taken by an event that says something else',
    )
    equal(conflict.id, idOf(1), 'the id is told')
  }
  await left(store.append(appendTo(two, [event(1, two)])), 'DuplicateEventId', 'also in another stream')
  equal(numbersOf(await eventsOf(store, one)), [1, 2], 'nothing was recorded')
  equal(await eventsOf(store, two), [], 'nothing was recorded in the other stream')
})

const partly = forAnyStore('C13 ids: known events among new ones are refused', async ({ store }) => {
  await right(store.append(appendTo(one, eventsFrom(1, 2, one))), 'the append succeeds')
  const appends = [
    [event(1, one), event(3, one)],
    [event(3, one), event(1, one)],
    [event(3, one), event(2, one), event(4, one)],
  ]
  for (const events of appends) {
    await left(
      store.append(appendTo(one, events)),
      'DuplicateEventId',
      'a part that is known is not a repetition',
    )
    equal(numbersOf(await eventsOf(store, one)), [1, 2], 'nothing was recorded')
  }
  const fresh = await right(store.append(appendTo(one, [event(3, one)], exactly(2))), 'the new id is free')
  equal(fresh.repeated, false, 'a refused append recorded no ids')
})

const twice = forAnyStore('C13 ids: an id twice in one append is refused', async ({ store }) => {
  const appends = [
    [event(1, one), event(1, one)],
    [event(1, one), event(2, one), event(1, one, { data: 'other' })],
  ]
  for (const events of appends) {
    const conflict = await left(
      store.append(appendTo(one, events)),
      'DuplicateEventId',
      'the id stands twice',
    )
    equal(conflict.id, idOf(1), 'the id is told')
    equal(await eventsOf(store, one), [], 'nothing was recorded')
  }
})

const sameElsewhere = forAnyStore(
  'C13 ids: equal events with different ids are different',
  async ({ store }) => {
    const say = (n: number) => event(n, one, { data: 'the same' })
    await right(store.append(appendTo(one, [say(1), say(2)])), 'the append succeeds')
    await right(store.append(appendTo(one, [say(3)])), 'the append succeeds')
    equal(numbersOf(await eventsOf(store, one)), [1, 2, 3], 'all are recorded')
  },
)

const lostAnswer = forAnyStore(
  'C14 ids: an append whose answer was lost is sent again',
  async ({ store }) => {
    const faulty = faultyStore(store, [{ _tag: 'LostAfter' }, { _tag: 'LostBefore' }, { _tag: 'LostAfter' }])
    const append = appendTo(one, eventsFrom(1, 2, one), noStream)
    for (const lost of ['after it was written', 'before it arrived', 'and once more']) {
      await left(faulty.append(append), 'Unavailable', `the connection is lost ${lost}`)
    }
    const answer = await right(faulty.append(append), 'the same append gets through')
    equal(answer.repeated, true, 'the answer says that it was written before')
    equal(answer.streams, [{ stream: one, version: version(2) }], 'the version is right')
    equal(numbersOf(await eventsOf(store, one)), [1, 2], 'there is one copy')
  },
)

/** In the order of their numbers. */
export const idCases: ReadonlyArray<Case> = [
  again,
  againLater,
  againSeveral,
  againGuarded,
  taken,
  partly,
  twice,
  sameElsewhere,
  lostAnswer,
]
