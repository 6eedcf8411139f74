/**
 * A world whose time is a number: it goes on to the next thing that somebody waits for once nobody has anything to do. So
 * leases end, owners stall for longer than their lease, and processes die between a call and its answer, all of it decided
 * by a sample, and hours of it in a second.
 */
import type { Environment, FollowedStore, ReadModels } from 'decider-ts/run'
import { type Timestamp, timestamp } from 'decider-ts/store'
import { either as E, type taskEither as TE } from 'fp-ts'

export interface VirtualWorld {
  readonly now: () => Timestamp
  /** `onBegun` is given what ends the wait at once. */
  readonly sleep: (milliseconds: number, onBegun?: (wake: () => void) => void) => Promise<void>
  /** For how many things somebody waits. */
  readonly waits: () => number
  /** Lets time pass until somebody says that it is enough; more than `mostMs` of it is a failure. */
  readonly passUntil: (isEnough: () => boolean, mostMs?: number) => Promise<void>
}

interface Waiting {
  readonly at: number
  readonly nth: number
  readonly wake: () => void
}

/** `quiet` resolves when nobody has anything to do but wait: in memory after a turn of the event loop. */
export const virtualWorld = (
  quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve)),
): VirtualWorld => {
  let now = 0
  let nth = 0
  const waiting: Array<Waiting> = []
  return {
    now: () => timestamp(now),
    sleep: (milliseconds, onBegun) =>
      new Promise((wake) => {
        const mine = { at: now + Math.max(0, milliseconds), nth: nth++, wake }
        waiting.push(mine)
        onBegun?.(() => {
          const place = waiting.indexOf(mine)
          if (place >= 0) waiting.splice(place, 1)
          wake()
        })
      }),
    waits: () => waiting.length,
    passUntil: async (isEnough, mostMs = 600_000) => {
      const until = now + mostMs
      for (;;) {
        await quiet()
        if (isEnough()) return
        waiting.sort((a, b) => b.at - a.at || b.nth - a.nth)
        const next = waiting.pop()
        if (next === undefined) throw new Error('Nobody waits for anything, and it is not enough.')
        if (next.at > until) throw new Error(`It was not enough after ${mostMs} ms.`)
        now = Math.max(now, next.at)
        next.wake()
      }
    },
  }
}

/** What happens to the calls of one process, call by call and around again. */
export interface Course {
  /** How long a call takes before it is carried out, and as long again before it is answered. */
  readonly delaysMs: ReadonlyArray<number>
  /** Whether a call fails: not, before it is carried out, or after it. */
  readonly failures: ReadonlyArray<'none' | 'before' | 'after'>
}

export const quickly: Course = { delaysMs: [1], failures: ['none'] }

export interface Process {
  readonly environment: Environment
  readonly store: FollowedStore
  readonly through: <Transaction>(readModels: ReadModels<Transaction>) => ReadModels<Transaction>
  /** From now on none of its calls is carried out or answered, and it does not wake any more. */
  readonly die: () => void
  readonly isDead: () => boolean
}

/** A process of its own: everything it asks of the world takes its course. */
export const processIn = (
  world: VirtualWorld,
  name: string,
  store: FollowedStore,
  { delaysMs, failures }: Course,
): Process => {
  let calls = 0
  let isDead = false
  const never = new Promise<never>(() => {})
  const alive: VirtualWorld['sleep'] = async (milliseconds, onBegun) => {
    if (isDead) return never
    await world.sleep(milliseconds, onBegun)
    if (isDead) return never
  }
  const slowly =
    <Failure, A>(call: TE.TaskEither<Failure, A>): TE.TaskEither<Failure, A> =>
    async () => {
      const nth = calls++
      const delayMs = delaysMs[nth % delaysMs.length] ?? 0
      const failure = failures[nth % failures.length]
      // Every port of this library may answer this; a generic wrapper cannot say so in its type.
      const unavailable = E.left({ _tag: 'Unavailable', reason: 'for a moment' }) as E.Either<
        never,
        never
      > as E.Either<Failure, A>
      await alive(delayMs)
      if (failure === 'before') return unavailable
      const answer = await call()
      await alive(delayMs)
      return failure === 'after' ? unavailable : answer
    }
  return {
    environment: {
      newEventId: () => {
        throw new Error(`${name} needs no ids.`)
      },
      now: world.now,
      sleep: (milliseconds, onBegun) => () => alive(milliseconds, onBegun),
      random: () => (calls * 0.618) % 1,
    },
    store: {
      ...store,
      head: slowly(store.head),
      read: (query, range) => slowly(store.read(query, range)),
      feed: { ...store.feed, page: (query, after, limit) => slowly(store.feed.page(query, after, limit)) },
    },
    through: (readModels) => ({
      ...readModels,
      lease: (of, owner, leaseMs) => slowly(readModels.lease(of, owner, leaseMs)),
      release: (of, owner) => slowly(readModels.release(of, owner)),
      load: (of, keys) => slowly(readModels.load(of, keys)),
      commit: (of, commit, within) => slowly(readModels.commit(of, commit, within)),
      place: (of) => slowly(readModels.place(of)),
      parked: (of) => slowly(readModels.parked(of)),
      parkedEvents: (of, key) => slowly(readModels.parkedEvents(of, key)),
      unpark: (of, unparking, within) => slowly(readModels.unpark(of, unparking, within)),
      makeLive: (of) => slowly(readModels.makeLive(of)),
    }),
    die: () => {
      isDead = true
    },
    isDead: () => isDead,
  }
}
