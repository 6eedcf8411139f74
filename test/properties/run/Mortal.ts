/**
 * Processes that die at a call: before it is carried out, or after it and before its answer. A dead process makes no call
 * and gets no answer, so what it had in hand is left as it is, and what it held is held until its leases are over.
 */
import type { Dispatch, Environment, FollowedStore, ProcessKeeper } from 'decider-ts/run'
import { either as E, type taskEither as TE } from 'fp-ts'
import type { VirtualWorld } from './VirtualWorld.js'

/** What happens to the calls of a process, around again where the list ends. */
export interface Fate {
  readonly delaysMs: ReadonlyArray<number>
  readonly failures: ReadonlyArray<'none' | 'before' | 'after'>
  /** It dies before its n-th call (2n), or after it (2n + 1); never unless given. */
  readonly diesAt?: number
}

export const unhindered: Fate = { delaysMs: [1], failures: ['none'] }

export interface Mortal<Transaction> {
  readonly environment: Environment
  readonly store: FollowedStore
  readonly keeper: ProcessKeeper<Transaction>
  readonly dispatching: <Command, Failure>(dispatch: Dispatch<Command, Failure>) => Dispatch<Command, Failure>
  readonly die: () => void
  readonly isDead: () => boolean
  /** How many of its calls are being carried out: those that it had made before it died are, by whom it called. */
  readonly underWay: () => number
}

export const mortalIn = <Transaction>(
  world: VirtualWorld,
  store: FollowedStore,
  keeper: ProcessKeeper<Transaction>,
  { delaysMs, failures, diesAt = -1 }: Fate,
): Mortal<Transaction> => {
  let calls = 0
  let isDead = false
  let underWay = 0
  const alive: VirtualWorld['sleep'] = async (milliseconds, onBegun) => {
    if (!isDead) await world.sleep(milliseconds, onBegun)
    if (isDead) await new Promise<never>(() => {})
  }
  const through =
    <Failure, A>(call: TE.TaskEither<Failure, A>): TE.TaskEither<Failure, A> =>
    async () => {
      const nth = calls++
      const delayMs = delaysMs[nth % delaysMs.length] ?? 0
      const failure = failures[nth % failures.length]
      // Every port of this library may answer this; a generic wrapper cannot say so in its type.
      const lost = E.left({ _tag: 'Unavailable', outcome: 'unknown', reason: 'lost', cause: undefined })
      const unavailable = lost as E.Either<never, never> as E.Either<Failure, A>
      if (diesAt === 2 * nth) isDead = true
      await alive(delayMs)
      if (failure === 'before') return unavailable
      underWay += 1
      const answer = await call().finally(() => {
        underWay -= 1
      })
      if (diesAt === 2 * nth + 1) isDead = true
      await alive(delayMs)
      return failure === 'after' ? unavailable : answer
    }
  return {
    environment: {
      newEventId: () => {
        throw new Error('A process manager needs no ids.')
      },
      now: world.now,
      sleep: (milliseconds, onBegun) => () => alive(milliseconds, onBegun),
      random: () => (calls * 0.618) % 1,
    },
    store: {
      ...store,
      feed: {
        ...store.feed,
        page: (query, after, limit) => through(store.feed.page(query, after, limit)),
        positionAt: (time) => through(store.feed.positionAt(time)),
      },
    },
    keeper: {
      ...keeper,
      lease: (of, owner, leaseMs) => through(keeper.lease(of, owner, leaseMs)),
      release: (of, owner) => through(keeper.release(of, owner)),
      load: (of, keys) => through(keeper.load(of, keys)),
      commit: (of, commit, within) => through(keeper.commit(of, commit, within)),
      due: (of, owner, limit) => through(keeper.due(of, owner, limit)),
      settle: (of, settled) => through(keeper.settle(of, settled)),
      nextDueAt: (of) => through(keeper.nextDueAt(of)),
    },
    dispatching: (dispatch) => (command, context) => through(dispatch(command, context)),
    die: () => {
      isDead = true
    },
    isDead: () => isDead,
    underWay: () => underWay,
  }
}
