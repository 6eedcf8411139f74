/**
 * The conformance suite of outboxes: what keepers must do that also keep the commands which process managers owe. It is a
 * list of its own beside `readModelSuite`, so that a keeper without an outbox cannot seem to pass it.
 * Used by: adapters, ours and anyone's, in their tests.
 * @since 0.1.0
 */

import type { OpenedOutbox, OutboxCase } from './OutboxCase.js'
import { outboxModelCases } from './OutboxModel.js'
import { owingCases } from './OutboxOwing.js'
import { sendingCases } from './OutboxSending.js'
import { timerCases } from './OutboxTimers.js'
import { type ConformanceCase, usualSettings } from './Suite.js'

export type { OpenedOutbox } from './OutboxCase.js'

/** How thorough a run is. */
export interface OutboxSuiteOptions {
  /** Where generated samples begin; 20260101 unless given. */
  readonly seed?: number
  /** Samples of the property; 100 unless given. */
  readonly runs?: number
  /** How often each race is run; 20 times unless given. */
  readonly rounds?: number
  /** Whether a failing sample is made smaller before it is shown; it is unless `false`. */
  readonly shrink?: boolean
}

const allCases: ReadonlyArray<OutboxCase> = [
  ...owingCases,
  ...sendingCases,
  ...timerCases,
  ...outboxModelCases,
]

/**
 * The checks for a keeper with an outbox, beside those of `readModelSuite`. `open` must give an empty keeper each time;
 * it is called once for each check.
 * @example
 * import { memoryReadModels } from 'decider-ts/adapters/memory'
 * import { outboxSuite } from 'decider-ts/harness'
 * import { timestamp } from 'decider-ts/store'
 * const suite = outboxSuite(async () => {
 *   let now = 0
 *   const written: number[] = []
 *   return {
 *     readModels: memoryReadModels({ now: () => timestamp(now) }),
 *     now: async () => timestamp(now),
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
export const outboxSuite = <Transaction>(
  open: () => Promise<OpenedOutbox<Transaction>>,
  options: OutboxSuiteOptions = {},
): ReadonlyArray<ConformanceCase> => {
  const settings = { ...usualSettings, rounds: 20, ...options }
  return allCases.map(({ name, body }) => ({
    name,
    run: async () => {
      const opened = await open()
      try {
        const other = (await opened.connect?.()) ?? opened.readModels
        await body({ ...opened, other, settings })
      } finally {
        await opened.close()
      }
    },
  }))
}
