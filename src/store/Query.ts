/**
 * Which events a decision depends on: a query over types and tags. Items are alternatives; within an item an event
 * needs one of the types and all of the tags. The same predicate reads the events and guards the append, so what a
 * decision saw and what it is protected against cannot differ. The semantics are those of the specification of
 * dynamic consistency boundaries (dcb.events).
 * Used by: `AppendCondition`, `Journal`, the adapters, `DecisionModel`.
 *
 * Laws (test/properties/store/Query.test.ts):
 * - QRY-1 union: `or(a, b)` matches an event where `a` or `b` does.
 * - QRY-2 all absorbs: `or(a, everything)` matches every event, on either side.
 * - QRY-3 order-free: the order of items, types and tags changes no match.
 * @since 0.1.0
 */
import type { readonlyNonEmptyArray as RNEA } from 'fp-ts'
import type { Tag } from './Tag.js'

/** One alternative: no types means any type, no tags means any tags. */
export interface QueryItem {
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
 * import { everything, matches } from 'decider-ts/store'
 * matches(everything)({ type: 'Opened', tags: [] }) // => true
 */
export const everything: Query = { _tag: 'Everything' }

/**
 * A query from one alternative or more. What an item leaves out restricts nothing.
 * @example
 * import { anyOf, matches, tag } from 'decider-ts/store'
 * const enrolled = anyOf({ types: ['Enrolled'], tags: [tag('course', 'c1')] })
 * matches(enrolled)({ type: 'Enrolled', tags: [tag('course', 'c1'), tag('student', 's1')] }) // => true
 * matches(enrolled)({ type: 'Enrolled', tags: [tag('course', 'c2')] }) // => false
 */
export const anyOf = (first: Partial<QueryItem>, ...others: ReadonlyArray<Partial<QueryItem>>): Query => ({
  _tag: 'AnyOf',
  items: [queryItem(first), ...others.map(queryItem)],
})

const queryItem = ({ types = [], tags = [] }: Partial<QueryItem>): QueryItem => ({ types, tags })

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
 * import { matchesItem } from 'decider-ts/store'
 * matchesItem({ types: ['A', 'B'], tags: [] })({ type: 'B', tags: [] }) // => true
 */
export const matchesItem =
  (item: QueryItem) =>
  (event: { readonly type: string; readonly tags: ReadonlyArray<Tag> }): boolean =>
    (item.types.length === 0 || item.types.includes(event.type)) &&
    item.tags.every((tag) => event.tags.includes(tag))

/**
 * Whether an event matches a query.
 * @example
 * import { anyOf, matches } from 'decider-ts/store'
 * matches(anyOf({ types: ['A'] }, { types: ['B'] }))({ type: 'B', tags: [] }) // => true
 */
export const matches =
  (query: Query) =>
  (event: { readonly type: string; readonly tags: ReadonlyArray<Tag> }): boolean =>
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
