/**
 * A process of its own for one writer or one reader: it does what the parent asks, one thing at a time, and ends with the
 * parent.
 */
import type { Contender } from './Contender.js'
import { type ContenderName, contenders } from './Contenders.js'
import {
  clock,
  fillLog,
  type Load,
  type LogShape,
  numberOf,
  recordedBy,
  type Written,
  writeLoad,
} from './Log.js'
import type { Dealt, Reader } from './Reader.js'
import { type ReaderName, readers } from './Readers.js'
import { type Audit, auditOf } from './Verify.js'

export type Ask =
  /** Installs the library where it is not, and appends a log. */
  | {
      readonly ask: 'fill'
      readonly library: ContenderName
      readonly url: string
      readonly shape: LogShape
      readonly callers: number
    }
  | { readonly ask: 'read'; readonly reader: ReaderName; readonly url: string }
  /** Ends the reading when so many events were dealt with, or when nothing has happened for so long. */
  | { readonly ask: 'finish'; readonly events: number; readonly patienceMs: number }
  | { readonly ask: 'write'; readonly library: ContenderName; readonly url: string; readonly load: Load }
  /** What became of the events that were written. */
  | { readonly ask: 'audit' }

export type Answer =
  | { readonly answer: 'reading' }
  | { readonly answer: 'audited'; readonly audit: Audit }
  | ({ readonly answer: 'written' } & Written)
  | ({ readonly answer: 'read' } & Reading)

/** What a reader has done: the numbers of the events in the order in which it dealt with them, and when. */
export interface Reading {
  readonly begun: number
  readonly dealt: ReadonlyArray<number>
  readonly at: ReadonlyArray<number>
  readonly counts: ReadonlyArray<readonly [stream: string, events: number]>
}

interface Open {
  readonly reader: Reader
  readonly begun: number
  readonly keys: Array<string>
  readonly at: Array<number>
  readonly stop: () => Promise<void>
}

let open: Open | undefined

const read = async (name: ReaderName, url: string): Promise<Answer> => {
  const reader = (await readers[name].open())(url)
  const [keys, at]: [Array<string>, Array<number>] = [[], []]
  const dealt: Dealt = (found) => {
    const now = clock()
    for (const key of found) {
      keys.push(key)
      at.push(now)
    }
  }
  const begun = clock()
  const stop = await reader.read(dealt)
  open = { reader, begun, keys, at, stop }
  return { answer: 'reading' }
}

/** What does not end by itself is left behind: the database is dropped by force in the end. */
const endingMs = 5_000

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

const finish = async (events: number, patienceMs: number): Promise<Answer> => {
  const reading = open
  if (reading === undefined) throw new Error('Nobody reads.')
  const { keys, at, begun, reader, stop } = reading
  const asked = clock()
  const isDone = () => keys.length >= events && new Set(keys).size >= events
  const isStill = () => clock() - Math.max(asked, at.at(-1) ?? 0) > patienceMs
  while (!isDone() && !isStill()) await pause(50)
  // Whatever comes twice has some time to come.
  await pause(100)
  const counts = [...(await reader.counts())]
  await Promise.race([stop(), pause(endingMs)])
  await Promise.race([reader.close(), pause(endingMs)])
  open = undefined
  return { answer: 'read', begun, dealt: keys.map(numberOf), at, counts }
}

const contenderAt = async (library: ContenderName, url: string): Promise<Contender> =>
  (await contenders[library]())(url)

const fill = async ({ library, url, shape, callers }: Ask & { ask: 'fill' }): Promise<Answer> => {
  const contender = await contenderAt(library, url)
  await contender.install?.()
  const audit = await fillLog(contender, shape, callers)
  await contender.close?.()
  return { answer: 'audited', audit }
}

let writer: { readonly contender: Contender; readonly acknowledged: ReadonlySet<string> } | undefined

const write = async ({ library, url, load }: Ask & { ask: 'write' }): Promise<Answer> => {
  const contender = await contenderAt(library, url)
  const written = await writeLoad(contender, load)
  const acknowledged = new Set(written.acknowledged.flatMap((at, n) => (at === null ? [] : [`k${n}`])))
  writer = { contender, acknowledged }
  return { answer: 'written', ...written }
}

const audit = async (): Promise<Answer> => {
  if (writer === undefined) throw new Error('Nobody writes.')
  const { contender, acknowledged } = writer
  const found = auditOf(acknowledged, await recordedBy(contender))
  await Promise.race([contender.close?.(), pause(endingMs)])
  writer = undefined
  return { answer: 'audited', audit: found }
}

const answerTo = (ask: Ask): Promise<Answer> => {
  switch (ask.ask) {
    case 'fill':
      return fill(ask)
    case 'read':
      return read(ask.reader, ask.url)
    case 'finish':
      return finish(ask.events, ask.patienceMs)
    case 'write':
      return write(ask)
    case 'audit':
      return audit()
  }
}

process.on('message', async (ask: Ask) => {
  const answer = await answerTo(ask).catch((error) => ({ answer: 'failed', reason: String(error) }))
  process.send?.(answer)
})
/** Of connections that were not let go in time, and whose database is gone by now: nobody needs them any more. */
process.on('uncaughtException', (error) => {
  if (open === undefined && writer === undefined) return
  console.error(error)
  process.exit(1)
})
process.on('disconnect', () => process.exit())
