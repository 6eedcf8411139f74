/**
 * The laws of folds, once for the curried functions and once for the fp-ts instances: an instance that is wired up the
 * wrong way round still compiles. Two folds are equal when they give the same answer after every history.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { type Fold, fold, view } from 'decider-ts/evolve'
import fc from 'fast-check'
import {
  type applicative,
  type comonad,
  type contravariant,
  type functor,
  option as O,
  type profunctor,
} from 'fp-ts'
import { expect, test } from 'vitest'
import { arbitraryFold } from '../../../src/harness/ArbitraryDecider.js'
import { law } from '../Law.js'
import { entriesOf, event, events, functionTo, numbers } from './Samples.js'

const answer = fc.nat(9)
const anyFold = arbitraryFold(numbers, answer)
const foldOfFunctions = arbitraryFold(numbers, functionTo(answer))
const f1 = functionTo(answer)

const same = <Event, Answer>(
  left: Fold<Event, Answer>,
  right: Fold<Event, Answer>,
  history: ReadonlyArray<Event>,
): void => deepStrictEqual(fold.run(left)(history), fold.run(right)(history))

/** `map` with an answer function that is run a second time wherever that is possible. */
const mapTwice = <A, B>(fa: Fold<number, A>, f: (a: A) => B): Fold<number, B> =>
  fold.map((a: A) => f(f(a) as never))(fa)

type Map = functor.Functor2<fold.URI>['map']

const functorLaw = (map: Map) =>
  fc.property(anyFold, f1, f1, events, (fa, f, g, history) => {
    same(
      map(fa, (n) => n),
      fa,
      history,
    )
    same(
      map(fa, (n) => g(f(n))),
      map(map(fa, f), g),
      history,
    )
    deepStrictEqual(fold.run(map(fa, f))(history), f(fold.run(fa)(history)))
  })

law(
  'FOLD-1 functor',
  functorLaw((fa, f) => fold.map(f)(fa)),
)
law('FOLD-1 functor, the instance', functorLaw(fold.Functor.map))
law.rejects('FOLD-1', 'a map that maps twice', functorLaw(mapTwice as Map))

type ApplicativeParts = Pick<applicative.Applicative2<fold.URI>, 'ap' | 'of' | 'map'>

const compose =
  (f: (n: number) => number) =>
  (g: (n: number) => number) =>
  (n: number): number =>
    f(g(n))

const applicativeLaw = ({ ap, of, map }: ApplicativeParts) =>
  fc.property(anyFold, foldOfFunctions, foldOfFunctions, answer, f1, events, (v, u, w, y, f, history) => {
    const pure = <A>(a: A): Fold<number, A> => of<number, A>(a)
    same(
      ap(
        pure((n: number) => n),
        v,
      ),
      v,
      history,
    )
    same(ap(pure(f), pure(y)), pure(f(y)), history)
    same(
      ap(u, pure(y)),
      ap(
        pure((g: (n: number) => number) => g(y)),
        u,
      ),
      history,
    )
    same(ap(ap(map(u, compose), w), v), ap(u, ap(w, v)), history)
  })

/** The argument of the application is never told what happens. */
const apOneSided: ApplicativeParts['ap'] = (ff, fa) =>
  fold.map((f: never) => (f as (a: unknown) => never)(fold.extract(fa)))(ff as never)

const curried: ApplicativeParts = {
  of: fold.of,
  map: (fa, f) => fold.map(f)(fa),
  ap: (ff, fa) => fold.ap(fa)(ff),
}

law('FOLD-2 applicative', applicativeLaw(curried))
law('FOLD-2 applicative, the instance', applicativeLaw(fold.Applicative))
law.rejects('FOLD-2', 'an ap whose argument sees no events', applicativeLaw({ ...curried, ap: apOneSided }))

type Promap = profunctor.Profunctor2<fold.URI>['promap']

const profunctorLaw = (promap: Promap) =>
  fc.property(anyFold, functionTo(event), functionTo(event), f1, f1, events, (fa, r, q, f, g, history) => {
    same(
      promap(
        fa,
        (n: number) => n,
        (n) => n,
      ),
      fa,
      history,
    )
    same(promap(fa, r, f), fold.map(f)(fold.contramap(r)(fa)), history)
    same(
      promap(
        fa,
        (n: number) => r(q(n)),
        (n) => g(f(n)),
      ),
      promap(promap(fa, r, f), q, g),
      history,
    )
  })

law(
  'FOLD-3 profunctor',
  profunctorLaw((fa, read, f) => fold.promap(read, f)(fa)),
)
law('FOLD-3 profunctor, the instance', profunctorLaw(fold.Profunctor.promap))
law.rejects(
  'FOLD-3',
  'a promap that forgets to read',
  profunctorLaw((fa, _read, f) => fold.map(f)(fa) as never),
)

type ComonadParts = Pick<comonad.Comonad2<fold.URI>, 'extend' | 'extract'>

const comonadLaw = ({ extend, extract }: ComonadParts) =>
  fc.property(anyFold, f1, f1, events, events, (wa, f, g, ahead, history) => {
    // What a function of the rest of a fold can know: what the rest would answer, now and after more events.
    const k = (rest: Fold<number, number>): number => f(extract(rest) + fold.run(rest)(ahead))
    const l = (rest: Fold<number, number>): number => g(extract(rest) * 2 + fold.run(rest)(ahead))
    same(extend(wa, extract), wa, history)
    deepStrictEqual(extract(extend(wa, k)), k(wa))
    same(
      extend(extend(wa, k), l),
      extend(wa, (rest) => l(extend(rest, k))),
      history,
    )
  })

law('FOLD-4 comonad', comonadLaw({ extend: (wa, f) => fold.extend(f)(wa), extract: fold.extract }))
law('FOLD-4 comonad, the instance', comonadLaw(fold.Comonad))
law.rejects(
  'FOLD-4',
  'an extend that hands over the whole fold instead of its rest',
  comonadLaw({ extend: (wa, f) => fold.of(f(wa)), extract: fold.extract }),
)

type RunAll = (
  folds: Readonly<Record<string, Fold<number, number>>>,
) => (history: Iterable<number>) => Readonly<Record<string, number>>

const onePassLaw = (runAll: RunAll) =>
  fc.property(entriesOf(anyFold), events, (parts, history) => {
    // An iterator is spent after one pass, so a second one would find no events.
    deepStrictEqual(
      runAll(Object.fromEntries(parts))(history[Symbol.iterator]()),
      Object.fromEntries(parts.map(([name, part]) => [name, fold.run(part)(history)])),
    )
  })

law(
  'FOLD-5 one pass',
  onePassLaw((folds) => fold.run(fold.combine(folds))),
)
law.rejects(
  'FOLD-5',
  'a combine that makes one pass for each fold',
  onePassLaw(
    (folds) => (history) =>
      Object.fromEntries(Object.entries(folds).map(([name, part]) => [name, fold.run(part)(history)])),
  ),
)
law.rejects(
  'FOLD-5',
  'a combine that loses the fold `__proto__`',
  onePassLaw((folds) =>
    fold.run(
      fold.map((answers: Readonly<Record<string, number>>) => Object.assign({}, answers))(
        fold.combine(folds),
      ),
    ),
  ),
)

type FilterMap = typeof fold.filterMap

const filterMapLaw = (filterMap: FilterMap) =>
  fc.property(anyFold, functionTo(fc.option(event, { nil: undefined })), events, (fa, f, history) => {
    const read = (n: number): O.Option<number> => O.fromNullable(f(n))
    deepStrictEqual(
      fold.run(filterMap(read)(fa))(history),
      fold.run(fa)(history.flatMap((n) => O.toUndefined(read(n)) ?? [])),
    )
  })

/** A foreign event starts the fold again, as a `switch` with a wrong `default` does. */
const restarting: FilterMap = (read) => (fa) =>
  fa.open((machine) =>
    fold.make({
      ...machine,
      evolve: (state, other) => {
        const own = read(other)
        return O.isSome(own) ? machine.evolve(state, own.value) : machine.initialState
      },
    }),
  )

law('FOLD-6 filterMap', filterMapLaw(fold.filterMap))
law.rejects('FOLD-6', 'a filterMap that starts again at a foreign event', filterMapLaw(restarting))

type Contramap = contravariant.Contravariant2<fold.EventURI>['contramap']

const contravariantLaw = (contramap: Contramap) =>
  fc.property(anyFold, functionTo(event), functionTo(event), events, (fa, f, g, history) => {
    same(
      contramap(fa, (n: number) => n),
      fa,
      history,
    )
    same(
      contramap(fa, (n: number) => f(g(n))),
      contramap(contramap(fa, f), g),
      history,
    )
    deepStrictEqual(fold.run(contramap(fa, f))(history), fold.run(fa)(history.map((n) => f(n))))
  })

law(
  'FOLD-7 contravariant',
  contravariantLaw((fa, read) => fold.contramap(read)(fa)),
)
law('FOLD-7 contravariant, the instance', contravariantLaw(fold.Contravariant.contramap))
law.rejects(
  'FOLD-7',
  'a contramap that reads twice',
  contravariantLaw((fa, read) => fold.contramap((other: never) => read(read(other) as never))(fa) as never),
)

test('a fold of a view answers with its state, also where that is undefined', () => {
  const last = view.make({
    initialState: 0 as number | undefined,
    evolve: (_, next: number | undefined) => next,
  })
  expect(fold.run(fold.fromView(last))([1, undefined])).toBe(undefined)
  expect(fold.extract(fold.fromView(last))).toBe(0)
})
