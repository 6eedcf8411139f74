/**
 * A projection: a read model, defined as a view with a key. Each key has a state of its own, the fold of the events that
 * count under it, so the whole read model can be had again from the log at any time. It is one definition for three ways
 * to have it: folded on demand, kept up to date in the transaction of an append, or behind a subscription.
 * Used by: `run`, the adapters that keep read models.
 *
 * Laws (test/properties/evolve/Projection.test.ts):
 * - PJN-1 fold: the state of a key is the fold of the events under that key, in the order of the log, and a key without
 *   events is not in the read model.
 * - PJN-2 resume: what was projected up to a place, and then from there on, is what is projected at once.
 * - PJN-3 nothing skipped: an event of the query that cannot be decoded is an `Undecodable`, and no entry is made of it.
 * @since 0.1.0
 */
import { either as E, option as O } from 'fp-ts'
import type * as t from 'io-ts'
import { anyOf, matches, type Query } from '../store/Query.js'
import type { RecordedEvent } from '../store/RecordedEvent.js'
import type { Undecodable } from '../store/StoreError.js'
import type { Tag } from '../store/Tag.js'
import { type Codec, fromIoTs } from './Codec.js'
import { decodeRecorded, type EventCodec, eventCodec } from './EventCodec.js'
import { taggedCodec } from './TaggedCodec.js'
import type { Upcasters } from './Upcaster.js'
import type { View } from './View.js'

/** A view of the events of a query, for each key by itself. */
export interface Projection<State, Event> extends View<State, Event> {
  readonly name: string
  /** A whole number from 1. Raised when the read model has to be made anew: another version is another read model. */
  readonly version: number
  readonly event: EventCodec<Event>
  readonly state: Codec<State>
  readonly query: Query
  /** The keys that an event counts under. */
  readonly keysOf: (event: Event, recorded: RecordedEvent) => ReadonlyArray<string>
  /** The keys under which an event waits that cannot be decoded; absent where nobody can tell. */
  readonly parkUnder?: (recorded: RecordedEvent) => ReadonlyArray<string>
}

/** What a projection is defined by. All types are inferred from the two codecs. */
export interface ProjectionSpec<State, Event> {
  readonly name: string
  /** 1 unless given. */
  readonly version?: number
  /** The events it reads, as it sees them: it may know fewer types and fewer fields than who writes them. */
  readonly event: t.Type<Event, unknown>
  readonly upcasters?: Upcasters
  /** In which form states are kept: as JSON. */
  readonly state: t.Type<State, unknown>
  /** Only events of streams of these categories; any unless given. */
  readonly categories?: ReadonlyArray<string>
  /** Only events with all of these tags; any unless given. */
  readonly tags?: ReadonlyArray<Tag>
  /** The key or keys that an event counts under, and none where it counts nowhere; the name of its stream unless given. */
  readonly key?: (
    event: NoInfer<Event>,
    recorded: RecordedEvent,
  ) => string | ReadonlyArray<string> | undefined
  /**
   * The key or keys under which an event waits that cannot be decoded: all that it would count under, and none where it
   * may be passed over. The name of its stream where that is the key. Where `key` is given and this is not, a running projection ends at such an event,
   * because to go on it would have to know whose events must wait.
   */
  readonly parkUnder?: (recorded: RecordedEvent) => string | ReadonlyArray<string> | undefined
  readonly initialState: NoInfer<State>
  readonly evolve: (state: NoInfer<State>, event: NoInfer<Event>) => NoInfer<State>
}

/**
 * A projection from its codecs, its key and its fold.
 * @example
 * import * as t from 'io-ts'
 * import { projection } from 'decider-ts/evolve'
 * const balances = projection({
 *   name: 'balances',
 *   event: t.type({ type: t.literal('Deposited'), amount: t.number }),
 *   state: t.type({ balance: t.number }),
 *   initialState: { balance: 0 },
 *   evolve: ({ balance }, { amount }) => ({ balance: balance + amount }),
 * })
 * balances.evolve(balances.initialState, { type: 'Deposited', amount: 5 }) // => { balance: 5 }
 */
export const projection = <State, Event extends { readonly type: string }>(
  spec: ProjectionSpec<State, Event>,
): Projection<State, Event> => {
  const { name, version = 1, key, categories = [], tags = [], initialState, evolve } = spec
  const parkUnder = spec.parkUnder ?? (key === undefined ? streamOf : undefined)
  const event = eventCodec(taggedCodec(spec.event), spec.upcasters)
  return {
    name,
    version,
    event,
    state: fromIoTs(spec.state),
    query: anyOf({ categories, types: event.tagged.types, tags }),
    keysOf: (fact, recorded) => listOf(key === undefined ? recorded.stream : key(fact, recorded)),
    ...(parkUnder && { parkUnder: (recorded) => listOf(parkUnder(recorded)) }),
    initialState,
    evolve,
  }
}

const streamOf = ({ stream }: RecordedEvent): string => stream

/** Each key once: an event counts once under it. */
const listOf = (keys: string | ReadonlyArray<string> | undefined): ReadonlyArray<string> =>
  keys === undefined ? [] : typeof keys === 'string' ? [keys] : [...new Set(keys)]

/**
 * One recorded event into a read model: the keys it counts under, each with its state after it. `stateOf` says what the
 * state of a key is; nothing where there is none yet.
 * @internal
 */
export const projectEvent =
  <State, Event>(projection: Projection<State, Event>) =>
  (
    recorded: RecordedEvent,
    stateOf: (key: string) => O.Option<State>,
  ): E.Either<Undecodable, ReadonlyArray<readonly [key: string, state: State]>> => {
    const decoded = decodeRecorded(projection.event)(recorded)
    if (E.isLeft(decoded)) return decoded
    const evolved = (key: string): readonly [string, State] => {
      const before = stateOf(key)
      return [
        key,
        projection.evolve(O.isSome(before) ? before.value : projection.initialState, decoded.right),
      ]
    }
    return E.right(projection.keysOf(decoded.right, recorded).map(evolved))
  }

/**
 * The read model of a history, in the order of the log: what every other way to have it must come to.
 * @example
 * import { either as E } from 'fp-ts'
 * import * as t from 'io-ts'
 * import { projection, readModelOf } from 'decider-ts/evolve'
 * const opened = projection({
 *   name: 'opened',
 *   event: t.type({ type: t.literal('Opened') }),
 *   state: t.number,
 *   initialState: 0,
 *   evolve: (times) => times + 1,
 * })
 * readModelOf(opened)([]) // => E.right(new Map())
 */
export const readModelOf =
  <State, Event>(projection: Projection<State, Event>) =>
  (history: Iterable<RecordedEvent>): E.Either<Undecodable, ReadonlyMap<string, State>> => {
    const concerns = matches(projection.query)
    const project = projectEvent(projection)
    const states = new Map<string, State>()
    const stateOf = (key: string): O.Option<State> =>
      states.has(key) ? O.some(states.get(key) as State) : O.none
    for (const recorded of history) {
      if (!concerns(recorded)) continue
      const projected = project(recorded, stateOf)
      if (E.isLeft(projected)) return projected
      for (const [key, state] of projected.right) states.set(key, state)
    }
    return E.right(states)
  }
