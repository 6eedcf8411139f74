/** Stores whose feed is wrong in one respect; what they append and read is right. */
import { memoryStore } from 'decider-ts/adapters/memory'
import type { Feed, FeedPage, FollowedStore } from 'decider-ts/run'
import { beginning, everything, type GlobalPosition, globalPosition } from 'decider-ts/store'
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import type { Wrong } from '../FindsOut.js'
import { others } from './Wrong.js'

export type WrongFeed = Wrong<FollowedStore>

const wrongFeed = (what: string, caughtBy: string, change: (right: Feed) => Partial<Feed>): WrongFeed => ({
  what,
  caughtBy,
  open: () => {
    const right = memoryStore()
    return { ...right, feed: { ...right.feed, ...change(right.feed) } }
  },
})

/** Something other than the page is given. */
const pages =
  (change: (page: FeedPage, after: GlobalPosition) => FeedPage) =>
  ({ page }: Feed): Partial<Feed> => ({
    page: (query, after, limit) =>
      F.pipe(
        page(query, after, limit),
        TE.map((right) => change(right, after)),
      ),
  })

/** Every other append is seen only some turns after its place was passed. */
const seenLater = (): FollowedStore => {
  const store = memoryStore()
  const hidden = new Set<string>()
  let appends = 0
  return {
    ...store,
    append: (append) => async () => {
      appends += 1
      if (appends % 2 === 0) return store.append(append)()
      for (const { id } of append.events) hidden.add(id)
      const answer = await store.append(append)()
      for (let turn = 0; turn < 5; turn++) await others()
      for (const { id } of append.events) hidden.delete(id)
      return answer
    },
    feed: {
      ...store.feed,
      ...pages((page) => ({ ...page, events: page.events.filter(({ id }) => !hidden.has(id)) }))(store.feed),
    },
  }
}

/** Never gives what it has given once, to whomever. */
const sharedCursor = ({ page }: Feed): Partial<Feed> => {
  let given: GlobalPosition = beginning
  return {
    page: (query, after, limit) => async () => {
      const answer = await page(query, after > given ? after : given, limit)()
      if (E.isRight(answer)) given = answer.right.upTo
      return answer
    },
  }
}

/** Once it has come to the end, looks again only when somebody who listens is woken. */
const onlyByHints = ({ page, onRecorded }: Feed): Partial<Feed> => {
  let isEnd = false
  return {
    page: (query, after, limit) => async () => {
      if (isEnd) return E.right({ events: [], upTo: after, beyond: 'nothing' })
      const answer = await page(query, after, limit)()
      isEnd = E.isRight(answer) && answer.right.beyond === 'nothing'
      return answer
    },
    onRecorded: (wake) =>
      onRecorded(() => {
        isEnd = false
        wake()
      }),
  }
}

export const feedZoo: ReadonlyArray<WrongFeed> = [
  wrongFeed('a page begins with the event it comes after', 'C56 feed', ({ page }) => ({
    page: (query, after, limit) => page(query, globalPosition(after > 0n ? after - 1n : after), limit),
  })),
  wrongFeed(
    'a place runs ahead of the events',
    'C56 feed',
    pages((page) => (page.beyond === 'more' ? { ...page, upTo: globalPosition(page.upTo + 1n) } : page)),
  ),
  { what: 'events appear below a place that was passed', caughtBy: 'C56 race', open: seenLater },
  wrongFeed('every time is the beginning of time', 'C59 subscription: from the end on', () => ({
    positionAt: () => TE.right(beginning),
  })),
  wrongFeed('every time is now', 'C59 subscription: it begins', (right) => ({
    positionAt: () =>
      F.pipe(
        right.page(everything, beginning, 1_000),
        TE.map(({ upTo }) => upTo),
      ),
  })),
  wrongFeed('a place beyond the end is taken for the end', 'C59 subscription: from beyond', ({ page }) => ({
    page: (query, after, limit) => async () => {
      const whole = await page(query, beginning, 1_000)()
      const end = E.isRight(whole) && whole.right.beyond === 'nothing' ? whole.right.upTo : after
      return page(query, after > end ? end : after, limit)()
    },
  })),
  wrongFeed(
    'an event is skipped at the switch to live',
    'C60 subscription',
    pages((page) =>
      page.beyond === 'nothing' && page.events.length > 0
        ? { ...page, upTo: globalPosition(page.upTo + 1n) }
        : page,
    ),
  ),
  wrongFeed('the query is ignored', 'C61 subscription: only', ({ page }) => ({
    page: (_, after, limit) => page(everything, after, limit),
  })),
  wrongFeed(
    'a place is always that of an event of the query',
    'C61 subscription: its place',
    pages((page, after) => ({ ...page, upTo: page.events.at(-1)?.position ?? after })),
  ),
  wrongFeed('a page has all there is', 'C68 subscription', ({ page }) => ({
    page: (query, after) => page(query, after, 1_000),
  })),
  wrongFeed('nobody is ever woken', 'C69 feed', () => ({ onRecorded: () => () => {} })),
  wrongFeed('who has listened once is woken for ever', 'C69 feed', ({ onRecorded }) => ({
    onRecorded: (wake) => {
      onRecorded(wake)
      return () => {}
    },
  })),
  wrongFeed('nothing is looked at again without a hint', 'C70 subscription', onlyByHints),
  wrongFeed('what was read ahead is never given again', 'C71 following', sharedCursor),
]
