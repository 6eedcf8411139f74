/**
 * Remarks on a domain that no trial has to show: codecs that accept what no store keeps, and old versions of events of
 * which there is no sample. A remark is advice, and no failure: a `t.number` that never becomes `NaN` harms nobody.
 * Used by: `Examination`.
 *
 * Laws (test/properties/harness/domain/Remarks.test.ts):
 * - RMK-1 places: a codec that JSON cannot keep is remarked on with the path to it, however deep it lies.
 * @since 0.1.0
 */
import * as t from 'io-ts'
import type { AnyDomain } from '../../decide/Domain.js'
import { joinPath } from '../../evolve/Codec.js'
import type { Expectations } from './Expectations.js'

/**
 * What is worth a second look in the codecs of a domain, each remark one sentence with the places it is about.
 * @internal
 */
export const remarksOn = (
  domain: AnyDomain,
  { golden = [] }: Pick<Expectations<never, never, never, never>, 'golden'> = {},
): ReadonlyArray<string> => [...remarksOnCodecs(domain), ...unsampledVersions(domain, golden)]

const remarksOnCodecs = ({ command, event, rejection, state }: AnyDomain): ReadonlyArray<string> => {
  const finds = [
    ...findsIn('command', command.codecs),
    ...findsIn('event', event.tagged.codecs),
    ...findsIn('rejection', rejection.codecs),
    ...findsIn('state', state.codecs),
  ]
  const reasons = [...new Set(finds.map(({ reason }) => reason))]
  return reasons.map((reason) => {
    const paths = [...new Set(finds.filter((find) => find.reason === reason).map(({ path }) => path))]
    const more = paths.length > pathsMax ? ` and ${paths.length - pathsMax} more` : ''
    return `${paths
      .slice(0, pathsMax)
      .map((path) => `\`${path}\``)
      .join(', ')}${more}: ${reason}`
  })
}

const pathsMax = 5

interface Find {
  readonly path: string
  readonly reason: string
}

const findsIn = (name: string, codecs: ReadonlyArray<t.Mixed>): ReadonlyArray<Find> =>
  codecs.flatMap((codec) => walk(codec, name, []))

/** What io-ts codecs are made of; which of them are there depends on `_tag`. */
interface Described {
  readonly _tag?: string
  readonly type?: t.Mixed
  readonly types?: ReadonlyArray<t.Mixed>
  readonly props?: Readonly<Record<string, t.Mixed>>
  readonly domain?: t.Mixed
  readonly codomain?: t.Mixed
  readonly value?: unknown
}

/** Codecs that say by their tag alone that JSON cannot keep their values, or that nobody can tell. */
const reasonByTag: Readonly<Record<string, string>> = {
  BigIntType: 'a bigint is not JSON; encode it as text.',
  FunctionType: 'a function cannot be stored.',
  UndefinedType: 'this is always undefined, and JSON has no such value; leave the field out.',
  UnknownType: 'the codec accepts anything, also what JSON cannot say; say what it is.',
  AnyType: 'the codec accepts anything, also what JSON cannot say; say what it is.',
  ObjectType: 'the codec accepts any object, also what JSON cannot say; say what it is.',
  AnyArrayType: 'the codec accepts items of any kind, also what JSON cannot say; say what they are.',
  AnyDictionaryType: 'the codec accepts values of any kind, also what JSON cannot say; say what they are.',
}

const notFinite =
  'the codec accepts `NaN` and `Infinity`, which no store keeps; take a finite one, such as `t.Int` or a brand of `Number.isFinite`.'

/** Nothing can be seen of a codec of one's own but whether it encodes at all. */
const reasonOfOwn = ({ encode }: t.Mixed): string | undefined =>
  encode === t.identity
    ? 'the codec encodes nothing, and nobody can see whether its values are JSON already; let it encode them.'
    : undefined

const losesProto =
  'a record of io-ts loses the key `__proto__`; let the codec of its keys refuse that text, or keep a list of entries.'

const walk = (codec: t.Mixed, path: string, above: ReadonlyArray<t.Mixed>): ReadonlyArray<Find> => {
  if (above.includes(codec)) return []
  const { _tag, type, types = [], props = {}, domain, codomain } = codec as Described
  const within = (part: t.Mixed, at = path) => walk(part, at, [...above, codec])
  const reason = _tag === undefined ? reasonOfOwn(codec) : reasonByTag[_tag]
  if (reason !== undefined) return [{ path, reason }]
  switch (_tag) {
    case 'NumberType':
      return [{ path, reason: notFinite }]
    case 'RefinementType':
      // A refinement that refuses `NaN` is what the remark would ask for.
      return type === undefined || isFiniteNumber(codec, type) ? [] : within(type)
    case 'ExactType':
    case 'ReadonlyType':
    case 'RecursiveType':
      return type === undefined ? [] : within(type)
    case 'ArrayType':
    case 'ReadonlyArrayType':
      return type === undefined ? [] : within(type, `${path}[]`)
    case 'DictionaryType':
      return [
        ...(domain?.is('__proto__') === true ? [{ path, reason: losesProto }] : []),
        ...(codomain === undefined ? [] : within(codomain, `${path}{}`)),
      ]
    case 'UnionType':
      return types.flatMap((member) =>
        isUndefined(member) ? [] : within(member, `${path}${labelOf(member)}`),
      )
    case 'IntersectionType':
      return types.flatMap((part) => within(part))
    case 'TupleType':
      return types.flatMap((part, index) => within(part, `${path}[${index}]`))
    default:
      return Object.entries(props).flatMap(([key, part]) => within(part, joinPath(path, key)))
  }
}

/** `string | undefined` is how io-ts writes an optional field; it is kept by being left out. */
const isUndefined = (codec: t.Mixed): boolean => (codec as Described)._tag === 'UndefinedType'

const isFiniteNumber = (refined: t.Mixed, base: t.Mixed): boolean =>
  (base as Described)._tag === 'NumberType' &&
  !refined.is(Number.NaN) &&
  !refined.is(Number.POSITIVE_INFINITY)

/** The literal `type` of a member of a union, in parentheses; nothing where it has none. */
const labelOf = (codec: t.Mixed): string => {
  const { _tag, type, props } = codec as Described
  if ((_tag === 'ExactType' || _tag === 'ReadonlyType') && type !== undefined) return labelOf(type)
  const literal = (props?.['type'] as Described | undefined)?.value
  return typeof literal === 'string' ? `(${literal})` : ''
}

const unsampledVersions = (
  { event: { upcasters } }: AnyDomain,
  golden: ReadonlyArray<{ readonly type: string; readonly schemaVersion: number }>,
): ReadonlyArray<string> =>
  Object.entries(upcasters).flatMap(([type, steps]) =>
    steps.flatMap((_, index) =>
      golden.some((sample) => sample.type === type && sample.schemaVersion === index + 1)
        ? []
        : [
            `\`${type}\`: no sample of schema version ${index + 1} in \`golden\` shows that its upcasters still read it.`,
          ],
    ),
  )
