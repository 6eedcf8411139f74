/**
 * A one-minute look at the speed of the main paths, each beside its plainest rival in the same run. It fails when a run
 * loses, doubles or reorders an event, never because it was slow: machines are noisy, and a figure is for reading.
 * Run it with `npm run bench:sanity`.
 */
import { randomUUID } from 'node:crypto'
import Table from 'cli-table3'
import {
  anyVersion,
  type EventStore,
  eventId,
  eventToAppend,
  everything,
  handle,
  streamId,
  toStream,
  view,
} from 'decider-ts'
import { memoryStore } from 'decider-ts/adapters/memory'
import { migrate, postgresStore } from 'decider-ts/adapters/postgres'
import { either as E, type taskEither as TE } from 'fp-ts'
import postgres from 'postgres'
import { startPostgres } from '../tools/postgres/EmbeddedPostgres.js'
import { Counter } from './Counter.js'

const rounds = 5

interface Contender {
  readonly name: string
  /** Runs once and answers how many operations that were. */
  readonly run: (round: number) => Promise<number>
}

const median = (figures: ReadonlyArray<number>): number =>
  [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN

/** Operations per second of each contender: the median of rounds in turn, after one round that does not count. */
const race = async (contenders: ReadonlyArray<Contender>): Promise<ReadonlyArray<number>> => {
  const figures: ReadonlyArray<Array<number>> = contenders.map(() => [])
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { run }] of contenders.entries()) {
      const start = performance.now()
      const operations = await run(round)
      if (round > 0) figures[index]?.push((operations * 1_000) / (performance.now() - start))
    }
  }
  return figures.map(median)
}

const orThrow = async <A>(task: TE.TaskEither<unknown, A>): Promise<A> => {
  const answer = await task()
  if (E.isLeft(answer))
    throw new Error(JSON.stringify(answer.left, (_, v) => (typeof v === 'bigint' ? `${v}` : v)))
  return answer.right
}

/** So many callers, each doing its share one after another. */
const withCallers = async (callers: number, operations: number, act: (n: number) => Promise<unknown>) => {
  let next = 0
  const caller = async () => {
    while (next < operations) await act(next++)
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return operations
}

const line = { sku: 'ABC-123456', quantity: 3, price: 1_299, currency: 'EUR', note: ''.padEnd(120, 'x') }

const appendTo = (store: EventStore) => (key: string) => {
  const stream = streamId('order', key)
  const event = eventToAppend({ id: eventId(randomUUID()), stream, type: 'LineAdded', data: line })
  return orThrow(store.append(toStream(stream, anyVersion)([event])))
}

/** Fails unless the log holds so many events, each stream's versions are dense, and positions grow. */
const verify = async (store: EventStore, expected: number): Promise<void> => {
  const { events } = await orThrow(store.read(everything))
  const versions = new Map<string, bigint>()
  let position = 0n
  for (const event of events) {
    const version = (versions.get(event.stream) ?? 0n) + 1n
    if (event.version !== version || event.position <= position) {
      throw new Error(`Event ${event.version} of ${event.stream} is out of order.`)
    }
    versions.set(event.stream, version)
    position = event.position
  }
  if (events.length !== expected)
    throw new Error(`${events.length} events are recorded instead of ${expected}.`)
}

const foldRace = async () => {
  const amounts = Array.from({ length: 1_000_000 }, (_, n) => n % 100)
  const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
  const evolve = total.evolve
  const [ours = 0, theirs = 0] = await race([
    { name: 'fold', run: async () => (view.fold(total)(amounts) > 0 ? amounts.length : 0) },
    {
      name: 'loop',
      run: async () => {
        let sum = 0
        for (const amount of amounts) sum = evolve(sum, amount)
        return sum > 0 ? amounts.length : 0
      },
    },
  ])
  return ['fold of a million events', 'a loop by hand', ours, theirs] as const
}

const memoryRun = async () => {
  const store = memoryStore()
  const operations = 20_000
  const [ours = 0] = await race([
    {
      name: 'memory',
      run: (round) => withCallers(1, operations, (n) => appendTo(store)(`${round}.${n}`)),
    },
  ])
  await verify(store, operations * (rounds + 1))
  return ['memory append, 1 caller', '', ours, undefined] as const
}

const appendRace = async (sql: postgres.Sql, schema: string, callers: number, operations: number) => {
  await orThrow(migrate(sql, { schema }))
  await sql.unsafe(`create table ${schema}.bare (stream text, version bigint, id uuid, type text, data json,
    primary key (stream, version))`)
  const store = postgresStore(sql, { schema })
  const data = JSON.stringify(line)
  const insert = (stream: string) =>
    sql.unsafe(
      `insert into ${schema}.bare values ($1, 1, $2, 'LineAdded', $3::text::json)`,
      [stream, randomUUID(), data],
      { prepare: true },
    )
  const [ours = 0, theirs = 0] = await race([
    {
      name: 'append',
      run: (round) => withCallers(callers, operations, (n) => appendTo(store)(`${round}.${n}`)),
    },
    { name: 'insert', run: (round) => withCallers(callers, operations, (n) => insert(`${round}.${n}`)) },
  ])
  await verify(store, operations * (rounds + 1))
  return [`Postgres append, ${callers} caller(s)`, 'an unprotected INSERT', ours, theirs] as const
}

const handleRun = async (sql: postgres.Sql, schema: string) => {
  await orThrow(migrate(sql, { schema }))
  const store = postgresStore(sql, { schema })
  const operations = 1_000
  const [ours = 0] = await race([
    {
      name: 'handle',
      run: (round) =>
        withCallers(32, operations, (n) =>
          orThrow(handle(store, Counter)({ type: 'Add', counter: `${round}.${n % 100}`, by: 1 })),
        ),
    },
  ])
  await verify(store, operations * (rounds + 1))
  return ['Postgres handle, 32 callers, 10-event streams', '', ours, undefined] as const
}

const server = await startPostgres()
const sql = postgres(server.url, { max: 10, onnotice: () => undefined })
try {
  const table = new Table({
    head: ['what', 'against', 'per second', 'rival', 'ratio'],
    style: { head: [], border: [] },
  })
  const results = [
    await foldRace(),
    await memoryRun(),
    await appendRace(sql, 'one', 1, 500),
    await appendRace(sql, 'many', 64, 3_000),
    await handleRun(sql, 'handled'),
  ]
  for (const [what, against, ours, theirs] of results) {
    const round = (figure: number | undefined) =>
      figure === undefined ? '' : Math.round(figure).toLocaleString('en')
    table.push([
      what,
      against,
      round(ours),
      round(theirs),
      theirs === undefined ? '' : (ours / theirs).toFixed(2),
    ])
  }
  console.log(table.toString())
  console.log('Every run was verified: no event lost, doubled or out of order.')
} finally {
  await sql.end()
  await server.stop()
}
