/**
 * The laws of `Snapshot`, on folds whose states JSON keeps, alters or cannot say, and whose codecs are honest or forget.
 * What is stored goes through its text, as it does in a database.
 */
import { deepStrictEqual } from 'node:assert/strict'
import {
  eventCodec,
  fromIoTs,
  type Snapshot,
  type SnapshotCodec,
  snapshotCodec,
  taggedCodec,
  type View,
  view,
} from 'decider-ts/evolve'
import { stringify, toJson, version } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { jsonValue } from '../../../src/harness/conformance/Hostile.js'
import { law } from '../Law.js'

const Moved = t.type({ type: t.literal('Moved'), by: t.number })

const foldOf = <State>(
  state: t.Type<State, unknown>,
  initialState: State,
  evolve: (state: State, by: number) => State,
) => ({
  name: 'moves',
  event: eventCodec(taggedCodec(Moved)),
  state: fromIoTs(state),
  initialState,
  evolve,
  foldVersion: 1,
})

const days = new t.Type<Date, string>(
  'Date',
  (input): input is Date => input instanceof Date,
  (input, context) => (typeof input === 'string' ? t.success(new Date(input)) : t.failure(input, context)),
  (date) => date.toISOString(),
)

const counts = new t.Type<ReadonlyMap<number, number>, unknown>(
  'Counts',
  (input): input is ReadonlyMap<number, number> => input instanceof Map,
  (input, context) => (Array.isArray(input) ? t.success(new Map(input)) : t.failure(input, context)),
  (map) => [...map],
)

const rounded = new t.Type<number, number>('Rounded', t.number.is, t.number.validate, Math.round)

/** Encodes what it does not have, and so brings back the same JSON from another state. */
const withoutLast = t.strict({ sum: t.number }) as unknown as t.Type<{ sum: number; last: number }, unknown>

const folds = [
  foldOf(t.number, 0, (sum, by) => sum + by),
  foldOf(t.strict({ sum: t.number, seen: t.array(t.number) }), { sum: 0, seen: [] }, ({ sum, seen }, by) => ({
    sum: sum + by,
    seen: [...seen, by],
  })),
  foldOf(t.record(t.string, t.number), {}, (each, by) => ({ ...each, [`k${by}`]: Object.keys(each).length })),
  foldOf(counts, new Map(), (map, by) => new Map(map).set(by, (map.get(by) ?? 0) + 1)),
  foldOf(days, new Date(0), (day, by) => new Date(day.getTime() + Math.trunc(by))),
  foldOf(t.number, -0, (product, by) => product * by),
  foldOf(t.number, 1, (quotient, by) => quotient / by),
  foldOf(rounded, 0, (sum, by) => sum + by),
  foldOf(withoutLast, { sum: 0, last: 0 }, ({ sum, last }, by) => ({ sum: sum + by * last, last: by })),
] as ReadonlyArray<ReturnType<typeof foldOf<unknown>>>

const moves = fc.array(fc.constantFrom(0, 1, -1, 2, 0.5, -0), { maxLength: 12 })

const stored = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  state: JSON.parse(stringify(snapshot.state)),
})

type CodecOf = (fold: (typeof folds)[number]) => SnapshotCodec<unknown>
type FoldOn = (fold: View<unknown, number>, events: ReadonlyArray<number>, from: unknown) => unknown

const goOn: FoldOn = (fold, events, from) => view.fold(fold)(events, from)

const isEquivalent = (codecOf: CodecOf, foldOn: FoldOn = goOn) =>
  fc.property(fc.constantFrom(...folds), moves, fc.nat({ max: 12 }), (fold, events, cut) => {
    const { take, restore } = codecOf(fold)
    const first = view.fold(fold)(events.slice(0, cut))
    const taken = take(first, version(Math.min(cut, events.length)))
    if (E.isLeft(taken)) return
    const restored = restore(stored(taken.right))
    if (E.isLeft(restored)) throw new Error(`${restored.left.path} ${restored.left.reason}`)
    deepStrictEqual(foldOn(fold, events.slice(cut), restored.right), view.fold(fold)(events))
  })

/** Takes whatever the codec gives, as if it were the state. */
const trusting: CodecOf = (fold) => ({
  ...snapshotCodec(fold),
  take: (state, at) =>
    E.right({ of: snapshotCodec(fold).key, version: at, state: fold.state.encode(state) as never }),
})

/** Looks at the JSON that comes back, and not at the state. */
const lookingAtJson: CodecOf = (fold) => {
  const { key, restore } = snapshotCodec(fold)
  return {
    key,
    restore,
    take: (state, at) => {
      const json = toJson(fold.state.encode(state))
      if (E.isLeft(json)) return json
      const back = fold.state.decode(json.right)
      if (E.isLeft(back)) return back
      const again = toJson(fold.state.encode(back.right))
      return E.isRight(again) && stringify(again.right) === stringify(json.right)
        ? E.right({ of: key, version: at, state: json.right })
        : E.left({ path: '', reason: 'differs' })
    },
  }
}

law('SNP-1 equivalence', isEquivalent(snapshotCodec), { numRuns: 1_000 })
law.rejects('SNP-1', 'a state that is taken unseen', isEquivalent(trusting), { numRuns: 1_000 })
law.rejects('SNP-1', 'a check of the JSON alone', isEquivalent(lookingAtJson), { numRuns: 1_000 })
law.rejects(
  'SNP-1',
  'a fold that goes on one event late',
  isEquivalent(snapshotCodec, (fold, events, from) => goOn(fold, events.slice(1), from)),
)

const throwing = new t.Type<number, unknown>(
  'Throwing',
  t.number.is,
  (input) => {
    if (typeof input !== 'number') throw new TypeError('what is this')
    return t.success(input)
  },
  t.identity,
)

const sum = foldOf(throwing, 0, (total, by) => total + by)
const { key } = snapshotCodec(sum)

const anySnapshot: fc.Arbitrary<Snapshot> = fc.record({
  of: fc.record({
    fold: fc.constantFrom(key.fold, 'another'),
    fingerprint: fc.constantFrom(key.fingerprint, `${key.fingerprint} `),
  }),
  version: fc.nat().map(version),
  state: fc.oneof(fc.integer(), jsonValue) as fc.Arbitrary<Snapshot['state']>,
})

const refuses = (restore: SnapshotCodec<number>['restore']) =>
  fc.property(anySnapshot, (snapshot) => {
    const { of, state } = snapshot
    const isOwn = of.fold === key.fold && of.fingerprint === key.fingerprint && typeof state === 'number'
    const restored = restore(snapshot)
    if (isOwn) deepStrictEqual(restored, E.right(state))
    else deepStrictEqual(restored._tag, 'Left')
  })

const { restore } = snapshotCodec(sum)
law('SNP-2 refusal', refuses(restore))
law.rejects(
  'SNP-2',
  'a snapshot of another fingerprint',
  refuses((snapshot) => restore({ ...snapshot, of: { ...key, fold: snapshot.of.fold } })),
)
law.rejects(
  'SNP-2',
  'a state that is not one',
  refuses(({ of, state }) =>
    of.fold === key.fold && of.fingerprint === key.fingerprint
      ? E.right(state as number)
      : E.left({ path: '', reason: '' }),
  ),
)

const losesNothing = (codecOf: CodecOf) =>
  fc.property(fc.constantFrom(...folds), moves, jsonValue, (fold, events, json) => {
    const state = view.fold(fold)(events)
    const taken = codecOf(fold).take(state, version(1))
    if (E.isRight(taken)) deepStrictEqual(codecOf(fold).restore(stored(taken.right)), E.right(state))
    const plain = codecOf(foldOf(t.unknown, null, () => null)).take(json, version(1))
    deepStrictEqual(E.isRight(plain) && plain.right.state, json)
  })

law('SNP-3 no loss', losesNothing(snapshotCodec), { numRuns: 1_000 })
law.rejects('SNP-3', 'a check of the JSON alone', losesNothing(lookingAtJson), { numRuns: 1_000 })
law.rejects(
  'SNP-3',
  'a codec of snapshots that takes none',
  losesNothing((fold) => ({ ...snapshotCodec(fold), take: () => E.left({ path: '', reason: 'no' }) })),
)

describe('take', () => {
  const { take } = snapshotCodec(foldOf(t.unknown, null, () => null))

  test('counts a key whose value is undefined as absent', () => {
    expect(E.isRight(take({ a: 1, note: undefined }, version(1)))).toBe(true)
  })

  test.each([
    ['a state that holds itself', Object.assign([], { 0: 0 }) as Array<unknown>, true],
    ['NaN', Number.NaN, false],
    ['undefined', undefined, false],
    ['a function', () => 0, false],
    ['an array with a hole', Array(2), false],
  ])('%s', (_, state, holdsItself) => {
    if (holdsItself && Array.isArray(state)) state.push(state)
    expect(E.isLeft(take(state, version(1)))).toBe(true)
  })
})
