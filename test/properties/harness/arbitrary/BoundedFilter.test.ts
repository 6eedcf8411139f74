/**
 * The law of bounded filters, for tests of remainders: rare ones, and one that nothing passes.
 */
import fc from 'fast-check'
import { boundedFilter, type Filter } from '../../../../src/harness/arbitrary/BoundedFilter.js'
import { law } from '../../Law.js'

type Implementation = <A>(source: fc.Arbitrary<A>, filter: Filter<A>) => fc.Arbitrary<A>

const refuse = (draws: number): Error => new Error(`refused after ${draws}`)

const filters = (implementation: Implementation) =>
  fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(), (divisor, seed) => {
    const accepts = (n: number): boolean => n % divisor === divisor - 1
    const seen: Array<number> = []
    const some = implementation(fc.nat(1000), { accepts, refuse })
    fc.check(
      fc.property(some, (n) => seen.push(n) < 0),
      { seed, numRuns: 1 },
    )
    const nothing = implementation(fc.nat(1000), {
      accepts: (n) => accepts(n) && n < 0,
      refuse,
      drawsMax: 50,
    })
    return (
      seen.every(accepts) && messageOf(() => fc.sample(nothing, { seed, numRuns: 1 })).includes('after 50')
    )
  })

const messageOf = (f: () => unknown): string => {
  try {
    return `nothing thrown, ${String(f())}`
  } catch (thrown) {
    return thrown instanceof Error ? `${thrown.message} ${String(thrown.cause)}` : String(thrown)
  }
}

law('ARB-7 filter', filters(boundedFilter))
law.rejects(
  'ARB-7',
  'a filter that lets all pass',
  filters((source) => source),
)
law.rejects(
  'ARB-7',
  'a filter that gives up without the error it was given',
  filters((source, filter) => boundedFilter(source, { ...filter, refuse: () => new Error('no') })),
)
