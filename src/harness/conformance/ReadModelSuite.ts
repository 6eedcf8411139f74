/**
 * The conformance suite of keepers of read models: what makes projections exact, as a list of named checks that any test
 * runner can run. It runs unchanged on memory, on PostgreSQL and on anyone else's keeper.
 * Used by: adapters, ours and anyone's, in their tests.
 * @since 0.1.0
 */
import type { OpenedReadModels, ReadModelCase } from './ReadModelCase.js'
import { commitCases } from './ReadModelCommits.js'
import { leaseCases } from './ReadModelLeases.js'
import { parkingCases } from './ReadModelParking.js'
import type { ConformanceCase } from './Suite.js'

export type { OpenedReadModels, OwnTable } from './ReadModelCase.js'

/** How thorough a run is. */
export interface ReadModelSuiteOptions {
  /** How often each race is run; 20 times unless given. */
  readonly rounds?: number
}

const allCases: ReadonlyArray<ReadModelCase> = [...leaseCases, ...commitCases, ...parkingCases]

/**
 * The checks for a keeper of read models. `open` must give an empty keeper each time; it is called once for each check.
 * @example
 * import { memoryReadModels } from 'decider-ts/adapters/memory'
 * import { readModelSuite } from 'decider-ts/harness'
 * import { timestamp } from 'decider-ts/store'
 * const suite = readModelSuite(async () => {
 *   let now = 0
 *   const written: number[] = []
 *   return {
 *     readModels: memoryReadModels({ now: () => timestamp(now) }),
 *     pass: async (milliseconds) => {
 *       now += milliseconds
 *     },
 *     table: {
 *       write: async ({ write }, n) => write(() => written.push(n)),
 *       written: async () => [...written],
 *     },
 *     close: async () => {},
 *   }
 * })
 * await suite[0]?.run() // => undefined
 */
export const readModelSuite = <Transaction>(
  open: () => Promise<OpenedReadModels<Transaction>>,
  { rounds = 20 }: ReadModelSuiteOptions = {},
): ReadonlyArray<ConformanceCase> =>
  allCases.map(({ name, body }) => ({
    name,
    run: async () => {
      const opened = await open()
      try {
        const other = (await opened.connect?.()) ?? opened.readModels
        await body({ ...opened, other, rounds })
      } finally {
        await opened.close()
      }
    },
  }))
