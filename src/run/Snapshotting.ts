/**
 * How `handle` uses snapshots: it begins to read at one, and offers what it knows for the next one. Neither may change an
 * answer. A snapshot that does not decode, that is of another fold, or whose version does not fit the stream is passed
 * over, and the whole stream is read; so it is when snapshots cannot be had at all. Saving begins in a later turn than
 * the answers, nobody waits for it, and what fails there is told to `onFailure` and to nobody else.
 * What no check can find is a state that somebody forged, of the right shape and under the right key.
 * Used by: `Handle`.
 *
 * Laws (test/properties/run/Snapshotting.test.ts):
 * - SNT-1 transparency: whatever the snapshots hold, and wherever saving is cut off, every answer and every
 *   stream are those of a handle without snapshots.
 * - SNT-2 progress: where every save succeeds and commands that record one event each come one after another, a handle
 *   that starts anew reads fewer than `every` events.
 * @since 0.1.0
 */
import { either as E, option as O, type task as T } from 'fp-ts'
import type { Domain } from '../decide/Domain.js'
import { snapshotCodec } from '../evolve/Snapshot.js'
import type { StreamSlice } from '../store/EventStore.js'
import type { ReadError, Unavailable } from '../store/StoreError.js'
import type { StreamId } from '../store/StreamId.js'
import { noVersion, type Version } from '../store/Version.js'
import type { Environment } from './Environment.js'
import { snapshotQueue } from './SnapshotQueue.js'
import type { SaveError, Snapshots } from './Snapshots.js'
import { stateCache } from './StateCache.js'

/** Where snapshots are kept, and when one is taken. */
export interface SnapshotOptions {
  readonly in: Snapshots
  /** How many events a stream grows by before the next snapshot of it; 100 unless given. */
  readonly every?: number
  /** Told what became of a snapshot that was not used or not saved. Commands go on as if there were none. */
  readonly onFailure?: (failure: SnapshotFailure) => void
}

/** Why there is no snapshot where there could be one. */
export type SnapshotFailure = { readonly stream: StreamId } & (
  | { readonly _tag: 'SnapshotsNotRead'; readonly error: ReadError }
  /** One was found and passed over. */
  | {
      readonly _tag: 'SnapshotNotUsable'
      readonly version: Version
      readonly path: string
      readonly reason: string
    }
  /** The state does not come back from its codec as it is, so there will be no snapshot of it. */
  | {
      readonly _tag: 'SnapshotNotTaken'
      readonly version: Version
      readonly path: string
      readonly reason: string
    }
  | { readonly _tag: 'SnapshotNotSaved'; readonly version: Version; readonly error: SaveError }
)

/** Where a fold of a stream begins: a state, and the events that come after it. */
export interface Start<State> {
  readonly state: State
  readonly slice: StreamSlice
}

/** A state of a stream, and the version that it goes with. */
export interface StateAt<State> {
  readonly state: State
  readonly version: Version
}

/** The snapshots of one fold, for reading and for writing. */
export interface Snapshotting<State> {
  /** Nothing where the whole stream has to be read by other means. Never fails. */
  readonly start: (stream: StreamId) => T.Task<O.Option<Start<State>>>
  /** Returns at once. */
  readonly offer: (stream: StreamId, known: StateAt<State>) => void
}

const everyDefault = 100

/** So many states wait to be saved; each of them is held in memory. */
const waitingMax = 100

/** Of so many streams it is remembered at which version the last snapshot was. To forget one costs a needless save. */
const savedMax = 10_000

/**
 * The snapshots of a domain's fold.
 * @internal
 */
export const snapshotting = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  { in: snapshots, every = everyDefault, onFailure = () => undefined }: SnapshotOptions,
  environment: Environment,
): Snapshotting<State> => {
  const codec = snapshotCodec(domain)
  const saved = stateCache<Version>(savedMax)
  const tell = (failure: SnapshotFailure) => {
    try {
      onFailure(failure)
    } catch {
      // What a listener throws is no reason to fail a command, or to end the program from the background.
    }
  }

  const start: Snapshotting<State>['start'] = (stream) => async () => {
    const loaded = await settled(snapshots.load(stream, codec.key))
    if (E.isLeft(loaded)) {
      tell({ _tag: 'SnapshotsNotRead', stream, error: loaded.left })
      return O.none
    }
    const { snapshot, tail } = loaded.right
    const version = O.isSome(snapshot) ? snapshot.value.version : noVersion
    saved.set(stream, O.none)
    const state = O.isSome(snapshot) ? codec.restore(snapshot.value) : E.right(domain.initialState)
    // Versions are dense, so this finds out a snapshot from beyond the end of the stream, too.
    const isWhole = version + BigInt(tail.events.length) === tail.version
    if (E.isRight(state) && isWhole) {
      saved.set(stream, O.some(version))
      return O.some({ state: state.right, slice: tail })
    }
    const why = E.isLeft(state)
      ? state.left
      : { path: '', reason: `does not fit a stream of version ${tail.version}` }
    tell({ _tag: 'SnapshotNotUsable', stream, version, ...why })
    return O.none
  }

  const save = async (stream: StreamId, { state, version }: StateAt<State>): Promise<void> => {
    // The answers go out first: encoding a large state takes a while.
    await environment.sleep(0)()
    const taken = codec.take(state, version)
    if (E.isLeft(taken)) return tell({ _tag: 'SnapshotNotTaken', stream, version, ...taken.left })
    const done = await settled(snapshots.save(stream, taken.right))
    if (E.isLeft(done)) tell({ _tag: 'SnapshotNotSaved', stream, version, error: done.left })
  }

  const enqueue = snapshotQueue(waitingMax, save)
  const offer: Snapshotting<State>['offer'] = (stream, known) => {
    const last = O.getOrElse(() => noVersion)(saved.get(stream))
    const isDue = Number(known.version - last) >= Math.max(every, 1)
    if (!isDue) return
    // Also where saving will fail: a state that cannot be taken now need not be tried with every command.
    saved.set(stream, O.some(known.version))
    if (enqueue(stream, known)) return
    const error = { _tag: 'Busy', reason: `${waitingMax} snapshots wait to be saved` } as const
    tell({ _tag: 'SnapshotNotSaved', stream, version: known.version, error })
  }
  return { start, offer }
}

/** A port's answer; one that throws has not answered, and here that must not be anybody's failure. */
const settled = async <Failure, A>(
  call: () => Promise<E.Either<Failure, A>>,
): Promise<E.Either<Failure | Unavailable, A>> => {
  try {
    return await call()
  } catch (cause) {
    return E.left({ _tag: 'Unavailable', outcome: 'unknown', reason: 'the port of snapshots threw', cause })
  }
}
