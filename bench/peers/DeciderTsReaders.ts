/**
 * How decider-ts reads its log: a subscription, and projections with their read model in memory or in PostgreSQL, all with
 * their defaults. A projection has dealt with an event when the commit that counts it is acknowledged; that is seen by
 * looking at the pages it reads and at the commits it makes, without changing either.
 */
import {
  type FollowedStore,
  type GlobalPosition,
  projection,
  type ReadModels,
  runProjection,
  subscribe,
} from 'decider-ts'
import { memoryReadModels } from 'decider-ts/adapters/memory'
import { postgresReadModels, postgresStore } from 'decider-ts/adapters/postgres'
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import postgres, { type Sql } from 'postgres'
import { AddedCodec } from './Codec.js'
import { poolSize } from './Contender.js'
import type { Added } from './Domain.js'
import { countInMemory, type Dealt, type OpenReader } from './Reader.js'

const schema = 'decider'

const connect = (url: string) => {
  const sql = postgres(url, { max: poolSize, onnotice: () => undefined })
  return { sql, store: postgresStore(sql, { schema }), close: () => sql.end() }
}

/** `counter-s1` is the stream that the log's writer called `s1`. */
const nameOf = (stream: string): string => stream.slice('counter-'.length)

export const openSubscription: OpenReader = (url) => {
  const { store, close } = connect(url)
  const { counts, count } = countInMemory()
  return {
    read: async (dealt) => {
      const subscription = subscribe(store)
      const reading = (async () => {
        for await (const batch of subscription) {
          if (E.isLeft(batch)) throw new Error(batch.left._tag)
          const { events } = batch.right
          for (const { stream } of events) count(nameOf(stream))
          dealt(events.map(({ data }) => (data as Added).key))
        }
      })()
      return async () => {
        await subscription.stop()
        await reading
      }
    },
    counts,
    close,
  }
}

const counted = projection({
  name: 'counted',
  event: AddedCodec,
  state: t.type({ events: t.number, last: t.string }),
  initialState: { events: 0, last: '' },
  evolve: ({ events }, { key }) => ({ events: events + 1, last: key }),
})

/** More than there are streams. */
const streamsMax = 1_000_000

const openProjection =
  <Transaction>(readModelsOf: (sql: Sql) => ReadModels<Transaction>): OpenReader =>
  (url) => {
    const { sql, store, close } = connect(url)
    const readModels = readModelsOf(sql)
    return {
      read: async (dealt) => {
        const watched = watchCommits(store, readModels, dealt)
        const running = runProjection(watched.store, watched.readModels, counted)
        return async () => {
          await running.stop()
        }
      },
      counts: async () => {
        const page = await readModels.page(counted, streamsMax)()
        if (E.isLeft(page)) throw new Error(page.left._tag)
        return new Map(
          page.right.map(({ key, state }) => [nameOf(key), (state as { events: number }).events]),
        )
      },
      close,
    }
  }

/** Events that were read wait for the commit that reaches them. */
const watchCommits = <Transaction>(
  { feed }: FollowedStore,
  readModels: ReadModels<Transaction>,
  dealt: Dealt,
) => {
  let waiting: Array<{ readonly position: GlobalPosition; readonly key: string }> = []
  let newest = 0n
  const page: FollowedStore['feed']['page'] = (query, after, limit) =>
    F.pipe(
      feed.page(query, after, limit),
      TE.map((found) => {
        for (const { position, data } of found.events)
          if (position > newest) waiting.push({ position, key: (data as Added).key })
        newest = waiting.at(-1)?.position ?? newest
        return found
      }),
    )
  const reach = (to: GlobalPosition | undefined) => () => {
    const end = waiting.findIndex(({ position }) => position > (to ?? 0n))
    const reached = end < 0 ? waiting : waiting.slice(0, end)
    waiting = end < 0 ? [] : waiting.slice(end)
    dealt(reached.map(({ key }) => key))
  }
  const commit: ReadModels<Transaction>['commit'] = (of, what, within) =>
    F.pipe(
      readModels.commit(of, what, within),
      TE.chainFirstIOK(() => reach(what.moves[0]?.to)),
    )
  return { store: { feed: { ...feed, page } }, readModels: { ...readModels, commit } }
}

export const openMemoryProjection: OpenReader = openProjection(() => memoryReadModels())

export const openKeyedProjection: OpenReader = openProjection((sql) =>
  postgresReadModels(sql, { schema, searchable: false }),
)

export const openSearchableProjection: OpenReader = openProjection((sql) =>
  postgresReadModels(sql, { schema }),
)
