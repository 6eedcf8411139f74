/** The law of `StateText`: values of all kinds, and the same ones made anew in another order. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stateText } from '../../../../src/harness/scope/StateText.js'
import { law } from '../../Law.js'

type Text = typeof stateText

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(
      null,
      undefined,
      true,
      0,
      -0,
      1,
      1n,
      Number.NaN,
      '',
      '0',
      'null',
      '1n',
      new Date(0),
      new Date(1),
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('value'), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
    fc.array(fc.nat(2), { maxLength: 2 }).map((items) => new Set(items)),
    fc.array(fc.tuple(fc.nat(2), fc.nat(1)), { maxLength: 2 }).map((entries) => new Map(entries)),
  ),
}))

const inAnotherOrder = (one: unknown): unknown => {
  if (Array.isArray(one)) return one.map(inAnotherOrder)
  if (one instanceof Set) return new Set([...one].toReversed())
  if (one instanceof Map) return new Map([...one].toReversed())
  if (typeof one !== 'object' || one === null || one instanceof Date) return one
  return Object.fromEntries(
    Object.entries(one)
      .toReversed()
      .map(([key, part]) => [key, inAnotherOrder(part)]),
  )
}

const equality = (text: Text) =>
  fc.property(value, value, (left, right) => {
    const isSame = text(left) === text(right)
    return isSame === isDeepStrictEqual(left, right) && text(left) === text(inAnotherOrder(left))
  })

describe('laws', () => {
  law('STT-1 equality', equality(stateText), { numRuns: 2000 })
  law.rejects(
    'STT-1',
    'plain JSON',
    equality((state) => JSON.stringify(state) ?? ''),
    { numRuns: 2000 },
  )
})

test('a value that holds itself, functions and instances have a text too', () => {
  const circle: { inner?: unknown } = {}
  circle.inner = circle
  class Money {
    constructor(readonly cents: number) {}
  }
  expect([circle, Math.abs, new Money(3)].map(stateText)).toEqual([
    '{"inner":above 1}',
    'function abs',
    'Money {"cents":3}',
  ])
})
