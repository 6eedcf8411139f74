/**
 * Queries as the log's functions take them: a list of items, in which the query of everything is an item that
 * restricts nothing. An item with tags has an anchor, one of its tags, under which it is found and locked; an event
 * that matches the item carries all its tags, hence the anchor too.
 * Used by: `AppendCall` and `ReadCall`.
 * @since 0.1.0
 */
import type { Query, QueryItem } from '../../store/Query.js'
import { textArray } from './ArrayLiteral.js'
import { tagHash } from './LockKey.js'

/** The alternatives of a query, as many as its consistency token has entries. */
export const itemsOf = (query: Query): ReadonlyArray<QueryItem> =>
  query._tag === 'Everything' ? [{ categories: [], types: [], tags: [] }] : query.items

/**
 * What the items of a call name of categories, as one parameter; null where none of them names any, which spares the
 * server a look.
 */
export const categoriesOf = (
  items: ReadonlyArray<{ readonly categories: string | undefined }>,
): string | null =>
  items.some(({ categories }) => categories !== undefined)
    ? textArray(items.map(({ categories }) => categories))
    : null

/** An item in text: what it leaves out is undefined, which becomes null; so is the anchor of an item without tags. */
export const encodeItem = ({ categories, types, tags }: QueryItem) => {
  const [anchor] = tags
  return {
    anchor: anchor === undefined ? undefined : tagHash(anchor),
    categories: categories.length === 0 ? undefined : textArray(categories),
    types: types.length === 0 ? undefined : textArray(types),
    tags: textArray(tags),
  }
}
