/** The laws of `RetryPolicy`, over all bounds, retries and chances. */
import { exponential } from 'decider-ts/run'
import fc from 'fast-check'
import { law } from '../Law.js'

const bounds = fc.record({
  attemptsMax: fc.integer({ min: 1, max: 50 }),
  firstMs: fc.integer({ min: 0, max: 1_000 }),
  maxMs: fc.integer({ min: 0, max: 60_000 }),
})
const retry = fc.integer({ min: 1, max: 2_000 })
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

const staysInBounds = (policyOf: typeof exponential) =>
  fc.property(bounds, retry, chance, (limits, n, random) => {
    const delay = policyOf(limits).delayMs(n, random)
    return delay >= 0 && delay <= limits.maxMs
  })

const neverShrinks = (policyOf: typeof exponential) =>
  fc.property(bounds, retry, chance, (limits, n, random) => {
    const { delayMs } = policyOf(limits)
    return delayMs(n + 1, random) >= delayMs(n, random)
  })

law('RET-1 bounds', staysInBounds(exponential))
law.rejects(
  'RET-1',
  'a delay that doubles without end',
  staysInBounds((limits) => ({ ...limits, delayMs: (n, random) => random * limits.firstMs * 2 ** n })),
)
law('RET-2 growth', neverShrinks(exponential))
law.rejects(
  'RET-2',
  'a delay that overflows to a negative number',
  neverShrinks((limits) => ({ ...limits, delayMs: (n) => (limits.firstMs << n) % (limits.maxMs + 1) })),
)
