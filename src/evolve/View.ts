/**
 * A view: what has happened, read as one state. It is the half of a decider that remembers, and it needs no store, no
 * clock and no library to run. Events are inputs that a view cannot refuse, so `evolve` is total.
 * Used by: every room from `evolve` on. Imports nothing of `store`, so it works on any events at all.
 *
 * Laws (test/properties/evolve/View.test.ts):
 * - VIEW-1 action: folding `a` and then `b` is folding `a` followed by `b`; folding nothing changes nothing.
 * - VIEW-2 scan: `scan` gives the fold of every prefix, the empty one first.
 * - VIEW-3 combine: folding a record of views is the record of their folds; no view's update is ever lost.
 * - VIEW-4 locality: `many` keeps for each key the fold of that key's events alone.
 * - VIEW-5 contramap: identity and composition.
 * - VIEW-6 imapState: where `from` undoes `to`, the mapped fold is the fold, mapped.
 * @since 0.1.0
 */

/** A left fold with its beginning. `evolve` must be pure and total. */
export interface View<State, Event> {
  /** The state before any event. */
  readonly initialState: State
  /** The state after one more event. */
  readonly evolve: (state: State, event: Event) => State
}

/** The least that is known of any view; for inference. */
export interface AnyView {
  readonly initialState: unknown
  readonly evolve: (state: never, event: never) => unknown
}

/** The state of a view. */
export type StateOf<V> = V extends { readonly initialState: infer State } ? State : never

/** The events of a view; of a union of views, the events that all of them read. */
export type EventOf<V> = [V] extends [{ readonly evolve: (state: never, event: infer Event) => unknown }]
  ? Event
  : never

/**
 * A view, its types inferred from its parts.
 * @example
 * import { view } from 'decider-ts/evolve'
 * const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
 * view.fold(total)([1, 2, 3]) // => 6
 */
export const make = <State, Event>(parts: View<State, Event>): View<State, Event> => parts

/**
 * The state after all events, from the initial state or from a later one.
 * @example
 * import { view } from 'decider-ts/evolve'
 * const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
 * view.fold(total)([4, 5], 100) // => 109
 */
export const fold =
  <State, Event>(view: View<State, Event>) =>
  (events: Iterable<Event>, ...from: [] | [from: State]): State => {
    // Not a default parameter: a state may be `undefined`, and is no less a state for that.
    let state = from.length === 0 ? view.initialState : from[0]
    const { evolve } = view
    for (const event of events) state = evolve(state, event)
    return state
  }

/**
 * The state before any event and after each one.
 * @example
 * import { view } from 'decider-ts/evolve'
 * const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
 * view.scan(total)([1, 2, 3]) // => [0, 1, 3, 6]
 */
export const scan =
  <State, Event>(view: View<State, Event>) =>
  (events: Iterable<Event>): ReadonlyArray<State> => {
    const states = [view.initialState]
    let state = view.initialState
    for (const event of events) {
      state = view.evolve(state, event)
      states.push(state)
    }
    return states
  }

/**
 * Several views of the same events as one view, whose state is the record of their states.
 * @example
 * import { view } from 'decider-ts/evolve'
 * const count = view.make({ initialState: 0, evolve: (n, _amount: number) => n + 1 })
 * const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
 * view.fold(view.combine({ count, total }))([5, 7]) // => { count: 2, total: 12 }
 */
export const combine = <Views extends Readonly<Record<string, AnyView>>>(
  views: Views,
): View<{ readonly [Name in keyof Views]: StateOf<Views[Name]> }, EventOf<Views[keyof Views]>> => {
  const names: ReadonlyArray<keyof Views> = Object.keys(views)
  const record = (stateOf: (name: keyof Views) => unknown) =>
    Object.fromEntries(names.map((name) => [name, stateOf(name)])) as {
      readonly [Name in keyof Views]: StateOf<Views[Name]>
    }
  return {
    initialState: record((name) => views[name]?.initialState),
    evolve: (states, event) => record((name) => views[name]?.evolve(states[name] as never, event as never)),
  }
}

/**
 * One view for each key, side by side. A key without events is absent, which means its initial state. Each event
 * copies the map, so a fold over k keys costs k for every event: for many keys keep the states in a read model.
 * @example
 * import { view } from 'decider-ts/evolve'
 * const total = view.make({ initialState: 0, evolve: (sum, sale: { shop: string; amount: number }) => sum + sale.amount })
 * const perShop = view.many((sale: { shop: string; amount: number }) => sale.shop)(total)
 * view.fold(perShop)([{ shop: 'a', amount: 1 }, { shop: 'b', amount: 2 }, { shop: 'a', amount: 3 }]) // => new Map([['a', 4], ['b', 2]])
 */
export const many =
  <Key, Event>(keyOf: (event: Event) => Key) =>
  <State>(view: View<State, Event>): View<ReadonlyMap<Key, State>, Event> => ({
    initialState: new Map(),
    evolve: (states, event) => evolveKey(view, states, keyOf(event), event),
  })

/**
 * The step of `many`, here and in `Decider`: one key's state evolves, all others stay.
 * @internal
 */
export const evolveKey = <Key, State, Event>(
  view: View<State, Event>,
  states: ReadonlyMap<Key, State>,
  key: Key,
  event: Event,
): ReadonlyMap<Key, State> => new Map(states).set(key, view.evolve(stateOfKey(view, states, key), event))

/**
 * What `many` knows of a key: an absent key is in the initial state.
 * @internal
 */
export const stateOfKey = <Key, State>(
  view: View<State, never>,
  states: ReadonlyMap<Key, State>,
  key: Key,
): State => {
  const state = states.get(key)
  return state === undefined && !states.has(key) ? view.initialState : (state as State)
}

/**
 * A view of other events, each read as one of this view's.
 * @example
 * import { view } from 'decider-ts/evolve'
 * const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
 * const lengths = view.contramap((word: string) => word.length)(total)
 * view.fold(lengths)(['to', 'be']) // => 4
 */
export const contramap =
  <Event, Other>(read: (other: Other) => Event) =>
  <State>(view: View<State, Event>): View<State, Other> => ({
    initialState: view.initialState,
    evolve: (state, other) => view.evolve(state, read(other)),
  })

/**
 * The same view with its state in another shape. `from(to(state))` must be `state`, or folds are not preserved.
 * @example
 * import { view } from 'decider-ts/evolve'
 * const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
 * const boxed = view.imapState((sum: number) => ({ sum }), (box) => box.sum)(total)
 * view.fold(boxed)([1, 2]) // => { sum: 3 }
 */
export const imapState =
  <State, Other>(to: (state: State) => Other, from: (other: Other) => State) =>
  <Event>(view: View<State, Event>): View<Other, Event> => ({
    initialState: to(view.initialState),
    evolve: (other, event) => to(view.evolve(from(other), event)),
  })
