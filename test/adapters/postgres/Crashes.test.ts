/**
 * A process manager on PostgreSQL that is killed at each of its calls in turn, before the call and after it, and a read
 * model that is made anew beside the live one while eight writers append. In the end everything was carried out once, and
 * the read model is the fold of everything.
 */
import { option as O, taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresReadModels } from '../../../src/adapters/postgres/index.js'
import { projection, readModelOf } from '../../../src/evolve/Projection.js'
import { handle } from '../../../src/run/Handle.js'
import { rebuild } from '../../../src/run/Rebuild.js'
import { runProcessManager } from '../../../src/run/RunProcessManager.js'
import { runProjection } from '../../../src/run/RunProjection.js'
import { waitFor } from '../../../src/run/WaitFor.js'
import { everything, type GlobalPosition } from '../../../src/store/index.js'
import { mortalIn, unhindered } from '../../properties/run/Mortal.js'
import { Orders, owedByLog, shipping } from '../../properties/run/Orders.js'
import { realWorld } from '../../properties/run/RealWorld.js'
import { event, type Installed, install, newStream, only, right } from './support.js'

let installed: Installed

beforeAll(async () => {
  installed = await install({ max: 10 })
})

afterAll(() => installed.end())

const keeperOf = ({ sql, schema }: Installed) => postgresReadModels(sql, { schema, partitions: 4 })

describe('a process manager that is killed', () => {
  const world = realWorld()

  /** As if the leases of the dead had ended. */
  const bury = ({ sql, schema }: Installed) =>
    sql.unsafe(`
      update "${schema}".read_model_place set lease_until = '-infinity';
      update "${schema}".read_model_owner set lease_until = '-infinity'`)

  /** An order is placed and paid; one process manager dies at a call, and the next goes on. */
  const killedAt = async (diesAt: number): Promise<boolean> => {
    const { store } = installed
    const keeper = keeperOf(installed)
    const ask = handle(store, Orders, { journal: 'ids' })
    const order = `o${diesAt}`
    const process = { ...shipping, name: `shipping-${diesAt}`, deadlines: () => [] }
    const quietUpTo = await right(store.head)
    const begin = (owner: string, fate = unhindered) => {
      const mortal = mortalIn(world, store, keeper, { ...fate, delaysMs: [0] })
      const running = runProcessManager(mortal.store, mortal.keeper, process, {
        owner,
        leaseMs: 60_000,
        dispatchEveryMs: 20,
        quietUpTo,
        environment: { ...mortal.environment, random: () => 0 },
        dispatch: mortal.dispatching(ask),
      })
      return { mortal, running }
    }
    await right(ask({ type: 'Place', order }))
    await right(ask({ type: 'Pay', order }))
    const paidAt = await right(store.head)
    let isAtRest = false
    const rest = async (isDead: () => boolean): Promise<void> => {
      while (!isAtRest && !isDead()) {
        const [place, owed] = [await right(keeper.place(process)), await right(keeper.owed(process))]
        isAtRest = place >= paidAt && owed.length === 0
        if (!isAtRest) await world.sleep(2)
      }
    }
    const first = begin('the first', { ...unhindered, diesAt })
    await rest(first.mortal.isDead)
    const stopping = first.running.stop()
    await Promise.race([stopping, world.passUntil(first.mortal.isDead)])
    void first.running.stop()
    const isDead = first.mortal.isDead()
    // A lease that it had asked for would be given to it after its funeral.
    await world.passUntil(() => first.mortal.underWay() === 0)
    await bury(installed)
    isAtRest = false
    const second = begin('the second')
    await rest(() => false)
    expect(await second.running.stop()).toEqual({ _tag: 'Stopped' })
    const log = (await right(store.read(everything))).events
    const expected = owedByLog(log, process)
      .filter(({ position }) => position > quietUpTo)
      .map(({ id }) => id)
    const decided = await right(store.decisions?.on(expected) ?? TE.right([]))
    expect(decided.map(({ commandId }) => commandId).sort(), `killed at ${diesAt}`).toEqual(
      [...expected].sort(),
    )
    const types = log.filter(({ stream }) => stream === `orders-${order}`).map(({ type }) => type)
    expect(types, `killed at ${diesAt}`).toEqual(['Placed', 'Paid', 'Shipped', 'Thanked'])
    expect(await right(keeper.refused(process))).toMatchObject([{ refusal: '{"type":"AlreadyPaid"}' }])
    return isDead
  }

  test('at any of its calls carries everything out once', async () => {
    let diesAt = 0
    while (diesAt < 200 && (await killedAt(diesAt))) diesAt += 1
    expect(diesAt).toBeGreaterThan(20)
    expect(diesAt).toBeLessThan(200)
  })
})

describe('a read model that is made anew', () => {
  const amounts = (version: number) =>
    projection({
      name: 'amounts',
      version,
      event: t.type({ type: t.literal('Deposited'), amount: t.number }),
      state: t.array(t.number),
      initialState: [],
      evolve: (before, { amount }) => [...before, version * amount],
    })

  test('beside the live one, while others append, is the fold of everything, and so is the one before', async () => {
    const log = await install({ max: 16 })
    const { store } = log
    const keeper = keeperOf(log)
    const streams = [newStream(), newStream(), newStream()]
    let amount = 0
    const append = async (): Promise<void> => {
      amount += 1
      const stream = streams[amount % streams.length] ?? newStream()
      await right(store.append(only(event(stream, { data: { amount } }))))
    }
    for (let n = 0; n < 60; n++) await append()
    const old = runProjection(store, keeper, amounts(1), { owner: 'old' })
    await right(waitFor(keeper, amounts(1), await right(store.head)))
    const appendAtOnce = (times: number): Promise<unknown> =>
      Promise.all(
        Array.from({ length: 8 }, async () => {
          for (let n = 0; n < times; n++) await append()
        }),
      )
    const writing = appendAtOnce(30)
    const shownAt: Array<readonly [place: GlobalPosition, end: GlobalPosition]> = []
    const looking = {
      ...store,
      head: TE.map((head: GlobalPosition) => {
        end = head
        return head
      })(store.head),
    }
    let end = await right(store.head)
    const making = rebuild(
      looking,
      {
        ...keeper,
        makeLive: (of) =>
          TE.chainW((place: GlobalPosition) => {
            shownAt.push([place, end])
            return keeper.makeLive(of)
          })(keeper.place(of)),
      },
      amounts(2),
      { owner: 'new', lookEveryMs: 1 },
    )
    expect(await making.live).toBe(true)
    await writing
    await appendAtOnce(3)
    for (const [place, seen] of shownAt) expect(place).toBeGreaterThanOrEqual(seen)
    const head = await right(store.head)
    const { events } = await right(store.read(everything))
    expect(events.length).toBe(amount)
    for (const version of [2, 1]) {
      await right(waitFor(keeper, amounts(version), head))
      const entries = await right(keeper.page(amounts(version), 100))
      expect({ _tag: 'Right', right: new Map(entries.map(({ key, state }) => [key, state])) }).toEqual(
        readModelOf(amounts(version))(events),
      )
    }
    expect(await right(keeper.liveVersion('amounts'))).toEqual(O.some(2))
    await right(keeper.makeLive(amounts(1)))
    expect(await right(keeper.liveVersion('amounts'))).toEqual(O.some(1))
    for (const each of [old, making]) expect(await each.stop()).toEqual({ _tag: 'Stopped' })
    await log.end()
  })
})
