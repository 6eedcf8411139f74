/**
 * The laws of running process managers, in a world whose time is a number: several instances share the processes, stall,
 * lose answers and die at any call, while orders are placed and paid. At the end one instance is left, which nothing
 * happens to, and what was carried out must be what the log calls for.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { type OwedCommand, type RunningProcess, runProcessManager } from 'decider-ts/run'
import { beginning } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, taskEither as TE } from 'fp-ts'
import { describe } from 'vitest'
import { law } from '../Law.js'
import { type Fate, mortalIn, unhindered } from './Mortal.js'
import { owedByLog, paymentMs, type Shop, shipping, shopIn } from './Orders.js'
import { atRest, decidedIds, leaseMs, type ProcessKeeper, type Run, stopped } from './OrdersAtWork.js'
import { type VirtualWorld, virtualWorld } from './VirtualWorld.js'

interface Asked {
  readonly type: 'Place' | 'Pay'
  readonly order: string
  readonly afterMs: number
}

interface Life {
  readonly startMs: number
  readonly fate: Fate
  readonly stopsAfterMs: number
}

interface Sample {
  readonly asked: ReadonlyArray<Asked>
  readonly lives: ReadonlyArray<Life>
  readonly batchSize: number
}

const fate: fc.Arbitrary<Fate> = fc.record(
  {
    delaysMs: fc.array(fc.constantFrom(0, 1, 3, 20, 700, 7_000), {
      minLength: 1,
      maxLength: 12,
      size: 'max',
    }),
    failures: fc.array(fc.constantFrom('none', 'none', 'none', 'before', 'after'), {
      minLength: 1,
      maxLength: 9,
      size: 'max',
    }),
    diesAt: fc.nat(120),
  },
  { requiredKeys: ['delaysMs', 'failures'] },
)

const sample: fc.Arbitrary<Sample> = fc.record({
  asked: fc.array(
    fc.record({
      type: fc.constantFrom('Place', 'Pay'),
      order: fc.constantFrom('o1', 'o2', 'o3'),
      afterMs: fc.constantFrom(0, 0, 5, 2_000, 9_000, 10_000, 15_000),
    }),
    { minLength: 1, maxLength: 8, size: 'max' },
  ),
  lives: fc.array(
    fc.record({
      startMs: fc.integer({ min: 0, max: 40_000 }),
      fate,
      stopsAfterMs: fc.integer({ min: 0, max: 60_000 }),
    }),
    { maxLength: 3, size: 'max' },
  ),
  batchSize: fc.integer({ min: 1, max: 5 }),
})

interface Ended {
  readonly world: VirtualWorld
  readonly shop: Shop
}

/** Plays a sample until everything that is owed was carried out, by an instance to which nothing happens. */
const played = async (run: Run, { asked, lives, batchSize }: Sample): Promise<Ended> => {
  const world = virtualWorld()
  const shop = shopIn(world)
  const begin = (owner: string, itsFate: Fate): RunningProcess => {
    const mortal = mortalIn(world, shop.store, shop.keeper, itsFate)
    const running = run(mortal.store, mortal.keeper, shipping, {
      owner,
      batchSize,
      leaseMs,
      environment: mortal.environment,
      dispatch: mortal.dispatching(shop.dispatch),
    })
    return running
  }
  let toBegin = lives.length
  lives.forEach(({ startMs, fate: itsFate, stopsAfterMs }, nth) => {
    void world.sleep(startMs).then(async () => {
      const running = begin(`owner ${nth}`, itsFate)
      await world.sleep(stopsAfterMs)
      toBegin -= 1
      void running.stop()
    })
  })
  let toAsk = asked.length
  void (async () => {
    for (const { type, order, afterMs } of asked) {
      await world.sleep(afterMs)
      await shop.ask(type, order)
      toAsk -= 1
    }
  })()
  await world.passUntil(() => toBegin === 0 && toAsk === 0)
  const last = begin('the last one', unhindered)
  await atRest(world, shop)
  await stopped(world, last)
  return { world, shop }
}

const once = (run: Run) =>
  fc.asyncProperty(sample, async (input) => {
    const { shop } = await played(run, input)
    const log = await shop.log()
    const expected = owedByLog(log).map(({ id }) => id)
    deepStrictEqual([...(await decidedIds(shop))].sort(), [...expected].sort())
    // Each command that is accepted leaves one event, so a second one would show.
    const left = log.map(({ metadata }) => metadata.commandId).filter((id) => id?.startsWith('shipping/'))
    deepStrictEqual(new Set(left).size, left.length)
    return true
  })

const inOrder = (run: Run) =>
  fc.asyncProperty(sample, async (input) => {
    const { shop } = await played(run, input)
    const calledFor = owedByLog(await shop.log()).filter(({ timer }) => timer === undefined)
    for (const order of ['orders-o1', 'orders-o2', 'orders-o3']) {
      const expected = calledFor.filter(({ key }) => key === order).map(({ id }) => id)
      const first = new Set(shop.sent.map(({ id }) => id).filter((id) => expected.includes(id)))
      deepStrictEqual([...first], expected)
    }
    return true
  })

/** Each order's payment, in the time of the log, says whether its timer fires. */
const timers = (run: Run) =>
  fc.asyncProperty(sample, async (input) => {
    const { shop } = await played(run, input)
    const log = await shop.log()
    const fired = new Set(shop.sent.filter(({ command }) => command.type === 'Expire').map(({ id }) => id))
    for (const placed of log.filter(({ type }) => type === 'Placed')) {
      const dueAt = placed.recordedAt + paymentMs
      const isTakenBack = log.some(
        ({ type, stream, position, recordedAt }) =>
          (type === 'Paid' || type === 'Placed') &&
          stream === placed.stream &&
          position > placed.position &&
          recordedAt < dueAt,
      )
      const id = `shipping/${placed.id}/0/${placed.stream}`
      deepStrictEqual(fired.has(id), !isTakenBack, `${id}, due at ${dueAt}`)
    }
    return true
  })

/** The runner with another keeper, or with other options. */
const runWith =
  (
    keeperOf: (keeper: ProcessKeeper) => ProcessKeeper,
    optionsOf: (options: Parameters<Run>[3]) => Parameters<Run>[3] = (options) => options,
  ): Run =>
  (store, keeper, process, options) =>
    runProcessManager(store, keeperOf(keeper), process, optionsOf(options))

const forgetful = runWith((keeper) => ({
  ...keeper,
  commit: (of, { owing: _owing, ...commit }) => keeper.commit(of, commit),
}))

const withNewIds = (): Run => {
  let nth = 0
  return runWith(
    (keeper) => keeper,
    (options) => ({
      ...options,
      dispatch: (command, context) => {
        nth += 1
        return options.dispatch(command, { ...context, commandId: `${context.commandId}/${nth}` })
      },
    }),
  )
}

/** The last first, and all of a key at once. */
const outOfOrder = runWith((keeper) => ({
  ...keeper,
  due: (of, owner, limit) =>
    TE.chain((due: ReadonlyArray<OwedCommand>) =>
      TE.map((owed: ReadonlyArray<OwedCommand>) =>
        [...owed].reverse().filter(({ key }) => due.some((one) => one.key === key)),
      )(keeper.owed(of)),
    )(keeper.due(of, owner, limit)),
}))

const cancellingNothing = runWith((keeper) => ({
  ...keeper,
  commit: (of, { owing, ...commit }) =>
    keeper.commit(of, { ...commit, ...(owing && { owing: { ...owing, cancelled: [] } }) }),
}))

const notWaitingForTheLog: Run = (store, keeper, process, options) =>
  runProcessManager(
    { ...store, feed: { ...store.feed, positionAt: () => TE.right(beginning) } },
    keeper,
    process,
    options,
  )

/** Commands of some orders have nowhere to go until somebody mends that. */
const mendedIn = (broken: ReadonlySet<string>, shop: Shop): { run: Run; mend: () => void } => {
  let isMended = false
  return {
    mend: () => {
      isMended = true
    },
    run: (store, keeper, process, options) =>
      runProcessManager(store, keeper, process, {
        ...options,
        dispatch: (command, context) =>
          broken.has(command.order) && !isMended
            ? TE.left({ _tag: 'NoRoute', order: command.order })
            : shop.dispatch(command, context),
      }),
  }
}

const orders = fc.subarray(['o1', 'o2', 'o3'])

/** Places and pays three orders, and waits until nothing is owed that can be sent. */
const threeOrders = async (
  run: (shop: Shop) => Run,
  isEnough: (owed: number) => boolean,
): Promise<Ended & { readonly running: RunningProcess }> => {
  const world = virtualWorld()
  const shop = shopIn(world)
  const { environment, store, keeper } = mortalIn(world, shop.store, shop.keeper, unhindered)
  for (const order of ['o1', 'o2', 'o3']) {
    await shop.ask('Place', order)
    await shop.ask('Pay', order)
  }
  const running = run(shop)(store, keeper, shipping, {
    owner: 'me',
    leaseMs,
    environment,
    dispatch: shop.dispatch,
  })
  await atRest(world, shop, isEnough)
  return { world, shop, running }
}

const refusedIn = async ({ keeper }: Shop) => {
  const refused = await keeper.refused(shipping)()
  return E.isRight(refused) ? refused.right : []
}

/** `Refund` is rejected each time, and `Thank` comes behind it. */
const rejections = (run: Run) =>
  fc.asyncProperty(fc.constant(undefined), async () => {
    const { shop, world, running } = await threeOrders(
      () => run,
      (owed) => owed === 0,
    )
    await stopped(world, running)
    const refused = await refusedIn(shop)
    deepStrictEqual(
      refused.map(({ command, refusal, isStuck }) => [command, refusal, isStuck]),
      ['o1', 'o2', 'o3'].map((order) => [{ type: 'Refund', order }, '{"type":"AlreadyPaid"}', false]),
    )
    deepStrictEqual(shop.sent.filter(({ command }) => command.type === 'Refund').length, 3)
    deepStrictEqual(shop.sent.filter(({ command }) => command.type === 'Thank').length, 3)
    return true
  })

const stuck = (change: (run: Run) => Run) =>
  fc.asyncProperty(orders, async (broken) => {
    let mend = (): void => {}
    const { shop, world, running } = await threeOrders(
      (where) => {
        const mended = mendedIn(new Set(broken), where)
        mend = mended.mend
        return change(mended.run)
      },
      (owed) => owed <= 2 * broken.length,
    )
    const sentOf = (order: string) =>
      shop.sent.filter(({ command }) => command.order === order).map(({ command }) => command.type)
    for (const order of ['o1', 'o2', 'o3'])
      deepStrictEqual(sentOf(order), broken.includes(order) ? [] : ['Ship', 'Refund', 'Thank'])
    const held = (await refusedIn(shop)).filter(({ isStuck }) => isStuck)
    deepStrictEqual(
      held.map(({ command }) => command),
      broken.map((order) => ({ type: 'Ship', order })),
    )
    mend()
    await shop.keeper.resend(
      shipping,
      held.map(({ id }) => id),
    )()
    await atRest(world, shop)
    await stopped(world, running)
    for (const order of ['o1', 'o2', 'o3']) deepStrictEqual(sentOf(order), ['Ship', 'Refund', 'Thank'])
    return true
  })

const withVerdict =
  (verdict: 'rejected' | 'stuck') =>
  (run: Run): Run =>
  (store, keeper, process, options) =>
    run(store, keeper, process, { ...options, verdict: () => verdict })

describe('laws', () => {
  law('RPM-1 once', once(runProcessManager))
  law.rejects('RPM-1', 'a commit without what is owed', once(forgetful))
  law.rejects('RPM-1', 'ids that are made anew', once(withNewIds()))
  law('RPM-2 in order', inOrder(runProcessManager))
  law.rejects('RPM-2', 'all commands of a key at once', inOrder(outOfOrder))
  law('RPM-3 timers', timers(runProcessManager))
  law.rejects('RPM-3', 'timers that are not taken back', timers(cancellingNothing))
  law.rejects('RPM-3', 'timers that do not wait for the log', timers(notWaitingForTheLog), { numRuns: 1_000 })
  law('RPM-4 rejections', rejections(runProcessManager), { numRuns: 1 })
  law.rejects(
    'RPM-4',
    'rejections that hold up their key',
    rejections(withVerdict('stuck')(runProcessManager)),
    {
      numRuns: 1,
    },
  )
  law(
    'RPM-5 stuck',
    stuck((run) => run),
    { numRuns: 20 },
  )
  law.rejects('RPM-5', 'later commands that overtake', stuck(withVerdict('rejected')), { numRuns: 20 })
})
