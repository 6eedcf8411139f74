/**
 * Hints from a feed elsewhere: one connection, open while somebody listens, over which come the places of what is
 * recorded. Whatever breaks it, it is opened again, and then everybody is woken, because what was told meanwhile was not
 * heard. A hint that is lost costs a look, and nothing else.
 * Used by: `httpFeed`.
 * @since 0.1.0
 */
import type { Feed } from '../../run/Feed.js'
import { noFrames, readFrames } from './EventFrames.js'
import { callFeed, type FeedSite } from './FeedCall.js'

/** How long nothing at all may come, not even a heartbeat, until the connection is taken for dead. */
const silenceMs = 60_000

const firstDelayMs = 100
const longestDelayMs = 5_000

/** Listens over one connection, which opens with the first listener and closes with the last. */
export const feedHints = (
  site: FeedSite,
  parameters: ReadonlyArray<readonly [string, string]>,
): Feed['onRecorded'] => {
  const listeners = new Set<{ readonly wake: () => void }>()
  let open: AbortController | undefined
  const wakeAll = (): void => {
    for (const { wake } of [...listeners]) wake()
  }
  return (wake) => {
    const listener = { wake }
    listeners.add(listener)
    if (open === undefined) {
      open = new AbortController()
      void keepOpen(site, parameters, open.signal, wakeAll)
    }
    return () => {
      listeners.delete(listener)
      if (listeners.size > 0) return
      open?.abort()
      open = undefined
    }
  }
}

const keepOpen = async (
  site: FeedSite,
  parameters: ReadonlyArray<readonly [string, string]>,
  signal: AbortSignal,
  wake: () => void,
): Promise<void> => {
  for (let failures = 0; !signal.aborted; ) {
    const heard = await hear(site, parameters, signal, wake)
    failures = heard ? 0 : failures + 1
    const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failures, 10))
    // Up to as long again, so that many readers of one feed do not come back at the same moment.
    await pause(delayMs * (1 + Math.random()), signal)
  }
}

/** Reads one connection to its end, and says whether anything came. Why it ended matters to nobody: pages will say. */
const hear = async (
  site: FeedSite,
  parameters: ReadonlyArray<readonly [string, string]>,
  signal: AbortSignal,
  wake: () => void,
): Promise<boolean> => {
  const connection = new AbortController()
  const close = (): void => connection.abort()
  signal.addEventListener('abort', close)
  let silence = setTimeout(close, silenceMs)
  let hasHeard = false
  try {
    const response = await callFeed(site, {
      method: 'GET',
      accept: 'text/event-stream',
      parameters: [...parameters, ['at', 'now'], ['ids', 'only']],
      signal: connection.signal,
    })
    const isStream = response.ok && response.headers.get('content-type')?.startsWith('text/event-stream')
    if (!isStream || response.body === null) {
      await response.body?.cancel()
      return false
    }
    const decoder = new TextDecoder()
    let reading = noFrames
    for await (const bytes of response.body) {
      clearTimeout(silence)
      silence = setTimeout(close, silenceMs)
      const [next, frames] = readFrames(reading, decoder.decode(bytes, { stream: true }))
      reading = next
      if (signal.aborted || reading.rest.length > 1_000_000) return hasHeard
      if (frames.some(({ id }) => id !== undefined)) {
        hasHeard = true
        wake()
      }
    }
  } catch {
    // The connection is gone; it is opened again.
  } finally {
    clearTimeout(silence)
    signal.removeEventListener('abort', close)
    close()
  }
  return hasHeard
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const go = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', go)
      resolve()
    }
    const timer = setTimeout(go, milliseconds)
    signal.addEventListener('abort', go)
  })
