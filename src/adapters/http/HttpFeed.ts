/**
 * The feed of another service, as a feed of this one: `subscribe`, `follow` and projections read it as they read the log
 * of a store, with a checkpoint in a database of their own. What is asked for by a query is asked of the publisher as far
 * as it can be said there, and the rest is left out here.
 * Used by: applications.
 *
 * Laws (test/properties/adapters/http/HttpFeed.test.ts):
 * - HFD-1 the same: over any connection that is cut and begun again, a follower with a checkpoint is given the published
 *   events that its query matches, in order, each once.
 * @since 0.1.0
 */
import { either as E, option as O, type taskEither as TE } from 'fp-ts'
import type { Feed, FeedPage } from '../../run/Feed.js'
import type { GlobalPosition } from '../../store/GlobalPosition.js'
import type { Json } from '../../store/Json.js'
import { matches, type Query, type QueryItem } from '../../store/Query.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import { invalidInput } from '../../store/StoreError.js'
import { toIsoString } from '../../store/Timestamp.js'
import { batchType } from './CloudEvent.js'
import { askFeed, type FeedCallError, type FeedSite, unavailable } from './FeedCall.js'
import { feedHints } from './FeedHints.js'
import { placeIn, type Reads, receivedEvent, type TypeHere } from './ReceivedEvent.js'

/** Which feed is read, and how. */
export interface HttpFeedOptions {
  /** Where it is; parameters of the address are kept. */
  readonly url: string | URL
  /** The token, or where to find it: it is asked for before each request, so that it can be replaced. */
  readonly token?: string | (() => string | Promise<string>)
  /**
   * The public names that are read: as they are (`orders.names` of a contract that is shared), or with what they are
   * called here. Other events are not asked for. All of them, as they are, unless given.
   */
  readonly reads?: ReadonlyArray<string> | Readonly<Record<string, string | TypeHere>>
  /** `stream` keeps a connection open over which hints come; `none` leaves it to looking from time to time. */
  readonly hints?: 'stream' | 'none'
  /** How long a page may take; 30 s unless given. */
  readonly timeoutMs?: number
  /** How many bytes a page may have; 16 MiB unless given. */
  readonly bytesMax?: number
  /** The `fetch` of the platform unless given. */
  readonly fetch?: typeof globalThis.fetch
}

/**
 * A feed over HTTP. Nothing is asked of it before somebody reads.
 *
 * Every failure is a value: `Unavailable` or `Busy` where time may mend it, and subscriptions try again; `InvalidInput`
 * where a person has to, such as a token that is not accepted or a type that is not published.
 *
 * A query of `categories` is one over the first parts of the subjects. One of `tags` is `InvalidInput` unless the
 * publisher shows tags.
 * @example
 * import { httpFeed } from 'decider-ts/adapters/http'
 * import { subscribe } from 'decider-ts/run'
 * const feed = httpFeed({
 *   url: 'https://shop.example/feed',
 *   token: 'a-long-random-text',
 *   reads: { 'com.example.order.placed.v1': { type: 'OrderPlaced', schemaVersion: 1 } },
 * })
 * const subscription = subscribe({ feed })
 * await subscription.stop() // => undefined
 */
export const httpFeed = ({
  url,
  token,
  reads: named,
  hints = 'stream',
  timeoutMs = 30_000,
  bytesMax = 16_777_216,
  fetch = globalThis.fetch,
}: HttpFeedOptions): Feed => {
  const reads = readsOf(named)
  const site: FeedSite = {
    ...{ url: new URL(url), fetch, timeoutMs, bytesMax },
    token: typeof token === 'string' ? () => token : token,
  }
  return {
    page: pageOf(site, reads),
    onRecorded:
      hints === 'none' ? () => () => {} : feedHints(site, asParameters('type', [...(reads?.keys() ?? [])])),
    positionAt: (time) => async () => {
      if (!(Math.abs(time) <= 8.64e15))
        return E.left(invalidInput('time', `is no moment that can be written: ${time}`))
      const answered = await askFeed(site, {
        method: 'HEAD',
        accept: batchType,
        parameters: [
          ['at', toIsoString(time)],
          ['limit', '1'],
        ],
      })
      if (E.isLeft(answered)) return answered
      const place = placeIn(answered.right.headers.get('feed-after'))
      return place === undefined ? E.left(noFeed(site)) : E.right(place)
    },
  }
}

type Parameters = ReadonlyArray<readonly [string, string]>

const asParameters = (name: string, values: ReadonlyArray<string>): Parameters =>
  values.map((value) => [name, value])

const readsOf = (named: HttpFeedOptions['reads']): Reads => {
  if (named === undefined) return undefined
  const pairs = Array.isArray(named)
    ? (named as ReadonlyArray<string>).map((name): [string, string] => [name, name])
    : Object.entries(named as Readonly<Record<string, string | TypeHere>>)
  return new Map(
    pairs.map(([name, here]) => [name, typeof here === 'string' ? { type: here, schemaVersion: 1 } : here]),
  )
}

const noFeed = (site: FeedSite) =>
  unavailable(
    site,
    'does not answer as a feed does: the headers of one are missing. Is the address right?',
    undefined,
  )

/** What is asked of the publisher: at least what the query matches. */
const parametersOf = (query: Query, reads: Reads): Parameters => {
  const items = query._tag === 'Everything' ? [] : query.items
  const types = items.flatMap((item) => item.types)
  const isByType = items.length > 0 && items.every((item) => item.types.length > 0)
  const asked =
    reads === undefined
      ? types
      : [...reads].flatMap(([name, { type }]) => (types.includes(type) ? [name] : []))
  // Where none of the names is asked for, nothing matches; the place still has to move.
  const names = isByType && asked.length > 0 ? asked : [...(reads?.keys() ?? [])]
  const [only, ...others] = items
  const more = only === undefined || others.length > 0 ? [] : ofItem(only)
  return [...asParameters('type', [...new Set(names)]), ...more]
}

const ofItem = ({ categories, tags }: QueryItem): Parameters => [
  ...asParameters('category', categories),
  ...asParameters('tag', tags),
]

const hasTags = (query: Query): boolean =>
  query._tag === 'AnyOf' && query.items.some(({ tags }) => tags.length > 0)

const pageOf =
  (site: FeedSite, reads: Reads) =>
  (query: Query, after: GlobalPosition, limit: number): TE.TaskEither<FeedCallError, FeedPage> =>
  async () => {
    if (!Number.isInteger(limit) || limit < 1)
      return E.left(invalidInput('limit', `is not a whole number of 1 or more: ${limit}`))
    const answered = await askFeed(site, {
      method: 'GET',
      accept: batchType,
      parameters: [
        ['after', after.toString()],
        ['limit', Math.min(limit, 1_000_000).toString()],
        ...parametersOf(query, reads),
      ],
    })
    if (E.isLeft(answered)) return answered
    const { headers, text } = answered.right
    const upTo = placeIn(headers.get('feed-up-to'))
    const beyond = beyondOf(headers.get('feed-beyond'))
    if (upTo === undefined || beyond === undefined || upTo < after) return E.left(noFeed(site))
    if (hasTags(query) && headers.get('feed-tags') !== 'shown')
      return E.left(
        invalidInput('query', 'asks for tags, and this feed shows none. Ask by types or categories'),
      )
    const events = eventsOf(site, text, reads)
    if (E.isLeft(events)) return events
    const isInOrder = inOrder(events.right, after, upTo)
    return isInOrder
      ? E.right({ events: events.right.filter(matches(query)), upTo, beyond })
      : E.left(unavailable(site, 'gave events out of order, or beyond the end of the page', undefined))
  }

const beyondOf = (text: string | null): FeedPage['beyond'] | undefined =>
  text === 'more' || text === 'unsettled' || text === 'nothing' ? text : undefined

const eventsOf = (
  site: FeedSite,
  text: string,
  reads: Reads,
): E.Either<FeedCallError, ReadonlyArray<RecordedEvent>> => {
  const batch = parsed(text)
  if (!Array.isArray(batch)) return E.left(unavailable(site, 'gave a page that is no JSON array', undefined))
  const events: Array<RecordedEvent> = []
  for (const [index, each] of (batch as ReadonlyArray<Json>).entries()) {
    const event = receivedEvent(each, `events[${index}]`, reads)
    if (E.isLeft(event)) return event
    if (O.isSome(event.right)) events.push(event.right.value)
  }
  return E.right(events)
}

const parsed = (text: string): Json | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const inOrder = (
  events: ReadonlyArray<RecordedEvent>,
  after: GlobalPosition,
  upTo: GlobalPosition,
): boolean =>
  events.every(({ position }, index) => position > (events[index - 1]?.position ?? after) && position <= upTo)
