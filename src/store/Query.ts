/**
 * Which events a decision depends on: a query over categories, types and tags. Items are alternatives; within an item
 * an event needs one of the categories, one of the types and all of the tags. The same predicate reads the events and
 * guards the append, so what a decision saw and what it is protected against cannot differ. The semantics are those of
 * the specification of dynamic consistency boundaries (dcb.events), which knows no categories.
 * Used by: `AppendCondition`, `Journal`, the adapters, `DecisionModel`.
 *
 * Laws (test/properties/store/Query.test.ts):
 * - QRY-1 union: `or(a, b)` matches an event where `a` or `b` does.
 * - QRY-2 all absorbs: `or(a, everything)` matches every event, on either side.
 * - QRY-3 order-free: the order of items, categories, types and tags changes no match.
 * @since 0.1.0
 */
import type { readonlyNonEmptyArray as RNEA } from 'fp-ts'
import type { RecordedEvent } from './RecordedEvent.js'
import { categoryOf } from './StreamId.js'
import type { Tag } from './Tag.js'

/**
 * One alternative: no categories means any category, no types means any type, no tags means any tags.
 *
 * What it costs: no store needs an index of categories. An item with tags looks at the streams of the events that have
 * them, an item with types at those of the events of these types, and an item of categories alone walks the log: a read
 * through as much of it as its range and limit leave, a condition from its token on. So follow a category by pages, and
 * read it in a range; and where a rare category is read over and over, give its events a tag. For a condition, as without
 * categories, only tags make a boundary that other appends can work beside.
 */
export interface QueryItem {
  /** What stands before the first `-` in the name of the stream, compared exactly. */
  readonly categories: ReadonlyArray<string>
  readonly types: ReadonlyArray<string>
  readonly tags: ReadonlyArray<Tag>
}

/** Every event, or the events that match one of the items. */
export type Query =
  | { readonly _tag: 'Everything' }
  | { readonly _tag: 'AnyOf'; readonly items: RNEA.ReadonlyNonEmptyArray<QueryItem> }

/**
 * The query that every event matches.
 * @example
 * import { everything, matches, streamId } from 'decider-ts/store'
 * matches(everything)({ stream: streamId('account', 'a1'), type: 'Opened', tags: [] }) // => true
 */
export const everything: Query = { _tag: 'Everything' }

/**
 * A query from one alternative or more. What an item leaves out restricts nothing.
 * @example
 * import { anyOf, matches, streamId, tag } from 'decider-ts/store'
 * const stream = streamId('enrolment', 'e1')
 * const enrolled = anyOf({ types: ['Enrolled'], tags: [tag('course', 'c1')] })
 * matches(enrolled)({ stream, type: 'Enrolled', tags: [tag('course', 'c1'), tag('student', 's1')] }) // => true
 * matches(enrolled)({ stream, type: 'Enrolled', tags: [tag('course', 'c2')] }) // => false
 * matches(anyOf({ categories: ['enrolment'] }))({ stream, type: 'Left', tags: [] }) // => true
 */
export const anyOf = (first: Partial<QueryItem>, ...others: ReadonlyArray<Partial<QueryItem>>): Query => ({
  _tag: 'AnyOf',
  items: [queryItem(first), ...others.map(queryItem)],
})

const queryItem = ({ categories = [], types = [], tags = [] }: Partial<QueryItem>): QueryItem => ({
  categories,
  types,
  tags,
})

/**
 * The query that matches what either query matches.
 * @example
 * import { anyOf, everything, or } from 'decider-ts/store'
 * or(anyOf({ types: ['A'] }), anyOf({ types: ['B'] })) // => anyOf({ types: ['A'] }, { types: ['B'] })
 * or(anyOf({ types: ['A'] }), everything) // => everything
 */
export const or = (left: Query, right: Query): Query =>
  left._tag === 'Everything' || right._tag === 'Everything'
    ? everything
    : { _tag: 'AnyOf', items: [left.items[0], ...left.items.slice(1), ...right.items] }

/**
 * Whether an event matches one item.
 * @example
 * import { matchesItem, streamId } from 'decider-ts/store'
 * const item = { categories: ['account'], types: ['A', 'B'], tags: [] }
 * matchesItem(item)({ stream: streamId('account', 'a1'), type: 'B', tags: [] }) // => true
 * matchesItem(item)({ stream: streamId('accounting', 'a1'), type: 'B', tags: [] }) // => false
 */
export const matchesItem =
  (item: QueryItem) =>
  (event: Pick<RecordedEvent, 'stream' | 'type' | 'tags'>): boolean =>
    (item.types.length === 0 || item.types.includes(event.type)) &&
    item.tags.every((tag) => event.tags.includes(tag)) &&
    (item.categories.length === 0 || item.categories.includes(categoryOf(event.stream)))

/**
 * Whether an event matches a query.
 * @example
 * import { anyOf, matches, streamId } from 'decider-ts/store'
 * const event = { stream: streamId('account', 'a1'), type: 'B', tags: [] }
 * matches(anyOf({ types: ['A'] }, { types: ['B'] }))(event) // => true
 */
export const matches =
  (query: Query) =>
  (event: Pick<RecordedEvent, 'stream' | 'type' | 'tags'>): boolean =>
    query._tag === 'Everything' || query.items.some((item) => matchesItem(item)(event))

/**
 * The part of a query that one entry of its consistency token speaks of: an item, or the query of everything.
 * @example
 * import { anyOf, entryOf, everything } from 'decider-ts/store'
 * entryOf(anyOf({ types: ['A'] }, { types: ['B'] }), 1) // => anyOf({ types: ['B'] })
 * entryOf(everything, 0) // => everything
 */
export const entryOf = (query: Query, entry: number): Query => {
  const item = query._tag === 'Everything' ? undefined : query.items[entry]
  return item === undefined ? query : { _tag: 'AnyOf', items: [item] }
}

/**
 * How many entries a consistency token for this query has: one an item, and one for the query of everything.
 * @example
 * import { anyOf, entriesOf, everything } from 'decider-ts/store'
 * entriesOf(anyOf({ types: ['A'] }, { types: ['B'] })) // => 2
 * entriesOf(everything) // => 1
 */
export const entriesOf = (query: Query): number => (query._tag === 'Everything' ? 1 : query.items.length)
