/**
 * The published suite of projections on `runProjection`, with the keeper in memory and the one in PostgreSQL: the library's
 * own runner is a subject like anyone's. It is stopped before a commit and after it, it begins again, it has a twin, and
 * its read model is made anew while it is read.
 */
import { memoryReadModels, memoryStore } from 'decider-ts/adapters/memory'
import { postgresReadModels } from 'decider-ts/adapters/postgres'
import { type Projection, projection } from 'decider-ts/evolve'
import { type LogEntry, type OpenProjection, projectionSuite, type StopPoint } from 'decider-ts/harness'
import { type FollowedStore, type ReadModelId, type ReadModels, rebuild, runProjection } from 'decider-ts/run'
import { beginning, matches, type RecordedEvent, timestamp, version } from 'decider-ts/store'
import { either as E, taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installed, install } from '../adapters/postgres/support.js'
import { failuresOf } from './zoo/Failures.js'

const Noted = t.type({ type: t.literal('Noted'), name: t.keyof({ ann: null, bob: null }), n: t.Int })
type Noted = t.TypeOf<typeof Noted>
type Notes = Readonly<Record<string, ReadonlyArray<number>>>

const notes = (name: string, nth: number): Projection<ReadonlyArray<number>, Noted> =>
  projection({
    name,
    version: nth,
    event: Noted,
    state: t.readonlyArray(t.number),
    key: ({ name }) => name,
    // A note that cannot be read is of the stream that is made for such notes, and concerns nobody else.
    parkUnder: ({ stream }) => stream,
    initialState: [],
    evolve: (state, { n }) => [...state, n],
  })

const expected = {
  initialState: {} as Notes,
  evolve: (state: Notes, { name, n }: Noted): Notes => ({ ...state, [name]: [...(state[name] ?? []), n] }),
}

const recordedOf = ({ id, position, stream, event }: LogEntry<Noted>): RecordedEvent => ({
  id,
  position,
  stream,
  version: version(position),
  type: event.type,
  schemaVersion: 1,
  tags: [],
  data: { name: event.name, n: event.n },
  metadata: {},
  recordedAt: timestamp(0),
})

/** A log that is what was delivered so far. */
const deliveredLog = () => {
  const log: Array<RecordedEvent> = []
  const listeners = new Set<() => void>()
  const store: FollowedStore = {
    ...memoryStore(),
    head: TE.fromIO(() => log.at(-1)?.position ?? beginning),
    feed: {
      page: (query, after, limit) =>
        TE.fromIO(() => {
          const found = log.filter((event) => event.position > after && matches(query)(event))
          const events = found.slice(0, limit)
          const end = log.at(-1)?.position ?? beginning
          const last = found.length > limit ? (events.at(-1)?.position ?? after) : end
          return {
            events,
            upTo: last > after ? last : after,
            beyond: found.length > limit ? 'more' : 'nothing',
          } as const
        }),
      onRecorded: (wake) => {
        listeners.add(wake)
        return () => void listeners.delete(wake)
      },
      positionAt: () => TE.right(beginning),
    },
  }
  return {
    store,
    deliver: (entries: ReadonlyArray<LogEntry<Noted>>) => {
      for (const entry of entries)
        if (entry.position > (log.at(-1)?.position ?? beginning)) log.push(recordedOf(entry))
      for (const wake of listeners) wake()
    },
  }
}

/** A keeper that can be stopped before a commit and after it. */
const stoppable = <Transaction>(
  readModels: ReadModels<Transaction>,
  point: StopPoint,
): ReadModels<Transaction> => ({
  ...readModels,
  commit: (of, commit, within) => async () => {
    await point('about to commit')
    const answer = await readModels.commit(of, commit, within)()
    await point('committed')
    return answer
  },
})

let samples = 0

const opening =
  <Transaction>(open: () => ReadModels<Transaction>) =>
  async (point: StopPoint): Promise<OpenProjection<Noted, Notes>> => {
    const log = deliveredLog()
    const readModels = open()
    const keeper = stoppable(readModels, point)
    const name = `notes ${samples++}`
    let live = 1
    const begin = (owner: string, nth = live) => {
      const running = runProjection(log.store, keeper, notes(name, nth), {
        owner,
        batchSize: 2,
        leaseMs: 60_000,
      })
      // Whoever delivers looks at it; until then nobody does.
      running.done.catch(() => undefined)
      return running
    }
    let running = begin('one')
    const others: Array<ReturnType<typeof begin>> = []
    const reaches = async (end: bigint): Promise<void> => {
      for (;;) {
        const place = await readModels.place(notes(name, live))()
        if (E.isRight(place) && place.right >= end) return
        if (running.status().state === 'ended') await running.done
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const deliver = async (batch: ReadonlyArray<LogEntry<Noted>>): Promise<void> => {
      log.deliver(batch)
      await reaches(batch.at(-1)?.position ?? beginning)
    }
    return {
      deliver,
      read: async () => {
        const page = await readModels.page(notes(name, live), 100)()
        return E.isRight(page)
          ? Object.fromEntries(page.right.map(({ key, state }) => [key, state as ReadonlyArray<number>]))
          : {}
      },
      crash: async () => {
        void running.stop()
        await running.stop().catch(() => undefined)
        const place = await readModels.place(notes(name, live))()
        running = begin('one')
        return E.isRight(place) ? place.right : beginning
      },
      rebuild: async () => {
        const next = rebuild(log.store, readModels, notes(name, live + 1), { batchSize: 2, lookEveryMs: 1 })
        await next.live
        await next.stop()
        live += 1
        await running.stop()
        running = begin('one')
      },
      twin: async () => {
        others.push(begin('two'))
        return { deliver }
      },
      close: async () => {
        for (const each of [running, ...others]) await each.stop().catch(() => undefined)
      },
    }
  }

const checksOf = <Transaction>(open: () => ReadModels<Transaction>, runs: number) =>
  projectionSuite({
    name: 'notes',
    open: opening(open),
    expected,
    event: Noted,
    poison: [{ type: 'Noted', name: 'ann', n: 'many' }],
    eventsMax: 6,
    runs,
  })

const inMemory = () => memoryReadModels({ partitions: 4 })

let installed: Installed

beforeAll(async () => {
  installed = await install({ max: 8 })
})

afterAll(() => installed.end())

const inPostgres = () => postgresReadModels(installed.sql, { schema: installed.schema, partitions: 4 })

test('a running projection passes the suite of projections', async () => {
  expect(await failuresOf(checksOf(inMemory, 20))).toEqual([])
})

test('and in PostgreSQL too', async () => {
  expect(await failuresOf(checksOf(inPostgres, 6))).toEqual([])
})

test('one whose keeper forgets the entries between two batches does not', async () => {
  const forgetful = () => {
    const keeper = inMemory()
    return { ...keeper, load: (of: ReadModelId) => keeper.load(of, []) }
  }
  const laws = (await failuresOf(checksOf(forgetful, 20))).map(({ law }) => law)
  expect(laws).toContain('projection.batching')
})
