/**
 * A codec for a closed union whose members tell themselves apart by a literal `type`: the commands, the events or the
 * rejections of a domain. The names are read from the io-ts codec itself, so a domain is routed, declared and checked
 * by the one definition that also decodes it.
 * Used by: `EventCodec`, `Domain`, `DecisionModel`, the harness.
 *
 * Laws (test/properties/evolve/TaggedCodec.test.ts):
 * - TAG-1 names: `types` are exactly the literals of `type` that the codec accepts.
 * - TAG-2 round trip: decoding what was encoded gives the value back.
 * - TAG-3 union: `unionOf` decodes and encodes each value as the first part that accepts it does.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type * as t from 'io-ts'
import { type AnyCodec, type Codec, type DecodeFailure, type Described, fromIoTs } from './Codec.js'

/** A codec of values told apart by `type`. */
export interface TaggedCodec<A> extends Codec<A> {
  /** The declared names, in the order of declaration. */
  readonly types: ReadonlyArray<string>
}

/** The least that is known of any tagged codec; for inference. */
export interface AnyTaggedCodec extends AnyCodec {
  readonly types: ReadonlyArray<string>
}

/** The values of a codec. */
export type ValueOf<C> = C extends { readonly decode: (input: unknown) => E.Either<unknown, infer Value> }
  ? Value
  : never

/**
 * The names and the codec of a union. A codec whose members do not all have a literal `type` is a programming error,
 * and throws when the domain is defined.
 * @example
 * import * as t from 'io-ts'
 * import { taggedCodec } from 'decider-ts/evolve'
 * const Opened = t.type({ type: t.literal('Opened'), owner: t.string })
 * const Closed = t.type({ type: t.literal('Closed') })
 * taggedCodec(t.union([Opened, Closed])).types // => ['Opened', 'Closed']
 */
export const taggedCodec = <A>(codec: t.Type<A, unknown>): TaggedCodec<A> => ({
  ...fromIoTs(codec),
  types: typesOf(codec),
})

/**
 * Several unions as one. Where two parts declare one name, the first that accepts a value translates it.
 * @example
 * import * as t from 'io-ts'
 * import { taggedCodec, unionOf } from 'decider-ts/evolve'
 * const cart = taggedCodec(t.type({ type: t.literal('AddToCart') }))
 * const stock = taggedCodec(t.type({ type: t.literal('Restock') }))
 * unionOf([cart, stock]).types // => ['AddToCart', 'Restock']
 */
export const unionOf = <Part extends AnyTaggedCodec>(
  parts: ReadonlyArray<Part>,
): TaggedCodec<ValueOf<Part>> => {
  const types = [...new Set(parts.flatMap((part) => part.types))]
  const decoded = (input: unknown) =>
    parts.filter((part) => part.types.includes(typeOf(input))).map((part) => part.decode(input))
  return {
    types,
    codecs: parts.flatMap((part) => part.codecs),
    encode: (value) => parts.find((part) => part.is(value))?.encode(value as never),
    decode: (input) =>
      decoded(input).reduce<E.Either<DecodeFailure, unknown>>(
        (first, next) => (E.isRight(first) ? first : next),
        E.left(undeclared(typeOf(input), types)),
      ) as E.Either<DecodeFailure, ValueOf<Part>>,
    is: (value): value is ValueOf<Part> => parts.some((part) => part.is(value)),
  }
}

/** Each name and the part that declares it, in order; throws where two parts declare one name. */
export const indexByType = <Part extends { readonly types: ReadonlyArray<string> }>(
  parts: ReadonlyArray<Part>,
): ReadonlyMap<string, Part> => {
  const byType = new Map<string, Part>()
  for (const part of parts) {
    for (const type of part.types) {
      if (byType.has(type))
        throw new TypeError(`Two parts declare the type '${type}', so it cannot be routed.`)
      byType.set(type, part)
    }
  }
  return byType
}

/** The `type` of a value, or an empty text where it has none. */
export const typeOf = (value: unknown): string => {
  const type: unknown =
    typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
  return typeof type === 'string' ? type : ''
}

/** The failure of a value that no part declares. */
export const undeclared = (type: string, types: ReadonlyArray<string>): DecodeFailure => ({
  path: 'type',
  reason: `is '${type}', and the declared types are ${types.join(', ')}`,
})

const typesOf = (codec: t.Mixed): ReadonlyArray<string> => {
  const types = namesIn(codec)
  if (types === undefined || types.length === 0) {
    throw new TypeError(`The codec ${openMember(codec).name} needs a literal 'type' in each of its members.`)
  }
  return [...new Set(types)]
}

/** The names that a codec accepts as `type`; undefined where it leaves `type` open. */
const namesIn = (codec: t.Mixed): ReadonlyArray<string> | undefined => {
  const { _tag, type, types = [], props } = codec as Described
  switch (_tag) {
    case 'UnionType':
      return allOf(types.map(namesIn))
    case 'IntersectionType':
      // Each part may narrow what the others accept; a part without `type` narrows nothing.
      return types
        .map(namesIn)
        .reduce(
          (names, more) => (names && more ? names.filter((name) => more.includes(name)) : (names ?? more)),
          undefined,
        )
    case 'ExactType':
    case 'ReadonlyType':
    case 'RefinementType':
    case 'RecursiveType':
      return type && namesIn(type)
    case 'InterfaceType':
      return props?.type && literalsOf(props.type)
    default:
      return undefined
  }
}

const literalsOf = (codec: t.Mixed): ReadonlyArray<string> | undefined => {
  const { _tag, value, keys = {}, types = [] } = codec as Described
  if (_tag === 'LiteralType') return typeof value === 'string' ? [value] : undefined
  if (_tag === 'KeyofType') return Object.keys(keys)
  return _tag === 'UnionType' ? allOf(types.map(literalsOf)) : undefined
}

/** One open alternative leaves the whole open. */
const allOf = (
  alternatives: ReadonlyArray<ReadonlyArray<string> | undefined>,
): ReadonlyArray<string> | undefined => {
  const closed = alternatives.filter((names) => names !== undefined)
  return closed.length === alternatives.length ? closed.flat() : undefined
}

/** The member to blame: the first of a union that leaves `type` open. */
const openMember = (codec: t.Mixed): t.Mixed => {
  const { _tag, types = [] } = codec as Described
  const open = _tag === 'UnionType' ? types.find((member) => namesIn(member) === undefined) : undefined
  return open === undefined ? codec : openMember(open)
}
