/**
 * How the log of a memory store is followed. What is recorded is settled at once, since an append runs in one turn of
 * the event loop: no event can appear below the head.
 * Used by: `MemoryStore`.
 *
 * Laws (test/properties/adapters/memory/MemoryFeed.test.ts):
 * - MFD-1 whole: pages of any size, put together, are the whole read, and each ends where nothing is left below.
 * @since 0.1.0
 */
import { either as E, taskEither as TE } from 'fp-ts'
import type { Feed, FeedPage } from '../../run/Feed.js'
import { checkQuery } from '../../store/Append.js'
import { type GlobalPosition, globalPosition } from '../../store/GlobalPosition.js'
import { everything, type Query } from '../../store/Query.js'
import { type InvalidInput, invalidInput } from '../../store/StoreError.js'
import type { Timestamp } from '../../store/Timestamp.js'
import type { EventLog } from './EventLog.js'

/** A feed, and how it learns of what was recorded. */
export interface MemoryFeed {
  readonly feed: Feed
  /** Wakes who listens, once for all that is recorded in this turn and after it, so that no listener can disturb it. */
  readonly recorded: () => void
}

/** The feed of a log. */
export const memoryFeed = (log: EventLog): MemoryFeed => {
  const listeners = new Set<{ readonly wake: () => void }>()
  let isTelling = false
  const tell = (): void => {
    isTelling = false
    for (const { wake } of [...listeners]) wake()
  }
  return {
    feed: {
      page: (query, after, limit) => TE.fromIOEither(() => pageOf(log, query, after, limit)),
      onRecorded: (wake) => {
        const listener = { wake }
        listeners.add(listener)
        return () => {
          listeners.delete(listener)
        }
      },
      positionAt: (time) => TE.fromIO(() => positionAt(log, time)),
    },
    recorded: () => {
      if (isTelling || listeners.size === 0) return
      isTelling = true
      void Promise.resolve().then(tell)
    },
  }
}

const pageOf = (
  log: EventLog,
  query: Query,
  after: GlobalPosition,
  limit: number,
): E.Either<InvalidInput, FeedPage> => {
  const checked = checkQuery(query)
  if (E.isLeft(checked)) return checked
  if (!Number.isInteger(limit) || limit < 1)
    return E.left(invalidInput('limit', `is not a whole number of 1 or more: ${limit}`))
  const found = log.matching(query, { after, limit: limit + 1 })
  const events = found.slice(0, limit)
  const last = events.at(-1)
  if (found.length > limit && last !== undefined)
    return E.right({ events, upTo: last.position, beyond: 'more' })
  const head = log.head()
  return E.right({ events, upTo: head > after ? head : after, beyond: 'nothing' })
}

const positionAt = (log: EventLog, time: Timestamp): GlobalPosition => {
  const first = log.matching(everything, {}).find(({ recordedAt }) => recordedAt >= time)
  return first === undefined ? log.head() : globalPosition(first.position - 1n)
}
