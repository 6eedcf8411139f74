/**
 * How fast a read model catches up with a log in PostgreSQL: kept in memory, which is what reading and folding cost, and
 * kept in PostgreSQL beside the log, with and without the index that finds states by what they contain. It fails when a
 * read model is not the fold of the log, never because it was slow. Run it after `npm run build` with
 * `npx tsx --tsconfig tsconfig.base.json bench/projections.ts`; it takes about a minute.
 */
import { parseArgs } from 'node:util'
import {
  eventToAppend,
  type FollowedStore,
  projection,
  type ReadModels,
  readModelOf,
  runProjection,
  streamId,
  systemEnvironment,
  waitFor,
} from 'decider-ts'
import { memoryReadModels } from 'decider-ts/adapters/memory'
import { migrate, postgresReadModels, postgresStore } from 'decider-ts/adapters/postgres'
import { either as E, type taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import postgres from 'postgres'
import { startPostgres } from '../tools/postgres/EmbeddedPostgres.js'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    streams: { type: 'string', default: '10000' },
    batch: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
  },
})
const [events, streams, batchSize, rounds] = [
  Number(values.events),
  Number(values.streams),
  Number(values.batch),
  Number(values.rounds),
]

const orThrow = async <A>(task: TE.TaskEither<{ readonly _tag: string }, A>): Promise<A> => {
  const answer = await task()
  if (E.isLeft(answer)) throw Object.assign(new Error(answer.left._tag), answer.left)
  return answer.right
}

/** A state that grows old but not large, of four fields. Keys come again every `streams` events. */
const balancesOf = (name: string) =>
  projection({
    name,
    event: t.type({ type: t.literal('Deposited'), amount: t.number, note: t.string }),
    state: t.type({ owner: t.string, balance: t.number, deposits: t.number, last: t.string }),
    initialState: { owner: 'nobody', balance: 0, deposits: 0, last: '' },
    evolve: (state, { amount, note }) => ({
      owner: state.owner,
      balance: state.balance + amount,
      deposits: state.deposits + 1,
      last: note,
    }),
  })

const append = async (store: FollowedStore): Promise<void> => {
  const perAppend = 50
  let next = 0
  const caller = async () => {
    while (next < events) {
      const numbers = Array.from({ length: perAppend }, (_, n) => next + n)
      next += perAppend
      const facts = numbers.map((n) =>
        eventToAppend({
          id: systemEnvironment.newEventId(),
          stream: streamId('account', String(n % streams)),
          type: 'Deposited',
          data: { amount: n % 100, note: `note ${n}` },
        }),
      )
      await orThrow(store.append({ events: facts, expected: [] }))
    }
  }
  await Promise.all(Array.from({ length: 8 }, caller))
}

const median = (figures: ReadonlyArray<number>): number =>
  [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN

/** Events a second, from the first lease to the last place. */
const catchUp = async <Transaction>(
  store: FollowedStore,
  readModels: ReadModels<Transaction>,
  name: string,
): Promise<number> => {
  const balances = balancesOf(name)
  const head = await orThrow(store.head)
  const start = performance.now()
  const running = runProjection(store, readModels, balances, { batchSize })
  await orThrow(waitFor(readModels, balances, head, { timeoutMs: 300_000 }))
  const speed = (events * 1_000) / (performance.now() - start)
  await running.stop()
  await verify(store, readModels, name)
  await orThrow(readModels.drop(balances))
  return speed
}

/** Fails unless the read model is the fold of the log. */
const verify = async <Transaction>(
  store: FollowedStore,
  readModels: ReadModels<Transaction>,
  name: string,
): Promise<void> => {
  const balances = balancesOf(name)
  const { events: history } = await orThrow(store.read(balances.query))
  if (history.length !== events)
    throw new Error(`${history.length} events are recorded instead of ${events}.`)
  const fold = readModelOf(balances)(history)
  if (E.isLeft(fold)) throw new Error(fold.left.reason)
  const kept = await orThrow(readModels.page(balances, streams + 1))
  if (kept.length !== fold.right.size)
    throw new Error(`${kept.length} keys are kept instead of ${fold.right.size}.`)
  for (const { key, state } of kept) {
    if (JSON.stringify(state) !== JSON.stringify(fold.right.get(key)))
      throw new Error(`${key} is not its fold.`)
  }
}

const server = await startPostgres()
const sql = postgres(server.url, { max: 8, onnotice: () => {}, fetch_types: false })
const schema = 'bench_projections'
try {
  await orThrow(migrate(sql, { schema }))
  const store = postgresStore(sql, { schema })
  await append(store)
  await sql.unsafe('vacuum analyze')
  const contenders: Readonly<Record<string, (name: string) => Promise<number>>> = {
    'in memory': (name) => catchUp(store, memoryReadModels(), name),
    'in PostgreSQL': (name) => catchUp(store, postgresReadModels(sql, { schema, searchable: false }), name),
    'in PostgreSQL, searchable': (name) => catchUp(store, postgresReadModels(sql, { schema }), name),
  }
  const figures = new Map<string, Array<number>>()
  for (let round = 1; round <= rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const speed = await run(name)
      figures.set(name, [...(figures.get(name) ?? []), speed])
    }
  }
  for (const [name, speeds] of figures)
    console.log(
      `${name.padEnd(28)} ${Math.round(median(speeds))} events/s of ${speeds.map(Math.round).join(', ')}`,
    )
} finally {
  await sql.unsafe(`drop schema if exists ${schema} cascade`)
  await sql.end()
  await server.stop()
}
