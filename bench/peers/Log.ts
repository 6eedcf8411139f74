/**
 * The log that readers read: events by number, so that every event can be known by its key. Each append has five events of
 * one stream; a stream comes again when all others had their turn.
 */
import type { Contender, Entry, Recorded } from './Contender.js'
import { added } from './Domain.js'
import { type Audit, auditOf } from './Verify.js'

export interface LogShape {
  readonly events: number
  readonly streams: number
}

const perAppend = 5

export const streamOf = (streams: number, n: number): string => `s${Math.floor(n / perAppend) % streams}`

const versionOf = (streams: number, n: number): number =>
  Math.floor(n / (perAppend * streams)) * perAppend + (n % perAppend) + 1

const keyOf = (n: number): string => `k${n}`

/** Which event a key is of. */
export const numberOf = (key: string): number => Number(key.slice(1))

const entryOf = (streams: number, n: number): Entry => ({
  stream: streamOf(streams, n),
  event: added(keyOf(n), versionOf(streams, n)),
})

/** Appends a log as so many callers would, and says whether it is what it should be. */
export const fillLog = async (
  contender: Contender,
  { events, streams }: LogShape,
  callers: number,
): Promise<Audit> => {
  let next = 0
  const caller = async () => {
    while (next < events) {
      const first = next
      next += perAppend
      await contender.fill?.(Array.from({ length: perAppend }, (_, nth) => entryOf(streams, first + nth)))
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  const keys = new Set(Array.from({ length: events }, (_, n) => keyOf(n)))
  return auditOf(keys, await recordedBy(contender))
}

export const recordedBy = async (contender: Contender): Promise<ReadonlyArray<Recorded>> =>
  (await contender.recorded?.()) ?? []

/** A load whose schedule does not wait for anybody: the n-th event is due after n / perSecond seconds. */
export interface Load {
  readonly events: number
  readonly streams: number
  readonly perSecond: number
}

/** What became of a load: moments by the number of the event, in milliseconds of the machine's clock. */
export interface Written {
  readonly due: ReadonlyArray<number>
  readonly called: ReadonlyArray<number>
  /** Null where the append failed. */
  readonly acknowledged: ReadonlyArray<number | null>
}

/** Milliseconds of a clock that all processes of the machine share. */
export const clock = (): number => Number(process.hrtime.bigint()) / 1e6

/** One event an append. How many are under way is nobody's concern but the contender's. */
export const writeLoad = async (
  contender: Contender,
  { events, streams, perSecond }: Load,
): Promise<Written> => {
  const start = clock()
  const due = Array.from({ length: events }, (_, n) => start + (n * 1_000) / perSecond)
  const called: Array<number> = []
  const acknowledged: Array<number | null> = Array.from({ length: events }, () => null)
  const begun: Array<Promise<void>> = []
  const append = async (n: number) => {
    const entry = { stream: `s${n % streams}`, event: added(keyOf(n), Math.floor(n / streams) + 1) }
    called.push(clock())
    await contender.fill?.([entry]).then(
      () => {
        acknowledged[n] = clock()
      },
      () => undefined,
    )
  }
  for (let n = 0; n < events; ) {
    while (n < events && (due[n] ?? 0) <= clock()) begun.push(append(n++))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(begun)
  return { due, called, acknowledged }
}
