/** The laws of sameness, against what Node calls deeply and strictly equal. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isExactlySame, isSame } from '../../../../src/harness/domain/Equality.js'
import { law } from '../../Law.js'

type Same = (left: unknown, right: unknown) => boolean

const anything = fc.anything({ withMap: true, withSet: true, withDate: true, maxDepth: 2 })

/** A copy of all parts, with the keys of objects in another order. */
const copyOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copyOf)
  if (value instanceof Date) return new Date(value)
  if (value instanceof Map) return new Map([...value].map(([key, part]) => [copyOf(key), copyOf(part)]))
  if (value instanceof Set) return new Set([...value].map(copyOf))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, copyOf(part)]),
  )
}

/** What Node calls equal too: sets of equal members are beyond anybody. */
const parts = (same: Same) =>
  fc.property(anything, anything, fc.boolean(), (value, other, asPart) => {
    const [left, right] = asPart
      ? [
          { value, other },
          { value, other: value },
        ]
      : [value, other]
    return same(value, copyOf(value)) && same(left, right) === isDeepStrictEqual(left, copyOf(right))
  })

law('EQL-1 parts', parts(isExactlySame))
law.rejects(
  'EQL-1',
  'values compared by their text',
  parts((left, right) => fc.stringify(left) === fc.stringify(right)),
)
law.rejects(
  'EQL-1',
  'values that are all the same',
  parts(() => true),
)

interface Sameness {
  readonly loosely: Same
  readonly exactly: Same
}

const unsaid = ({ loosely, exactly }: Sameness) =>
  fc.property(fc.dictionary(fc.string(), fc.constantFrom(1, 'a', undefined, 0, -0)), (left) => {
    const kept = Object.entries(left).filter(([, part]) => part !== undefined)
    const right = Object.fromEntries(kept.map(([key, part]) => [key, part === 0 ? 0 : part]))
    return loosely(left, right) && exactly(left, right) === isDeepStrictEqual({ ...left }, right)
  })

law('EQL-2 what JSON cannot say', unsaid({ loosely: isSame, exactly: isExactlySame }))
law.rejects('EQL-2', 'one that is too exact', unsaid({ loosely: isExactlySame, exactly: isExactlySame }))
law.rejects('EQL-2', 'one that is not exact', unsaid({ loosely: isSame, exactly: isSame }))

test('instances are told apart by their class, their fields and their text', () => {
  expect(isSame(new Date(1), new Date(1))).toBe(true)
  expect(isSame(new Date(1), new Date(2))).toBe(false)
  expect(isSame(new Map(), new Set())).toBe(false)
  expect(isSame(new URL('https://a.example'), new URL('https://a.example'))).toBe(true)
  expect(isSame(new URL('https://a.example'), new URL('https://b.example'))).toBe(false)
  expect(isSame(/a/, /b/)).toBe(false)
  expect(isSame(new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { a: 2 }]))).toBe(false)
})
