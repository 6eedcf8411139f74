/**
 * The laws of views, for random views over a finite alphabet. Their states include `undefined` and `null`, because a
 * fold that mistakes one of them for "no state" starts again from the beginning and forgets what happened.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { type EventOf, type StateOf, type View, view } from 'decider-ts/evolve'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryView, numberedAlphabet } from '../../../src/harness/ArbitraryDecider.js'
import { law } from '../Law.js'
import { absentLooking, entriesOf, event, events, functionTo, hostileName, numbers } from './Samples.js'

const anyView = arbitraryView(numbers)
const viewOfAbsent = arbitraryView(absentLooking)

const action = (fold: typeof view.fold) =>
  fc.property(viewOfAbsent, events, events, fc.constantFrom(...absentLooking.states), (any, a, b, from) => {
    deepStrictEqual(fold(any)([...a, ...b]), fold(any)(b, fold(any)(a)))
    deepStrictEqual(fold(any)([]), any.initialState)
    deepStrictEqual(fold(any)([], from), from)
  })

law('VIEW-1 action', action(view.fold))
law.rejects(
  'VIEW-1',
  'a fold that always starts from the initial state',
  action(
    (any) =>
      (list, ..._from) =>
        view.fold(any)(list),
  ),
)
law.rejects(
  'VIEW-1',
  'a fold that takes the state `undefined` for no state',
  action(
    (any) =>
      (list, from = any.initialState) =>
        [...list].reduce((state, next) => any.evolve(state, next), from),
  ),
)

const scan = (implementation: typeof view.scan) =>
  fc.property(anyView, events, (any, list) => {
    const prefixes = Array.from({ length: list.length + 1 }, (_, end) => list.slice(0, end))
    deepStrictEqual(
      implementation(any)(list),
      prefixes.map((prefix) => view.fold(any)(prefix)),
    )
  })

law('VIEW-2 scan', scan(view.scan))
law.rejects(
  'VIEW-2',
  'a scan without the first state',
  scan((any) => (list) => view.scan(any)(list).slice(1)),
)

type Combine = (
  views: Readonly<Record<string, View<number, number>>>,
) => View<Readonly<Record<string, number>>, number>

const combine = (implementation: Combine) =>
  fc.property(entriesOf(anyView), events, (parts, list) => {
    deepStrictEqual(
      view.fold(implementation(Object.fromEntries(parts)))(list),
      Object.fromEntries(parts.map(([name, part]) => [name, view.fold(part)(list)])),
    )
  })

/** Every part gets all states and gives all states, and the results are laid over each other: the last one wins. */
const combineByIntersection: Combine = (views) => ({
  initialState: view.combine(views).initialState,
  evolve: (states, next) =>
    Object.assign(
      {},
      ...Object.entries(views).map(([name, part]) => ({
        ...states,
        [name]: part.evolve(states[name] as number, next),
      })),
    ) as Readonly<Record<string, number>>,
})

const combineByAssignment: Combine = (views) => ({
  ...view.combine(views),
  evolve: (states, next) => {
    const evolved: Record<string, number> = {}
    for (const [name, part] of Object.entries(views))
      evolved[name] = part.evolve(states[name] as number, next)
    return evolved
  },
})

law('VIEW-3 combine', combine(view.combine))
law.rejects('VIEW-3', 'a combine that merges states by intersection', combine(combineByIntersection))
law.rejects('VIEW-3', 'a combine that loses the part `__proto__`', combine(combineByAssignment))

type KeyedEvent = readonly [string, number]
type ViewOfMany = <State>(part: View<State, KeyedEvent>) => View<ReadonlyMap<string, State>, KeyedEvent>

const locality = (many: ViewOfMany) =>
  fc.property(viewOfAbsent, fc.array(fc.tuple(hostileName, event)), (any, keyed) => {
    const ofValue = view.contramap(([, value]: KeyedEvent) => value)(any)
    const states = view.fold(many(ofValue))(keyed)
    for (const key of ['a', 'b', '__proto__', 'constructor', 'toString', '', 'never']) {
      const own = keyed.filter(([name]) => name === key)
      deepStrictEqual(states.has(key), own.length > 0)
      if (states.has(key)) deepStrictEqual(states.get(key), view.fold(ofValue)(own))
    }
  })

/** As one is tempted to write it: states in a plain object, and `??` for the key that is not there. */
const manyInObject: ViewOfMany = <State>(part: View<State, KeyedEvent>) => ({
  initialState: new Map<string, State>(),
  evolve: (states: ReadonlyMap<string, State>, next: KeyedEvent) => {
    const record: Record<string, State> = {}
    for (const [key, state] of states) record[key] = state
    record[next[0]] = part.evolve(record[next[0]] ?? part.initialState, next)
    return new Map(Object.entries(record))
  },
})

law('VIEW-4 locality', locality(view.many(([key]: KeyedEvent) => key)))
law.rejects('VIEW-4', 'a `many` in a plain object', locality(manyInObject))

const contramap = (implementation: typeof view.contramap) =>
  fc.property(anyView, functionTo(event), functionTo(event), events, (any, f, g, list) => {
    const folded = <State>(of: View<State, number>) => view.fold(of)(list)
    deepStrictEqual(folded(implementation((n: number) => n)(any)), folded(any))
    deepStrictEqual(
      folded(implementation((n: number) => f(g(n)))(any)),
      folded(implementation(g)(implementation(f)(any))),
    )
    deepStrictEqual(folded(implementation(f)(any)), view.fold(any)(list.map(f)))
  })

law('VIEW-5 contramap', contramap(view.contramap))
law.rejects(
  'VIEW-5',
  'a contramap that reads twice',
  contramap((read) => view.contramap((other) => read(read(other) as never))),
)

interface Boxed {
  readonly boxed: number
}

const imapState = (implementation: typeof view.imapState, from: (box: Boxed) => number) =>
  fc.property(anyView, events, (any, list) => {
    const to = (n: number): Boxed => ({ boxed: n + 10 })
    deepStrictEqual(view.fold(implementation(to, from)(any))(list), to(view.fold(any)(list)))
  })

law(
  'VIEW-6 imapState',
  imapState(view.imapState, ({ boxed }) => boxed - 10),
)
law.rejects(
  'VIEW-6',
  'a `from` that does not undo `to`',
  imapState(view.imapState, ({ boxed }) => boxed % 2),
)
law.rejects(
  'VIEW-6',
  'an imapState that forgets the initial state',
  imapState(
    (to, from) => (any) => ({ ...view.imapState(to, from)(any), initialState: to(0 as never) }),
    ({ boxed }) => boxed - 10,
  ),
)

test('a combine that merges by intersection loses updates: the published case, and ours', () => {
  const a = view.make({ initialState: 0, evolve: (n, next: 'A' | 'B') => (next === 'A' ? n + 1 : n) })
  const b = view.make({ initialState: 0, evolve: (n, next: 'A' | 'B') => (next === 'B' ? n + 1 : n) })
  // As published: both sides see the whole state, and the right side's answer is laid over the left side's.
  interface Whole {
    readonly a: number
    readonly b: number
  }
  const published = {
    initialState: { a: 0, b: 0 },
    evolve: (whole: Whole, next: 'A' | 'B'): Whole =>
      Object.assign({}, { ...whole, a: a.evolve(whole.a, next) }, { ...whole, b: b.evolve(whole.b, next) }),
  }
  expect(view.fold(published)(['A', 'A', 'B'])).toEqual({ a: 0, b: 1 })
  expect(view.fold(view.combine({ a, b }))(['A', 'A', 'B'])).toEqual({ a: 2, b: 1 })
})

test('a view of one state, and a combination of nothing', () => {
  const one = arbitraryView(numberedAlphabet({ states: 1, events: 0 }))
  fc.assert(fc.property(one, (any) => view.fold(any)([1, 2]) === 0))
  const none: View<StateOf<View<object, unknown>>, EventOf<View<object, unknown>>> = view.combine({})
  expect(view.fold(none)([1, 2])).toEqual({})
})
