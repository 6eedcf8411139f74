/**
 * Many writers at once: races with one winner, and a run of everything together after which the log is checked. The
 * checks are trusted because wrong versions of the SQL, one for each part of the protocol, are refused by them.
 */
import { randomUUID } from 'node:crypto'
import { either as E } from 'fp-ts'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresStore } from '../../../src/adapters/postgres/index.js'
import { migrateTo } from '../../../src/adapters/postgres/Migrate.js'
import { migrations } from '../../../src/adapters/postgres/Migrations.generated.js'
import {
  type Append,
  type AppendError,
  anyOf,
  anyVersion,
  type EventStore,
  everything,
  exactly,
  noStream,
  type Query,
  type RecordedEvent,
  streamIdFrom,
  type Tag,
  toStream,
} from '../../../src/store/index.js'
import { type Guarded, noViolations, type Violations, violationsOf } from './LogChecker.js'
import {
  connect,
  event,
  type Installed,
  install,
  left,
  newSchemaName,
  newStream,
  only,
  right,
  sleep,
} from './support.js'

let log: Installed

beforeAll(async () => {
  log = await install({ max: 16 })
})
afterAll(() => log.end())

const racers = <A>(count: number, run: (index: number) => Promise<A>): Promise<ReadonlyArray<A>> =>
  Promise.all(Array.from({ length: count }, (_, index) => run(index)))

const outcome = (result: E.Either<AppendError, unknown>): string =>
  E.isRight(result) ? 'appended' : result.left._tag

const tagged = (...tags: ReadonlyArray<string>): Query => anyOf({ tags: tags as ReadonlyArray<Tag> })

describe('races', () => {
  test.each([8, 10])('of %i writers who expect the same version, one wins', async (count) => {
    for (let round = 0; round < 10; round++) {
      const stream = newStream()
      const outcomes = await racers(count, async () =>
        outcome(await log.store.append(toStream(stream, noStream)([event(stream)]))()),
      )
      expect(outcomes.filter((one) => one === 'appended')).toHaveLength(1)
      expect(outcomes.filter((one) => one === 'VersionConflict')).toHaveLength(count - 1)
    }
  })

  test.each([8, 10])('of %i writers to streams of their own who share a tag, one wins', async (count) => {
    for (let round = 0; round < 10; round++) {
      const tag = randomUUID()
      const condition = { failIfEventsMatch: tagged(tag) }
      const outcomes = await racers(count, async () =>
        outcome(await log.store.append({ ...only(event(newStream(), { tags: [tag] })), condition })()),
      )
      expect(outcomes.filter((one) => one === 'appended')).toHaveLength(1)
      expect(outcomes.filter((one) => one === 'ConditionConflict')).toHaveLength(count - 1)
    }
  })

  test.each([
    ['types alone', (type: string): Query => anyOf({ types: [type] })],
    ['everything', (): Query => everything],
  ])('of 8 writers whose condition is on %s, one wins', async (_name, queryOf) => {
    for (let round = 0; round < 5; round++) {
      const type = randomUUID()
      const query = queryOf(type)
      const { token } = await right(log.store.read(query))
      const condition = { failIfEventsMatch: query, after: token }
      const outcomes = await racers(8, async () =>
        outcome(await log.store.append({ ...only(event(newStream(), { type })), condition })()),
      )
      expect(outcomes.filter((one) => one === 'appended')).toHaveLength(1)
    }
  })

  test('of 12 writers to one new stream who expect nothing, all win, at versions 1 to 12', async () => {
    const stream = newStream()
    const outcomes = await racers(12, (index) =>
      right(
        log.store.append(
          index % 2 === 0 ? only(event(stream)) : toStream(stream, anyVersion)([event(stream)]),
        ),
      ),
    )
    const versions = outcomes.map(({ streams }) => Number(streams[0]?.version)).sort((a, b) => a - b)
    expect(versions).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
  })

  test('of 8 copies of one append, one writes and the others are told what it wrote', async () => {
    for (let round = 0; round < 10; round++) {
      const stream = newStream()
      const append = toStream(stream, noStream)([event(stream), event(stream)])
      const answers = await racers(8, () => right(log.store.append(append)))
      expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1)
      expect(new Set(answers.map(({ lastPosition }) => lastPosition)).size).toBe(1)
      expect((await right(log.store.readStream(stream))).version).toBe(2n)
    }
  })

  test('of 8 writers to streams of their own with one event id, one wins and the others learn that it is taken', async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = event(newStream())
      const outcomes = await racers(8, async () =>
        outcome(await log.store.append(only({ ...event(newStream()), id }))()),
      )
      expect(outcomes.filter((one) => one === 'appended')).toHaveLength(1)
      expect(outcomes.filter((one) => one === 'DuplicateEventId')).toHaveLength(7)
    }
  })

  test('a stream that is expected and not written cannot move before the append is recorded', async () => {
    const [limit, account] = [newStream(), newStream()]
    await right(log.store.append(only(event(limit))))
    const guarded: Append = { events: [event(account)], expected: [{ stream: limit, version: exactly(1) }] }
    await log.sql.begin(async (transaction) => {
      await right(postgresStore(transaction, { schema: log.schema }).append(guarded))
      const mover = log.store.append(only(event(limit)))()
      await sleep(50)
      expect((await right(log.store.readStream(limit))).version).toBe(1n)
      void mover
    })
    expect(await left(log.store.append({ ...guarded, events: [event(account)] }))).toMatchObject({
      _tag: 'VersionConflict',
      stream: limit,
      actual: 2n,
    })
  })
})

/** Whoever was refused has used no position: what fails, fails before positions are drawn. */
test('an append that fails leaves no gap', async () => {
  const own = await install()
  const stream = newStream()
  await right(own.store.append(toStream(stream, noStream)([event(stream)])))
  await left(own.store.append(toStream(stream, noStream)([event(stream)])))
  await left(own.store.append({ ...only(event(stream)), condition: { failIfEventsMatch: everything } }))
  expect((await right(own.store.append(only(event(stream))))).lastPosition).toBe(2n)
  await own.end()
})

/** The SQL of the log with one part changed; the part must be there, or the change would prove nothing. */
type Change = readonly [part: string, other: string]

const installChanged = async (
  sql: Sql,
  changes: ReadonlyArray<Change>,
): Promise<{ schema: string; store: EventStore }> => {
  const changed = changes.reduce<typeof migrations>((all, [part, other]) => {
    expect(all.filter(({ sql }) => sql.includes(part))).not.toEqual([])
    return all.map((migration) => ({ ...migration, sql: migration.sql.replaceAll(part, other) }))
  }, migrations)
  const schema = newSchemaName()
  await right(migrateTo(changed)(sql, { schema }))
  return { schema, store: postgresStore(sql, { schema }) }
}

/** Time between drawing positions and the end of the append: the window in which others must not go wrong. */
const slow: Change = [
  "moment := date_trunc('milliseconds', clock_timestamp());",
  "perform pg_sleep(random() * 0.004); moment := date_trunc('milliseconds', clock_timestamp());",
]

/** The same for an append to one stream, which draws positions in the statement that records its events. */
const slowToStream: Change = [
  'versions := array[given];',
  'versions := array[given]; perform pg_sleep(random() * 0.004);',
]

/** Time between the checks and drawing positions. */
const hesitant: Change = [
  '-- Only now are positions drawn, so an append that fails leaves no gap.',
  'perform pg_sleep(random() * 0.004);',
]

const pick = <A>(from: ReadonlyArray<A>): A => {
  const one = from[Math.floor(Math.random() * from.length)]
  if (one === undefined) throw new Error('Nothing to pick from')
  return one
}

const chance = (probability: number): boolean => Math.random() < probability

const hotStreams = ['s1', 's2', 's3', 's4'].map(streamIdFrom)
const hotTypes = ['A', 'B', 'C']

/** What the writers do. */
interface Mix {
  /** How often a query names types alone. */
  readonly typesAlone: number
  /** How many tags there are: the fewer, the more often writers meet. */
  readonly tags: number
  /** How often an append is one event without tags. */
  readonly untagged?: number
}

const anyEvent = ({ tags }: Mix) =>
  event(chance(0.5) ? pick(hotStreams) : newStream(), {
    type: pick(hotTypes),
    tags: Array.from({ length: tags }, (_, index) => `t${index}`).filter(() => chance(1.5 / tags)),
  })

const anyQuery = ({ typesAlone, tags }: Mix): Query => {
  const tag = () => `t${Math.floor(Math.random() * tags)}` as string as Tag
  const item = () =>
    chance(typesAlone)
      ? { types: [pick(hotTypes)] }
      : {
          tags: [tag(), ...(chance(0.3) ? [tag()] : [])],
          ...(chance(0.4) ? { types: [pick(hotTypes)] } : {}),
        }
  return chance(0.4) ? anyOf(item(), item()) : anyOf(item())
}

type Decided = Append & Pick<Guarded, 'seen'>

/** One decision as writers make them: unconditional, on a version that was read, or on a query that was read. */
const decide = async (store: EventStore, mix: Mix): Promise<Decided> => {
  if (chance(mix.untagged ?? 0.15)) {
    const one = { ...anyEvent(mix), tags: [] }
    if (chance(0.5)) return only(one)
    const { version } = await right(store.readStream(one.stream, { limit: 1, direction: 'backward' }))
    return toStream(one.stream, version === 0n ? noStream : exactly(version))([one])
  }
  const events = Array.from({ length: chance(0.3) ? 3 : 1 }, () => anyEvent(mix))
  if (chance(0.15)) return only(...events)
  if (chance(0.25)) {
    const stream = pick(hotStreams)
    const { version } = await right(store.readStream(stream, { limit: 1, direction: 'backward' }))
    return toStream(stream, exactly(version))([{ ...anyEvent(mix), stream }, ...events])
  }
  const query = anyQuery(mix)
  const slice = await right(store.read(query))
  const seen = new Set(slice.events.map(({ id }) => id))
  return { ...only(...events), condition: { failIfEventsMatch: query, after: slice.token }, seen }
}

/** Some appends run in a transaction that stays open for a while, and some of those are rolled back. */
const attempt = async (sql: Sql, schema: string, store: EventStore, append: Append): Promise<boolean> => {
  if (!chance(0.15)) return E.isRight(await store.append(append)())
  const rollback = chance(0.4)
  let recorded = false
  await sql
    .begin(async (transaction) => {
      recorded = E.isRight(await postgresStore(transaction, { schema }).append(append)())
      await sleep(Math.random() * 12)
      if (rollback) throw new Error('rolled back')
    })
    .catch(() => {
      recorded = false
    })
  return recorded
}

interface Outcome {
  readonly events: ReadonlyArray<RecordedEvent>
  readonly violations: Violations
  readonly acknowledged: number
  readonly refused: number
}

const stress = async (changes: ReadonlyArray<Change>, mix: Mix, milliseconds: number): Promise<Outcome> => {
  const sql = connect({ max: 16 })
  const { schema, store } = await installChanged(sql, changes)
  const acknowledged: Array<Guarded> = []
  let refused = 0
  const deadline = Date.now() + milliseconds
  await racers(12, async () => {
    while (Date.now() < deadline) {
      const append = await decide(store, mix)
      if (await attempt(sql, schema, store, append)) acknowledged.push(append)
      else refused += 1
    }
  })
  const { events } = await right(store.read(everything))
  await sql.unsafe(`drop schema "${schema}" cascade`)
  await sql.end()
  return {
    events,
    violations: violationsOf(events, acknowledged),
    acknowledged: acknowledged.length,
    refused,
  }
}

describe('a run of everything at once', () => {
  test.each<[string, ReadonlyArray<Change>, Mix]>([
    ['as it is', [], { typesAlone: 0.1, tags: 5 }],
    ['with slow appends', [slow, slowToStream, hesitant], { typesAlone: 0.1, tags: 5 }],
    ['with slow appends and many tags', [slow, slowToStream], { typesAlone: 0, tags: 15 }],
    ['with slow appends and queries by types alone', [slow, slowToStream], { typesAlone: 0.6, tags: 5 }],
  ])('%s leaves a log without violations', async (_name, changes, mix) => {
    const { violations, acknowledged, refused } = await stress(changes, mix, 2_500)
    expect(violations).toEqual(noViolations)
    expect(acknowledged).toBeGreaterThan(50)
    expect(refused).toBeGreaterThan(5)
  })

  const withoutKeys: Change = ['perform pg_advisory_xact_lock(key) from unnest(lock_keys) as key;', '']
  const toStreamWithoutMarker: Change = [
    "if pg_advisory_xact_lock_shared('event'::regclass::oid::int, 1) is null then return; end if;",
    '',
  ]
  const withoutWaiting: Change = ['if appending is null then', 'if true then']
  const globalHead: Change = [
    'case when i.anchor is null then head else coalesce(',
    'case when true then head() else coalesce(',
  ]
  const sharedAlways: Change = ['  if alone then', '  if false then']
  const keepsSnapshot: Change = [
    'language plpgsql volatile security definer',
    'language plpgsql stable security definer',
  ]

  test.each<[string, ReadonlyArray<Change>, Mix]>([
    ['appends that take no keys', [withoutKeys, hesitant], { typesAlone: 0, tags: 5 }],
    [
      'appends to one stream that no read by types alone can wait for',
      [toStreamWithoutMarker, slowToStream],
      { typesAlone: 0.8, tags: 15, untagged: 0.8 },
    ],
    ['reads by types alone that do not wait', [withoutWaiting, slow], { typesAlone: 0.8, tags: 15 }],
    ['tokens that are the head of the log', [globalHead, slow], { typesAlone: 0, tags: 15 }],
    ['conditions on types alone that do not exclude', [sharedAlways, hesitant], { typesAlone: 0.8, tags: 5 }],
  ])('finds out %s', { timeout: 60_000 }, async (_name, changes, mix) => {
    let found = 0
    for (let round = 0; round < 8 && found === 0; round++) {
      const { violations } = await stress(changes, mix, 2_500)
      found = violations.streams + violations.conditions
    }
    expect(found).toBeGreaterThan(0)
  })

  test('finds out a function that checks in the snapshot from before its locks', async () => {
    // A stable function may not write, so this wrong version cannot even be tried: the server refuses it.
    const sql = connect()
    const { schema, store } = await installChanged(sql, [keepsSnapshot])
    expect((await left(store.append(only(event(newStream())))))._tag).toBe('Unavailable')
    await sql.unsafe(`drop schema "${schema}" cascade`)
    await sql.end()
  })
})

/** A tag that everyone's appends in the tests below may carry. */
const other = 'other' as string as Tag

describe('reading while appends are in flight', () => {
  test.each([
    ['a tag', (name: string): Query => tagged(name)],
    [
      'a tag, with a limit',
      (name: string): Query => anyOf({ tags: [name as string as Tag] }, { tags: [other] }),
    ],
  ])('the token of a read by %s does not cover an event that is still to come', async (_name, queryOf) => {
    const tag = randomUUID()
    const query = queryOf(tag)
    let decided: Append = only()
    await log.sql.begin(async (transaction) => {
      const early = only(event(newStream(), { tags: [tag] }))
      await right(postgresStore(transaction, { schema: log.schema }).append(early))
      await right(log.store.append(only(event(newStream(), { tags: [other] }))))
      const { token } = await right(log.store.read(query, { limit: 1 }))
      decided = { ...only(event(newStream())), condition: { failIfEventsMatch: query, after: token } }
    })
    expect((await left(log.store.append(decided)))._tag).toBe('ConditionConflict')
  })

  test('waits for an append that may still put an event below what it returns', async () => {
    const type = randomUUID()
    let finished = false
    let read: Promise<ReadonlyArray<RecordedEvent>> = Promise.resolve([])
    await log.sql.begin(async (transaction) => {
      const early = await right(
        postgresStore(transaction, { schema: log.schema }).append(only(event(newStream(), { type }))),
      )
      const late = await right(log.store.append(only(event(newStream(), { type }))))
      expect(late.lastPosition).toBeGreaterThan(early.lastPosition)
      read = right(log.store.read(anyOf({ types: [type] }))).then(({ events }) => {
        expect(finished).toBe(true)
        return events
      })
      await sleep(100)
      finished = true
    })
    expect(await read).toHaveLength(2)
  })

  test('does not wait for a stranger who writes something else, nor for one who began to append later', async () => {
    const type = randomUUID()
    await right(log.store.append(only(event(newStream(), { type }))))
    await log.sql.unsafe(`create table "${log.schema}".stranger (id int)`)
    await log.sql.begin(async (transaction) => {
      await transaction.unsafe(`insert into "${log.schema}".stranger values (1)`)
      const began = Date.now()
      expect((await right(log.store.read(anyOf({ types: [type] })))).events).toHaveLength(1)
      expect(Date.now() - began).toBeLessThan(1_000)
    })
  })

  test('two transactions that appended and then read by types alone do not wait for each other for ever', async () => {
    const outcomes: Array<string> = []
    const impatient = connect({ connection: { deadlock_timeout: '100ms' } })
    await racers(2, () =>
      impatient
        .begin(async (transaction) => {
          const store = postgresStore(transaction, { schema: log.schema })
          await right(store.append(only(event(newStream()))))
          await sleep(50)
          const result = await store.read(anyOf({ types: ['Deposited'] }))()
          outcomes.push(E.isRight(result) ? 'read' : result.left._tag)
        })
        .catch((error: { code?: string }) => expect(error.code).toBe('55P03')),
    )
    expect(outcomes).toContain('Busy')
    await impatient.end()
  })
})
