/**
 * Cases of append conditions: what a condition guards, up to where its token has seen, and that nothing slips through.
 * Used by: `Suite`.
 * @since 0.1.0
 */
import type { Append } from '../../store/Append.js'
import type { ConsistencyToken } from '../../store/AppendCondition.js'
import type { EventStore } from '../../store/EventStore.js'
import { exactly, noStream } from '../../store/ExpectedVersion.js'
import { beginning, type GlobalPosition, globalPosition } from '../../store/GlobalPosition.js'
import { anyOf, everything, or } from '../../store/Query.js'
import { streamIdFrom } from '../../store/StreamId.js'
import { tag } from '../../store/Tag.js'
import { version } from '../../store/Version.js'
import { type Case, forQueries } from './Case.js'
import {
  all,
  at,
  c1,
  c2,
  categoryRows,
  fill,
  fillCategories,
  find,
  guarded,
  one,
  rows,
  s1,
  s2,
  tokenFor,
  two,
} from './Courses.js'
import { equal, isTrue, left, right, textOf } from './Expect.js'
import { appendTo, count, course, event, eventsFrom, eventsOf, numbersOf, streamNamed } from './Samples.js'

const failsWhereFound = async (store: EventStore, table: typeof rows): Promise<void> => {
  let next = 100
  for (const [what, query, found] of table) {
    const append = guarded(next, query)
    next += 1
    if (found.length === 0) {
      const without = anyOf({ types: ['Guarded'] })
      await right(store.append(append), `${what}: nothing is found, so the condition holds`)
      await left(store.append(guarded(next, without)), 'ConditionConflict', 'and the event is there')
    } else {
      const conflict = await left(store.append(append), 'ConditionConflict', `${what}: something is found`)
      const matching = (await right(store.read(query), what)).events.map(({ position }) => position)
      isTrue(
        matching.includes(conflict.position),
        `${what}: the conflict tells the position of such an event`,
      )
    }
  }
}

const onePredicate = forQueries(
  'C34 condition: it fails exactly where a read would find',
  async ({ store }) => {
    await fill(store)
    await failsWhereFound(store, rows)
  },
)

const ofCategories = forQueries(
  'C34 condition: it guards categories as a read finds them',
  async ({ store }) => {
    await fillCategories(store)
    await failsWhereFound(store, categoryRows)
    const [account, other] = [streamIdFrom('account-9'), streamIdFrom('accounting-9')]
    const queries = [
      anyOf({ categories: ['account'] }),
      anyOf({ categories: ['account'], types: ['Opened'] }),
      anyOf({ categories: ['account'], tags: [c1] }),
    ]
    for (const [index, query] of queries.entries()) {
      const token = await tokenFor(store, query)
      const base = 200 + 10 * index
      const opened = { type: 'Opened', tags: [c1] }
      await right(store.append(appendTo(other, [event(base, other, opened)])), 'an event of another category')
      await right(store.append(guarded(base + 1, query, token)), `${textOf(query)} holds still`)
      await right(
        store.append(appendTo(account, [event(base + 2, account, opened)])),
        'an event of this category',
      )
      await left(
        store.append(guarded(base + 3, query, token)),
        'ConditionConflict',
        `${textOf(query)} fails then`,
      )
    }
  },
)

const tokens = forQueries('C35 condition: the token decides what counts as new', async ({ store }) => {
  await fill(store)
  const query = anyOf({ tags: [c1] })
  const whole = (await right(store.read(everything), 'the log is read')).events
  const place = (n: number): GlobalPosition => whole[n - 1]?.position ?? beginning
  await left(store.append(guarded(20, query)), 'ConditionConflict', 'without a token any match fails')
  await left(
    store.append(guarded(20, query, at(beginning))),
    'ConditionConflict',
    'so does one of the beginning',
  )
  await left(store.append(guarded(20, query, at(place(8)))), 'ConditionConflict', 'below the last match')
  const conflict = await left(store.append(guarded(20, query, at(place(6)))), 'ConditionConflict', 'below it')
  equal(conflict.position, place(9), 'the conflict is the one event that is new')
  await right(store.append(guarded(20, query, at(place(9)))), 'at the last match the condition holds')
  await right(store.append(guarded(21, query, at(place(10)))), 'above the last match it holds')
  const beyond = globalPosition((await right(store.head, 'the head is read')) + 1_000n)
  await right(store.append(guarded(22, query, at(beyond))), 'above the head it holds')
  await right(
    store.append(guarded(23, query, await tokenFor(store, query))),
    'with the token of a read it holds',
  )
  equal(await find(store, anyOf({ types: ['Guarded'] })), [20, 21, 22, 23], 'those that held are written')
})

const tokensAge = forQueries('C35 condition: a token ages by matching events only', async ({ store }) => {
  await fill(store)
  const query = anyOf({ types: ['Enrolled'], tags: [c1] })
  const token = await tokenFor(store, query)
  const others: ReadonlyArray<Parameters<typeof event>[2]> = [
    { type: 'Enrolled', tags: [c2] },
    { type: 'Left', tags: [c1] },
    { type: 'Enrolled' },
  ]
  for (const [index, other] of others.entries()) {
    await right(store.append(appendTo(one, [event(30 + index, one, other)])), 'the append succeeds')
    await right(
      store.append(guarded(40 + index, query, token)),
      'an event that does not match leaves it fresh',
    )
  }
  await right(
    store.append(appendTo(one, [event(50, one, { type: 'Enrolled', tags: [s1, c1] })])),
    'it succeeds',
  )
  await left(store.append(guarded(51, query, token)), 'ConditionConflict', 'one that matches makes it old')
  await right(store.append(guarded(51, query, await tokenFor(store, query))), 'reading again makes it fresh')
})

const tokenPerItem = forQueries(
  'C35 condition: each item has its own entry in the token',
  async ({ store }) => {
    await fill(store)
    const query = anyOf({ tags: [s2] }, { types: ['Noted'] })
    const whole = (await right(store.read(everything), 'the log is read')).events
    const place = (n: number): GlobalPosition => whole[n - 1]?.position ?? beginning
    await right(
      store.append(guarded(20, query, at(place(5), place(7)))),
      'each entry at the last match of its item',
    )
    await left(
      store.append(guarded(21, query, at(place(4), place(7)))),
      'ConditionConflict',
      'the first is too old',
    )
    await left(
      store.append(guarded(21, query, at(place(5), place(6)))),
      'ConditionConflict',
      'the second is too old',
    )
    const head = await right(store.head, 'the head is read')
    await left(
      store.append(guarded(21, query, at(place(4), head))),
      'ConditionConflict',
      'the greatest does not count',
    )
    await left(store.append(guarded(21, query, at(head, place(6)))), 'ConditionConflict', 'on either side')
    for (const wrong of [at(), at(head), at(head, head, head)]) {
      const refusal = await left(
        store.append(guarded(21, query, wrong)),
        'InvalidInput',
        'a token of another query',
      )
      equal(refusal.path, 'condition.after', 'the path leads to it')
    }
    const refusal = await left(
      store.append(guarded(21, everything, at(head, head))),
      'InvalidInput',
      'so is this',
    )
    equal(refusal.path, 'condition.after', 'the path leads to it')
  },
)

const tokensOfParts = forQueries(
  'C35 token: of a part of the log, it has seen that part only',
  async ({ store }) => {
    await fill(store)
    const query = anyOf({ tags: [c1] })
    const whole = (await right(store.read(everything), 'the log is read')).events
    const sixth = whole[5]?.position ?? beginning
    const part = async (range: Parameters<EventStore['read']>[1]): Promise<ConsistencyToken> =>
      (await right(store.read(query, range), 'a part is read')).token
    const tooOld = [
      await part({ limit: 2 }),
      await part({ to: sixth }),
      await part({ limit: 0 }),
      await part({ limit: 2, direction: 'backward' }),
    ]
    for (const token of tooOld) {
      await left(
        store.append(guarded(20, query, token)),
        'ConditionConflict',
        'there is a match that it has not seen',
      )
    }
    const fresh = [
      await part({ after: sixth }),
      await part({ limit: 6 }),
      await part({ direction: 'backward' }),
    ]
    for (const [index, token] of fresh.entries()) {
      await right(store.append(guarded(20 + index, query, token)), 'it has seen all there is')
    }
  },
)

const onEverything = forQueries('C36 condition: on everything, any event fails it', async ({ store }) => {
  for (const query of [everything, anyOf({})]) {
    const token = await tokenFor(store, query)
    const n = 10 * (await find(store, everything)).length + 1
    await right(store.append(guarded(n, query, token)), 'nothing has happened since')
    await left(
      store.append(guarded(n + 1, query, token)),
      'ConditionConflict',
      'its own event has happened since',
    )
    const later = await tokenFor(store, query)
    await right(store.append(appendTo(one, [event(n + 2, one, { type: `T${n}`, tags: [] })])), 'it succeeds')
    await left(
      store.append(guarded(n + 3, query, later)),
      'ConditionConflict',
      'any other event counts as well',
    )
    await left(store.append(guarded(n + 3, query)), 'ConditionConflict', 'without a token too')
  }
})

const conditionIsAtomic = forQueries(
  'C36 condition: a failed one writes nothing at all',
  async ({ store }) => {
    await fill(store)
    const events = eventsFrom(20, 29, one)
    const append = { ...appendTo(one, events), condition: { failIfEventsMatch: anyOf({ types: ['Noted'] }) } }
    const head = await right(store.head, 'the head is read')
    await left(store.append(append), 'ConditionConflict', 'it fails')
    equal(await right(store.head, 'the head is read'), head, 'the head is where it was')
    equal(await find(store, everything), all, 'the log is what it was')
    const { condition: _, ...unguarded } = append
    equal((await right(store.append(unguarded), 'its ids are free')).repeated, false, 'no id was recorded')
  },
)

const kinds = forQueries('C37 condition: types only, tags only, both, several items', async ({ store }) => {
  await fill(store)
  const queries = [
    anyOf({ types: ['Left'] }),
    anyOf({ types: ['Noted', 'Left'] }),
    anyOf({ tags: [c1] }),
    anyOf({ tags: [s1, c1] }),
    anyOf({ types: ['Left'], tags: [s1] }),
    anyOf({ types: ['Never'] }, { types: ['Left'], tags: [c1] }),
  ]
  for (const [index, query] of queries.entries()) {
    const token = await tokenFor(store, query)
    const base = 100 * (index + 1)
    await right(store.append(guarded(base, query, token)), `${textOf(query)} holds with a fresh token`)
    await left(
      store.append(guarded(base + 1, query)),
      'ConditionConflict',
      `${textOf(query)} fails without one`,
    )
    const matching = event(base + 2, one, { type: 'Left', tags: [s1, c1] })
    await right(store.append(appendTo(one, [matching])), 'an event that matches is appended')
    await left(
      store.append(guarded(base + 3, query, token)),
      'ConditionConflict',
      `${textOf(query)} fails then`,
    )
    equal(await eventsOf(store, streamNamed(`${base + 3}`)), [], 'nothing was written')
  }
})

const withExpected = forQueries(
  'C37 condition: a belief and a condition must both hold',
  async ({ store }) => {
    await right(store.append(appendTo(one, [event(1, one, { tags: [c1] })])), 'the append succeeds')
    const query = anyOf({ tags: [c1] })
    const condition = { failIfEventsMatch: query, after: await tokenFor(store, query) }
    const stale = { failIfEventsMatch: query }
    const events = [event(2, one)]
    const believed = (count: number) => [{ stream: one, version: exactly(count) }]
    await left(
      store.append({ events, expected: believed(0), condition }),
      'VersionConflict',
      'a wrong belief',
    )
    await left(
      store.append({ events, expected: believed(1), condition: stale }),
      'ConditionConflict',
      'a condition',
    )
    const both = { events, expected: believed(0), condition: stale }
    await left(store.append(both), 'VersionConflict', 'where both fail, the belief is told')
    equal(numbersOf(await eventsOf(store, one)), [1], 'nothing was written')
    const held = await right(store.append({ events, expected: believed(1), condition }), 'both hold')
    equal(held.streams, [{ stream: one, version: version(2) }], 'it is written')
  },
)

const readTwice = forQueries(
  'C45 condition: a boundary read twice is no conflict with itself',
  async ({ store }) => {
    await fill(store)
    const query = anyOf({ tags: [c1] })
    const first = await tokenFor(store, query)
    const second = await tokenFor(store, query)
    await right(store.append(guarded(20, query, first)), 'the token of the first read holds')
    await right(store.append(guarded(21, query, second)), 'so does that of the second')
    const doubled = or(query, query)
    await right(store.append(guarded(22, doubled, await tokenFor(store, doubled))), 'an item may stand twice')
  },
)

const unrelated = forQueries('C46 condition: unrelated events do not conflict', async ({ store }) => {
  await fill(store)
  const query = anyOf({ types: ['Enrolled'], tags: [c1] }, { types: ['Left'], tags: [c1, s2] })
  const token = await tokenFor(store, query)
  const unrelatedOnes: ReadonlyArray<Parameters<typeof event>[2]> = [
    { type: 'Enrolled', tags: [c2, s1] },
    { type: 'Defined', tags: [c1] },
    { type: 'enrolled', tags: [c1] },
    { type: 'Left', tags: [c1, s1] },
    { type: 'Left', tags: [s2] },
    { type: 'Noted', tags: [] },
  ]
  const events = unrelatedOnes.map((more, index) => event(30 + index, one, more))
  await right(store.append(appendTo(one, events)), 'they are appended')
  await right(store.append(guarded(50, query, token)), 'the condition holds still')
})

const uniqueness = forQueries('C47 condition: a query that found nothing protects', async ({ store }) => {
  const name = (text: string) => anyOf({ types: ['Registered'], tags: [tag('user', text)] })
  const register = (n: number, text: string, after: ConsistencyToken): Append => {
    const stream = streamNamed(`user ${n}`)
    const registered = event(n, stream, { type: 'Registered', tags: [tag('user', text)] })
    const condition = { failIfEventsMatch: name(text), after }
    return { ...appendTo(stream, [registered], noStream), condition }
  }
  const tokenOfAda = await tokenFor(store, name('ada'))
  const tokenOfBob = await tokenFor(store, name('bob'))
  await right(store.append(register(1, 'ada', tokenOfAda)), 'the name is free')
  await left(store.append(register(2, 'ada', tokenOfAda)), 'ConditionConflict', 'the name is taken')
  await right(store.append(register(3, 'bob', tokenOfBob)), 'the other name is free')
  equal(await find(store, name('ada')), [1], 'each name is taken once')
})

const manyKeys = forQueries('C48 condition: many tags and many keys in one append', async ({ store }) => {
  const tags = count(1, 80).map((n) => course(`c${n}`))
  await right(store.append(appendTo(one, [event(1, one, { tags })])), 'an event with 80 tags is appended')
  equal(await find(store, anyOf({ tags })), [1], 'it is found by all of them')
  const items = tags.map((each) => ({ types: ['Happened'], tags: [each] }))
  const query = anyOf({ tags: [course('none')] }, ...items)
  await left(store.append(guarded(2, query)), 'ConditionConflict', 'a condition of 81 items is checked')
  const absent = count(1, 80).map((n) => ({ tags: [course(`none ${n}`)] }))
  const last = anyOf({ types: ['Never'] }, ...absent, { tags: [course('c80')] })
  await left(store.append(guarded(2, last)), 'ConditionConflict', 'the last item counts like the first')
  await right(store.append(guarded(2, query, await tokenFor(store, query))), 'and holds with its token')
  const events = eventsFrom(100, 1_599, two).map((each, n) => ({ ...each, tags: [tag('key', `${n}`), c1] }))
  const keys = anyOf({ tags: [c1] }, ...count(0, 99).map((n) => ({ tags: [tag('key', `${n * 15}`)] })))
  const condition = { failIfEventsMatch: keys, after: await tokenFor(store, keys) }
  await left(
    store.append({ ...appendTo(two, events), condition: { failIfEventsMatch: keys } }),
    'ConditionConflict',
    'an append with 1,500 keys is checked',
  )
  await right(store.append({ ...appendTo(two, events), condition }), 'and holds with its token')
  equal((await find(store, anyOf({ tags: [c1] }))).length, 1_501, 'all are written')
  await left(store.append({ ...guarded(5_000, keys), condition }), 'ConditionConflict', 'and all count')
})

const staleReads = forQueries(
  'C49 condition: a stale read causes a conflict and nothing worse',
  async (world) => {
    const { store, connections } = world
    await fill(store)
    const query = anyOf({ tags: [c1] })
    const stale = await tokenFor(store, query)
    for (const n of count(20, 24)) {
      await right(store.append(appendTo(one, [event(n, one, { tags: [c1] })])), 'others append')
      for (const connection of connections) {
        await left(
          connection.append(guarded(40, query, stale)),
          'ConditionConflict',
          'the old read is noticed',
        )
      }
    }
    equal(await eventsOf(store, streamNamed('40')), [], 'nothing was written')
    await right(store.append(guarded(40, query, await tokenFor(store, query))), 'a new read is accepted')
  },
)

/** In the order of their numbers. */
export const conditionCases: ReadonlyArray<Case> = [
  onePredicate,
  ofCategories,
  tokens,
  tokensAge,
  tokenPerItem,
  tokensOfParts,
  onEverything,
  conditionIsAtomic,
  kinds,
  withExpected,
  readTwice,
  unrelated,
  uniqueness,
  manyKeys,
  staleReads,
]
