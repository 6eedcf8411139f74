/**
 * Whether a log stays as fast as it was when it grows: two logs in one database, one of a hundred thousand events and one
 * of five million, and the same work on both in turn. It fails when a log is not what it should be, before or after the
 * work, never because it was slow. Run it with `npm run bench:large`; it takes some minutes.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import {
  anyOf,
  type EventStore,
  eventToAppend,
  noStream,
  streamId,
  systemEnvironment,
  tag,
  toStream,
} from 'decider-ts'
import { migrate, postgresStore } from 'decider-ts/adapters/postgres'
import { either as E, type taskEither as TE } from 'fp-ts'
import postgres, { type Sql } from 'postgres'
import { startPostgres } from '../tools/postgres/EmbeddedPostgres.js'
import { copyLog, type LogShape, verifyLog, warmLog } from './LargeLog.js'
import { drive, type Figures } from './peers/Drive.js'
import { machine, settingsOf } from './peers/Machine.js'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '5000000' },
    beside: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '1.5' },
  },
})
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]
const callers = 64
const target = 1.3

const orThrow = async <A>(task: TE.TaskEither<{ readonly _tag: string }, A>): Promise<A> => {
  const answer = await task()
  if (E.isLeft(answer)) throw Object.assign(new Error(answer.left._tag), answer.left)
  return answer.right
}

/** One of the two logs, and what was appended to it beyond what was copied. */
interface Log {
  readonly schema: string
  readonly shape: LogShape
  readonly store: EventStore
  appended: number
}

/** One operation on a log, by a key that was never used before. */
type Work = (log: Log, key: string) => Promise<void>

const event = (key: string) => ({
  id: systemEnvironment.newEventId(),
  stream: streamId('new', key),
  type: 'LineAdded',
  data: { sku: 'ABC-123456', quantity: 3, note: ''.padEnd(120, 'x') },
})

/** An order of the copied log. All are as likely, so what is read is rarely what was read before. */
const someOrder = ({ shape }: Log): string => String(Math.floor(Math.random() * shape.streams))

const ten = (events: ReadonlyArray<unknown>): void => {
  if (events.length !== shapeOf(0).perStream)
    throw new Error(`${events.length} events were found instead of 10.`)
}

const works: Readonly<Record<string, Work>> = {
  'append 1 event to a new stream': async (log, key) => {
    const one = eventToAppend(event(key))
    await orThrow(log.store.append(toStream(one.stream, noStream)([one])))
    log.appended += 1
  },
  'append 1 event on condition of its tag': async (log, key) => {
    const one = eventToAppend({ ...event(key), tags: [tag('new', key)] })
    const condition = { failIfEventsMatch: anyOf({ tags: [tag('new', key)] }) }
    await orThrow(log.store.append({ events: [one], expected: [], condition }))
    log.appended += 1
  },
  'read a stream of 10 events': async (log) => {
    ten((await orThrow(log.store.readStream(streamId('order', someOrder(log))))).events)
  },
  'read 10 events by their tag': async (log) => {
    ten((await orThrow(log.store.read(anyOf({ tags: [tag('order', someOrder(log))] })))).events)
  },
}

const shapeOf = (events: number): LogShape => ({
  events,
  perStream: 10,
  streams: events / 10,
  together: 1_000,
})

const prepare = async (sql: Sql, schema: string, events: number): Promise<Log> => {
  const shape = shapeOf(events)
  await orThrow(migrate(sql, { schema }))
  const start = performance.now()
  await copyLog(sql, schema, shape)
  await verifyLog(sql, schema, shape, 0)
  console.error(`  ${schema}: ${events.toLocaleString('en')} events in ${secondsSince(start)} s`)
  return { schema, shape, store: postgresStore(sql, { schema }), appended: 0 }
}

const secondsSince = (start: number): string => ((performance.now() - start) / 1_000).toFixed(1)

const perSecond = (figures: Figures): number => figures.operations / figures.seconds

const median = (figures: ReadonlyArray<number>): number =>
  [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN

interface Result {
  readonly what: string
  readonly small: ReadonlyArray<Figures>
  readonly large: ReadonlyArray<Figures>
  /** How many times as fast the small log was: the median of the rounds, each of which did both. */
  readonly ratio: number
}

/** The logs take turns, and so does who begins; the first round does not count. */
const compare = async (what: string, work: Work, small: Log, large: Log): Promise<Result> => {
  const found: Record<string, Array<Figures>> = { [small.schema]: [], [large.schema]: [] }
  for (let round = 0; round <= rounds; round++) {
    for (const log of round % 2 === 0 ? [small, large] : [large, small]) {
      const limit = { operations: Number.POSITIVE_INFINITY, seconds }
      const figures = await drive(callers, limit, async (n) => {
        await work(log, `${Object.keys(works).indexOf(what)}-${round}-${n}`)
        return true
      })
      const failures = Object.entries(figures.failures)
      if (failures.length > 0) throw new Error(`${what}, ${log.schema}: ${JSON.stringify(failures)}`)
      if (round > 0) found[log.schema]?.push(figures)
    }
  }
  const [ofSmall = [], ofLarge = []] = [found[small.schema], found[large.schema]]
  const ratios = ofSmall.map((figures, n) => perSecond(figures) / perSecond(ofLarge[n] ?? figures))
  return { what, small: ofSmall, large: ofLarge, ratio: median(ratios) }
}

const cell = (figures: ReadonlyArray<Figures>): string =>
  `${Math.round(median(figures.map(perSecond))).toLocaleString('en')}/s (${median(figures.map(({ p50 }) => p50)).toFixed(2)} ms)`

const table = (results: ReadonlyArray<Result>, small: Log, large: Log): string =>
  [
    [
      'what',
      ...[small, large].map(({ shape }) => `${shape.events.toLocaleString('en')} events`),
      'ratio',
      'target',
      'reached',
    ],
    ['---', '---', '---', '---', '---', '---'],
    ...results.map((result) => [
      result.what,
      cell(result.small),
      cell(result.large),
      `${result.ratio.toFixed(2)}x`,
      `<= ${target}x`,
      result.ratio <= target ? 'yes' : 'no',
    ]),
  ]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')

const start = performance.now()
/** A quarter of the memory, as PostgreSQL's manual advises, and no more than this benchmark can use. */
const buffersMb = Math.min(4_096, Math.floor(totalmem() / 2 ** 22))
const settings = { shared_buffers: `${buffersMb}MB`, max_wal_size: '4GB' }
const server = await startPostgres({ settings })
const sql = postgres(server.url, { max: 10, onnotice: () => undefined })
const run = `large_${Date.now()}`
try {
  const actual = await settingsOf(server.url)
  const small = await prepare(sql, `${run}_small`, Number(values.beside))
  const large = await prepare(sql, `${run}_large`, Number(values.events))
  await sql`checkpoint`
  for (const { schema } of [small, large]) await warmLog(sql, schema)
  const results: Array<Result> = []
  for (const [what, work] of Object.entries(works)) {
    console.error(`  ${what}`)
    results.push(await compare(what, work, small, large))
  }
  for (const { schema, shape, appended } of [small, large]) await verifyLog(sql, schema, shape, appended)
  console.log(
    `${callers} callers on 10 connections, medians of ${rounds} rounds; in brackets half of the calls are as fast.\n`,
  )
  console.log(table(results, small, large))
  console.log(`\nBoth logs were verified before and after. Took ${secondsSince(start)} s.`)
  const folder = new URL('peers/results/', import.meta.url)
  await mkdir(folder, { recursive: true })
  const date = new Date().toISOString()
  const sizes = { small: small.shape.events, large: large.shape.events }
  const record = {
    date,
    rounds,
    seconds,
    callers,
    target,
    sizes,
    machine: machine(),
    settings: actual,
    results,
  }
  await writeFile(new URL('large.json', folder), `${JSON.stringify(record, null, 2)}\n`)
} finally {
  await sql.unsafe(`drop schema if exists ${run}_small cascade; drop schema if exists ${run}_large cascade`)
  await sql.end()
  await server.stop()
}
