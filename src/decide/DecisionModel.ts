/**
 * A decision model: a decision whose boundary is not one stream but whatever events it depends on. It is made of scoped
 * views, each a view with the query of the events it reads; composing the views composes the query, and with it the
 * append condition under which the decision holds.
 * Used by: `run`, and whoever needs a rule across streams.
 * Source of the idea: S. Pellegrini's dynamic consistency boundary (dcb.events).
 *
 * Laws (test/properties/decide/DecisionModel.test.ts):
 * - DM-1 boundary: the query of a combination matches an event exactly when one of its parts does.
 * - DM-2 scope: each part's state is the fold of the events that its own query matches, in order, and of no others.
 * - DM-3 nothing skipped: a matching event that cannot be decoded stops the fold with `Undecodable`.
 * @since 0.1.0
 */
import { either as E, type readerEither as RE } from 'fp-ts'
import type * as t from 'io-ts'
import { decodeRecorded, type EventCodec, eventCodec } from '../evolve/EventCodec.js'
import { type TaggedCodec, taggedCodec } from '../evolve/TaggedCodec.js'
import type { Upcasters } from '../evolve/Upcaster.js'
import { anyOf, matches, or, type Query } from '../store/Query.js'
import type { RecordedEvent } from '../store/RecordedEvent.js'
import type { Undecodable } from '../store/StoreError.js'
import type { StreamId } from '../store/StreamId.js'
import type { Tag } from '../store/Tag.js'
import type { Typed } from './Domain.js'

/** A view of recorded events, and the query of those that concern it; all others leave its state as it is. */
export interface ScopedView<State> {
  readonly query: Query
  readonly initialState: State
  readonly evolve: (state: State, event: RecordedEvent) => E.Either<Undecodable, State>
}

/** The least that is known of any scoped view; for inference. */
export interface AnyScopedView {
  readonly query: Query
  readonly initialState: unknown
  readonly evolve: (state: never, event: RecordedEvent) => E.Either<Undecodable, unknown>
}

/** What a scoped view is defined by. */
export interface ScopedViewSpec<State, Event> {
  /** The events it reads: their types are part of the query. */
  readonly event: t.Type<Event, unknown>
  readonly upcasters?: Upcasters
  /** The tags that an event must have, all of them. */
  readonly tags: ReadonlyArray<Tag>
  readonly initialState: State
  readonly evolve: (state: NoInfer<State>, event: NoInfer<Event>) => NoInfer<State>
}

/**
 * A view of the events of some types under some tags.
 * @example
 * import * as t from 'io-ts'
 * import { scopedView } from 'decider-ts/decide'
 * import { anyOf, tag } from 'decider-ts/store'
 * const seatsTaken = (course: string) =>
 *   scopedView({
 *     event: t.type({ type: t.literal('Enrolled') }),
 *     tags: [tag('course', course)],
 *     initialState: 0,
 *     evolve: (taken) => taken + 1,
 *   })
 * seatsTaken('c1').query // => anyOf({ types: ['Enrolled'], tags: [tag('course', 'c1')] })
 */
export const scopedView = <State, Event extends Typed>(
  spec: ScopedViewSpec<State, Event>,
): ScopedView<State> => {
  const codec = eventCodec(taggedCodec(spec.event), spec.upcasters)
  const query = anyOf({ types: codec.tagged.types, tags: spec.tags })
  const concerns = matches(query)
  const decode = decodeRecorded(codec)
  return {
    query,
    initialState: spec.initialState,
    evolve: (state, recorded) =>
      concerns(recorded)
        ? E.map((event: Event) => spec.evolve(state, event))(decode(recorded))
        : E.right(state),
  }
}

/** The states of a record of scoped views. */
export type ScopedStates<Views> = {
  readonly [Name in keyof Views]: Views[Name] extends { readonly initialState: infer State } ? State : never
}

/**
 * Several scoped views as one: the record of their states, and the union of their queries.
 * @example
 * import * as t from 'io-ts'
 * import { combineScoped, scopedView } from 'decider-ts/decide'
 * import { tag } from 'decider-ts/store'
 * const event = t.type({ type: t.literal('Enrolled') })
 * const count = (kind: string, id: string) =>
 *   scopedView({ event, tags: [tag(kind, id)], initialState: 0, evolve: (n) => n + 1 })
 * combineScoped({ ofCourse: count('course', 'c1'), ofStudent: count('student', 's1') }).initialState // => { ofCourse: 0, ofStudent: 0 }
 */
export const combineScoped = <const Views extends Readonly<Record<string, AnyScopedView>>>(
  views: Views,
): ScopedView<ScopedStates<Views>> => {
  const parts = Object.entries<AnyScopedView>(views)
  const [first, ...others] = parts.map(([, view]) => view.query)
  if (first === undefined) throw new TypeError('A decision model needs at least one scoped view.')
  return {
    query: others.reduce(or, first),
    initialState: Object.fromEntries(
      parts.map(([name, view]) => [name, view.initialState]),
    ) as ScopedStates<Views>,
    evolve: (states, event) => {
      const evolved: Array<readonly [string, unknown]> = []
      for (const [name, view] of parts) {
        const state = view.evolve(states[name] as never, event)
        if (E.isLeft(state)) return state
        evolved.push([name, state.right])
      }
      // From entries: assigning to the name `__proto__` would lose that view's state.
      return E.right(Object.fromEntries(evolved) as ScopedStates<Views>)
    },
  }
}

/** A decision over the events of a query. */
export interface DecisionModel<Command, State, Event, Rejection> {
  readonly name: string
  readonly command: TaggedCodec<Command>
  readonly event: EventCodec<Event>
  readonly rejection: TaggedCodec<Rejection>
  /** What a command's decision depends on. */
  readonly scopeOf: (command: Command) => ScopedView<State>
  readonly decide: (command: Command) => RE.ReaderEither<State, Rejection, ReadonlyArray<Event>>
  readonly streamOf: (event: Event) => StreamId
  readonly tagsOf: (event: Event) => ReadonlyArray<Tag>
}

/** What a decision model is defined by. `views` comes before `decide`, so that its states are known there. */
export interface DecisionModelSpec<Command, Views, Event, Rejection> {
  readonly name: string
  readonly command: t.Type<Command, unknown>
  readonly event: t.Type<Event, unknown>
  readonly rejection: t.Type<Rejection, unknown>
  readonly upcasters?: Upcasters
  /** The stream that an event is recorded in; it guards nothing, the query does. */
  readonly stream: (event: NoInfer<Event>) => StreamId
  /** The tags under which the scoped views of later decisions find the event. */
  readonly tags: (event: NoInfer<Event>) => ReadonlyArray<Tag>
  readonly views: (command: NoInfer<Command>) => Views
  readonly decide: (
    command: NoInfer<Command>,
  ) => RE.ReaderEither<NoInfer<ScopedStates<Views>>, NoInfer<Rejection>, ReadonlyArray<NoInfer<Event>>>
}

/**
 * A decision model from its codecs, its scoped views and its decision.
 * @example
 * import * as t from 'io-ts'
 * import { accept, decisionModel, reject, scopedView } from 'decider-ts/decide'
 * import { streamId, tag } from 'decider-ts/store'
 * const Claimed = t.type({ type: t.literal('Claimed'), name: t.string })
 * const UniqueName = decisionModel({
 *   name: 'username',
 *   command: t.type({ type: t.literal('Claim'), name: t.string }),
 *   event: Claimed,
 *   rejection: t.type({ type: t.literal('Taken') }),
 *   stream: (event) => streamId('username', event.name),
 *   tags: (event) => [tag('username', event.name)],
 *   views: (command) => ({
 *     taken: scopedView({ event: Claimed, tags: [tag('username', command.name)], initialState: false, evolve: () => true }),
 *   }),
 *   decide: (command) => (state) =>
 *     state.taken ? reject({ type: 'Taken' }) : accept({ type: 'Claimed', name: command.name }),
 * })
 * UniqueName.decide({ type: 'Claim', name: 'ada' })({ taken: true }) // => reject({ type: 'Taken' })
 */
export const decisionModel = <
  Command extends Typed,
  Event extends Typed,
  Rejection extends Typed,
  const Views extends Readonly<Record<string, AnyScopedView>>,
>(
  spec: DecisionModelSpec<Command, Views, Event, Rejection>,
): DecisionModel<Command, ScopedStates<Views>, Event, Rejection> => ({
  name: spec.name,
  command: taggedCodec(spec.command),
  event: eventCodec(taggedCodec(spec.event), spec.upcasters),
  rejection: taggedCodec(spec.rejection),
  scopeOf: (command) => combineScoped(spec.views(command)),
  decide: spec.decide,
  streamOf: spec.stream,
  tagsOf: spec.tags,
})
