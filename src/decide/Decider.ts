/**
 * A decider: a view that can also choose. `decide` turns a command into events, or says no; `evolve` turns events into
 * state; what connects them is only that the state is the fold of the events. That is what makes a domain replayable.
 * Used by: every domain, and `run`. Imports nothing of `store`: a decider needs none.
 * Source of the idea: J. Chassaing, "Functional Event Sourcing Decider" (2021).
 *
 * Observed are a decider's decisions in every state and its terminal states; two deciders are equal (≅) when no
 * sequence of commands and events tells them apart.
 *
 * Laws (test/properties/decide/Decider.test.ts):
 * - DEC-1 one past: the state after running commands is the fold of the events that the run gave.
 * - DEC-2 contramap: identity and composition.
 * - DEC-3 imapEvent: identity, composition, and where `from` undoes `to` the mapped run is the run, mapped.
 * - DEC-4 imapState: identity, composition, and where `from` undoes `to` no decision changes.
 * - DEC-5 mapRejection: identity and composition.
 * - DEC-6 tensor is associative, up to the tags.
 * - DEC-7 unit is neutral for tensor, up to the tags.
 * - DEC-8 tensor is symmetric, up to the tags.
 * - DEC-9 frame: in a tensor, what the left side does and what the right side does commute; no update is lost.
 * - DEC-10 combine: a record of deciders is their tensor, up to the tags, and a record of one is that one.
 * - DEC-11 key locality: `many` is, for each key, the decider on that key's commands alone, whatever the keys are.
 * - DEC-12 many of a tensor is the tensor of the manys, up to the tags.
 * - DEC-13 adapt: own commands and events go through; foreign commands do nothing and foreign events change nothing.
 * - DEC-14 terminal: where the parts accept nothing more once they are terminal, neither does the composition.
 * @since 0.1.0
 */
import type { contravariant, functor, invariant, readerEither as RE } from 'fp-ts'
import { either as E, function as F, option as O, readonlyArray as RA } from 'fp-ts'
import * as V from '../evolve/View.js'
import { nothing } from './Decision.js'

/** A view that chooses. `decide` must be pure and total: it says no with `Left`, never by throwing. */
export interface Decider<Command, State, Event, Rejection> extends V.View<State, Event> {
  readonly decide: (command: Command) => RE.ReaderEither<State, Rejection, ReadonlyArray<Event>>
  /** Whether nothing more will be accepted. In a terminal state every command is rejected or does nothing. */
  readonly isTerminal: (state: State) => boolean
}

/** The least that is known of any decider; for inference. */
export interface AnyDecider extends V.AnyView {
  readonly decide: (command: never) => (state: never) => E.Either<unknown, ReadonlyArray<unknown>>
  readonly isTerminal: (state: never) => boolean
}

/** The commands of a decider. */
export type CommandOf<D> = D extends { readonly decide: (command: infer Command) => unknown }
  ? Command
  : never
/** The events that a decider gives. */
export type DecidedEventOf<D> = D extends {
  readonly decide: (command: never) => (state: never) => E.Either<unknown, ReadonlyArray<infer Event>>
}
  ? Event
  : never
/** The rejections of a decider. */
export type RejectionOf<D> = D extends {
  readonly decide: (command: never) => (state: never) => E.Either<infer Rejection, unknown>
}
  ? Rejection
  : never

/**
 * A decider, its types inferred from its parts. Without `isTerminal` no state is terminal.
 * @example
 * import { accept, decider, reject } from 'decider-ts/decide'
 * const light = decider.make({
 *   initialState: 'off' as 'off' | 'on',
 *   evolve: (_state, event: { type: 'SwitchedOn' | 'SwitchedOff' }) => (event.type === 'SwitchedOn' ? 'on' : 'off'),
 *   decide: (_: 'switch on') => (state) =>
 *     state === 'on' ? reject('already on') : accept({ type: 'SwitchedOn' }),
 * })
 * decider.run(light)(['switch on', 'switch on']).events // => [{ type: 'SwitchedOn' }]
 */
export const make = <Command, State, Event, Rejection>(
  parts: Pick<Decider<Command, State, Event, Rejection>, 'initialState' | 'evolve' | 'decide'> &
    Partial<Pick<Decider<Command, State, Event, Rejection>, 'isTerminal'>>,
): Decider<Command, State, Event, Rejection> => ({ isTerminal: F.constFalse, ...parts })

/** What a run of commands gave. */
export interface Run<State, Event, Rejection> {
  /** What was decided, command by command. */
  readonly decisions: ReadonlyArray<E.Either<Rejection, ReadonlyArray<Event>>>
  /** All events, in order. */
  readonly events: ReadonlyArray<Event>
  readonly state: State
}

/**
 * Decides commands one after another, each in the state that the events before it led to. A rejected command leaves
 * the state as it was.
 * @example
 * import { accept, decider } from 'decider-ts/decide'
 * const counter = decider.make({
 *   initialState: 0,
 *   evolve: (n, event: { by: number }) => n + event.by,
 *   decide: (by: number) => () => accept({ by }),
 * })
 * decider.run(counter)([1, 2]).state // => 3
 */
export const run =
  <Command, State, Event, Rejection>(decider: Decider<Command, State, Event, Rejection>) =>
  (commands: Iterable<Command>, ...from: [] | [from: State]): Run<State, Event, Rejection> => {
    const decisions: Array<E.Either<Rejection, ReadonlyArray<Event>>> = []
    const events: Array<Event> = []
    let state = V.fold(decider)([], ...from)
    for (const command of commands) {
      const decision = decider.decide(command)(state)
      decisions.push(decision)
      if (E.isLeft(decision)) continue
      state = V.fold(decider)(decision.right, state)
      for (const event of decision.right) events.push(event)
    }
    return { decisions, events, state }
  }

/**
 * The same decider for other commands, each read as one of its own.
 * @example
 * import { accept, decider } from 'decider-ts/decide'
 * const counter = decider.make({ initialState: 0, evolve: (n, by: number) => n + by, decide: (by: number) => () => accept(by) })
 * const words = decider.contramap((word: string) => word.length)(counter)
 * decider.run(words)(['to', 'be']).state // => 4
 */
export const contramap =
  <Command, Other>(read: (other: Other) => Command) =>
  <State, Event, Rejection>(
    decider: Decider<Command, State, Event, Rejection>,
  ): Decider<Other, State, Event, Rejection> => ({
    ...decider,
    decide: (other) => decider.decide(read(other)),
  })

/**
 * The same decider with its events in another shape. `from(to(event))` must be `event`, or replay differs from the run.
 * @example
 * import { accept, decider } from 'decider-ts/decide'
 * const counter = decider.make({ initialState: 0, evolve: (n, by: number) => n + by, decide: (by: number) => () => accept(by) })
 * const named = decider.imapEvent((by: number) => ({ by }), (event) => event.by)(counter)
 * decider.run(named)([3]).events // => [{ by: 3 }]
 */
export const imapEvent =
  <Event, Other>(to: (event: Event) => Other, from: (other: Other) => Event) =>
  <Command, State, Rejection>(
    decider: Decider<Command, State, Event, Rejection>,
  ): Decider<Command, State, Other, Rejection> => ({
    ...V.contramap(from)(decider),
    decide: (command) => F.flow(decider.decide(command), E.map(RA.map(to))),
    isTerminal: decider.isTerminal,
  })

/**
 * The same decider with its state in another shape. `from(to(state))` must be `state`.
 * @example
 * import { accept, decider } from 'decider-ts/decide'
 * const counter = decider.make({ initialState: 0, evolve: (n, by: number) => n + by, decide: (by: number) => () => accept(by) })
 * const boxed = decider.imapState((n: number) => ({ n }), (box) => box.n)(counter)
 * decider.run(boxed)([3]).state // => { n: 3 }
 */
export const imapState =
  <State, Other>(to: (state: State) => Other, from: (other: Other) => State) =>
  <Command, Event, Rejection>(
    decider: Decider<Command, State, Event, Rejection>,
  ): Decider<Command, Other, Event, Rejection> => ({
    ...V.imapState(to, from)(decider),
    decide: (command) => F.flow(from, decider.decide(command)),
    isTerminal: F.flow(from, decider.isTerminal),
  })

/**
 * The same decider with its rejections in another shape.
 * @example
 * import { decider, reject } from 'decider-ts/decide'
 * const never = decider.make({ initialState: 0, evolve: (n) => n, decide: (_: string) => () => reject('no') })
 * const polite = decider.mapRejection((reason: string) => `${reason}, thank you`)(never)
 * decider.run(polite)(['please']).decisions // => [reject('no, thank you')]
 */
export const mapRejection =
  <Rejection, Other>(f: (rejection: Rejection) => Other) =>
  <Command, State, Event>(
    decider: Decider<Command, State, Event, Rejection>,
  ): Decider<Command, State, Event, Other> => ({
    ...decider,
    decide: (command) => F.flow(decider.decide(command), E.mapLeft(f)),
  })

/** Which side of a tensor something belongs to. */
export type Side<Left, Right> = E.Either<Left, Right>

/**
 * Two deciders side by side: the pair of their states, and commands and events for either side. For laws and for
 * teaching; `combine` is the same for any number, with names.
 * @example
 * import { either as E } from 'fp-ts'
 * import { accept, decider } from 'decider-ts/decide'
 * const counter = decider.make({ initialState: 0, evolve: (n, by: number) => n + by, decide: (by: number) => () => accept(by) })
 * decider.run(decider.tensor(counter, counter))([E.left(1), E.right(5), E.left(2)]).state // => [3, 5]
 */
export const tensor = <C1, S1, E1, R1, C2, S2, E2, R2>(
  left: Decider<C1, S1, E1, R1>,
  right: Decider<C2, S2, E2, R2>,
): Decider<Side<C1, C2>, readonly [S1, S2], Side<E1, E2>, R1 | R2> => ({
  initialState: [left.initialState, right.initialState],
  evolve: ([l, r], event) =>
    E.isLeft(event) ? [left.evolve(l, event.left), r] : [l, right.evolve(r, event.right)],
  decide:
    (command) =>
    ([l, r]): E.Either<R1 | R2, ReadonlyArray<Side<E1, E2>>> =>
      E.isLeft(command)
        ? F.pipe(left.decide(command.left)(l), E.map(RA.map((event) => E.left(event))))
        : F.pipe(right.decide(command.right)(r), E.map(RA.map((event) => E.right(event)))),
  isTerminal: ([l, r]) => left.isTerminal(l) && right.isTerminal(r),
})

/**
 * The decider without commands and events: beside another it adds nothing.
 * @example
 * import { decider } from 'decider-ts/decide'
 * decider.unit.isTerminal(undefined) // => true
 */
export const unit: Decider<never, undefined, never, never> = {
  initialState: undefined,
  evolve: (_, event) => F.absurd(event),
  decide: F.absurd,
  isTerminal: F.constTrue,
}

/** A value under the name of the part that it belongs to. */
export type Named<Name, Value> = Name extends string ? { readonly _tag: Name; readonly value: Value } : never

/** The commands of a record of deciders. */
export type NamedCommand<Parts> = { [Name in keyof Parts]: Named<Name, CommandOf<Parts[Name]>> }[keyof Parts]
/** The events of a record of deciders. */
export type NamedEvent<Parts> = {
  [Name in keyof Parts]: Named<Name, DecidedEventOf<Parts[Name]>>
}[keyof Parts]
/** The states of a record of deciders. */
export type StatesOf<Parts> = { readonly [Name in keyof Parts]: V.StateOf<Parts[Name]> }

/**
 * Any number of deciders side by side, by name: the record of their states, and commands and events under the name of
 * their part. Each part sees its own commands, events and state and nothing else, so no part can lose another's update.
 * @example
 * import { accept, decider } from 'decider-ts/decide'
 * const counter = decider.make({ initialState: 0, evolve: (n, by: number) => n + by, decide: (by: number) => () => accept(by) })
 * const both = decider.combine({ hits: counter, misses: counter })
 * decider.run(both)([{ _tag: 'hits', value: 2 }, { _tag: 'misses', value: 1 }]).state // => { hits: 2, misses: 1 }
 */
export const combine = <Parts extends Readonly<Record<string, AnyDecider>>>(
  parts: Parts,
): Decider<NamedCommand<Parts>, StatesOf<Parts>, NamedEvent<Parts>, RejectionOf<Parts[keyof Parts]>> =>
  route<NamedCommand<Parts>, StatesOf<Parts>, NamedEvent<Parts>, RejectionOf<Parts[keyof Parts]>>(parts, {
    command: open,
    event: open,
    named: (_tag, value) => ({ _tag, value }) as NamedEvent<Parts>,
  })

const open = (named: unknown): readonly [string, unknown] => {
  const { _tag, value } = named as Named<string, unknown>
  return [_tag, value]
}

/** How a record of deciders finds the part that a command or an event belongs to, and names a part's event. */
export interface Routes<Command, Event> {
  readonly command: (command: Command) => readonly [string, unknown]
  readonly event: (event: Event) => readonly [string, unknown]
  readonly named: (name: string, event: unknown) => Event
}

/**
 * What `combine` means, here by name and in `Domain` by type. The casts state what the record's type says and the
 * language cannot: that the part found by a name takes what is named so.
 * @internal
 */
export const route = <Command, States, Event, Rejection>(
  parts: Readonly<Record<string, AnyDecider>>,
  routes: Routes<Command, Event>,
): Decider<Command, States, Event, Rejection> => {
  const stateOf = (states: States, name: string) => (states as Readonly<Record<string, never>>)[name] as never
  const part = (name: string): AnyDecider => {
    const found = Object.hasOwn(parts, name) ? parts[name] : undefined
    if (found === undefined) throw new TypeError(`No part of this combination is named '${name}'.`)
    return found
  }
  const names = Object.keys(parts)
  return {
    initialState: Object.fromEntries(names.map((name) => [name, part(name).initialState])) as States,
    evolve: (states, event) => {
      const [name, own] = routes.event(event)
      return { ...states, [name]: part(name).evolve(stateOf(states, name), own as never) }
    },
    decide: (command) => (states) => {
      const [name, own] = routes.command(command)
      return F.pipe(
        part(name).decide(own as never)(stateOf(states, name)),
        E.bimap(
          (rejection) => rejection as Rejection,
          RA.map((event) => routes.named(name, event)),
        ),
      )
    },
    isTerminal: (states) => names.every((name) => part(name).isTerminal(stateOf(states, name))),
  }
}

/**
 * One decider for each key, side by side; commands and events come with their key. It is terminal only where the
 * decider is before any event, since there is always another key.
 * @example
 * import { accept, decider } from 'decider-ts/decide'
 * const counter = decider.make({ initialState: 0, evolve: (n, by: number) => n + by, decide: (by: number) => () => accept(by) })
 * decider.run(decider.many(counter))([['a', 1], ['b', 5], ['a', 2]]).state // => new Map([['a', 3], ['b', 5]])
 */
export const many = <Command, State, Event, Rejection, Key = string>(
  decider: Decider<Command, State, Event, Rejection>,
): Decider<readonly [Key, Command], ReadonlyMap<Key, State>, readonly [Key, Event], Rejection> => ({
  initialState: new Map(),
  evolve: (states, [key, event]) => V.evolveKey(decider, states, key, event),
  decide:
    ([key, command]) =>
    (states) =>
      F.pipe(
        decider.decide(command)(V.stateOfKey(decider, states, key)),
        E.map(RA.map((event) => [key, event] as const)),
      ),
  isTerminal: (states) =>
    decider.isTerminal(decider.initialState) && [...states.values()].every(decider.isTerminal),
})

/** How a decider's commands and events lie within larger ones. */
export interface Adaptation<Command, OtherCommand, Event, OtherEvent> {
  readonly readCommand: (other: OtherCommand) => O.Option<Command>
  readonly readEvent: (other: OtherEvent) => O.Option<Event>
  /** `readEvent(writeEvent(event))` must be the event. */
  readonly writeEvent: (event: Event) => OtherEvent
}

/**
 * The same decider among commands and events of which only some are its own. A foreign command does nothing, and a
 * foreign event changes nothing.
 * @example
 * import { option as O } from 'fp-ts'
 * import { accept, decider } from 'decider-ts/decide'
 * const counter = decider.make({ initialState: 0, evolve: (n, by: number) => n + by, decide: (by: number) => () => accept(by) })
 * const numbersOnly = decider.adapt({
 *   readCommand: (text: string) => (Number.isNaN(Number(text)) ? O.none : O.some(Number(text))),
 *   readEvent: (text: string) => O.some(Number(text)),
 *   writeEvent: (by: number) => `${by}`,
 * })(counter)
 * decider.run(numbersOnly)(['1', 'x', '2']).events // => ['1', '2']
 */
export const adapt =
  <Command, OtherCommand, Event, OtherEvent>({
    readCommand,
    readEvent,
    writeEvent,
  }: Adaptation<Command, OtherCommand, Event, OtherEvent>) =>
  <State, Rejection>(
    decider: Decider<Command, State, Event, Rejection>,
  ): Decider<OtherCommand, State, OtherEvent, Rejection> => ({
    initialState: decider.initialState,
    evolve: (state, other) =>
      F.pipe(
        readEvent(other),
        O.match(
          () => state,
          (event) => decider.evolve(state, event),
        ),
      ),
    decide: (other) => (state) =>
      F.pipe(
        readCommand(other),
        O.match(
          () => nothing,
          (command): E.Either<Rejection, ReadonlyArray<OtherEvent>> =>
            F.pipe(decider.decide(command)(state), E.map(RA.map(writeEvent))),
        ),
      ),
    isTerminal: decider.isTerminal,
  })

/** The name of `Decider` among fp-ts's kinds, with its commands as the last parameter. */
export const CommandURI = 'decider-ts/DeciderCommand'
/** The type of the name. */
export type CommandURI = typeof CommandURI
/** The name of `Decider` among fp-ts's kinds, with its events as the last parameter. */
export const EventURI = 'decider-ts/DeciderEvent'
/** The type of the name. */
export type EventURI = typeof EventURI
/** The name of `Decider` among fp-ts's kinds, with its state as the last parameter. */
export const StateURI = 'decider-ts/DeciderState'
/** The type of the name. */
export type StateURI = typeof StateURI
/** The name of `Decider` among fp-ts's kinds, with its rejections as the last parameter. */
export const RejectionURI = 'decider-ts/DeciderRejection'
/** The type of the name. */
export type RejectionURI = typeof RejectionURI

declare module 'fp-ts/HKT' {
  interface URItoKind4<S, R, E, A> {
    readonly [CommandURI]: Decider<A, S, E, R>
    readonly [EventURI]: Decider<E, S, A, R>
    readonly [StateURI]: Decider<S, A, E, R>
    readonly [RejectionURI]: Decider<R, S, E, A>
  }
}

/**
 * Commands are read.
 * @example
 * import { accept, decider } from 'decider-ts/decide'
 * const counter = decider.make({ initialState: 0, evolve: (n, by: number) => n + by, decide: (by: number) => () => accept(by) })
 * const words = decider.Contravariant.contramap(counter, (word: string) => word.length)
 * decider.run(words)(['to', 'be']).state // => 4
 */
export const Contravariant: contravariant.Contravariant4<CommandURI> = {
  URI: CommandURI,
  contramap: (decider, read) => contramap(read)(decider),
}
/**
 * Events change shape both ways.
 * @example
 * import { accept, decider } from 'decider-ts/decide'
 * const counter = decider.make({ initialState: 0, evolve: (n, by: number) => n + by, decide: (by: number) => () => accept(by) })
 * const named = decider.EventInvariant.imap(counter, (by: number) => ({ by }), (event) => event.by)
 * decider.run(named)([3]).events // => [{ by: 3 }]
 */
export const EventInvariant: invariant.Invariant4<EventURI> = {
  URI: EventURI,
  imap: (decider, to, from) => imapEvent(to, from)(decider),
}
/**
 * States change shape both ways.
 * @example
 * import { accept, decider } from 'decider-ts/decide'
 * const counter = decider.make({ initialState: 0, evolve: (n, by: number) => n + by, decide: (by: number) => () => accept(by) })
 * const boxed = decider.StateInvariant.imap(counter, (n: number) => ({ n }), (box) => box.n)
 * decider.run(boxed)([3]).state // => { n: 3 }
 */
export const StateInvariant: invariant.Invariant4<StateURI> = {
  URI: StateURI,
  imap: (decider, to, from) => imapState(to, from)(decider),
}
/**
 * Rejections map.
 * @example
 * import { decider, reject } from 'decider-ts/decide'
 * const never = decider.make({ initialState: 0, evolve: (n) => n, decide: (_: string) => () => reject('no') })
 * const polite = decider.RejectionFunctor.map(never, (reason: string) => `${reason}, thank you`)
 * decider.run(polite)(['please']).decisions // => [reject('no, thank you')]
 */
export const RejectionFunctor: functor.Functor4<RejectionURI> = {
  URI: RejectionURI,
  map: (decider, f) => mapRejection(f)(decider),
}
