/**
 * What the codecs of io-ts tell about themselves at run time, and how a place in one is named for a reader. Values are
 * derived from this and from nothing else, so no codec has to be written in a special way.
 * Used by: `Derivation`, `Structures`, `Opaque`, `Refinement`, `ArbitraryDomain`.
 * @since 0.1.0
 */
import type * as t from 'io-ts'

/** The fields by which a codec describes itself; which of them are there depends on `_tag`. */
export interface Described {
  readonly _tag?: string
  readonly name: string
  readonly type?: t.Mixed
  readonly types?: ReadonlyArray<t.Mixed>
  readonly props?: t.Props
  readonly value?: unknown
  readonly keys?: Readonly<Record<string, unknown>>
  readonly domain?: t.Mixed
  readonly codomain?: t.Mixed
  readonly predicate?: unknown
}

/**
 * A codec as it describes itself.
 * @internal
 */
export const described = (codec: t.Mixed): Described => codec as Described

/**
 * The name that someone gave a codec; undefined for one that io-ts made up, such as `Array<string>`.
 * @internal
 */
export const givenName = ({ name }: { readonly name: string }): string | undefined =>
  /^[\p{L}_$][\p{L}\p{N}_$.]*$/u.test(name) ? name : undefined

/**
 * What a member of a union is called in a path: by its tag, its name, or its number.
 * @internal
 */
export const memberName = (member: t.Mixed, index: number): string => {
  const tag = tagOf(member)
  if (tag !== undefined) return `.${tag}`
  const name = givenName(member)
  return name === undefined ? `|${index + 1}` : `|${name}`
}

const tagOf = (member: t.Mixed): string | undefined => {
  const { _tag, props, type, types = [] } = described(member)
  if (_tag === 'IntersectionType') return types.map(tagOf).find((tag) => tag !== undefined)
  if (props === undefined) return type === undefined || _tag === 'RecursiveType' ? undefined : tagOf(type)
  return ['type', '_tag', 'kind']
    .map((key) => props[key] && described(props[key]).value)
    .find((value) => typeof value === 'string')
}
