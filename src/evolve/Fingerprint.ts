/**
 * The fingerprint of a fold: a text that another fold is unlikely to have. What was computed by one fold must not be
 * gone on with by another, and no version number is raised as reliably as a text is compared. It is made of what can be
 * seen: the codecs of events and state, the upcasters, the initial state, the fold version, and the source text of
 * `evolve`. What these functions call, or hold in a closure, cannot be seen: whoever changes it raises the fold version.
 * The text of a function may differ though its meaning does not (another minifier, a tool that measures coverage); then
 * what was computed is computed again, which costs time and never an answer.
 * Used by: `Snapshot`.
 *
 * Laws (test/properties/evolve/Fingerprint.test.ts):
 * - FPR-1 stable: a definition that is written down twice has one fingerprint.
 * - FPR-2 sensitive: a change of any part that can be seen changes the fingerprint.
 * @since 0.1.0
 */
import { either as E, function as F } from 'fp-ts'
import type * as t from 'io-ts'
import { stringify, toJson } from '../store/Json.js'
import type { AnyCodec, Described } from './Codec.js'
import type { AnyEventCodec } from './EventCodec.js'
import type { AnyView } from './View.js'

/** A fold with all that its meaning depends on. A domain is one. */
export interface FoldDefinition extends AnyView {
  readonly name: string
  readonly event: AnyEventCodec
  readonly state: AnyCodec
  /** Raised by whoever changes what the fold means where nothing of it can be seen. */
  readonly foldVersion: number
  /** The folds that this one is combined of, by the name of their part of the state. */
  readonly parts?: Readonly<Record<string, FoldDefinition>>
}

/**
 * The text by which a fold is told apart from what it was before a change.
 * @example
 * import * as t from 'io-ts'
 * import { eventCodec, fingerprintOf, fromIoTs, taggedCodec } from 'decider-ts/evolve'
 * const sum = {
 *   name: 'sum',
 *   event: eventCodec(taggedCodec(t.type({ type: t.literal('Paid'), cents: t.Int }))),
 *   state: fromIoTs(t.number),
 *   initialState: 0,
 *   evolve: (cents: number, paid: { readonly cents: number }) => cents + paid.cents,
 *   foldVersion: 1,
 * }
 * fingerprintOf(sum) === fingerprintOf({ ...sum }) // => true
 * fingerprintOf(sum) === fingerprintOf({ ...sum, foldVersion: 2 }) // => false
 */
export const fingerprintOf = (fold: FoldDefinition): string => JSON.stringify([format, ...described(fold)])

/** Of this text and of what is computed under it; raised when the library changes the meaning of either. */
const format = 1

const described = (fold: FoldDefinition): ReadonlyArray<unknown> => {
  const describe = describer()
  return [
    fold.name,
    fold.foldVersion,
    textOf(fold.evolve),
    initialText(fold),
    fold.state.codecs.map(describe),
    fold.event.tagged.codecs.map(describe),
    Object.entries(fold.event.upcasters).map(([type, steps]) => [type, steps.map(textOf)]),
    Object.entries(fold.parts ?? {}).map(([name, part]) => [name, described(part)]),
  ]
}

/** A state that cannot be encoded is in no snapshot either; then the codec says enough. */
const initialText = ({ state, initialState }: FoldDefinition): string | null =>
  F.pipe(
    E.tryCatch(() => state.encode(initialState as never), F.identity),
    E.chainW((encoded) => toJson(encoded)),
    E.match(() => null, stringify),
  )

const textOf = (value: unknown): string | null =>
  typeof value === 'function' ? Function.prototype.toString.call(value) : null

/** What a codec of io-ts is made of, beside the fields that tell its members apart. */
interface Parts extends Omit<Described, 'props'> {
  readonly name: string
  readonly props?: Readonly<Record<string, t.Mixed>>
  readonly domain?: t.Mixed
  readonly codomain?: t.Mixed
  readonly predicate?: unknown
  readonly is: unknown
  readonly validate: unknown
  readonly encode: unknown
}

/**
 * Describes codecs, each once: where one comes again, which is always so in a recursive one, its number stands for it.
 * A codec without parts may be anybody's, and its functions are all there is to see.
 */
const describer = () => {
  const known = new Map<t.Mixed, number>()
  const describe = (codec: t.Mixed): unknown => {
    const number = known.get(codec)
    if (number !== undefined) return number
    known.set(codec, known.size)
    const parts = codec as t.Mixed & Parts
    const { _tag, name, type, types, props, domain, codomain, keys, value, predicate } = parts
    const within = [
      type && describe(type),
      types?.map(describe),
      props && Object.entries(props).map(([key, prop]) => [key, describe(prop)]),
      domain && describe(domain),
      codomain && describe(codomain),
      keys && Object.keys(keys),
      value === undefined ? undefined : [typeof value, String(value)],
      textOf(predicate) ?? undefined,
    ]
    const isLeaf = within.every((part) => part === undefined)
    return [_tag, name, isLeaf ? [parts.is, parts.validate, parts.encode].map(textOf) : within]
  }
  return describe
}
