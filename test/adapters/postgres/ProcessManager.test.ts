/**
 * A process manager at work on PostgreSQL: orders, their journal, the processes and what they owe in one database. Two
 * instances share the work, one of them is left behind in the middle of it, and what was carried out is compared with
 * what the log calls for.
 */
import { either as E } from 'fp-ts'
import type { TransactionSql } from 'postgres'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { postgresReadModels } from '../../../src/adapters/postgres/index.js'
import { handle } from '../../../src/run/Handle.js'
import { setTimer } from '../../../src/run/ProcessDefinition.js'
import { type ProcessKeeper, runProcessManager } from '../../../src/run/RunProcessManager.js'
import { everything, type RecordedEvent, streamIdFrom } from '../../../src/store/index.js'
import { Orders, owedByLog, shipping } from '../../properties/run/Orders.js'
import { openTransaction } from './Follower.js'
import { event, type Installed, install, only, right, sleep } from './support.js'

let installed: Installed
let keeper: ReturnType<typeof postgresReadModels>

beforeAll(async () => {
  installed = await install({ max: 8 })
  keeper = postgresReadModels(installed.sql, { schema: installed.schema, partitions: 4 })
})

afterAll(async () => {
  await installed.end()
})

/** The payment is due in a moment. */
const hasty: typeof shipping = {
  ...shipping,
  deadlines: (seen, event) =>
    event.type === 'Placed'
      ? [setTimer('payment', 300, { type: 'Expire', order: event.order })]
      : shipping.deadlines(seen, event),
}

const logOf = async (): Promise<ReadonlyArray<RecordedEvent>> =>
  (await right(installed.store.read(everything))).events

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let looks = 0; looks < 500; looks++) {
    if (await holds()) return
    await sleep(20)
  }
  throw new Error('It did not come to that in ten seconds.')
}

/** A keeper whose answers stop coming at the n-th commit, and of which nothing is heard any more. */
const leftBehind = (at: number): { readonly keeper: ProcessKeeper<TransactionSql> } => {
  let commits = 0
  const never = () => new Promise<never>(() => {})
  return {
    keeper: {
      ...(keeper as ProcessKeeper<TransactionSql>),
      commit: (of, commit, within) => async () => {
        commits += 1
        if (commits > at) return never()
        const answer = await keeper.commit(of, commit, within)()
        return commits === at ? never() : answer
      },
      settle: (of, settled) => (commits >= at ? never : keeper.settle(of, settled)),
      due: (of, owner, limit) => (commits >= at ? never : keeper.due(of, owner, limit)),
      lease: (of, owner, leaseMs) => (commits >= at ? never : keeper.lease(of, owner, leaseMs)),
    },
  }
}

describe('a process manager at work', () => {
  test('has every command carried out once, and its timers fire once or never', async () => {
    const { store } = installed
    const ask = handle(store, Orders, { journal: 'ids' })
    const sent: Array<string> = []
    const options = {
      leaseMs: 1_000,
      dispatchEveryMs: 50,
      dispatch: (command: Parameters<typeof ask>[0], context: { readonly commandId: string }) => {
        sent.push(context.commandId)
        return ask(command, context)
      },
    }
    const orders = Array.from({ length: 12 }, (_, nth) => `o${nth}`)
    const first = runProcessManager(store, leftBehind(2).keeper, hasty, { ...options, owner: 'the first' })
    for (const order of orders) await right(ask({ type: 'Place', order }))
    for (const order of orders.slice(0, 6)) await right(ask({ type: 'Pay', order }))
    const second = runProcessManager(store, keeper, hasty, { ...options, owner: 'the second' })
    await until(async () => {
      const log = await logOf()
      const [place, owed] = [await right(keeper.place(hasty)), await right(keeper.owed(hasty))]
      const asked = log.filter(({ type }) => type === 'Placed' || type === 'Paid')
      return asked.length === 18 && owed.length === 0 && place >= (log.at(-1)?.position ?? 0n)
    })
    expect(await second.stop()).toEqual({ _tag: 'Stopped' })
    void first.stop()
    void first.stop()
    const log = await logOf()
    const owed = owedByLog(log, hasty).map(({ id }) => id)
    const decided = await right(store.decisions?.page(1_000) ?? (async () => E.right([])))
    const ids = decided.map(({ commandId }) => commandId).filter((id) => id.startsWith('shipping/'))
    expect([...ids].sort()).toEqual([...owed].sort())
    expect([...new Set(sent)].sort()).toEqual([...owed].sort())
    // Each command that is accepted leaves one event, so a second one would show.
    const left = log.map(({ metadata }) => metadata.commandId).filter((id) => id?.startsWith('shipping/'))
    expect(new Set(left).size).toBe(left.length)
    // Three commands of each order that was paid, and a timer of each that was not.
    expect(owed.length).toBeGreaterThanOrEqual(6 * 3 + 6)
    const refused = await right(keeper.refused(hasty))
    expect(refused.filter(({ id }) => id.includes('/1/'))).toHaveLength(6)
    for (const { refusal, isStuck } of refused)
      expect([refusal, isStuck]).toEqual(['{"type":"AlreadyPaid"}', false])
  })

  /** Found by the run of reading and reacting, which is where transactions end around deadlines all the time. */
  test('waits with a timer for a payment that is recorded in time and committed after the deadline', async () => {
    const { store, schema, sql, end } = await install({ max: 8 })
    onTestFinished(end)
    const ask = handle(store, Orders, { journal: 'ids' })
    const ownKeeper = postgresReadModels(sql, { schema, partitions: 4 })
    let looks = 0
    const looked: typeof keeper = {
      ...ownKeeper,
      due: (of, owner, limit) => async () => {
        const due = await ownKeeper.due(of, owner, limit)()
        if (E.isRight(due) && due.right.some(({ dueAt }) => dueAt !== undefined)) looks += 1
        return due
      },
    }
    const sent: Array<string> = []
    const running = runProcessManager(store, looked, hasty, {
      dispatchEveryMs: 20,
      dispatch: (command, context) => {
        sent.push(command.type)
        return ask(command, context)
      },
    })
    await right(ask({ type: 'Place', order: 'late' }))
    const slow = await openTransaction(sql, schema)
    await slow.append(only(event(streamIdFrom('orders-late'), { type: 'Paid', data: { order: 'late' } })))
    await until(async () => looks > 0)
    await slow.end('commit')
    await until(async () => {
      const head = await right(store.head)
      const [place, owed] = [await right(ownKeeper.place(hasty)), await right(ownKeeper.owed(hasty))]
      return sent.length >= 3 && owed.length === 0 && place >= head
    })
    expect(await running.stop()).toEqual({ _tag: 'Stopped' })
    // The decider would refuse it, but it is not even asked.
    expect(sent).toEqual(['Ship', 'Refund', 'Thank'])
  })
})
