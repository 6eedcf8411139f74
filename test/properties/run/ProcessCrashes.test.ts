/**
 * A process manager that is killed at each of its calls in turn, before the call and after it; and what people do with
 * one: mend a process that was set aside, and let a new version take over.
 */
import { answeredUpTo, owingOf, replayParked, runProcessManager, unaccounted } from 'decider-ts/run'
import { either as E, taskEither as TE } from 'fp-ts'
import { describe, expect, test } from 'vitest'
import { mortalIn, unhindered } from './Mortal.js'
import { type OrderCommand, owedByLog, type Shop, shipping, shopIn } from './Orders.js'
import { atRest, decidedIds, leaseMs, stopped } from './OrdersAtWork.js'
import { type VirtualWorld, virtualWorld } from './VirtualWorld.js'

type Shipping = typeof shipping

const begin = (
  world: VirtualWorld,
  shop: Shop,
  owner: string,
  { diesAt, process = shipping }: { readonly diesAt?: number; readonly process?: Shipping } = {},
) => {
  const fate = { ...unhindered, ...(diesAt !== undefined && { diesAt }) }
  const mortal = mortalIn(world, shop.store, shop.keeper, fate)
  const running = runProcessManager(mortal.store, mortal.keeper, process, {
    owner,
    leaseMs,
    environment: mortal.environment,
    dispatch: mortal.dispatching(shop.dispatch),
  })
  return { running, mortal }
}

/** One order is paid in time, one is not, and one is paid while the process manager is dead, before its time is over. */
const killedAt = async (diesAt: number): Promise<boolean> => {
  const world = virtualWorld()
  const shop = shopIn(world)
  const { mortal, running } = begin(world, shop, 'the first', { diesAt })
  const asking = (async () => {
    await shop.ask('Place', 'o1')
    await shop.ask('Place', 'o2')
    await shop.ask('Place', 'o3')
    await world.sleep(50)
    await shop.ask('Pay', 'o1')
    await world.sleep(9_000)
    await shop.ask('Pay', 'o3')
    await world.sleep(20_000)
  })()
  let isAsked = false
  void asking.then(() => {
    isAsked = true
  })
  await world.passUntil(() => isAsked)
  await stopped(world, running, mortal.isDead)
  const second = begin(world, shop, 'the second')
  await atRest(world, shop)
  await stopped(world, second.running)
  const log = await shop.log()
  const expected = owedByLog(log).map(({ id }) => id)
  expect([...(await decidedIds(shop))].sort(), `killed at ${diesAt}`).toEqual([...expected].sort())
  const typesOf = (order: string) => log.filter(({ stream }) => stream === order).map(({ type }) => type)
  expect(typesOf('orders-o1')).toEqual(['Placed', 'Paid', 'Shipped', 'Thanked'])
  expect(typesOf('orders-o2')).toEqual(['Placed', 'Expired'])
  expect(typesOf('orders-o3')).toEqual(['Placed', 'Paid', 'Shipped', 'Thanked'])
  return mortal.isDead()
}

describe('a process manager that is killed', () => {
  test('at any of its calls carries everything out once', async () => {
    let diesAt = 0
    while (diesAt < 1_000 && (await killedAt(diesAt))) diesAt += 1
    expect(diesAt).toBeGreaterThan(60)
    expect(diesAt).toBeLessThan(1_000)
  })
})

/** It throws at `Paid`, as long as it is not mended. */
const throwing: Shipping = {
  ...shipping,
  react: (seen, event) => {
    if (event.type === 'Paid') throw new Error('not thought of')
    return shipping.react(seen, event)
  },
}

describe('a process with the longest key that there may be', () => {
  test('has its commands carried out once, like any other', async () => {
    const world = virtualWorld()
    const shop = shopIn(world)
    const order = '\u6f22'.repeat(512 - 'orders-'.length)
    await shop.ask('Place', order)
    await shop.ask('Pay', order)
    const { running } = begin(world, shop, 'the only one')
    await atRest(world, shop)
    await stopped(world, running)
    expect((await shop.log()).map(({ type }) => type)).toEqual(['Placed', 'Paid', 'Shipped', 'Thanked'])
    const refused = await shop.keeper.refused(shipping)()
    expect(E.isRight(refused) && refused.right.map(({ refusal }) => refusal)).toEqual([
      '{"type":"AlreadyPaid"}',
    ])
  })
})

describe('a process manager that throws', () => {
  test('has its process set aside, and what that owes is owed when it is mended', async () => {
    const world = virtualWorld()
    const shop = shopIn(world)
    await shop.ask('Place', 'o1')
    await shop.ask('Pay', 'o1')
    const first = begin(world, shop, 'the first', { process: throwing })
    await atRest(world, shop, () => true)
    await stopped(world, first.running)
    expect(shop.sent).toEqual([])
    const parked = await shop.keeper.parked(shipping)()
    expect(E.isRight(parked) && parked.right.map(({ key, reason }) => [key, reason])).toEqual([
      ['orders-o1', 'Thrown in `evolve`: Error: not thought of'],
    ])
    await replayParked(shop.keeper, shipping, 'orders-o1', { owing: owingOf(shipping) })()
    const second = begin(world, shop, 'the second')
    await atRest(world, shop)
    await stopped(world, second.running)
    expect(shop.sent.map(({ command }) => command.type)).toEqual(['Ship', 'Refund', 'Thank'])
    // The payment had taken the timer back.
    expect((await shop.log()).map(({ type }) => type)).toEqual(['Placed', 'Paid', 'Shipped', 'Thanked'])
  })
})

describe('another version', () => {
  const second: Shipping = { ...shipping, version: 2 }

  const takenOver = async (isQuiet: boolean) => {
    const world = virtualWorld()
    const shop = shopIn(world)
    await shop.ask('Place', 'o1')
    await shop.ask('Pay', 'o1')
    await shop.ask('Place', 'o2')
    const old = begin(world, shop, 'the old one')
    // The timer of the second order is owed still.
    await atRest(world, shop, (owed) => owed === 1)
    await stopped(world, old.running)
    await shop.ask('Place', 'o3')
    await shop.ask('Pay', 'o3')
    const before = shop.sent.length
    const from = await answeredUpTo(shop.keeper, shipping)()
    const { environment, store, keeper } = mortalIn(world, shop.store, shop.keeper, unhindered)
    const running = runProcessManager(store, keeper, second, {
      leaseMs,
      owner: 'the new one',
      environment,
      dispatch: shop.dispatch,
      ...(isQuiet && E.isRight(from) && { quietUpTo: from.right }),
    })
    await atRest(world, {
      ...shop,
      keeper: {
        ...shop.keeper,
        place: () => shop.keeper.place(second),
        owed: () => shop.keeper.owed(second),
      },
    })
    await stopped(world, running)
    return { shop, sent: shop.sent.slice(before).map(({ command }) => `${command.type} ${command.order}`) }
  }

  const expected = ['Ship o3', 'Refund o3', 'Thank o3', 'Expire o2']

  test('takes over where the old one has ended, timers included', async () => {
    const { sent } = await takenOver(true)
    expect(sent).toEqual(expected)
  })

  test('that begins anew sends everything again, under ids that are known', async () => {
    const { shop, sent } = await takenOver(false)
    expect(sent).toHaveLength(expected.length + 3)
    const types = (await shop.log()).map(({ type, stream }) => `${type} ${stream}`)
    expect(new Set(types).size).toBe(types.length)
  })
})

describe('what is pending', () => {
  /** It says that it owes the shipping from the payment until the order was shipped. */
  const honest: Shipping = {
    ...shipping,
    pending: (seen): ReadonlyArray<OrderCommand> =>
      seen.includes('Paid') && !seen.includes('Shipped') ? [{ type: 'Ship', order: 'o1' }] : [],
  }

  const askedAfter = async (process: Shipping, dispatches: boolean) => {
    const world = virtualWorld()
    const shop = shopIn(world)
    await shop.ask('Place', 'o1')
    await shop.ask('Pay', 'o1')
    const { environment, store, keeper } = mortalIn(world, shop.store, shop.keeper, unhindered)
    const running = runProcessManager(store, keeper, process, {
      leaseMs,
      owner: 'me',
      environment,
      dispatch: dispatches ? shop.dispatch : () => TE.left({ _tag: 'Busy' }),
    })
    await atRest(world, shop, (owed) => (dispatches ? owed === 0 : owed === 3))
    await stopped(world, running)
    return unaccounted(shop.keeper, process)()
  }

  test('is accounted for while it is owed, and when it is done', async () => {
    expect(await askedAfter(honest, false)).toEqual(E.right([]))
    expect(await askedAfter(honest, true)).toEqual(E.right([]))
  })

  test('is told where nothing of the kind is owed', async () => {
    const forgetful: Shipping = { ...honest, react: () => [] }
    expect(await askedAfter({ ...forgetful }, true)).toEqual(
      E.right([{ key: 'orders-o1', command: { type: 'Ship', order: 'o1' } }]),
    )
  })
})
