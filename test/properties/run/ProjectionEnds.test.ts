/** How running projections end, and what they tell while they are at work: nothing of it in silence. */
import { type MemoryTransaction, memoryReadModels } from 'decider-ts/adapters/memory'
import { projection } from 'decider-ts/evolve'
import { type ReadModels, runProjection } from 'decider-ts/run'
import { either as E, taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { deskIn, notes, partitions } from './Notes.js'
import { processIn, quickly, virtualWorld } from './VirtualWorld.js'

const opened = () => {
  const world = virtualWorld()
  const desk = deskIn(world)
  const { environment, store, die } = processIn(world, 'one', desk.store, quickly)
  const passed = async (milliseconds: number): Promise<void> => {
    let isOver = false
    void world.sleep(milliseconds).then(() => {
      isOver = true
    })
    await world.passUntil(() => isOver)
  }
  return { ...desk, store, world, passed, die, options: { owner: 'one', environment, leaseMs: 1_000 } }
}

const away = { _tag: 'Unavailable', outcome: 'nothing written', reason: 'away', cause: undefined } as const

const notebook = { name: 'notes', version: 1 }

describe('a projection that cannot go on', () => {
  test('ends at an event that it cannot read, if nobody says what must wait', async () => {
    const { store, readModels, write, passed, options } = opened()
    const { parkUnder: _, ...of } = notes()
    await write({ names: ['ann'], flaw: 'none' })
    await write({ names: ['bob'], flaw: 'unreadable' })
    await write({ names: ['ann'], flaw: 'none' })
    const running = runProjection(store, readModels, of, options)
    await passed(100)
    const end = await running.done
    expect(end).toMatchObject({ _tag: 'Unreadable', event: { position: 2n } })
    expect(end).toMatchObject({
      reason: "The event cannot be read: data.n is '2', which is not NumberOfNote.",
    })
    expect(running.status()).toMatchObject({ state: 'ended', end, partitions: [] })
    expect(await readModels.place(notebook)(), 'what comes before it counts').toEqual(E.right(1n))
    const leases = await readModels.lease(notebook, 'two', 1)()
    expect(E.isRight(leases) && leases.right.length, 'others may try').toBe(partitions)
  })

  test('ends before it begins where the keeper refuses it', async () => {
    const { store, readModels, options } = opened()
    const running = runProjection(store, readModels, { ...notes(), name: '' }, options)
    expect(await running.started).toBe(false)
    expect(await running.done).toMatchObject({
      _tag: 'KeepingFailed',
      error: { _tag: 'InvalidInput', path: 'name' },
    })
  })

  test('ends when the keeper cannot be reached as often as it may be asked', async () => {
    const { store, readModels, options } = opened()
    const absent: ReadModels<MemoryTransaction> = {
      ...readModels,
      lease: () => TE.left(away),
    }
    const retry = { attemptsMax: 3, delayMs: () => 0 }
    let retries = 0
    const onRetry = () => {
      retries += 1
    }
    const { environment: _, ...soon } = options
    const running = runProjection(store, absent, notes(), { ...soon, retry, onRetry })
    expect(await running.done).toEqual({
      _tag: 'KeepingFailed',
      error: away,
    })
    expect(retries).toBe(2)
    expect(await running.started).toBe(false)
  })

  test('throws on what the keeper throws, at once or in a heartbeat', async () => {
    for (const callsBefore of [0, 1]) {
      const { store, readModels, passed, options } = opened()
      let calls = 0
      const broken: ReadModels<MemoryTransaction> = {
        ...readModels,
        lease: (...call) => {
          calls += 1
          if (calls > callsBefore) throw new Error('The keeper is broken')
          return readModels.lease(...call)
        },
      }
      const running = runProjection(store, broken, notes(), options)
      const done = expect(running.done).rejects.toThrow('The keeper is broken')
      await passed(2_000)
      await done
      expect(running.status()).toMatchObject({ state: 'ended', defect: new Error('The keeper is broken') })
    }
  })

  test('is stopped by force where the first stop takes too long', async () => {
    const { store, readModels, write, passed, options } = opened()
    await write({ names: ['ann'], flaw: 'none' })
    const handle = () => new Promise<void>(() => {})
    const running = runProjection(store, readModels, notes(), { ...options, handle })
    await passed(50)
    void running.stop()
    expect(await running.stop()).toEqual({ _tag: 'StoppedByForce' })
  })

  test.each([1, 2])('leaves no wait behind, stopped %i times while its keeper is away', async (stops) => {
    const { store, readModels, write, world, passed, options } = opened()
    await write({ names: ['ann'], flaw: 'none' })
    let isAway = false
    const leaving: ReadModels<MemoryTransaction> = {
      ...readModels,
      commit: (...call) => (isAway ? TE.left(away) : readModels.commit(...call)),
    }
    const retry = { attemptsMax: 5, delayMs: () => 60_000 }
    const running = runProjection(store, leaving, notes(), { ...options, retry })
    await passed(100)
    isAway = true
    await write({ names: ['ann'], flaw: 'none' })
    await passed(100)
    let isOver = false
    for (let stop = 0; stop < stops; stop++) {
      void running.stop().then(() => {
        isOver = true
      })
    }
    isAway = false
    await world.passUntil(() => isOver)
    await passed(1)
    expect(world.waits()).toBe(0)
  })

  test('refuses a lease without length, and a heartbeat that comes too late', () => {
    const { store, readModels } = opened()
    expect(() => runProjection(store, readModels, notes(), { leaseMs: 0 })).toThrow(RangeError)
    const late = { leaseMs: 1_000, heartbeatMs: 1_000 }
    expect(() => runProjection(store, readModels, notes(), late)).toThrow(RangeError)
  })
})

describe('a projection at work', () => {
  test('parks the keys of an event at which the handler always throws, and the others go on', async () => {
    const { store, readModels, write, passed, options } = opened()
    for (const names of [['ann'], ['bob', 'cid'], ['bob'], ['ann']]) await write({ names, flaw: 'none' })
    const parked: Array<string> = []
    const done: Array<number> = []
    const running = runProjection(store, readModels, notes(), {
      ...options,
      handle: async ({ counted }, { write: change }) => {
        if (counted.some(({ event }) => event.n === 2)) throw new Error('Not this one')
        for (const { event } of counted) change(() => done.push(event.n))
      },
      onParked: ({ key, event, attempts }) => parked.push(`${key} ${event.position} ${attempts}`),
    })
    await passed(10_000)
    expect(parked).toEqual(['bob 2 5', 'cid 2 5', 'bob 3 0'])
    expect(done).toEqual([1, 4])
    const keys = await readModels.parked(notebook)()
    expect(E.isRight(keys) && keys.right.map(({ key, reason }) => [key, reason])).toEqual([
      ['bob', 'Thrown in the handler: Error: Not this one'],
      ['cid', 'Thrown in the handler: Error: Not this one'],
    ])
    expect(running.status()).toMatchObject({ state: 'live', upTo: 4n })
  })

  test('does not blame an event for a database that is away', async () => {
    const { store, readModels, write, passed, options } = opened()
    await write({ names: ['ann'], flaw: 'none' })
    let isAway = true
    const shaky: ReadModels<MemoryTransaction> = {
      ...readModels,
      place: (of) => async () => (isAway ? E.left(away) : readModels.place(of)()),
    }
    const running = runProjection(store, shaky, notes(), {
      ...options,
      handle: async () => {
        if (isAway) throw new Error('The database is away')
      },
    })
    await passed(60_000)
    expect(await readModels.parked(notebook)()).toEqual(E.right([]))
    // The heartbeats go well meanwhile, and say nothing about this.
    expect(running.status()).toMatchObject({ trouble: away })
    isAway = false
    await passed(10_000)
    expect(running.status().trouble).toBeUndefined()
    expect(await readModels.place(notebook)()).toEqual(E.right(1n))
    expect(await readModels.parked(notebook)()).toEqual(E.right([]))
  })

  test('moves over events that it leaves out, so that nobody waits for them in vain', async () => {
    const { store, readModels, write, passed, options } = opened()
    runProjection(store, readModels, notes(), options)
    await passed(1_000)
    for (const flaw of ['foreign', 'foreign', 'foreign'] as const) await write({ names: ['ann'], flaw })
    await passed(1_100)
    expect(await readModels.place(notebook)()).toEqual(E.right(3n))
  })

  test('shares its partitions with one that comes later, and takes them back', async () => {
    const { store, readModels, passed, options } = opened()
    const first = runProjection(store, readModels, notes(), options)
    await passed(100)
    expect(first.status()).toMatchObject({ state: 'live', partitions: [0, 1, 2, 3] })
    const second = runProjection(store, readModels, notes(), { ...options, owner: 'two' })
    await passed(50)
    expect(second.status()).toMatchObject({ state: 'standing by', partitions: [] })
    await passed(1_000)
    expect([first.status().partitions.length, second.status().partitions.length]).toEqual([2, 2])
    void second.stop()
    await passed(500)
    expect(await second.done).toEqual({ _tag: 'Stopped' })
    expect(first.status().partitions.length).toBe(4)
  })

  test('keeps a projection whose key throws from going on, where nobody says what must wait', async () => {
    const { store, readModels, write, passed, options } = opened()
    await write({ names: ['ann'], flaw: 'none' })
    const wrong = projection({
      name: 'wrong',
      event: t.type({ type: t.literal('Noted') }),
      state: t.number,
      key: () => '',
      initialState: 0,
      evolve: (n) => n + 1,
    })
    const running = runProjection(store, readModels, wrong, options)
    await passed(100)
    expect(await running.done).toMatchObject({ _tag: 'Unreadable', reason: 'The key of the event is empty.' })
  })
})

test('a keeper in memory has 64 partitions unless it is told otherwise', () => {
  expect(memoryReadModels().partitions).toBe(64)
})
