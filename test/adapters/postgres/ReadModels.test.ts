/**
 * Read models in PostgreSQL, where it is more than any keeper of read models must be: what an owner who was paused can
 * still do, what two sessions do to each other, what is kept of hostile texts, and what a handler's transaction is.
 */
import { option as O } from 'fp-ts'
import type { TransactionSql } from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { postgresReadModels } from '../../../src/adapters/postgres/index.js'
import type { Entry, Lease, ReadModelCommit, ReadModelId } from '../../../src/run/ReadModels.js'
import {
  eventId,
  globalPosition,
  type RecordedEvent,
  streamIdFrom,
  timestamp,
  version,
} from '../../../src/store/index.js'
import { type Installed, install, left, right, sleep } from './support.js'

let installed: Installed
let keeper: ReturnType<typeof postgresReadModels>

beforeAll(async () => {
  installed = await install({ max: 8 })
  keeper = postgresReadModels(installed.sql, { schema: installed.schema, partitions: 8 })
  await installed.sql.unsafe(`create table "${installed.schema}".written (note text)`)
})

afterAll(async () => {
  await installed.end()
})

const names = { next: 0 }
let of: ReadModelId
beforeEach(() => {
  of = { name: `read-model-${names.next++}`, version: 1 }
})

const hour = 3_600_000

const lease = (owner: string): Promise<ReadonlyArray<Lease>> => right(keeper.lease(of, owner, hour))

/** As if so much time had passed that every lease is over. */
const letLeasesEnd = () =>
  installed.sql.unsafe(`
    update "${installed.schema}".read_model_place set lease_until = lease_until - interval '2 hours';
    update "${installed.schema}".read_model_owner set lease_until = lease_until - interval '2 hours'`)

const entry = (key: string, state: Entry['state'], position: number | bigint = 1): Entry => ({
  key,
  state,
  position: globalPosition(position),
})

const commitOf = (
  owner: string,
  leases: ReadonlyArray<Lease>,
  to: number,
  parts: Partial<ReadModelCommit> = {},
): ReadModelCommit => ({
  owner,
  moves: leases.map((each) => ({ ...each, to: globalPosition(to) })),
  entries: [],
  parked: [],
  ...parts,
})

const recorded = (position: number, parts: Partial<RecordedEvent> = {}): RecordedEvent => ({
  id: eventId('0198a6a2-0000-7000-8000-000000000001'),
  stream: streamIdFrom('account-a1'),
  version: version(position),
  position: globalPosition(position),
  type: 'Deposited',
  schemaVersion: 1,
  tags: [],
  data: { amount: 1 },
  metadata: {},
  recordedAt: timestamp(1_000),
  ...parts,
})

const statesOf = async (...keys: ReadonlyArray<string>) =>
  (await right(keeper.load(of, keys))).entries.map(({ key, state }) => [key, state])

const written = async (): Promise<ReadonlyArray<string>> =>
  (await installed.sql.unsafe(`select note from "${installed.schema}".written order by note`)).map(
    ({ note }) => note,
  )

const write = (note: string) => (transaction: TransactionSql) =>
  transaction.unsafe(`insert into "${installed.schema}".written values ($1)`, [note]).then(() => {})

describe('an owner who was paused', () => {
  test('commits nothing once another holds his partitions, pure or with a handler', async () => {
    const old = await lease('a')
    await letLeasesEnd()
    const taken = await lease('b')
    expect(taken.map(({ fence }) => fence)).toEqual(old.map(({ fence }) => fence + 1n))
    const late = commitOf('a', old, 5, { entries: [entry('k', 'late')], parked: [] })
    expect(await left(keeper.commit(of, late))).toEqual({ _tag: 'Fenced', partition: 0 })
    expect(await left(keeper.commit(of, late, write('late')))).toMatchObject({ _tag: 'Fenced' })
    expect(await statesOf('k')).toEqual([])
    expect(await written()).not.toContain('late')
    expect(await right(keeper.place(of))).toBe(0n)
    await right(keeper.commit(of, commitOf('b', taken, 5, { entries: [entry('k', 'new')] })))
    expect(await statesOf('k')).toEqual([['k', 'new']])
  })

  test('would commit, if his fence were not looked at', async () => {
    const careless = await install()
    const { sql, schema, end } = careless
    await sql.unsafe(`create or replace function "${schema}".hold_places(
      model int, of_owner text, moved int[], fences bigint[], froms bigint[]) returns int
      language sql as 'select null::int'`)
    const wrong = postgresReadModels(sql, { schema })
    const old = await right(wrong.lease(of, 'a', hour))
    await right(wrong.release(of, 'a'))
    await right(wrong.lease(of, 'b', hour))
    await right(wrong.commit(of, commitOf('a', old, 5, { entries: [entry('k', 'late')] })))
    expect((await right(wrong.load(of, ['k']))).entries).toHaveLength(1)
    await end()
  })

  test('cannot be replaced while his commit is under way, and is replaced behind it', async () => {
    const leases = await lease('a')
    await letLeasesEnd()
    await right(
      keeper.commit(of, commitOf('a', leases, 5, { entries: [entry('k', 1)] }), async () => {
        // Everybody who is alone would get all of it, if it could be had.
        expect(await lease('b')).toEqual([])
      }),
    )
    expect((await lease('b')).map(({ upTo }) => upTo)).toEqual(leases.map(() => 5n))
  })

  test('who was replaced before his handler began writes nothing in it', async () => {
    const leases = await lease('a')
    await letLeasesEnd()
    await lease('b')
    let called = false
    await left(
      keeper.commit(of, commitOf('a', leases, 5), async () => {
        called = true
      }),
    )
    expect(called).toBe(false)
  })

  test('renews what nobody took, under the fence that he had', async () => {
    const leases = await lease('a')
    await letLeasesEnd()
    expect(await lease('a')).toEqual(leases)
  })
})

describe('two commits at once', () => {
  test('under one lease: one of them counts', async () => {
    const leases = await lease('a')
    const answers = await Promise.all(
      [1, 2, 3, 4].map((n) => keeper.commit(of, commitOf('a', leases, 5, { entries: [entry('k', n)] }))()),
    )
    expect(answers.map(({ _tag }) => _tag).sort()).toEqual(['Left', 'Left', 'Left', 'Right'])
  })

  test('of parts of the partitions, in whatever order they are named, wait for each other and never in a circle', async () => {
    const leases = await lease('a')
    const rounds = Array.from({ length: 30 }, (_, n) => {
      const mine = n % 2 === 0 ? leases : leases.toReversed()
      return keeper.commit(of, commitOf('a', mine, 5))()
    })
    const answers = await Promise.all(rounds)
    expect(answers.filter(({ _tag }) => _tag === 'Right')).toHaveLength(1)
    for (const answer of answers) {
      if (answer._tag === 'Left') expect(answer.left).toMatchObject({ _tag: 'Fenced' })
    }
  })
})

describe('a handler', () => {
  test('writes with the commit, and not at all where it throws', async () => {
    const leases = await lease('a')
    const boom = new Error('boom')
    const failing = keeper.commit(of, commitOf('a', leases, 5), async (transaction) => {
      await write('thrown')(transaction)
      throw boom
    })
    await expect(failing()).rejects.toBe(boom)
    expect(await written()).not.toContain('thrown')
    expect(await right(keeper.place(of))).toBe(0n)
    await right(keeper.commit(of, commitOf('a', leases, 5), write('kept')))
    expect(await written()).toContain('kept')
    expect(await right(keeper.place(of))).toBe(5n)
  })

  test('whose statement failed and who says nothing of it, commits nothing', async () => {
    const leases = await lease('a')
    const swallowing = keeper.commit(of, commitOf('a', leases, 5), async (transaction) => {
      await transaction.unsafe('select 1/0').catch(() => {})
    })
    expect(await left(swallowing)).toMatchObject({ _tag: 'Unavailable', outcome: 'nothing written' })
    expect(await right(keeper.place(of))).toBe(0n)
  })

  test('whose transaction the server gave up for a reason that passes, is busy', async () => {
    const leases = await lease('a')
    const deadlocked = keeper.commit(of, commitOf('a', leases, 5), async (transaction) => {
      await transaction.unsafe(`do $$ begin raise exception using errcode = '40P01'; end $$`)
    })
    expect(await left(deadlocked)).toMatchObject({ _tag: 'Busy' })
  })

  test.each([
    ['and who says nothing', async () => {}],
    ['and who goes on a little later', () => sleep(100)],
    [
      'and who throws something else',
      () => {
        throw new Error('something else')
      },
    ],
  ])('whose connection is lost, %s, has written nothing', async (_, then) => {
    const leases = await lease('a')
    const cut = keeper.commit(of, commitOf('a', leases, 5), async (transaction) => {
      await write('cut off')(transaction)
      await transaction.unsafe('select pg_terminate_backend(pg_backend_pid())').catch(() => {})
      await then()
    })
    expect(await left(cut)).toMatchObject({ _tag: 'Unavailable', outcome: 'unknown' })
    expect(await written()).not.toContain('cut off')
    const note = `goes through ${of.name}`
    await right(keeper.commit(of, commitOf('a', leases, 5), write(note)))
    expect(await written()).toContain(note)
  })

  test('is told whether its version is live, and that stays so until it is done', async () => {
    const leases = await lease('a')
    const seen: Array<boolean> = []
    let changed: Promise<unknown> = Promise.resolve()
    await right(
      keeper.commit(of, commitOf('a', leases, 5), async (_, isLive) => {
        seen.push(isLive)
        await right(keeper.lease({ ...of, version: 2 }, 'a', hour))
        let isDone = false
        changed = right(keeper.makeLive({ ...of, version: 2 })).then(() => {
          isDone = true
        })
        await sleep(50)
        expect(isDone).toBe(false)
        expect(await right(keeper.liveVersion(of.name))).toEqual(O.some(1))
      }),
    )
    await changed
    await right(
      keeper.commit(of, commitOf('a', await lease('a'), 6), async (_, isLive) => {
        seen.push(isLive)
      }),
    )
    expect(seen).toEqual([true, false])
  })
})

describe('what is kept', () => {
  const hostile: ReadonlyArray<Entry['state']> = [
    { b: 1, a: 2, aa: { z: 1, y: [] } },
    'a\u0000b',
    'half \ud800 pair',
    'a backslash \\u0000 and \\ud800 and \\\\',
    { '\u0000': '\u001f' },
    [-0, 1e300, 5e-324, 0.1],
    { __proto__: null, constructor: 1 },
    null,
    '',
  ]

  test.each(hostile.map((state) => [JSON.stringify(state), state] as const))(
    'is %s, exactly',
    async (_, state) => {
      const leases = await lease('a')
      await right(keeper.commit(of, commitOf('a', leases, 5, { entries: [entry('k', state, 3)] })))
      const found = await right(keeper.get(of, 'k'))
      expect(O.isSome(found) && found.value).toStrictEqual(entry('k', state, 3))
      const [loaded] = (await right(keeper.load(of, ['other', 'k']))).entries
      expect(JSON.stringify(loaded?.state)).toBe(JSON.stringify(state))
      expect(Object.is(Array.isArray(loaded?.state) ? loaded.state[0] : -0, -0)).toBe(true)
    },
  )

  test('of a parked event is all of it', async () => {
    const leases = await lease('a')
    const event = recorded(7, {
      data: { b: '\u0000', a: [-0, '\ud800'] },
      metadata: { actor: 'Ada', note: { z: 1, a: 2 } },
      version: version(9_007_199_254_740_993n),
    })
    await right(
      keeper.commit(
        of,
        commitOf('a', leases, 7, {
          parked: [{ key: 'k', event, reason: 'a \u0000 \ud800 "reason"', attempts: 3 }],
        }),
      ),
    )
    expect(await right(keeper.parkedEvents(of, 'k'))).toStrictEqual([event])
    expect(await right(keeper.parked(of))).toMatchObject([
      { key: 'k', events: 1, firstPosition: 7n, reason: 'a \u0000 \ud800 "reason"', attempts: 3 },
    ])
  })

  test('keys that the server cannot hold are refused', async () => {
    const leases = await lease('a')
    for (const key of ['', 'a\u0000', '\ud800', 'x'.repeat(10_000)]) {
      expect(await left(keeper.load(of, [key]))).toMatchObject({ _tag: 'InvalidInput', path: 'keys[0]' })
      expect(
        await left(keeper.commit(of, commitOf('a', leases, 5, { entries: [entry(key, 1)] }))),
      ).toMatchObject({
        _tag: 'InvalidInput',
        path: 'entries[0].key',
      })
    }
  })

  test('a commit that would make no sense is refused', async () => {
    const leases = await lease('a')
    const [first] = leases
    if (first === undefined) throw new Error('Nothing is leased.')
    const outside = Array.from({ length: 50 }, (_, n) => `k${n}`).find(
      (key) => keeper.partitionOf(key) !== first.partition,
    )
    const refused = { _tag: 'InvalidInput' }
    expect(
      await left(keeper.commit(of, commitOf('a', [first], 5, { entries: [entry(outside ?? '', 1)] }))),
    ).toMatchObject(refused)
    expect(await left(keeper.commit(of, commitOf('a', [first, first], 5)))).toMatchObject(refused)
    expect(
      await left(keeper.commit(of, commitOf('a', leases, 5, { entries: [entry('k', 1), entry('k', 2)] }))),
    ).toMatchObject(refused)
    const there = leases.map((each) => ({ ...each, upTo: globalPosition(9) }))
    expect(await left(keeper.commit(of, commitOf('a', there, 5)))).toMatchObject(refused)
    expect(await right(keeper.place(of))).toBe(0n)
  })
})

describe('a read model', () => {
  test('is kept in one number of partitions, and in one way', async () => {
    await lease('a')
    const { sql, schema } = installed
    const refused = (path: string) => ({ _tag: 'InvalidInput', path })
    expect(await left(postgresReadModels(sql, { schema }).lease(of, 'b', hour))).toMatchObject(
      refused('options.partitions'),
    )
    expect(
      await left(postgresReadModels(sql, { schema, partitions: 8, searchable: false }).lease(of, 'b', hour)),
    ).toMatchObject(refused('options.searchable'))
    expect(await left(postgresReadModels(sql, { partitions: 0 }).lease(of, 'b', hour))).toMatchObject(
      refused('options.partitions'),
    )
    expect(await left(postgresReadModels(sql, { schema: 'pg_x' }).place(of))).toMatchObject(
      refused('options.schema'),
    )
    expect(await left(keeper.lease(of, 'b', 0))).toMatchObject(refused('leaseMs'))
  })

  test('is shared evenly, and given up to whoever comes', async () => {
    expect(await lease('b')).toHaveLength(8)
    expect(await lease('a')).toHaveLength(0)
    expect(await lease('c')).toHaveLength(0)
    expect(await lease('b')).toHaveLength(3)
    expect(await lease('a')).toHaveLength(3)
    expect(await lease('c')).toHaveLength(2)
    await right(keeper.release(of, 'b'))
    expect(await lease('a')).toHaveLength(4)
    expect(await lease('c')).toHaveLength(4)
    await letLeasesEnd()
    expect(await lease('d')).toHaveLength(8)
  })

  test('leased by many at once is leased to one each', async () => {
    const owners = Array.from({ length: 8 }, (_, n) => `owner-${n}`)
    await Promise.all(owners.map(lease))
    const held = await Promise.all(owners.map(lease))
    await Promise.all(owners.map(lease))
    const finally_ = await Promise.all(owners.map(lease))
    const partitions = held.flat().map(({ partition }) => partition)
    expect(new Set(partitions).size).toBe(partitions.length)
    expect(finally_.map(({ length }) => length)).toEqual(owners.map(() => 1))
  })

  test('that is dropped in the middle of a commit is gone, and the commit behind it is refused', async () => {
    const leases = await lease('a')
    let dropped: Promise<unknown> = Promise.resolve()
    await right(
      keeper.commit(of, commitOf('a', leases, 5, { entries: [entry('k', 1)] }), async () => {
        dropped = right(keeper.drop(of))
        await sleep(20)
      }),
    )
    await dropped
    expect(await statesOf('k')).toEqual([])
    const there = leases.map((each) => ({ ...each, upTo: globalPosition(5) }))
    expect(
      await left(keeper.commit(of, commitOf('a', there, 6, { entries: [entry('k', 1)] }))),
    ).toMatchObject({ _tag: 'Fenced' })
    expect((await lease('a')).map(({ upTo }) => upTo)).toEqual(leases.map(() => 0n))
    expect(await right(keeper.liveVersion(`${of.name}-other`))).toEqual(O.none)
  })

  test('knows what is parked', async () => {
    const leases = await lease('a')
    const parked = (position: number, attempts: number) => ({
      key: 'k',
      event: recorded(position),
      reason: 'bad',
      attempts,
    })
    await right(keeper.commit(of, commitOf('a', leases, 5, { parked: [parked(4, 2), parked(5, 0)] })))
    const moved = leases.map((each) => ({ ...each, upTo: globalPosition(5) }))
    const fenced = { _tag: 'Fenced', partition: keeper.partitionOf('k') }
    // An entry of a key that is parked.
    expect(await left(keeper.commit(of, commitOf('a', moved, 6, { entries: [entry('k', 1)] })))).toEqual(
      fenced,
    )
    // An event came to wait after they were read.
    const unparking = { key: 'k', entry: O.some(entry('k', 9, 4)), through: globalPosition(4) }
    expect(await right(keeper.unpark(of, unparking))).toBe(false)
    expect(
      await right(keeper.unpark(of, { ...unparking, through: globalPosition(5) }, write('unparked'))),
    ).toBe(true)
    expect(await written()).toContain('unparked')
    expect(await statesOf('k')).toEqual([['k', 9]])
    expect((await right(keeper.load(of, ['k', 'l']))).parked).toEqual(new Set())
    expect(
      await right(keeper.unpark(of, { ...unparking, through: globalPosition(5) }, write('not parked'))),
    ).toBe(false)
    expect(await written()).not.toContain('not parked')
    // An event that waits behind nothing.
    expect(await left(keeper.commit(of, commitOf('a', moved, 6, { parked: [parked(6, 0)] })))).toEqual(fenced)
  })
})
