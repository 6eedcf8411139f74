/**
 * Who projects, and who reacts, is held up by no transaction of a stranger, however long it is open and whatever it has
 * written; and by an append of its own log that stays open at what stands above it, and nowhere else.
 */

import { taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { postgresReadModels } from '../../../src/adapters/postgres/index.js'
import { projection, readModelOf } from '../../../src/evolve/Projection.js'
import { processDefinition, setTimer } from '../../../src/run/ProcessDefinition.js'
import { runProcessManager } from '../../../src/run/RunProcessManager.js'
import { runProjection } from '../../../src/run/RunProjection.js'
import { waitFor } from '../../../src/run/WaitFor.js'
import { everything, type GlobalPosition, type StreamId } from '../../../src/store/index.js'
import { openTransaction } from './Follower.js'
import { connect, event, type Installed, install, left, newStream, only, right, sleep } from './support.js'

let sql: Sql

beforeAll(() => {
  sql = connect({ max: 8 })
})
afterAll(() => sql.end())

const Deposited = t.type({ type: t.literal('Deposited'), amount: t.number })
const Thank = t.type({ type: t.literal('Thank'), amount: t.number, nth: t.number })

const amounts = projection({
  name: 'amounts',
  event: Deposited,
  state: t.array(t.number),
  initialState: [],
  evolve: (before, { amount }) => [...before, amount],
})

const thanking = processDefinition({
  name: 'thanking',
  event: Deposited,
  command: Thank,
  state: t.null,
  manager: {
    initialState: null,
    evolve: () => null,
    react: (_state, { amount }) =>
      amount < timedFrom ? [1, 2].map((nth) => ({ type: 'Thank' as const, amount, nth })) : [],
    pending: () => [],
    isTerminal: () => false,
  },
  deadlines: (_state, { amount }) =>
    amount < timedFrom ? [] : [setTimer('late', 400, { type: 'Thank', amount, nth: 1 })],
})

/** From this amount on there is a timer, and nothing else. */
const timedFrom = 100

interface AtWork extends Installed {
  readonly keeper: ReturnType<typeof postgresReadModels>
  /** Appends an amount to a stream, and tells how far the log then reaches. */
  readonly deposit: (stream: StreamId, amount: number) => Promise<GlobalPosition>
  /** Resolves once both commands for an amount were sent. */
  readonly thanked: (amount: number) => Promise<void>
  /** Has the sending wait until the answer is called. */
  readonly holdSending: () => () => void
}

/** A log, and a projection and a process manager at work on it, in one schema. */
const atWork = async (): Promise<AtWork> => {
  const installed = await install({ max: 10 })
  const { store, schema } = installed
  const keeper = postgresReadModels(installed.sql, { schema, partitions: 4 })
  const sent = new Map<number, number>()
  const waiting = new Map<number, () => void>()
  let mayGo: Promise<void> = Promise.resolve()
  const projecting = runProjection(store, keeper, amounts, { owner: 'projecting' })
  const reacting = runProcessManager(store, keeper, thanking, {
    owner: 'reacting',
    dispatch: ({ amount }) =>
      TE.fromTask(async () => {
        await mayGo
        sent.set(amount, (sent.get(amount) ?? 0) + 1)
        if (sent.get(amount) === 2) waiting.get(amount)?.()
      }),
  })
  onTestFinished(async () => {
    expect(await projecting.stop()).toEqual({ _tag: 'Stopped' })
    expect(await reacting.stop()).toEqual({ _tag: 'Stopped' })
    await installed.end()
  })
  return {
    ...installed,
    keeper,
    deposit: async (stream, amount) =>
      (await right(store.append(only(event(stream, { data: { amount } }))))).lastPosition,
    thanked: (amount) =>
      new Promise((resolve) => {
        waiting.set(amount, resolve)
        if (sent.get(amount) === 2) resolve()
      }),
    holdSending: () => {
      let go = (): void => {}
      mayGo = new Promise((resolve) => {
        go = resolve
      })
      return go
    },
  }
}

/** An append that was rolled back leaves a gap, so that whoever reads on has to ask whose it is. */
const gapIn = async (schema: string): Promise<void> => {
  const dead = await openTransaction(sql, schema)
  await dead.append(only(event(newStream())))
  await dead.end('rollback')
}

const isFold = async ({ store, keeper }: AtWork, streams: ReadonlyArray<StreamId>): Promise<void> => {
  const { events } = await right(store.read(everything))
  const fold = readModelOf(amounts)(events)
  const { entries } = await right(keeper.load(amounts, streams))
  expect({ _tag: 'Right', right: new Map(entries.map(({ key, state }) => [key, state])) }).toEqual(fold)
}

/** What a stranger does in a transaction that he then leaves open; the answer ends it. */
type Stranger = (work: AtWork) => Promise<() => Promise<unknown>>

const inTransaction =
  (begin: string, statement: (schema: string) => string): Stranger =>
  async ({ schema }) => {
    const stranger = await openTransaction(sql, schema, begin)
    await stranger.run(statement(schema))
    return () => stranger.end('commit')
  }

/** A handler of another projection, in the same tables, that takes its time. */
const slowHandler: Stranger = async ({ keeper }) => {
  const other = { name: 'another', version: 1 }
  const leases = await right(keeper.lease(other, 'slow', 60_000))
  let end = (): void => {}
  let committed: Promise<unknown> = Promise.resolve()
  await new Promise<void>((isOpen) => {
    const moves = leases.map((lease) => ({ ...lease, to: lease.upTo }))
    const commit = { owner: 'slow', moves, entries: [], parked: [] }
    const handler = async (): Promise<void> => {
      isOpen()
      await new Promise<void>((resolve) => {
        end = resolve
      })
    }
    committed = right(keeper.commit(other, commit, handler))
  })
  return () => {
    end()
    return committed
  }
}

const appendElsewhere: Stranger = async () => {
  const elsewhere = await install({ max: 1 })
  const writer = await openTransaction(sql, elsewhere.schema)
  await writer.append(only(event(newStream())))
  return async () => {
    await writer.end('commit')
    await elsewhere.end()
  }
}

describe('a transaction of a stranger that stays open', () => {
  test.each<readonly [string, Stranger]>([
    [
      'and has written to a table of his own',
      inTransaction('begin', (schema) => `create table "${schema}".own as select 1 as n`),
    ],
    [
      'and looks at an old snapshot of what is kept',
      inTransaction(
        'begin isolation level repeatable read',
        (schema) => `select count(*) from "${schema}".read_model_entry, "${schema}".event`,
      ),
    ],
    ['and appends to another log', appendElsewhere],
    ['and is the commit of another projection', slowHandler],
  ])('%s delays no projection and no process manager', async (_, stranger) => {
    const work = await atWork()
    const streams = [newStream(), newStream()] as const
    await right(waitFor(work.keeper, amounts, await work.deposit(streams[0], 1)))
    const end = await stranger(work)
    await gapIn(work.schema)
    await work.deposit(streams[0], 2)
    await work.deposit(streams[1], 3)
    const head = await right(work.store.head)
    await right(waitFor(work.keeper, amounts, head))
    await right(waitFor(work.keeper, thanking, head))
    for (const amount of [1, 2, 3]) await work.thanked(amount)
    await isFold(work, streams)
    await end()
  })
})

describe('an append that stays open', () => {
  test('holds back what stands above it, and neither what stands below nor what is owed already', async () => {
    const work = await atWork()
    const { keeper } = work
    const [one, two] = [newStream(), newStream()]
    const go = work.holdSending()
    const below = await right(work.store.append(only(event(one, { data: { amount: 1 } }))))
    await right(waitFor(keeper, thanking, below.lastPosition))
    const slow = await openTransaction(sql, work.schema)
    await slow.append(only(event(two, { data: { amount: 2 } })))
    const above = await right(work.store.append(only(event(one, { data: { amount: 3 } }))))
    await right(waitFor(keeper, amounts, below.lastPosition))
    go()
    await work.thanked(1)
    for (const of of [amounts, thanking])
      expect(await left(waitFor(keeper, of, above.lastPosition, { timeoutMs: 20 }))).toEqual({
        _tag: 'NotYet',
        place: below.lastPosition,
      })
    await slow.end('commit')
    for (const of of [amounts, thanking]) await right(waitFor(keeper, of, above.lastPosition))
    for (const amount of [2, 3]) await work.thanked(amount)
    await isFold(work, [one, two])
  })

  test('keeps timers from firing, and nothing else from being sent', async () => {
    const work = await atWork()
    const { keeper, store } = work
    const [one, two] = [newStream(), newStream()]
    const go = work.holdSending()
    const below = await right(
      store.append(only(event(one, { data: { amount: timedFrom } }), event(two, { data: { amount: 1 } }))),
    )
    await right(waitFor(keeper, thanking, below.lastPosition))
    const slow = await openTransaction(sql, work.schema)
    await slow.append(only(event(newStream(), { data: { amount: 2 } })))
    await right(store.append(only(event(newStream(), { data: { amount: 3 } }))))
    // Whoever asks where the log was at the time of the timer waits for the append that is open.
    while ((await right(keeper.nextDueAt(thanking))) !== undefined) await sleep(5)
    go()
    await work.thanked(1)
    const owedTimers = async () => (await right(keeper.owed(thanking))).map(({ timer }) => timer)
    while ((await owedTimers()).length > 1) await sleep(5)
    expect(await owedTimers()).toEqual(['late'])
    await slow.end('commit')
    while ((await owedTimers()).length > 0) await sleep(5)
  })

  test('and is rolled back holds back nothing from then on', async () => {
    const work = await atWork()
    const stream = newStream()
    const slow = await openTransaction(sql, work.schema)
    await slow.append(only(event(newStream(), { data: { amount: 1 } })))
    const above = await right(work.store.append(only(event(stream, { data: { amount: 2 } }))))
    await slow.end('rollback')
    for (const of of [amounts, thanking]) await right(waitFor(work.keeper, of, above.lastPosition))
    await work.thanked(2)
    await isFold(work, [stream])
  })
})
