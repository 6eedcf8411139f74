/**
 * What is measured. A workload runs in rounds on one database of one contender; every operation has a key of its own,
 * so that in the end each acknowledged one can be looked for.
 */
import postgres from 'postgres'
import type { Contender, Entry } from './Contender.js'
import { added } from './Domain.js'
import { type Act, drive, type Figures, type Limit, percentilesOf } from './Drive.js'

/** How much to do: `quick` for a look, `full` for figures. */
export interface Size {
  readonly round: Limit
  /** How long the round is that does not count. */
  readonly warmUpSeconds: number
  /** Streams of ten events that are prepared for each round. */
  readonly preparedStreams: number
  /** Commands on one stream in a round at most: the longer it is, the dearer is a read of all of it. */
  readonly hotCommands: number
  readonly claimsBefore: number
  readonly replayed: number
  readonly followed: number
  /** For so long a thousand events a second are appended, and followed. */
  readonly liveSeconds: number
}

export const sizes: Readonly<Record<'quick' | 'full', Size>> = {
  quick: {
    round: { operations: 20_000, seconds: 0.25 },
    warmUpSeconds: 0.4,
    preparedStreams: 300,
    hotCommands: 300,
    claimsBefore: 2_000,
    replayed: 20_000,
    followed: 2_000,
    liveSeconds: 1,
  },
  full: {
    round: { operations: 100_000, seconds: 2 },
    warmUpSeconds: 3,
    preparedStreams: 3_000,
    hotCommands: 2_000,
    claimsBefore: 20_000,
    replayed: 100_000,
    followed: 20_000,
    liveSeconds: 5,
  },
}

/** One contender at one workload. */
export interface Session {
  readonly contender: Contender
  /** Of its database; empty in memory. */
  readonly url: string
  readonly size: Size
  /** The keys of the events that were recorded, as far as the contender has said so. */
  readonly acknowledged: Set<string>
}

export interface Workload {
  readonly onServer: boolean
  /** Not measured. */
  readonly prepare?: (session: Session) => Promise<void>
  /** Not measured, before every round. */
  readonly prepareRound?: (session: Session, round: number) => Promise<void>
  readonly round: (session: Session, round: number) => Promise<Figures>
}

const must = <A>(part: A | undefined): A => {
  if (part === undefined) throw new Error('The contender cannot do this workload.')
  return part
}

/** Runs an operation under a key, and remembers the key once it is acknowledged. */
const acknowledging =
  (
    { acknowledged }: Session,
    round: number,
    operate: (key: string, n: number, caller: number) => Promise<unknown>,
  ): Act =>
  async (n, caller) => {
    const key = `${round}.${n}`
    const recorded = (await operate(key, n, caller)) !== false
    if (recorded) acknowledged.add(key)
    return recorded
  }

/** The first round is the warm-up. */
const limitOf = ({ round: limit, warmUpSeconds }: Size, round: number): Limit =>
  round === 0 ? { ...limit, seconds: warmUpSeconds } : limit

const chunk = 1_000

/** Records events beforehand, a chunk at a time, and lets the server count them as it would have done in time. */
const fill = async (
  { contender, url, acknowledged }: Session,
  entries: ReadonlyArray<Entry>,
): Promise<void> => {
  for (let from = 0; from < entries.length; from += chunk)
    await must(contender.fill)(entries.slice(from, from + chunk))
  for (const { event } of entries) acknowledged.add(event.key)
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  await sql`analyze`
  await sql.end()
}

const eventsOf = (stream: string, count: number): ReadonlyArray<Entry> =>
  Array.from({ length: count }, (_, n) => ({ stream, event: added(`${stream}.${n}`, n + 1) }))

const append = (callers: number): Workload => ({
  onServer: true,
  round: (session, round) =>
    drive(
      callers,
      limitOf(session.size, round),
      acknowledging(session, round, (key) =>
        must(session.contender.append)({ stream: `new-${key}`, event: added(key, 1) }),
      ),
    ),
})

/** Each stream has ten events already, and is commanded once: nothing that was read before is of use. */
const handleOnce: Workload = {
  onServer: true,
  prepareRound: (session, round) =>
    fill(
      session,
      Array.from({ length: session.size.preparedStreams }, (_, n) =>
        eventsOf(`old-${round}.${n}`, 10),
      ).flat(),
    ),
  round: (session, round) =>
    drive(
      32,
      { ...limitOf(session.size, round), operations: session.size.preparedStreams },
      acknowledging(session, round, (key) => must(session.contender.command)(`old-${key}`, key)),
    ),
}

/** Each stream gets ten commands, one after another. */
const handleInTurn: Workload = {
  onServer: true,
  round: (session, round) => {
    const done: Array<number> = []
    return drive(
      32,
      limitOf(session.size, round),
      acknowledging(session, round, (key, _, caller) => {
        const turn = done[caller] ?? 0
        done[caller] = turn + 1
        return must(session.contender.command)(`turn-${round}.${caller}.${Math.floor(turn / 10)}`, key)
      }),
    )
  },
}

/** A stream of its own in each round; it is new, so the first commands race for being the first. */
const hotStream: Workload = {
  onServer: true,
  round: (session, round) =>
    drive(
      64,
      { ...limitOf(session.size, round), operations: session.size.hotCommands },
      acknowledging(session, round, (key) => must(session.contender.command)(`hot-${round}`, key)),
    ),
}

/** Every tenth operation claims a name that another one is claiming at the same time: one of the two must be refused. */
const claim: Workload = {
  onServer: true,
  prepare: (session) =>
    fill(
      session,
      Array.from({ length: session.size.claimsBefore }, (_, n) => eventsOf(`claim-before.${n}`, 1)).flat(),
    ),
  round: (session, round) =>
    drive(
      64,
      limitOf(session.size, round),
      acknowledging(session, round, (key, n) => {
        const name = n % 10 === 9 ? n - 1 : n
        return must(session.contender.claim)({ stream: `claim-${round}.${name}`, event: added(key, 1) })
      }),
    ),
}

const replay: Workload = {
  onServer: true,
  prepare: (session) => fill(session, eventsOf('long-1', session.size.replayed)),
  round: async ({ contender, size }) => {
    const start = performance.now()
    const state = await must(contender.replay)('long-1')
    if (state !== size.replayed) throw new Error(`The state is ${state} instead of ${size.replayed}.`)
    return once(size.replayed, start)
  },
}

/** One thing that took its time as a whole. */
const once = (operations: number, start: number): Figures => {
  const elapsed = performance.now() - start
  return { operations, seconds: elapsed / 1_000, p50: elapsed, p99: elapsed, refused: 0, failures: {} }
}

/** From the origin to the newest event, by somebody who has read nothing yet. */
const catchUp: Workload = {
  onServer: true,
  prepare: (session) =>
    fill(
      session,
      Array.from({ length: session.size.followed / 10 }, (_, n) => eventsOf(`past-${n}`, 10)).flat(),
    ),
  round: async ({ contender, size, acknowledged }) => {
    const start = performance.now()
    const awaited = new Set(acknowledged)
    const follower = followerOf(awaited)
    const stop = await must(contender.follow)('origin', follower.read)
    await Promise.race([follower.done, pause(patienceMs)])
    const missed = awaited.size
    const figures = once(size.followed - missed, start)
    await Promise.race([stop(), pause(patienceMs)])
    return { ...figures, failures: { ...follower.faults, ...(missed > 0 && { 'never read': missed }) } }
  },
}

/** Somebody who has not read everything by then has come to a stand, which happens to peers. */
const patienceMs = 30_000

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Waits until every awaited key was read; a key that comes twice, or that nobody awaits, is a fault. */
const followerOf = (awaited: Set<string>) => {
  const faults: Record<string, number> = {}
  let finish = (): void => undefined
  const done = new Promise<void>((resolve) => {
    finish = resolve
  })
  return {
    faults,
    done,
    read: (key: string): void => {
      if (!awaited.delete(key)) faults['read twice'] = (faults['read twice'] ?? 0) + 1
      if (awaited.size === 0) finish()
    },
  }
}

const livePerSecond = 1_000

/**
 * Somebody follows while a thousand events a second are appended, whatever becomes of those before. What is measured is
 * the time from the call of an append until its event is read.
 */
const live: Workload = {
  onServer: true,
  round: async ({ contender, size, acknowledged }, round) => {
    const count = size.liveSeconds * livePerSecond
    const [called, latencies] = [new Map<string, number>(), [] as number[]]
    let finish = (): void => undefined
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const stop = await must(contender.follow)('now', (key) => {
      const since = called.get(key)
      if (since === undefined) return
      called.delete(key)
      latencies.push(performance.now() - since)
      if (latencies.length === count) finish()
    })
    const start = performance.now()
    await paced(count, async (n) => {
      const key = `${round}.live.${n}`
      called.set(key, performance.now())
      await must(contender.append)({ stream: `new-${key}`, event: added(key, 1) })
      acknowledged.add(key)
    })
    await Promise.race([finished, pause(patienceMs)])
    const seconds = (performance.now() - start) / 1_000
    await Promise.race([stop(), pause(patienceMs)])
    const missed = count - latencies.length
    const failures: Record<string, number> = missed > 0 ? { 'never read': missed } : {}
    return { operations: latencies.length, seconds, ...percentilesOf(latencies), refused: 0, failures }
  },
}

/** Begins so many operations at an even pace, and waits for them in the end. */
const paced = async (count: number, operate: (n: number) => Promise<void>): Promise<void> => {
  const start = performance.now()
  const begun: Array<Promise<void>> = []
  while (begun.length < count) {
    const due = Math.min(count, Math.floor(((performance.now() - start) / 1_000) * livePerSecond))
    while (begun.length < due) begun.push(operate(begun.length))
    await pause(1)
  }
  await Promise.all(begun)
}

const memory: Workload = { ...append(1), onServer: false }

/** Few enough to stay in the cache of the processor: what is measured is the loop, not the memory. */
const folded = eventsOf('fold', 10_000).map(({ event }) => event)

const fold: Workload = {
  onServer: false,
  round: async ({ contender, size }, round) => {
    const { seconds } = limitOf(size, round)
    const start = performance.now()
    let operations = 0
    while (performance.now() < start + seconds * 1_000) {
      const state = must(contender.fold)(folded)
      if (state !== folded.length) throw new Error(`The state is ${state} instead of ${folded.length}.`)
      operations += folded.length
    }
    return once(operations, start)
  },
}

export const workloads = {
  'append, 64 callers': append(64),
  'append, 1 caller': append(1),
  'handle, ten-event streams': handleOnce,
  'handle, ten commands in turn': handleInTurn,
  'handle, one hot stream': hotStream,
  'append on condition': claim,
  replay,
  'catch up': catchUp,
  live,
  'append in memory': memory,
  fold,
} satisfies Readonly<Record<string, Workload>>

export type WorkloadName = keyof typeof workloads
