/**
 * A snapshot: the state that a fold was in at a version of a stream, as JSON. Folding can begin there instead of at the
 * first event. It is knowledge that can be had again from the log at any time, so it may be lost, and whoever finds one
 * that is not for this very fold, or that does not decode, passes it over.
 * A state is only taken if it comes back as it went: a codec that leaves out a part that `evolve` uses would make a
 * shorter way to another state.
 * Used by: `run`.
 *
 * Laws (test/properties/evolve/Snapshot.test.ts):
 * - SNP-1 equivalence: for any history, cut anywhere, going on from the snapshot of the first part gives the fold of the
 *   whole, wherever a snapshot can be taken.
 * - SNP-2 refusal: a snapshot of another fold, of another fingerprint, or with a state that is not one, gives no state.
 * - SNP-3 no loss: a state that its codec does not bring back as it was gives no snapshot.
 * @since 0.1.0
 */
import { either as E, function as F } from 'fp-ts'
import { type Json, stringify, toJson } from '../store/Json.js'
import type { Version } from '../store/Version.js'
import type { Codec, DecodeFailure } from './Codec.js'
import { type FoldDefinition, fingerprintOf } from './Fingerprint.js'

/** Which fold a snapshot is of. A fold has other snapshots after each change that its fingerprint shows. */
export interface FoldKey {
  readonly fold: string
  readonly fingerprint: string
}

/** A state in which a fold was, and at which version of a stream. */
export interface Snapshot {
  readonly of: FoldKey
  readonly version: Version
  readonly state: Json
}

/** Between the states of one fold and their snapshots. */
export interface SnapshotCodec<State> {
  readonly key: FoldKey
  /** The snapshot of a state, unless going on from it could lead elsewhere. */
  readonly take: (state: State, version: Version) => E.Either<DecodeFailure, Snapshot>
  /** The state of a snapshot, unless it is none of this fold's. */
  readonly restore: (snapshot: Snapshot) => E.Either<DecodeFailure, State>
}

/**
 * The snapshots of a fold.
 * @example
 * import { either as E } from 'fp-ts'
 * import * as t from 'io-ts'
 * import { eventCodec, fromIoTs, snapshotCodec, taggedCodec } from 'decider-ts/evolve'
 * import { version } from 'decider-ts/store'
 * const snapshots = snapshotCodec({
 *   name: 'sum',
 *   event: eventCodec(taggedCodec(t.type({ type: t.literal('Paid'), cents: t.Int }))),
 *   state: fromIoTs<number>(t.number),
 *   initialState: 0,
 *   evolve: (cents: number, paid: { readonly cents: number }) => cents + paid.cents,
 *   foldVersion: 1,
 * })
 * const snapshot = { of: snapshots.key, version: version(3), state: 12 }
 * snapshots.take(12, version(3)) // => E.right(snapshot)
 * snapshots.restore(snapshot) // => E.right(12)
 * snapshots.restore({ ...snapshot, state: 'a dozen' }) // => E.left({ path: '', reason: "is 'a dozen', which is not number" })
 */
export const snapshotCodec = <State>(
  fold: Omit<FoldDefinition, 'state'> & { readonly state: Codec<State> },
): SnapshotCodec<State> => {
  const key: FoldKey = { fold: fold.name, fingerprint: fingerprintOf(fold) }
  return {
    key,
    take: (state, version) =>
      guarded(() =>
        F.pipe(
          broughtBack(fold.state)(state),
          E.map((json) => ({ of: key, version, state: json })),
        ),
      ),
    restore: ({ of, state }) => {
      if (of.fold !== key.fold || of.fingerprint !== key.fingerprint) {
        return failure(`is of another fold, or of ${key.fold} before a change`)
      }
      return guarded(() => fold.state.decode(state))
    },
  }
}

const failure = (reason: string): E.Either<DecodeFailure, never> => E.left({ path: '', reason })

/** What is found in a snapshot may be anything, and a codec of the user's may throw on it. */
const guarded = <A>(run: () => E.Either<DecodeFailure, A>): E.Either<DecodeFailure, A> => {
  try {
    return run()
  } catch (thrown) {
    return failure(`makes the codec throw: ${String(thrown)}`)
  }
}

/** The state as JSON, if it comes back from there as it is. */
const broughtBack =
  <State>(codec: Codec<State>) =>
  (state: State): E.Either<DecodeFailure, Json> =>
    F.pipe(
      jsonOf(codec)(state),
      E.bindTo('json'),
      E.bind('back', ({ json }) => codec.decode(json)),
      E.bind('again', ({ back }) => jsonOf(codec)(back)),
      E.chain(({ json, back, again }) =>
        stringify(json) === stringify(again) && isSame(state, back)
          ? E.right(json)
          : failure('is not what its codec makes of it'),
      ),
    )

const jsonOf =
  <State>(codec: Codec<State>) =>
  (state: State): E.Either<DecodeFailure, Json> =>
    toJson(codec.encode(state))

/**
 * Whether two states are the same to any `evolve`, as far as they are plain data, maps or sets; the order of their keys
 * counts, since it can be asked for. Of an instance of another class only its codec knows what it holds.
 */
const isSame = (one: unknown, other: unknown): boolean => {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one)) return Array.isArray(other) && areSame(one, other)
  if (one instanceof Map) return other instanceof Map && areSame([...one], [...other])
  if (one instanceof Set) return other instanceof Set && areSame([...one], [...other])
  if (isPlain(one)) return isPlain(other) && areSame(partsOf(one), partsOf(other))
  return Object.getPrototypeOf(one) === Object.getPrototypeOf(other)
}

const areSame = (one: ReadonlyArray<unknown>, other: ReadonlyArray<unknown>): boolean =>
  one.length === other.length && one.every((part, index) => isSame(part, other[index]))

const isPlain = (value: object): boolean => {
  const above: unknown = Object.getPrototypeOf(value)
  return above === null || (typeof above === 'object' && Object.getPrototypeOf(above) === null)
}

/** A key whose value is `undefined` counts as absent, as it does for JSON and for codecs. */
const partsOf = (value: object): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(value).filter(([, part]) => part !== undefined)
