/**
 * What a process manager at work does about dispatching that fails, and how it ends: each in a scene, in a world whose
 * time is a number.
 */
import type { MemoryReadModels } from 'decider-ts/adapters/memory'
import {
  type Feed,
  type OwedCommand,
  type ProcessEnd,
  type RunningProcess,
  runProcessManager,
  type Settled,
} from 'decider-ts/run'
import { globalPosition } from 'decider-ts/store'
import { either as E, taskEither as TE } from 'fp-ts'
import { describe, expect, test } from 'vitest'
import { mortalIn, unhindered } from './Mortal.js'
import { type OrderCommand, paymentMs, type Shop, shipping, shopIn } from './Orders.js'
import { atRest, leaseMs, stopped } from './OrdersAtWork.js'
import { type VirtualWorld, virtualWorld } from './VirtualWorld.js'

type Options = Parameters<typeof runProcessManager<string[], never, OrderCommand, unknown>>[3]

/** One order that was placed and paid. */
const scene = async (options: (shop: Shop) => Partial<Options>, change: Partial<MemoryReadModels> = {}) => {
  const world = virtualWorld()
  const shop = shopIn(world)
  await shop.ask('Place', 'o1')
  await shop.ask('Pay', 'o1')
  const keeper = { ...shop.keeper, ...change }
  const { environment, store } = mortalIn(world, shop.store, keeper, unhindered)
  const refused: Array<readonly [OwedCommand, Settled]> = []
  const running = runProcessManager(store, keeper, shipping, {
    owner: 'me',
    leaseMs,
    environment,
    dispatch: shop.dispatch,
    onRefused: (command, settled) => refused.push([command, settled]),
    ...options(shop),
  })
  return { world, shop, running, refused }
}

const endOf = async (world: VirtualWorld, running: RunningProcess): Promise<ProcessEnd | string> => {
  let end: ProcessEnd | string | undefined
  running.done.then(
    (ended) => {
      end = ended
    },
    (defect: unknown) => {
      end = String(defect)
    },
  )
  await world.passUntil(() => end !== undefined)
  return end ?? ''
}

const refusedIn = async ({ keeper }: Shop) => {
  const refused = await keeper.refused(shipping)()
  return E.isRight(refused) ? refused.right : []
}

describe('dispatching', () => {
  test('sends again what fails for a while, under the same id, and tells of it', async () => {
    const ids: Array<string> = []
    const { world, shop, running } = await scene((where) => ({
      dispatch: (command, context) => {
        ids.push(context.commandId)
        return ids.length < 4
          ? TE.left({ _tag: 'Unavailable', outcome: 'unknown', reason: 'lost', cause: new Error('lost') })
          : where.dispatch(command, context)
      },
    }))
    await world.passUntil(() => running.status().retried.length > 0)
    expect(running.status().retried).toMatchObject([
      { key: 'orders-o1', attempts: 1, reason: '{"_tag":"Unavailable","outcome":"unknown","reason":"lost"}' },
    ])
    await atRest(world, shop)
    expect(running.status()).toMatchObject({ sending: 0, retried: [] })
    await stopped(world, running)
    expect(ids).toHaveLength(3 + 3)
    expect(new Set(ids.slice(0, 4)).size).toBe(1)
  })

  test('takes over what a predecessor owed as soon as its partition is free, however rarely it looks', async () => {
    const { world, shop, running } = await scene(() => ({
      dispatch: () => () => new Promise<never>(() => {}),
    }))
    await world.passUntil(() => running.status().sending > 0)
    void running.stop()
    await running.stop()
    const { environment, store, keeper } = mortalIn(world, shop.store, shop.keeper, unhindered)
    const next = runProcessManager(store, keeper, shipping, {
      ...{ owner: 'next', leaseMs, environment, dispatchEveryMs: 3_600_000 },
      dispatch: shop.dispatch,
    })
    await world.passUntil(() => shop.sent.length > 0, 3 * leaseMs)
    await stopped(world, next)
  })

  test('leaves no wait behind when it has ended, however long it was to wait', async () => {
    const { world, running } = await scene(() => ({
      dispatch: () => TE.left({ _tag: 'Busy', reason: 'at the moment' }),
      retryDispatch: { attemptsMax: 9, delayMs: () => 60_000 },
    }))
    await world.passUntil(() => running.status().retried.length > 0)
    await stopped(world, running)
    let isOver = false
    void world.sleep(1).then(() => {
      isOver = true
    })
    await world.passUntil(() => isOver)
    expect(world.waits()).toBe(0)
  })

  test('gives up at what throws, after five times', async () => {
    let times = 0
    const { world, shop, running, refused } = await scene(() => ({
      dispatch: () => {
        times += 1
        throw new Error('a bug')
      },
    }))
    await atRest(world, shop, (owed) => owed === 2)
    await world.passUntil(() => refused.length > 0)
    await stopped(world, running)
    expect(times).toBe(5)
    expect(await refusedIn(shop)).toMatchObject([
      { command: { type: 'Ship' }, refusal: 'Thrown in the dispatch: Error: a bug', isStuck: true },
    ])
    expect(refused.map(([{ command }, { isStuck }]) => [command, isStuck])).toEqual([
      [{ type: 'Ship', order: 'o1' }, true],
    ])
  })

  test('gives up where the policy does', async () => {
    const { world, shop, running } = await scene(() => ({
      dispatch: () => TE.left({ _tag: 'Busy', reason: 'at the moment' }),
      retryDispatch: { attemptsMax: 2, delayMs: () => 1 },
    }))
    await atRest(world, shop, (owed) => owed === 2)
    await stopped(world, running)
    expect(await refusedIn(shop)).toMatchObject([{ isStuck: true }])
  })

  test('sends one command of a key at a time, and no more than it may in all', async () => {
    let underWay = 0
    let most = 0
    const world = virtualWorld()
    const shop = shopIn(world)
    for (const order of ['o1', 'o2', 'o3', 'o4']) {
      await shop.ask('Place', order)
      await shop.ask('Pay', order)
    }
    const { environment, store, keeper } = mortalIn(world, shop.store, shop.keeper, unhindered)
    const running = runProcessManager(store, keeper, shipping, {
      ...{ owner: 'me', leaseMs, environment, dispatchMax: 3 },
      dispatch: (command, context) => async () => {
        underWay += 1
        most = Math.max(most, underWay)
        await world.sleep(100)
        underWay -= 1
        return shop.dispatch(command, context)()
      },
    })
    await atRest(world, shop)
    await stopped(world, running)
    expect(most).toBe(3)
    expect(shop.sent).toHaveLength(12)
  })
})

describe('timers that wait for the log to be read', () => {
  /** Many orders whose payment is due, and a paid one behind them; from some time on an append is open in the log. */
  const openAppend = async (answer: 'comes when it has ended' | 'says that it is busy') => {
    const world = virtualWorld()
    const shop = shopIn(world)
    for (let nth = 0; nth < 100; nth++) await shop.ask('Place', `unpaid${nth}`)
    await shop.ask('Place', 'paid')
    await shop.ask('Pay', 'paid')
    let isOver = false
    const isOpen = (): boolean => world.now() >= 5_000 && !isOver
    const { environment, store, keeper } = mortalIn(world, shop.store, shop.keeper, unhindered)
    let asked = 0
    let most = 0
    const positionAt: typeof store.feed.positionAt = (time) => async () => {
      if (!isOpen()) return store.feed.positionAt(time)()
      asked += 1
      most = Math.max(most, asked)
      do await world.sleep(3)
      while (answer === 'comes when it has ended' && isOpen())
      asked -= 1
      return E.left({ _tag: 'Busy', reason: 'an append is open' })
    }
    const running = runProcessManager({ ...store, feed: { ...store.feed, positionAt } }, keeper, shipping, {
      ...{ owner: 'me', leaseMs, environment },
      // The shipping works again when all the others are due.
      dispatch: (command, context) => async (): Promise<E.Either<unknown, unknown>> =>
        command.type === 'Ship' && world.now() < 20_000
          ? E.left({ _tag: 'Busy', reason: 'at the moment' })
          : shop.dispatch(command, context)(),
    })
    const end = (): void => {
      isOver = true
    }
    return { world, shop, running, most: () => most, end }
  }

  test.each(['comes when it has ended', 'says that it is busy'] as const)(
    'hold up no other command where the answer %s, and it is asked by one at a time',
    async (answer) => {
      const { world, shop, running, most, end } = await openAppend(answer)
      await world.passUntil(() => shop.sent.some(({ command }) => command.type === 'Thank'), 120_000)
      expect(shop.sent.map(({ command }) => command.type)).toEqual(['Ship', 'Refund', 'Thank'])
      expect(most()).toBe(1)
      end()
      await stopped(world, running)
      expect(await running.done).toEqual({ _tag: 'Stopped' })
    },
  )
})

describe('a process manager at work ends', () => {
  test('when the outbox will not be asked, and says so', async () => {
    const error = { _tag: 'InvalidInput', path: 'owner', reason: 'is nobody' } as const
    const { world, running } = await scene(() => ({}), { due: () => TE.left(error) })
    expect(await endOf(world, running)).toEqual({ _tag: 'OutboxFailed', error })
    expect(running.status()).toMatchObject({ state: 'ended', end: { _tag: 'OutboxFailed' } })
  })

  test('with the defect of a keeper', async () => {
    const { world, running } = await scene(() => ({}), {
      due: () => () => Promise.reject(new Error('a bug of the keeper')),
    })
    expect(await endOf(world, running)).toBe('Error: a bug of the keeper')
  })

  test('once what is being sent has been answered and crossed off', async () => {
    const { world, shop, running } = await scene((where) => ({
      dispatch: (command, context) => async () => {
        await where.dispatch(command, context)()
        void running.stop()
        return E.right(undefined)
      },
    }))
    expect(await endOf(world, running)).toEqual({ _tag: 'Stopped' })
    const owed = await shop.keeper.owed(shipping)()
    expect(E.isRight(owed) && owed.right.map(({ index }) => index)).toEqual([1, 2])
  })

  test('at once when it is asked twice, whatever is being sent', async () => {
    const { world, running } = await scene(() => ({
      dispatch: () => () => new Promise<never>(() => {}),
    }))
    await world.passUntil(() => running.status().sending === 1)
    void running.stop()
    void running.stop()
    expect(await endOf(world, running)).toEqual({ _tag: 'StoppedByForce' })
  })
})

/** One order that was placed and is not paid, on a log that is followed in another way. */
const unpaid = async (
  change: (feed: Feed) => Partial<Feed>,
  options: (shop: Shop) => Partial<Options> = () => ({}),
) => {
  const world = virtualWorld()
  const shop = shopIn(world)
  await shop.ask('Place', 'o1')
  const { environment, store, keeper } = mortalIn(world, shop.store, shop.keeper, unhindered)
  const followed = { ...store, feed: { ...store.feed, ...change(shop.store.feed) } }
  const running = runProcessManager(followed, keeper, shipping, {
    ...{ owner: 'me', leaseMs, environment, dispatch: shop.dispatch },
    ...options(shop),
  })
  return { world, shop, running }
}

describe('a timer that is due', () => {
  /**
   * Found by the run of reading and reacting: the payment is recorded in time, in a transaction that ends after the
   * deadline, and another order stands above it in the log by then.
   */
  test('waits for what was in flight when it became due, though later events are to be seen', async () => {
    let inFlight = false
    let asked = 0
    let ended = (): void => {}
    const ending = new Promise<void>((resolve) => {
      ended = resolve
    })
    const { world, shop, running } = await unpaid((feed) => ({
      page: (query, after, limit) => async () => {
        const page = await feed.page(query, after, limit)()
        if (!inFlight || E.isLeft(page)) return page
        const events = page.right.events.filter(({ position }) => position < 2n)
        return E.right({ events, upTo: after > 1n ? after : globalPosition(1n), beyond: 'unsettled' })
      },
      positionAt: (time) => async () => {
        asked += 1
        // The first later event that can be seen stands above the payment, and the one before it is the first of all.
        if (inFlight && time <= world.now()) return E.right(globalPosition(1n))
        if (inFlight) await ending
        return feed.positionAt(time)()
      },
    }))
    await world.passUntil(() => world.now() >= paymentMs / 2)
    inFlight = true
    await shop.ask('Pay', 'o1')
    await world.passUntil(() => world.now() >= paymentMs)
    await shop.ask('Place', 'o2')
    await world.passUntil(() => asked > 0)
    expect(shop.sent).toEqual([])
    inFlight = false
    ended()
    await atRest(world, shop)
    await stopped(world, running)
    const types = shop.sent.map(({ command }) => `${command.type} ${command.order}`)
    expect(types.filter((what) => what.startsWith('Expire'))).toEqual(['Expire o2'])
    expect(types).toContain('Ship o1')
  })

  test('holds up no other key while it waits, however few commands may be sent at a time', async () => {
    let inFlight = false
    const { world, shop, running } = await unpaid(
      (feed) => ({
        positionAt: (time) => async () => {
          while (inFlight) await world.sleep(10)
          return feed.positionAt(time)()
        },
      }),
      (where) => ({
        dispatchMax: 1,
        dispatch: (command, context) => async () => {
          await world.sleep(100)
          return where.dispatch(command, context)()
        },
      }),
    )
    await world.passUntil(() => world.now() >= paymentMs - 50)
    inFlight = true
    await shop.ask('Place', 'o2')
    await shop.ask('Pay', 'o2')
    await world.passUntil(() => shop.sent.length === 3)
    expect(shop.sent.map(({ command }) => `${command.type} ${command.order}`)).toEqual([
      'Ship o2',
      'Refund o2',
      'Thank o2',
    ])
    inFlight = false
    await atRest(world, shop)
    await stopped(world, running)
    expect(shop.sent).toHaveLength(4)
  })

  test('ends a process manager whose log will not be asked, and whose log has a defect', async () => {
    const error = { _tag: 'InvalidInput', path: 'connection', reason: 'leads to a standby server' } as const
    const refusing = await unpaid(() => ({ positionAt: () => TE.left(error) }))
    expect(await endOf(refusing.world, refusing.running)).toEqual({ _tag: 'OutboxFailed', error })
    const broken = await unpaid(() => ({
      positionAt: () => () => Promise.reject(new Error('a bug of the log')),
    }))
    expect(await endOf(broken.world, broken.running)).toBe('Error: a bug of the log')
  })

  test('is asked about again where the log is busy', async () => {
    let asked = 0
    const { world, shop, running } = await unpaid((feed) => ({
      positionAt: (time) => async () => {
        asked += 1
        return asked < 3 ? E.left({ _tag: 'Busy', reason: 'at the moment' }) : feed.positionAt(time)()
      },
    }))
    await atRest(world, shop)
    await stopped(world, running)
    expect(asked).toBe(3)
    expect(shop.sent.map(({ command }) => command.type)).toEqual(['Expire'])
  })
})
