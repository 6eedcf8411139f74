/**
 * Reading a history of any length in bounded memory: one page after another, each a read of its own. Leaving the loop
 * early leaves nothing open, since between two pages nothing is held.
 * Used by: applications, and whatever walks over a whole stream or log.
 *
 * Laws (test/properties/run/ReadPages.test.ts):
 * - PAG-1 whole: the pages of any size, put together, are the whole read.
 * @since 0.1.0
 */
import { either as E, type taskEither as TE } from 'fp-ts'
import type { EventStore } from '../store/EventStore.js'
import { beginning, type GlobalPosition } from '../store/GlobalPosition.js'
import type { Query } from '../store/Query.js'
import type { RecordedEvent } from '../store/RecordedEvent.js'
import type { ReadError } from '../store/StoreError.js'
import type { StreamId } from '../store/StreamId.js'
import { noVersion, type Version } from '../store/Version.js'

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
  pagesOf(
    after,
    pageSize,
    (from, limit) => store.readStream(stream, { after: from, limit }),
    (last) => last.version,
  )

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
  yield* pagesOf(
    after,
    pageSize,
    (from, limit) => store.read(query, { after: from, to, limit }),
    (last) => last.position,
  )
}

async function* pagesOf<Place>(
  start: Place,
  limit: number,
  read: (
    after: Place,
    limit: number,
  ) => TE.TaskEither<ReadError, { readonly events: ReadonlyArray<RecordedEvent> }>,
  placeOf: (event: RecordedEvent) => Place,
): Pages {
  let after = start
  for (;;) {
    const page = await read(after, limit)()
    if (E.isLeft(page)) {
      yield page
      return
    }
    const { events } = page.right
    const last = events.at(-1)
    if (last === undefined) return
    yield E.right(events)
    if (events.length < limit) return
    after = placeOf(last)
  }
}
