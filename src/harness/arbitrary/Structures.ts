/**
 * How codecs made of other codecs put their values together: intersections merged, properties collected, keys listed.
 * These are the places where io-ts leaves several ways to say the same, so each is brought to one form first.
 * Used by: `Derivation`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type * as t from 'io-ts'
import { described } from './Described.js'

/** The properties of a record, and which of them may be left out. */
export interface Properties {
  readonly required: t.Props
  readonly optional: t.Props
}

/**
 * The properties of a codec that is nothing but a record; undefined where two parts speak of one property, where some
 * part is no record, and where `isGiven` says that its values are known.
 * @internal
 */
export const propertiesOf = (
  codec: t.Mixed,
  isGiven: (codec: t.Mixed) => boolean,
): Properties | undefined => {
  const { _tag, type, types = [], props = {} } = described(codec)
  switch (_tag) {
    case 'InterfaceType':
    case 'StrictType':
      return { required: props, optional: {} }
    case 'PartialType':
      return { required: {}, optional: props }
    case 'ExactType':
    case 'ReadonlyType':
      return type === undefined || isGiven(type) ? undefined : propertiesOf(type, isGiven)
    case 'IntersectionType':
      return types.some(isGiven) ? undefined : disjoint(types.map((part) => propertiesOf(part, isGiven)))
    default:
      return undefined
  }
}

const disjoint = (parts: ReadonlyArray<Properties | undefined>): Properties | undefined => {
  const known = parts.filter((part) => part !== undefined)
  const keys = known.flatMap(({ required, optional }) => [...Object.keys(required), ...Object.keys(optional)])
  if (known.length < parts.length || new Set(keys).size < keys.length) return undefined
  return {
    required: Object.assign({}, ...known.map(({ required }) => required)),
    optional: Object.assign({}, ...known.map(({ optional }) => optional)),
  }
}

/**
 * A record of arbitrary values.
 * @internal
 */
export const recordWith = (
  required: ReadonlyArray<readonly [string, fc.Arbitrary<unknown>]>,
  optional: ReadonlyArray<readonly [string, fc.Arbitrary<unknown>]> = [],
): fc.Arbitrary<unknown> =>
  fc.record<Record<string, unknown>, string>(Object.fromEntries([...required, ...optional]), {
    requiredKeys: required.map(([key]) => key),
    noNullPrototype: true,
  })

/**
 * The keys that a dictionary must have; undefined where any key of its domain will do.
 * @internal
 */
export const keysOf = (domain: t.Mixed): ReadonlyArray<string> | undefined => {
  const { _tag, keys = {}, value, types = [] } = described(domain)
  if (_tag === 'KeyofType') return Object.keys(keys)
  if (_tag === 'LiteralType') return [String(value)]
  if (_tag !== 'UnionType') return undefined
  const listed = types.map(keysOf).filter((keysOfMember) => keysOfMember !== undefined)
  return listed.length === types.length ? listed.flat() : undefined
}

/**
 * One value out of one for each part of an intersection: records are merged; of other values the first is taken that
 * all parts accept.
 * @internal
 */
export const intersected =
  (accepts: (value: unknown) => boolean) =>
  (values: ReadonlyArray<unknown>): unknown =>
    values.every(isRecord) ? values.reduce(merged, {}) : values.find(accepts)

const merged = (left: unknown, right: unknown): unknown => {
  if (!isRecord(left) || !isRecord(right)) return right
  const both = Object.entries(right).map(([key, value]) => [
    key,
    Object.hasOwn(left, key) ? merged(left[key], value) : value,
  ])
  return { ...left, ...Object.fromEntries(both) }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
