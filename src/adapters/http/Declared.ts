/**
 * What a codec declares of a value, and nothing else. The codecs of io-ts let pass what they do not know, which is what a
 * reader wants; whoever publishes wants the opposite, since a field that nobody meant to show is a leak and, once it is
 * read, a promise.
 * Used by: `Publication`.
 *
 * Laws (test/properties/adapters/http/Declared.test.ts):
 * - DCL-1 declared: of a value that the codec accepts, the declared parts stay as they are and every other part is gone,
 *   at any depth.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type * as t from 'io-ts'

/** The fields by which codecs describe themselves; which of them are there depends on `_tag`. */
interface Described {
  readonly _tag?: string
  readonly type?: t.Mixed
  readonly types?: ReadonlyArray<t.Mixed>
  readonly props?: Readonly<Record<string, t.Mixed>>
  readonly codomain?: t.Mixed
  readonly runDefinition?: () => t.Mixed
}

/**
 * The declared part of an encoded value. A codec that says nothing about its parts, such as one written by hand, or
 * `t.unknown`, declares all of what it encodes.
 */
export const declaredOnly = (codec: t.Mixed, encoded: unknown): unknown => {
  const { _tag, type, types = [], props = {}, codomain, runDefinition } = codec as Described
  const each = (part: t.Mixed | undefined, value: unknown) =>
    part === undefined ? value : declaredOnly(part, value)
  switch (_tag) {
    case 'InterfaceType':
    case 'PartialType':
      return mapped(encoded, (key, value) => (Object.hasOwn(props, key) ? [each(props[key], value)] : []))
    case 'DictionaryType':
      return mapped(encoded, (_, value) => [each(codomain, value)])
    case 'ArrayType':
    case 'ReadonlyArrayType':
      return Array.isArray(encoded) ? encoded.map((value) => each(type, value)) : encoded
    case 'TupleType':
      return Array.isArray(encoded)
        ? encoded.slice(0, types.length).map((value, index) => each(types[index], value))
        : encoded
    case 'UnionType':
      return each(
        types.find((member) => E.isRight(member.decode(encoded))),
        encoded,
      )
    case 'IntersectionType':
      return types.map((part) => declaredOnly(part, encoded)).reduce(merged)
    case 'ExactType':
    case 'RefinementType':
    case 'ReadonlyType':
      return each(type, encoded)
    case 'RecursiveType':
      return each(runDefinition?.(), encoded)
    default:
      return encoded
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object of the values that are kept: an empty list drops a key. */
const mapped = (value: unknown, keep: (key: string, part: unknown) => ReadonlyArray<unknown>): unknown =>
  isRecord(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([key, part]) => keep(key, part).map((kept) => [key, kept] as const)),
      )
    : value

/** The parts of an intersection declare one value together. */
const merged = (left: unknown, right: unknown): unknown => {
  if (Array.isArray(left) && Array.isArray(right))
    return left.map((value, index) => (index < right.length ? merged(value, right[index]) : value))
  if (!isRecord(left) || !isRecord(right)) return right
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  return Object.fromEntries(
    keys.map((key) => {
      const [here, there] = [Object.hasOwn(left, key), Object.hasOwn(right, key)]
      return [key, here && there ? merged(left[key], right[key]) : here ? left[key] : right[key]]
    }),
  )
}
