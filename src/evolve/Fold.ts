/**
 * A fold: a view whose state is hidden behind the answer it gives. Because nobody sees the state, two folds pair up,
 * answers map freely, and many reports come out of one pass over the events.
 * Used by: reports and read models. Imports nothing of `store`.
 * Source of the idea: G. Gonzalez's library `foldl` for Haskell; as an automaton it is a Moore machine.
 *
 * Laws (test/properties/evolve/Fold.test.ts):
 * - FOLD-1 functor: identity and composition of `map`.
 * - FOLD-2 applicative: identity, homomorphism, interchange, composition.
 * - FOLD-3 profunctor: `promap(f, g)` is `contramap(f)` and then `map(g)`; identity and composition.
 * - FOLD-4 comonad: left and right identity, associativity.
 * - FOLD-5 one pass: running a record of folds is the record of running each.
 * - FOLD-6 filterMap: running over events that are filtered and mapped first gives the same.
 * - FOLD-7 contravariant: identity and composition of `contramap`.
 * @since 0.1.0
 */
import type { applicative, apply, comonad, contravariant, functor, profunctor } from 'fp-ts'
import { function as F, option as O } from 'fp-ts'
import type { View } from './View.js'

/** What a fold hides: a view, and how its state is read. */
export interface Machine<State, Event, Answer> extends View<State, Event> {
  readonly extract: (state: State) => Answer
}

/** For some state, a machine. Written as a function of its reader, so that the state's type stays hidden and sound. */
export interface Fold<Event, Answer> {
  readonly open: <Result>(read: <State>(machine: Machine<State, Event, Answer>) => Result) => Result
}

/** The answer of a fold. */
export type AnswerOf<F> = F extends Fold<never, infer Answer> ? Answer : never

/** The events of a fold; of a union of folds, the events that all of them read. */
export type FoldedEvent<F> = [F] extends [Fold<infer Event, unknown>] ? Event : never

/**
 * A fold from a machine.
 * @example
 * import { fold } from 'decider-ts/evolve'
 * const mean = fold.make({
 *   initialState: { sum: 0, count: 0 },
 *   evolve: (state, x: number) => ({ sum: state.sum + x, count: state.count + 1 }),
 *   extract: (state) => state.sum / state.count,
 * })
 * fold.run(mean)([1, 2, 6]) // => 3
 */
export const make = <State, Event, Answer>(machine: Machine<State, Event, Answer>): Fold<Event, Answer> => ({
  open: (read) => read(machine),
})

/**
 * A fold that answers with the state of a view.
 * @example
 * import { fold, view } from 'decider-ts/evolve'
 * const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
 * fold.run(fold.fromView(total))([1, 2]) // => 3
 */
export const fromView = <State, Event>(view: View<State, Event>): Fold<Event, State> =>
  make({ initialState: view.initialState, evolve: view.evolve, extract: F.identity })

/**
 * A fold that answers the same, whatever happened.
 * @example
 * import { fold } from 'decider-ts/evolve'
 * fold.run(fold.of('always'))([1, 2]) // => 'always'
 */
export const of = <Answer>(answer: Answer): Fold<unknown, Answer> =>
  make({ initialState: undefined, evolve: F.identity, extract: () => answer })

/**
 * The answer after all events.
 * @example
 * import { fold } from 'decider-ts/evolve'
 * fold.run(fold.of(1))([]) // => 1
 */
export const run =
  <Event, Answer>(fold: Fold<Event, Answer>) =>
  (events: Iterable<Event>): Answer =>
    fold.open((machine) => {
      let state = machine.initialState
      for (const event of events) state = machine.evolve(state, event)
      return machine.extract(state)
    })

/**
 * The answer before any event.
 * @example
 * import { fold } from 'decider-ts/evolve'
 * fold.extract(fold.of(1)) // => 1
 */
export const extract = <Event, Answer>(fold: Fold<Event, Answer>): Answer => run(fold)([])

/**
 * The same events, another answer.
 * @example
 * import { fold, view } from 'decider-ts/evolve'
 * const total = fold.fromView(view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount }))
 * fold.run(fold.map((sum: number) => `${sum} EUR`)(total))([1, 2]) // => '3 EUR'
 */
export const map =
  <Answer, Other>(f: (answer: Answer) => Other) =>
  <Event>(fold: Fold<Event, Answer>): Fold<Event, Other> =>
    fold.open((machine) => make({ ...machine, extract: (state) => f(machine.extract(state)) }))

/**
 * Other events, each read as one of this fold's.
 * @example
 * import { fold, view } from 'decider-ts/evolve'
 * const total = fold.fromView(view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount }))
 * fold.run(fold.contramap((word: string) => word.length)(total))(['to', 'be']) // => 4
 */
export const contramap = <Event, Other>(read: (other: Other) => Event) =>
  filterMap((other: Other) => O.some(read(other)))

/**
 * Other events, of which only some concern this fold.
 * @example
 * import { option as O } from 'fp-ts'
 * import { fold, view } from 'decider-ts/evolve'
 * const total = fold.fromView(view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount }))
 * const ofEven = fold.filterMap((n: number) => (n % 2 === 0 ? O.some(n) : O.none))(total)
 * fold.run(ofEven)([1, 2, 3, 4]) // => 6
 */
export const filterMap =
  <Event, Other>(read: (other: Other) => O.Option<Event>) =>
  <Answer>(fold: Fold<Event, Answer>): Fold<Other, Answer> =>
    fold.open((machine) =>
      make({
        ...machine,
        evolve: (state, other) => {
          const event = read(other)
          return O.isSome(event) ? machine.evolve(state, event.value) : state
        },
      }),
    )

/**
 * Other events and another answer at once.
 * @example
 * import { fold, view } from 'decider-ts/evolve'
 * const total = fold.fromView(view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount }))
 * fold.run(fold.promap((word: string) => word.length, (sum: number) => sum > 3)(total))(['to', 'be']) // => true
 */
export const promap =
  <Event, Other, Answer, Result>(read: (other: Other) => Event, f: (answer: Answer) => Result) =>
  (fold: Fold<Event, Answer>): Fold<Other, Result> =>
    F.pipe(fold, contramap(read), map(f))

/**
 * Applies the answer of one fold to the answer of another, in one pass.
 * @example
 * import { fold, view } from 'decider-ts/evolve'
 * const total = fold.fromView(view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount }))
 * const more = fold.map((sum: number) => (other: number) => sum + other)(total)
 * fold.run(fold.ap(total)(more))([1, 2]) // => 6
 */
export const ap =
  <Event, Answer>(argument: Fold<Event, Answer>) =>
  <Other>(fold: Fold<Event, (answer: Answer) => Other>): Fold<Event, Other> =>
    fold.open((left) =>
      argument.open((right) =>
        make({
          initialState: [left.initialState, right.initialState] as const,
          evolve: ([l, r], event: Event) => [left.evolve(l, event), right.evolve(r, event)] as const,
          extract: ([l, r]) => left.extract(l)(right.extract(r)),
        }),
      ),
    )

/**
 * The answer of a function that is handed the rest of the fold: what would be reported from here on.
 * @example
 * import { fold, view } from 'decider-ts/evolve'
 * const total = fold.fromView(view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount }))
 * const withNext = fold.extend((rest: typeof total) => fold.run(rest)([100]))(total)
 * fold.run(withNext)([1, 2]) // => 103
 */
export const extend =
  <Event, Answer, Other>(f: (rest: Fold<Event, Answer>) => Other) =>
  (fold: Fold<Event, Answer>): Fold<Event, Other> =>
    fold.open((machine) =>
      make({ ...machine, extract: (state) => f(make({ ...machine, initialState: state })) }),
    )

/**
 * Several folds of the same events as one, in one pass.
 * @example
 * import { fold, view } from 'decider-ts/evolve'
 * const total = fold.fromView(view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount }))
 * fold.run(fold.combine({ total, fixed: fold.of('x') }))([1, 2]) // => { total: 3, fixed: 'x' }
 */
export const combine = <Folds extends Readonly<Record<string, Fold<never, unknown>>>>(
  folds: Folds,
): Fold<FoldedEvent<Folds[keyof Folds]>, { readonly [Name in keyof Folds]: AnswerOf<Folds[Name]> }> =>
  Object.entries<Fold<never, unknown>>(folds).reduce<Fold<never, object>>(
    (all, [name, fold]) =>
      ap(fold)(map((answers: object) => (answer: unknown) => ({ ...answers, [name]: answer }))(all)),
    of({}),
  ) as Fold<FoldedEvent<Folds[keyof Folds]>, { readonly [Name in keyof Folds]: AnswerOf<Folds[Name]> }>

/** The name of `Fold` among fp-ts's kinds; the answer is the last parameter. */
export const URI = 'decider-ts/Fold'
/** The type of the name. */
export type URI = typeof URI
/** The name of `Fold` among fp-ts's kinds, with its events as the last parameter. */
export const EventURI = 'decider-ts/FoldEvent'
/** The type of the name. */
export type EventURI = typeof EventURI

declare module 'fp-ts/HKT' {
  interface URItoKind2<E, A> {
    readonly [URI]: Fold<E, A>
    readonly [EventURI]: Fold<A, E>
  }
}

/**
 * Answers map.
 * @example
 * import { fold, view } from 'decider-ts/evolve'
 * const total = fold.fromView(view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount }))
 * fold.run(fold.Functor.map(total, (sum) => sum * 2))([1, 2]) // => 6
 */
export const Functor: functor.Functor2<URI> = { URI, map: (fold, f) => map(f)(fold) }
/**
 * Two folds run in one pass.
 * @example
 * import { fold, view } from 'decider-ts/evolve'
 * const total = fold.fromView(view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount }))
 * const plus = fold.map((sum: number) => (other: number) => sum + other)(total)
 * fold.run(fold.Apply.ap(plus, total))([1, 2]) // => 6
 */
export const Apply: apply.Apply2<URI> = { ...Functor, ap: (fold, argument) => ap(argument)(fold) }
/**
 * A fold may ignore its events.
 * @example
 * import { fold } from 'decider-ts/evolve'
 * fold.run(fold.Applicative.of('always'))([]) // => 'always'
 */
export const Applicative: applicative.Applicative2<URI> = { ...Apply, of }
/**
 * Events are read, answers map.
 * @example
 * import { fold, view } from 'decider-ts/evolve'
 * const total = fold.fromView(view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount }))
 * const long = fold.Profunctor.promap(total, (word: string) => word.length, (sum) => sum > 3)
 * fold.run(long)(['to', 'be']) // => true
 */
export const Profunctor: profunctor.Profunctor2<URI> = {
  ...Functor,
  promap: (fold, read, f) => promap(read, f)(fold),
}
/**
 * A fold knows its answer so far and what is still to come.
 * @example
 * import { fold, view } from 'decider-ts/evolve'
 * const total = fold.fromView(view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount }))
 * fold.Comonad.extract(total) // => 0
 */
export const Comonad: comonad.Comonad2<URI> = { ...Functor, extract, extend: (fold, f) => extend(f)(fold) }
/**
 * Events are read.
 * @example
 * import { fold, view } from 'decider-ts/evolve'
 * const total = fold.fromView(view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount }))
 * fold.run(fold.Contravariant.contramap(total, (word: string) => word.length))(['to', 'be']) // => 4
 */
export const Contravariant: contravariant.Contravariant2<EventURI> = {
  URI: EventURI,
  contramap: (fold, read) => contramap(read)(fold),
}
