/**
 * A two-way translation between a value and its plain form, with failures that say where. It is what this library asks
 * of a codec, so that io-ts stays at the edge and a record of codecs needs no io-ts at all.
 * Used by: `TaggedCodec`, `Domain`, the harness.
 *
 * Laws (test/properties/evolve/Codec.test.ts):
 * - CDC-1 round trip: decoding what was encoded gives the value back.
 * - CDC-2 record: a record of codecs translates each part with its own codec.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type * as t from 'io-ts'

/** How values of a type are written and read. */
export interface Codec<A> {
  /** The io-ts codecs behind it: for those who derive something else from them, such as arbitrary values. */
  readonly codecs: ReadonlyArray<t.Mixed>
  readonly encode: (value: A) => unknown
  readonly decode: (input: unknown) => E.Either<DecodeFailure, A>
  /** Whether a value is one of the type already. */
  readonly is: (value: unknown) => value is A
}

/** The least that is known of any codec; for inference. */
export interface AnyCodec {
  readonly codecs: ReadonlyArray<t.Mixed>
  readonly encode: (value: never) => unknown
  readonly decode: (input: unknown) => E.Either<DecodeFailure, unknown>
  readonly is: (value: unknown) => boolean
}

/** Why a value could not be decoded. */
export interface DecodeFailure {
  /** Where in the value, such as `lines[0].amount`; empty for the value as a whole. */
  readonly path: string
  readonly reason: string
}

/**
 * A codec from one of io-ts. Of all failures that io-ts lists, the deepest is reported: the one the sender can mend.
 * @example
 * import { either as E } from 'fp-ts'
 * import * as t from 'io-ts'
 * import { fromIoTs } from 'decider-ts/evolve'
 * fromIoTs(t.type({ n: t.number })).decode({ n: 'x' }) // => E.left({ path: 'n', reason: "is 'x', which is not number" })
 */
export const fromIoTs = <A>(codec: t.Type<A, unknown>): Codec<A> => ({
  codecs: [codec],
  encode: codec.encode,
  decode: (input) => {
    const decoded = codec.decode(input)
    return E.isLeft(decoded) ? E.left(deepestFailure(decoded.left)) : decoded
  },
  is: codec.is,
})

/**
 * A record of values, each translated by its own codec.
 * @example
 * import { either as E } from 'fp-ts'
 * import * as t from 'io-ts'
 * import { fromIoTs, recordOf } from 'decider-ts/evolve'
 * const both = recordOf({ a: fromIoTs(t.number), b: fromIoTs(t.string) })
 * both.decode({ a: 1, b: 2 }) // => E.left({ path: 'b', reason: 'is 2, which is not string' })
 */
export const recordOf = <Values>(
  codecs: {
    readonly [Name in keyof Values]: Codec<Values[Name]>
  },
): Codec<Values> => {
  const parts = Object.entries<AnyCodec>(codecs)
  // Only what is the value's own: a part named `constructor` would otherwise be found in every object.
  const part = (value: unknown, name: string) =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? (value as Readonly<Record<string, unknown>>)[name]
      : undefined
  return {
    codecs: parts.flatMap(([, codec]) => codec.codecs),
    encode: (values) =>
      Object.fromEntries(parts.map(([name, codec]) => [name, codec.encode(part(values, name) as never)])),
    decode: (input) => {
      const decoded = parts.map(([name, codec]) => ({ name, value: codec.decode(part(input, name)) }))
      for (const { name, value } of decoded) {
        if (E.isLeft(value))
          return E.left({ path: joinPath(name, value.left.path), reason: value.left.reason })
      }
      return E.right(Object.fromEntries(decoded.map(({ name, value }) => [name, E.toUnion(value)])) as Values)
    },
    is: (value): value is Values => parts.every(([name, codec]) => codec.is(part(value, name))),
  }
}

/** A path within a part of a value: `data` and `lines[0]` is `data.lines[0]`. */
export const joinPath = (parent: string, child: string): string =>
  parent === '' || child === '' || child.startsWith('[') ? parent + child : `${parent}.${child}`

/** The fields by which the codecs of io-ts describe themselves; which of them are there depends on `_tag`. */
export interface Described {
  readonly _tag?: string
  readonly type?: t.Mixed
  readonly types?: ReadonlyArray<t.Mixed>
  readonly props?: { readonly type?: t.Mixed }
  readonly value?: unknown
  readonly keys?: Readonly<Record<string, unknown>>
}

const deepestFailure = (errors: t.Errors): DecodeFailure => {
  const deepest = errors.reduce((best, error) => (error.context.length > best.context.length ? error : best))
  return {
    path: pathOf(deepest.context),
    reason:
      deepest.message ??
      `is ${inShort(deepest.value)}, which is not ${deepest.context.at(-1)?.type.name ?? 'expected'}`,
  }
}

const pathOf = (context: t.Context): string =>
  context.reduce((path, { key }, index) => {
    const parent = context[index - 1]?.type as Described | undefined
    // The members of a union or an intersection are numbered in the context; the value itself has no such key.
    if (key === '' || parent?._tag === 'UnionType' || parent?._tag === 'IntersectionType') return path
    return joinPath(path, /^\d+$/.test(key) ? `[${key}]` : key)
  }, '')

const inShort = (value: unknown): string => {
  const text = typeof value === 'string' ? `'${value}'` : Array.isArray(value) ? 'an array' : String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
