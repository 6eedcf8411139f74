/** The laws of stored values, against bytes as Node compares them. */
import { fromIoTs } from 'decider-ts/evolve'
import type { Json, JsonObject } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { isSame } from '../../../../src/harness/domain/Equality.js'
import { storedBy, throughJsonb } from '../../../../src/harness/domain/Stored.js'
import { law } from '../../Law.js'

type Through = (json: Json) => Json

const key = fc.oneof(fc.string({ maxLength: 4 }), fc.string({ unit: 'grapheme', maxLength: 3 }))
const record = fc.dictionary(key, fc.constantFrom<Json>(1, 'a', null), { maxKeys: 8 })

const order = (through: Through) =>
  fc.property(record, (value) => {
    const byBytes = Object.entries(value).sort(
      ([left], [right]) =>
        Buffer.byteLength(left) - Buffer.byteLength(right) ||
        Buffer.compare(Buffer.from(left), Buffer.from(right)),
    )
    // JavaScript itself puts the keys that are numbers first.
    const expected = Object.keys(Object.fromEntries(byBytes))
    expect(Object.keys((through({ value }) as JsonObject)['value'] as JsonObject)).toEqual(expected)
    return true
  })

law('JSB-1 order', order(throughJsonb))
law.rejects(
  'JSB-1',
  'keys in the order in which they came',
  order((json) => json),
)

const json = fc.jsonValue({ maxDepth: 3 }).map((value) => value as Json)

const meaning = (through: Through) =>
  fc.property(json, record, (value, more) => {
    const whole = { value, more, zeros: [0, -0] }
    return isSame(through(whole), whole) && Object.is(through(-0), 0)
  })

law('JSB-2 meaning', meaning(throughJsonb))
law.rejects(
  'JSB-2',
  'values without their nulls',
  meaning((value) => JSON.parse(JSON.stringify(value).replaceAll('null', '0')) as Json),
)

test('what cannot be written, and what cannot be read, says where and why', () => {
  const amounts = storedBy(fromIoTs(t.type({ amount: t.number })))
  expect(amounts({ amount: 1 })).toEqual(E.right({ amount: 1 }))
  expect(amounts({ amount: Number.NaN })).toEqual(
    E.left({ at: 'writing', path: 'amount', reason: 'NaN is not a number in JSON' }),
  )
  const oneWay = storedBy({ ...fromIoTs(t.number), encode: String })
  expect(oneWay(1)).toEqual(E.left({ at: 'reading', path: '', reason: "is '1', which is not number" }))
  const throws = storedBy({
    ...fromIoTs(t.number),
    encode: () => {
      throw new Error('not today')
    },
  })
  expect(throws(1)).toEqual(E.left({ at: 'writing', path: '', reason: 'the codec threw Error: not today' }))
})
