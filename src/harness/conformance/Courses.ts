/**
 * A small history of courses and students, and what many queries find in it. Cases of queries read it, and cases of
 * conditions are held to the same table, because a read and a check are one predicate.
 * Used by: `Queries`, `Conditions`.
 * @since 0.1.0
 */
import type { Append } from '../../store/Append.js'
import { type ConsistencyToken, consistencyToken } from '../../store/AppendCondition.js'
import type { EventStore } from '../../store/EventStore.js'
import type { EventToAppend } from '../../store/EventToAppend.js'
import type { GlobalPosition } from '../../store/GlobalPosition.js'
import { anyOf, everything, or, type Query } from '../../store/Query.js'
import { streamIdFrom } from '../../store/StreamId.js'
import { tag, tagFrom } from '../../store/Tag.js'
import { right, textOf } from './Expect.js'
import { appendTo, count, course, event, numbersOf, streamNamed } from './Samples.js'

/** One of the two streams of the history. */
export const one = streamNamed('one')
/** The other stream of the history. */
export const two = streamNamed('two')
/** A course that many events are about. */
export const c1 = course('c1')
/** Another course. */
export const c2 = course('c2')
/** A student of both courses. */
export const s1 = tag('student', 's1')
/** A student of the first course. */
export const s2 = tag('student', 's2')

/** An append of one event to its own stream, guarded by a condition. */
export const guarded = (n: number, failIfEventsMatch: Query, after?: ConsistencyToken): Append => ({
  events: [event(n, streamNamed(`${n}`), { type: 'Guarded' })],
  expected: [],
  condition: { failIfEventsMatch, ...(after && { after }) },
})

/** A token made by hand, one place for each item. */
export const at = (...places: ReadonlyArray<GlobalPosition>): ConsistencyToken => consistencyToken(places)

/** The numbers of the events that a query finds. */
export const find = async (store: EventStore, query: Query): Promise<ReadonlyArray<number>> =>
  numbersOf((await right(store.read(query), `${textOf(query)} is read`)).events)

/** The token of a whole read. */
export const tokenFor = async (store: EventStore, query: Query): Promise<ConsistencyToken> =>
  (await right(store.read(query), `${textOf(query)} is read`)).token

/** Events 1 to 10, in two streams; what each row of the table below expects is read off this list. */
const history: ReadonlyArray<Pick<EventToAppend, 'type' | 'tags'>> = [
  { type: 'Defined', tags: [c1] },
  { type: 'Defined', tags: [c2] },
  { type: 'Enrolled', tags: [c1, s1] },
  { type: 'Enrolled', tags: [c2, s1] },
  { type: 'Enrolled', tags: [s2, c1] },
  { type: 'Left', tags: [c1, s1] },
  { type: 'Noted', tags: [] },
  { type: 'defined', tags: [course('C1')] },
  { type: 'Merged', tags: [c1, c2] },
  { type: 'Left', tags: [s1, c2, course('c3')] },
]

/** Writes that history into an empty store. */
export const fill = async (store: EventStore): Promise<void> => {
  for (const [index, { type, tags }] of history.entries()) {
    const stream = index % 2 === 0 ? one : two
    await right(store.append(appendTo(stream, [event(index + 1, stream, { type, tags })])), 'it succeeds')
  }
}

/** The numbers of all events of that history. */
export const all = count(1, 10)

/** What is asked, the query, and the numbers of the events that it finds. */
export const rows: ReadonlyArray<readonly [what: string, query: Query, found: ReadonlyArray<number>]> = [
  ['everything', everything, all],
  ['an item without types and tags is everything', anyOf({}), all],
  ['one type', anyOf({ types: ['Defined'] }), [1, 2]],
  ['types are alternatives', anyOf({ types: ['Left', 'Defined'] }), [1, 2, 6, 10]],
  ['a type twice', anyOf({ types: ['Left', 'Left'] }), [6, 10]],
  ['three types', anyOf({ types: ['Noted', 'Merged', 'Left'] }), [6, 7, 9, 10]],
  ['a type that does not occur', anyOf({ types: ['Never'] }), []],
  ['a type that does not occur, or one that does', anyOf({ types: ['Never', 'Noted'] }), [7]],
  ['types are compared exactly', anyOf({ types: ['defined'] }), [8]],
  ['a type is not a prefix', anyOf({ types: ['Define'] }), []],
  ['a type is not a pattern', anyOf({ types: ['Defin%', '_efined', '.*'] }), []],
  ['one tag', anyOf({ tags: [c1] }), [1, 3, 5, 6, 9]],
  ['another tag', anyOf({ tags: [s1] }), [3, 4, 6, 10]],
  ['tags must all be there', anyOf({ tags: [c1, s1] }), [3, 6]],
  ['in any order', anyOf({ tags: [s1, c1] }), [3, 6]],
  ['a tag twice', anyOf({ tags: [c1, c1] }), [1, 3, 5, 6, 9]],
  ['two values of one kind', anyOf({ tags: [c1, c2] }), [9]],
  ['three tags', anyOf({ tags: [c2, course('c3'), s1] }), [10]],
  ['three tags of which one is missing', anyOf({ tags: [c1, c2, s1] }), []],
  ['tags are compared exactly', anyOf({ tags: [course('C1')] }), [8]],
  ['a tag is not a prefix', anyOf({ tags: [course('c')] }), []],
  ['a tag is not a pattern', anyOf({ tags: [tagFrom('course:%')] }), []],
  ['a tag that does not occur', anyOf({ tags: [course('c9')] }), []],
  ['a type and a tag', anyOf({ types: ['Enrolled'], tags: [c1] }), [3, 5]],
  ['types and a tag', anyOf({ types: ['Enrolled', 'Left'], tags: [s1] }), [3, 4, 6, 10]],
  ['types and tags', anyOf({ types: ['Enrolled', 'Left'], tags: [s1, c1] }), [3, 6]],
  ['a type that never has the tag', anyOf({ types: ['Noted'], tags: [c1] }), []],
  ['items are alternatives', anyOf({ types: ['Noted'] }, { tags: [s2] }), [5, 7]],
  ['items in the other order', anyOf({ tags: [s2] }, { types: ['Noted'] }), [5, 7]],
  [
    'an event that matches two items comes once',
    anyOf({ tags: [c1] }, { tags: [s1] }),
    [1, 3, 4, 5, 6, 9, 10],
  ],
  ['an item twice', anyOf({ tags: [s2] }, { tags: [s2] }), [5]],
  ['an item within another', anyOf({ tags: [c1] }, { types: ['Left'], tags: [c1] }), [1, 3, 5, 6, 9]],
  [
    'items do not share their tags',
    anyOf({ types: ['Defined'], tags: [c1] }, { types: ['Left'], tags: [c2] }),
    [1, 10],
  ],
  ['an item of everything absorbs', anyOf({ types: ['Noted'] }, {}), all],
  ['items that find nothing', anyOf({ types: ['Never'] }, { tags: [course('c9')] }), []],
  ['an item that finds nothing, and one that does', anyOf({ types: ['Never'] }, { types: ['Merged'] }), [9]],
  ['three items', anyOf({ types: ['Noted'] }, { tags: [c2, s1] }, { types: ['Merged'] }), [4, 7, 9, 10]],
  ['a query or another', or(anyOf({ types: ['Noted'] }), anyOf({ types: ['Merged'] })), [7, 9]],
]

/** Events 1 to 10 of another history, each with the name of its stream. */
const named: ReadonlyArray<Pick<EventToAppend, 'type' | 'tags'> & { readonly stream: string }> = [
  { stream: 'account-1', type: 'Opened', tags: [c1] },
  { stream: 'accounting-1', type: 'Opened', tags: [c1] },
  { stream: 'account-2', type: 'Closed', tags: [] },
  { stream: 'account', type: 'Opened', tags: [s1] },
  { stream: 'Account-1', type: 'Opened', tags: [c1, s1] },
  { stream: 'acc-ount-1', type: 'Closed', tags: [c1] },
  { stream: '-account', type: 'Opened', tags: [] },
  { stream: 'account-1-2', type: 'Opened', tags: [c1, s1] },
  { stream: 'co%nt_-1', type: 'Closed', tags: [s1] },
  { stream: 'account-1', type: 'Closed', tags: [c1] },
]

/** Writes the history of names into an empty store. */
export const fillCategories = async (store: EventStore): Promise<void> => {
  for (const [index, { stream: name, type, tags }] of named.entries()) {
    const stream = streamIdFrom(name)
    await right(store.append(appendTo(stream, [event(index + 1, stream, { type, tags })])), 'it succeeds')
  }
}

/** As above, of the history of names. */
export const categoryRows: typeof rows = [
  ['a category', anyOf({ categories: ['account'] }), [1, 3, 4, 8, 10]],
  ['a category is no prefix', anyOf({ categories: ['accoun'] }), []],
  ['another category', anyOf({ categories: ['accounting'] }), [2]],
  ['categories are compared exactly', anyOf({ categories: ['Account'] }), [5]],
  ['the first dash ends it', anyOf({ categories: ['acc'] }), [6]],
  ['a category is no pattern', anyOf({ categories: ['%', 'acc%', '_ccount', '.*'] }), []],
  ['a category of odd letters', anyOf({ categories: ['co%nt_'] }), [9]],
  ['categories are alternatives', anyOf({ categories: ['accounting', 'acc'] }), [2, 6]],
  ['a category twice', anyOf({ categories: ['acc', 'acc'] }), [6]],
  ['a category that does not occur', anyOf({ categories: ['bill'] }), []],
  ['a category that does not occur, or one that does', anyOf({ categories: ['bill', 'acc'] }), [6]],
  ['a category and a type', anyOf({ categories: ['account'], types: ['Opened'] }), [1, 4, 8]],
  ['categories and types', anyOf({ categories: ['acc', 'Account'], types: ['Opened', 'Closed'] }), [5, 6]],
  ['a category and a tag', anyOf({ categories: ['account'], tags: [c1] }), [1, 8, 10]],
  ['a category and tags', anyOf({ categories: ['account'], tags: [c1, s1] }), [8]],
  ['a category, a type and a tag', anyOf({ categories: ['account'], types: ['Closed'], tags: [c1] }), [10]],
  ['a category that never has the tag', anyOf({ categories: ['accounting'], tags: [s1] }), []],
  ['a category that never has the type', anyOf({ categories: ['accounting'], types: ['Closed'] }), []],
  [
    'items do not share categories',
    anyOf({ categories: ['acc'] }, { types: ['Opened'], tags: [s1] }),
    [4, 5, 6, 8],
  ],
  [
    'an event of two items comes once',
    anyOf({ categories: ['account'] }, { tags: [c1] }),
    [1, 2, 3, 4, 5, 6, 8, 10],
  ],
]
