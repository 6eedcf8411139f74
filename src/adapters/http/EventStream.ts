/**
 * The published events as server-sent events, the format that browsers read: each with its place as the id, so that a
 * reader who comes again goes on where it was. A place is also sent where events were passed over, and now and then where
 * nothing happens. What is read from the log is never ahead of what the reader has taken by more than a page.
 * Used by: `publishedFeed`.
 * @since 0.1.0
 */
import type { ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { either as E, type taskEither as TE } from 'fp-ts'
import type { GlobalPosition } from '../../store/GlobalPosition.js'
import type { ReadError } from '../../store/StoreError.js'
import type { Listening } from './Listening.js'
import type { Unpublishable } from './Publication.js'
import type { PublishedEvent, PublishedPage } from './PublishedPage.js'

/** What is streamed, and the limits of it. */
export interface Streaming {
  /** Where it begins. */
  readonly start: GlobalPosition
  /** What comes first. */
  readonly page: PublishedPage
  readonly next: (after: GlobalPosition) => TE.TaskEither<ReadError | Unpublishable, PublishedPage>
  /** Whether the places alone are sent. */
  readonly idsOnly: boolean
  readonly limits: {
    readonly streamMaxMs: number
    readonly heartbeatMs: number
    readonly stallMs: number
    readonly pollMs: number
  }
  readonly onFailure: (failure: ReadError | Unpublishable | { readonly _tag: 'Stalled' }) => void
}

/** What a browser waits before it connects again. */
const retryMs = 1_000

/** How soon to look again for an append that is in flight. */
const unsettledMs = 20

/** Writes until the reader has gone, the time of a stream is over, or an event cannot be published. */
export const writeStream = async (
  response: ServerResponse,
  { isOver, wait }: Listening,
  { start, page: first, next, idsOnly, limits, onFailure }: Streaming,
): Promise<void> => {
  const end = Date.now() + limits.streamMaxMs
  const write = writing(response, limits.stallMs, () => onFailure({ _tag: 'Stalled' }))
  let [told, toldAt] = [start, Date.now()]
  let isOpen = await write(`retry: ${retryMs}\n\n${idFrame(start)}`)
  for (let page = first; isOpen && !isOver(); ) {
    const isDue = page.beyond === 'more' || Date.now() - toldAt >= limits.heartbeatMs
    const frames = framesOf(page, idsOnly, isDue ? told : undefined)
    for (const frame of frames) isOpen = isOpen && (await write(frame))
    if (frames.length > 0) [told, toldAt] = [page.events.at(-1)?.position ?? page.upTo, Date.now()]
    const left = Math.min(end - Date.now(), limits.heartbeatMs)
    if (end <= Date.now()) return
    if (page.beyond === 'more') await turn()
    else await wait(Math.min(left, page.beyond === 'unsettled' ? unsettledMs : limits.pollMs))
    if (isOver()) return
    const read = await next(page.upTo)()
    if (E.isRight(read)) page = read.right
    else {
      onFailure(read.left)
      if (read.left._tag === 'Unpublishable') return
      // A browser that is refused does not come again, so the stream stays open while the store is away.
      page = { events: [], upTo: page.upTo, beyond: 'nothing' }
    }
  }
}

const idFrame = (place: GlobalPosition): string => `id: ${place}\n\n`

const eventFrame = ({ position, type, text }: PublishedEvent): string =>
  `id: ${position}\nevent: ${type}\ndata: ${text}\n\n`

/** What there is to send; where there are no events, the place if it is due, or a comment if it is the one last told. */
const framesOf = (
  { events, upTo }: PublishedPage,
  idsOnly: boolean,
  dueAfter: GlobalPosition | undefined,
): ReadonlyArray<string> => {
  const last = events.at(-1)
  if (last !== undefined) return idsOnly ? [idFrame(last.position)] : events.map(eventFrame)
  if (dueAfter === undefined) return []
  return [upTo > dueAfter ? idFrame(upTo) : ':\n\n']
}

/** Writes, and waits while the reader has too much before it; false where there is nobody to write to. */
const writing =
  (response: ServerResponse, stallMs: number, onStall: () => void) =>
  (text: string): Promise<boolean> =>
    new Promise((resolve) => {
      if (response.destroyed) return resolve(false)
      if (response.write(text)) return resolve(true)
      const go = (): void => {
        clearTimeout(stalled)
        response.off('drain', go)
        response.off('close', go)
        resolve(!response.destroyed)
      }
      const stalled = setTimeout(() => {
        onStall()
        response.destroy()
      }, stallMs)
      response.once('drain', go)
      response.once('close', go)
    })
