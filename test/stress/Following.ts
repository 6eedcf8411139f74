/**
 * Ways to follow a log. The port of the library is the one to test, where the store has it; the settled read is a way to
 * follow without it; and the naive one is wrong on purpose, so that the checks can be seen to find it out.
 * Used by: `Client`.
 */
import { either as E } from 'fp-ts'
import type { Sql } from 'postgres'
import type { Feed, FollowedStore } from '../../src/run/Feed.js'
import { type EventStore, everything, globalPosition } from '../../src/store/index.js'
import { type Page, shortId, type Witness } from './History.js'

/** `feed` is the port; `best` is the port where there is one, and else settled reads. */
export type Way = 'best' | 'feed' | 'settled reads' | 'naive' | 'nothing'

export interface Next extends Omit<Page, 'follower'> {
  readonly isAtEnd: boolean
}

/** The next page after a place; nothing where it could not be had now. */
export type Follow = (after: number) => Promise<Next | undefined>

const limit = 200

const hasFeed = (store: EventStore): store is FollowedStore => 'feed' in store

/** What `best` means for this store. */
export const wayOf = (store: EventStore, way: Way): Exclude<Way, 'best'> =>
  way === 'best' ? (hasFeed(store) ? 'feed' : 'settled reads') : way

export const followBy = (store: EventStore, sql: Sql, schema: string, way: Way): Follow | undefined => {
  switch (wayOf(store, way)) {
    case 'feed':
      return hasFeed(store) ? byFeed(store.feed) : undefined
    case 'settled reads':
      return bySettledReads(store)
    case 'naive':
      return naively(sql, schema)
    case 'nothing':
      return undefined
  }
}

const witnessOf = ({ position, id }: { readonly position: bigint; readonly id: string }): Witness => [
  Number(position),
  shortId(id),
]

const byFeed =
  (feed: Feed): Follow =>
  async (after) => {
    const page = await feed.page(everything, globalPosition(after), limit)()
    if (E.isLeft(page)) return undefined
    const { events, upTo, beyond } = page.right
    return { after, upTo: Number(upTo), events: events.map(witnessOf), isAtEnd: beyond === 'nothing' }
  }

const bySettledReads =
  (store: EventStore): Follow =>
  async (after) => {
    const slice = await store.read(everything, { after: globalPosition(after), limit })()
    if (E.isLeft(slice)) return undefined
    const { events, token } = slice.right
    const upTo = Math.max(after, Number(token[0] ?? 0))
    return { after, upTo, events: events.map(witnessOf), isAtEnd: events.length < limit }
  }

const naively =
  (sql: Sql, schema: string): Follow =>
  async (after) => {
    const statement = `select position::text, id::text from "${schema}".event where position > $1::text::bigint
      order by position limit ${limit}`
    const rows = await sql.unsafe<Array<{ position: string; id: string }>>(statement, [String(after)])
    const events = rows.map(({ position, id }): Witness => [Number(position), shortId(id)])
    return { after, upTo: events.at(-1)?.[0] ?? after, events, isAtEnd: events.length < limit }
  }
