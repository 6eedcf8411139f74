/** The laws of deliveries: what a consumer that sees each event at least once may see, and nothing else. */
import { deepStrictEqual } from 'node:assert/strict'
import {
  arbitraryDelivery,
  courseOf,
  type Delivery,
  type DeliveryHappening,
  plainDelivery,
} from 'decider-ts/harness'
import fc from 'fast-check'
import { law } from '../../Law.js'

type Course = (count: number, delivery: Delivery) => ReadonlyArray<DeliveryHappening>

const course: Course = (count, delivery) => [...courseOf(count, delivery)]

const deliveries = arbitraryDelivery({ batches: true, crashes: true, stops: true })

/** The events in the order in which they are seen. */
const seenIn = (happenings: ReadonlyArray<DeliveryHappening>): ReadonlyArray<number> =>
  happenings.flatMap((one) =>
    one._tag === 'Delivered' ? Array.from({ length: one.to - one.from }, (_, index) => one.from + index) : [],
  )

const upTo = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, n) => n)

const atLeastOnce = (make: Course) =>
  fc.property(fc.nat(12), deliveries, (count, delivery) => {
    const seen = new Set(seenIn(make(count, delivery)))
    deepStrictEqual(
      [...seen].sort((a, b) => a - b),
      upTo(count),
    )
  })

law('DLV-1 at least once', atLeastOnce(course))
law.rejects(
  'DLV-1',
  'a delivery that ends with its batches',
  atLeastOnce((count, delivery) =>
    course(count, delivery).slice(0, Math.max(1, delivery.sizes.length + delivery.crashes.length)),
  ),
)
law.rejects(
  'DLV-1',
  'a crash that goes on with the event after the next',
  atLeastOnce((count, delivery) => {
    const crashes = delivery.crashes.map(([after]) => [after, -1] as const)
    return course(count, { ...delivery, crashes })
  }),
)

const order = (make: Course) =>
  fc.property(fc.nat(12), deliveries, (count, delivery) => {
    const happenings = make(count, delivery)
    let next = 0
    for (const one of happenings) {
      if (one._tag === 'Crashed') {
        deepStrictEqual([one.at, one.resumeFrom <= one.at], [next, true])
        next = one.resumeFrom
      } else {
        deepStrictEqual([one.from, one.to >= one.from], [next, true])
        next = one.to
      }
    }
  })

law('DLV-2 order', order(course))
law.rejects(
  'DLV-2',
  'batches that come the other way round',
  order((count, delivery) => [...course(count, delivery)].reverse()),
)
law.rejects(
  'DLV-2',
  'events that come again without a crash',
  order((count, delivery) => course(count, delivery).filter(({ _tag }) => _tag === 'Delivered')),
)

const plain = (make: Course, arbitrary: fc.Arbitrary<Delivery>) =>
  fc.property(fc.integer({ min: 1, max: 12 }), fc.integer(), (count, seed) => {
    deepStrictEqual(make(count, plainDelivery), [{ _tag: 'Delivered', from: 0, to: count }])
    // Whatever it begins with, a delivery with which everything is wrong is made smaller until it is the plain one.
    const always = fc.check(
      fc.property(arbitrary, () => false),
      { seed },
    )
    deepStrictEqual(always.counterexample, [plainDelivery])
  })

law('DLV-3 plain', plain(course, deliveries), { numRuns: 50 })
law.rejects(
  'DLV-3',
  'deliveries that always crash',
  plain(
    course,
    deliveries.map((delivery) => ({ ...delivery, crashes: [...delivery.crashes, [1, 1]] })),
  ),
  { numRuns: 50 },
)
law.rejects(
  'DLV-3',
  'a course that delivers event by event',
  plain((count, delivery) => course(count, { ...delivery, sizes: upTo(count).map(() => 1) }), deliveries),
  { numRuns: 50 },
)

const everyCrash = (make: Course) =>
  fc.property(fc.nat(12), deliveries, (count, delivery) => {
    const crashes = make(count, delivery).filter(({ _tag }) => _tag === 'Crashed')
    deepStrictEqual(crashes.length, delivery.crashes.length)
  })

law('DLV-4 every crash', everyCrash(course))
law.rejects(
  'DLV-4',
  'a crash after the last event that is forgotten',
  everyCrash((count, delivery) => {
    const isLast = (one: DeliveryHappening, index: number, all: ReadonlyArray<DeliveryHappening>) =>
      one._tag === 'Crashed' && one.at === count && index === all.length - 1
    return course(count, delivery).filter((one, index, all) => !isLast(one, index, all))
  }),
)
