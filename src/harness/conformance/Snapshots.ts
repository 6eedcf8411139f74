/**
 * Cases of snapshots: the newest is found with what comes after it, exactly, and is nobody else's.
 * Used by: `Suite`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { either as E, option as O } from 'fp-ts'
import type { FoldKey, Snapshot } from '../../evolve/Snapshot.js'
import type { SnapshotAndTail, SnapshotStore } from '../../run/Snapshots.js'
import type { Json } from '../../store/Json.js'
import { type StreamId, streamIdFrom } from '../../store/StreamId.js'
import { version } from '../../store/Version.js'
import { type Case, holds, type Settings } from './Case.js'
import { equal, fail, isTrue, left, right, textOf } from './Expect.js'
import { jsonValue } from './Hostile.js'
import { appendTo, count, eventsFrom, streamNamed } from './Samples.js'

const forSnapshots = (
  what: string,
  body: (store: SnapshotStore, settings: Settings) => Promise<void>,
): Case<SnapshotStore> => ({
  name: `C78 snapshots: ${what}`,
  needs: [],
  body: ({ store, settings }) => body(store, settings),
})

const one = streamNamed('one')
const two = streamNamed('two')
const sum: FoldKey = { fold: 'sum', fingerprint: 'f1' }

const at = (n: number, state: Json = n, of: FoldKey = sum): Snapshot => ({ of, version: version(n), state })

/** Events that no other stream of the case has. */
const fill = async (store: SnapshotStore, stream: StreamId, length: number, first = 1): Promise<void> => {
  await right(store.append(appendTo(stream, eventsFrom(first, first + length - 1, stream))), 'it is filled')
}

const saved = (store: SnapshotStore, stream: StreamId, snapshot: Snapshot): Promise<void> =>
  right(store.snapshots.save(stream, snapshot), `a snapshot of version ${snapshot.version} is saved`)

const loaded = (store: SnapshotStore, stream: StreamId, key = sum): Promise<SnapshotAndTail> =>
  right(store.snapshots.load(stream, key), `the snapshot of ${stream} is loaded`)

/** What is loaded must be this snapshot, to the letter, and the events after it. */
const finds = async (
  store: SnapshotStore,
  stream: StreamId,
  key: FoldKey,
  expected: Snapshot | undefined,
  what: string,
): Promise<void> => {
  const { snapshot, tail } = await loaded(store, stream, key)
  equal(textOf(O.toUndefined(snapshot)), textOf(expected), what)
  const whole = await right(store.readStream(stream), 'the stream is read')
  const after = expected?.version ?? 0n
  equal(
    tail,
    { events: whole.events.filter((each) => each.version > after), version: whole.version },
    `${what}: the tail is what comes after version ${after}`,
  )
}

const newest = forSnapshots('the newest is found', async (store) => {
  await fill(store, one, 6)
  for (const n of [2, 3, 6]) {
    await saved(store, one, at(n))
    await finds(store, one, sum, at(n), `the snapshot of version ${n} takes the place of the one before`)
  }
})

const older = forSnapshots('one that is not newer is not kept', async (store) => {
  await fill(store, one, 6)
  await saved(store, one, at(4))
  for (const n of [2, 4]) {
    await saved(store, one, at(n, 'late'))
    await finds(store, one, sum, at(4), `a save of version ${n} comes late`)
  }
})

const none = forSnapshots('where there is none, the whole stream is the tail', async (store) => {
  await fill(store, one, 3)
  await finds(store, one, sum, undefined, 'no snapshot was ever saved')
  await finds(store, two, sum, undefined, 'a stream without events has no snapshot')
})

const isolated = forSnapshots('each stream and each fold has its own', async (store) => {
  await fill(store, one, 3)
  await fill(store, two, 3, 11)
  const long = 'x'.repeat(100_000)
  const keys: ReadonlyArray<FoldKey> = [
    sum,
    { fold: 'sum', fingerprint: 'f2' },
    { fold: 'SUM', fingerprint: 'f1' },
    { fold: 'sumf', fingerprint: '1' },
    { fold: '', fingerprint: 'sumf1' },
    { fold: 'sum', fingerprint: `${long}1` },
    { fold: 'sum', fingerprint: `${long}2` },
    { fold: '\u0000 " \\ \ud800 __proto__', fingerprint: '\u0000' },
  ]
  for (const [index, key] of keys.entries()) {
    await finds(store, one, key, undefined, `fold ${index} has no snapshot yet`)
    await saved(store, one, at(2, index, key))
    await finds(store, two, key, undefined, `fold ${index} has none of the other stream`)
  }
  for (const [index, key] of keys.entries()) {
    await finds(store, one, key, at(2, index, key), `fold ${index} has its own snapshot`)
  }
})

const tails = forSnapshots('the tail is exactly what comes after', async (store) => {
  await fill(store, one, 250)
  for (const [index, n] of [0, 1, 100, 249, 250].entries()) {
    const key = { fold: 'sum', fingerprint: `${index}` }
    if (n > 0) await saved(store, one, at(n, n, key))
    await finds(store, one, key, n > 0 ? at(n, n, key) : undefined, `version ${n} of 250`)
  }
})

const exact = forSnapshots('a state is stored exactly', async (store, settings) => {
  await fill(store, one, 1)
  const hostile = [
    -0,
    { z: 1, a: [-0], 10: 0 },
    '\u0000',
    '\ud800 \\u0000 "',
    1e308,
    JSON.parse('{"__proto__":{}}'),
  ]
  await saved(store, one, at(1, hostile))
  await finds(store, one, sum, at(1, hostile), 'a hostile state comes back as it went')
  let n = 0
  await holds(
    fc.asyncProperty(jsonValue, async (state) => {
      const key = { fold: 'sum', fingerprint: `${n++}` }
      await saved(store, one, at(1, state as Json, key))
      await finds(store, one, key, at(1, state as Json, key), 'the state comes back as it went')
    }),
    settings,
  )
})

const large = forSnapshots('a state of megabytes is kept', async (store) => {
  await fill(store, one, 2)
  const state = { text: 'é😀"\\'.repeat(300_000), items: count(1, 50_000) }
  await saved(store, one, at(1, state))
  await finds(store, one, sum, at(1, state), 'a large state comes back')
})

const beyond = forSnapshots('one from beyond the end of its stream is not kept', async (store) => {
  await fill(store, one, 3)
  await saved(store, one, at(4))
  await saved(store, one, { ...at(0), version: version(2n ** 70n) })
  await saved(store, two, at(1))
  await finds(store, one, sum, undefined, 'the stream has no version 4')
  await fill(store, one, 5, 11)
  await finds(store, one, sum, undefined, 'nor had it when the snapshot was saved')
  await finds(store, two, sum, undefined, 'the stream has no events')
  await saved(store, one, at(5))
  await finds(store, one, sum, at(5), 'the next one is kept')
})

const names = forSnapshots('a name that no stream can have is refused', async (store) => {
  for (const name of ['', 'a\u0000b', 'x'.repeat(513), '\ud800']) {
    const stream = streamIdFrom(name)
    const load = await left(store.snapshots.load(stream, sum), 'InvalidInput', 'the load is refused')
    const save = await left(store.snapshots.save(stream, at(1)), 'InvalidInput', 'the save is refused')
    equal([load.path, save.path], ['stream', 'stream'], 'the path leads to it')
  }
})

const races = forSnapshots('of saves that race, the newest stays', async (store, { rounds }) => {
  await fill(store, one, 8)
  for (const round of count(1, Math.min(rounds, 20))) {
    const key = { fold: 'sum', fingerprint: `${round}` }
    const order = count(0, 7).map((n) => ((n * 3 + round) % 8) + 1)
    const answers = await Promise.all(order.map((n) => store.snapshots.save(one, at(n, n, key))()))
    isTrue(answers.every(E.isRight), 'no save fails')
    await finds(store, one, key, at(8, 8, key), 'the newest of them is found')
  }
})

const isolation = forSnapshots('what was saved is nobody’s to change', async (store) => {
  await fill(store, one, 1)
  const state = { items: [1] }
  await saved(store, one, at(1, state))
  state.items.push(2)
  await finds(store, one, sum, at(1, { items: [1] }), 'the saver changes its own state')
  const { snapshot } = await loaded(store, one)
  if (O.isNone(snapshot)) return fail('the snapshot is there')
  try {
    Object.assign(snapshot.value.state as object, { items: [] })
  } catch {
    // A frozen state is as good as a copy.
  }
  await finds(store, one, sum, at(1, { items: [1] }), 'a reader changes what it was given')
})

/** Every case of a place for snapshots. */
export const snapshotCases: ReadonlyArray<Case<SnapshotStore>> = [
  newest,
  older,
  none,
  isolated,
  tails,
  exact,
  large,
  beyond,
  names,
  races,
  isolation,
]
