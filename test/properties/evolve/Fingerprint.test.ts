/**
 * The laws of `Fingerprint`. Definitions are generated as data and built from it, so that one definition can be built
 * twice, and two that differ in one part can be compared. All codecs have the same name, which tells nothing.
 */
import { eventCodec, type FoldDefinition, fingerprintOf, fromIoTs, taggedCodec } from 'decider-ts/evolve'
import fc from 'fast-check'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { law } from '../Law.js'

type Shape =
  | { readonly is: 'string' | 'number' | 'null' | 'opaque' | 'other opaque' }
  | { readonly literal: string | number | boolean }
  | { readonly keys: ReadonlyArray<string> }
  | {
      readonly of: 'type' | 'partial' | 'strict' | 'readonly'
      readonly props: ReadonlyArray<readonly [string, Shape]>
    }
  | { readonly many: 'array' | 'record' | 'recursion' | 'positive' | 'small'; readonly item: Shape }
  | { readonly any: 'union' | 'tuple'; readonly items: readonly [Shape, Shape] }

/** Two that are alike have to print alike, whatever their prototypes are. */
const plain = <Value extends object>(value: Value): Value => ({ ...value })

const { shape } = fc.letrec<{ readonly shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom('string', 'number', 'null', 'opaque', 'other opaque').map((is) => ({ is }) as const),
    fc.constantFrom('1', 1, 2, true, 'true').map((literal) => ({ literal })),
    fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }).map((keys) => ({ keys })),
    fc
      .record({
        of: fc.constantFrom('type' as const, 'partial' as const, 'strict' as const, 'readonly' as const),
        props: fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), tie('shape')), {
          maxLength: 3,
          selector: ([key]) => key,
        }),
      })
      .map(plain),
    fc
      .record({
        many: fc.constantFrom(
          'array' as const,
          'record' as const,
          'recursion' as const,
          'positive' as const,
          'small' as const,
        ),
        item: tie('shape'),
      })
      .map(plain),
    fc
      .record({
        any: fc.constantFrom('union' as const, 'tuple' as const),
        items: fc.tuple(tie('shape'), tie('shape')),
      })
      .map(plain),
  ),
}))

const name = 'x'
const always = (input: unknown): input is unknown => input !== undefined
const opaque = new t.Type<unknown>(name, always, (input) => t.success(input), t.identity)
const otherOpaque = new t.Type<unknown>(name, always, (input) => t.success([input]), t.identity)

const built = (from: Shape): t.Mixed => {
  if ('is' in from) {
    const leaves = { string: t.string, number: t.number, null: t.null, opaque, 'other opaque': otherOpaque }
    return leaves[from.is]
  }
  if ('literal' in from) return t.literal(from.literal, name)
  if ('keys' in from) return t.keyof(Object.fromEntries(from.keys.map((key) => [key, null])), name)
  if ('of' in from) {
    const props = Object.fromEntries(from.props.map(([key, prop]) => [key, built(prop)]))
    const make = { type: t.type, partial: t.partial, strict: t.strict, readonly: t.type }[from.of]
    return from.of === 'readonly' ? t.readonly(t.type(props, name), name) : make(props, name)
  }
  if ('many' in from) return manyOf(from.many, built(from.item))
  const [one, other] = from.items
  return from.any === 'union'
    ? t.union([built(one), built(other)], name)
    : t.tuple([built(one), built(other)], name)
}

const manyOf = (many: 'array' | 'record' | 'recursion' | 'positive' | 'small', item: t.Mixed): t.Mixed => {
  switch (many) {
    case 'array':
      return t.array(item, name)
    case 'record':
      return t.record(t.string, item, name)
    case 'recursion':
      return t.recursion(name, (self) => t.type({ next: t.union([t.null, self]), item }, name))
    case 'positive':
      return t.refinement(item, (value) => Number(value) > 0, name)
    case 'small':
      return t.refinement(item, (value) => Number(value) < 10, name)
  }
}

const upcaster = {
  none: [],
  one: [(data: unknown) => data],
  'another one': [(data: unknown) => [data]],
  two: [(data: unknown) => data, (data: unknown) => data],
}

const evolves = {
  add: () => (sum: number, event: number) => sum + event,
  subtract: () => (sum: number, event: number) => sum - event,
}

const definition = fc.record({
  name: fc.constantFrom('a', 'b'),
  foldVersion: fc.constantFrom(1, 2),
  state: shape,
  event: shape,
  type: fc.constantFrom('Paid', 'Moved'),
  upcasters: fc.constantFrom('none' as const, 'one' as const, 'another one' as const, 'two' as const),
  initialState: fc.constantFrom(0, -0, 1, '1', null),
  evolve: fc.constantFrom('add' as const, 'subtract' as const),
})
type Definition = typeof definition extends fc.Arbitrary<infer D> ? D : never

const foldOf = (from: Definition): FoldDefinition => ({
  name: from.name,
  foldVersion: from.foldVersion,
  event: eventCodec(
    taggedCodec(t.type({ type: t.literal(from.type, name), data: built(from.event) }, name)),
    { Paid: upcaster[from.upcasters] },
  ),
  state: { ...fromIoTs(built(from.state)), encode: (state: unknown) => state },
  initialState: from.initialState,
  evolve: evolves[from.evolve](),
})

type FingerprintOf = (fold: FoldDefinition) => string

const isStable = (of: FingerprintOf) =>
  fc.property(definition, (from) => {
    const [once, again] = [of(foldOf(from)), of(foldOf(from))]
    return once === again
  })

law('FPR-1 stable', isStable(fingerprintOf))

const numbered = (): FingerprintOf => {
  const numbers = new Map<unknown, number>()
  return ({ evolve }) => {
    if (!numbers.has(evolve)) numbers.set(evolve, numbers.size)
    return String(numbers.get(evolve))
  }
}
law.rejects('FPR-1', 'functions that are told apart by identity', isStable(numbered()))

const parts = [
  'name',
  'foldVersion',
  'state',
  'event',
  'type',
  'upcasters',
  'initialState',
  'evolve',
] as const

const textOf = (from: Definition): string => fc.stringify(parts.map((part) => from[part]))

/** One part is replaced; it differs as data, so it has to differ in the fingerprint. */
const isSensitive = (of: FingerprintOf) =>
  fc.property(definition, definition, fc.constantFrom(...parts), (one, two, part) => {
    const other = { ...one, [part]: two[part] }
    return textOf(one) === textOf(other) || of(foldOf(one)) !== of(foldOf(other))
  })

law('FPR-2 sensitive', isSensitive(fingerprintOf), { numRuns: 2_000 })
law.rejects(
  'FPR-2',
  'a fingerprint without the text of evolve',
  isSensitive((fold) => fingerprintOf({ ...fold, evolve: () => 0 })),
)
law.rejects(
  'FPR-2',
  'a fingerprint of the names of codecs',
  isSensitive((fold) =>
    JSON.stringify([
      fingerprintOf({ ...fold, state: fromIoTs(t.unknown), event: eventCodec(taggedCodec(Paid)) }),
      fold.state.codecs.map((codec) => codec.name),
      fold.event.tagged.codecs.map((codec) => codec.name),
    ]),
  ),
)
law.rejects(
  'FPR-2',
  'a fingerprint without the upcasters',
  isSensitive((fold) => fingerprintOf({ ...fold, event: { ...fold.event, upcasters: {} } })),
)

const Paid = t.type({ type: t.literal('Paid') })

describe('fingerprintOf', () => {
  const sum = { ...foldOf(fc.sample(definition, { numRuns: 1, seed: 1 })[0] as Definition) }

  test('shows a change within a part of a combination', () => {
    const whole = (part: FoldDefinition) => fingerprintOf({ ...sum, parts: { part } })
    expect(whole({ ...sum, foldVersion: 3 })).not.toBe(whole(sum))
  })

  test('ends for codecs that hold themselves', () => {
    interface Tree {
      readonly left: Tree | null
      readonly right: Tree | null
    }
    const tree: t.Type<Tree> = t.recursion('tree', (self) =>
      t.type({ left: t.union([t.null, self]), right: t.union([t.null, self]) }),
    )
    const text = fingerprintOf({ ...sum, state: fromIoTs(tree) })
    expect(text.length).toBeLessThan(3_000)
  })

  test('is had even where the initial state cannot be encoded', () => {
    const broken = {
      ...fromIoTs(t.number),
      encode: () => {
        throw new Error('never')
      },
    }
    expect(fingerprintOf({ ...sum, state: broken })).toContain('null')
  })
})
