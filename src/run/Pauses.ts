/**
 * Waits that whoever stops can cut short. A wait that nobody waits for any more would keep a program from ending for as
 * long as it is, which for a store that was away is a minute.
 * Used by: `Subscription`, `Follow`, `Partitions`, `Dispatcher`.
 *
 * Laws (test/properties/run/Pauses.test.ts):
 * - PAU-1 end: a pause is over after its time or at the first cut after it began, whichever comes first.
 * - PAU-2 nothing left: once it is over, its environment waits for nothing on its behalf.
 * @since 0.1.0
 */
import type { Environment } from './Environment.js'

/** Waits under way, which end together. */
export interface Pauses {
  /** Waits for so many milliseconds, or until it is cut. What the environment throws rejects it. */
  readonly pause: (milliseconds: number) => Promise<void>
  /** Ends all pauses that are under way, and none that begin later. */
  readonly cut: () => void
}

/**
 * Pauses in an environment, none of them under way.
 * @internal
 */
export const pausesIn = ({ sleep }: Pick<Environment, 'sleep'>): Pauses => {
  const cuts = new Set<() => void>()
  const pause = async (milliseconds: number): Promise<void> => {
    let wake = () => {}
    let end = () => {}
    const isCut = new Promise<void>((resolve) => {
      end = resolve
    })
    const cut = () => {
      wake()
      end()
    }
    cuts.add(cut)
    const passed = sleep(milliseconds, (wakeUp) => {
      wake = wakeUp
    })()
    await Promise.race([passed, isCut]).finally(() => cuts.delete(cut))
  }
  return {
    pause,
    cut: () => {
      for (const cut of [...cuts]) cut()
    },
  }
}
