/** Keepers of read models that are wrong in one respect, each with the name of the case that finds it out. */
import { type MemoryReadModels, type MemoryTransaction, memoryReadModels } from 'decider-ts/adapters/memory'
import type { OpenedReadModels } from 'decider-ts/harness'
import type { Lease, ReadModelId, ReadModels } from 'decider-ts/run'
import { beginning, type Json, stringify, timestamp } from 'decider-ts/store'
import { either as E, function as F, option as O, taskEither as TE } from 'fp-ts'

type Keeper = ReadModels<MemoryTransaction>

/** A keeper in memory with a clock that is turned by hand; a wrong one where it is changed. */
export const openMemory = (
  change: (right: MemoryReadModels, now: () => number) => Partial<Keeper> = () => ({}),
): OpenedReadModels<MemoryTransaction> => {
  let now = 1_000
  const written: Array<number> = []
  const right = memoryReadModels({ now: () => timestamp(now) })
  return {
    readModels: { ...right, ...change(right, () => now) },
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
