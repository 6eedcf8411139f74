/** The decision journal on Postgres: what the conformance suite cannot ask, because it is about statements and tables. */
import { handle, replayDecisions } from 'decider-ts/run'
import { either as E } from 'fp-ts'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresStore } from '../../../src/adapters/postgres/index.js'
import { type Append, type DecisionToRecord, exactly, type StreamId } from '../../../src/store/index.js'
import { TaggedTill, Till, type TillCommand } from '../../properties/run/Till.js'
import {
  connect,
  databaseUrl,
  event,
  type Installed,
  install,
  left,
  newStream,
  only,
  proxyTo,
  right,
} from './support.js'

let installed: Installed

beforeAll(async () => {
  installed = await install()
})

afterAll(() => installed.end())

let last = 0
const newId = (): string => `command ${++last}`

const decision = (commandId: string, more: Partial<DecisionToRecord> = {}): DecisionToRecord => ({
  commandId,
  handler: 'test',
  seen: '0',
  outcome: 'accepted',
  events: 1,
  ...more,
})

const deciding = (commandId: string, stream: StreamId): Append => ({
  ...only(event(stream)),
  decisions: [decision(commandId)],
})

const rejecting = (commandId: string, stream: StreamId, version: number): Append => ({
  events: [],
  expected: [{ stream, version: exactly(version) }],
  decisions: [decision(commandId, { events: 0, outcome: 'rejected', rejection: { type: 'No' } })],
})

/** A connection that notes the statements that it is given. */
const counting = (sql: Sql, statements: Array<string>) => ({
  unsafe: (statement: string, parameters: Array<string | null>, options: { readonly prepare: boolean }) => {
    statements.push(/\.(\w+)\(/.exec(statement)?.[1] ?? statement)
    return sql.unsafe(statement, parameters, options)
  },
})

const put = (till: string, amount = 5) => ({ type: 'Put', till, amount }) as TillCommand
const take = (till: string, amount = 60) => ({ type: 'Take', till, amount }) as TillCommand

describe('statements', () => {
  test('an append with decisions is one, one without is the one that it always was', async () => {
    const statements: Array<string> = []
    const store = postgresStore(counting(installed.sql, statements), { schema: installed.schema })
    await right(store.append(only(event(newStream()))))
    await right(store.append(deciding(newId(), newStream())))
    await right(store.append(rejecting(newId(), newStream(), 0)))
    expect(statements).toEqual(['append_to_stream', 'append_deciding', 'append_deciding'])
  })

  test('a command costs one where its stream is in use, two where not; a repeated one two more', async () => {
    const statements: Array<string> = []
    const store = postgresStore(counting(installed.sql, statements), { schema: installed.schema })
    const run = handle(store, Till, { journal: 'ids' })
    const commandId = newId()
    await run(put('s'), { commandId })()
    await run(put('s'))()
    await run(take('s'))()
    expect(statements).toEqual(['read_streams', 'append_deciding', 'append_deciding', 'append_deciding'])
    statements.length = 0
    const again = await run(put('s'), { commandId })()
    expect(E.isRight(again) && again.right.appended.repeated).toBe(true)
    expect(statements).toEqual(['append_deciding', 'read_decisions', 'read_streams'])
  })
})

describe('batches', () => {
  test('those that were decided before are told so, and the others of their batch are recorded', async () => {
    const statements: Array<string> = []
    const store = postgresStore(counting(installed.sql, statements), {
      schema: installed.schema,
      batching: { lanes: 1 },
    })
    const [known, fresh] = [newId(), newId()]
    const first = deciding(known, newStream())
    const rejection = rejecting(newId(), newStream(), 0)
    await right(store.append(first))
    await right(store.append(rejection))
    statements.length = 0
    const stream = newStream()
    const answers = await Promise.all(
      [
        first,
        deciding(known, newStream()),
        deciding(fresh, stream),
        rejection,
        only(event(newStream())),
        rejecting(newId(), stream, 77),
        deciding(fresh, stream),
      ].map((append) => store.append(append)()),
    )
    const told = answers.map((answer) => (E.isRight(answer) ? answer.right.repeated : answer.left._tag))
    expect(told).toEqual([true, 'AlreadyDecided', false, true, false, 'VersionConflict', 'AlreadyDecided'])
    expect((await right(store.readStream(stream))).version).toBe(1n)
    expect(statements.filter((name) => name === 'append_deciding').length).toBeLessThanOrEqual(6)
  })

  test('many decisions on few commands, over several pools at once, are one each', async () => {
    const pools = [connect(), connect(), connect()]
    const stores = pools.map((sql) => postgresStore(sql, { schema: installed.schema }))
    const ids = Array.from({ length: 10 }, newId)
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, n) => {
        const store = stores[n % stores.length] ?? installed.store
        return store.append(deciding(ids[(n * 7) % ids.length] ?? '', newStream()))()
      }),
    )
    const told = answers.map((answer) => (E.isRight(answer) ? 'recorded' : answer.left._tag))
    expect(told.filter((each) => each === 'recorded')).toHaveLength(ids.length)
    expect(told.filter((each) => each === 'AlreadyDecided')).toHaveLength(300 - ids.length)
    await Promise.all(pools.map((sql) => sql.end()))
  })
})

test('with gapless positions a command is decided once too, and positions have no gap', async () => {
  const { sql, schema, end } = await install()
  const gapless = postgresStore(sql, { schema, ordering: 'gapless' })
  const ids = Array.from({ length: 5 }, newId)
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, n) => gapless.append(deciding(ids[n % 5] ?? '', newStream()))()),
  )
  const positions = answers.flatMap((answer) => (E.isRight(answer) ? [answer.right.lastPosition] : []))
  expect(positions.toSorted()).toEqual([1n, 2n, 3n, 4n, 5n])
  await end()
})

describe('a transaction of the caller', () => {
  test('decisions commit and roll back with it', async () => {
    const { sql, schema, store } = installed
    const [kept, dropped] = [newId(), newId()]
    await sql.begin(async (transaction) => {
      await right(postgresStore(transaction, { schema }).append(deciding(kept, newStream())))
    })
    const rollback = sql.begin(async (transaction) => {
      await right(postgresStore(transaction, { schema }).append(deciding(dropped, newStream())))
      throw new Error('rolled back')
    })
    await expect(rollback).rejects.toThrow('rolled back')
    const found = await right(store.decisions?.on([kept, dropped]) ?? (async () => E.right([])))
    expect(found.map(({ commandId }) => commandId)).toEqual([kept])
  })

  test('REPEATABLE READ is refused, with decisions as without', async () => {
    const { sql, schema } = installed
    const told: Array<unknown> = []
    await sql
      .begin('isolation level repeatable read', async (transaction) => {
        told.push(await left(postgresStore(transaction, { schema }).append(deciding(newId(), newStream()))))
      })
      .catch((error: unknown) => told.push(error))
    expect(told[0]).toEqual({ _tag: 'WrongIsolation', isolation: 'repeatable read' })
  })
})

describe('the table', () => {
  test('recorded decisions cannot be changed, even by their owner', async () => {
    const { sql, schema, store } = installed
    await right(store.append(deciding(newId(), newStream())))
    for (const change of [
      `update "${schema}".decision set seen = '1'`,
      `delete from "${schema}".decision`,
      `truncate "${schema}".decision`,
    ]) {
      await expect(sql.unsafe(change)).rejects.toThrow('never change')
    }
  })

  test('a command id may hold anything that a name may', async () => {
    const { store } = installed
    for (const name of [
      "'",
      '"',
      '\\',
      '{}',
      ',',
      'NULL',
      ' ',
      '\n',
      '\u001f',
      '😀',
      'ä',
      '__proto__',
      'x'.repeat(512),
    ]) {
      const commandId = `${name}${name === 'NULL' ? '' : ' '}`.slice(0, 512)
      await right(store.append(deciding(commandId, newStream())))
      const [found] = await right(store.decisions?.on([commandId]) ?? (async () => E.right([])))
      expect(found?.commandId).toBe(commandId)
    }
  })
})

describe('handle', () => {
  test('an answer that was lost with the connection is the same when the command is sent again', async () => {
    const { schema, store } = installed
    const proxy = await proxyTo(databaseUrl)
    const sql = postgres(proxy.url, { max: 1, backoff: () => 0.02, onnotice: () => {} })
    const once = { journal: 'full', retry: { attemptsMax: 1, delayMs: () => 0 } } as const
    const lossy = handle(postgresStore(sql, { schema, hints: 'none' }), Till, once)
    const commandId = newId()
    await lossy(put('lost'))()
    proxy.loseReplies()
    const lost = await lossy(put('lost', 7), { commandId })()
    expect(lost).toMatchObject({ left: { _tag: 'Unavailable', outcome: 'unknown' } })
    await proxy.stop()
    await sql.end({ timeout: 1 })
    const again = handle(store, Till, { journal: 'full' })(put('lost', 7), { commandId })
    const recorded = { events: [{ amount: 7 }], decidedIn: 5, appended: { repeated: true } }
    for (const answer of [await again(), await again()]) expect(answer).toMatchObject({ right: recorded })
  })

  test('a decision over a query is answered again too, and all decisions can be replayed', async () => {
    const { store } = installed
    const commandId = newId()
    const run = handle(store, TaggedTill, { journal: 'full' })
    const first = await run(take('tagged'), { commandId })()
    await run(put('tagged', 100))()
    expect(await run(take('tagged'), { commandId })()).toEqual(first)
    const replay = await right(replayDecisions(store, TaggedTill))
    expect(replay).toEqual({ replayed: 2, withoutCommand: 0, differences: [] })
    const generous = {
      ...TaggedTill,
      decide: (command: TillCommand) => () => TaggedTill.decide(command)({ balance: 1_000 }),
    }
    const { differences } = await right(replayDecisions(store, generous))
    expect(differences).toMatchObject([
      { commandId, was: { _tag: 'Rejected' }, wouldBe: { _tag: 'Accepted' } },
    ])
  })
})
