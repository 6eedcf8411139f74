/**
 * Chosen events of a log, for other services to read over HTTP: page by page, or as a stream of server-sent
 * events. What is read is settled, in the order of the log, and each answer says how far it reaches; so a reader keeps
 * one number, and nothing here remembers any reader.
 * It is a listener for a server of `node:http`, which the user makes, mounts and closes.
 * Used by: applications.
 *
 * Laws (test/properties/adapters/http/PublishedFeed.test.ts):
 * - PUB-1 pages: following `next`, with any filter and any size of pages, gives what is published and asked for, in order,
 *   each once, and nothing else of the log.
 * - PUB-2 stream: so does the stream, wherever the connection is cut and begun again by the last id.
 * - PUB-3 refusals: whatever is asked, the answer is one of HTTP, and a refusal says so as a problem in JSON.
 * - PUB-4 same page, same tag: an answer has the entity tag of another one exactly if it has the same events and place.
 * @since 0.1.0
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { either as E, type taskEither as TE } from 'fp-ts'
import type { Feed } from '../../run/Feed.js'
import type { GlobalPosition } from '../../store/GlobalPosition.js'
import type { ReadError } from '../../store/StoreError.js'
import { type AllowedOrigins, type Authorize, corsHeaders } from './Access.js'
import { writeStream } from './EventStream.js'
import { type FeedRequest, feedRequest } from './FeedRequest.js'
import { listenTo } from './Listening.js'
import { type Problem, problemOf, problemType, textOfProblem } from './Problem.js'
import {
  type Publication,
  type PublicationOptions,
  type PublicFilter,
  publication,
  type Unpublishable,
} from './Publication.js'
import { type PublishedPage, publishedPage } from './PublishedPage.js'

/** What a feed allows at most. */
export interface PublishedFeedLimits {
  /** How many events a page has; 1,000 unless given. Who asks for more is given as many. */
  readonly pageMax: number
  /** How many bytes of events a page has, unless a single event is larger; 1 MiB unless given. */
  readonly bytesMax: number
  /** How many answers are under way at once; 100 unless given. Who comes then is asked to come again. */
  readonly connectionsMax: number
  /** How long a page is waited for (`wait`); 30 s unless given. */
  readonly waitMaxMs: number
  /** How long a stream lasts until its reader has to come again, and to be let in again; 15 minutes unless given. */
  readonly streamMaxMs: number
  /** How often something is sent where nothing happens, so that the connection is not taken for dead; 15 s unless given. */
  readonly heartbeatMs: number
  /** How long a reader may take nothing of what is sent; 30 s unless given. */
  readonly stallMs: number
  /** How often to look where no hint comes; 1 s unless given. */
  readonly pollMs: number
}

/** What is published, and to whom. */
export interface PublishedFeedOptions<Event extends { readonly type: string }, Types>
  extends PublicationOptions<Event, Types> {
  /** Who may read: `bearerToken(...)`, `anyone`, or a function of your own. */
  readonly authorize: Authorize
  /** Which pages in a browser may read; none unless given. */
  readonly allowedOrigins?: AllowedOrigins
  readonly limits?: Partial<PublishedFeedLimits>
  /** How long caches may keep a page that will never change; an hour unless given. */
  readonly cacheSeconds?: number
  /** Ends all answers that are under way, so that the server can be closed. */
  readonly signal?: AbortSignal
  /** Is told what went wrong inside. Callers are not. */
  readonly onFailure?: (failure: FeedFailure) => void
}

/** What went wrong inside a feed: in the log, in an event that cannot be published, or a bug. */
export type FeedFailure =
  | ReadError
  | Unpublishable
  | { readonly _tag: 'Defect'; readonly cause: unknown }
  /** A reader took nothing for too long, and was let go. */
  | { readonly _tag: 'Stalled' }

const usualLimits: PublishedFeedLimits = {
  pageMax: 1_000,
  bytesMax: 1_048_576,
  connectionsMax: 100,
  waitMaxMs: 30_000,
  streamMaxMs: 900_000,
  heartbeatMs: 15_000,
  stallMs: 30_000,
  pollMs: 1_000,
}

/**
 * A listener that answers with the published events of a store. It looks at no path, so it can be mounted anywhere.
 *
 * `GET` takes `after` (a place) or `at` (a time, or `now`), `limit`, `wait` (seconds to wait where there is nothing yet),
 * and the filters `type`, `subject`, `category`, `tag`, each of which may be repeated. The headers `Link: <...>; rel="next"`,
 * `Feed-Up-To` and `Feed-Beyond` say where to go on. With `Accept: text/event-stream` it is a stream, which begins again
 * after `Last-Event-ID`.
 * @example
 * import { createServer } from 'node:http'
 * import { bearerToken, contract, publishedFeed } from 'decider-ts/adapters/http'
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { eventCodec, taggedCodec } from 'decider-ts/evolve'
 * import * as t from 'io-ts'
 * const listener = publishedFeed(memoryStore(), {
 *   source: 'https://shop.example/orders',
 *   contract: contract({ 'com.example.order.placed.v1': t.type({ order: t.string }) }),
 *   events: eventCodec(taggedCodec(t.type({ type: t.literal('Placed'), order: t.string, margin: t.number }))),
 *   publish: { Placed: { as: 'com.example.order.placed.v1', data: ({ order }) => ({ order }) } },
 *   authorize: bearerToken('a-long-random-text'),
 * })
 * const server = createServer(listener)
 * server.listening // => false
 */
export const publishedFeed = <Event extends { readonly type: string }, Types>(
  { feed }: { readonly feed: Feed },
  options: PublishedFeedOptions<Event, Types>,
): RequestListener => {
  const published = publication(options)
  const site: Site = {
    ...{ onFailure: () => {}, cacheSeconds: 3_600, signal: undefined, allowedOrigins: undefined },
    ...options,
    limits: { ...usualLimits, ...options.limits },
    feed,
    published,
    page: publishedPage(feed, published),
    underWay: new Set(),
  }
  return (request, response) => {
    // A connection that breaks is no news: the answer ends with it.
    response.on('error', () => {})
    answer(site, request, response).catch((defect: unknown) => {
      tell(site, { _tag: 'Defect', cause: defect })
      if (response.headersSent) response.destroy()
      else sendProblem(response, problemOf({ _tag: 'InvalidInput' }), {})
    })
  }
}

/** What all answers of one feed share. */
interface Site {
  readonly feed: Feed
  readonly published: Publication
  readonly page: ReturnType<typeof publishedPage>
  readonly limits: PublishedFeedLimits
  readonly authorize: Authorize
  readonly allowedOrigins: AllowedOrigins | undefined
  readonly cacheSeconds: number
  readonly signal: AbortSignal | undefined
  readonly onFailure: (failure: FeedFailure) => void
  readonly underWay: Set<ServerResponse>
}

type Headers = Readonly<Record<string, string>>

/** A listener that throws must not take the server down with it. */
const tell = ({ onFailure }: Site, failure: FeedFailure): void => {
  try {
    onFailure(failure)
  } catch {
    // There is nobody else to tell.
  }
}

const sendProblem = (response: ServerResponse, problem: Problem, headers: Headers): void => {
  const body = textOfProblem(problem)
  response.writeHead(problem.status, {
    ...headers,
    ...problem.headers,
    'content-type': problemType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

const methods = 'GET, HEAD, OPTIONS'

const answer = async (site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const headers = {
    'x-content-type-options': 'nosniff',
    vary: 'Accept',
    ...corsHeaders(site.allowedOrigins, request),
  }
  const refuse = (problem: Problem): void => sendProblem(response, problem, headers)
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { ...headers, allow: methods }).end()
    return
  }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse({
      status: 405,
      detail: `A feed can only be read, by GET or HEAD, and not with ${request.method}.`,
      headers: { allow: methods, connection: 'close' },
    })
  if (!(await site.authorize(request))) return refuse(unauthorized)
  const asked = feedRequest(askedOf(request), site.published, site.limits)
  if (E.isLeft(asked)) return refuse(asked.left)
  if (site.signal?.aborted) return refuse(closing)
  if (site.underWay.size >= site.limits.connectionsMax) return refuse(tooMany)
  site.underWay.add(response)
  try {
    const failure = await deliver(site, asked.right, response, headers)
    if (failure === undefined) return
    tell(site, failure)
    refuse(problemOf(failure))
  } finally {
    site.underWay.delete(response)
  }
}

const askedOf = ({ url = '', headers }: IncomingMessage) => ({
  url,
  accept: headers.accept,
  lastEventId: [headers['last-event-id'] ?? []].flat()[0],
})

const unauthorized: Problem = {
  status: 401,
  detail:
    'This feed is read with a token: send `Authorization: Bearer <token>`. The one that was sent, if any, is not known here.',
  headers: { 'www-authenticate': 'Bearer' },
}

const closing: Problem = {
  status: 503,
  detail: 'This feed is being shut down. Try again in a few seconds.',
  headers: { 'retry-after': '5' },
}

const tooMany: Problem = {
  status: 503,
  detail: 'As many read this feed at the moment as it allows. Try again in a few seconds.',
  headers: { 'retry-after': '5' },
}

/** Answers with events, or fails before anything was sent. */
const deliver = async (
  site: Site,
  asked: FeedRequest,
  response: ServerResponse,
  headers: Headers,
): Promise<ReadError | Unpublishable | undefined> => {
  const start = await startOf(site, asked)()
  if (E.isLeft(start)) return start.left
  const listening = listenTo(site.feed, response, site.signal)
  try {
    const page = await firstPage(site, asked, start.right, listening)
    if (E.isLeft(page)) return page.left
    const reached = { ...headers, ...placeHeaders(site, start.right, page.right) }
    if (asked.shape === 'page') await sendPage(site, asked, response, page.right, reached)
    else await sendStream(site, asked, response, { start: start.right, page: page.right, listening, reached })
    return undefined
  } finally {
    listening.close()
  }
}

const startOf = ({ feed }: Site, { start }: FeedRequest): TE.TaskEither<ReadError, GlobalPosition> =>
  start._tag === 'At' ? feed.positionAt(start.time) : async () => E.right(start.position)

/** How soon to look again for an append that is in flight. */
const unsettledMs = 20

const firstPage = async (
  site: Site,
  { filter, limit, waitMs, shape }: FeedRequest,
  start: GlobalPosition,
  { isOver, wait }: ReturnType<typeof listenTo>,
): Promise<E.Either<ReadError | Unpublishable, PublishedPage>> => {
  const { bytesMax, pollMs } = site.limits
  const until = Date.now() + (shape === 'page' ? waitMs : 0)
  for (let after = start; ; ) {
    const page = await site.page(filter, after, { limit, bytesMax })()
    if (E.isLeft(page)) return page
    const { events, beyond, upTo } = page.right
    const left = until - Date.now()
    if (events.length > 0 || left <= 0 || isOver()) return page
    // What is passed over holds nothing for this caller, now and for ever.
    after = upTo
    if (beyond !== 'more') await wait(Math.min(left, beyond === 'unsettled' ? unsettledMs : pollMs))
  }
}

const placeHeaders = (
  { published }: Site,
  start: GlobalPosition,
  { upTo, beyond }: PublishedPage,
): Headers => ({
  'feed-after': start.toString(),
  'feed-up-to': upTo.toString(),
  'feed-beyond': beyond,
  'feed-tags': published.hasTags ? 'shown' : 'none',
})

const sendPage = async (
  site: Site,
  asked: FeedRequest,
  response: ServerResponse,
  { events, upTo, beyond }: PublishedPage,
  reached: Headers,
): Promise<void> => {
  const body = events.length === 0 ? '[]\n' : `[\n${events.map(({ text }) => text).join(',\n')}\n]\n`
  const etag = `"${createHash('sha256').update(`${upTo} ${beyond} ${body}`).digest('base64url').slice(0, 22)}"`
  // What is below the end of a page with more behind it is settled, so the same question has the same answer for ever.
  const isForGood = beyond === 'more' && asked.start._tag === 'After'
  const headers = {
    ...reached,
    etag,
    link: `<${nextOf(asked, upTo)}>; rel="next"`,
    'cache-control': isForGood ? `private, max-age=${site.cacheSeconds}, immutable` : 'private, no-cache',
  }
  if (isKnown(response.req.headers['if-none-match'], etag)) {
    response.writeHead(304, headers).end()
    return
  }
  response.writeHead(200, {
    ...headers,
    'content-type': asked.contentType,
    'content-length': Buffer.byteLength(body),
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
  await finished(response, site.limits.stallMs, () => tell(site, { _tag: 'Stalled' }))
}

const isKnown = (known = '', etag: string): boolean =>
  known
    .split(',')
    .map((each) => each.trim().replace(/^W\//, ''))
    .some((each) => each === etag || each === '*')

/** The address of the next page, from that of this one: the same filters, and another place. */
const nextOf = ({ limit, filter, waitMs }: FeedRequest, upTo: GlobalPosition): string => {
  const parameters = new URLSearchParams({ after: upTo.toString(), limit: limit.toString() })
  if (waitMs > 0) parameters.set('wait', Math.floor(waitMs / 1_000).toString())
  for (const [name, values] of listsOf(filter)) for (const value of values) parameters.append(name, value)
  return `?${parameters}`
}

const listsOf = ({ types, subjects, categories, tags }: PublicFilter) =>
  [
    ['type', types],
    ['subject', subjects],
    ['category', categories],
    ['tag', tags],
  ] as const

/** Until a caller has taken all of the answer, or has gone; one who does not take it is let go. */
const finished = (response: ServerResponse, stallMs: number, onStall: () => void): Promise<void> =>
  new Promise((resolve) => {
    if (response.destroyed || response.writableFinished) return resolve()
    const stalled = setTimeout(() => {
      onStall()
      response.destroy()
    }, stallMs)
    response.once('close', () => {
      clearTimeout(stalled)
      resolve()
    })
  })

const sendStream = async (
  site: Site,
  { filter, idsOnly }: FeedRequest,
  response: ServerResponse,
  {
    start,
    page,
    listening,
    reached,
  }: {
    readonly start: GlobalPosition
    readonly page: PublishedPage
    readonly listening: ReturnType<typeof listenTo>
    readonly reached: Headers
  },
): Promise<void> => {
  const { pageMax, bytesMax } = site.limits
  response.writeHead(200, {
    ...reached,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Asks a proxy before the server not to collect what is sent.
    'x-accel-buffering': 'no',
  })
  if (response.req.method === 'HEAD') {
    response.end()
    return
  }
  await writeStream(response, listening, {
    start,
    page,
    next: (after) => site.page(filter, after, { limit: pageMax, bytesMax }),
    idsOnly,
    limits: site.limits,
    onFailure: (failure) => tell(site, failure),
  })
  response.end()
}
