/** Places for snapshots that are wrong in one respect, each with the beginning of the name of the case that finds it out. */
import { memoryStore } from 'decider-ts/adapters/memory'
import type { Snapshot } from 'decider-ts/evolve'
import type { SnapshotStore, Snapshots } from 'decider-ts/run'
import type { StreamId, StreamSlice } from 'decider-ts/store'
import { noVersion, stringify, version } from 'decider-ts/store'
import { either as E, function as F, option as O, taskEither as TE } from 'fp-ts'
import type { Wrong } from '../FindsOut.js'
import { others } from './Wrong.js'

export type WrongSnapshots = Wrong<SnapshotStore>

const wrong = (
  what: string,
  caughtBy: string,
  change: (right: Snapshots, store: SnapshotStore) => Partial<Snapshots>,
): WrongSnapshots => ({
  what,
  caughtBy: `C78 snapshots: ${caughtBy}`,
  open: () => {
    const store = memoryStore()
    return { ...store, snapshots: { ...store.snapshots, ...change(store.snapshots, store) } }
  },
})

type Kept = Map<string, Snapshot>

/** Snapshots in a map, by a place and a rule of one's own. */
const keeping = (
  store: SnapshotStore,
  placeOf: (stream: StreamId, of: Snapshot['of']) => string,
  keep: (kept: Kept, place: string, snapshot: Snapshot, stream: StreamSlice) => void | Promise<void>,
): Snapshots => {
  const kept: Kept = new Map()
  const load: Snapshots['load'] = (stream, of) => {
    const snapshot = O.fromNullable(kept.get(placeOf(stream, of)))
    const after = O.isSome(snapshot) ? snapshot.value.version : noVersion
    return F.pipe(
      store.readStream(stream, { after }),
      TE.map((tail) => ({ snapshot: O.map((each: Snapshot) => ({ ...each, of }))(snapshot), tail })),
    )
  }
  return {
    load: (stream, of) =>
      F.pipe(
        TE.right(of),
        TE.chain((key) => load(stream, key)),
      ),
    save: (stream, snapshot) => async () => {
      const slice = await store.readStream(stream)()
      if (E.isRight(slice)) await keep(kept, placeOf(stream, snapshot.of), snapshot, slice.right)
      return E.isLeft(slice) && slice.left._tag === 'InvalidInput' ? E.left(slice.left) : E.right(undefined)
    },
  }
}

const ownPlace = (stream: StreamId, of: Snapshot['of']): string =>
  JSON.stringify([stream, of.fold, of.fingerprint])

const newer = (kept: Kept, place: string, snapshot: Snapshot, { version: end }: StreamSlice): void => {
  const isNewer = snapshot.version > (kept.get(place)?.version ?? 0n)
  if (isNewer && snapshot.version <= end) kept.set(place, structuredClone(snapshot))
}

const withState =
  (change: (state: unknown) => unknown) =>
  (right: Snapshots): Partial<Snapshots> => ({
    save: (stream, snapshot) =>
      right.save(stream, { ...snapshot, state: change(snapshot.state) as Snapshot['state'] }),
  })

const withTail =
  (change: (tail: StreamSlice, isFromSnapshot: boolean) => StreamSlice) =>
  (right: Snapshots): Partial<Snapshots> => ({
    load: (stream, key) =>
      F.pipe(
        right.load(stream, key),
        TE.map(({ snapshot, tail }) => ({ snapshot, tail: change(tail, O.isSome(snapshot)) })),
      ),
  })

export const wrongSnapshots: ReadonlyArray<WrongSnapshots> = [
  wrong('the first one stays', 'the newest is found', (_, store) =>
    keeping(store, ownPlace, (kept, place, snapshot, stream) => {
      if (!kept.has(place)) newer(kept, place, snapshot, stream)
    }),
  ),
  wrong('the last one that was saved stays', 'one that is not newer', (_, store) =>
    keeping(store, ownPlace, (kept, place, snapshot, { version: end }) => {
      if (snapshot.version <= end) kept.set(place, structuredClone(snapshot))
    }),
  ),
  wrong('one of the same version takes its place', 'one that is not newer', (_, store) =>
    keeping(store, ownPlace, (kept, place, snapshot, { version: end }) => {
      const isOlder = snapshot.version < (kept.get(place)?.version ?? 0n)
      if (!isOlder && snapshot.version <= end) kept.set(place, structuredClone(snapshot))
    }),
  ),
  wrong(
    'no snapshot, no tail',
    'where there is none',
    withTail((tail, isFromSnapshot) => (isFromSnapshot ? tail : { events: [], version: noVersion })),
  ),
  wrong('the fingerprint is not looked at', 'each stream and each fold', (_, store) =>
    keeping(store, (stream, { fold }) => JSON.stringify([stream, fold]), newer),
  ),
  wrong('the stream is not looked at', 'each stream and each fold', (_, store) =>
    keeping(store, (_, { fold, fingerprint }) => JSON.stringify([fold, fingerprint]), newer),
  ),
  wrong('names are put together without a joint', 'each stream and each fold', (_, store) =>
    keeping(store, (stream, { fold, fingerprint }) => `${stream}${fold}${fingerprint}`, newer),
  ),
  wrong('long fingerprints are cut', 'each stream and each fold', (_, store) =>
    keeping(
      store,
      (stream, { fold, fingerprint }) => ownPlace(stream, { fold, fingerprint: fingerprint.slice(0, 2_000) }),
      newer,
    ),
  ),
  wrong(
    'the tail is cut after 100 events',
    'the tail is exactly',
    withTail((tail) => ({ ...tail, events: tail.events.slice(0, 100) })),
  ),
  wrong('the tail begins with the event of the snapshot', 'the tail is exactly', (right, store) => ({
    load: (stream, key) =>
      F.pipe(
        right.load(stream, key),
        TE.chain(
          ({ snapshot, tail }): ReturnType<Snapshots['load']> =>
            O.isNone(snapshot)
              ? TE.right({ snapshot, tail })
              : F.pipe(
                  store.readStream(stream, { after: version(snapshot.value.version - 1n) }),
                  TE.map((longer) => ({ snapshot, tail: longer })),
                ),
        ),
      ),
  })),
  wrong(
    'the version of a tail without events is 0',
    'the tail is exactly',
    withTail((tail) => (tail.events.length === 0 ? { ...tail, version: noVersion } : tail)),
  ),
  wrong(
    'the sign of -0 is lost',
    'a state is stored exactly',
    withState((state) => JSON.parse(JSON.stringify(state))),
  ),
  wrong(
    'U+0000 is left out',
    'a state is stored exactly',
    withState((state) => JSON.parse(stringify(state as never).replaceAll('\\u0000', ''))),
  ),
  wrong('a state beyond a megabyte is dropped', 'a state of megabytes', (right) => ({
    save: (stream, snapshot) =>
      JSON.stringify(snapshot.state).length > 1_000_000 ? TE.right(undefined) : right.save(stream, snapshot),
  })),
  wrong('a version that the stream does not have is kept', 'one from beyond', (_, store) =>
    keeping(store, ownPlace, (kept, place, snapshot) => {
      if (snapshot.version > (kept.get(place)?.version ?? 0n)) kept.set(place, structuredClone(snapshot))
    }),
  ),
  wrong('a name that no stream can have has no snapshot', 'a name that no stream', (right) => ({
    save: (stream, snapshot) =>
      F.pipe(
        right.save(stream, snapshot),
        TE.orElse((): ReturnType<Snapshots['save']> => TE.right(undefined)),
      ),
  })),
  wrong('it looks first and saves later', 'of saves that race', (_, store) =>
    keeping(store, ownPlace, async (kept, place, snapshot) => {
      const before = kept.get(place)?.version ?? 0n
      await others()
      if (snapshot.version > before) kept.set(place, structuredClone(snapshot))
    }),
  ),
  wrong('what is saved is what the saver holds', 'what was saved', (_, store) =>
    keeping(store, ownPlace, (kept, place, snapshot, stream) => {
      newer(kept, place, snapshot, stream)
      if (kept.has(place)) kept.set(place, snapshot)
    }),
  ),
]
