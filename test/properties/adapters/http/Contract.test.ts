import { type Contract, contract } from 'decider-ts/adapters/http'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { law } from '../../Law.js'

const name = fc
  .array(fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/), { minLength: 2, maxLength: 4 })
  .map((words) => words.join('.'))

type Make = (
  types: Readonly<Record<string, t.Type<{ n: number }>>>,
) => Contract<Record<string, { n: number }>>

const namesItsEvents = (make: Make) =>
  fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), fc.integer(), (names, n) => {
    const made = make(Object.fromEntries(names.map((each) => [each, t.type({ n: t.number })])))
    return names.every((type) => {
      const written = made.events.encode({ type, n })
      const read = made.events.decode(written)
      const isKnown = written.type === type && made.names.includes(type) && made.data.has(type)
      return isKnown && E.isRight(read) && read.right.type === type && read.right.n === n
    })
  })

law('CTR-1 names', namesItsEvents(contract))
law.rejects(
  'CTR-1',
  'a contract that forgets its last name',
  namesItsEvents((types) => ({ ...contract(types), data: new Map() })),
)

test.each(['Placed', '', 'a..b', 'a.b\n', 'a b.c', '.a', 'a.b:c', `a.${'b'.repeat(300)}`])(
  'a name such as %j is refused',
  (each) => {
    expect(() => contract({ [each]: t.type({}) })).toThrow(RangeError)
  },
)
