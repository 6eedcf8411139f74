/** The law of iso checks, on pairs of functions of which the second comes back somewhere else. */
import fc from 'fast-check'
import { eventIsoCheck, stateIsoCheck } from '../../../../../src/harness/domain/composition/IsoChecks.js'
import { law } from '../../../Law.js'
import { complaintOf, dial } from './Samples.js'

/** The checks of the dial in another shape, where the way back misses by so much. */
const checks = {
  state: (off: number) =>
    stateIsoCheck(
      dial,
      (at) => [at],
      ([at = 0]) => at + off,
    ),
  event: (off: number) =>
    eventIsoCheck(
      dial,
      (event) => (event.type === 'Turned' ? event.by : 0),
      (by) =>
        by === 0 ? { type: 'WasReset' as const } : { type: 'Turned' as const, by: (by + off) as typeof by },
    ),
}

const waysBack = (of: typeof checks) =>
  fc.asyncProperty(
    fc.constantFrom('state' as const, 'event' as const),
    fc.integer({ min: -1, max: 2 }),
    async (which, off) => {
      const complaint = await complaintOf(of[which](off))
      return (complaint === undefined) === (off === 0)
    },
  )

law('ISO-1 ways back', waysBack(checks), { numRuns: 16 })
law.rejects(
  'ISO-1',
  'checks that let every pair pass',
  waysBack({ state: () => checks.state(0), event: () => checks.event(0) }),
)
law.rejects(
  'ISO-1',
  'checks that let no pair pass',
  waysBack({ state: () => checks.state(1), event: () => checks.event(1) }),
)
