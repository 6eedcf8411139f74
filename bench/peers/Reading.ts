/**
 * Readers in races: catching up with a log that is there, and keeping up with a load that another process appends. Every
 * round has a database of its own, copied from one that was prepared, so nothing of the round before helps or hinders. The
 * first round warms up and does not count; then readers take turns, in an order that is reversed from round to round.
 */
import postgres from 'postgres'
import { type ChildOf, startChildOf } from './Child.js'
import type { ContenderName } from './Contenders.js'
import { type Load, type LogShape, streamOf } from './Log.js'
import { newDatabase } from './Race.js'
import { type ReaderName, readerOf } from './Readers.js'
import type { Answer, Ask, Reading } from './ReadingWorker.js'
import { faultsOf } from './Verify.js'

export interface ReadingCourse {
  /** Of the server. */
  readonly url: string
  readonly rounds: number
  /** For readers whose events cost them no statements of their own. */
  readonly long: LogShape
  /** For the others, and for warming up. */
  readonly short: LogShape
  /** How many append the log at a time. */
  readonly callers: number
  readonly perSecond: number
  /** How long the load lasts, and how much of its beginning does not count. */
  readonly loadSeconds: number
  readonly leadSeconds: number
}

/** What one reader did in one round. */
export interface CatchUp {
  readonly reader: ReaderName
  readonly events: number
  readonly perSecond: number
  readonly faults: ReadonlyArray<string>
}

/** Milliseconds. */
export interface Latencies {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface Live {
  readonly reader: ReaderName
  /** Events a second that were acknowledged. */
  readonly appended: number
  /** How late the latest append was called, in milliseconds behind the schedule. */
  readonly lateMs: number
  readonly sinceCall: Latencies
  readonly sinceAcknowledged: Latencies
  readonly lost: number
  readonly doubled: number
  readonly faults: ReadonlyArray<string>
}

type ReadingChild = ChildOf<Ask, Answer>

const start = (): ReadingChild => startChildOf<Ask, Answer>('ReadingWorker.ts')

/** Who has dealt with nothing for so long has come to a stand, or has lost what is missing. */
const patienceMs = 6_000

/** An answer of the kind that was asked for. */
const asked = async <Kind extends Answer['answer']>(
  child: ReadingChild,
  ask: Ask,
  kind: Kind,
): Promise<Extract<Answer, { answer: Kind }>> => {
  const answer = await child.ask(ask)
  if (answer.answer === kind) return answer as Extract<Answer, { answer: Kind }>
  throw new Error(
    answer.answer === 'failed' ? `${ask.ask}: ${answer.reason}` : `${ask.ask}: ${answer.answer}`,
  )
}

const onDatabase = async (url: string, ...statements: ReadonlyArray<string>): Promise<void> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  for (const statement of statements) await sql.unsafe(statement)
  await sql.end()
}

/** A database with a log, to be copied. It must be what it should be: otherwise nothing is measured on it. */
const prepare = async (
  { url, callers }: ReadingCourse,
  library: ContenderName,
  shape: LogShape,
): Promise<string> => {
  const database = await newDatabase(url)
  const child = start()
  try {
    const ask: Ask = { ask: 'fill', library, url: database, shape, callers }
    const { audit } = await asked(child, ask, 'audited')
    const faults = faultsOf(audit)
    if (faults.length > 0) throw new Error(`The log of ${library} has ${faults.join(', ')}.`)
  } finally {
    await child.stop()
  }
  await onDatabase(database, 'vacuum analyze', 'checkpoint')
  return database
}

/** Prepares databases when they are asked for, each once. */
const preparing = (course: ReadingCourse) => {
  const prepared = new Map<string, Promise<string>>()
  return (library: ContenderName, shape: LogShape): Promise<string> => {
    const name = `${library} ${shape.events}`
    const known = prepared.get(name) ?? prepare(course, library, shape)
    prepared.set(name, known)
    return known
  }
}

/** Rounds in which everybody has a turn; what is thrown becomes the fault of the reader whose turn it was. */
const rounds = async <Round>(
  course: ReadingCourse,
  names: ReadonlyArray<ReaderName>,
  turn: (name: ReaderName, child: ReadingChild, database: Database, isWarmUp: boolean) => Promise<Round>,
  failed: (name: ReaderName, reason: string) => Round,
): Promise<ReadonlyArray<Round>> => {
  const children = new Map(names.map((name) => [name, start()]))
  const database = preparing(course)
  const found: Array<Round> = []
  try {
    for (let round = 0; round <= course.rounds; round++)
      for (const name of round % 2 === 0 ? names : names.toReversed()) {
        const known = children.get(name)
        const child = known?.isAlive() ? known : start()
        children.set(name, child)
        const answer = await turn(name, child, database, round === 0).catch((error) =>
          failed(name, String(error)),
        )
        if (round > 0) found.push(answer)
      }
  } finally {
    await Promise.all(Array.from(children.values(), (child) => child.stop()))
  }
  return found
}

type Database = ReturnType<typeof preparing>

/** Begins with the start of the reader, and ends when the last event is dealt with. */
export const raceCatchUp = (
  course: ReadingCourse,
  names: ReadonlyArray<ReaderName>,
): Promise<ReadonlyArray<CatchUp>> =>
  rounds(
    course,
    names,
    async (reader, child, database, isWarmUp) => {
      const { library, isSlow } = readerOf(reader)
      const shape = isWarmUp || isSlow ? course.short : course.long
      const url = await newDatabase(course.url, await database(library, shape))
      await asked(child, { ask: 'read', reader, url }, 'reading')
      const reading = await asked(child, { ask: 'finish', events: shape.events, patienceMs }, 'read')
      await drop(course, url)
      const all = Array.from({ length: shape.events }, (_, n) => n)
      const seconds = ((reading.at.at(-1) ?? Number.NaN) - reading.begun) / 1_000
      const { events, streams } = shape
      return {
        ...{ reader, events },
        perSecond: new Set(reading.dealt).size / seconds,
        faults: wordsOf(faultsOfReading(reading, all, (n) => streamOf(streams, n), true)),
      }
    },
    (reader, reason) => ({ reader, events: 0, perSecond: Number.NaN, faults: [reason] }),
  )

const drop = (course: ReadingCourse, url: string): Promise<void> =>
  onDatabase(course.url, `drop database ${new URL(url).pathname.slice(1)} with (force)`)

const settlingMs = 1_000

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/** So many streams take turns, so that a read model has to be updated and does not only grow. */
const liveStreams = 1_000

/** The writer is another process, as it is where there are several; so events are told of across processes. */
export const raceLive = async (
  course: ReadingCourse,
  names: ReadonlyArray<ReaderName>,
): Promise<ReadonlyArray<Live>> => {
  const nothing: Latencies = { p50: Number.NaN, p99: Number.NaN, max: Number.NaN }
  const writers = new Map<ContenderName, ReadingChild>()
  try {
    return await rounds(
      course,
      names,
      async (reader, child, database, isWarmUp) => {
        const { library } = readerOf(reader)
        const known = writers.get(library)
        const writer = known?.isAlive() ? known : start()
        writers.set(library, writer)
        const url = await newDatabase(course.url, await database(library, { events: 0, streams: 1 }))
        const { perSecond, loadSeconds, leadSeconds } = course
        const events = (isWarmUp ? leadSeconds : leadSeconds + loadSeconds) * perSecond
        await asked(child, { ask: 'read', reader, url }, 'reading')
        await pause(settlingMs)
        const load: Load = { events, streams: liveStreams, perSecond }
        const written = await asked(writer, { ask: 'write', library, url, load }, 'written')
        const reading = await asked(child, { ask: 'finish', events, patienceMs }, 'read')
        const { audit } = await asked(writer, { ask: 'audit' }, 'audited')
        await drop(course, url)
        const acknowledged = written.acknowledged.flatMap((at, n) => (at === null ? [] : [n]))
        const inOrder = audit.stale === 0
        const faults = faultsOfReading(reading, acknowledged, (n) => `s${n % liveStreams}`, inOrder)
        const first = leadSeconds * perSecond
        return {
          ...{ reader, ...paceOf(written) },
          sinceCall: latenciesOf(reading, written.called, first),
          sinceAcknowledged: latenciesOf(reading, written.acknowledged, first),
          ...{ lost: faults['never read'], doubled: faults['read twice'] },
          faults: [
            ...wordsOf(faults),
            ...wordsOf({ 'appends failed': events - acknowledged.length }),
            ...faultsOf({ ...audit, stale: 0 }),
          ],
        }
      },
      (reader, reason) => ({
        ...{ reader, appended: 0, lateMs: 0, sinceCall: nothing, sinceAcknowledged: nothing },
        ...{ lost: 0, doubled: 0, faults: [reason] },
      }),
    )
  } finally {
    await Promise.all(Array.from(writers.values(), (writer) => writer.stop()))
  }
}

type Written = Extract<Answer, { answer: 'written' }>

const paceOf = ({ due, called, acknowledged }: Written) => {
  const answered = acknowledged.flatMap((at) => (at === null ? [] : [at]))
  const span = answered.reduce((latest, at) => Math.max(latest, at), 0) - (called[0] ?? Number.NaN)
  const lateMs = called.reduce((latest, at, n) => Math.max(latest, at - (due[n] ?? at)), 0)
  return { appended: (answered.length * 1_000) / span, lateMs }
}

/** From a moment of each event until it was dealt with for the first time. */
const latenciesOf = (
  { dealt, at }: Reading,
  since: ReadonlyArray<number | null>,
  first: number,
): Latencies => {
  const seen = new Set<number>()
  const latencies: Array<number> = []
  for (const [index, n] of dealt.entries()) {
    const [from, to] = [since[n], at[index]]
    if (n < first || seen.has(n) || from === undefined || from === null || to === undefined) continue
    seen.add(n)
    latencies.push(to - from)
  }
  latencies.sort((a, b) => a - b)
  const share = (part: number) => latencies[Math.floor(latencies.length * part)] ?? Number.NaN
  return { p50: share(0.5), p99: share(0.99), max: latencies.at(-1) ?? Number.NaN }
}

/** Each event once, those of a stream in order, and counts that are those of the log. */
const faultsOfReading = (
  { dealt, counts }: Reading,
  expected: ReadonlyArray<number>,
  stream: (n: number) => string,
  inOrder: boolean,
) => {
  const seen = new Set<number>()
  const newest = new Map<string, number>()
  let outOfOrder = 0
  for (const n of dealt) {
    if (seen.has(n)) continue
    seen.add(n)
    if (n < (newest.get(stream(n)) ?? -1)) outOfOrder++
    newest.set(stream(n), n)
  }
  const due = new Map<string, number>()
  for (const n of expected) due.set(stream(n), (due.get(stream(n)) ?? 0) + 1)
  const counted = new Map(counts)
  const streams = new Set([...due.keys(), ...counted.keys()])
  return {
    'never read': expected.filter((n) => !seen.has(n)).length,
    'read twice': dealt.length - seen.size,
    'read out of order': inOrder ? outOfOrder : 0,
    'streams counted wrongly': [...streams].filter((name) => due.get(name) !== counted.get(name)).length,
  }
}

const wordsOf = (faults: Readonly<Record<string, number>>): ReadonlyArray<string> =>
  Object.entries(faults).flatMap(([fault, count]) => (count > 0 ? [`${count} ${fault}`] : []))
