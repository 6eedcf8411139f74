/**
 * Snapshots on PostgreSQL, beyond the conformance suite: how many statements there are and what travels, what hostile
 * rows do, and that a transaction of the caller's is left alone.
 */
import { memoryStore } from 'decider-ts/adapters/memory'
import { postgresStore } from 'decider-ts/adapters/postgres'
import { handle, immediately, type SnapshotFailure, type Snapshots, systemEnvironment } from 'decider-ts/run'
import fc from 'fast-check'
import { either as E, function as F, option as O, taskEither as TE } from 'fp-ts'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appendTo, eventsFrom } from '../../../src/harness/conformance/Samples.js'
import { version } from '../../../src/store/index.js'
import { seed } from '../../properties/Law.js'
import { arbitraryCommand, Till, type TillCommand } from '../../properties/run/Till.js'
import { connect, type Installed, install, newStream, right } from './support.js'

let log: Installed
beforeAll(async () => {
  log = await install()
})
afterAll(() => log.end())

let tills = 0
const newTill = (): string => `t${++tills}`

const put = (till: string): TillCommand => ({ type: 'Put', till, amount: 5 }) as TillCommand
const takeTooMuch = (till: string): TillCommand => ({ type: 'Take', till, amount: 1_000_000 }) as TillCommand

/** A store whose statements are counted, and whose saves can be waited for. */
const watched = (sql: Sql = log.sql) => {
  const statements: Array<string> = []
  const failures: Array<SnapshotFailure> = []
  const saves: Array<Promise<unknown>> = []
  let bytes = 0
  const counting = {
    unsafe: (statement: string, parameters: Array<string | null>, options: { readonly prepare: boolean }) => {
      statements.push(
        statement.includes('newest_snapshot') ? 'load' : (/\.(\w+)\(/.exec(statement)?.[1] ?? statement),
      )
      return {
        raw: async () => {
          const rows = await sql.unsafe(statement, parameters, options).raw()
          for (const row of rows) for (const column of row) bytes += column?.length ?? 0
          return rows
        },
      }
    },
  }
  const store = postgresStore(counting, { schema: log.schema })
  const snapshots: Snapshots = {
    ...store.snapshots,
    save: (stream, snapshot) => () => {
      const save = store.snapshots.save(stream, snapshot)()
      saves.push(save)
      return save
    },
  }
  const environment = { ...systemEnvironment, sleep: () => async () => undefined }
  const onFailure = (failure: SnapshotFailure) => failures.push(failure)
  const options = (every: number) => ({
    retry: immediately(5),
    environment,
    snapshots: { in: snapshots, every, onFailure },
  })
  const started = (every = 4) => handle(store, Till, options(every))
  /** The answers come before the saves, so each turn may begin another one. */
  const settle = async () => {
    for (let seen = -1; seen !== saves.length; ) {
      seen = saves.length
      await new Promise((done) => setImmediate(done))
      await Promise.all(saves)
    }
  }
  return { store, statements, failures, started, settle, bytes: () => bytes }
}

/** A till with as many events, and a snapshot of the newest of them. */
const withSnapshot = async (count: number) => {
  const till = newTill()
  const { started, settle, failures } = watched()
  const run = started(count)
  for (let n = 0; n < count; n++) await run(put(till))()
  await settle()
  expect(failures).toEqual([])
  return till
}

const rowOf = async (till: string) => {
  const rows = await log.sql`
    select version::int, state, fold from ${log.sql.unsafe(`"${log.schema}".snapshot`)} where stream = ${`till-${till}`}`
  return rows.map(({ version: at, state, fold }) => ({ at, state, fold }))
}

describe('statements', () => {
  test('a stream that is not remembered is read in one statement, from its snapshot on', async () => {
    const till = await withSnapshot(4)
    expect(await rowOf(till)).toEqual([{ at: 4, state: 20, fold: 'till' }])
    const { started, statements } = watched()
    expect(await started()(takeTooMuch(till))()).toMatchObject({ left: { rejection: { missing: 999_980 } } })
    expect(statements).toEqual(['load'])
    expect(await started()(put(till))()).toMatchObject({ right: { decidedIn: 20 } })
    expect(statements).toEqual(['load', 'load', 'append'])
  })

  test('so it is where there is no snapshot', async () => {
    const { started, statements } = watched()
    await started()(put(newTill()))()
    expect(statements).toEqual(['load', 'append'])
  })

  test('a save is one statement, after the answer', async () => {
    const { started, statements, settle } = watched()
    const run = started(2)
    const till = newTill()
    await run(put(till))()
    await run(put(till))()
    await run(put(till))()
    await settle()
    expect(statements.toSorted()).toEqual([...Array(3).fill('append'), 'load', 'save_snapshot'])
  })

  test('a large state travels once, however long the tail is', async () => {
    const stream = newStream()
    const { store, bytes } = watched()
    const key = { fold: 'large', fingerprint: '' }
    const events = eventsFrom(1, 200, stream).map((each) => ({ ...each, id: systemEnvironment.newEventId() }))
    await right(store.append(appendTo(stream, events)))
    const state = 'x'.repeat(2_000_000)
    await right(store.snapshots.save(stream, { of: key, version: version(10), state }))
    const { snapshot, tail } = await right(store.snapshots.load(stream, key))
    expect([O.isSome(snapshot) && snapshot.value.state === state, tail.events.length]).toEqual([true, 190])
    expect(bytes()).toBeLessThan(2_500_000)
  })
})

describe('what a row may hold', () => {
  const spoiled = async (change: (till: string) => Promise<unknown>) => {
    const till = await withSnapshot(4)
    await change(till)
    const { started, failures, statements, settle } = watched()
    expect(await started()(put(till))()).toMatchObject({ right: { decidedIn: 20 } })
    await settle()
    return { till, failures, statements: statements.slice(0, 2) }
  }
  const table = () => log.sql.unsafe(`"${log.schema}".snapshot`)
  const streamOf = (till: string) => `till-${till}`

  test.each(['"twenty"', 'null', '{}', '[20]'])('the state %s: the whole stream is read', async (state) => {
    const { till, failures, statements } = await spoiled((each) =>
      log.sql.unsafe(
        `update "${log.schema}".snapshot set state = '${state}' where stream = '${streamOf(each)}'`,
      ),
    )
    expect(failures).toMatchObject([{ _tag: 'SnapshotNotUsable', version: 4n }])
    expect(statements).toEqual(['load', 'read_streams'])
    expect(await rowOf(till), 'and the next snapshot takes its place').toMatchObject([{ at: 5, state: 25 }])
  })

  test.each([-1, 0, 3, 5, 999])(
    'the version %i: another event, or none, so it is no snapshot',
    async (at) => {
      const { till, failures, statements } = await spoiled(
        (each) => log.sql`update ${table()} set version = ${at} where stream = ${streamOf(each)}`,
      )
      expect(failures).toEqual([])
      expect(statements).toEqual(['load', 'append'])
      expect(await rowOf(till), 'and the next snapshot takes its place').toMatchObject([{ at: 5, state: 25 }])
    },
  )

  test('a snapshot of another history, as after copying a log without it', async () => {
    const { failures, statements } = await spoiled(
      (each) => log.sql`update ${table()} set event_id = gen_random_uuid() where stream = ${streamOf(each)}`,
    )
    expect([failures, statements]).toEqual([[], ['load', 'append']])
  })

  test('no rows at all', async () => {
    const { failures } = await spoiled(
      (each) => log.sql`delete from ${table()} where stream = ${streamOf(each)}`,
    )
    expect(failures).toEqual([])
  })
})

describe('a transaction of the caller’s', () => {
  test('is read in from snapshots, and never saved in', async () => {
    const till = await withSnapshot(4)
    const answer = await log.sql.begin(async (transaction) => {
      const store = postgresStore(transaction, { schema: log.schema })
      const run = handle(store, Till, { snapshots: { in: store.snapshots, every: 1 } })
      const first = await run(put(till))()
      await new Promise((done) => setImmediate(done))
      return [first, await run(put(till))()]
    })
    expect(answer).toMatchObject([{ right: { decidedIn: 20 } }, { right: { decidedIn: 25 } }])
    expect(await rowOf(till)).toMatchObject([{ at: 4 }])
  })
})

describe('where snapshots cannot be had', () => {
  test('commands go on, and the listener is told', async () => {
    const other = await install()
    await other.sql.unsafe(`drop table "${other.schema}".snapshot`)
    const failures: Array<string> = []
    const run = handle(other.store, Till, {
      statesMax: 0,
      snapshots: {
        in: postgresStore(other.sql, { schema: other.schema }).snapshots,
        every: 1,
        onFailure: ({ _tag }) => failures.push(_tag),
      },
    })
    for (const decidedIn of [0, 5, 10]) expect(await run(put('x'))()).toMatchObject({ right: { decidedIn } })
    expect(failures.filter((tag) => tag === 'SnapshotsNotRead')).toHaveLength(3)
    await other.end()
  })

  test('a wrong schema name is an answer', async () => {
    const { snapshots } = postgresStore(log.sql, { schema: '' })
    const of = { fold: 'f', fingerprint: '' }
    const stream = newStream()
    expect(await snapshots.load(stream, of)()).toMatchObject({ left: { _tag: 'InvalidInput' } })
    expect(await snapshots.save(stream, { of, version: version(1), state: 0 })()).toMatchObject({
      left: { _tag: 'InvalidInput' },
    })
  })

  test('a pool that was ended refuses, and throws nothing', async () => {
    const sql = connect()
    await sql.end()
    const { snapshots } = postgresStore(sql, { schema: log.schema })
    const save = snapshots.save(newStream(), {
      of: { fold: 'f', fingerprint: '' },
      version: version(1),
      state: 0,
    })
    expect(await save()).toMatchObject({ left: { _tag: 'Unavailable' } })
  })
})

test('processes with snapshots answer as one without', async () => {
  const step = fc.record({ command: arbitraryCommand(), isNewProcess: fc.boolean(), isSettled: fc.boolean() })
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 5 }),
    fc.array(step, { minLength: 5, maxLength: 25, size: 'max' }),
    async (every, steps) => {
      const names = { a: newTill(), b: newTill() }
      const { started, settle } = watched()
      const plain = handle(memoryStore(), Till)
      let run = started(every)
      for (const { command, isNewProcess, isSettled } of steps) {
        if (isNewProcess) run = started(every)
        const own = { ...command, till: names[command.till as 'a' | 'b'] } as TillCommand
        const told = F.pipe(
          run(own),
          TE.map(({ events, decidedIn }) => ({ events: events.length, decidedIn })),
        )
        const expected = F.pipe(
          plain(own),
          TE.map(({ events, decidedIn }) => ({ events: events.length, decidedIn })),
        )
        expect(await told()).toEqual(await expected())
        if (isSettled) await settle()
      }
      await settle()
    },
  )
  const details = await fc.check(property, { seed, numRuns: 15 })
  expect(details.failed, fc.stringify(details.counterexample)).toBe(false)
  expect(E.isRight(await log.store.head())).toBe(true)
})
