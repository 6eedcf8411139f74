/** The figures to watch: that they count what is there, of this log and of no other, and who may see how much. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate, postgresStore, type Vitals, vitals } from '../../../src/adapters/postgres/index.js'
import { anyOf } from '../../../src/store/index.js'
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
  log = await install({ max: 12 })
})
afterAll(() => log.end())

const signs = (): Promise<Vitals> => right(vitals(log.sql, { schema: log.schema }))

/** Asked again until it is so: another session has to get where it is going. */
const until = async (reached: (signs: Vitals) => boolean): Promise<Vitals> => {
  const found = await signs()
  if (reached(found)) return found
  await sleep(5)
  return until(reached)
}

test('a log that was just installed', async () => {
  const schema = newSchemaName()
  await right(migrate(log.sql, { schema }))
  const found = await right(vitals(log.sql, { schema }))
  expect(found).toEqual({
    head: 0n,
    events: 0n,
    bytes: found.bytes,
    appendsInFlight: 0,
    oldestAppendInFlightMs: undefined,
    appendsOfUnknownAge: 0,
    waitingForLocks: 0,
  })
  expect(found.bytes).toBeGreaterThan(0n)
  await log.sql.unsafe(`drop schema "${schema}" cascade`)
})

test('counts events before the first analyze by their positions, and after it by the size of the table', async () => {
  const own = await install()
  const many = (count: number) => only(...Array.from({ length: count }, () => event(newStream())))
  await right(own.store.append(many(1_000)))
  expect(await right(vitals(own.sql, { schema: own.schema }))).toMatchObject({ head: 1_000n, events: 1_000n })
  await own.sql.unsafe(`analyze "${own.schema}".event`)
  await right(own.store.append(many(1_000)))
  const { head, events } = await right(vitals(own.sql, { schema: own.schema }))
  expect(head).toBe(2_000n)
  expect(events).toBeGreaterThan(1_800n)
  expect(events).toBeLessThanOrEqual(2_000n)
  await own.end()
})

test('shows the age of a transaction that appended and idles, and who waits for it, and no other log’s', async () => {
  const other = await install()
  const [stream, tag] = [newStream(), randomUUID()]
  await log.sql.begin(async (transaction) => {
    const inside = postgresStore(transaction, { schema: log.schema })
    await right(inside.append(only(event(stream, { tags: [tag] }))))
    await sleep(60)
    const idle = await signs()
    expect(idle).toMatchObject({ appendsInFlight: 1, appendsOfUnknownAge: 0, waitingForLocks: 0 })
    expect(idle.oldestAppendInFlightMs).toBeGreaterThanOrEqual(50)
    expect(idle.oldestAppendInFlightMs).toBeLessThan(30_000)

    // One waits for the stream, one for the tag and holds a stream of its own, and one waits for that stream.
    const own = newStream()
    const alone = postgresStore(log.sql, { schema: log.schema, batching: false })
    const first = [alone.append(only(event(stream)))(), alone.append(only(event(own, { tags: [tag] })))()]
    await until(({ waitingForLocks }) => waitingForLocks === 2)
    const [before] = await log.sql.unsafe(
      "select count(*)::int as held from pg_locks where locktype = 'advisory' and not granted",
    )
    expect(before?.['held']).toBeGreaterThanOrEqual(2)
    // An append under a condition on a type alone waits for the marker.
    const condition = { failIfEventsMatch: anyOf({ types: [randomUUID()] }) }
    const lone = alone.append({ ...only(event(newStream())), condition })()
    expect(await until(({ waitingForLocks }) => waitingForLocks === 3)).toMatchObject({ appendsInFlight: 1 })
    expect(await right(vitals(other.sql, { schema: other.schema }))).toMatchObject({
      appendsInFlight: 0,
      oldestAppendInFlightMs: undefined,
      waitingForLocks: 0,
    })
    waiting = [...first, lone]
  })
  await Promise.all(waiting)
  expect(await signs()).toMatchObject({
    appendsInFlight: 0,
    oldestAppendInFlightMs: undefined,
    waitingForLocks: 0,
  })
  await other.end()
})

let waiting: ReadonlyArray<Promise<unknown>> = []

test('a stranger who waits for an advisory lock of his own is not counted', async () => {
  const strangers = connect({ max: 2 })
  await strangers.begin(async (holder) => {
    await holder`select pg_advisory_xact_lock(4711)`
    const waits = strangers.begin((waiter) => waiter`select pg_advisory_xact_lock(4711)`)
    for (let found = 0; found === 0; ) {
      const [row] = await log.sql`
        select count(*)::int as n from pg_locks where locktype = 'advisory' and objid = 4711 and not granted`
      found = Number(row?.['n'])
    }
    expect(await signs()).toMatchObject({ appendsInFlight: 0, waitingForLocks: 0 })
    await holder`select 1`
    waiting = [waits]
  })
  await Promise.all(waiting)
  await strangers.end()
})

test('the age is hidden from an owner without the right to see it, and shown to one who has it', async () => {
  const schema = newSchemaName()
  const owner = `owner_${randomUUID().replaceAll('-', '')}`
  await log.sql.unsafe(`create role ${owner}; create schema "${schema}" authorization ${owner}`)
  const owning = connect({ max: 1, connection: { role: owner } })
  try {
    await right(migrate(owning, { schema }))
    await log.sql.begin(async (transaction) => {
      await right(postgresStore(transaction, { schema }).append(only(event(newStream()))))
      const hidden = { appendsInFlight: 1, appendsOfUnknownAge: 1, oldestAppendInFlightMs: undefined }
      expect(await right(vitals(owning, { schema }))).toMatchObject(hidden)
      await log.sql.unsafe(`grant pg_read_all_stats to ${owner}`)
      const shown = await right(vitals(owning, { schema }))
      expect(shown).toMatchObject({ appendsInFlight: 1, appendsOfUnknownAge: 0 })
      expect(shown.oldestAppendInFlightMs).toBeTypeOf('number')
    })
  } finally {
    await owning.end()
    await log.sql.unsafe(`drop owned by ${owner} cascade; drop role ${owner}`)
  }
})

test('a schema without the function says what to do, and a name that cannot be is refused', async () => {
  expect(await left(vitals(log.sql, { schema: newSchemaName() }))).toMatchObject({
    _tag: 'Unavailable',
    reason: expect.stringContaining('run migrate'),
  })
  expect(await left(vitals(log.sql, { schema: '' }))).toMatchObject({ _tag: 'InvalidInput' })
})
