/** Values in a sentence: as they are written, and never long. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shown, shownThrown, shownType } from '../../../../src/harness/domain/Shown.js'
import { literal } from '../../../../src/harness/report/Literal.js'
import { law } from '../../Law.js'

const written = fc.anything({ withMap: true, withSet: true, withDate: true, withBigInt: true, maxDepth: 3 })

const asSource = (show: typeof shown) =>
  fc.property(
    written,
    (value) =>
      show(value, Number.POSITIVE_INFINITY) === literal(value, { columns: Number.POSITIVE_INFINITY }),
  )

const anything = fc.oneof(
  written,
  fc.string({ maxLength: 300, size: 'max' }).map((text) => new Error(text)),
  fc.constantFrom<unknown>(() => 1, Symbol('s'), Promise.resolve(1), new Error('a\nb')),
)

const short = (show: typeof shown) =>
  fc.property(anything, fc.integer({ min: 1, max: 200 }), (value, most) => {
    const text = show(value, most)
    return text.length <= most && !text.includes('\n')
  })

describe('Shown', () => {
  law('SHW-1 as source', asSource(shown))
  law.rejects(
    'SHW-1',
    'values as JSON',
    asSource((value) => JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part))),
  )
  law('SHW-2 short', short(shown))
  law.rejects(
    'SHW-2',
    'values in full',
    short((value) => shown(value, Number.POSITIVE_INFINITY)),
  )
})

test('what has no source is named', () => {
  const node: { self?: unknown } = {}
  node.self = node
  expect(shown({ f: () => 1, p: Promise.resolve(1), node })).toBe(
    '{ f: the function f, p: a Promise, node: { self: … } }',
  )
  expect(shown(new RangeError('too far'))).toBe('RangeError: too far')
  expect(shownThrown(new Error('a\nb'))).toBe('Error: a')
  expect(shownThrown({ why: 'x' })).toBe("{ why: 'x' }")
  expect(shownType({ type: 'Opened', by: 'a' })).toBe('Opened')
})
