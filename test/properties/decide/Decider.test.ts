/**
 * The laws of deciders, for random deciders over a finite alphabet. Deciders are compared by what can be observed: their
 * decisions, one after another and in every state that events lead to, and which states are terminal.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { accept, type Decider, decider, nothing, reject, type Side } from 'decider-ts/decide'
import { view } from 'decider-ts/evolve'
import fc from 'fast-check'
import { either as E, function as F, type invariant, option as O, readonlyArray as RA } from 'fp-ts'
import { expect, test } from 'vitest'
import { arbitraryDecider, differenceBetween } from '../../../src/harness/ArbitraryDecider.js'
import {
  absentLooking,
  command,
  commands,
  entriesOf,
  event,
  events,
  functionTo,
  hostileName,
  numbers,
} from '../evolve/Samples.js'
import { law } from '../Law.js'

type Sample<State = number> = Decider<number, State, number, string>

// Most laws hold for deciders that break their promise about terminal states as well, so they are asked to.
const anyDecider = arbitraryDecider(numbers, { acceptsInTerminal: true })

const alike = <Command, S1, S2, Event, Rejection>(
  left: Decider<Command, S1, Event, Rejection>,
  right: Decider<Command, S2, Event, Rejection>,
  decided: ReadonlyArray<Command>,
  happened: ReadonlyArray<Event>,
): void => deepStrictEqual(differenceBetween(left, right)(decided, happened), [])

const onePast = (run: typeof decider.run) =>
  fc.property(arbitraryDecider(absentLooking), commands, commands, (any, first, more) => {
    const before = run(any)(first)
    deepStrictEqual(before.state, view.fold(any)(before.events))
    const after = run(any)(more, before.state)
    deepStrictEqual(after.state, view.fold(any)([...before.events, ...after.events]))
    deepStrictEqual(
      after.events,
      after.decisions.flatMap((decision) => (E.isRight(decision) ? decision.right : [])),
    )
    deepStrictEqual(run(any)([...first, ...more]).decisions, [...before.decisions, ...after.decisions])
  })

law('DEC-1 one past', onePast(decider.run))
law.rejects(
  'DEC-1',
  'a run that evolves the last event of each decision alone',
  onePast((any) => (decided, ...from) => {
    const run = decider.run(any)(decided, ...from)
    const last = run.decisions.flatMap((decision) => (E.isRight(decision) ? decision.right.slice(-1) : []))
    return { ...run, state: view.fold(any)(last, ...from) }
  }),
)
law.rejects(
  'DEC-1',
  'a run that decides every command in the first state',
  onePast((any) => (decided, ...from) => {
    const runs = [...decided].map((one) => decider.run(any)([one], ...from))
    const happened = runs.flatMap((run) => run.events)
    return {
      decisions: runs.flatMap((run) => run.decisions),
      events: happened,
      state: view.fold(any)(happened, ...from),
    }
  }),
)
law.rejects(
  'DEC-1',
  'a run that takes the state `undefined` for no state',
  onePast(
    (any) =>
      (decided, from = any.initialState) =>
        decider.run(any)(decided, from),
  ),
)

type Contramap = (any: Sample, read: (n: number) => number) => Sample

const contramap = (implementation: Contramap) =>
  fc.property(anyDecider, functionTo(command), functionTo(command), commands, events, (any, f, g, cs, es) => {
    alike(implementation(any, F.identity), any, cs, es)
    alike(
      implementation(implementation(any, f), g),
      implementation(any, (n) => f(g(n))),
      cs,
      es,
    )
    deepStrictEqual(decider.run(implementation(any, f))(cs), decider.run(any)(cs.map((n) => f(n))))
  })

law(
  'DEC-2 contramap',
  contramap((any, read) => decider.contramap(read)(any)),
)
law('DEC-2 contramap, the instance', contramap(decider.Contravariant.contramap))
law.rejects(
  'DEC-2',
  'a contramap that reads twice',
  contramap((any, read) => decider.contramap((n: number) => read(read(n)))(any)),
)

interface Boxed {
  readonly boxed: number
}

/** A pair of functions of which `from` should undo `to`. */
interface Pair {
  readonly to: (n: number) => Boxed
  readonly from: (box: Boxed) => number
}

const iso: Pair = { to: (n) => ({ boxed: n + 10 }), from: ({ boxed }) => boxed - 10 }
const notIso: Pair = { ...iso, from: ({ boxed }) => boxed % 2 }

const turn =
  (by: number) =>
  (n: number): number =>
    (n + by) % 12

type EventImap = invariant.Invariant4<decider.EventURI>['imap']

const imapEvent = (imap: EventImap, { to, from }: Pair) =>
  fc.property(anyDecider, commands, events, fc.nat(11), fc.nat(11), (any, cs, es, f, g) => {
    alike(imap(any, F.identity<number>, F.identity<number>), any, cs, es)
    const twice = imap(imap(any, turn(f), turn(12 - f)), turn(g), turn(12 - g))
    const once = imap(any, F.flow(turn(f), turn(g)), F.flow(turn(12 - g), turn(12 - f)))
    alike(twice, once, cs, es)
    const run = decider.run(any)(cs)
    deepStrictEqual(decider.run(imap(any, to, from))(cs), {
      ...run,
      decisions: run.decisions.map(E.map(RA.map(to))),
      events: run.events.map((n) => to(n)),
    })
  })

law(
  'DEC-3 imapEvent',
  imapEvent((any, to, from) => decider.imapEvent(to, from)(any), iso),
)
law('DEC-3 imapEvent, the instance', imapEvent(decider.EventInvariant.imap, iso))
law.rejects('DEC-3', 'a `from` that does not undo `to`', imapEvent(decider.EventInvariant.imap, notIso))
law.rejects(
  'DEC-3',
  'an imapEvent that changes the events of `decide` alone',
  imapEvent((any, to, from) => ({ ...decider.imapEvent(to, from)(any), evolve: any.evolve as never }), iso),
)

type StateImap = invariant.Invariant4<decider.StateURI>['imap']

const imapState = (imap: StateImap, { to, from }: Pair) =>
  fc.property(anyDecider, commands, events, fc.nat(11), fc.nat(11), (any, cs, es, f, g) => {
    alike(imap(any, F.identity<number>, F.identity<number>), any, cs, es)
    const twice = imap(imap(any, turn(f), turn(12 - f)), turn(g), turn(12 - g))
    const once = imap(any, F.flow(turn(f), turn(g)), F.flow(turn(12 - g), turn(12 - f)))
    alike(twice, once, cs, es)
    alike(imap(any, to, from), any, cs, es)
    deepStrictEqual(view.fold(imap(any, to, from))(es), to(view.fold(any)(es)))
  })

law(
  'DEC-4 imapState',
  imapState((any, to, from) => decider.imapState(to, from)(any), iso),
)
law('DEC-4 imapState, the instance', imapState(decider.StateInvariant.imap, iso))
law.rejects('DEC-4', 'a `from` that does not undo `to`', imapState(decider.StateInvariant.imap, notIso))
law.rejects(
  'DEC-4',
  'an imapState that forgets `isTerminal`',
  imapState((any, to, from) => ({ ...decider.imapState(to, from)(any), isTerminal: () => false }), iso),
)

type MapRejection = (any: Sample, f: (rejection: string) => string) => Sample

const mapRejection = (implementation: MapRejection) =>
  fc.property(anyDecider, fc.string(), fc.string(), commands, events, (any, f, g, cs, es) => {
    const adding = (suffix: string) => (rejection: string) => `${rejection}${suffix}`
    alike(implementation(any, F.identity), any, cs, es)
    alike(
      implementation(implementation(any, adding(f)), adding(g)),
      implementation(any, (rejection) => adding(g)(adding(f)(rejection))),
      cs,
      es,
    )
    deepStrictEqual(
      decider.run(implementation(any, adding(f)))(cs).decisions,
      decider
        .run(any)(cs)
        .decisions.map(E.mapLeft(adding(f))),
    )
  })

law(
  'DEC-5 mapRejection',
  mapRejection((any, f) => decider.mapRejection(f)(any)),
)
law('DEC-5 mapRejection, the instance', mapRejection(decider.RejectionFunctor.map))
law.rejects(
  'DEC-5',
  'a mapRejection that maps twice',
  mapRejection((any, f) => decider.mapRejection((rejection: string) => f(f(rejection)))(any)),
)

type Tensor = <C1, S1, E1, C2, S2, E2>(
  left: Decider<C1, S1, E1, string>,
  right: Decider<C2, S2, E2, string>,
) => Decider<Side<C1, C2>, readonly [S1, S2], Side<E1, E2>, string>

type Nested<A> = Side<Side<A, A>, A>
type NestedRight<A> = Side<A, Side<A, A>>

const toRight = <A>(nested: Nested<A>): NestedRight<A> =>
  E.isRight(nested)
    ? E.right(E.right(nested.right))
    : E.isLeft(nested.left)
      ? E.left(nested.left.left)
      : E.right(E.left(nested.left.right))

const toLeft = <A>(nested: NestedRight<A>): Nested<A> =>
  E.isLeft(nested)
    ? E.left(E.left(nested.left))
    : E.isLeft(nested.right)
      ? E.left(E.right(nested.right.left))
      : E.right(nested.right.right)

const side = <A>(value: fc.Arbitrary<A>): fc.Arbitrary<Side<A, A>> =>
  fc.tuple(fc.boolean(), value).map(([isLeft, inside]) => (isLeft ? E.left(inside) : E.right(inside)))

const nested = <A>(value: fc.Arbitrary<A>): fc.Arbitrary<Nested<A>> =>
  fc
    .tuple(fc.nat(2), value)
    .map(([place, inside]) =>
      place === 2 ? E.right(inside) : E.left(place === 1 ? E.right(inside) : E.left(inside)),
    )

const associative = (tensor: Tensor) =>
  fc.property(
    anyDecider,
    anyDecider,
    anyDecider,
    fc.array(nested(command), { maxLength: 6 }),
    fc.array(nested(event), { maxLength: 6 }),
    (a, b, c, cs, es) => {
      const right = F.pipe(
        tensor(a, tensor(b, c)),
        decider.contramap<NestedRight<number>, Nested<number>>(toRight),
        decider.imapEvent<NestedRight<number>, Nested<number>>(toLeft, toRight),
      )
      alike(tensor(tensor(a, b), c), right, cs, es)
    },
  )

/** It says in a rejection which side it came from, so that a side within a side says more. */
const tensorThatLabels: Tensor = (left, right) =>
  decider.tensor(
    decider.mapRejection((rejection: string) => `left: ${rejection}`)(left),
    decider.mapRejection((rejection: string) => `right: ${rejection}`)(right),
  )

law('DEC-6 tensor is associative', associative(decider.tensor))
law.rejects('DEC-6', 'a tensor that labels rejections with their side', associative(tensorThatLabels))

const neutral = (unit: typeof decider.unit) =>
  fc.property(anyDecider, commands, events, (any, cs, es) => {
    const right = F.pipe(
      decider.tensor(any, unit),
      decider.contramap((n: number) => E.left(n)),
      decider.imapEvent(
        (own: Side<number, never>) => (E.isLeft(own) ? own.left : own.right),
        (n: number): Side<number, never> => E.left(n),
      ),
    )
    alike(right, any, cs, es)
    const left = F.pipe(
      decider.tensor(unit, any),
      decider.contramap((n: number) => E.right(n)),
      decider.imapEvent(
        (own: Side<never, number>) => (E.isLeft(own) ? own.left : own.right),
        (n: number): Side<never, number> => E.right(n),
      ),
    )
    alike(left, any, cs, es)
  })

law('DEC-7 unit is neutral', neutral(decider.unit))
law.rejects('DEC-7', 'a unit that is never terminal', neutral({ ...decider.unit, isTerminal: () => false }))

const symmetric = (tensor: Tensor) =>
  fc.property(
    anyDecider,
    anyDecider,
    fc.array(side(command), { maxLength: 6 }),
    fc.array(side(event), { maxLength: 6 }),
    (a, b, cs, es) => {
      const swapped = F.pipe(
        tensor(b, a),
        decider.contramap<Side<number, number>, Side<number, number>>(E.swap),
        decider.imapEvent<Side<number, number>, Side<number, number>>(E.swap, E.swap),
      )
      alike(tensor(a, b), swapped, cs, es)
    },
  )

law('DEC-8 tensor is symmetric', symmetric(decider.tensor))
law.rejects(
  'DEC-8',
  'a tensor that is terminal where its left side is',
  symmetric((left, right) => ({ ...decider.tensor(left, right), isTerminal: ([l]) => left.isTerminal(l) })),
)

const frame = (tensor: Tensor) =>
  fc.property(anyDecider, anyDecider, fc.array(side(command)), (a, b, cs) => {
    const [ls, rs] = [RA.lefts(cs), RA.rights(cs)]
    const states = [decider.run(a)(ls).state, decider.run(b)(rs).state]
    const run = decider.run(tensor(a, b))
    deepStrictEqual(run(cs).state, states)
    deepStrictEqual(run([...ls.map((n) => E.left(n)), ...rs.map((n) => E.right(n))]).state, states)
    deepStrictEqual(run([...rs.map((n) => E.right(n)), ...ls.map((n) => E.left(n))]).state, states)
  })

/** Each side gives the whole state, and the right one's is laid over the left one's. */
const tensorByIntersection: Tensor = (left, right) => ({
  ...decider.tensor(left, right),
  evolve: ([l, r], happened) => {
    const whole = { l, r }
    const ofLeft = E.isLeft(happened) ? { ...whole, l: left.evolve(l, happened.left) } : whole
    const ofRight = E.isRight(happened) ? { ...whole, r: right.evolve(r, happened.right) } : whole
    const merged = { ...ofLeft, ...ofRight }
    return [merged.l, merged.r]
  },
})

law('DEC-9 frame', frame(decider.tensor))
law.rejects('DEC-9', 'a tensor that merges states by intersection', frame(tensorByIntersection))

interface NamedNumber {
  readonly _tag: string
  readonly value: number
}
type Combine = (
  parts: Readonly<Record<string, Sample>>,
) => Decider<NamedNumber, Readonly<Record<string, number>>, NamedNumber, string>

const combineNamed: Combine = (parts) => decider.combine(parts)

const combined = (combine: Combine) =>
  fc.property(
    entriesOf(anyDecider, { minLength: 2, maxLength: 2 }),
    fc.array(side(command), { maxLength: 6 }),
    fc.array(side(event), { maxLength: 6 }),
    (parts, cs, es) => {
      const [[first, a], [second, b]] = parts as readonly [
        readonly [string, Sample],
        readonly [string, Sample],
      ]
      const named = (own: Side<number, number>): NamedNumber =>
        E.isLeft(own) ? { _tag: first, value: own.left } : { _tag: second, value: own.right }
      const sided = ({ _tag, value }: NamedNumber): Side<number, number> =>
        _tag === first ? E.left(value) : E.right(value)
      const record = F.pipe(
        combine(Object.fromEntries(parts)),
        decider.contramap(named),
        decider.imapEvent(sided, named),
      )
      alike(record, decider.tensor(a, b), cs, es)
      const one = F.pipe(
        combine(Object.fromEntries([[first, a]])),
        decider.contramap((value: number): NamedNumber => ({ _tag: first, value })),
        decider.imapEvent(
          ({ value }: NamedNumber) => value,
          (value: number): NamedNumber => ({ _tag: first, value }),
        ),
      )
      alike(one, a, RA.lefts(cs), RA.lefts(es))
      const states = view.fold(record)(es)
      deepStrictEqual(
        states,
        Object.fromEntries([
          [first, view.fold(a)(RA.lefts(es))],
          [second, view.fold(b)(RA.rights(es))],
        ]),
      )
    },
  )

const combineByIntersection: Combine = (parts) => ({
  ...combineNamed(parts),
  evolve: (states, { _tag, value }) =>
    Object.assign(
      {},
      ...Object.entries(parts).map(([name, part]) =>
        name === _tag ? { ...states, [name]: part.evolve(states[name] as number, value) } : states,
      ),
    ) as Readonly<Record<string, number>>,
})

const combineByAssignment: Combine = (parts) => ({
  ...combineNamed(parts),
  evolve: (states, happened) =>
    Object.assign({}, combineNamed(parts).evolve(states, happened)) as Readonly<Record<string, number>>,
})

law('DEC-10 combine', combined(combineNamed))
law.rejects('DEC-10', 'a combine that merges states by intersection', combined(combineByIntersection))
law.rejects('DEC-10', 'a combine that loses the part `__proto__`', combined(combineByAssignment))

type Many = <Command, State, Event>(
  any: Decider<Command, State, Event, string>,
) => Decider<readonly [string, Command], ReadonlyMap<string, State>, readonly [string, Event], string>

const keyLocality = (many: Many) =>
  fc.property(
    arbitraryDecider(absentLooking, { acceptsInTerminal: true }),
    fc.array(fc.tuple(hostileName, command), { maxLength: 12 }),
    (any, keyed) => {
      const run = decider.run(many(any))(keyed)
      for (const key of ['a', 'b', '__proto__', 'constructor', 'toString', '', 'never']) {
        const own = decider.run(any)(keyed.filter(([name]) => name === key).map(([, value]) => value))
        const decisions = run.decisions.filter((_, index) => keyed[index]?.[0] === key)
        deepStrictEqual(decisions, own.decisions.map(E.map(RA.map((happened) => [key, happened]))))
        deepStrictEqual(run.state.has(key) ? run.state.get(key) : any.initialState, own.state)
      }
    },
  )

/** States in a plain object, and `??` for a key that is not there. */
const stateInObject = <State>(
  states: ReadonlyMap<string, State>,
  key: string,
  initialState: State,
): State => {
  const record: Record<string, State> = {}
  for (const [name, state] of states) record[name] = state
  return record[key] ?? initialState
}

const manyInObject: Many = (any) => ({
  ...decider.many(any),
  decide:
    ([key, own]) =>
    (states) =>
      F.pipe(
        any.decide(own)(stateInObject(states, key, any.initialState)),
        E.map(RA.map((happened) => [key, happened] as const)),
      ),
  evolve: (states, [key, happened]) =>
    new Map(states).set(key, any.evolve(stateInObject(states, key, any.initialState), happened)),
})

/** To save memory it forgets what is over, so that what is over can begin again. */
const manyThatForgets: Many = (any) => ({
  ...decider.many(any),
  evolve: (states, happened) =>
    new Map([...decider.many(any).evolve(states, happened)].filter(([, state]) => !any.isTerminal(state))),
})

law('DEC-11 key locality', keyLocality(decider.many))
law.rejects('DEC-11', 'a `many` in a plain object', keyLocality(manyInObject))
law.rejects('DEC-11', 'a `many` that deletes terminal keys', keyLocality(manyThatForgets))

type KeyedSide = readonly [string, Side<number, number>]
type SideOfKeyed = Side<readonly [string, number], readonly [string, number]>

const sideOut = ([key, own]: KeyedSide): SideOfKeyed =>
  E.isLeft(own) ? E.left([key, own.left]) : E.right([key, own.right])

const sideIn = (own: SideOfKeyed): KeyedSide =>
  E.isLeft(own) ? [own.left[0], E.left(own.left[1])] : [own.right[0], E.right(own.right[1])]

const keyedSides = (value: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(hostileName, side(value)), { maxLength: 8 })

const manyOfTensor = (many: Many) =>
  fc.property(anyDecider, anyDecider, keyedSides(command), keyedSides(event), (a, b, cs, es) => {
    const apart = F.pipe(
      decider.tensor(many(a), many(b)),
      decider.contramap<SideOfKeyed, KeyedSide>(sideOut),
      decider.imapEvent<SideOfKeyed, KeyedSide>(sideIn, sideOut),
    )
    alike(many(decider.tensor(a, b)), apart, cs, es)
  })

law('DEC-12 many of a tensor', manyOfTensor(decider.many))
law.rejects('DEC-12', 'a `many` that deletes terminal keys', manyOfTensor(manyThatForgets))

type Mixed = { readonly own: number } | { readonly foreign: number }

const readOwn = (mixed: Mixed): O.Option<number> => ('own' in mixed ? O.some(mixed.own) : O.none)

const mixed = (value: fc.Arbitrary<number>): fc.Arbitrary<Mixed> =>
  fc.tuple(fc.boolean(), value).map(([isOwn, n]) => (isOwn ? { own: n } : { foreign: n }))

type Adapt = (any: Sample) => Decider<Mixed, number, Mixed, string>

const adaptOwn: Adapt = decider.adapt({
  readCommand: readOwn,
  readEvent: readOwn,
  writeEvent: (own: number): Mixed => ({ own }),
})

const adapted = (adapt: Adapt) =>
  fc.property(anyDecider, fc.array(mixed(command)), fc.array(mixed(event)), (any, cs, es) => {
    const run = decider.run(adapt(any))(cs)
    const own = decider.run(any)(RA.filterMap(readOwn)(cs))
    deepStrictEqual(RA.filterMap(readOwn)(run.events), own.events)
    deepStrictEqual(run.state, own.state)
    deepStrictEqual(
      run.decisions.filter((_, index) => O.isNone(readOwn(cs[index] ?? { foreign: 0 }))),
      cs.filter((one) => O.isNone(readOwn(one))).map(() => nothing),
    )
    deepStrictEqual(view.fold(adapt(any))(es), view.fold(any)(RA.filterMap(readOwn)(es)))
    deepStrictEqual(adapt(any).isTerminal(own.state), any.isTerminal(own.state))
  })

law('DEC-13 adapt', adapted(adaptOwn))
law.rejects(
  'DEC-13',
  'an adapt that rejects foreign commands',
  adapted((any) => ({
    ...adaptOwn(any),
    decide: (one) => (state) => ('own' in one ? adaptOwn(any).decide(one)(state) : reject('not mine')),
  })),
)
law.rejects(
  'DEC-13',
  'an adapt that starts again at a foreign event',
  adapted((any) => ({
    ...adaptOwn(any),
    evolve: (state, one) => ('own' in one ? adaptOwn(any).evolve(state, one) : any.initialState),
  })),
)

/** The compositions whose terminal states are in question. */
interface Compositions {
  readonly tensor: Tensor
  readonly combine: Combine
  readonly many: Many
  readonly adapt: Adapt
}

/** Once a run has come to a terminal state, no command is accepted with events any more. */
const silentOnceTerminal = <Command, State, Event>(
  any: Decider<Command, State, Event, string>,
  cs: ReadonlyArray<Command>,
): void => {
  const { state } = decider.run(any)(cs)
  if (!any.isTerminal(state)) return
  for (const one of cs) {
    const decision = any.decide(one)(state)
    deepStrictEqual(E.isLeft(decision) ? [] : decision.right, [])
  }
}

const promising = arbitraryDecider(numbers)

const terminal = ({ tensor, combine, many, adapt }: Compositions) =>
  fc.property(promising, promising, fc.array(side(command)), (a, b, cs) => {
    const valueIn = (one: Side<number, number>): number => E.toUnion(one)
    silentOnceTerminal(tensor(a, b), cs)
    silentOnceTerminal(tensor(tensor(a, b), a), [
      ...cs.map((one) => E.left(one)),
      ...cs.map((one) => E.right(valueIn(one))),
    ])
    silentOnceTerminal(
      combine({ a, b }),
      cs.map((one) => ({ _tag: E.isLeft(one) ? 'a' : 'b', value: valueIn(one) })),
    )
    silentOnceTerminal(many(a), [...cs.map((one) => [E.isLeft(one) ? 'x' : 'y', valueIn(one)] as const)])
    // A key that nobody has used yet is asked as well: commands for it come in the list, but not in the run.
    const used = cs.map((one): readonly [string, number] => ['x', valueIn(one)])
    const { state } = decider.run(many(a))(used)
    if (many(a).isTerminal(state)) {
      for (const [, value] of used) {
        deepStrictEqual(
          E.getOrElse((): ReadonlyArray<unknown> => [])(many(a).decide(['new', value])(state)),
          [],
        )
      }
    }
    silentOnceTerminal(
      adapt(a),
      cs.map((one) => (E.isLeft(one) ? { own: one.left } : { foreign: one.right })),
    )
  })

const compositions: Compositions = {
  tensor: decider.tensor,
  combine: combineNamed,
  many: decider.many,
  adapt: adaptOwn,
}

law('DEC-14 terminal', terminal(compositions))
law.rejects(
  'DEC-14',
  'a combine that is terminal where some part is',
  terminal({
    ...compositions,
    combine: (parts) => ({
      ...combineNamed(parts),
      isTerminal: (states) =>
        Object.entries(parts).some(([name, part]) => part.isTerminal(states[name] as number)),
    }),
  }),
)
law.rejects(
  'DEC-14',
  'a `many` that is terminal where all its keys so far are',
  terminal({
    ...compositions,
    many: (any) => ({
      ...decider.many(any),
      isTerminal: (states) => [...states.values()].every((state) => any.isTerminal(state)),
    }),
  }),
)

test('a combine that merges by intersection loses updates: the published case, and ours', () => {
  interface Whole {
    readonly a: number
    readonly b: number
  }
  const counterOf = (name: 'a' | 'b') =>
    decider.make({
      initialState: 0,
      evolve: (n, happened: 'a' | 'b') => (happened === name ? n + 1 : n),
      decide: (one: 'a' | 'b') => () => (one === name ? accept(one) : nothing),
    })
  const [a, b] = [counterOf('a'), counterOf('b')]
  // As published: each side sees the whole state and gives it back whole, as the usual `default: return state` does.
  const published = decider.make({
    initialState: { a: 0, b: 0 },
    evolve: (whole: Whole, happened: 'a' | 'b'): Whole =>
      Object.assign(
        {},
        { ...whole, a: a.evolve(whole.a, happened) },
        { ...whole, b: b.evolve(whole.b, happened) },
      ),
    decide: (one: 'a' | 'b') => () => accept(one),
  })
  expect(decider.run(published)(['a', 'a', 'b']).state).toEqual({ a: 0, b: 1 })
  const ours = decider.combine({ a, b })
  expect(
    decider.run(ours)([
      { _tag: 'a', value: 'a' },
      { _tag: 'a', value: 'a' },
      { _tag: 'b', value: 'b' },
    ]).state,
  ).toEqual({ a: 2, b: 1 })
})

test('a part that the record only inherits is no part of a combination', () => {
  const counter = decider.make({
    initialState: 0,
    evolve: (n, by: number) => n + by,
    decide: (by: number) => () => accept(by),
  })
  const one = decider.combine({ a: counter })
  expect(() => one.decide({ _tag: 'constructor', value: 0 } as never)({ a: 0 })).toThrow(
    new TypeError("No part of this combination is named 'constructor'."),
  )
})

test('a decider without `isTerminal` is never terminal', () => {
  const counter = decider.make({
    initialState: 0,
    evolve: (n, by: number) => n + by,
    decide: (by: number) => () => accept(by),
  })
  expect(counter.isTerminal(0)).toBe(false)
  expect(decider.run(counter)([1, 2], 10).state).toBe(13)
})
