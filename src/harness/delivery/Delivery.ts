/**
 * A delivery as data: in which batches the events of a log come to a consumer that sees each of them at least once, and
 * where the consumer crashes. It is made of arrays of small numbers, so it shrinks towards one batch without a crash,
 * and it can be pasted into a test.
 * Used by: the suites of projections and of runners of process managers.
 *
 * Laws (test/properties/harness/delivery/Delivery.test.ts):
 * - DLV-1 at least once: every event of the log is delivered, whatever the batches and the crashes.
 * - DLV-2 order: no event overtakes an earlier one, except that a crash begins again at an earlier place.
 * - DLV-3 plain: the empty delivery is all events in one batch, in order, and that is what deliveries shrink to.
 * - DLV-4 every crash: every crash of the list happens, however short the log is.
 * @since 0.1.0
 */
import fc from 'fast-check'

/** A crash: after how many deliveries of an event it happens, and how many events are then delivered again. */
export type DeliveryCrash = readonly [after: number, back: number]

/** How a log is delivered. */
export interface Delivery {
  /** How many events each batch has, one after another. What is left comes as one batch. 0 is a batch without events. */
  readonly sizes: ReadonlyArray<number>
  /**
   * `[3, 2]`: once 3 events were delivered, counting repetitions, the consumer crashes and sees the last 2 again. Where
   * fewer are delivered, it crashes at the end: so a crash stays one when the log is made shorter. A consumer that
   * keeps a checkpoint itself says where to go on, and the second number is not looked at.
   */
  readonly crashes: ReadonlyArray<DeliveryCrash>
  /** At which of the points that it reaches, counted from 1, a consumer is stopped in the middle of its work. */
  readonly stops: ReadonlyArray<number>
}

/**
 * All events in one batch, and no crash.
 * @example
 * import { courseOf, plainDelivery } from 'decider-ts/harness'
 * const course = [...courseOf(3, plainDelivery)]
 * course // => [{ _tag: 'Delivered', from: 0, to: 3 }]
 */
export const plainDelivery: Delivery = { sizes: [], crashes: [], stops: [] }

/** One thing that happens in a delivery. Events are counted from 0, and `to` is the first one that is not meant. */
export type DeliveryHappening =
  | { readonly _tag: 'Delivered'; readonly from: number; readonly to: number }
  | {
      readonly _tag: 'Crashed'
      readonly at: number
      readonly resumeFrom: number
      /** The point at which it was stopped, where that was in the middle of a batch. */
      readonly stoppedAt?: string
    }

/**
 * What happens to a log of `count` events, one thing after another. Whoever asks for the next thing may say at which
 * event to go on, because a consumer with a checkpoint of its own knows better.
 * @example
 * import { courseOf } from 'decider-ts/harness'
 * const course = [...courseOf(3, { sizes: [2], crashes: [[2, 1]], stops: [] })]
 * course.map(({ _tag }) => _tag) // => ['Delivered', 'Crashed', 'Delivered']
 * course.at(-1) // => { _tag: 'Delivered', from: 1, to: 3 }
 */
export function* courseOf(
  count: number,
  delivery: Delivery,
): Generator<DeliveryHappening, void, number | undefined> {
  const crashes = [...delivery.crashes].sort(([a], [b]) => a - b)
  let [next, delivered, batch] = [0, 0, 0]
  while (true) {
    const [crash] = crashes
    const isOver = next >= count && batch >= delivery.sizes.length
    if (crash !== undefined && (crash[0] <= delivered || isOver)) {
      crashes.shift()
      const resumeFrom = Math.max(0, next - crash[1])
      next = within(count, yield { _tag: 'Crashed', at: next, resumeFrom }) ?? resumeFrom
    } else if (isOver) {
      return
    } else {
      const size = delivery.sizes[batch++] ?? count
      const room = (crash?.[0] ?? Number.POSITIVE_INFINITY) - delivered
      const to = Math.min(count, next + Math.min(size, room))
      const from = next
      delivered += to - from
      next = within(count, yield { _tag: 'Delivered', from, to }) ?? to
    }
  }
}

const within = (count: number, place: number | undefined): number | undefined =>
  place === undefined ? undefined : Math.min(count, Math.max(0, place))

/** What may befall a consumer, in arbitrary deliveries. */
export interface DeliveryMishaps {
  /** Batches of any size, empty ones among them. */
  readonly batches?: boolean
  /** Crashes between two batches. */
  readonly crashes?: boolean
  /** Stops in the middle of a batch. */
  readonly stops?: boolean
}

/**
 * Arbitrary deliveries, for logs of any length.
 * @example
 * import fc from 'fast-check'
 * import { arbitraryDelivery } from 'decider-ts/harness'
 * const [delivery] = fc.sample(arbitraryDelivery({ batches: true }), { seed: 1, numRuns: 1 })
 * delivery?.crashes // => []
 */
export const arbitraryDelivery = ({ batches, crashes, stops }: DeliveryMishaps): fc.Arbitrary<Delivery> =>
  fc.record(
    {
      sizes: batches === true ? fc.array(fc.nat(4), { maxLength: 8, size: 'max' }) : none,
      crashes: crashes === true ? fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(5)), few) : none,
      stops: stops === true ? fc.array(fc.integer({ min: 1, max: 24 }), few) : none,
    },
    { noNullPrototype: true },
  )

const none = fc.constant([])

const few = { maxLength: 3, size: 'max' } as const

/**
 * A delivery as it is written in a test.
 * @internal
 */
export const printedDelivery = ({ sizes, crashes, stops }: Delivery): string => {
  const list = (numbers: ReadonlyArray<number>) => `[${numbers.join(', ')}]`
  return `{ sizes: ${list(sizes)}, crashes: [${crashes.map(list).join(', ')}], stops: ${list(stops)} }`
}
