/**
 * The law of boundaries, for intervals anywhere among the safe integers, whose ends no list of likely numbers knows.
 */
import fc from 'fast-check'
import { type Numbers, numbersWhere } from '../../../../src/harness/arbitrary/Numbers.js'
import { law } from '../../Law.js'

type Find = (accepts: (n: number) => boolean) => Numbers | undefined

/** Both on the same side of zero, or one on each. */
const intervals = fc
  .tuple(fc.maxSafeInteger(), fc.constantFrom(0, 1, -1, 10, 100, 1000, -100))
  .map(([far, near]) => ({ min: Math.min(far, near), max: Math.max(far, near) }))

const boundaries = (find: Find) =>
  fc.property(intervals, fc.nat(), ({ min, max }, seed) => {
    const found = find((n) => n >= min && n <= max)
    if (found === undefined) return false
    const values = fc.sample(found.source, { seed, numRuns: 1000 })
    return values.includes(min) && values.includes(max)
  })

law(
  'ARB-9 boundaries',
  boundaries((accepts) => numbersWhere(accepts, [])),
  { numRuns: 50 },
)
law.rejects(
  'ARB-9',
  'numbers that are all near to the simplest one',
  boundaries((accepts) => {
    const found = numbersWhere(accepts, [])
    return found && { ...found, source: fc.constantFrom(...found.simplest) }
  }),
)
