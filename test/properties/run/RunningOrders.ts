/**
 * What is asked of running process managers, in a world whose time is a number: several instances share the processes,
 * stall, lose answers and die at any call, while orders are placed and paid. At the end one instance is left, which
 * nothing happens to, and what was carried out must be what the log calls for. It is asked of the keeper that is opened,
 * whichever it is.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { type RunningProcess, runProcessManager } from 'decider-ts/run'
import fc from 'fast-check'
import { either as E, taskEither as TE } from 'fp-ts'
import { type Fate, mortalIn, unhindered } from './Mortal.js'
import { type OpenShop, owedByLog, paymentMs, type Shop, shipping, shopInMemory } from './Orders.js'
import { atRest, decidedIds, leaseMs, type Run, stopped } from './OrdersAtWork.js'
import type { VirtualWorld } from './VirtualWorld.js'

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
const played = async (run: Run, open: OpenShop, { asked, lives, batchSize }: Sample): Promise<Ended> => {
  const { world, shop } = open()
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

export const once = (run: Run, open: OpenShop = shopInMemory) =>
  fc.asyncProperty(sample, async (input) => {
    const { shop } = await played(run, open, input)
    const log = await shop.log()
    const expected = owedByLog(log).map(({ id }) => id)
    deepStrictEqual([...(await decidedIds(shop))].sort(), [...expected].sort())
    // Each command that is accepted leaves one event, so a second one would show.
    const left = log.map(({ metadata }) => metadata.commandId).filter((id) => id?.startsWith('shipping/'))
    deepStrictEqual(new Set(left).size, left.length)
    return true
  })

export const inOrder = (run: Run, open: OpenShop = shopInMemory) =>
  fc.asyncProperty(sample, async (input) => {
    const { shop } = await played(run, open, input)
    const calledFor = owedByLog(await shop.log()).filter(({ timer }) => timer === undefined)
    for (const order of ['orders-o1', 'orders-o2', 'orders-o3']) {
      const expected = calledFor.filter(({ key }) => key === order).map(({ id }) => id)
      const first = new Set(shop.sent.map(({ id }) => id).filter((id) => expected.includes(id)))
      deepStrictEqual([...first], expected)
    }
    return true
  })

/** Each order's payment, in the time of the log, says whether its timer fires. */
export const timers = (run: Run, open: OpenShop = shopInMemory) =>
  fc.asyncProperty(sample, async (input) => {
    const { shop } = await played(run, open, input)
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
  open: OpenShop,
  run: (shop: Shop) => Run,
  isEnough: (owed: number) => boolean,
): Promise<Ended & { readonly running: RunningProcess }> => {
  const { world, shop } = open()
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
export const rejections = (run: Run, open: OpenShop = shopInMemory) =>
  fc.asyncProperty(fc.constant(undefined), async () => {
    const { shop, world, running } = await threeOrders(
      open,
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

export const stuck = (change: (run: Run) => Run, open: OpenShop = shopInMemory) =>
  fc.asyncProperty(orders, async (broken) => {
    let mend = (): void => {}
    const { shop, world, running } = await threeOrders(
      open,
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
