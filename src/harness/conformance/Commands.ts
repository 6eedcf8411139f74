/**
 * Commands to a store as data: small numbers that choose among few names, so that they collide often, and payloads
 * that are hostile now and then. A command means the same whatever happened before it, so a failing list of commands
 * shrinks to a short one without losing its sense.
 * Used by: `Model`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type { Range } from '../../store/EventStore.js'
import type { ExpectedVersion } from '../../store/ExpectedVersion.js'
import { entriesOf, everything, type Query } from '../../store/Query.js'
import { type StreamId, streamIdFrom } from '../../store/StreamId.js'
import { type Tag, tagFrom } from '../../store/Tag.js'
import { jsonObject, jsonValue, notJson } from './Hostile.js'

/** An event that is not made yet. `known` chooses the id of an earlier event instead of a new one. */
export interface Draft {
  readonly stream: StreamId
  readonly type: string
  readonly tags: ReadonlyArray<Tag>
  readonly schemaVersion: number
  readonly data: unknown
  readonly metadata: Readonly<Record<string, unknown>>
  readonly known: number | undefined
}

/** A belief relative to the truth: `Exactly` with a difference of 0 is right whatever the version is. */
export interface Belief {
  readonly stream: StreamId
  readonly form: ExpectedVersion['_tag']
  readonly difference: number
}

/** A decision of an append: on one of few commands, with some of the events that are left. */
export interface DecisionDraft {
  readonly command: number
  readonly isRejected: boolean
  readonly share: number
  readonly payload: unknown
}

/** A condition without a token, with the token of an earlier read, or with one made from places. */
export type Guard =
  | { readonly _tag: 'Tokenless'; readonly query: Query }
  | { readonly _tag: 'TokenOfRead'; readonly which: number }
  | { readonly _tag: 'Places'; readonly query: Query; readonly places: ReadonlyArray<number> }

/** One step of a run. Places are positions of the model, which have no gaps. */
export type Command =
  | {
      readonly _tag: 'Append'
      readonly drafts: ReadonlyArray<Draft>
      readonly beliefs: ReadonlyArray<Belief>
      readonly guard: Guard | undefined
      readonly decided: ReadonlyArray<DecisionDraft>
    }
  | { readonly _tag: 'AppendAgain'; readonly which: number; readonly change: 'none' | 'data' | 'belief' }
  | { readonly _tag: 'ReadStream'; readonly stream: StreamId; readonly range: Range<number> }
  | { readonly _tag: 'Read'; readonly query: Query; readonly range: Range<number> }
  | { readonly _tag: 'Head' }

/** The streams that commands speak of: two of one category, and others whose categories are nearly the same. */
export const streams: ReadonlyArray<StreamId> = ['a', 'A', '__proto__', 'a-😀', 'ab-1'].map(streamIdFrom)

const stream = fc.constantFrom(...streams)
const type = fc.constantFrom('A', 'B', 'a', '__proto__')
const tags = fc.array(fc.constantFrom(...['k:1', 'k:2', 'K:1', '__proto__'].map(tagFrom)), { maxLength: 3 })

const categories = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom('a', 'ab', 'A', '__proto__'), { minLength: 1, maxLength: 2 }),
  },
)

const queryItem = fc.record({
  categories,
  types: fc.array(type, { maxLength: 2 }),
  tags: tags.map((some) => some.slice(0, 2)),
})

/** Any query over the few names there are. */
export const anyQuery: fc.Arbitrary<Query> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(everything) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(queryItem, fc.array(queryItem, { maxLength: 2 }))
      .map(([first, others]) => ({ _tag: 'AnyOf', items: [first, ...others] }) as const),
  },
)

/** An event of few names, now and then with a part that is not JSON, or with an id that is taken. */
export const draft: fc.Arbitrary<Draft> = fc.record({
  stream,
  type,
  tags,
  schemaVersion: fc.constantFrom(1, 2),
  data: fc.oneof({ weight: 60, arbitrary: jsonValue }, { weight: 1, arbitrary: notJson }),
  metadata: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: jsonObject }),
  known: fc.oneof({ weight: 30, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(20) }),
})

const belief: fc.Arbitrary<Belief> = fc.record({
  stream,
  form: fc.constantFrom('Any', 'Exactly', 'Exactly', 'Exactly', 'StreamExists', 'NoStream'),
  difference: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -1, max: 1 }) },
  ),
})

/** Often within a stream, sometimes within the log, now and then beyond its head. */
const place = fc.oneof({ weight: 2, arbitrary: fc.nat(4) }, { weight: 1, arbitrary: fc.nat(30) })

/** A token with an entry for each item, and now and then with one too many or too few. */
const placesGuard = fc
  .record({
    query: anyQuery,
    places: fc.tuple(place, place, place, place),
    surplus: fc.constantFrom(0, 0, 0, 0, 1, -1),
  })
  .map(
    ({ query, places, surplus }): Guard => ({
      _tag: 'Places',
      query,
      places: places.slice(0, entriesOf(query) + surplus),
    }),
  )

const guard: fc.Arbitrary<Guard> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ _tag: fc.constant('TokenOfRead'), which: fc.nat(10) }) },
  { weight: 1, arbitrary: fc.record({ _tag: fc.constant('Tokenless'), query: anyQuery }) },
  { weight: 3, arbitrary: placesGuard },
)

const range: fc.Arbitrary<Range<number>> = fc.record(
  {
    after: place,
    to: place,
    limit: fc.oneof({ weight: 20, arbitrary: fc.nat(5) }, fc.constantFrom(-1, 0.5)),
    direction: fc.constantFrom('forward', 'backward'),
  },
  { requiredKeys: [] },
)

const decided: fc.Arbitrary<ReadonlyArray<DecisionDraft>> = fc.array(
  fc.record({
    command: fc.nat(8),
    isRejected: fc.boolean(),
    share: fc.nat(3),
    payload: fc.oneof(fc.constant(undefined), jsonValue),
  }),
  { minLength: 1, maxLength: 3 },
)

const append = fc.record({
  _tag: fc.constant('Append'),
  drafts: fc.oneof(
    { weight: 20, arbitrary: fc.array(draft, { minLength: 1, maxLength: 4, size: 'max' }) },
    { weight: 2, arbitrary: fc.constant([]) },
  ),
  beliefs: fc.array(belief, { maxLength: 2 }),
  guard: fc.oneof(fc.constant(undefined), guard),
  decided: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: decided }),
})

const appendAgain = fc.record({
  _tag: fc.constant('AppendAgain'),
  which: fc.nat(10),
  change: fc.constantFrom('none', 'data', 'belief'),
})

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: append },
  { weight: 1, arbitrary: appendAgain },
  { weight: 2, arbitrary: fc.record({ _tag: fc.constant('ReadStream'), stream, range }) },
  { weight: 3, arbitrary: fc.record({ _tag: fc.constant('Read'), query: anyQuery, range }) },
  { weight: 1, arbitrary: fc.record({ _tag: fc.constant('Head') }) },
)

/** A list of steps, appends above all. */
export const commands: fc.Arbitrary<ReadonlyArray<Command>> = fc.array(command, {
  maxLength: 25,
  size: 'max',
})
