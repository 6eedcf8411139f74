/** Views and folds infer their states, their events and their answers, alone and combined. */
import { type EventOf, type Fold, fold, type StateOf, timeline, type View, view } from 'decider-ts/evolve'
import { function as F, option as O } from 'fp-ts'
import type { Equal } from './Equal.js'

export const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
export const totalType: Equal<typeof total, View<number, number>> = true

export const names = view.make({
  initialState: [] as ReadonlyArray<string>,
  evolve: (all, name: string) => [...all, name],
})

export const lengths = view.contramap((word: string) => word.length)(total)
export const both = view.combine({ names, lengths })
export const bothType: Equal<
  typeof both,
  View<{ readonly names: ReadonlyArray<string>; readonly lengths: number }, string>
> = true
export const state: Equal<
  StateOf<typeof both>,
  { readonly names: ReadonlyArray<string>; readonly lengths: number }
> = true
export const event: Equal<EventOf<typeof both>, string> = true

view.fold(both)(['to', 'be'])
view.fold(total)([1, 2], 10)
// @ts-expect-error an event of another type
view.fold(total)(['to'])
// @ts-expect-error a state of another type
view.fold(total)([1], 'ten')
// @ts-expect-error an absent state is not the same as no argument
view.fold(total)([1], undefined)

// A view of several types of events reads, combined, the events that all parts read.
export const wide = view.make({ initialState: 0, evolve: (n, _: string | number) => n + 1 })
export const narrow = view.combine({ wide, names })
export const narrowEvent: Equal<EventOf<typeof narrow>, string> = true

export const perShop = view.many((sale: { readonly shop: string; readonly amount: number }) => sale.shop)(
  view.contramap(({ amount }: { readonly shop: string; readonly amount: number }) => amount)(total),
)
export const perShopState: Equal<StateOf<typeof perShop>, ReadonlyMap<string, number>> = true

export const boxed = view.imapState(
  (sum: number) => ({ sum }),
  ({ sum }) => sum,
)(total)
export const boxedType: Equal<typeof boxed, View<{ sum: number }, number>> = true

export const mean = fold.make({
  initialState: { sum: 0, count: 0 },
  evolve: ({ sum, count }, x: number) => ({ sum: sum + x, count: count + 1 }),
  extract: ({ sum, count }) => sum / count,
})
export const meanType: Equal<typeof mean, Fold<number, number>> = true

export const report = fold.combine({ mean, total: fold.fromView(total), title: fold.of('report') })
export const reportType: Equal<
  typeof report,
  Fold<number, { readonly mean: number; readonly total: number; readonly title: string }>
> = true
fold.run(report)([1, 2]).title.length
// @ts-expect-error a report has no such answer
fold.run(report)([1, 2]).median
// @ts-expect-error an event of another type
fold.run(report)(['x'])

export const piped = F.pipe(
  mean,
  fold.map((x) => `${x} EUR`),
  fold.filterMap((text: string) => (text === '' ? O.none : O.some(text.length))),
)
export const pipedType: Equal<typeof piped, Fold<string, string>> = true
export const applied = fold.Applicative.ap(
  fold.Functor.map(mean, (x) => (y: number) => x > y),
  fold.fromView(total),
)
export const appliedType: Equal<typeof applied, Fold<number, boolean>> = true

export const states: ReadonlyArray<number> = timeline.states(timeline.make(total)([]))
