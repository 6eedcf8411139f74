/**
 * A log given to a consumer, as a delivery says: batch after batch, with its crashes, and on again from the checkpoint of
 * a consumer that has one. It says what happened, so that a failure can tell it.
 * Used by: `ProjectionSuite`, `ProcessRunnerSuite`.
 *
 * Laws (test/properties/harness/delivery/Consumption.test.ts):
 * - CNS-1 course: a consumer without a checkpoint sees exactly the course of the delivery.
 * - CNS-2 checkpoint: a consumer that keeps its place, and crashes, sees what comes after that place, and all of it.
 * @since 0.1.0
 */
import type { GlobalPosition } from '../../store/GlobalPosition.js'
import { courseOf, type Delivery, type DeliveryHappening } from './Delivery.js'
import type { LogEntry } from './LogEntry.js'
import { pointsOf, type StopPoints } from './Points.js'

/** Whatever takes batches of events. */
export interface LogConsumer<Event> {
  /** Resolves when the events are dealt with. A batch may be empty. */
  readonly deliver: (batch: ReadonlyArray<LogEntry<Event>>) => Promise<void>
  /**
   * Loses what is not durable, begins anew from what is, and says after which position it wants to go on: `beginning`
   * where it wants everything.
   */
  readonly crash?: () => Promise<GlobalPosition>
}

/** What happened, and the error that ended it early. */
export interface Consumption {
  readonly course: ReadonlyArray<DeliveryHappening>
  readonly failure?: { readonly during: DeliveryHappening; readonly error: unknown }
}

/**
 * Delivers a log. Where the consumer has `crash`, it is asked at each crash where to go on. A consumer that is to be
 * stopped by `delivery.stops` has to reach the points that are given here: `pointsOf(delivery.stops)`.
 * @example
 * import { consume, logOf } from 'decider-ts/harness'
 * const seen: string[] = []
 * const consumer = { deliver: async (batch: ReturnType<typeof logOf<string>>) => void seen.push(...batch.map(({ event }) => event)) }
 * await consume(consumer, logOf([['a'], ['b']]), { sizes: [], crashes: [[2, 1]], stops: [] })
 * seen // => ['a', 'b', 'b']
 */
export const consume = async <Event>(
  consumer: LogConsumer<Event>,
  log: ReadonlyArray<LogEntry<Event>>,
  delivery: Delivery,
  points: StopPoints = pointsOf([]),
): Promise<Consumption> => {
  const course: Array<DeliveryHappening> = []
  const feed = courseOf(log.length, delivery)
  let step = feed.next()
  while (step.done !== true) {
    const happening = step.value
    try {
      const resumeFrom = await meet(consumer, log, happening, points, course)
      step = feed.next(resumeFrom)
    } catch (error) {
      return { course, failure: { during: happening, error } }
    }
  }
  return { course }
}

/** Lets one thing happen, and says where to go on if it is not where the delivery says. */
const meet = async <Event>(
  consumer: LogConsumer<Event>,
  log: ReadonlyArray<LogEntry<Event>>,
  happening: DeliveryHappening,
  points: StopPoints,
  course: Array<DeliveryHappening>,
): Promise<number | undefined> => {
  if (happening._tag === 'Crashed') return crashed(consumer, log, happening, points, course)
  course.push(happening)
  try {
    await consumer.deliver(log.slice(happening.from, happening.to))
    return undefined
  } catch (error) {
    const stoppedAt = points.takeStopped()
    if (stoppedAt === undefined) throw error
    const crash = { _tag: 'Crashed', at: happening.to, resumeFrom: happening.from, stoppedAt } as const
    return crashed(consumer, log, crash, points, course)
  }
}

const crashed = async <Event>(
  consumer: LogConsumer<Event>,
  log: ReadonlyArray<LogEntry<Event>>,
  crash: Extract<DeliveryHappening, { _tag: 'Crashed' }>,
  points: StopPoints,
  course: Array<DeliveryHappening>,
): Promise<number> => {
  const resumeFrom = consumer.crash
    ? placeAfter(log, await restarted(consumer.crash, points))
    : crash.resumeFrom
  course.push({ ...crash, resumeFrom })
  return resumeFrom
}

/** A consumer that is stopped while it begins anew begins anew once more. */
const restarted = async (
  crash: () => Promise<GlobalPosition>,
  points: StopPoints,
): Promise<GlobalPosition> => {
  try {
    return await crash()
  } catch (error) {
    if (points.takeStopped() === undefined) throw error
    return restarted(crash, points)
  }
}

const placeAfter = (log: ReadonlyArray<LogEntry<unknown>>, position: GlobalPosition): number => {
  const place = log.findIndex((entry) => entry.position > position)
  return place === -1 ? log.length : place
}

/**
 * How a delivery is met again in a test, with `open`, `log` and `delivery` at hand.
 * @internal
 */
export const printedConsumption = (hasCheckpoint: boolean): string =>
  [
    'const points = pointsOf(delivery.stops)',
    hasCheckpoint
      ? 'const consumer = await open(points.point)'
      : 'const { deliver, ...opened } = await open(points.point)',
    `await consume(${hasCheckpoint ? 'consumer' : '{ deliver }'}, log, delivery, points)`,
  ].join('\n')
