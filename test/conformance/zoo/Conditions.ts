/** Stores whose queries find something else than they say, or whose conditions guard something else than was read. */
import {
  type Append,
  type AppendCondition,
  anyOf,
  beginning,
  type ConsistencyToken,
  consistencyToken,
  type EventStore,
  entriesOf,
  everything,
  globalPosition,
  matches,
  matchesItem,
  type Query,
  type QueryItem,
  type RecordedEvent,
} from 'decider-ts/store'
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import { appends, objection, reads, unguarded, type Wrong, wrong } from './Wrong.js'

type Matching = (query: Query) => (event: RecordedEvent) => boolean

/** A read that filters the whole log by a predicate of its own; bounds and limits are kept. */
const finding = (store: EventStore, matching: Matching): Pick<EventStore, 'read'> => ({
  read: (query, range = {}) => {
    const { limit, ...bounds } = range
    return F.pipe(
      store.read(query, { ...range, limit: limit ?? 1_000_000 }),
      TE.chain(() => store.read(everything, bounds)),
      TE.map(({ events, token }) => ({
        events: events.filter(matching(query)).slice(0, limit),
        token: consistencyToken(Array(entriesOf(query)).fill(token[0] ?? beginning)),
      })),
    )
  },
})

const itemwise =
  (isMatch: (item: QueryItem, event: RecordedEvent) => boolean): Matching =>
  (query) =>
  (event) =>
    query._tag === 'Everything' || query.items.some((item) => isMatch(item, event))

const orTags = itemwise(
  ({ types, tags }, event) =>
    (types.length === 0 || types.includes(event.type)) &&
    (tags.length === 0 || tags.some((tag) => event.tags.includes(tag))),
)

const typesOrTags = itemwise(
  ({ types, tags }, event) =>
    types.includes(event.type) ||
    (tags.length > 0 && tags.every((tag) => event.tags.includes(tag))) ||
    types.length + tags.length === 0,
)

const noEmptyItem = itemwise(
  ({ types, tags }, event) =>
    types.includes(event.type) ||
    (types.length === 0 && tags.length > 0 && tags.every((tag) => event.tags.includes(tag))),
)

const hashOf = (text: string): number => {
  let hash = 0
  for (const char of text) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) | 0
  return hash
}

const byHash = itemwise(
  ({ types, tags }, event) =>
    (types.length === 0 || types.includes(event.type)) &&
    tags.every((tag) => event.tags.some((other) => hashOf(other) === hashOf(tag))),
)

const byPrefix: Matching = (query) => (event) =>
  query._tag === 'Everything' ||
  query.items.some(
    ({ categories, ...item }) =>
      matchesItem({ ...item, categories: [] })(event) &&
      (categories.length === 0 || categories.some((category) => event.stream.startsWith(category))),
  )

const guardingBy = (
  store: EventStore,
  change: (condition: AppendCondition, append: Append) => AppendCondition | undefined,
): Partial<EventStore> =>
  appends(store, (append) => {
    if (append.condition === undefined) return append
    const { condition: _, ...without } = append
    const condition = change(append.condition, append)
    return condition === undefined ? without : { ...without, condition }
  })

const withToken = (
  condition: AppendCondition,
  change: (token: ConsistencyToken) => ReadonlyArray<bigint>,
): AppendCondition =>
  condition.after === undefined || condition.after.length !== entriesOf(condition.failIfEventsMatch)
    ? condition
    : { ...condition, after: consistencyToken(change(condition.after).map(globalPosition)) }

const greatest = (token: ReadonlyArray<bigint>): bigint => token.reduce((a, b) => (a > b ? a : b), 0n)

const withItems = (condition: AppendCondition, change: (item: QueryItem) => QueryItem): AppendCondition => {
  const { failIfEventsMatch: query } = condition
  if (query._tag === 'Everything') return condition
  const [first, ...others] = query.items
  return { ...condition, failIfEventsMatch: anyOf(change(first), ...others.map(change)) }
}

/** Reads whose token was taken without finding anything are not protected. */
const protectsFindings = (store: EventStore): Partial<EventStore> => {
  const vain = new Set<ConsistencyToken>()
  return {
    ...guardingBy(store, (condition) =>
      condition.after !== undefined && vain.has(condition.after) ? undefined : condition,
    ),
    read: (query, range) =>
      F.pipe(
        store.read(query, range),
        TE.map((slice) => {
          if (slice.events.length === 0) vain.add(slice.token)
          return slice
        }),
      ),
  }
}

const checksAfterWriting = (store: EventStore): Partial<EventStore> => ({
  append: (append) => async () => {
    const answer = await store.append(append)()
    if (E.isLeft(answer) && answer.left._tag === 'ConditionConflict') await store.append(unguarded(append))()
    return answer
  },
})

const conditionFirst = (store: EventStore): Partial<EventStore> => ({
  append: (append) => async () => {
    const answer = await store.append(append)()
    if (E.isRight(answer) || answer.left._tag !== 'VersionConflict') return answer
    const error = await objection(store, { ...append, expected: [] })
    return error === undefined ? answer : E.left(error)
  },
})

const turned = (store: EventStore): Partial<EventStore> => ({
  read: (query, range) =>
    F.pipe(
      store.read(query, range),
      TE.map(({ events, token }) => {
        const items = query._tag === 'Everything' ? [] : query.items
        const first = (event: RecordedEvent): number => items.findIndex((item) => matches(anyOf(item))(event))
        return { events: events.toSorted((a, b) => first(a) - first(b)), token }
      }),
    ),
})

export const wrongConditions: ReadonlyArray<Wrong> = [
  wrong('one of the tags is enough to be found', 'C33 query: types or', (store) => finding(store, orTags)),
  wrong('one of the tags is enough, for reads and checks', 'C33 query: bounds', (store) => ({
    ...finding(store, orTags),
    ...guardingBy(store, (condition) => withItems(condition, (item) => ({ ...item, tags: [] }))),
  })),
  wrong('a type or the tags are enough', 'C33 query: types or', (store) => finding(store, typesOrTags)),
  wrong('an empty item finds nothing', 'C33 query: types or', (store) => finding(store, noEmptyItem)),
  wrong('an event comes once for each item', 'C33 query: types or', (store) => ({
    read: (query, range) =>
      F.pipe(
        store.read(query, range),
        TE.map(({ events, token }) => ({
          events: events.flatMap((event) =>
            query._tag === 'Everything'
              ? [event]
              : query.items.filter((item) => matches(anyOf(item))(event)).map(() => event),
          ),
          token,
        })),
      ),
  })),
  wrong('events come in the order of the items', 'C33 query: types or', turned),
  wrong('the version of a read by query is the position', 'C33 query: what is found', (store) => ({
    ...reads(store, (event) => ({ ...event, version: event.position as never })),
    readStream: store.readStream,
  })),
  wrong('a query of bad names finds nothing', 'C33 query: a name', (store) => ({
    read: (query, range) =>
      F.pipe(
        store.read(query, range),
        TE.orElse((error) =>
          error._tag === 'InvalidInput' && error.path.startsWith('items')
            ? TE.right({ events: [], token: consistencyToken([]) })
            : TE.left(error),
        ),
      ),
  })),
  wrong('tags are compared by a hash', 'C39 query', (store) => finding(store, byHash)),
  wrong('conditions ignore tags', 'C46 condition', (store) =>
    guardingBy(store, (condition) => withItems(condition, (item) => ({ ...item, tags: [] }))),
  ),
  wrong('conditions ignore types', 'C46 condition', (store) =>
    guardingBy(store, (condition) => withItems(condition, (item) => ({ ...item, types: [] }))),
  ),
  wrong('categories are compared as prefixes', 'C33 query: a category', (store) => finding(store, byPrefix)),
  wrong('conditions ignore categories', 'C34 condition: it guards categories', (store) =>
    guardingBy(store, (condition) => withItems(condition, (item) => ({ ...item, categories: [] }))),
  ),
  wrong('conditions know one category an item', 'C34 condition: it guards categories', (store) =>
    guardingBy(store, (condition) =>
      withItems(condition, (item) => ({ ...item, categories: item.categories.slice(0, 1) })),
    ),
  ),
  wrong('conditions know one tag an item', 'C34 condition: it fails exactly', (store) =>
    guardingBy(store, (condition) =>
      withItems(condition, (item) => ({ ...item, tags: item.tags.slice(0, 1) })),
    ),
  ),
  wrong('conditions of types are not checked', 'C37 condition: types only', (store) =>
    guardingBy(store, (condition) =>
      condition.failIfEventsMatch._tag === 'AnyOf' &&
      condition.failIfEventsMatch.items.every(({ tags, types }) => tags.length === 0 && types.length > 0)
        ? undefined
        : condition,
    ),
  ),
  wrong('a condition on everything is not checked', 'C36 condition: on everything', (store) =>
    guardingBy(store, (condition) =>
      condition.failIfEventsMatch._tag === 'Everything' ? undefined : condition,
    ),
  ),
  wrong('conditions are not checked', 'C34 condition: for any events', (store) =>
    guardingBy(store, () => undefined),
  ),
  wrong('conditions are checked after writing', 'C36 condition: a failed one', checksAfterWriting),
  wrong('a condition beside a belief is not checked', 'C37 condition: a belief', (store) =>
    guardingBy(store, (condition, { expected }) => (expected.length > 0 ? undefined : condition)),
  ),
  wrong('a condition is told before a belief', 'C37 condition: a belief', conditionFirst),
  wrong('tokens are forgotten', 'C35 condition: the token decides', (store) =>
    guardingBy(store, ({ failIfEventsMatch, after }) =>
      after?.length === entriesOf(failIfEventsMatch)
        ? { failIfEventsMatch }
        : { failIfEventsMatch, ...(after && { after }) },
    ),
  ),
  wrong('no token is a fresh token', 'C34 condition: it fails exactly', (store) =>
    guardingBy(store, (condition) => (condition.after === undefined ? undefined : condition)),
  ),
  wrong('the place of a token counts as new', 'C35 condition: the token decides', (store) =>
    guardingBy(store, (condition) =>
      withToken(condition, (token) => token.map((place) => (place > 0n ? place - 1n : place))),
    ),
  ),
  wrong('the place after a token counts as old', 'C49 condition', (store) =>
    guardingBy(store, (condition) => withToken(condition, (token) => token.map((place) => place + 1n))),
  ),
  wrong('a token is its greatest entry', 'C35 condition: each item', (store) =>
    guardingBy(store, (condition) => withToken(condition, (token) => token.map(() => greatest(token)))),
  ),
  wrong('a token is its first entry', 'C35 condition: each item', (store) =>
    guardingBy(store, (condition) => withToken(condition, (token) => token.map(() => token[0] ?? 0n))),
  ),
  wrong('the token of a page is the head', 'C35 token: of a part', (store) => ({
    read: (query, range) =>
      F.pipe(
        store.read(query, range),
        TE.chain((slice) =>
          F.pipe(
            store.read(query),
            TE.map(({ token }) => ({ ...slice, token })),
          ),
        ),
      ),
  })),
  wrong('any event makes a token old', 'C35 condition: a token ages', (store) =>
    guardingBy(store, (condition) => {
      const { failIfEventsMatch: query, after } = condition
      const isFresh = after === undefined || after.length !== entriesOf(query)
      return isFresh
        ? condition
        : { failIfEventsMatch: everything, after: consistencyToken([globalPosition(greatest(after))]) }
    }),
  ),
  wrong('an item twice conflicts with itself', 'C45 condition', (store) =>
    guardingBy(store, (condition) => {
      const { failIfEventsMatch: query } = condition
      const texts = query._tag === 'Everything' ? [] : query.items.map((item) => JSON.stringify(item))
      return new Set(texts).size < texts.length ? { failIfEventsMatch: query } : condition
    }),
  ),
  wrong('a read that found nothing is not protected', 'C47 condition', protectsFindings),
  wrong('no more than 64 items are checked', 'C48 condition', (store) =>
    guardingBy(store, ({ failIfEventsMatch: query, after }) => {
      if (query._tag === 'Everything') return { failIfEventsMatch: query, ...(after && { after }) }
      const [first, ...others] = query.items
      const kept = after && consistencyToken(after.slice(0, 64))
      return { failIfEventsMatch: anyOf(first, ...others.slice(0, 63)), ...(kept && { after: kept }) }
    }),
  ),
  wrong('an empty store meets no condition', 'C32 query', (store) => ({
    append: (append) => async () => {
      const head = await store.head()
      const isRefused = append.condition !== undefined && E.isRight(head) && head.right === 0n
      return isRefused ? E.left({ _tag: 'ConditionConflict', position: beginning }) : store.append(append)()
    },
  })),
  wrong('queries are said to be missing and are not', 'C33 query: types or', (store) => ({
    supports: { ...store.supports, queries: false },
  })),
  wrong('several streams are said to be missing and are not', 'C02 append: of several streams', (store) => ({
    supports: { ...store.supports, severalStreams: false },
  })),
]
