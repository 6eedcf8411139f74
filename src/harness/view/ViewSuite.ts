/**
 * The suite of a view: what every fold of events must keep to, so that it can be rebuilt, resumed and trusted. It is a list
 * of checks for any test runner.
 * Used by: whoever writes a view or a read model.
 * @since 0.1.0
 */
import type * as t from 'io-ts'
import { type Codec, fromIoTs } from '../../evolve/Codec.js'
import type { View } from '../../evolve/View.js'
import type { Check } from '../Check.js'
import { arbitraryEvents, type EventSource, throughStore } from '../delivery/EventSource.js'
import { checkOf, type SuiteSettings } from '../delivery/JudgedLaw.js'
import { keepsInputsLaw, pureLaw, snapshotLaw, storedLaw, totalLaw, type ViewLaw } from './ViewLaws.js'

export type { ViewLaw } from './ViewLaws.js'

/** A view, and what it is checked with. One of `event` and `history` has to be there. */
export interface ViewSuite<State, Event> extends EventSource<NoInfer<Event>>, SuiteSettings {
  /** What it is called in failures. */
  readonly name: string
  readonly view: View<State, Event>
  /** The codec of its state, where snapshots are taken of it. */
  readonly state?: t.Type<NoInfer<State>, unknown> | Codec<NoInfer<State>>
  /** Values that are no events of this view, but of a newer program: it has to leave them out. None unless given. */
  readonly unknownEvents?: ReadonlyArray<unknown>
  /** Further laws, checked with the same events. */
  readonly laws?: ReadonlyArray<ViewLaw<NoInfer<State>, NoInfer<Event>>>
}

/**
 * The checks of a view.
 * @example
 * import * as t from 'io-ts'
 * import { view } from 'decider-ts/evolve'
 * import { viewSuite } from 'decider-ts/harness'
 * const Sold = t.type({ type: t.literal('Sold'), cents: t.Int })
 * const turnover = view.make({ initialState: 0, evolve: (sum, { cents }: t.TypeOf<typeof Sold>) => sum + cents })
 * const suite = viewSuite({ name: 'turnover', view: turnover, event: Sold, runs: 20 })
 * await suite[0]?.run() // => '20 samples'
 */
export const viewSuite = <State, Event>(suite: ViewSuite<State, Event>): ReadonlyArray<Check> => {
  const { name, view, state, unknownEvents = [], laws = [] } = suite
  const samples = arbitraryEvents<Event>(suite)
  const all: ReadonlyArray<ViewLaw<State, Event>> = [
    totalLaw('view.total', unknownEvents),
    keepsInputsLaw('view.keepsInputs'),
    pureLaw('view.pure'),
    ...laws,
    storedLaw('view.stored', (event) => throughStore<Event>(suite, event)),
    ...(state === undefined ? [] : [snapshotLaw<State, Event>('view.snapshot', codecOf(state))]),
  ]
  return all.map(({ id, statement, judge }) =>
    checkOf(`The view '${name}'`, suite, {
      id,
      statement,
      samples,
      judge: (events) => judge(view, events),
    }),
  )
}

const codecOf = <A>(codec: t.Type<A, unknown> | Codec<A>): Codec<A> =>
  'codecs' in codec ? codec : fromIoTs(codec)
