/**
 * One instance of everything that reads and reacts: two versions of a read model, a user's own table, and two process
 * managers. It keeps nothing of its own, so that it can be killed at any moment; it tells only what should not have
 * happened. Handlers and dispatches fail now and then, before their work and after it.
 * Used by: `ReactorProcess`.
 */
import { either as E, taskEither as TE } from 'fp-ts'
import postgres, { type Sql, type TransactionSql } from 'postgres'
import {
  type PostgresReadModels,
  type PostgresStore,
  postgresReadModels,
  postgresStore,
} from '../../../src/adapters/postgres/index.js'
import {
  handle,
  type ProcessEnd,
  type ProjectionHandler,
  rebuild,
  runProcessManager,
  runProjection,
} from '../../../src/run/index.js'
import { beginning } from '../../../src/store/index.js'
import { chanceFrom } from '../Chance.js'
import { fulfilment, ledger, ledgerAnew, postings, Shipments, telling } from './Definitions.js'
import { haveDone } from './Outside.js'

/** What an instance is told at its start. */
export interface ReactorOptions {
  readonly url: string
  readonly outsideUrl: string
  readonly schema: string
  readonly seed: number
  /** The name under which it holds partitions. */
  readonly owner: string
  readonly leaseMs: number
  readonly partitions: number
  /** Whether the second version of the ledger is made beside the first. */
  readonly isRebuilding: boolean
  /** What is wrong with it on purpose, so that the checks can be seen to find it out. */
  readonly mistakes: ReadonlyArray<Mistake>
}

/**
 * `place first`: the place is written in one transaction and what belongs to it in another.
 * `ids anew`: a command that is sent again is sent under another id.
 * `hasty timers`: a timer that is due is sent whether or not the log was read up to then.
 * `stalls`: now and then it stands still before a commit, for longer than its lease. That harms nobody where fences hold.
 */
export type Mistake = 'place first' | 'ids anew' | 'hasty timers' | 'stalls'

/** An instance at work. */
export interface Reactor {
  readonly rebuild: () => void
  /** Finishes what is in hand, and gives the reasons why anything ended that was not asked to. */
  readonly stop: () => Promise<ReadonlyArray<string>>
}

type Keeper = PostgresReadModels<Record<string, never>>

interface Running {
  readonly name: string
  readonly stop: () => Promise<ProcessEnd>
}

export const startReactor = (options: ReactorOptions, ended: (why: string) => void): Reactor => {
  const { url, outsideUrl, schema, seed, owner, leaseMs, partitions, mistakes } = options
  const chance = chanceFrom(seed)
  // Unless told otherwise the driver waits for up to twenty seconds before it looks for a lost server again.
  const own = { fetch_types: false, onnotice: () => {}, connect_timeout: 5, backoff: () => 0.05 }
  const sql = postgres(url, { max: 8, ...own })
  const outside = postgres(outsideUrl, { max: 4, ...own })
  const kept = postgresStore(sql, { schema })
  const store = mistakes.includes('hasty timers') ? withHastyTimers(kept) : kept
  const right = postgresReadModels(sql, { schema, partitions, searchable: false })
  const kind = mistakes.includes('place first') ? placeFirst(sql, schema, right) : right
  const keeper = mistakes.includes('stalls') ? stalling(kind, chance.isLikely, 2 * leaseMs) : kind
  const how = { owner, leaseMs, batchSize: 50, dispatchEveryMs: 200 }
  const all: Array<Running> = []
  const watch = (
    name: string,
    { done, stop }: Omit<Running, 'name'> & { readonly done: Promise<ProcessEnd> },
  ) => {
    all.push({ name, stop })
    done.then(
      (end) => end._tag !== 'Stopped' && ended(`${name} of ${owner}: ${JSON.stringify(end)}`),
      (defect: unknown) => ended(`${name} of ${owner}: ${defect instanceof Error ? defect.stack : defect}`),
    )
  }
  const anew = (): void => watch('ledger 2', rebuild(store, keeper, ledgerAnew, how))

  watch('ledger', runProjection(store, keeper, ledger, how))
  watch('postings', runProjection(store, keeper, postings, { ...how, handle: post(chance.isLikely) }))
  const ask = handle(store, Shipments, { journal: 'ids' })
  const sent = new Set<string>()
  const idOf = (commandId: string): string => {
    const isAgain = sent.has(commandId)
    sent.add(commandId)
    return isAgain && mistakes.includes('ids anew') ? `${commandId}/again` : commandId
  }
  watch(
    'fulfilment',
    runProcessManager(store, keeper, fulfilment, {
      ...how,
      dispatch: (command, context) =>
        faltering(chance.isLikely)(ask(command, { ...context, commandId: idOf(context.commandId) })),
    }),
  )
  watch(
    'telling',
    runProcessManager(store, keeper, telling, {
      ...how,
      dispatch: ({ what }, { commandId }) =>
        faltering(chance.isLikely)(
          TE.tryCatch(
            () => haveDone(outside, idOf(commandId), what),
            () => unavailable,
          ),
        ),
    }),
  )
  if (options.isRebuilding) anew()
  return {
    rebuild: anew,
    stop: async () => {
      const ends = await Promise.all(all.map(async ({ name, stop }) => ({ name, end: await stop() })))
      await Promise.all([sql.end({ timeout: 5 }), outside.end({ timeout: 5 })])
      return ends.flatMap(({ name, end }) => (end._tag === 'Stopped' ? [] : [`${name}: ${end._tag}`]))
    },
  }
}

type IsLikely = (probability: number) => boolean

/** A row for each time that an event is handled, in order; and sums. It throws now and then, before or after. */
const post =
  (isLikely: IsLikely): ProjectionHandler<unknown, { readonly amount: number }, TransactionSql> =>
  async ({ counted }, transaction) => {
    if (isLikely(0.004)) throw new Error('The handler throws before it has written')
    const rows = counted.map(({ key, event, recorded }) => ({
      key,
      position: String(recorded.position),
      amount: event.amount,
    }))
    const json = JSON.stringify(rows)
    await transaction.unsafe(
      `insert into posting (key, position, amount)
       select s.key, s.position, s.amount
       from rows from (json_to_recordset($1::text::json) as (key text, position bigint, amount int))
         with ordinality as s(key, position, amount, nth)
       order by s.nth`,
      [json],
    )
    await transaction.unsafe(
      `insert into tally as t (key, count, sum)
       select s.key, count(*), sum(s.amount)
       from json_to_recordset($1::text::json) as s(key text, amount int) group by s.key order by s.key
       on conflict (key) do update set count = t.count + excluded.count, sum = t.sum + excluded.sum`,
      [json],
    )
    if (isLikely(0.004)) throw new Error('The handler throws after it has written')
  }

/** A failure that may pass, as a dispatch is told of one: before anything was done, or when all was done. */
interface Faltered {
  readonly _tag: 'Unavailable'
}

const unavailable: Faltered = { _tag: 'Unavailable' }

const faltering =
  (isLikely: IsLikely) =>
  <Failure, A>(task: TE.TaskEither<Failure, A>): TE.TaskEither<Failure | Faltered, A> =>
  async () => {
    const faltered = E.left(unavailable)
    if (isLikely(0.01)) return faltered
    const answer = await task()
    return isLikely(0.01) ? faltered : answer
  }

const withHastyTimers = (store: PostgresStore): PostgresStore => ({
  ...store,
  feed: { ...store.feed, positionAt: () => TE.right(beginning) },
})

/** Nothing else of the process goes on either, as if its machine slept: no heartbeat, and no answer is taken. */
const stalling = (keeper: Keeper, isLikely: IsLikely, milliseconds: number): Keeper => ({
  ...keeper,
  commit: (of, commit, within) => () => {
    if (isLikely(0.01)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
    return keeper.commit(of, commit, within)()
  },
})

/** A keeper as many are: the place in one transaction, and what belongs to it in the next, which no fence guards. */
const placeFirst = (sql: Sql, schema: string, keeper: Keeper): Keeper => ({
  ...keeper,
  commit: (of, commit, within) => async () => {
    const { entries } = commit
    const moved = await keeper.commit(of, { ...commit, entries: [] }, within)()
    if (moved._tag === 'Left' || entries.length === 0) return moved
    await new Promise((resolve) => setTimeout(resolve, 40))
    await sql.unsafe(
      `select "${schema}".save_entries($1, $2::text::int, array(select json_array_elements_text($3::text::json)),
         array(select json_array_elements_text($4::text::json)::bigint),
         array(select json_array_elements_text($5::text::json)), null)`,
      [
        of.name,
        String(of.version),
        JSON.stringify(entries.map(({ key }) => key)),
        JSON.stringify(entries.map(({ position }) => String(position))),
        JSON.stringify(entries.map(({ state }) => JSON.stringify(state))),
      ],
    )
    return moved
  },
})
