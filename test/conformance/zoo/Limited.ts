/** Right stores that look unlike the memory store: with gaps between positions, and with features left out. */
import { memoryStore } from 'decider-ts/adapters/memory'
import type { FollowedStore } from 'decider-ts/run'
import {
  type Append,
  beginning,
  checkAppend,
  consistencyToken,
  type EventStore,
  type GlobalPosition,
  globalPosition,
  type Range,
  type RecordedDecision,
  type RecordedEvent,
} from 'decider-ts/store'
import { either as E, function as F, readonlyArray as RA, taskEither as TE } from 'fp-ts'

const stride = 3n

const apart = (position: GlobalPosition): GlobalPosition => globalPosition(position * stride)
const together = (position: GlobalPosition): GlobalPosition => globalPosition(position / stride)

const dense = ({ after, to, ...range }: Range<GlobalPosition>): Range<GlobalPosition> => ({
  ...range,
  ...(after !== undefined && { after: together(after) }),
  ...(to !== undefined && { to: together(to) }),
})

const spread = (event: RecordedEvent): RecordedEvent => ({ ...event, position: apart(event.position) })

const denseAppend = (append: Append): Append => {
  const { condition, ...without } = append
  if (condition?.after === undefined) return append
  return { ...without, condition: { ...condition, after: consistencyToken(condition.after.map(together)) } }
}

const spreadDecision = (decision: RecordedDecision): RecordedDecision => ({
  ...decision,
  events: decision.events.map(spread),
})

/** Every position is three times what it would be. */
export const storeWithGaps = (): FollowedStore => {
  const store = memoryStore()
  return {
    feed: {
      ...store.feed,
      page: (query, after, limit) =>
        F.pipe(
          store.feed.page(query, together(after), limit),
          TE.map(({ events, upTo, beyond }) => ({
            events: events.map(spread),
            upTo: apart(upTo) > after ? apart(upTo) : after,
            beyond,
          })),
        ),
      positionAt: (time) => F.pipe(store.feed.positionAt(time), TE.map(apart)),
    },
    supports: store.supports,
    append: (append) =>
      F.pipe(
        store.append(denseAppend(append)),
        TE.bimap(
          (error) => {
            if (error._tag === 'ConditionConflict') return { ...error, position: apart(error.position) }
            return error._tag === 'AlreadyDecided'
              ? { ...error, decisions: error.decisions.map(spreadDecision) }
              : error
          },
          (answer) => ({ ...answer, lastPosition: apart(answer.lastPosition) }),
        ),
      ),
    readStream: (stream, range) =>
      F.pipe(
        store.readStream(stream, range),
        TE.map(({ events, version }) => ({ events: events.map(spread), version })),
      ),
    read: (query, range = {}) =>
      F.pipe(
        store.read(query, dense(range)),
        TE.map(({ events, token }) => ({
          events: events.map(spread),
          token: consistencyToken(token.map(apart)),
        })),
      ),
    head: F.pipe(store.head, TE.map(apart)),
    ...(store.decisions && {
      decisions: {
        on: (ids) => F.pipe(store.decisions?.on(ids) ?? TE.right([]), TE.map(RA.map(spreadDecision))),
        page: (limit, after) =>
          F.pipe(store.decisions?.page(limit, after) ?? TE.right([]), TE.map(RA.map(spreadDecision))),
      },
    }),
  }
}

/** What is new in the log counts as settled only when a page has been asked for in between. */
export const storeThatSettlesLate = (): FollowedStore => {
  const store = memoryStore()
  let settled: GlobalPosition = beginning
  return {
    ...store,
    feed: {
      ...store.feed,
      page: (query, after, limit) => async () => {
        const known = settled
        const head = await store.head()
        settled = E.isRight(head) ? head.right : settled
        const page = await store.feed.page(query, after, limit)()
        if (E.isLeft(page) || page.right.upTo <= known) return page
        const events = page.right.events.filter(({ position }) => position <= known)
        return E.right({ events, upTo: known > after ? known : after, beyond: 'unsettled' })
      },
    },
  }
}

/** Streams only, one at a time: what any store with per-key concurrency can do. */
export const storeOfStreams = (): EventStore => {
  const { decisions: _, ...store } = memoryStore()
  return {
    ...store,
    supports: { severalStreams: false, queries: false },
    append: (append) => {
      const checked = checkAppend(append)
      if (append.decisions !== undefined) return TE.left({ _tag: 'Unsupported', feature: 'decisions' })
      if (append.events.length === 0) return store.append(append)
      if (E.isLeft(checked)) return TE.left(checked.left)
      if (append.condition !== undefined) return TE.left({ _tag: 'Unsupported', feature: 'queries' })
      const streams = new Set([...append.events, ...append.expected].map(({ stream }) => stream))
      return streams.size > 1
        ? TE.left({ _tag: 'Unsupported', feature: 'severalStreams' })
        : store.append(append)
    },
    read: () => TE.left({ _tag: 'Unsupported', feature: 'queries' }),
  }
}
