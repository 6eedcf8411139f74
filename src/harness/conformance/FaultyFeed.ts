/**
 * A feed whose pages meet mishaps in a given order, and whose hints are missed or come twice: all that a feed may do
 * without being wrong. The mishaps are data, so that a property can generate them and shrink them.
 * Used by: tests of subscriptions, ours and anyone's.
 * @since 0.1.0
 */
import { taskEither as TE } from 'fp-ts'
import type { Feed } from '../../run/Feed.js'

/** What happens to the pages, one after another, and to all hints. */
export interface FeedMishaps {
  /** The n-th page asked for meets the n-th; later ones meet none. */
  readonly pages: ReadonlyArray<'none' | 'busy' | 'lost'>
  readonly hints: 'as they come' | 'missed' | 'twice'
}

/**
 * The feed, with mishaps.
 * @example
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { faultyFeed } from 'decider-ts/harness'
 * import { beginning, everything } from 'decider-ts/store'
 * import { either as E } from 'fp-ts'
 * const feed = faultyFeed(memoryStore().feed, { pages: ['busy'], hints: 'missed' })
 * const first = await feed.page(everything, beginning, 10)()
 * first // => E.left({ _tag: 'Busy', reason: 'a mishap' })
 * E.isRight(await feed.page(everything, beginning, 10)()) // => true
 */
export const faultyFeed = (feed: Feed, { pages, hints }: FeedMishaps): Feed => {
  let met = 0
  return {
    positionAt: feed.positionAt,
    page: (query, after, limit) => () => {
      const mishap = pages[met] ?? 'none'
      met += 1
      return suffer(mishap, feed.page(query, after, limit))()
    },
    onRecorded: (wake) => {
      if (hints === 'missed') return () => {}
      return feed.onRecorded(() => {
        wake()
        if (hints === 'twice') wake()
      })
    },
  }
}

const suffer = (mishap: FeedMishaps['pages'][number], page: ReturnType<Feed['page']>): typeof page => {
  switch (mishap) {
    case 'none':
      return page
    case 'busy':
      return TE.left({ _tag: 'Busy', reason: 'a mishap' })
    case 'lost':
      return TE.left({
        _tag: 'Unavailable',
        outcome: 'nothing written',
        reason: 'a mishap',
        cause: undefined,
      })
  }
}
