/**
 * Values as a database gives them back: encoded, as JSON, with the keys of objects in the order of the database, and
 * decoded. What a domain does must not depend on anything that is lost on this way. The stores of this library keep the
 * text of an event exactly; others, such as a `jsonb` column, keep its meaning and no more.
 * Used by: the laws of storage and restart.
 *
 * Laws (test/properties/harness/domain/Stored.test.ts):
 * - JSB-1 order: the keys of every object come by the length of their UTF-8 bytes, then by the bytes.
 * - JSB-2 meaning: the value is the one that went in, but for the order of keys and the sign of 0.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Codec, DecodeFailure } from '../../evolve/Codec.js'
import { joinPath } from '../../evolve/Codec.js'
import type { EventCodec } from '../../evolve/EventCodec.js'
import { type Json, toJson } from '../../store/Json.js'
import { attempt } from './Attempt.js'
import { shownThrown } from './Shown.js'

/** Why a value did not come back: where in it, what is wrong there, and on which leg of the way it was lost. */
export interface NotStored extends DecodeFailure {
  readonly at: 'writing' | 'reading'
}

/** A value that came back, or why it did not. */
export type Stored<A> = E.Either<NotStored, A>

/**
 * A value as it comes back from a database, by its codec. A codec that throws is a reason too.
 * @internal
 */
export const storedBy =
  <A>(codec: Pick<Codec<A>, 'encode' | 'decode'>) =>
  (value: A): Stored<A> =>
    stored(
      () => codec.encode(value),
      (json) => codec.decode(json),
    )

/**
 * An event as it comes back from a database: its type and its schema version are kept beside its data.
 * @internal
 */
export const storedEventBy =
  <Event>({ encode, decode }: Pick<EventCodec<Event>, 'encode' | 'decode'>) =>
  (event: Event): Stored<Event> => {
    const encoded = calling('writing', () => encode(event))
    if (E.isLeft(encoded)) return encoded
    const { type, schemaVersion, data } = encoded.right
    return stored(
      () => data,
      (json) => decode({ type, schemaVersion, data: json }),
    )
  }

/** The text of JSON can be left out: a value that `toJson` accepts is what parsing its text gives. */
const stored = <A>(write: () => unknown, read: (json: Json) => E.Either<DecodeFailure, A>): Stored<A> => {
  const json = calling('writing', () => toJson(write()))
  if (E.isLeft(json)) return json
  if (E.isLeft(json.right)) {
    const { path, reason } = json.right.left
    return E.left({ at: 'writing', path, reason })
  }
  const ordered = throughJsonb(json.right.right)
  const decoded = calling('reading', () => read(ordered))
  if (E.isLeft(decoded)) return decoded
  if (E.isRight(decoded.right)) return decoded.right
  return E.left({ at: 'reading', ...decoded.right.left })
}

const calling = <A>(at: NotStored['at'], f: () => A): E.Either<NotStored, A> =>
  E.tryCatch(f, (thrown) => ({ at, path: '', reason: `the codec threw ${shownThrown(thrown)}` }))

/**
 * A JSON value as a `jsonb` column of Postgres gives it back: the keys of objects by the length of their bytes, then by
 * the bytes, and -0 as 0.
 * @internal
 */
export const throughJsonb = (json: Json): Json => {
  if (json === 0) return 0
  if (typeof json !== 'object' || json === null) return json
  if (isArray(json)) return json.map(throughJsonb)
  const keys = Object.keys(json).sort(byBytes)
  // From entries: assigning to the key `__proto__` would lose it.
  return Object.fromEntries(keys.map((key) => [key, throughJsonb(json[key] ?? null)]))
}

const isArray = (json: Json): json is ReadonlyArray<Json> => Array.isArray(json)

/** Node and every browser have it, and neither's types are needed. */
declare const TextEncoder: new () => { readonly encode: (text: string) => Uint8Array }

/** A text of ASCII has as many bytes as characters. */
const byBytes = (left: string, right: string): number => {
  if (ascii.test(left) && ascii.test(right)) return left.length - right.length || (left < right ? -1 : 1)
  const encoder = new TextEncoder()
  const [a, b] = [encoder.encode(left), encoder.encode(right)]
  const differing = a.findIndex((byte, index) => byte !== b[index])
  return a.length - b.length || (a[differing] ?? 0) - (b[differing] ?? 0)
}

const ascii = /^[\0-\x7f]*$/

/** What tells a value of one kind from all others. */
export interface Recognizes<A> {
  readonly is: (value: unknown) => value is A
}

/**
 * Whether a codec accepts a value as one of its own. One that throws at a value does not.
 * @internal
 */
export const isOf = <A>(codec: Recognizes<A>, value: unknown): value is A =>
  E.getOrElse(() => false)(attempt(() => codec.is(value)))

/**
 * Where and why a codec refuses a value that is none of its own; for messages.
 * @internal
 */
export const refusalBy = <A>(codec: Pick<Codec<A>, 'encode' | 'decode'>, value: A): DecodeFailure => {
  // Encoded first, so that a part whose plain form differs, such as a date, is not taken for the one that is wrong.
  const reads = [() => codec.decode(codec.encode(value)), () => codec.decode(value)]
  const failures = reads.flatMap((read) => {
    const decoded = E.tryCatch(read, shownThrown)
    return E.isRight(decoded) && E.isLeft(decoded.right) ? [decoded.right.left] : []
  })
  return failures[0] ?? { path: '', reason: 'is not what the codec accepts' }
}

/**
 * A failure as a part of a sentence: `lines[0].amount is NaN, which is not Int`.
 * @internal
 */
export const failureInWords = ({ path, reason }: DecodeFailure, whole = 'it'): string =>
  `${path === '' || path === '(root)' ? whole : `\`${joinPath('', path)}\``} ${reason.startsWith('is ') || reason.startsWith('the codec') ? reason : `is refused: ${reason}`}`
