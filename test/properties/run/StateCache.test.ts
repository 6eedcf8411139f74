/** The law of `StateCache`, against the plainest model: the list of streams in the order of their last use. */
import { deepStrictEqual } from 'node:assert/strict'
import { streamId } from 'decider-ts/store'
import fc from 'fast-check'
import { option as O } from 'fp-ts'
import { expect, test } from 'vitest'
import { type StateCache, stateCache } from '../../../src/run/StateCache.js'
import { law } from '../Law.js'

const use = fc.record({ isGet: fc.boolean(), id: fc.constantFrom('a', 'b', 'c', 'd') })
const uses = fc.array(use, { maxLength: 60, size: 'max' })

const staysInBounds = (make: (streamsMax: number) => StateCache<number>) =>
  fc.property(fc.nat({ max: 4 }), uses, (streamsMax, steps) => {
    const cache = make(streamsMax)
    let model: ReadonlyArray<readonly [string, number]> = []
    for (const [value, { isGet, id }] of steps.entries()) {
      const stream = streamId('s', id)
      const known = model.find(([name]) => name === id)
      if (isGet) deepStrictEqual(cache.get(stream), O.fromNullable(known?.[1]))
      else cache.set(stream, O.some(value))
      const used = isGet ? known : ([id, value] as const)
      if (used !== undefined)
        model = [...model.filter(([name]) => name !== id), used].slice(-streamsMax || model.length + 1)
    }
  })

law('CCH-1 bound', staysInBounds(stateCache))
law.rejects(
  'CCH-1',
  'a cache that forgets the stream that came first, however often it is used',
  staysInBounds((streamsMax) => {
    const values = new Map<string, number>()
    return {
      get: (stream) => O.fromNullable(values.get(stream)),
      set: (stream, value) => {
        if (O.isSome(value)) values.set(stream, value.value)
        const [first] = values.keys()
        if (values.size > streamsMax && first !== undefined) values.delete(first)
      },
    }
  }),
)

test('nothing in place of a value forgets the stream', () => {
  const cache = stateCache<number>(2)
  const stream = streamId('s', 'a')
  cache.set(stream, O.some(1))
  cache.set(stream, O.none)
  expect(cache.get(stream)).toEqual(O.none)
})
