/**
 * What the statements inside the log's functions do, by their plans as the server ran them: no read, check or append
 * may scan a table, whatever the statistics say and however much is stored.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate, postgresStore } from '../../../src/adapters/postgres/index.js'
import { tagHash } from '../../../src/adapters/postgres/LockKey.js'
import {
  type Append,
  anyOf,
  consistencyToken,
  type EventStore,
  type EventToAppend,
  exactly,
  globalPosition,
  noStream,
  type Query,
  type StreamId,
  streamIdFrom,
  type Tag,
  toStream,
  version,
} from '../../../src/store/index.js'
import { circumstances, inMode, nodes, type Plan, planLog, scans, touched, watch } from './PlanLog.js'
import { event, left, newSchemaName, newStream, only, right } from './support.js'

const stored = 50_000

/** A stream of several pages, and one whose events are so large that few of them make a page. */
const [long, large] = [streamIdFrom('long-1'), streamIdFrom('large-1')]
const [longCount, largeCount] = [600, 16]

const schema = newSchemaName()
const { sql, plans } = planLog()
let store: EventStore
let gapless: EventStore

beforeAll(async () => {
  await right(migrate(sql, { schema }))
  store = postgresStore(sql, { schema })
  gapless = postgresStore(sql, { schema, ordering: 'gapless' })
  // The worst start: the plans of this session are made while the tables are empty and known to be so.
  await sql.unsafe(`vacuum analyze "${schema}".event`)
  await sql.unsafe(`vacuum analyze "${schema}".tag`)
  for (let time = 0; time < 7; time++) {
    await everyCall(`warm${time}`)
  }
  await sql.unsafe(`
    insert into "${schema}".event
    select nextval('"${schema}".event_position'), 1 + i % 100, now(), gen_random_uuid(), 1, 'stream-' || i / 100,
      case when i % 1000 = 0 then 'Rare' else 'Common' end, array['account:' || i % 5000, 'all'], '{}', '{}'
    from generate_series(0, ${stored - 1}) i`)
  const hashes = Array.from({ length: 5_000 }, (_, index) => tagHash(`account:${index}` as string as Tag))
  await sql.unsafe(
    `insert into "${schema}".tag
     select h.hash, e.position, e.type from "${schema}".event e
     join unnest($1::text::bigint[]) with ordinality h(hash, nth) on e.tags[1] = 'account:' || h.nth - 1`,
    [`{${hashes.join(',')}}`],
  )
  await sql.unsafe(
    `insert into "${schema}".tag select $1::text::bigint, position, type from "${schema}".event where tags @> '{all}'`,
    [String(tagHash('all' as string as Tag))],
  )
  await right(store.append(only(...Array.from({ length: longCount }, () => event(long)))))
  await right(store.append(only(...manyLarge(large, largeCount))))
  await watch(sql)
})

afterAll(async () => {
  await sql.unsafe('set client_min_messages = warning')
  await sql.unsafe(`drop schema "${schema}" cascade`)
  await sql.end()
})

const tagged = (
  tag: string,
  types: ReadonlyArray<string> = [],
  categories: ReadonlyArray<string> = [],
): Query => anyOf({ tags: [tag as string as Tag], types, categories })

/** Events that nobody can compress. */
const manyLarge = (stream: StreamId, count: number): ReadonlyArray<EventToAppend> =>
  Array.from({ length: count }, () =>
    event(stream, { data: { blob: randomBytes(100_000).toString('base64') }, tags: ['large'] }),
  )

/** In one call, since they are called in one turn. */
const inCompany = (appends: ReadonlyArray<Append>): Promise<unknown> =>
  Promise.all(appends.map((append) => right(store.append(append))))

/** Every statement once, also those that run rarely. */
const everyCall = async (tag: string): Promise<void> => {
  const stream = newStream()
  await right(store.append(toStream(stream, noStream)([event(stream, { tags: [tag] })])))
  await right(
    store.append({
      ...toStream(stream, exactly(1))([event(stream, { tags: [tag] })]),
      condition: { failIfEventsMatch: tagged(tag), after: (await right(store.read(tagged(tag)))).token },
    }),
  )
  for (const again of [only(event(stream)), only(event(stream), event(stream))]) {
    await right(store.append(again))
    await right(store.append(again))
  }
  await right(store.append(only(...manyLarge(stream, 3))))
  const together = [only(event(newStream())), only(event(stream))]
  for (let time = 0; time < 2; time++) await inCompany(together)
  await right(gapless.append(only(event(stream))))
  await right(store.readStream(stream))
  for (const direction of ['forward', 'backward'] as const) {
    await right(store.readStream(stream, { direction }))
    await right(store.read(tagged('large'), { direction }))
    await right(store.read(anyOf({ types: [tag] }, { tags: [tag as string as Tag] }), { direction }))
  }
}

/** The plans of everything that ran, without those of earlier tests. */
const plansOf = async (run: () => Promise<unknown>): Promise<ReadonlyArray<Plan>> => {
  plans.length = 0
  await run()
  return plans.flatMap(nodes)
}

const indexes = (found: ReadonlyArray<Plan>) =>
  new Set(found.flatMap((node) => (node['Index Name'] === undefined ? [] : [node['Index Name']])))

const cases: ReadonlyArray<
  readonly [name: string, run: () => Promise<unknown>, index: ReadonlyArray<string>, rowsMax: number]
> = [
  [
    'a stream of a hundred events',
    () => right(store.readStream(streamIdFrom('stream-77'))),
    ['event_stream_version_key'],
    201,
  ],
  [
    'a stream of a hundred events, backward',
    () => right(store.readStream(streamIdFrom('stream-77'), { direction: 'backward' })),
    ['event_stream_version_key'],
    201,
  ],
  [
    'a long read, page by page',
    () => right(store.readStream(long)),
    ['event_stream_version_key'],
    2 * longCount + 10,
  ],
  [
    'the large events of a stream, of which few make a page',
    () => right(store.readStream(large)),
    ['event_stream_version_key'],
    6 * largeCount + 60,
  ],
  [
    'several streams in one call',
    () =>
      Promise.all(
        ['stream-7', 'stream-70', 'stream-71', 'nobody'].map((stream) =>
          right(store.readStream(streamIdFrom(stream), { after: version(90) })),
        ),
      ),
    ['event_stream_version_key'],
    3 * 21 + 1,
  ],
  [
    'the last events of a stream',
    () => right(store.readStream(streamIdFrom('stream-77'), { limit: 5, direction: 'backward' })),
    ['event_stream_version_key'],
    11,
  ],
  [
    'the tail of a stream',
    () => right(store.readStream(streamIdFrom('stream-77'), { after: version(90) })),
    ['event_stream_version_key'],
    21,
  ],
  ['a rare tag', () => right(store.read(tagged('account:42'))), ['tag_pkey', 'event_pkey'], 50],
  [
    'a rare tag, backward',
    () => right(store.read(tagged('account:42'), { direction: 'backward' })),
    ['tag_pkey', 'event_pkey'],
    50,
  ],
  [
    'large events by their tag, of which few make a page',
    () => right(store.read(tagged('large'))),
    ['tag_pkey', 'event_pkey'],
    1_000,
  ],
  [
    'a few events of a tag that all events have',
    () => right(store.read(tagged('all'), { limit: 10, direction: 'backward' })),
    ['tag_pkey', 'event_pkey'],
    50,
  ],
  [
    'a rare type of a tag that all events have, found in the tag table alone',
    () => right(store.read(tagged('all', ['Rare']))),
    ['tag_pkey', 'event_pkey'],
    stored * 1.01 + 300,
  ],
  [
    'a rare type',
    () => right(store.read(anyOf({ types: ['Rare'] }))),
    ['event_type_position', 'event_pkey'],
    200,
  ],
  [
    'a rare type, backward',
    () => right(store.read(anyOf({ types: ['Rare'] }), { direction: 'backward' })),
    ['event_type_position', 'event_pkey'],
    200,
  ],
  [
    'two items and a limit',
    () => right(store.read(anyOf({ types: ['Common'] }, { tags: ['all' as string as Tag] }), { limit: 10 })),
    ['tag_pkey', 'event_type_position', 'event_pkey'],
    80,
  ],
  [
    'a category that most events have, a page of it',
    () => right(store.read(anyOf({ categories: ['stream'] }), { limit: 50, after: globalPosition(1_000) })),
    ['event_pkey'],
    200,
  ],
  [
    'the newest events of a category',
    () =>
      right(
        store.read(anyOf({ categories: ['stream'] }), {
          limit: 50,
          direction: 'backward',
          to: globalPosition(40_000),
        }),
      ),
    ['event_pkey'],
    200,
  ],
  ...(['forward', 'backward'] as const).map(
    (direction) =>
      [
        `a category that nobody writes, in a part of the log, ${direction}`,
        () => {
          const part = { after: globalPosition(20_000), to: globalPosition(22_000), direction }
          return right(store.read(anyOf({ categories: [randomUUID().slice(0, 8)] }), part))
        },
        ['event_pkey'],
        2_000 + 10,
      ] as const,
  ),
  ...(['forward', 'backward'] as const).map(
    (direction) =>
      [
        `a category and a rare type, ${direction}`,
        () => right(store.read(anyOf({ categories: ['long'], types: ['Rare'] }), { direction })),
        ['event_type_position', 'event_pkey'],
        2 * 50 + 10,
      ] as const,
  ),
  ...(['forward', 'backward'] as const).map(
    (direction) =>
      [
        `a category and a rare tag, ${direction}`,
        () => right(store.read(tagged('account:42', [], ['long']), { direction })),
        ['tag_pkey', 'event_pkey'],
        2 * 10 + 10,
      ] as const,
  ),
  [
    'the whole log, a page of it',
    () => right(store.read({ _tag: 'Everything' }, { limit: 50, after: globalPosition(100) })),
    ['event_pkey'],
    200,
  ],
  [
    'the newest events of the whole log',
    () =>
      right(
        store.read({ _tag: 'Everything' }, { limit: 50, direction: 'backward', to: globalPosition(50_000) }),
      ),
    ['event_pkey'],
    200,
  ],
  [
    'several pages of the whole log',
    () => right(store.read({ _tag: 'Everything' }, { limit: 600, after: globalPosition(100) })),
    ['event_pkey'],
    1_900,
  ],
  [
    'the head, for an append without gaps',
    () => right(gapless.append(only(event(newStream())))),
    ['event_pkey', 'event_stream_version_key', 'event_id_key'],
    4,
  ],
  ['the head', () => right(store.head), ['event_pkey'], 1],
  [
    'an append with expected versions',
    () => {
      const stream = newStream()
      return right(store.append(toStream(stream, noStream)([event(stream), event(stream)])))
    },
    ['event_stream_version_key', 'event_id_key'],
    4,
  ],
  [
    'an append of one event',
    () => {
      const stream = newStream()
      return right(store.append(toStream(stream, noStream)([event(stream)])))
    },
    ['event_stream_version_key', 'event_id_key'],
    2,
  ],
  [
    'an append of one event to a long stream',
    () => {
      const stream = streamIdFrom('stream-99')
      return right(store.append(only(event(stream))))
    },
    ['event_stream_version_key', 'event_id_key'],
    2,
  ],
  [
    'an append of one event that is repeated',
    async () => {
      const again = only(event(newStream()))
      await right(store.append(again))
      plans.length = 0
      return right(store.append(again))
    },
    ['event_id_key'],
    8,
  ],
  [
    'an append that is repeated',
    async () => {
      const again = only(event(newStream()), event(newStream()))
      await right(store.append(again))
      plans.length = 0
      return right(store.append(again))
    },
    ['event_id_key'],
    10,
  ],
  [
    'three appends in one call',
    () =>
      inCompany([only(event(newStream())), only(event(newStream())), only(event(streamIdFrom('stream-99')))]),
    ['event_stream_version_key', 'event_id_key'],
    6,
  ],
  [
    'appends in one call that are repeated',
    async () => {
      const again = [only(event(newStream())), only(event(newStream()))]
      await inCompany(again)
      plans.length = 0
      return inCompany(again)
    },
    ['event_id_key'],
    10,
  ],
  [
    'an append with a condition on a recent token of a tag that all events have',
    async () => {
      const { token } = await right(store.read(tagged('all'), { after: globalPosition(10 ** 9) }))
      plans.length = 0
      const condition = { failIfEventsMatch: tagged('all', ['Rare']), after: token }
      return right(store.append({ ...only(event(newStream())), condition }))
    },
    ['tag_pkey'],
    4,
  ],
  [
    'an append with a condition on a recent token of a category',
    async () => {
      const head = await right(store.head)
      plans.length = 0
      const condition = {
        failIfEventsMatch: anyOf({ categories: ['stream'] }),
        after: consistencyToken([head]),
      }
      return right(store.append({ ...only(event(newStream())), condition }))
    },
    ['event_pkey'],
    4,
  ],
  [
    'an append with a condition on a category and a rare tag',
    () => {
      const condition = { failIfEventsMatch: tagged('account:42', [], ['long']) }
      return right(store.append({ ...only(event(newStream())), condition }))
    },
    ['tag_pkey', 'event_pkey'],
    2 * 10 + 4,
  ],
  [
    'an append with a condition on a category and a rare type',
    () => {
      const condition = { failIfEventsMatch: anyOf({ categories: ['long'], types: ['Rare'] }) }
      return right(store.append({ ...only(event(newStream())), condition }))
    },
    ['event_type_position', 'event_pkey'],
    2 * 50 + 4,
  ],
  [
    'an append with a condition on a type that nobody writes',
    () => {
      const condition = {
        failIfEventsMatch: anyOf({ types: [randomUUID()] }),
        after: consistencyToken([globalPosition(0)]),
      }
      return right(store.append({ ...only(event(newStream())), condition }))
    },
    ['event_type_position'],
    4,
  ],
]

const functions = [
  'append',
  'append_to_stream',
  'append_to_streams',
  'hold_log',
  'read',
  'read_streams',
  'page_of_stream',
  'fitting_events',
  'page_of_places',
  'settled_head',
  'head',
]

describe.each(circumstances)('plans %s', (_name, mode, tables) => {
  beforeAll(async () => {
    for (const table of tables) await sql.unsafe(`vacuum analyze "${schema}".${table}`)
    if (mode !== '') await inMode(sql, schema, functions, mode)
  })

  test.each(cases)('%s', async (_name, run, expected, rowsMax) => {
    const found = await plansOf(run)
    expect(found.length).toBeGreaterThan(0)
    expect(scans(found)).toEqual([])
    expect([...indexes(found)]).toEqual(expect.arrayContaining([...expected]))
    expect(touched(found), JSON.stringify(plans)).toBeLessThanOrEqual(rowsMax)
    expect(found.map((node) => node['Function Name'])).not.toContain('tagged')
    expect(found.map((node) => node['Function Name'])).not.toContain('untagged')
  })

  test.each([
    ['types', anyOf({ types: ['Rare'] }), 'event_type_position'],
    ['nothing', anyOf({}), 'event_pkey'],
  ] as const)('an item of %s looks at no stream', async (_name, failIfEventsMatch, index) => {
    const condition = { failIfEventsMatch }
    const found = await plansOf(() => left(store.append({ ...only(event(newStream())), condition })))
    const walks = found.filter((node) => node['Index Name'] === index && (node['Actual Loops'] ?? 0) > 0)
    expect(walks.map((node) => node['Node Type'])).toEqual(['Index Only Scan'])
  })
})
