/**
 * How fast a read model in PostgreSQL catches up with a log: pages of the feed, folded and committed with their places,
 * beside the same pages folded in memory alone. It fails when the read model is not the fold of the log, never because
 * it was slow. Run it with `npx tsx --tsconfig tsconfig.base.json bench/projections.ts` after `npm run build`.
 */
import { parseArgs } from 'node:util'
import {
  anyVersion,
  beginning,
  type EventToAppend,
  eventToAppend,
  globalPosition,
  projection,
  readModelOf,
  streamId,
  systemEnvironment,
  toStream,
} from 'decider-ts'
import { migrate, postgresReadModels, postgresStore } from 'decider-ts/adapters/postgres'
import type { Entry, Lease } from 'decider-ts/run'
import { either as E, option as O, type taskEither as TE } from 'fp-ts'
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
const [events, streams, batch, rounds] = [
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

const balances = projection({
  name: 'balances',
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
type Balance = typeof balances.initialState

const server = await startPostgres()
const sql = postgres(server.url, { max: 8, onnotice: () => {}, fetch_types: false })
const schema = 'bench_projections'

const append = async (): Promise<void> => {
  const store = postgresStore(sql, { schema })
  const perAppend = 50
  let next = 0
  const caller = async () => {
    while (next < events) {
      const first = next
      next += perAppend
      const stream = streamId('account', String((first / perAppend) % streams))
      const facts: ReadonlyArray<EventToAppend> = Array.from({ length: perAppend }, (_, n) =>
        eventToAppend({
          id: systemEnvironment.newEventId(),
          stream: streamId('account', String((first + n) % streams)),
          type: 'Deposited',
          data: { amount: (first + n) % 100, note: `note ${first + n}` },
        }),
      )
      await orThrow(store.append({ events: facts, expected: [] }))
      void [stream, toStream, anyVersion]
    }
  }
  await Promise.all(Array.from({ length: 8 }, caller))
}

/** Pages of the feed, each given to `receive`, with the next one read ahead. */
const catchUp = async (receive: (page: Page) => Promise<void>): Promise<void> => {
  const { feed } = postgresStore(sql, { schema })
  const pageAfter = (place: bigint) => orThrow(feed.page(balances.query, globalPosition(place), batch))
  let ahead = pageAfter(beginning)
  for (;;) {
    const page = await ahead
    const isLast = page.beyond !== 'more'
    if (!isLast) ahead = pageAfter(page.upTo)
    await receive(page)
    if (isLast) return
  }
}
type Page = Awaited<ReturnType<ReturnType<ReturnType<typeof postgresStore>['feed']['page']>>> extends E.Either<unknown, infer A> ? A : never

/** The states of the keys of a page after it, each with the last position that counted. */
const folded = (page: Page, before: ReadonlyMap<string, Balance>): ReadonlyMap<string, Entry> => {
  const states = new Map(before)
  const entries = new Map<string, Entry>()
  for (const recorded of page.events) {
    const decoded = balances.event.decode(recorded)
    if (E.isLeft(decoded)) throw new Error(decoded.left.reason)
    for (const key of balances.keysOf(decoded.right, recorded)) {
      const state = balances.evolve(states.get(key) ?? balances.initialState, decoded.right)
      states.set(key, state)
      entries.set(key, { key, state, position: recorded.position })
    }
  }
  return entries
}

const timed = async (act: () => Promise<void>): Promise<number> => {
  const start = performance.now()
  await act()
  return (events * 1_000) / (performance.now() - start)
}

const inMemory = async (): Promise<number> => {
  const states = new Map<string, Balance>()
  return timed(() =>
    catchUp(async (page) => {
      for (const { key, state } of folded(page, states).values()) states.set(key, state as unknown as Balance)
    }),
  )
}

const keysOf = (page: Page): ReadonlyArray<string> => [...new Set(page.events.map(({ stream }) => stream as string))]

const inPostgres = async (version: number, searchable: boolean): Promise<number> => {
  const readModels = postgresReadModels(sql, { schema, searchable })
  const of = { name: balances.name, version }
  let leases: ReadonlyArray<Lease> = await orThrow(readModels.lease(of, 'bench', 60_000))
  const spent = { load: 0, fold: 0, commit: 0 }
  const speed = await timed(() =>
    catchUp(async (page) => {
      const began = performance.now()
      const { entries } = await orThrow(readModels.load(of, keysOf(page)))
      const loaded = performance.now()
      const states = new Map(entries.map(({ key, state }) => [key, state as unknown as Balance]))
      const after = folded(page, states)
      const done = performance.now()
      await orThrow(
        readModels.commit(of, {
          owner: 'bench',
          moves: leases.map((lease) => ({ ...lease, to: page.upTo })),
          entries: [...after.values()],
          parked: [],
        }),
      )
      spent.load += loaded - began
      spent.fold += done - loaded
      spent.commit += performance.now() - done
      leases = leases.map((lease) => ({ ...lease, upTo: page.upTo }))
    }),
  )
  console.log(Object.entries(spent).map(([name, ms]) => `${name} ${Math.round(ms)} ms`).join(', '))
  await verify(readModels, version)
  return speed
}

/** Fails unless the read model is the fold of the log. */
const verify = async (readModels: ReturnType<typeof postgresReadModels>, version: number): Promise<void> => {
  const history: Array<Page['events'][number]> = []
  await catchUp(async (page) => {
    history.push(...page.events)
  })
  if (history.length !== events) throw new Error(`${history.length} events are recorded instead of ${events}.`)
  const fold = readModelOf(balances)(history)
  if (E.isLeft(fold)) throw new Error(fold.left.reason)
  let count = 0
  let after: string | undefined
  for (;;) {
    const page = await orThrow(readModels.page({ name: balances.name, version }, 5_000, after))
    for (const { key, state } of page) {
      if (JSON.stringify(state) !== JSON.stringify(fold.right.get(key))) throw new Error(`${key} is not its fold.`)
    }
    count += page.length
    after = page.at(-1)?.key
    if (page.length < 5_000) break
  }
  if (count !== fold.right.size) throw new Error(`${count} keys are kept instead of ${fold.right.size}.`)
  void O
}

try {
  await orThrow(migrate(sql, { schema }))
  await append()
  for (let round = 1; round <= rounds; round++) {
    const memory = await inMemory()
    const plain = await inPostgres(round * 2, false)
    const searchable = await inPostgres(round * 2 + 1, true)
    console.log(`round ${round}: folded in memory ${Math.round(memory)}/s, kept ${Math.round(plain)}/s, kept and searchable ${Math.round(searchable)}/s`)
    await sql.unsafe(`vacuum analyze`)
  }
} finally {
  await sql.unsafe(`drop schema if exists ${schema} cascade`)
  await sql.end()
  await server.stop()
}
