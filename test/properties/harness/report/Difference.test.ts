/**
 * The laws of the difference between what an example says and what happened, with dates, sets and instances in it.
 */
import { deepStrictEqual, notDeepStrictEqual } from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diff } from '../../../../src/evolve/Timeline.js'
import { differences } from '../../../../src/harness/report/Difference.js'
import { law } from '../../Law.js'

class Money {
  constructor(readonly cents: number) {}
}

/** Few values, so that two of them are often equal, and nested as events are. */
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<unknown>(0, 1, 'a', '', true, null, 2n, Number.NaN),
    fc.nat(2).map((n) => new Date(n)),
    fc.nat(2).map((n) => new Money(n)),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.array(tie('value'), { maxLength: 2 }).map((members) => new Set(members)),
    fc.dictionary(fc.constantFrom('a', 'b'), tie('value'), { noNullPrototype: true }),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b'), tie('value')), { maxLength: 2 })
      .map((parts) => new Map(parts)),
  ),
})).value

/** Another value that is equal, part by part, and of the same classes. */
const copyOf = (any: unknown): unknown => {
  if (any instanceof Money) return new Money(any.cents)
  if (Array.isArray(any)) return any.map(copyOf)
  if (any instanceof Set) return new Set([...any].map(copyOf))
  if (any instanceof Map) return new Map([...any].map(([key, part]) => [key, copyOf(part)]))
  if (any instanceof Date || typeof any !== 'object' || any === null) return structuredClone(any)
  return Object.fromEntries(Object.entries(any).map(([key, part]) => [key, copyOf(part)]))
}

const equal = (between: typeof differences) =>
  fc.property(value, (any) => deepStrictEqual(between(any, copyOf(any)), []))

law('DIF-1 equal', equal(differences))
law.rejects('DIF-1', 'dates that are compared by identity', equal(diff))

const different = (between: typeof differences) =>
  fc.property(value, value, (left, right) => {
    fc.pre(!isDeepStrictEqual(left, right))
    notDeepStrictEqual(between(left, right), [])
  })

law('DIF-2 different', different(differences))
law.rejects(
  'DIF-2',
  'dates that are all alike',
  different((left, right) =>
    differences(left, right).filter(
      ({ before, after }) => !(before instanceof Date && after instanceof Date),
    ),
  ),
)

test('a field that is absent and one that is undefined do not differ', () => {
  expect(differences({ a: 1, note: undefined }, { a: 1 })).toEqual([])
})
