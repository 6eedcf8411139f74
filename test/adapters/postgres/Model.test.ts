/**
 * The adapter against the executable specification, one call after another: whatever is appended and read, in whatever
 * order, both answer alike. Positions are compared by their order, since a store may leave gaps; tokens by their effect.
 */

import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { afterAll, expect, test } from 'vitest'
import { migrate, postgresStore } from '../../../src/adapters/postgres/index.js'
import {
  type Append,
  anyOf,
  anyVersion,
  appendToJournal,
  type ConsistencyToken,
  consistencyToken,
  type EventStore,
  type EventToAppend,
  emptyJournal,
  everything,
  exactly,
  globalPosition,
  headOf,
  type Journal,
  noStream,
  type Query,
  type Range,
  type RecordedEvent,
  readFromJournal,
  readStreamFromJournal,
  streamExists,
  streamIdFrom,
  type Tag,
  timestamp,
  type version,
} from '../../../src/store/index.js'
import { connect, event, newSchemaName, right } from './support.js'

const sql = connect()

afterAll(() => sql.end())

const streams = ['a', 'b', 'c'].map(streamIdFrom)
const tags: ReadonlyArray<string> = ['x', 'y', 'z']
const types = ['A', 'B', 'C']
const ids = Array.from(
  { length: 40 },
  (_, index) => `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
)

const anyEvent: fc.Arbitrary<EventToAppend> = fc
  .record({
    id: fc.constantFrom(...ids),
    stream: fc.constantFrom(...streams),
    type: fc.constantFrom(...types),
    schemaVersion: fc.constantFrom(1, 1, 1, 2),
    tags: fc.array(fc.constantFrom(...tags), { maxLength: 3 }),
    data: fc.constantFrom<unknown>({ n: 1 }, { n: 1 }, { n: -0 }, { m: 1 }),
  })
  .map(({ id, stream, ...fields }) => event(stream, { ...fields, id: id as EventToAppend['id'] }))

const anyBelief = fc.oneof(
  fc.constantFrom(anyVersion, noStream, streamExists),
  fc.nat({ max: 6 }).map((count) => exactly(count)),
)

const anyItem = fc.record({
  types: fc.oneof(fc.constant([]), fc.array(fc.constantFrom(...types), { maxLength: 3 })),
  tags: fc.oneof(fc.constant([]), fc.array(fc.constantFrom(...tags), { maxLength: 3 })) as fc.Arbitrary<
    Array<Tag>
  >,
})

const anyQuery: fc.Arbitrary<Query> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(everything) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(anyItem, fc.array(anyItem, { maxLength: 2 }))
      .map(([first, rest]) => anyOf(first, ...rest)),
  },
)

const anyRange: fc.Arbitrary<Range<bigint>> = fc.record(
  {
    after: fc.bigInt({ min: 0n, max: 12n }),
    to: fc.bigInt({ min: 0n, max: 12n }),
    limit: fc.nat({ max: 5 }),
    direction: fc.constantFrom('forward', 'backward'),
  },
  { requiredKeys: [] },
)

/** Where a condition takes its token from: nothing, a place in the log, or the read before it. */
type After = 'none' | 'read' | number

type Step =
  | {
      readonly _tag: 'Append'
      readonly append: Append
      readonly guard?: { readonly query: Query; readonly after: After }
    }
  | { readonly _tag: 'Read'; readonly query: Query; readonly range: Range<bigint> }
  | { readonly _tag: 'ReadStream'; readonly stream: (typeof streams)[number]; readonly range: Range<bigint> }
  | { readonly _tag: 'Repeat' }

const anyAppend = fc.record({
  events: fc.array(anyEvent, { maxLength: 4 }),
  expected: fc.array(fc.record({ stream: fc.constantFrom(...streams), version: anyBelief }), {
    maxLength: 2,
  }),
})

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: anyAppend.map((append) => ({ _tag: 'Append' as const, append })) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        append: anyAppend,
        query: anyQuery,
        after: fc.oneof(fc.constant('none' as const), fc.constant('read' as const), fc.nat({ max: 12 })),
      })
      .map(({ append, query, after }) => ({ _tag: 'Append' as const, append, guard: { query, after } })),
  },
  {
    weight: 3,
    arbitrary: fc.record({ _tag: fc.constant('Read' as const), query: anyQuery, range: anyRange }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      _tag: fc.constant('ReadStream' as const),
      stream: fc.constantFrom(...streams),
      range: anyRange,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ _tag: 'Repeat' as const }) },
)

const withoutClock = (events: ReadonlyArray<RecordedEvent>) =>
  events.map(({ recordedAt: _, ...rest }) => rest)

const run = async (steps: ReadonlyArray<Step>): Promise<void> => {
  const schema = newSchemaName()
  await right(migrate(sql, { schema }))
  try {
    await compare(postgresStore(sql, { schema }), steps)
  } finally {
    await sql.unsafe(`drop schema "${schema}" cascade`)
  }
}

const compare = async (store: EventStore, steps: ReadonlyArray<Step>): Promise<void> => {
  let journal: Journal = emptyJournal
  let last: Append | undefined
  let read:
    | { readonly query: Query; readonly model: ConsistencyToken; readonly real: ConsistencyToken }
    | undefined

  const append = async (modelled: Append, real: Append): Promise<void> => {
    const expected = appendToJournal(modelled, timestamp(0))(journal)
    const actual = await store.append(real)()
    if (E.isRight(expected)) journal = expected.right[1]
    expect(actual).toEqual(E.isRight(expected) ? E.right(expected.right[0]) : expected)
    expect(await right(store.head)).toBe(headOf(journal))
  }

  for (const step of steps) {
    if (step._tag === 'ReadStream') {
      const range = step.range as Range<ReturnType<typeof version>>
      const expected = await right(async () => readStreamFromJournal(step.stream, range)(journal))
      const actual = await right(store.readStream(step.stream, range))
      expect({ ...actual, events: withoutClock(actual.events) }).toEqual({
        ...expected,
        events: withoutClock(expected.events),
      })
    } else if (step._tag === 'Read') {
      const range = step.range as Range<ReturnType<typeof globalPosition>>
      const expected = await right(async () => readFromJournal(step.query, range)(journal))
      const actual = await right(store.read(step.query, range))
      expect(withoutClock(actual.events)).toEqual(withoutClock(expected.events))
      expect(actual.token).toHaveLength(expected.token.length)
      read = { query: step.query, model: expected.token, real: actual.token }
    } else if (step._tag === 'Repeat') {
      if (last !== undefined) await append(last, last)
    } else {
      const { append: request, guard } = step
      if (guard === undefined) {
        last = request
        await append(request, request)
      } else if (guard.after === 'read' && read !== undefined) {
        const guarded = (after: ConsistencyToken): Append => ({
          ...request,
          condition: { failIfEventsMatch: read?.query ?? everything, after },
        })
        await append(guarded(read.model), guarded(read.real))
      } else {
        const entries = guard.query._tag === 'AnyOf' ? guard.query.items.length : 1
        const after = typeof guard.after === 'number' ? guard.after : undefined
        last = {
          ...request,
          condition: {
            failIfEventsMatch: guard.query,
            ...(after === undefined
              ? {}
              : {
                  after: consistencyToken(
                    Array.from({ length: entries }, (_, index) => globalPosition(after + index)),
                  ),
                }),
          },
        }
        await append(last, last)
      }
    }
  }
}

test('whatever is appended and read, the adapter and the journal answer alike', {
  timeout: 120_000,
}, async () => {
  await fc.assert(fc.asyncProperty(fc.array(anyStep, { minLength: 10, maxLength: 40, size: 'max' }), run), {
    numRuns: Number(process.env['MODEL_RUNS'] ?? 40),
    seed: Number(process.env['SEED'] ?? 20260101),
    endOnFailure: false,
  })
})
