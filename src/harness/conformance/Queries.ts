/**
 * Cases of queries: which events are found, in which order, and by which texts.
 * Used by: `Suite`.
 * @since 0.1.0
 */
import { beginning, type GlobalPosition } from '../../store/GlobalPosition.js'
import { anyOf, everything, type Query } from '../../store/Query.js'
import { tagFrom } from '../../store/Tag.js'
import { type Case, forQueries } from './Case.js'
import { c1, c2, categoryRows, fill, fillCategories, find, guarded, one, rows, two } from './Courses.js'
import { equal, left, right, textOf } from './Expect.js'
import { appendTo, event, eventsOf, numbersOf } from './Samples.js'

const emptyStore = forQueries(
  'C32 query: an empty store has nothing, and a condition holds',
  async ({ store }) => {
    const queries = [
      everything,
      anyOf({}),
      anyOf({ types: ['A'] }),
      anyOf({ tags: [c1] }),
      anyOf({}, { tags: [c2] }),
    ]
    for (const query of queries) equal(await find(store, query), [], `${textOf(query)} finds nothing`)
    await right(store.append(guarded(1, everything)), 'a condition without a token holds in an empty store')
    equal(await find(store, everything), [1], 'it is written')
  },
)

const semantics = forQueries('C33 query: types or, tags and, items or', async ({ store }) => {
  await fill(store)
  for (const [what, query, found] of rows) {
    equal(await find(store, query), found, `${what}: the events in the order of the log`)
    const backward = await right(store.read(query, { direction: 'backward' }), `${what}: it is read backward`)
    equal(numbersOf(backward.events), found.toReversed(), `${what}: backward, the same events turned`)
  }
})

const bounded = forQueries('C33 query: bounds and limits cut what the query finds', async ({ store }) => {
  await fill(store)
  const whole = (await right(store.read(everything), 'the log is read')).events
  const place = (n: number): GlobalPosition => whole[n - 1]?.position ?? beginning
  for (const [what, query, found] of rows) {
    const after = await right(store.read(query, { after: place(3) }), what)
    equal(
      numbersOf(after.events),
      found.filter((n) => n > 3),
      `${what}: after the third event`,
    )
    const to = await right(store.read(query, { to: place(6) }), what)
    equal(
      numbersOf(to.events),
      found.filter((n) => n <= 6),
      `${what}: up to the sixth, which counts`,
    )
    const first = await right(store.read(query, { limit: 2 }), what)
    equal(numbersOf(first.events), found.slice(0, 2), `${what}: the first two`)
    const last = await right(store.read(query, { after: place(1), limit: 2, direction: 'backward' }), what)
    const newest = found.filter((n) => n > 1).toReversed()
    equal(numbersOf(last.events), newest.slice(0, 2), `${what}: the last two after the first`)
  }
})

const inCategories = forQueries(
  'C33 query: a category is what stands before the first dash',
  async ({ store }) => {
    await fillCategories(store)
    for (const [what, query, found] of categoryRows) {
      equal(await find(store, query), found, `${what}: the events in the order of the log`)
      const backward = await right(
        store.read(query, { direction: 'backward' }),
        `${what}: it is read backward`,
      )
      equal(numbersOf(backward.events), found.toReversed(), `${what}: backward, the same events turned`)
      const last = await right(store.read(query, { limit: 2, direction: 'backward' }), `${what}: limited`)
      equal(numbersOf(last.events), found.toReversed().slice(0, 2), `${what}: the last two`)
      const first = await right(store.read(query, { limit: 2 }), `${what}: limited`)
      equal(numbersOf(first.events), found.slice(0, 2), `${what}: the first two`)
    }
  },
)

const sameEvents = forQueries('C33 query: what is found is what the streams hold', async ({ store }) => {
  await fill(store)
  const held = [...(await eventsOf(store, one)), ...(await eventsOf(store, two))]
  const inOrder = held.toSorted((a, b) => Number(a.position - b.position))
  for (const query of [everything, anyOf({})]) {
    equal(
      (await right(store.read(query), 'the log is read')).events,
      inOrder,
      'the very same events, in every part',
    )
  }
})

const badQueries = forQueries('C33 query: a name that no event can have is refused', async ({ store }) => {
  for (const name of ['', '\u0000', '\ud800', 'x'.repeat(513)]) {
    const queries: ReadonlyArray<readonly [string, Query]> = [
      ['items[0].types[1]', anyOf({ types: ['A', name] })],
      ['items[1].tags[0]', anyOf({ tags: [c1] }, { tags: [tagFrom(name)] })],
      ['items[0].categories[1]', anyOf({ categories: ['a', name] })],
    ]
    for (const [path, query] of queries) {
      const refusal = await left(store.read(query), 'InvalidInput', `reading ${textOf(name)} is refused`)
      equal(refusal.path, path, 'the path leads to it')
      const guard = await left(store.append(guarded(1, query)), 'InvalidInput', 'so is a condition on it')
      equal(guard.path, `condition.${path}`, 'the path leads to it')
    }
  }
  const dashed = await left(
    store.read(anyOf({ categories: ['a-b'] })),
    'InvalidInput',
    'so is a part of a name',
  )
  equal(dashed.path, 'items[0].categories[0]', 'the path leads to it')
  const limit = await left(
    store.read(everything, { limit: -1 }),
    'InvalidInput',
    'a negative limit is refused',
  )
  equal(limit.path, 'limit', 'the path leads to it')
  equal(await find(store, everything), [], 'nothing was written')
})

const tagSets = forQueries('C38 query: every tag is found by its exact text', async ({ store }) => {
  const texts = [
    'a',
    'A',
    ' a',
    'a ',
    'á',
    'a\u0301',
    'a:b',
    'a,b',
    '{a}',
    '{}',
    '%',
    '_',
    '"',
    '\\',
    "'",
    'NULL',
  ]
  const long = [`${'x'.repeat(511)}y`, `${'x'.repeat(511)}z`, 'x'.repeat(512)]
  const tags = [...texts, ...long, '😀', '\u2028', '__proto__'].map(tagFrom)
  for (const [index, each] of tags.entries()) {
    await right(store.append(appendTo(one, [event(index + 1, one, { tags: [each, each] })])), 'it succeeds')
  }
  for (const [index, each] of tags.entries()) {
    equal(await find(store, anyOf({ tags: [each] })), [index + 1], `the tag ${textOf(each)} finds its event`)
  }
  const wide = event(500, two, { tags })
  await right(store.append(appendTo(two, [wide])), 'an event may have all of them')
  equal(await find(store, anyOf({ tags })), [500], 'and is the only one that has')
})

/** Pairs that a careless key or a 32-bit hash would take for one: joined texts, and collisions of hash functions. */
const lookalikes: ReadonlyArray<readonly [string, string]> = [
  ['Aa', 'BB'],
  ['AaAa', 'BBBB'],
  ['costarring', 'liquid'],
  ['declinate', 'macallums'],
  ['altarage', 'zinke'],
  ['plumless', 'buckeroo'],
]

const collisions = forQueries('C39 query: tags whose hashes collide stay apart', async ({ store }) => {
  for (const [index, pair] of lookalikes.entries()) {
    for (const [side, text] of pair.entries()) {
      const each = event(2 * index + side + 1, one, { tags: [tagFrom(text)] })
      await right(store.append(appendTo(one, [each])), 'the append succeeds')
    }
  }
  await right(store.append(appendTo(two, [event(90, two, { tags: [tagFrom('a,b')] })])), 'it succeeds')
  await right(store.append(appendTo(two, [event(91, two, { tags: ['a', 'b'].map(tagFrom) })])), 'it succeeds')
  for (const [index, pair] of lookalikes.entries()) {
    for (const [side, text] of pair.entries()) {
      equal(
        await find(store, anyOf({ tags: [tagFrom(text)] })),
        [2 * index + side + 1],
        `${text} finds its own`,
      )
    }
  }
  equal(await find(store, anyOf({ tags: [tagFrom('a,b')] })), [90], 'a joined tag is no pair of tags')
  equal(await find(store, anyOf({ tags: ['a', 'b'].map(tagFrom) })), [91], 'nor the other way round')
  equal(await find(store, anyOf({ types: [c1], tags: [] })), [], 'a type is no tag')
})

/** In the order of their numbers. */
export const queryCases: ReadonlyArray<Case> = [
  emptyStore,
  semantics,
  bounded,
  inCategories,
  sameEvents,
  badQueries,
  tagSets,
  collisions,
]
