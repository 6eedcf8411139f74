/** The law of the projection in memory. Its wrong samples are what real projections do. */
import { deepStrictEqual } from 'node:assert/strict'
import { type View, view } from 'decider-ts/evolve'
import {
  arbitraryDelivery,
  logOf,
  type OpenProjection,
  type PlacedEvent,
  projectionOf,
  type StopPoint,
} from 'decider-ts/harness'
import { beginning } from 'decider-ts/store'
import fc from 'fast-check'
import { consume } from '../../../../src/harness/delivery/Consumption.js'
import { pointsOf } from '../../../../src/harness/delivery/Points.js'
import { law } from '../../Law.js'

type Open = <State>(any: View<State, number>) => (point: StopPoint) => Promise<OpenProjection<number, State>>

const history = view.make({
  initialState: [] as ReadonlyArray<number>,
  evolve: (seen, event: number) => [...seen, event],
})

const logs = fc
  .array(fc.tuple(fc.nat(9), fc.constantFrom('a', 'b'), fc.nat(2)), { maxLength: 9 })
  .map((entries) => logOf(entries.map(([n, stream, gap]): PlacedEvent<number> => [n, stream, gap])))

const foldOfLog = (open: Open) =>
  fc.asyncProperty(
    logs,
    arbitraryDelivery({ batches: true, crashes: true, stops: true }),
    fc.boolean(),
    async (log, delivery, isRebuilt) => {
      const points = pointsOf(delivery.stops)
      const projection = await open(history)(points.point)
      deepStrictEqual((await consume(projection, log, delivery, points)).failure, undefined)
      points.disarm()
      if (isRebuilt) await projection.rebuild?.(log)
      const expected = log.map(({ event }) => event)
      deepStrictEqual(await projection.read(), expected)
    },
  )

law('PRJ-1 fold', foldOfLog(projectionOf))
law.rejects(
  'PRJ-1',
  'a projection that begins anew without its read model',
  foldOfLog((any) => async (point) => {
    let inner = await projectionOf(any)(point)
    return {
      ...inner,
      deliver: (batch) => inner.deliver(batch),
      read: () => inner.read(),
      crash: async () => {
        const place = (await inner.crash?.()) ?? beginning
        inner = await projectionOf(any)(point)
        return place
      },
    }
  }),
)
law.rejects(
  'PRJ-1',
  'a projection that loses the first event of a batch',
  foldOfLog((any) => async (point) => {
    const inner = await projectionOf(any)(point)
    return { ...inner, deliver: (batch) => inner.deliver(batch.slice(1)) }
  }),
)
