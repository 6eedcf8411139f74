/** Where two values differ: nowhere exactly if they are the same, and else at places that both agree on. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Change, diff } from '../../../../src/evolve/Timeline.js'
import { copyOf } from '../../../../src/harness/domain/Copy.js'
import {
  changesInWords,
  differenceInWords,
  differences,
  firstChange,
  firstDifference,
  shownChange,
  shownDifference,
} from '../../../../src/harness/domain/Difference.js'
import { isSame } from '../../../../src/harness/domain/Equality.js'
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
    fc.dictionary(fc.constantFrom('a', 'b', 'two words'), tie('value'), { noNullPrototype: true }),
    fc
      .array(fc.tuple(fc.constantFrom<unknown>('a', 'b', null, 1), tie('value')), { maxLength: 2 })
      .map((parts) => new Map(parts)),
  ),
})).value

const same = (between: typeof differences) =>
  fc.property(value, value, (left, right) => {
    expect(between(left, copyOf(left))).toEqual([])
    expect(between(left, right).length === 0).toBe(isDeepStrictEqual(left, right))
    expect(isSame(left, right)).toBe(isDeepStrictEqual(left, right))
  })

/** What is at a path, by evaluating it as source. */
const at = (whole: unknown, path: string): unknown => {
  const place = path === '' ? 'it' : path.startsWith('[') ? `it${path}` : `it.${path}`
  return new Function('it', `return ${place}`)(whole)
}

const isReal =
  (left: unknown, right: unknown) =>
  (change: Change): boolean =>
    ('before' in change ? isSame(at(left, change.path), change.before) : !('before' in change)) &&
    ('after' in change ? isSame(at(right, change.path), change.after) : !('after' in change)) &&
    !isSame(change.before, change.after)

const real = (between: typeof differences) =>
  fc.property(value, value, (left, right) => between(left, right).every(isReal(left, right)))

describe('Difference', () => {
  law('DIF-1 same', same(differences))
  law.rejects('DIF-1', 'dates that are compared by identity', same(diff))
  law.rejects(
    'DIF-1',
    'dates that are all alike',
    same((left, right) =>
      differences(left, right).filter(
        ({ before, after }) => !(before instanceof Date && after instanceof Date),
      ),
    ),
    // Two values that differ in a date alone are rare.
    { numRuns: 2000 },
  )
  law('DIF-2 real', real(differences))
  law.rejects(
    'DIF-2',
    'paths that name the parent',
    real((left, right) =>
      differences(left, right).map((change) => ({ ...change, path: change.path.replace(/\.?\w+$/, '') })),
    ),
  )
})

describe('the first difference', () => {
  test.each([
    [{ a: [1, 2] }, { a: [1, 3] }, 'state.a[1]'],
    [{ a: [1] }, { a: [1, 2] }, 'state.a[1]'],
    [{ 'two words': 1 }, { 'two words': 2 }, "state['two words']"],
    [new Map([['r1', { n: 1 }]]), new Map([['r1', { n: 2 }]]), "state.get('r1').n"],
    [{ tags: new Set([1]) }, { tags: new Set([1, 2]) }, 'state.tags'],
    [{ at: new Date(1) }, { at: new Date(2) }, 'state.at'],
    [new Uint8Array([1, 2]), new Uint8Array([1, 3]), 'state[1]'],
    [[], {}, 'state'],
    [/a/, /b/, 'state'],
  ])('%o and %o', (left, right, path) => {
    expect(firstDifference(left, right, 'state')?.path).toBe(path)
    expect(firstDifference(right, left, 'state')?.path).toBe(path)
  })

  test('prototypes of records, and the order of keys, do not matter', () => {
    const bare = Object.assign(Object.create(null), { b: 2, a: 1 })
    expect(firstDifference({ a: 1, b: 2 }, bare, 'state')).toBeUndefined()
  })

  test('what JSON cannot say is a change, and no difference', () => {
    expect(differences({ a: 1, note: undefined, n: 0 }, { a: 1, n: -0 })).toEqual([])
    expect(firstChange({ a: 1, note: undefined }, { a: 1 })).toEqual({ path: 'note', before: undefined })
    expect(firstChange({ n: 0 }, { n: -0 })).toEqual({ path: 'n', before: 0, after: -0 })
  })

  test('values that contain themselves come to an end', () => {
    const knot = (n: number): unknown => {
      const node: { n: number; self?: unknown; again?: unknown } = { n }
      node.self = node
      node.again = node
      return node
    }
    expect(firstDifference(knot(1), copyOf(knot(1)), 'state')).toBeUndefined()
    expect(firstDifference(knot(1), knot(2), 'state')?.path).toBe('state.n')
  })
})

test('changes and differences in words', () => {
  const change = firstDifference({ a: 1 }, { a: 'x' }, 'state')
  expect(change && shownChange(change)).toBe("`state.a` was 1, and is 'x' now")
  expect(shownChange({ path: 'state.a', after: 5n })).toBe('`state.a` was not there, and is 5n now')
  expect(shownChange({ path: 'state.a', before: [] })).toBe('`state.a` was [], and is gone now')
  expect(shownDifference({ path: 'answer', before: 1 }, 'here', 'there')).toBe(
    '`answer` is 1 here, and not there there',
  )
  expect(changesInWords({ a: 1, b: [] }, { a: 'x', b: [2] })).toBe("`a` 1 → 'x', `b[0]` absent → 2")
  expect(changesInWords(1, 1)).toBe('nothing')
  expect(differenceInWords({ n: 1, m: 2 }, { n: 3, m: 4 })).toBe(' `n` is 1 instead of 3 (and 1 more).')
  expect(differenceInWords(1, 2)).toBe('')
})
