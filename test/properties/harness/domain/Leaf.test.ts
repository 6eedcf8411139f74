/** The laws of leaves: put where they belong, and only ever made smaller. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  isBefore,
  type LeafValue,
  leavesOf,
  smallerLeaves,
  withLeaf,
  withLeafEverywhere,
} from '../../../../src/harness/domain/Leaf.js'
import { hostileName } from '../../evolve/Samples.js'
import { law } from '../../Law.js'

const leaf: fc.Arbitrary<LeafValue> = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.date({ noInvalidDate: false }),
)

/** Plain values of any shape, under names that break objects without care. */
const tree = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.constantFrom(null, undefined, true),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(hostileName, fc.constantFrom('type', 'id')), tie('tree'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).tree

const replaced = (put: typeof withLeaf) =>
  fc.property(tree, fc.nat(), leaf, (value, nth, other) => {
    const before = leavesOf(value)
    const place = before.length === 0 ? 0 : nth % before.length
    const chosen = before[place]
    if (chosen === undefined) return
    const expected = before.map((one, index) => (index === place ? { ...one, value: other } : one))
    deepStrictEqual(leavesOf(put(value, chosen.path, other)), expected)
    deepStrictEqual(leavesOf(value), before)
  })

law('LEAF-1 replaced', replaced(withLeaf))
law.rejects(
  'LEAF-1',
  'putting by assignment, which loses what is called `__proto__`',
  replaced((value, path, other) => {
    const assign = (part: unknown, [key, ...rest]: ReadonlyArray<string>): unknown => {
      if (key === undefined || typeof part !== 'object' || part === null) return other
      const copy: Record<string, unknown> = Array.isArray(part) ? ([...part] as never) : {}
      for (const [name, inner] of Object.entries(part))
        copy[name] = name === key ? assign(inner, rest) : inner
      return copy
    }
    return assign(value, path)
  }),
  { numRuns: 2000 },
)
law.rejects(
  'LEAF-1',
  'putting it wherever the old one was',
  replaced((value, path, other) => {
    const old = leavesOf(value).find((one) => one.path.join() === path.join())
    return old === undefined ? value : withLeafEverywhere(value, old.value, other)
  }),
  { numRuns: 50_000 },
)

/** Going down from a leaf, whichever way, comes to an end. */
const downhill = (smaller: typeof smallerLeaves) =>
  fc.property(leaf, fc.infiniteStream(fc.nat()), (first, choices) => {
    let current = first
    for (const choice of choices.take(500)) {
      const candidates = smaller(current)
      const next = candidates[choice % Math.max(1, candidates.length)]
      for (const candidate of candidates) {
        ok(isBefore(candidate, current))
        ok(!isBefore(current, candidate))
      }
      if (next === undefined) return
      current = next
    }
  })

law('LEAF-2 downhill', downhill(smallerLeaves))
law.rejects(
  'LEAF-2',
  'a leaf among those that are smaller than it',
  downhill((one) => [...smallerLeaves(one), one]),
)

test('what is simplest comes first', () => {
  expect(smallerLeaves(-12)).toEqual([0, 1, 12, -6, -11])
  expect(smallerLeaves(2.5)).toEqual([0, 1, 2, 1, 1])
  expect(smallerLeaves(Number.NaN)).toEqual([0, 1])
  expect(smallerLeaves(0)).toEqual([])
  expect(smallerLeaves(5n)).toEqual([0n, 1n, 2n, 4n])
  expect(smallerLeaves('zebra')).toEqual(['', 'a', 'b', 'c', 'ze', 'zebr', 'aaaaa'])
  expect(smallerLeaves(new Date(2))).toEqual([new Date(0), new Date(1), new Date(1), new Date(1)])
})

test('a value that contains itself, or throws when it is read, has only the leaves that were found', () => {
  const round: { id: string; self?: unknown } = { id: 'a' }
  round.self = round
  expect(leavesOf(round).every(({ value }) => value === 'a')).toBe(true)
  const throwing = {
    id: 'a',
    get other(): string {
      throw new Error('a getter')
    },
  }
  expect(leavesOf(throwing)).toEqual([{ path: ['id'], value: 'a' }])
  expect(leavesOf({ type: 'Name', inner: { type: 'kept' } })).toEqual([
    { path: ['inner', 'type'], value: 'kept' },
  ])
  expect(leavesOf(Array.from({ length: 1000 }, () => 7))).toHaveLength(200)
})
