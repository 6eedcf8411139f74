/**
 * The process manager of orders at work, in a world whose time is a number: how it is waited for and stopped there, and
 * what the journal says was decided.
 */
import type { MemoryTransaction } from 'decider-ts/adapters/memory'
import type { ProcessKeeper as KeeperOf, RunningProcess, runProcessManager } from 'decider-ts/run'
import { either as E } from 'fp-ts'
import { type OrderCommand, type Shop, shipping } from './Orders.js'
import type { VirtualWorld } from './VirtualWorld.js'

export type ProcessKeeper = KeeperOf<MemoryTransaction>
export type Run = typeof runProcessManager<
  string[],
  Parameters<typeof shipping.evolve>[1],
  OrderCommand,
  unknown,
  MemoryTransaction
>

export const leaseMs = 5_000

/** Lets time pass until the log is read to its end and nothing is owed. */
export const atRest = async (
  world: VirtualWorld,
  { store, keeper }: Shop,
  isEnough: (owed: number) => boolean = (owed) => owed === 0,
): Promise<void> => {
  let isAtRest = false
  let isLooking = false
  const look = async (): Promise<void> => {
    // One after another: what is owed by a commit is seen by whoever has seen its place before.
    const head = await store.head()
    const place = await keeper.place(shipping)()
    const owed = await keeper.owed(shipping)()
    if (E.isLeft(head) || E.isLeft(place) || E.isLeft(owed)) throw new Error('The memory fails.')
    isAtRest = place.right >= head.right && isEnough(owed.right.length)
    isLooking = false
  }
  await world.passUntil(() => {
    if (!isLooking && !isAtRest) {
      isLooking = true
      void look()
    }
    return isAtRest
  })
}

export const stopped = async (
  world: VirtualWorld,
  running: RunningProcess,
  isDead = () => false,
): Promise<void> => {
  let isOver = false
  void running.stop().then(() => {
    isOver = true
  })
  await world.passUntil(() => isOver || isDead())
}

export const decidedIds = async ({ store }: Shop): Promise<ReadonlyArray<string>> => {
  const page = await store.decisions.page(10_000)()
  if (E.isLeft(page)) throw new Error('The memory fails.')
  return page.right.map(({ commandId }) => commandId).filter((id) => id.startsWith('shipping/'))
}
