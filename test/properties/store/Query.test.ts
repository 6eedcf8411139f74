/** The laws of `src/store/Query.ts`: what a query matches. */
import { anyOf, categoryOf, everything, matches, or, type Query, type QueryItem } from 'decider-ts/store'
import fc from 'fast-check'
import { law } from '../Law.js'
import { query, stream, tags, type } from './Samples.js'

const event = fc.record({ stream, type, tags })

const isUnion = (join: typeof or) =>
  fc.property(
    query,
    query,
    event,
    (a, b, each) => matches(join(a, b))(each) === (matches(a)(each) || matches(b)(each)),
  )

law('QRY-1 union: or matches where either does', isUnion(or))
law.rejects(
  'QRY-1',
  'a union without the items of one side',
  isUnion((a) => a),
)
law.rejects(
  'QRY-1',
  'a union that merges its items',
  isUnion((a, b) =>
    a._tag === 'Everything' || b._tag === 'Everything'
      ? everything
      : anyOf({
          categories: [...a.items, ...b.items].flatMap(({ categories }) => categories),
          types: [...a.items, ...b.items].flatMap(({ types }) => types),
          tags: [...a.items, ...b.items].flatMap(({ tags }) => tags),
        }),
  ),
)

const absorbs = (join: typeof or) =>
  fc.property(
    query,
    event,
    (a, each) => matches(join(a, everything))(each) && matches(join(everything, a))(each),
  )

law('QRY-2 all absorbs: anything or everything is everything', absorbs(or))
law.rejects(
  'QRY-2',
  'everything as the neutral element',
  absorbs((a, b) => (b._tag === 'Everything' ? a : b)),
)

const turned = ({ categories, types, tags }: QueryItem): QueryItem => ({
  categories: categories.toReversed(),
  types: types.toReversed(),
  tags: tags.toReversed(),
})

const turnedQuery = (query: Query): Query => {
  if (query._tag === 'Everything') return query
  const [first, ...others] = query.items.map(turned).toReversed()
  return anyOf(first ?? {}, ...others)
}

const isOrderFree = (matching: typeof matches) =>
  fc.property(query, event, (a, each) => {
    const turnedEvent = { ...each, tags: each.tags.toReversed() }
    return matching(a)(each) === matching(turnedQuery(a))(turnedEvent)
  })

law('QRY-3 order-free: items, categories, types and tags in any order', isOrderFree(matches))
law.rejects(
  'QRY-3',
  'a match by the first type',
  isOrderFree(
    (a) => (each) =>
      a._tag === 'Everything' ||
      a.items.some(({ types }) => types[0] === undefined || types[0] === each.type),
  ),
)
law.rejects(
  'QRY-3',
  'a match by the first category',
  isOrderFree(
    (a) => (each) =>
      a._tag === 'Everything' ||
      a.items.some(({ categories: [first] }) => first === undefined || first === categoryOf(each.stream)),
  ),
)
law.rejects(
  'QRY-3',
  'a match by the joined tags',
  isOrderFree(
    (a) => (each) =>
      a._tag === 'Everything' ||
      a.items.some((item) => `,${each.tags.join()},`.startsWith(`,${item.tags.join()}`)),
  ),
)
