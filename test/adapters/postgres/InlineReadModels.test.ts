/**
 * Read models in the transaction of an append, under concurrency: eight writers, keys that are streams and keys that are
 * not, and in the end the read model is the fold of the log. A projection without the locks does not pass.
 */
import { randomUUID } from 'node:crypto'
import { either as E, function as F, option as O, taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  inlineReadModels,
  postgresReadModels,
  postgresStore,
  readModel,
} from '../../../src/adapters/postgres/index.js'
import { projection, readModelOf } from '../../../src/evolve/Projection.js'
import { handle } from '../../../src/run/Handle.js'
import { type InlineReadModels, projectInline } from '../../../src/run/ProjectInline.js'
import { projectingStore } from '../../../src/run/ProjectingStore.js'
import { everything, type StreamId, streamId } from '../../../src/store/index.js'
import { Till, type TillCommand } from '../../properties/run/Till.js'
import { event, type Installed, install, left, only, right, sleep } from './support.js'

let installed: Installed

beforeAll(async () => {
  installed = await install({ max: 10 })
})

afterAll(async () => {
  await installed.end()
})

/** What came in which order: nothing of it can be swapped. */
const traceBy = (key: ((stream: string) => string) | undefined) =>
  projection({
    name: `trace-${randomUUID()}`,
    event: t.type({ type: t.literal('Deposited'), amount: t.number }),
    state: t.array(t.number),
    initialState: [],
    ...(key !== undefined && {
      key: (_: unknown, recorded: { readonly stream: string }) => key(recorded.stream),
    }),
    evolve: (amounts, { amount }) => [...amounts, amount],
  })

type Trace = ReturnType<typeof traceBy>

const put = (till: string, amount: number) => ({ type: 'Put', till, amount }) as TillCommand
const take = (till: string, amount: number) => ({ type: 'Take', till, amount }) as TillCommand

class Undone extends Error {
  constructor(readonly failure: { readonly _tag: string }) {
    super(failure._tag)
  }
}

/** Appends two events and projects them, in one transaction, until it is not busy. */
const deposit = async (
  trace: Trace,
  stream: StreamId,
  amount: number,
  keeperOf: (keeper: InlineReadModels) => InlineReadModels = F.identity,
): Promise<number> => {
  const { sql, schema } = installed
  for (let attempt = 1; ; attempt++) {
    try {
      await sql.begin(async (transaction) => {
        const project = projectInline(keeperOf(inlineReadModels(transaction, { schema })), trace)
        const store = projectingStore(postgresStore(transaction, { schema }), [project])
        const facts = [amount, amount + 0.5].map((each) => event(stream, { data: { amount: each } }))
        const done = await store.append(only(...facts))()
        if (E.isLeft(done)) throw new Undone(done.left)
      })
      return attempt
    } catch (thrown) {
      if (!(thrown instanceof Undone) || thrown.failure._tag !== 'Busy') throw thrown
      await sleep(Math.random() * 10)
    }
  }
}

const streams = Array.from({ length: 6 }, (_, n) => streamId('account', `${n}-${randomUUID()}`))

const depositAll = async (trace: Trace, keeperOf?: (keeper: InlineReadModels) => InlineReadModels) => {
  let next = 0
  const writer = async () => {
    while (next < 120) {
      const n = next++
      const stream = streams[n % streams.length]
      if (stream !== undefined) await deposit(trace, stream, n, keeperOf)
    }
  }
  await Promise.all(Array.from({ length: 8 }, writer))
}

const kept = async (trace: Trace) => {
  const found = await right(
    readModel(installed.sql, trace, { schema: installed.schema }).page({ limit: 1_000 }),
  )
  return new Map(found.map(({ key, state }) => [key, state]))
}

/** The fold of the events that came after a position: each test has a read model of its own, and all have one log. */
const folded = async (trace: Trace, after: bigint) => {
  const { events } = await right(installed.store.read(everything))
  const fold = readModelOf(trace)(events.filter(({ position }) => position > after))
  return E.isRight(fold) ? fold.right : new Map()
}

describe('eight writers', () => {
  test.each([
    ['a key that is the stream', undefined],
    ['a key of three streams', (stream: string) => `group-${Number(stream.charAt(8)) % 2}`],
    ['one key for all', () => 'all'],
  ])('leave the fold of the log behind, with %s', async (_, key) => {
    const trace = traceBy(key)
    const before = await right(installed.store.head)
    await depositAll(trace)
    const states = await kept(trace)
    expect(states).toEqual(await folded(trace, before))
    expect([...states.values()].flat()).toHaveLength(240)
  })

  test('would not, if nobody waited', async () => {
    const trace = traceBy(() => 'all')
    const before = await right(installed.store.head)
    const { sql, schema } = installed
    // Holds nothing, and looks with the eyes of the pool.
    const careless = (keeper: InlineReadModels): InlineReadModels => ({
      ...keeper,
      hold: (of, keys) =>
        F.pipe(
          keeper.hold(of, []),
          TE.chain(() => postgresReadModels(sql, { schema }).load(of, keys)),
          TE.map(({ entries }) => entries),
        ),
    })
    await depositAll(trace, careless)
    expect(await kept(trace)).not.toEqual(await folded(trace, before))
  })
})

describe('a projection in a transaction', () => {
  test('is gone with it', async () => {
    const trace = traceBy(undefined)
    const { sql, schema } = installed
    const stream = streamId('account', `gone-${randomUUID()}`)
    const back = new Error('taken back')
    await sql
      .begin(async (transaction) => {
        const store = postgresStore(transaction, { schema })
        await right(store.append(only(event(stream))))
        const { events } = await right(store.readStream(stream))
        await right(projectInline(inlineReadModels(transaction, { schema }), trace)(events))
        throw back
      })
      .catch((thrown) => expect(thrown).toBe(back))
    expect(await right(readModel(sql, trace, { schema }).get(stream))).toEqual(O.none)
  })

  test('is where a decision is: what handle appends is projected, and a rejection writes nothing', async () => {
    const { sql, schema } = installed
    const balance = projection({
      name: `balance-${randomUUID()}`,
      event: t.type({ type: t.keyof({ PutIn: null, Taken: null }), amount: t.Int }),
      state: t.number,
      initialState: 0,
      evolve: (sum, { type, amount }) => sum + (type === 'PutIn' ? amount : -amount),
    })
    const till = randomUUID()
    const answers = []
    for (const command of [put(till, 5), take(till, 9), take(till, 2)]) {
      const answer = await sql.begin(async (transaction) => {
        const project = projectInline(inlineReadModels(transaction, { schema }), balance)
        const store = projectingStore(postgresStore(transaction, { schema }), [project])
        return handle(store, Till)(command)()
      })
      answers.push(E.isRight(answer) ? 'accepted' : answer.left._tag)
    }
    expect(answers).toEqual(['accepted', 'Rejected', 'accepted'])
    const found = await right(readModel(sql, balance, { schema }).page({ limit: 10 }))
    expect(found.map(({ state }) => state)).toEqual([3])
  })

  test('refuses what was projected before, or is earlier, and writes nothing', async () => {
    const trace = traceBy(undefined)
    const { sql, schema, store } = installed
    const stream = streamId('account', `twice-${randomUUID()}`)
    await deposit(trace, stream, 7)
    const { events } = await right(store.readStream(stream))
    await sql.begin(async (transaction) => {
      const project = projectInline(inlineReadModels(transaction, { schema }), trace)
      expect(await left(project(events))).toMatchObject({ _tag: 'Busy' })
      expect(await left(project(events.slice(1)))).toMatchObject({ _tag: 'Busy' })
    })
    expect(await right(readModel(sql, trace, { schema }).get(stream))).toEqual(O.some([7, 7.5]))
  })

  test('needs a transaction, READ COMMITTED, and a read model that nobody leases', async () => {
    const { sql, schema } = installed
    const of = { name: `leased-${randomUUID()}`, version: 1 }
    const refused = (path: string) => ({ _tag: 'InvalidInput', path })
    expect(await left(inlineReadModels(sql, { schema }).hold(of, ['k']))).toMatchObject(
      refused('transaction'),
    )
    await sql
      .begin('isolation level repeatable read', async (transaction) => {
        expect(await left(inlineReadModels(transaction, { schema }).hold(of, ['k']))).toMatchObject(
          refused('connection'),
        )
      })
      .catch(() => {})
    await right(postgresReadModels(sql, { schema }).lease(of, 'a', 60_000))
    await sql.begin(async (transaction) => {
      expect(await left(inlineReadModels(transaction, { schema }).hold(of, ['k']))).toMatchObject(
        refused('name'),
      )
      const inline = { ...of, version: 2 }
      await right(inlineReadModels(transaction, { schema }).hold(inline, ['k']))
    })
    expect(
      await left(postgresReadModels(sql, { schema }).lease({ ...of, version: 2 }, 'a', 60_000)),
    ).toMatchObject(refused('name'))
  })
})
