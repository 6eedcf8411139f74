/**
 * Interleavings as data: transactions that append, commit, roll back, or stay open on several connections, and pages of
 * the feed between them, also pages that stand still between two of their statements while others go on. Whatever the
 * order, followers meet the log as it is in the end, once and in the order of positions. The property is trusted because
 * it refuses wrong versions of the SQL, among them the two that are most often met.
 */
import fc from 'fast-check'
import type { ReservedSql, Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresStore } from '../../../src/adapters/postgres/index.js'
import { migrateTo } from '../../../src/adapters/postgres/Migrate.js'
import { migrations } from '../../../src/adapters/postgres/Migrations.generated.js'
import type { FeedPage, FollowedStore } from '../../../src/run/Feed.js'
import {
  anyOf,
  everything,
  type GlobalPosition,
  matches,
  type Query,
  type QueryItem,
  type RecordedEvent,
  type Tag,
} from '../../../src/store/index.js'
import { seed } from '../../properties/Law.js'
import { connect, event, newSchemaName, newStream, only, right } from './support.js'

/** The SQL of the log with one part changed; the part must be there, or the change would prove nothing. */
type Change = readonly [part: string, other: string]

/** Places between the statements of a page where a test can make it stand still. */
const barriers: ReadonlyArray<Change> = [
  [
    '-- Following the log: pages',
    `create function barrier(point int) returns void language plpgsql as $body$
     begin
       perform pg_advisory_lock_shared('event'::regclass::oid::int, 100 + point);
       perform pg_advisory_unlock_shared('event'::regclass::oid::int, 100 + point);
     end $body$;
     -- Following the log: pages`,
  ],
  ['  unwalked := false;\n', '  unwalked := false; perform barrier(1);\n'],
  ['  base := greatest(settled, after);\n', '  perform barrier(2); base := greatest(settled, after);\n'],
  ['    holders := (select', '    perform barrier(3); holders := (select'],
  ['  if far and upto < head then\n', '  perform barrier(4); if far and upto < head then\n'],
  ['  up_to := upto;\n', '  up_to := upto; perform barrier(5);\n'],
]
/** Where a page may stand still; 0 is nowhere. */
const points: ReadonlyArray<number> = [0, 1, 2, 3, 4, 5]

/** Each writer has a tag of its own, since appends that share one take turns; the last is that of appends alone. */
const tagged = (writer: number, types: ReadonlyArray<string> = []): QueryItem => ({
  categories: [],
  types,
  tags: [`t${writer}` as string as Tag],
})

const queries: ReadonlyArray<Query> = [
  everything,
  anyOf({ types: ['A'] }),
  { _tag: 'AnyOf', items: [tagged(0), tagged(1), tagged(2), tagged(3)] },
  { _tag: 'AnyOf', items: [{ categories: [], types: ['B'], tags: [] }, tagged(1, ['A']), tagged(3, ['A'])] },
]

type Write =
  | { readonly _tag: 'alone'; readonly events: number; readonly type: string }
  | {
      readonly _tag: 'append' | 'undone'
      readonly writer: number
      readonly events: number
      readonly type: string
    }
  | { readonly _tag: 'commit' | 'rollback'; readonly writer: number }
  | { readonly _tag: 'jump'; readonly by: number }

type Step =
  | Write
  | {
      readonly _tag: 'page'
      readonly follower: number
      readonly limit: number
      readonly point: number
      readonly meanwhile: ReadonlyArray<Write>
    }
  /** Somebody begins to follow at the newest event, above whatever is in flight. */
  | { readonly _tag: 'begin'; readonly follower: number }

const writers = 3
const events = fc.integer({ min: 1, max: 3 })
const type = fc.constantFrom('A', 'B')
const writer = fc.nat(writers - 1)

const write: fc.Arbitrary<Write> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ _tag: fc.constant('alone' as const), events, type }) },
  { weight: 4, arbitrary: fc.record({ _tag: fc.constant('append' as const), writer, events, type }) },
  { weight: 1, arbitrary: fc.record({ _tag: fc.constant('undone' as const), writer, events, type }) },
  {
    weight: 3,
    arbitrary: fc.record({ _tag: fc.constantFrom('commit' as const, 'rollback' as const), writer }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ _tag: fc.constant('jump' as const), by: fc.integer({ min: 1, max: 40 }) }),
  },
)

const page = (points: ReadonlyArray<number>): fc.Arbitrary<Step> =>
  fc.record({
    _tag: fc.constant('page' as const),
    follower: fc.nat(queries.length - 1),
    limit: fc.constantFrom(1, 2, 100),
    point: fc.constantFrom(...points),
    meanwhile: fc.array(write, { maxLength: 4 }),
  })

const begin: fc.Arbitrary<Step> = fc.record({
  _tag: fc.constant('begin' as const),
  follower: fc.nat(queries.length - 1),
})

const steps = (points: ReadonlyArray<number>): fc.Arbitrary<ReadonlyArray<Step>> =>
  fc.array(
    fc.oneof(
      { weight: 6, arbitrary: write },
      { weight: 5, arbitrary: page(points) },
      { weight: 1, arbitrary: begin },
    ),
    { minLength: 4, maxLength: 24 },
  )

const alone: Write = { _tag: 'alone', events: 1, type: 'B' }
const append = (writer: number): Write => ({ _tag: 'append', writer, events: 1, type: 'A' })
const commit = (writer: number): Write => ({ _tag: 'commit', writer })
const look = (follower = 0, point = 0, meanwhile: ReadonlyArray<Write> = []): Step => ({
  _tag: 'page',
  follower,
  limit: 100,
  point,
  meanwhile,
})

/** The shortest ways to go wrong, tried before all others; chance finds them too, and takes up to a minute for some. */
const examples: Array<[ReadonlyArray<Step>]> = [
  [[append(0), alone, look(), commit(0)]],
  [[append(0), alone, look(), look(), commit(0)]],
  [[append(0), alone, look(), commit(0), append(1), alone, look(), commit(1)]],
  [[append(0), alone, { _tag: 'begin', follower: 0 }, look(), look(1), commit(0)]],
  [[look(0, 2, [append(0), alone]), commit(0)]],
]

/** A log with its writers, and the control over the barriers. */
interface World {
  readonly sql: Sql
  readonly schema: string
  readonly store: FollowedStore
  readonly writers: ReadonlyArray<ReservedSql>
  readonly control: ReservedSql
  readonly end: () => Promise<void>
}

const worldOf = async (changes: ReadonlyArray<Change>): Promise<World> => {
  const sql = connect({ max: writers + 5, connection: { lock_timeout: 10_000 } })
  const schema = newSchemaName()
  const changed = migrations.map((migration) => ({
    ...migration,
    sql:
      migration.name === 'feed'
        ? [...changes, ...barriers].reduce((text, [part, other]) => {
            expect(text).toContain(part)
            return text.replace(part, () => other)
          }, migration.sql)
        : migration.sql,
  }))
  await right(migrateTo(changed)(sql, { schema }))
  const reserved = await Promise.all(Array.from({ length: writers + 1 }, () => sql.reserve()))
  const [control, ...others] = reserved
  if (control === undefined) throw new Error('No connection to control the barriers')
  return {
    sql,
    schema,
    store: postgresStore(sql, { schema, hints: 'none' }),
    writers: others,
    control,
    end: async () => {
      for (const each of reserved) each.release()
      await sql.unsafe(`drop schema "${schema}" cascade`)
      await sql.end()
    },
  }
}

/** Runs the page; where it passes the point, the rest happens while it stands there. */
const standingAt = async <A>(
  { control, sql, schema }: World,
  point: number,
  run: () => Promise<A>,
  meanwhile: () => Promise<void>,
): Promise<A> => {
  const key = `'"${schema}".event'::regclass::oid::int, ${100 + point}`
  await control.unsafe(`select pg_advisory_lock(${key})`)
  let done = false
  const running = run().finally(() => {
    done = true
  })
  for (let waiting = false; !waiting && !done; ) {
    const found = await sql.unsafe(
      `select from pg_locks where locktype = 'advisory' and not granted
         and classid = '"${schema}".event'::regclass::oid and objid = ${100 + point}`,
    )
    waiting = found.length > 0
  }
  await meanwhile()
  await control.unsafe(`select pg_advisory_unlock(${key})`)
  return running
}

/** What the test knows of the log: which transactions are open, and whether they hold the marker. */
const runSteps = async (world: World, given: ReadonlyArray<Step>): Promise<void> => {
  const { sql, schema, writers } = world
  const own = postgresStore(sql, { schema, hints: 'none' })
  const start = await right(own.head)
  const open = new Map<number, boolean>()
  const beginningAt = (query: Query, place: GlobalPosition) => ({
    query,
    from: place,
    place,
    met: [] as ReadonlyArray<RecordedEvent>,
  })
  const followers = queries.map((query) => beginningAt(query, start))
  const eventsOf = (count: number, type: string, writer: number) =>
    Array.from({ length: count }, (_, index) =>
      event(newStream(), { type, tags: index % 2 === 0 ? [`t${writer}`] : [] }),
    )
  const finish = async (index: number, statement: string) => {
    if (!open.has(index)) return
    open.delete(index)
    await writers[index]?.unsafe(statement)
  }
  const perform = async (step: Write): Promise<void> => {
    switch (step._tag) {
      case 'alone':
        await right(world.store.append(only(...eventsOf(step.events, step.type, writers.length))))
        return
      case 'jump':
        await sql.unsafe(
          `select setval('"${schema}".event_position', nextval('"${schema}".event_position') + ${step.by})`,
        )
        return
      case 'commit':
      case 'rollback':
        return finish(step.writer, step._tag)
      case 'append':
      case 'undone': {
        const connection = writers[step.writer]
        if (connection === undefined) return
        if (!open.has(step.writer)) await connection.unsafe('begin')
        open.set(step.writer, open.get(step.writer) === true || step._tag === 'append')
        if (step._tag === 'undone') await connection.unsafe('savepoint s')
        await right(
          postgresStore(connection, { schema }).append(
            only(...eventsOf(step.events, step.type, step.writer)),
          ),
        )
        if (step._tag === 'undone') await connection.unsafe('rollback to s')
      }
    }
  }
  const visible = async (query: Query, after: GlobalPosition): Promise<ReadonlyArray<RecordedEvent>> => {
    const all = await right(own.read(everything, { after }))
    return all.events.filter(matches(query))
  }
  const turn = async (
    index: number,
    limit: number,
    step?: Step & { readonly _tag: 'page' },
  ): Promise<FeedPage> => {
    const follower = followers[index]
    if (follower === undefined) throw new Error('No such follower')
    const run = () => right(own.feed.page(follower.query, follower.place, limit))
    const meanwhile = async () => {
      for (const each of step?.meanwhile ?? []) await perform(each)
    }
    const next =
      step === undefined || step.point === 0
        ? await run()
        : await standingAt(world, step.point, run, meanwhile)
    followers[index] = { ...follower, place: next.upTo, met: [...follower.met, ...next.events] }
    return next
  }
  try {
    for (const step of given) {
      if (step._tag === 'page') await turn(step.follower, step.limit, step)
      else if (step._tag !== 'begin') await perform(step)
      else followers[step.follower] = beginningAt(queries[step.follower] ?? everything, await right(own.head))
      // Nobody is in flight: two looks reach the end, whatever gaps there are.
      if (step._tag === 'page' && ![...open.values()].includes(true)) {
        await turn(step.follower, 1_000)
        const last = await turn(step.follower, 1_000)
        expect(last).toMatchObject({ beyond: 'nothing', upTo: await right(own.head) })
      }
    }
  } finally {
    for (let index = 0; index < writers.length; index++) await finish(index, 'commit')
  }
  for (const [index, { query, from }] of followers.entries()) {
    await turn(index, 1_000)
    expect(await turn(index, 1_000)).toMatchObject({ beyond: 'nothing', upTo: await right(own.head) })
    expect(placesOf(followers[index]?.met ?? [])).toEqual(placesOf(await visible(query, from)))
  }
}

const placesOf = (events: ReadonlyArray<RecordedEvent>): ReadonlyArray<GlobalPosition> =>
  events.map(({ position }) => position)

const property = (world: () => World, standing: ReadonlyArray<number>) =>
  fc.asyncProperty(steps(standing), async (given) => {
    await runSteps(world(), given)
  })

describe('whatever the interleaving', () => {
  let world: World
  beforeAll(async () => {
    world = await worldOf([])
  })
  afterAll(() => world.end())

  test('followers meet the log as it is in the end, once and in order', { timeout: 120_000 }, async () => {
    await fc.assert(
      property(() => world, points),
      { seed, numRuns: 100, examples },
    )
  })
})

describe('the property finds out', () => {
  const holdersFirst: ReadonlyArray<Change> = [
    [
      '  head := coalesce((',
      '  early := (select array_agg(l.virtualtransaction) from in_flight() l where not l.own); head := coalesce((',
    ],
    ['  base bigint;', '  base bigint; early text[];'],
    [
      '    holders := (select array_agg(l.virtualtransaction) from in_flight() l where not l.own);',
      '    holders := (select early);',
    ],
  ]
  /** As `holdersFirst` with time between the two, which is where the other appends come in. */
  const holdersLongBefore: ReadonlyArray<Change> = [
    ...holdersFirst,
    [' head := coalesce((', ' perform barrier(2); head := coalesce(('],
  ]

  test.each<[string, ReadonlyArray<Change>, number?]>([
    ['a feed of whatever is visible above the checkpoint', [['if holders is null then', 'if true then']]],
    ['holders that were read before the head', holdersLongBefore, 2],
    [
      'a mark that is settled at the next look, whoever still holds the marker',
      [
        [
          'if exists (select from in_flight() l where l.virtualtransaction = any (known_holders) or l.prepared)',
          'if false',
        ],
      ],
    ],
    ['a mark that settles the newest head', [['settled := known_mark;', 'settled := head;']]],
    ['a walk that does not stop at gaps', [['exit when next <> reached + 1;', '']]],
    [
      'a page whose reach passes for settled from the beginning',
      [['  if after <= settled then\n    settled', '  if true then\n    settled']],
    ],
  ])('%s', { timeout: 120_000 }, async (_name, changes, point = 0) => {
    const world = await worldOf(changes)
    const details = await fc.check(
      property(() => world, [point]),
      { seed, numRuns: 400, endOnFailure: true, examples },
    )
    await world.end()
    expect(details.failed).toBe(true)
    // What it failed of is an expectation of the property, not a crash on the way.
    expect(details.errorInstance).toMatchObject({ name: 'AssertionError' })
  })
})
