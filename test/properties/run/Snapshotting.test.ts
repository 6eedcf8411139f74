/**
 * The laws of `Snapshotting`, seen from outside: a handle with snapshots beside one without. What the snapshots hold, what
 * becomes of a save and where a process is killed are generated data.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { memoryStore } from 'decider-ts/adapters/memory'
import { accept, domain, nothing } from 'decider-ts/decide'
import type { Snapshot } from 'decider-ts/evolve'
import {
  handle,
  immediately,
  type SnapshotFailure,
  type SnapshotStore,
  type Snapshots,
  systemEnvironment,
} from 'decider-ts/run'
import { everything, streamId, type Unavailable, version } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, function as F, option as O, taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { jsonValue } from '../../../src/harness/conformance/Hostile.js'
import { law } from '../Law.js'
import { arbitraryCommand, TaggedTill, Till, type TillCommand } from './Till.js'

const environment = { ...systemEnvironment, sleep: () => async () => undefined }
const plain = { retry: immediately(5), environment }

const turn = (): Promise<void> => new Promise((done) => setImmediate(done))

/** What is found where a snapshot is looked for. */
const found = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ is: 'what was saved' } as const) },
  fc.record({
    is: fc.constant('corrupt' as const),
    state: jsonValue.filter((json) => typeof json !== 'number'),
  }),
  fc.constantFrom(
    { is: 'of another fingerprint' } as const,
    { is: 'from beyond' } as const,
    { is: 'out of reach' } as const,
    { is: 'a throw' } as const,
  ),
)

/** What becomes of a save; a process that is killed before it neither saves nor goes on. */
const fate = fc.constantFrom(
  'kept' as const,
  'kept' as const,
  'killed' as const,
  'failed' as const,
  'thrown' as const,
)

const step = fc.record({
  commands: fc.array(arbitraryCommand(), { minLength: 1, maxLength: 3 }),
  found,
  fate,
  isNewProcess: fc.boolean(),
  statesMax: fc.constantFrom(0, 1, 100),
  isInjected: fc.boolean(),
  isSettled: fc.boolean(),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

const lost: Unavailable = { _tag: 'Unavailable', outcome: 'unknown', reason: 'lost', cause: undefined }

const spoiled = (snapshot: Snapshot, { found: what }: Step): Snapshot => {
  switch (what.is) {
    case 'corrupt':
      return { ...snapshot, state: what.state as Snapshot['state'] }
    case 'of another fingerprint':
      return { ...snapshot, of: { ...snapshot.of, fingerprint: 'another' }, state: 1_000_000 }
    case 'from beyond':
      return { ...snapshot, version: version(snapshot.version + 1n) }
    default:
      return snapshot
  }
}

/** Snapshots as a step will have them. */
const hostile = (right: Snapshots, now: () => Step): Snapshots => ({
  load: (stream, key) => async () => {
    const { found: what } = now()
    if (what.is === 'out of reach') return E.left(lost)
    if (what.is === 'a throw') throw new Error('thrown by the port')
    const loaded = await right.load(stream, key)()
    return E.map((each: { readonly snapshot: O.Option<Snapshot> }) => ({
      ...each,
      snapshot: O.map((snapshot: Snapshot) => spoiled(snapshot, now()))(each.snapshot),
    }))(loaded) as typeof loaded
  },
  save: (stream, snapshot) => async () => {
    switch (now().fate) {
      case 'kept':
        return right.save(stream, snapshot)()
      case 'killed':
        return new Promise(() => undefined)
      case 'failed':
        return E.left(lost)
      case 'thrown':
        throw new Error('thrown by the port')
    }
  },
})

const historyOf = async (store: SnapshotStore) =>
  F.pipe(
    await store.read(everything)(),
    E.map(({ events }) =>
      events
        .map(({ stream, version: at, type, data }) => ({ stream, at, type, data }))
        // Between streams, who comes first is a matter of chance, and of no meaning.
        .toSorted((a, b) => (a.stream === b.stream ? Number(a.at - b.at) : a.stream < b.stream ? -1 : 1)),
    ),
  )

/** One state that does not decode is put where the handle will look for its own. */
const inject = async (
  right: Snapshots,
  of: Snapshot['of'] | undefined,
  { commands }: Step,
): Promise<void> => {
  const [first] = commands
  if (of === undefined || first === undefined) return
  const stream = Till.streamOf(first)
  const loaded = await right.load(stream, of)()
  if (E.isRight(loaded))
    await right.save(stream, { of, version: loaded.right.tail.version, state: 'corrupt' })()
}

const isTransparent = (seal: (right: Snapshots) => Snapshots = F.identity) =>
  fc.asyncProperty(
    fc.integer({ min: 1, max: 5 }),
    fc.array(step, { maxLength: 12 }),
    async (every, steps) => {
      const [store, other] = [memoryStore(), memoryStore()]
      let now: Step | undefined
      let key: Snapshot['of'] | undefined
      const right = hostile(store.snapshots, () => now as Step)
      const snapshots = seal({
        ...right,
        load: (stream, of) => {
          key = of
          return right.load(stream, of)
        },
      })
      const started = (statesMax: number) =>
        handle(store, Till, { ...plain, statesMax, snapshots: { in: snapshots, every } })
      let run = started(100)
      for (const each of steps) {
        if (each.isNewProcess || now?.fate === 'killed') run = started(each.statesMax)
        now = each
        if (each.isInjected) await inject(store.snapshots, key, each)
        const without = handle(other, Till, { ...plain, statesMax: 0 })
        const toldBy = async (one: typeof run) =>
          (await Promise.all(each.commands.map((command) => one(command)()))).map((answer) =>
            E.isRight(answer)
              ? { events: answer.right.events, decidedIn: answer.right.decidedIn }
              : answer.left,
          )
        deepStrictEqual(await toldBy(run), await toldBy(without))
        if (each.isSettled) await turn()
      }
      deepStrictEqual(await historyOf(store), await historyOf(other))
    },
  )

/** Every snapshot that is found, changed. */
const finding =
  (change: (snapshot: Snapshot) => Snapshot) =>
  (right: Snapshots): Snapshots => ({
    ...right,
    load: (stream, key) =>
      F.pipe(
        right.load(stream, key),
        TE.map(({ snapshot, tail }) => ({ snapshot: O.map(change)(snapshot), tail })),
      ),
  })

law('SNT-1 transparency', isTransparent(), { numRuns: 300 })
law.rejects(
  'SNT-1',
  'a state that does not decode, taken for the initial one',
  isTransparent(
    finding((snapshot) => (typeof snapshot.state === 'number' ? snapshot : { ...snapshot, state: 0 })),
  ),
)
law.rejects(
  'SNT-1',
  'a state that somebody forged, which no check can find',
  isTransparent(finding((snapshot) => ({ ...snapshot, state: 7 }))),
)
law.rejects(
  'SNT-1',
  'a snapshot whose fingerprint nobody looks at',
  isTransparent((right) => ({
    ...right,
    load: (stream, key) =>
      F.pipe(
        right.load(stream, key),
        TE.map(({ snapshot, tail }) => ({
          snapshot: O.map((each: Snapshot) => ({ ...each, of: key }))(snapshot),
          tail,
        })),
      ),
  })),
)

const readsLittle = (seal: (right: Snapshots) => Snapshots = F.identity) =>
  fc.asyncProperty(
    fc.integer({ min: 1, max: 5 }),
    fc.array(fc.tuple(fc.boolean(), arbitraryCommand(['a'])), { minLength: 8, maxLength: 30, size: 'max' }),
    async (every, course) => {
      const store = memoryStore()
      const right = seal(store.snapshots)
      let most = 0
      const snapshots: Snapshots = {
        ...right,
        load: (stream, key) =>
          F.pipe(
            right.load(stream, key),
            TE.map((loaded) => {
              most = Math.max(most, loaded.tail.events.length)
              return loaded
            }),
          ),
      }
      const started = () => handle(store, Till, { ...plain, snapshots: { in: snapshots, every } })
      let run = started()
      for (const [isNewProcess, command] of course) {
        if (isNewProcess) run = started()
        await run(command)()
        await turn()
      }
      if (most >= every) throw new Error(`${most} events were read, and a snapshot is due every ${every}`)
    },
  )

law('SNT-2 progress', readsLittle())
law.rejects(
  'SNT-2',
  'snapshots that are never saved',
  readsLittle((right) => ({ ...right, save: () => TE.right(undefined) })),
)
law.rejects(
  'SNT-2',
  'snapshots that are of no use',
  readsLittle((right) => ({
    ...right,
    save: (stream, each) => right.save(stream, { ...each, of: { ...each.of, fold: 'x' } }),
  })),
)

describe('handle with snapshots', () => {
  const put = { type: 'Put', till: 'x', amount: 5 } as TillCommand
  const stream = streamId('till', 'x')

  /** A store that counts calls, and remembers which folds were asked for. */
  const watched = () => {
    const store = memoryStore()
    const calls: Array<string> = []
    const keys: Array<Snapshot['of']> = []
    const failures: Array<SnapshotFailure> = []
    const counting: SnapshotStore = {
      ...store,
      append: (request) => async () => {
        calls.push('append')
        return store.append(request)()
      },
      readStream: (name, range) => async () => {
        calls.push('read')
        return store.readStream(name, range)()
      },
      snapshots: {
        load: (name, key) => async () => {
          calls.push('load')
          keys.push(key)
          return store.snapshots.load(name, key)()
        },
        save: (name, snapshot) => async () => {
          calls.push(`save ${snapshot.version}`)
          return store.snapshots.save(name, snapshot)()
        },
      },
    }
    const options = {
      ...plain,
      snapshots: {
        in: counting.snapshots,
        every: 2,
        onFailure: (failure: SnapshotFailure) => {
          failures.push(failure)
          throw new Error('a listener that throws')
        },
      },
    }
    return { store: counting, calls, keys, failures, options }
  }

  test('loads once, and saves after every so many events', async () => {
    const { store, calls, failures, options } = watched()
    const run = handle(store, Till, options)
    for (let n = 0; n < 5; n++) {
      await run(put)()
      await turn()
    }
    expect(calls).toEqual(['load', 'append', 'append', 'save 2', 'append', 'append', 'save 4', 'append'])
    expect(await handle(store, Till, options)(put)()).toMatchObject({ right: { decidedIn: 25 } })
    expect(calls.slice(8)).toEqual(['load', 'append'])
    expect(failures).toEqual([])
  })

  test('answers before the save begins', async () => {
    const { store, calls, options } = watched()
    const run = handle(store, Till, { ...options, environment: systemEnvironment })
    await run(put)()
    await run(put)()
    expect(calls).toEqual(['load', 'append', 'append'])
  })

  test('tells why a snapshot was passed over, and reads the whole stream', async () => {
    const { store, calls, keys, failures, options } = watched()
    await handle(store, Till, options)(put)()
    const [of] = keys
    if (of === undefined) throw new Error('no key')
    await store.snapshots.save(stream, { of, version: version(1), state: 'five' })()
    calls.splice(0)
    expect(await handle(store, Till, options)(put)()).toMatchObject({ right: { decidedIn: 5 } })
    expect(calls.slice(0, 3)).toEqual(['load', 'read', 'append'])
    const reason = "is 'five', which is not number"
    expect(failures).toEqual([{ _tag: 'SnapshotNotUsable', stream, version: 1n, path: '', reason }])
  })

  test('a state that its codec does not bring back is never saved', async () => {
    const { store, calls, failures, options } = watched()
    const Forgetful = domain({
      name: 'forgetful',
      command: t.strict({ type: t.literal('Do') }),
      event: t.strict({ type: t.literal('Done') }),
      rejection: t.strict({ type: t.literal('Never') }),
      state: t.strict({ shown: t.number }) as unknown as t.Type<{ shown: number; hidden: number }, unknown>,
      streamId: () => 'x',
      initialState: { shown: 0, hidden: 0 },
      evolve: ({ hidden }) => ({ shown: 0, hidden: hidden + 1 }),
      decide:
        () =>
        ({ hidden }) =>
          hidden < 4 ? accept({ type: 'Done' }) : nothing,
    })
    for (let n = 0; n < 6; n++) {
      await handle(store, Forgetful, options)({ type: 'Do' })()
      await turn()
    }
    expect(calls.filter((call) => call.startsWith('save'))).toEqual([])
    expect(failures[0]).toMatchObject({ _tag: 'SnapshotNotTaken', version: 2n })
    expect(calls.filter((call) => call === 'append')).toHaveLength(4)
  })

  test('states that wait to be saved are bounded, and those beyond are told of', async () => {
    const { store, failures, options } = watched()
    const stuck: Snapshots = { ...store.snapshots, save: () => () => new Promise(() => undefined) }
    const run = handle(store, Till, { ...options, snapshots: { ...options.snapshots, in: stuck, every: 1 } })
    for (let n = 0; n < 105; n++) await run({ ...put, till: `t${n}` })()
    await turn()
    expect(failures.map((failure) => failure._tag)).toEqual(Array(4).fill('SnapshotNotSaved'))
    expect(failures[0]).toMatchObject({ stream: 'till-t101', version: 1n, error: { _tag: 'Busy' } })
  })

  test('a fold that was changed has other snapshots', async () => {
    const { store, keys, options } = watched()
    const changed = { ...Till, evolve: (balance: number) => balance + 1 }
    await handle(store, Till, options)(put)()
    await handle(store, Till, options)(put)()
    await handle(store, changed, options)(put)()
    await handle(store, { ...Till, foldVersion: 2 }, options)(put)()
    expect(new Set(keys.map(({ fingerprint }) => fingerprint)).size).toBe(3)
  })

  test('a decision model has none', async () => {
    const { store, calls, options } = watched()
    await handle(store, TaggedTill, options)(put)()
    await turn()
    expect(calls).toEqual(['append'])
  })
})
