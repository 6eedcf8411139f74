/**
 * A page of what is published. It is read from as many pages of the log as it takes, up to a bound, and says how far it
 * reaches, also where most of the log is none of its business; so whoever follows it moves on in any case.
 * Used by: `publishedFeed`.
 *
 * Laws (test/properties/adapters/http/PublishedPage.test.ts):
 * - PPG-1 whole: pages of any size and weight, put together, are what is published of the log, in order, each once.
 * @since 0.1.0
 */
import { either as E, type taskEither as TE } from 'fp-ts'
import type { Feed, FeedPage } from '../../run/Feed.js'
import type { GlobalPosition } from '../../store/GlobalPosition.js'
import type { ReadError } from '../../store/StoreError.js'
import { textOfEvent } from './CloudEvent.js'
import type { Publication, PublicFilter, Unpublishable } from './Publication.js'

/** An event as it goes out. */
export interface PublishedEvent {
  readonly position: GlobalPosition
  readonly type: string
  /** The CloudEvent as JSON, in one line. */
  readonly text: string
}

/** Some of what is published, and how far it reaches. */
export interface PublishedPage extends Pick<FeedPage, 'upTo' | 'beyond'> {
  readonly events: ReadonlyArray<PublishedEvent>
}

/** How much a page holds at most; it holds one event in any case. */
export interface PageLimits {
  readonly limit: number
  readonly bytesMax: number
}

/** How many pages of the log are looked through for one page of the feed. */
const looksMax = 8

/** How many events are looked at together where few of them may be asked for. */
const lookSize = 256

/** The page after a place. An event that cannot be published ends the page below it, and is a failure where it is next. */
export const publishedPage =
  (feed: Pick<Feed, 'page'>, { queryOf, isExact, publish }: Publication) =>
  (
    filter: PublicFilter,
    after: GlobalPosition,
    limits: PageLimits,
  ): TE.TaskEither<ReadError | Unpublishable, PublishedPage> =>
  async () => {
    const [query, toEvent] = [queryOf(filter), publish(filter)]
    const size = isExact(filter) ? limits.limit : Math.max(limits.limit, lookSize)
    let [upTo, looks] = [after, 0]
    for (;;) {
      const page = await feed.page(query, upTo, size)()
      if (E.isLeft(page)) return page
      const taken = take(page.right, toEvent, limits)
      if (E.isLeft(taken)) return taken
      looks += 1
      upTo = taken.right.upTo
      const isFound = taken.right.events.length > 0
      if (isFound || page.right.beyond !== 'more' || looks >= looksMax) return taken
    }
  }

/** What is published of a page of the log, as far as there is room. */
const take = (
  page: FeedPage,
  toEvent: ReturnType<Publication['publish']>,
  { limit, bytesMax }: PageLimits,
): E.Either<Unpublishable, PublishedPage> => {
  const events: Array<PublishedEvent> = []
  const until = (upTo: GlobalPosition): E.Either<never, PublishedPage> =>
    E.right({ events, upTo, beyond: 'more' })
  let [bytes, seen] = [2, page.upTo]
  for (const recorded of page.events) {
    const found = toEvent(recorded)
    if (E.isLeft(found)) return events.length > 0 ? until(seen) : found
    if (found.right._tag === 'None') {
      seen = recorded.position
      continue
    }
    const text = textOfEvent(found.right.value)
    bytes += Buffer.byteLength(text) + 2
    if (events.length === limit || (bytes > bytesMax && events.length > 0)) return until(seen)
    events.push({ position: recorded.position, type: found.right.value.type, text })
    seen = recorded.position
  }
  return E.right({ events, upTo: page.upTo, beyond: page.beyond })
}
