/** The laws of consumption: who consumes sees what the delivery says, or what comes after its own checkpoint. */
import { deepStrictEqual } from 'node:assert/strict'
import {
  arbitraryDelivery,
  courseOf,
  type Delivery,
  type LogConsumer,
  logOf,
  type PlacedEvent,
} from 'decider-ts/harness'
import { beginning } from 'decider-ts/store'
import fc from 'fast-check'
import { consume } from '../../../../src/harness/delivery/Consumption.js'
import { pointsOf } from '../../../../src/harness/delivery/Points.js'
import { law } from '../../Law.js'

type Consume = typeof consume

const logs = fc
  .array(fc.nat(2), { maxLength: 9 })
  .map((gaps) => logOf(gaps.map((gap, n): PlacedEvent<number> => [n, 'a', gap])))

const course = (deliver: Consume) =>
  fc.asyncProperty(logs, arbitraryDelivery({ batches: true, crashes: true }), async (log, delivery) => {
    const seen: Array<ReadonlyArray<number>> = []
    const consumer: LogConsumer<number> = {
      deliver: async (batch) => {
        seen.push(batch.map(({ event }) => event))
      },
    }
    const happened = await deliver(consumer, log, delivery)
    const expected = [...courseOf(log.length, delivery)]
    deepStrictEqual(happened, { course: expected })
    const spans = expected.flatMap((one) => (one._tag === 'Delivered' ? [one] : []))
    deepStrictEqual(
      seen,
      spans.map(({ from, to }) => log.slice(from, to).map(({ event }) => event)),
    )
  })

/** The same with another delivery than the one that was asked for. */
const consumeOther =
  (change: (delivery: Delivery) => Delivery): Consume =>
  (consumer, log, delivery, points) =>
    consume(consumer, log, change(delivery), points)

law('CNS-1 course', course(consume))
law.rejects(
  'CNS-1',
  'one batch whatever was asked for',
  course(consumeOther((one) => ({ ...one, sizes: [] }))),
)
law.rejects(
  'CNS-1',
  'a delivery without its crashes',
  course(consumeOther((one) => ({ ...one, crashes: [] }))),
)

/** It keeps its place now and then, crashes in the middle of batches too, and remembers all it ever saw. */
const checkpoint = (deliver: Consume) =>
  fc.asyncProperty(
    logs,
    arbitraryDelivery({ batches: true, crashes: true, stops: true }),
    fc.array(fc.boolean(), { minLength: 1 }),
    async (log, delivery, keeps) => {
      const points = pointsOf(delivery.stops)
      let [place, next, kept] = [beginning, 0, 0]
      const consumer: LogConsumer<number> = {
        deliver: async (batch) => {
          for (const { event, position } of batch) {
            // Nothing is left out, and nothing comes before its time.
            deepStrictEqual(event, next)
            next += 1
            await points.point('handled')
            if (keeps[kept++ % keeps.length] === true) place = position
          }
        },
        crash: async () => {
          await points.point('beginning anew')
          next = log.filter(({ position }) => position <= place).length
          return place
        },
      }
      const { failure } = await deliver(consumer, log, delivery, points)
      if (failure !== undefined) throw failure.error
      deepStrictEqual(next, log.length)
    },
  )

law('CNS-2 checkpoint', checkpoint(consume))
law.rejects(
  'CNS-2',
  'a consumer that is not asked for its place',
  checkpoint((consumer, log, delivery, points) =>
    consume({ deliver: consumer.deliver }, log, delivery, points),
  ),
)
law.rejects(
  'CNS-2',
  'a place that is one event further on',
  checkpoint((consumer, log, delivery, points) => {
    const crash = async () => {
      const place = (await consumer.crash?.()) ?? beginning
      return log.find(({ position }) => position > place)?.position ?? place
    }
    return consume({ ...consumer, crash }, log, delivery, points)
  }),
)
