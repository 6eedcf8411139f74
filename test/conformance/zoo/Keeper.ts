/**
 * A keeper in memory with a clock that is turned by hand, and such keepers wrong in one respect.
 * Used by: the read models and the outboxes of the zoo.
 */
import { type MemoryReadModels, type MemoryTransaction, memoryReadModels } from 'decider-ts/adapters/memory'
import type { OpenedOutbox } from 'decider-ts/harness'
import { timestamp } from 'decider-ts/store'
import type { Wrong } from '../FindsOut.js'

/** What of a right keeper is otherwise in a wrong one. */
export type ChangeOfKeeper = (right: MemoryReadModels, now: () => number) => Partial<MemoryReadModels>

/** Right, unless it is changed. */
export const openKeeper = (change: ChangeOfKeeper = () => ({})): OpenedOutbox<MemoryTransaction> => {
  let now = 1_000
  const written: Array<number> = []
  const right = memoryReadModels({ now: () => timestamp(now) })
  return {
    readModels: { ...right, ...change(right, () => now) },
    now: async () => timestamp(now),
    pass: async (milliseconds) => {
      now += milliseconds
    },
    table: {
      write: async ({ write }, n) => write(() => written.push(n)),
      written: async () => [...written],
    },
    close: async () => {},
  }
}

export const wrongKeeper = (
  what: string,
  caughtBy: string,
  change: ChangeOfKeeper,
): Wrong<OpenedOutbox<MemoryTransaction>> => ({ what, caughtBy, open: () => openKeeper(change) })
