/**
 * The walk through a codec that makes arbitrary values of its parts and puts them together. A derivation serves many
 * codecs, so that a brand that nine commands have in common is looked into once.
 * Used by: `ArbitraryCodec`, `ArbitraryDomain`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import type * as t from 'io-ts'
import { joinPath } from '../../evolve/Codec.js'
import { boundedFilter, type Filter } from './BoundedFilter.js'
import { type Described, described, givenName, memberName } from './Described.js'
import { NoArbitrary, registerOverride } from './NoArbitrary.js'
import { opaqueValues } from './Opaque.js'
import { type Overrides, overrideFor } from './Overrides.js'
import { arrayOf, isKey, type Plain, plain, recordOf } from './Plain.js'
import { bigNumbers, type Leaf, narrowedValues, narrowing, refinedValues } from './Refinement.js'
import { intersected, keysOf, propertiesOf, recordWith } from './Structures.js'

/** What values are derived by. */
export interface DerivationOptions {
  readonly overrides?: Overrides
  /** Values of `arbitrary` used again, where a codec, or a property of that name, is one whose values name things. */
  readonly recycle?: Recycle
}

/** Decides whether the values at a place are used again, and sees to it. */
export type Recycle = (place: {
  readonly codec: t.Mixed
  readonly arbitrary: fc.Arbitrary<unknown>
  /** Whether the values look like names of things. */
  readonly isName: boolean
  /** The property that holds a plain text. */
  readonly key?: string
}) => fc.Arbitrary<unknown>

/** Where in a codec, and how often a recursive codec may still be entered. */
interface Place {
  readonly path: string
  readonly depth: number
}

/** Values, or why there are none: nothing is of this kind, or all of it would be endless. */
type Derived = E.Either<NoArbitrary, fc.Arbitrary<unknown>>

/** The depths that are tried, one after another, until a recursive codec can come to an end. */
const depths = [3, 8, 20]

/**
 * A derivation for many codecs: what they have in common is derived once.
 * @internal
 */
export const derivation = (
  options: DerivationOptions,
): ((codec: t.Mixed, path?: string) => fc.Arbitrary<unknown>) => {
  const walk = new Walk(options)
  return (codec, path = givenName(codec) ?? 'value') => {
    let last: NoArbitrary | undefined
    for (const depth of depths) {
      const derived = walk.valuesOf(codec, { path, depth })
      if (E.isRight(derived)) return derived.right
      last = derived.left
    }
    throw last
  }
}

class Walk {
  private readonly overrides: Overrides
  private readonly recycle: Recycle
  private readonly leaves: Map<t.Mixed, fc.Arbitrary<unknown>>
  private readonly structures: Map<t.Mixed, Map<number, Derived>>
  private madePlain: Plain | undefined

  constructor({ overrides = {}, recycle = ({ arbitrary }) => arbitrary }: DerivationOptions) {
    this.overrides = overrides
    this.recycle = recycle
    this.leaves = new Map()
    this.structures = new Map()
  }

  private get plain(): Plain {
    this.madePlain ??= plain()
    return this.madePlain
  }

  valuesOf(codec: t.Mixed, place: Place): Derived {
    const leaf = this.leaves.get(codec) ?? this.leafOf(codec, place)
    if (leaf !== undefined) {
      this.leaves.set(codec, leaf)
      return E.right(leaf)
    }
    const byDepth = this.structures.get(codec) ?? new Map<number, Derived>()
    this.structures.set(codec, byDepth)
    const derived =
      byDepth.get(place.depth) ??
      E.map((arbitrary: fc.Arbitrary<unknown>) =>
        this.recycle({ codec, arbitrary, isName: isTextual(codec) }),
      )(this.structureOf(codec, place))
    byDepth.set(place.depth, derived)
    return derived
  }

  /** Values of a codec whose inside is of no interest: one that is overridden, opaque, or narrowed by a predicate. */
  private leafOf(codec: t.Mixed, { path }: Place): fc.Arbitrary<unknown> | undefined {
    const recycled = ({ arbitrary, isName }: Leaf) => this.recycle({ codec, arbitrary, isName })
    const override = overrideFor(this.overrides, codec, path)
    if (override !== undefined) return recycled({ arbitrary: override, isName: isTextual(codec) })
    const { _tag } = described(codec)
    if (_tag === undefined || !knownTags.has(_tag)) return recycled(opaqueValues(codec, path, this.plain))
    if (_tag !== 'RefinementType') {
      const arbitrary = this.plainValuesOf(codec)
      return arbitrary && recycled({ arbitrary, isName: false })
    }
    const found = refinedValues(narrowing(codec, this.isGiven), path)
    return found && recycled(found)
  }

  private readonly isGiven = (codec: t.Mixed): boolean => overrideFor(this.overrides, codec, '') !== undefined

  private plainValuesOf(codec: t.Mixed): fc.Arbitrary<unknown> | undefined {
    const { _tag, value, keys = {} } = described(codec)
    switch (_tag) {
      case 'NullType':
        return fc.constant(null)
      case 'UndefinedType':
      case 'VoidType':
        return fc.constant(undefined)
      case 'LiteralType':
        return fc.constant(value)
      case 'KeyofType':
        return fc.constantFrom(...Object.keys(keys))
      case 'BooleanType':
        return fc.boolean()
      case 'StringType':
        return this.plain.text
      case 'NumberType':
        return this.plain.number
      case 'BigIntType':
        return bigNumbers
      case 'UnknownType':
      case 'AnyType':
        return this.plain.json
      case 'AnyArrayType':
        return this.plain.jsonArray
      case 'AnyDictionaryType':
      case 'ObjectType':
        return this.plain.jsonRecord
      default:
        return undefined
    }
  }

  private structureOf(codec: t.Mixed, place: Place): Derived {
    const of = described(codec)
    const properties = propertiesOf(codec, this.isGiven)
    if (properties !== undefined) return this.recordOf(properties.required, properties.optional, place)
    switch (of._tag) {
      case 'ReadonlyType':
      case 'ExactType':
        return of.type === undefined ? never(codec, place) : this.valuesOf(of.type, place)
      case 'RecursiveType':
        return of.type === undefined || place.depth === 0
          ? endless(codec, place)
          : this.valuesOf(of.type, { ...place, depth: place.depth - 1 })
      case 'ArrayType':
      case 'ReadonlyArrayType':
        return this.arrayOf(of, place)
      case 'TupleType':
        return this.tupleOf(of, place)
      case 'DictionaryType':
        return this.dictionaryOf(of, place)
      case 'UnionType':
        return this.unionOf(codec, of, place)
      case 'IntersectionType':
        return this.intersectionOf(codec, of, place)
      case 'RefinementType':
        return this.refinementOf(codec, place)
      case 'FunctionType':
        throw unstorable(codec, place)
      default:
        return never(codec, place)
    }
  }

  private refinementOf(codec: t.Mixed, place: Place): Derived {
    const narrowed = narrowing(codec, this.isGiven)
    return E.map((values: fc.Arbitrary<unknown>) => narrowedValues(narrowed, place.path, values))(
      this.valuesOf(narrowed.base, place),
    )
  }

  private recordOf(required: t.Props, optional: t.Props, place: Place): Derived {
    const entry = (key: string, codec: t.Mixed): Derived => {
      const derived = this.valuesOf(codec, { ...place, path: joinPath(place.path, key) })
      const keyed = (arbitrary: fc.Arbitrary<unknown>) =>
        this.recycle({ codec, arbitrary, isName: false, key })
      return described(codec)._tag === 'StringType' ? E.map(keyed)(derived) : derived
    }
    const needed = Object.entries(required).map(([key, codec]) => [key, entry(key, codec)] as const)
    const refused = needed.find(([, derived]) => E.isLeft(derived))
    if (refused !== undefined) return refused[1]
    const extra = Object.entries(optional).map(
      ([key, codec]) =>
        [
          key,
          E.map(defined(codec, place))(isAbsent(codec) ? never(codec, place) : entry(key, codec)),
        ] as const,
    )
    return E.right(recordWith(needed.flatMap(rightOf), extra.flatMap(rightOf)))
  }

  /** A list of what cannot be is an empty list. */
  private arrayOf({ type }: Described, place: Place): Derived {
    const item =
      type === undefined || isAbsent(type)
        ? undefined
        : this.valuesOf(type, { ...place, path: `${place.path}[]` })
    return E.right(
      type === undefined || item === undefined || E.isLeft(item)
        ? fc.constant([])
        : arrayOf(defined(type, place)(item.right)),
    )
  }

  private tupleOf({ types = [] }: Described, place: Place): Derived {
    const items = types.map((type, index) =>
      this.valuesOf(type, { ...place, path: `${place.path}[${index}]` }),
    )
    return all(items, (values) =>
      fc.tuple(
        ...values.map((value, index) =>
          isAbsent(types[index]) ? value : defined(types[index], place)(value),
        ),
      ),
    )
  }

  private dictionaryOf({ domain, codomain }: Described, place: Place): Derived {
    if (domain === undefined || codomain === undefined) return E.right(fc.constant({}))
    const value = E.map(defined(codomain, place))(
      isAbsent(codomain)
        ? never(codomain, place)
        : this.valuesOf(codomain, { ...place, path: `${place.path}[*]` }),
    )
    const keys = keysOf(domain)
    if (keys !== undefined)
      return E.map((one: fc.Arbitrary<unknown>) => recordWith(keys.map((key) => [key, one])))(value)
    const key = this.valuesOf(domain, { ...place, path: `${place.path} key` })
    if (E.isLeft(value) || E.isLeft(key)) return E.right(fc.constant({}))
    const keyAccepted: Filter<string> = { accepts: isKey, refuse: () => unnamable(domain, place) }
    return E.right(recordOf(boundedFilter(key.right.map(String, String), keyAccepted), value.right))
  }

  /** Members that need no recursion come first: the first is what all others shrink to. */
  private unionOf(codec: t.Mixed, { types = [] }: Described, place: Place): Derived {
    const at = (index: number, depth: number) => {
      const member = types[index]
      return member === undefined
        ? never(codec, place)
        : this.valuesOf(member, { path: place.path + memberName(member, index), depth })
    }
    const isFlat = (index: number) => place.depth === depths[0] || E.isRight(at(index, 0))
    const order = [...types.keys()].sort((left, right) => Number(isFlat(right)) - Number(isFlat(left)))
    const members = order.map((index) => at(index, place.depth))
    const possible = members.flatMap((member) => (E.isRight(member) ? [member.right] : []))
    if (possible.length === 0) return members[0] ?? never(codec, place)
    return E.right(
      possible.length === 1
        ? (possible[0] ?? fc.constant(undefined))
        : fc.oneof({ withCrossShrink: true }, ...possible),
    )
  }

  private intersectionOf(codec: t.Mixed, { types = [] }: Described, place: Place): Derived {
    const accepts = (value: unknown): boolean => codec.is(value)
    const refuse = (draws: number) =>
      new NoArbitrary({
        path: place.path,
        codec: givenName(codec) ?? 'an intersection',
        reason: `In ${draws} draws no value was accepted by all of its parts.`,
        advice: registerOverride(codec.name),
      })
    return all(
      types.map((type) => this.valuesOf(type, place)),
      (parts) => boundedFilter(fc.tuple(...parts).map(intersected(accepts)), { accepts, refuse }),
    )
  }
}

const knownTags: ReadonlySet<string> = new Set([
  ...['NullType', 'UndefinedType', 'VoidType', 'UnknownType', 'AnyType', 'StringType', 'NumberType'],
  ...['BigIntType', 'BooleanType', 'AnyArrayType', 'AnyDictionaryType', 'ObjectType', 'LiteralType'],
  ...['KeyofType', 'NeverType', 'RefinementType', 'RecursiveType', 'ArrayType', 'ReadonlyArrayType'],
  ...['InterfaceType', 'StrictType', 'PartialType', 'DictionaryType', 'UnionType', 'IntersectionType'],
  ...['TupleType', 'ReadonlyType', 'ExactType', 'FunctionType'],
])

const rightOf = ([key, derived]: readonly [string, Derived]) =>
  E.isRight(derived) ? [[key, derived.right] as const] : []

/** All of them, put together; or the first refusal. */
const all = (
  parts: ReadonlyArray<Derived>,
  together: (parts: ReadonlyArray<fc.Arbitrary<unknown>>) => fc.Arbitrary<unknown>,
): Derived => {
  const refused = parts.find(E.isLeft)
  return refused ?? E.right(together(parts.flatMap((part) => (E.isRight(part) ? [part.right] : []))))
}

/** Whether a codec has no value but `undefined`, which JSON cannot keep. */
const isAbsent = (codec: t.Mixed | undefined): boolean =>
  codec !== undefined && ['UndefinedType', 'VoidType'].includes(described(codec)._tag ?? '')

/** In lists and dictionaries `undefined` does not survive JSON, so it is left out where the codec would allow it. */
const defined =
  (codec: t.Mixed | undefined, { path }: Place) =>
  (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    codec?.is(undefined) === true
      ? boundedFilter(arbitrary, {
          accepts: (value) => value !== undefined,
          refuse: (draws) =>
            new NoArbitrary({
              path,
              codec: codec.name,
              reason: `It gave nothing but undefined in ${draws} draws, which JSON cannot keep here.`,
              advice: registerOverride(codec.name),
            }),
        })
      : arbitrary

/** Whether the values of a codec are texts narrowed by a predicate. */
const isTextual = (codec: t.Mixed): boolean => {
  const { _tag, type } = described(codec)
  if (_tag !== 'RefinementType' || type === undefined) return false
  return described(type)._tag === 'StringType' || isTextual(type)
}

const never = (codec: t.Mixed, { path }: Place): Derived =>
  E.left(
    new NoArbitrary({
      path,
      codec: codec.name,
      reason: 'It accepts nothing at all.',
      advice: 'Leave out what can never be there, or correct the codec.',
    }),
  )

const endless = (codec: t.Mixed, { path }: Place): Derived =>
  E.left(
    new NoArbitrary({
      path,
      codec: codec.name,
      reason: 'Each of its values contains another one, so that none comes to an end.',
      advice: 'Give it an alternative that contains none, such as null or an empty list.',
    }),
  )

const unnamable = (domain: t.Mixed, { path }: Place): NoArbitrary =>
  new NoArbitrary({
    path,
    codec: domain.name,
    reason: 'As keys it gave nothing but __proto__, which io-ts loses.',
    advice: registerOverride(domain.name),
  })

const unstorable = (codec: t.Mixed, { path }: Place): NoArbitrary =>
  new NoArbitrary({
    path,
    codec: codec.name,
    reason: 'It is a function, which JSON cannot keep.',
    advice: registerOverride(codec.name),
  })
