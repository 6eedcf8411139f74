/**
 * How an answer that takes its time waits: for something recorded, for a while, or for its end, whichever comes first.
 * The end is that the caller has gone, or that the feed is shut down.
 * Used by: `publishedFeed`.
 * @since 0.1.0
 */
import type { ServerResponse } from 'node:http'
import type { Feed } from '../../run/Feed.js'

/** One answer that waits. */
export interface Listening {
  readonly isOver: () => boolean
  /** Until something was recorded since the last time, or the time is up, or it is over. */
  readonly wait: (milliseconds: number) => Promise<void>
  readonly close: () => void
}

/** Listens to a log, for as long as an answer is under way. */
export const listenTo = (
  feed: Pick<Feed, 'onRecorded'>,
  response: ServerResponse,
  signal: AbortSignal | undefined,
): Listening => {
  let isWoken = false
  let isOver = response.destroyed || signal?.aborted === true
  let rouse = () => {}
  const end = (): void => {
    isOver = true
    rouse()
  }
  const unlisten = feed.onRecorded(() => {
    isWoken = true
    rouse()
  })
  response.once('close', end)
  signal?.addEventListener('abort', end)
  return {
    isOver: () => isOver,
    wait: (milliseconds) =>
      new Promise((resolve) => {
        const go = (): void => {
          clearTimeout(timer)
          rouse = () => {}
          isWoken = false
          resolve()
        }
        const timer = setTimeout(go, Math.max(0, milliseconds))
        rouse = go
        if (isOver || isWoken) go()
      }),
    close: () => {
      unlisten()
      response.off('close', end)
      signal?.removeEventListener('abort', end)
      rouse()
    },
  }
}
