/**
 * Reading a history of any length in bounded memory: one page after another, each a read of its own, and a page of large
 * events holds fewer of them. While a page is worked on the next one is on its way, so that the store and the reader
 * work at the same time. Leaving the loop early leaves nothing open: reads that are under way end by themselves, and
 * nobody hears of them.
 * Used by: applications, and whatever walks over a whole stream or log.
 *
 * Laws (test/properties/run/ReadPages.test.ts):
 * - PAG-1 whole: the pages of any size, put together, are the whole read.
 * - PAG-2 ahead: a history that fits its first page takes one read; of a longer one, two reads at most are under way or
 *   unread beyond the page that the reader has.
 * - PAG-3 last failure: a failed read is the last that comes, and what came before it is a prefix of the whole.
 * @since 0.1.0
 */
import { either as E, option as O, type taskEither as TE } from 'fp-ts'
import type { EventStore, StreamSlice } from '../store/EventStore.js'
import { beginning, type GlobalPosition } from '../store/GlobalPosition.js'
import type { Query } from '../store/Query.js'
import type { RecordedEvent } from '../store/RecordedEvent.js'
import type { ReadError } from '../store/StoreError.js'
import type { StreamId } from '../store/StreamId.js'
import { noVersion, type Version, version } from '../store/Version.js'

/** Events in order, or why reading stopped; a failure is the last thing that comes. */
export type Pages = AsyncIterable<E.Either<ReadError, ReadonlyArray<RecordedEvent>>>

/** How many events a page has unless told otherwise. */
const pageSizeDefault = 1_000

/**
 * A stream, page by page, from its first event or after a version.
 * @example
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { streamPages } from 'decider-ts/run'
 * import { streamId } from 'decider-ts/store'
 * let pages = 0
 * for await (const _page of streamPages(memoryStore(), streamId('account', 'a1'))) pages += 1
 * pages // => 0
 */
export const streamPages = (
  store: EventStore,
  stream: StreamId,
  {
    after = noVersion,
    pageSize = pageSizeDefault,
  }: { readonly after?: Version; readonly pageSize?: number } = {},
): Pages =>
  pagesOf<Version>(after, pageSize, {
    read: (from, limit) => store.readStream(stream, { after: from, limit, partial: true }),
    placeOf: (last) => last.version,
    // Versions are dense, so where a full page ends is known before it is there.
    endOf: (from) => O.some(version(from + BigInt(pageSize))),
  })

/**
 * The events of a query that are in the log when reading begins, page by page.
 * @example
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { queryPages } from 'decider-ts/run'
 * import { everything } from 'decider-ts/store'
 * let pages = 0
 * for await (const _page of queryPages(memoryStore(), everything)) pages += 1
 * pages // => 0
 */
export async function* queryPages(
  store: EventStore,
  query: Query,
  {
    after = beginning,
    pageSize = pageSizeDefault,
  }: { readonly after?: GlobalPosition; readonly pageSize?: number } = {},
): Pages {
  const head = await store.head()
  if (E.isLeft(head)) {
    yield head
    return
  }
  const to = head.right
  yield* pagesOf<GlobalPosition>(after, pageSize, {
    read: (from, limit) => store.read(query, { after: from, to, limit, partial: true }),
    placeOf: (last) => last.position,
    endOf: () => O.none,
  })
}

interface Paging<Place> {
  readonly read: (after: Place, limit: number) => TE.TaskEither<ReadError, Page>
  readonly placeOf: (event: RecordedEvent) => Place
  /** Where the full page after a place ends, if that is known without reading it. */
  readonly endOf: (after: Place) => O.Option<Place>
}

type Page = Pick<StreamSlice, 'events' | 'more'>

/** A page that was asked for, and the place after which. */
interface Asked<Place> {
  readonly after: Place
  readonly answer: Promise<E.Either<ReadError, Page>>
}

async function* pagesOf<Place>(start: Place, limit: number, { read, placeOf, endOf }: Paging<Place>): Pages {
  const ask = (after: Place): Asked<Place> => {
    const answer = read(after, limit)()
    // Whoever waits for it hears of a defect; nobody waits for a page that turned out to be of no use.
    answer.catch(() => {})
    return { after, answer }
  }
  let current = ask(start)
  let following: O.Option<Asked<Place>> = O.none
  for (;;) {
    const page = await current.answer
    if (E.isLeft(page)) {
      yield page
      return
    }
    const { events, more } = page.right
    const last = events.at(-1)
    if (last === undefined) return
    if (events.length < limit && more !== true) {
      yield E.right(events)
      return
    }
    const place = placeOf(last)
    // A page that was asked for ahead begins where a full page ends, so a shorter one makes it of no use.
    const next = O.isSome(following) && following.value.after === place ? following.value : ask(place)
    following = O.map(ask)(events.length < limit ? O.none : endOf(place))
    yield E.right(events)
    current = next
  }
}
