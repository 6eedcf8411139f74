/** Where two values part: nowhere when they are equal, and else at a place that both agree on. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { copyOf } from '../../../../src/harness/domain/Copy.js'
import { partingOf, shownChange, shownDifference } from '../../../../src/harness/domain/Parting.js'
import { law } from '../../Law.js'
import { samples } from './AnyValues.js'

type PartingOf = typeof partingOf

const nowhere = (parting: PartingOf) =>
  fc.property(samples, (value) => parting(value, copyOf(value), 'it') === undefined)

/** A value with one leaf changed, and the path of that leaf. */
const changed = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'two words'), { maxLength: 4 }), samples)
  .map(([keys, rest]) => {
    const build = (leaf: unknown): unknown =>
      keys.reduceRight<unknown>((inner, key) => ({ rest, [key]: inner }), leaf)
    const path = keys.reduce((at, key) => (key === 'two words' ? `${at}['two words']` : `${at}.${key}`), 'it')
    return { left: build('before'), right: build('after'), path }
  })

const exact = (parting: PartingOf) =>
  fc.property(changed, ({ left, right, path }) => {
    expect(parting(left, right, 'it')).toEqual({ path, left: 'before', right: 'after' })
    return true
  })

describe('Parting', () => {
  law('WHR-1 equal', nowhere(partingOf))
  law.rejects(
    'WHR-1',
    'a comparison by identity',
    nowhere((left, right, path) => (Object.is(left, right) ? undefined : { path, left, right })),
  )
  law('WHR-2 exact', exact(partingOf))
  law.rejects(
    'WHR-2',
    'a comparison of wholes',
    exact((left, right, path) =>
      JSON.stringify(left) === JSON.stringify(right) ? undefined : { path, left, right },
    ),
  )
})

describe('what parts', () => {
  const parted = (left: unknown, right: unknown) => partingOf(left, right, 'state')?.path
  test.each([
    [{ a: [1, 2] }, { a: [1, 3] }, 'state.a[1]'],
    [{ a: [1] }, { a: [1, 2] }, 'state.a[1]'],
    [new Map([['r1', { n: 1 }]]), new Map([['r1', { n: 2 }]]), "state.get('r1').n"],
    [new Set([1]), new Set([1, 2]), 'state[1]'],
    [{ at: new Date(1) }, { at: new Date(2) }, 'state.at'],
    [{ n: 0 }, { n: -0 }, 'state.n'],
    [{ n: undefined }, {}, 'state.n'],
    [new Uint8Array([1, 2]), new Uint8Array([1, 3]), 'state[1]'],
    [[], {}, 'state'],
    [/a/, /b/, 'state'],
  ])('%o and %o', (left, right, path) => {
    expect(parted(left, right)).toBe(path)
    expect(parted(right, left)).toBe(path)
  })

  test('prototypes, and the order of keys, do not matter', () => {
    const bare = Object.assign(Object.create(null), { b: 2, a: 1 })
    expect(parted({ a: 1, b: 2 }, bare)).toBeUndefined()
  })

  test('values that contain themselves come to an end', () => {
    const node: { self?: unknown } = {}
    node.self = node
    expect(parted(node, copyOf(node))).toBeUndefined()
  })
})

test('changes and differences in words', () => {
  const parting = partingOf({ a: 1 }, { a: 'x' }, 'state')
  expect(parting && shownChange(parting)).toBe("`state.a` was 1, and is 'x' now")
  expect(shownChange({ path: 'state.a', right: 5n })).toBe('`state.a` was not there, and is 5n now')
  expect(shownChange({ path: 'state.a', left: [] })).toBe('`state.a` was [], and is gone now')
  expect(shownDifference({ path: 'answer', left: 1 }, 'here', 'there')).toBe(
    '`answer` is 1 here, and not there there',
  )
})
