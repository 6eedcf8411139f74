/** What the tests of the feed share: reading on until there is nothing more to read, and transactions held open. */
import type { ReservedSql, Sql } from 'postgres'
import { postgresStore } from '../../../src/adapters/postgres/index.js'
import type { Feed, FeedPage } from '../../../src/run/Feed.js'
import {
  type Append,
  type Appended,
  beginning,
  everything,
  type GlobalPosition,
  type Query,
  type RecordedEvent,
} from '../../../src/store/index.js'
import { right } from './support.js'

/** A place that moves through the log, and what was met on the way. */
export interface Follower {
  /** The next page; what was met grows by its events. */
  readonly page: (limit?: number) => Promise<FeedPage>
  /** Pages until the feed has no more to read at once; the last of them. */
  readonly drain: (limit?: number) => Promise<FeedPage>
  readonly met: ReadonlyArray<RecordedEvent>
  readonly place: () => GlobalPosition
}

export const followerOf = (
  feed: Feed,
  query: Query = everything,
  after: GlobalPosition = beginning,
): Follower => {
  const met: Array<RecordedEvent> = []
  let place = after
  const page = async (limit = 100): Promise<FeedPage> => {
    const next = await right(feed.page(query, place, limit))
    const bounds = [place, ...next.events.map(({ position }) => position), next.upTo]
    const ordered = bounds.every((bound, index) => index === 0 || bound >= (bounds[index - 1] ?? bound))
    if (!ordered || next.events.length > limit) throw new Error(`A page out of order: ${bounds}`)
    met.push(...next.events)
    place = next.upTo
    return next
  }
  const drain = async (limit = 100): Promise<FeedPage> => {
    const next = await page(limit)
    return next.beyond === 'more' ? drain(limit) : next
  }
  return { page, drain, met, place: () => place }
}

/** A transaction on a connection of its own, which ends when the test says so. */
export interface OpenTransaction {
  readonly append: (append: Append) => Promise<Appended>
  readonly run: (statement: string) => Promise<unknown>
  /** `commit`, `rollback` or `prepare transaction 'name'`; the connection goes back to its pool. */
  readonly end: (statement: string) => Promise<void>
}

export const openTransaction = async (
  sql: Sql,
  schema: string,
  begin = 'begin isolation level read committed',
): Promise<OpenTransaction> => {
  const reserved: ReservedSql = await sql.reserve()
  await reserved.unsafe(begin)
  const store = postgresStore(reserved, { schema })
  return {
    append: (append) => right(store.append(append)),
    run: (statement) => reserved.unsafe(statement),
    end: async (statement) => {
      await reserved.unsafe(statement)
      reserved.release()
    },
  }
}
