/** Copies are equal and apart, and frozen copies cannot be written into; what cannot be copied is left as it is. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { copyOf, frozenCopyOf, withOwnInitialState } from '../../../../src/harness/domain/Copy.js'
import { Inventory } from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import { samples } from './AnyValues.js'

type Copy = (value: unknown) => unknown

/** Every object within a value, keys of maps and all. */
const objectsIn = (value: unknown): ReadonlyArray<object> => {
  if (typeof value !== 'object' || value === null) return []
  const inner =
    value instanceof Map
      ? [...value.keys(), ...value.values()]
      : [...Object.values(value), ...(value instanceof Set ? value : [])]
  return [value, ...(ArrayBuffer.isView(value) ? [] : inner.flatMap(objectsIn))]
}

const apart = (copy: Copy) =>
  fc.property(samples, (value) => {
    const originals = new Set(objectsIn(value))
    const made = copy(value)
    expect(made).toStrictEqual(value)
    return objectsIn(made).every((object) => !originals.has(object))
  })

const frozen = (copy: Copy) =>
  fc.property(samples, (value) => {
    const before = objectsIn(value).map((object) => Object.isFrozen(object))
    const made = objectsIn(copy(value)).filter((object) => !ArrayBuffer.isView(object))
    const after = objectsIn(value).map((object) => Object.isFrozen(object))
    expect(after).toEqual(before)
    return made.every((object) => Object.isFrozen(object))
  })

describe('Copy', () => {
  law('CPY-1 apart', apart(copyOf))
  law.rejects(
    'CPY-1',
    'a copy of the first level only',
    apart((value) =>
      Array.isArray(value)
        ? [...value]
        : typeof value === 'object' && value?.constructor === Object
          ? { ...value }
          : copyOf(value),
    ),
  )
  law('CPY-2 frozen', frozen(frozenCopyOf))
  law.rejects('CPY-2', 'a copy that is not frozen', frozen(copyOf))
})

class Money {
  constructor(readonly cents: number) {}
  plus(other: Money) {
    return new Money(this.cents + other.cents)
  }
}

class Secret {
  readonly #cents = 5
  get cents() {
    return this.#cents
  }
}

describe('instances', () => {
  test('keep their prototypes', () => {
    const money = new Money(5)
    const copy = copyOf({ money }).money
    expect(copy).not.toBe(money)
    expect(copy.plus(copy)).toEqual(new Money(10))
  })

  test('with private fields, and those of the platform, are left as they are, and are not frozen', () => {
    const values = { secret: new Secret(), url: new URL('http://localhost'), promise: Promise.resolve() }
    const copy = frozenCopyOf(values)
    expect(copy.secret.cents).toBe(5)
    expect([copy.secret, copy.url, copy.promise]).toEqual([values.secret, values.url, values.promise])
    expect(Object.values(copy).some((value) => Object.isFrozen(value))).toBe(false)
  })

  test('what contains itself is copied too, and what is shared stays shared', () => {
    const node: { self?: unknown; readonly list: ReadonlyArray<number> } = { list: [1] }
    node.self = node
    const [left, right] = copyOf([node, node] as const)
    expect(left).toBe(right)
    expect(left.self).toBe(left)
    expect(left).not.toBe(node)
  })

  test('a key `__proto__` is a key like others', () => {
    const copy = copyOf({ held: JSON.parse('{"__proto__":{"n":1}}') as object })
    expect(Object.keys(copy.held)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(copy.held)).toBe(Object.prototype)
  })
})

describe('withOwnInitialState', () => {
  test('gives a copy each time, so that a write does not stay', () => {
    const own = withOwnInitialState(Inventory)
    Object.assign(own.initialState, { stock: 5 })
    expect([own.initialState.stock, Inventory.initialState.stock]).toEqual([0, 0])
  })
})
