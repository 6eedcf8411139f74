/** SFD-1, and the fields of states that are not plain records. */
import { deepStrictEqual } from 'node:assert'
import { combine, domain } from 'decider-ts/decide'
import fc from 'fast-check'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import {
  changedFields,
  fieldAt,
  fieldsOf,
  withFieldFrom,
  withFieldValue,
} from '../../../../src/harness/mutation/StateField.js'
import { parts } from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import { Transfers } from './Samples.js'

const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.nat(), { maxLength: 2 }))
const state = fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'constructor'), leaf, {
  noNullPrototype: true,
})

const putBack = (put: typeof withFieldFrom) =>
  fc.property(state, state, (before, after) => {
    const back = changedFields({}, before, after).reduce((each, path) => put(each, path, before), after)
    deepStrictEqual(back, before)
  })

law('SFD-1 put back', putBack(withFieldFrom))
law.rejects(
  'SFD-1',
  'a field that is put back as `undefined` where there was none',
  putBack((each, path, other) => withFieldValue(each, path, fieldAt(other, path))),
)

const both = combine({ stock: domain(parts), money: Transfers })

test('in a combination the fields are those of its parts', () => {
  const { initialState } = both
  const after = { ...initialState, stock: { ...initialState.stock, status: 'open' as const, stock: 1 } }
  expect(changedFields(both, initialState, after)).toEqual([
    ['stock', 'status'],
    ['stock', 'stock'],
  ])
  expect(withFieldFrom(after, ['stock', 'status'], initialState).stock).toEqual({
    ...after.stock,
    status: 'new',
  })
  expect(fieldsOf(both, initialState)).toContainEqual(['money', 'cents'])
})

test('a state that is no plain record has no fields, and is left as it is', () => {
  expect(changedFields({}, 1, 2)).toEqual([])
  expect(changedFields({}, new Map([[1, 1]]), new Map())).toEqual([])
  expect(fieldsOf({}, t.string)).toEqual([])
  expect(withFieldFrom(5, ['a'], { a: 1 })).toBe(5)
  expect(withFieldValue(5, ['a'], 1)).toBe(5)
})
