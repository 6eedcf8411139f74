/**
 * What the statements of the feed do, by their plans as the server ran them: whatever the statistics say and however much
 * is stored, a poll of the tail touches no more than the tail, and looks at the locks only where there is a gap.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate, postgresStore } from '../../../src/adapters/postgres/index.js'
import { tagHash } from '../../../src/adapters/postgres/LockKey.js'
import type { FollowedStore } from '../../../src/run/Feed.js'
import {
  anyOf,
  everything,
  globalPosition,
  type Query,
  type Tag,
  timestamp,
} from '../../../src/store/index.js'
import { circumstances, inMode, nodes, type Plan, planLog, scans, touched, watch } from './PlanLog.js'
import { event, newSchemaName, newStream, only, right } from './support.js'

const stored = 50_000
const schema = newSchemaName()

const { sql, plans } = planLog()
let store: FollowedStore

const tag = (name: string): Tag => name as string as Tag

const page = (query: Query, after: number, limit = 100) =>
  right(store.feed.page(query, globalPosition(after), limit))

/** An append that is rolled back, and another: from now on the newest gap is one that nobody owns. */
const leaveGap = async (): Promise<void> => {
  await sql.unsafe(`select nextval('"${schema}".event_position')`)
  await right(store.append(only(event(newStream(), { type: 'Common' }))))
}

/** Every statement a few times, also those that run rarely. */
const warm = async (): Promise<void> => {
  for (let time = 0; time < 7; time++) {
    for (const query of [everything, anyOf({ types: ['Rare'] }), anyOf({ tags: [tag('all')] })]) {
      await page(query, 0)
    }
    await right(store.feed.positionAt(timestamp(0)))
    await leaveGap()
  }
}

const install = async (): Promise<void> => {
  await right(migrate(sql, { schema }))
  // The worst start: the plans of this session are made while the tables are empty and known to be so.
  for (const table of ['event', 'tag']) await sql.unsafe(`vacuum analyze "${schema}".${table}`)
  await warm()
  await sql.unsafe(`
    insert into "${schema}".event
    select nextval('"${schema}".event_position'), 1 + i % 100, 'epoch'::timestamptz + i * interval '1 second',
      gen_random_uuid(), 1, 'stream-' || i / 100, case when i % 1000 = 0 then 'Rare' else 'Common' end,
      array['account:' || i % 5000, 'all'], '{}', '{}'
    from generate_series(1, ${stored}) i`)
  const hashes = Array.from({ length: 5_000 }, (_, index) => tagHash(tag(`account:${index}`)))
  await sql.unsafe(
    `insert into "${schema}".tag
     select h.hash, e.position, e.type from "${schema}".event e
     join unnest($1::text::bigint[]) with ordinality h(hash, nth) on e.tags[1] = 'account:' || h.nth - 1
     union all select $2::text::bigint, position, type from "${schema}".event where tags @> '{all}'`,
    [`{${hashes.join(',')}}`, String(tagHash(tag('all')))],
  )
}

beforeAll(async () => {
  store = postgresStore(sql, { schema, hints: 'none' })
  await install()
  await watch(sql)
})

afterAll(async () => {
  await sql.unsafe('set client_min_messages = warning')
  await sql.unsafe(`drop schema "${schema}" cascade`)
  await sql.end()
})

/** The plans of everything that ran, without those of earlier tests. */
const plansOf = async (run: () => Promise<unknown>): Promise<ReadonlyArray<Plan>> => {
  plans.length = 0
  await run()
  return plans.flatMap(nodes)
}

const looksAtLocks = (found: ReadonlyArray<Plan>): boolean =>
  found.some((node) => node['Function Name'] === 'pg_lock_status')

const head = async (): Promise<number> => Number(await right(store.head))

interface Case {
  readonly name: string
  /** What has happened before, of which no plans are looked at. */
  readonly given?: () => Promise<unknown>
  readonly run: (head: number) => Promise<unknown>
  readonly index: ReadonlyArray<string>
  readonly rowsMax: number
  readonly locks: boolean
}

const settled = async () => page(everything, await head())

const cases: ReadonlyArray<Case> = [
  {
    name: 'a look at the tail when nothing is new',
    given: settled,
    run: (head) => page(everything, head),
    index: ['event_pkey'],
    rowsMax: 1,
    locks: false,
  },
  {
    name: 'a look at the tail when there are ten new events',
    given: async () => {
      await settled()
      await right(
        store.append(only(...Array.from({ length: 10 }, () => event(newStream(), { type: 'Common' })))),
      )
    },
    run: (head) => page(everything, head - 10),
    index: ['event_pkey'],
    rowsMax: 1 + 10 + 10 + 10,
    locks: false,
  },
  {
    name: 'a look at the tail behind a gap that nobody owns',
    given: async () => {
      await settled()
      await leaveGap()
    },
    run: (head) => page(everything, head - 2),
    index: ['event_pkey'],
    rowsMax: 8,
    locks: true,
  },
  {
    name: 'a look for a rare type at the tail',
    given: settled,
    run: (head) => page(anyOf({ types: ['Rare'] }), head - 5),
    index: ['event_pkey', 'event_type_position'],
    rowsMax: 8,
    locks: false,
  },
  {
    name: 'a rare type in the whole log',
    given: settled,
    run: () => page(anyOf({ types: ['Rare'] }), 0),
    index: ['event_pkey', 'event_type_position'],
    rowsMax: 110,
    locks: false,
  },
  {
    name: 'a type that nobody writes, in the whole log',
    given: settled,
    run: () => page(anyOf({ types: [randomUUID()] }), 0),
    index: ['event_pkey', 'event_type_position'],
    rowsMax: 2,
    locks: false,
  },
  {
    name: 'a page of a category that most events have',
    given: settled,
    run: () => page(anyOf({ categories: ['stream'] }), 1_000, 50),
    index: ['event_pkey'],
    rowsMax: 110,
    locks: false,
  },
  {
    name: 'a category that nobody writes, of which a page covers a stretch',
    given: settled,
    run: () => page(anyOf({ categories: [randomUUID().slice(0, 8)] }), 0),
    index: ['event_pkey'],
    rowsMax: 10_000 + 2,
    locks: false,
  },
  {
    name: 'a type that most events have, in a category that nobody writes, of which a page covers a stretch',
    given: settled,
    run: () => page(anyOf({ categories: ['nobody'], types: ['Common'] }), 0),
    index: ['event_type_position', 'event_pkey'],
    rowsMax: 2 * 10_000 + 2,
    locks: false,
  },
  {
    name: 'a look for a category at the tail',
    given: settled,
    run: (head) => page(anyOf({ categories: ['nobody'] }), head - 5),
    index: ['event_pkey'],
    rowsMax: 8,
    locks: false,
  },
  {
    name: 'a category and a tag that few events have, in the whole log',
    given: settled,
    run: () => page(anyOf({ categories: ['nobody'], tags: [tag('account:42')] }), 0),
    index: ['tag_pkey', 'event_pkey'],
    rowsMax: 40,
    locks: false,
  },
  {
    name: 'a tag that few events have',
    given: settled,
    run: () => page(anyOf({ tags: [tag('account:42')] }), 0),
    index: ['tag_pkey', 'event_pkey'],
    rowsMax: 40,
    locks: false,
  },
  {
    name: 'a page of a tag that all events have',
    given: settled,
    run: () => page(anyOf({ tags: [tag('all')] }), stored / 2, 50),
    index: ['tag_pkey', 'event_pkey'],
    rowsMax: 170,
    locks: false,
  },
  {
    name: 'a page of two items',
    given: settled,
    run: () => page(anyOf({ types: ['Common'] }, { tags: [tag('all')] }), 0, 10),
    index: ['tag_pkey', 'event_type_position', 'event_pkey'],
    rowsMax: 80,
    locks: false,
  },
  {
    name: 'a page of the whole log, by whoever comes first to it',
    run: () =>
      right(postgresStore(sql, { schema, hints: 'none' }).feed.page(everything, globalPosition(0), 50)),
    index: ['event_pkey'],
    rowsMax: 110,
    locks: true,
  },
  {
    name: 'the place before a moment',
    run: () => right(store.feed.positionAt(timestamp(20_000_500))),
    index: ['event_pkey'],
    rowsMax: 1_000 + 40,
    locks: false,
  },
]

const functions = ['feed', 'settle', 'without_gap', 'place_before']

describe.each(circumstances)('plans %s', (_name, mode, tables) => {
  beforeAll(async () => {
    for (const table of tables) await sql.unsafe(`vacuum analyze "${schema}".${table}`)
    if (mode !== '') expect(await inMode(sql, schema, functions, mode)).toBe(functions.length)
  })

  test.each(cases)('$name', async ({ given, run, index, rowsMax, locks }) => {
    await given?.()
    const newest = await head()
    const found = await plansOf(() => run(newest))
    expect(found.length).toBeGreaterThan(0)
    expect(scans(found)).toEqual([])
    expect(found.map((node) => node['Index Name'])).toEqual(expect.arrayContaining([...index]))
    expect(touched(found), JSON.stringify(plans)).toBeLessThanOrEqual(rowsMax)
    expect(looksAtLocks(found)).toBe(locks)
  })
})
