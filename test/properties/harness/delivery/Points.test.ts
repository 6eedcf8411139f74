/** The law of points: a consumer is stopped where the list says, and nowhere else. */
import { deepStrictEqual } from 'node:assert/strict'
import type { StopPoints } from 'decider-ts/harness'
import fc from 'fast-check'
import { pointsOf } from '../../../../src/harness/delivery/Points.js'
import { law } from '../../Law.js'

const stops = (make: (stops: ReadonlyArray<number>) => StopPoints) =>
  fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 10 })), fc.nat(10), async (listed, disarmedAfter) => {
    const points = make(listed)
    const stoppedAt: Array<number> = []
    for (let n = 1; n <= 10; n++) {
      if (n === disarmedAfter + 1) points.disarm()
      await points.point(`point ${n}`).catch(() => {
        deepStrictEqual(points.takeStopped(), `point ${n}`)
        stoppedAt.push(n)
      })
      deepStrictEqual(points.takeStopped(), undefined)
    }
    const expected = [...new Set(listed)].filter((n) => n <= disarmedAfter).sort((a, b) => a - b)
    deepStrictEqual(stoppedAt, expected)
  })

law('PNT-1 stops', stops(pointsOf))
law.rejects(
  'PNT-1',
  'points that begin to count anew after a stop',
  stops((listed) => {
    let points = pointsOf(listed)
    let isArmed = true
    return {
      point: (label) => points.point(label),
      takeStopped: () => {
        const label = points.takeStopped()
        if (label !== undefined && isArmed) points = pointsOf(listed)
        return label
      },
      disarm: () => {
        isArmed = false
        points.disarm()
      },
    }
  }),
)
law.rejects(
  'PNT-1',
  'points that stop still when they are disarmed',
  stops((listed) => ({ ...pointsOf(listed), disarm: () => {} })),
)
