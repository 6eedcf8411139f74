/**
 * Points at which a consumer can be stopped in the middle of its work: between an effect and its checkpoint, say. A
 * process that dies there has done the one and not the other, and no crash between two batches shows what comes of it.
 * Used by: the suites of projections and of runners of process managers.
 *
 * Laws (test/properties/harness/delivery/Points.test.ts):
 * - PNT-1 stops: a consumer is stopped at exactly the points that are listed, counted over its whole life.
 * @since 0.1.0
 */

/**
 * To be awaited by a consumer at each moment at which its process may die, with a name for the moment. It rejects where
 * the consumer is to be stopped, and the consumer has to let that error pass, as a dying process would do no more.
 */
export type StopPoint = (label: string) => Promise<void>

/** Points that stop, and what became of it. */
export interface StopPoints {
  readonly point: StopPoint
  /** The name of the point at which the consumer was stopped, asked for once. */
  readonly takeStopped: () => string | undefined
  /** From now on nothing is stopped. */
  readonly disarm: () => void
}

/**
 * Points that stop where a list says so: the first that is reached is 1.
 * @example
 * import { pointsOf } from 'decider-ts/harness'
 * const { point, takeStopped } = pointsOf([2])
 * await point('read')
 * await point('written').catch(() => takeStopped()) // => 'written'
 */
export const pointsOf = (stops: ReadonlyArray<number>): StopPoints => {
  let reached = 0
  let stopped: string | undefined
  let isArmed = true
  return {
    point: async (label) => {
      reached += 1
      if (!isArmed || !stops.includes(reached)) return
      stopped = label
      throw new Error(`The harness stopped this consumer at '${label}'. Let this error pass.`)
    },
    takeStopped: () => {
      const label = stopped
      stopped = undefined
      return label
    },
    disarm: () => {
      isArmed = false
    },
  }
}
