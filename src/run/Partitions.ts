/**
 * Work on a log that several processes share: each holds some of the partitions, follows the log from the least place of
 * those it holds, and deals with batch after batch under its leases. Processes may come, go, stall and die at any moment.
 * Whoever is late loses its partitions to the others within seconds, and what it still tries to write is refused by the
 * fence of its lease; then it forgets what it believed and begins again from what it is given.
 * Used by: `RunProjection`, whose laws hold it.
 * @since 0.1.0
 */
import { either as E, type taskEither as TE } from 'fp-ts'
import { beginning, type GlobalPosition } from '../store/GlobalPosition.js'
import type { Query } from '../store/Query.js'
import type { Busy, ReadError, Unavailable } from '../store/StoreError.js'
import { type Environment, systemEnvironment } from './Environment.js'
import type { FollowedStore } from './Feed.js'
import { type Patience, patiently } from './Patience.js'
import { type Pauses, pausesIn } from './Pauses.js'
import type { Lease, ReadModelError, ReadModelId, ReadModels } from './ReadModels.js'
import {
  type Batch,
  type Subscription,
  type SubscriptionOptions,
  subscribe,
  subscriptionRetryPolicy,
} from './Subscription.js'
import { isPassing } from './SubscriptionMachine.js'

/** How partitions are worked on. */
export interface PartitionOptions
  extends Pick<
    SubscriptionOptions,
    'batchSize' | 'prefetch' | 'polling' | 'retry' | 'onRetry' | 'environment'
  > {
  /** The name of this owner, which no other running one may have; a new id unless given. */
  readonly owner?: string
  /** How long partitions stay with an owner that is not heard of, in milliseconds; 5,000 unless given. */
  readonly leaseMs?: number
  /** How often leases are renewed, in milliseconds: less than `leaseMs`, and a third of it unless given. */
  readonly heartbeatMs?: number
}

/** What became of a batch: its place was written, a lease was lost and nothing was written, or it cannot go on. */
export type Dealt<End> =
  | { readonly _tag: 'Moved' }
  | { readonly _tag: 'Lost' }
  | { readonly _tag: 'Ended'; readonly end: End }

/** What is to be done, and with what. */
export interface PartitionWork<End> {
  readonly store: Pick<FollowedStore, 'feed'>
  readonly readModels: Pick<ReadModels, 'lease' | 'release'>
  readonly of: ReadModelId
  readonly query: Query
  readonly options: PartitionOptions
  /**
   * Deals with a batch under the leases: with the events above the place of each, and writes the batch's `upTo` as their
   * place. `patiently` tries again what may pass, until it is told to give up.
   */
  readonly deal: (batch: Batch, leases: ReadonlyArray<Lease>, desk: Desk) => Promise<Dealt<End>>
}

/** What whoever deals with a batch is given. */
export interface Desk {
  readonly owner: string
  readonly environment: Environment
  readonly patiently: <Failure extends { readonly _tag: string }, A>(
    call: TE.TaskEither<Failure, A>,
  ) => Promise<E.Either<Failure, A>>
  /** Waits, but not beyond a stop. */
  readonly pause: Pauses['pause']
  /** Whether somebody asked twice to stop. */
  readonly isGivenUp: () => boolean
}

/** Why the work has ended. */
export type PartitionEnd =
  | { readonly _tag: 'Stopped' }
  /** The second stop came before the first was done: whether the batch in hand is dealt with is unknown. */
  | { readonly _tag: 'StoppedByForce' }
  | { readonly _tag: 'ReadFailed'; readonly error: ReadError }
  | { readonly _tag: 'KeepingFailed'; readonly error: ReadModelError }

/** How it stands. */
export interface WorkStatus<End> {
  /**
   * `starting` until the keeper has answered; `standing by` while others hold all partitions; `catching up` and `live` as
   * a subscription is.
   */
  readonly state: 'starting' | 'standing by' | 'catching up' | 'live' | 'ended'
  readonly owner: string
  /** The partitions it holds. */
  readonly partitions: ReadonlyArray<number>
  /** Everything up to here is done in the partitions it holds. */
  readonly upTo: GlobalPosition
  /** What the keeper or the store failed with last, while that has not passed. */
  readonly trouble?: Busy | Unavailable
  /** Why it has ended, once it has. */
  readonly end?: End
  /** What was thrown, where it has ended by a defect. */
  readonly defect?: unknown
}

/** Work under way. */
export interface WorkingPartitions<End> {
  /** `true` once the keeper has answered, and `false` when it has ended before that; `done` says why. */
  readonly started: Promise<boolean>
  /** Why it has ended, once it has. What throws, be it the store, the keeper or this library, rejects it. */
  readonly done: Promise<End>
  /**
   * Asks for the end: the batch in hand is finished, and what it holds is released. Asked a second time, it waits for
   * nothing, and what it holds is free when its leases are over.
   */
  readonly stop: () => Promise<End>
  readonly status: () => WorkStatus<End>
}

/**
 * Works on the partitions of a read model from now on.
 * @internal
 */
export const workOnPartitions = <End>(work: PartitionWork<End>): WorkingPartitions<End | PartitionEnd> => {
  const run = newRun(work)
  const forced = new Promise<PartitionEnd>((resolve) => {
    run.force = () => resolve({ _tag: 'StoppedByForce' })
  })
  const done = Promise.race([workUntilStopped(run), forced]).then(
    (end) => {
      close(run, { end })
      return end
    },
    (defect: unknown) => {
      close(run, { defect })
      throw defect
    },
  )
  return {
    started: run.started.promise,
    done,
    stop: () => {
      run.stops += 1
      askToStop(run)
      if (run.stops > 1) run.force()
      return done
    },
    status: () => statusOf(run),
  }
}

const askToStop = <End>(run: Run<End>): void => {
  run.pauses.cut()
  run.wake()
}

/** What changes while it works. */
interface Run<End> extends PartitionWork<End> {
  readonly environment: Environment
  readonly owner: string
  readonly leaseMs: number
  readonly heartbeatMs: number
  readonly started: Later<boolean>
  /** All waits; each stop ends those that are under way. */
  readonly pauses: Pauses
  /** Resolves with what was thrown in the background. */
  readonly broken: Later<never>
  held: ReadonlyMap<number, Lease>
  /** Up to where batches were dealt with since the subscription began; what is gained below needs another one. */
  reach: GlobalPosition
  state: WorkStatus<End>['state']
  trouble: Busy | Unavailable | undefined
  /** Whether a batch is being dealt with: then its trouble is not over because a lease could be renewed. */
  isDealing: boolean
  ending: Pick<WorkStatus<End | PartitionEnd>, 'end' | 'defect'>
  stops: number
  losses: number
  /** Renewals take turns. */
  renewing: Promise<unknown>
  wake: () => void
  force: () => void
}

interface Later<A> {
  readonly promise: Promise<A>
  readonly resolve: (value: A) => void
  readonly reject: (reason: unknown) => void
}

const later = <A>(): Later<A> => {
  let settle: Omit<Later<A>, 'promise'> = { resolve: () => {}, reject: () => {} }
  const promise = new Promise<A>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...settle }
}

const newRun = <End>(work: PartitionWork<End>): Run<End> => {
  const { environment = systemEnvironment, leaseMs = 5_000, heartbeatMs = leaseMs / 3 } = work.options
  for (const [name, milliseconds] of Object.entries({ leaseMs, heartbeatMs })) {
    if (!Number.isFinite(milliseconds) || milliseconds <= 0)
      throw new RangeError(`${name} must be more than 0 milliseconds, so it cannot be ${milliseconds}.`)
  }
  if (heartbeatMs >= leaseMs)
    throw new RangeError(
      `heartbeatMs must be less than leaseMs, which is ${leaseMs}, so it cannot be ${heartbeatMs}.`,
    )
  return {
    ...work,
    environment,
    owner: work.options.owner ?? environment.newEventId(),
    leaseMs,
    heartbeatMs,
    started: later(),
    pauses: pausesIn(environment),
    broken: later(),
    held: new Map(),
    reach: beginning,
    state: 'starting',
    trouble: undefined,
    isDealing: false,
    ending: {},
    stops: 0,
    losses: 0,
    renewing: Promise.resolve(),
    wake: () => {},
    force: () => {},
  }
}

const close = <End>(run: Run<End>, ending: Run<End>['ending']): void => {
  run.ending = ending
  run.state = 'ended'
  run.held = new Map()
  run.started.resolve(false)
  askToStop(run)
}

const statusOf = <End>(run: Run<End>): WorkStatus<End | PartitionEnd> => ({
  state: run.state,
  owner: run.owner,
  partitions: [...run.held.keys()],
  upTo: leastPlace(run),
  ...(run.trouble && { trouble: run.trouble }),
  ...run.ending,
})

const leastPlace = <End>({ held, reach }: Run<End>): GlobalPosition =>
  [...held.values()].reduce(
    (least, { upTo }) => (upTo < least ? upTo : least),
    [...held.values()][0]?.upTo ?? reach,
  )

const workUntilStopped = async <End>(run: Run<End>): Promise<End | PartitionEnd> => {
  void beat(run).catch(run.broken.reject)
  const end = await Promise.race([takeTurns(run), run.broken.promise]).finally(() => {
    // What broke in the background ends what goes on in front.
    run.state = 'ended'
    askToStop(run)
  })
  // Whoever is still renewing would take again what is released here.
  await run.renewing
  if (run.stops < 2) await run.readModels.release(run.of, run.owner)()
  return end
}

/** Holds partitions and follows the log for them, again and again. */
const takeTurns = async <End>(run: Run<End>): Promise<End | PartitionEnd> => {
  while (!isAskedToStop(run)) {
    if (run.held.size === 0) {
      const leased = await renew(run)
      if (E.isLeft(leased))
        return isAskedToStop(run) ? stopped : { _tag: 'KeepingFailed', error: leased.left }
      run.started.resolve(true)
    }
    if (run.held.size > 0) {
      const end = await followOnce(run)
      if (end !== undefined) return end
      if (run.losses > 0) await pause(run, lossDelayMs(run))
    } else {
      run.state = 'standing by'
      await pause(run, run.heartbeatMs)
    }
  }
  return stopped
}

const isAskedToStop = <End>({ stops, state }: Run<End>): boolean => stops > 0 || state === 'ended'

const stopped: PartitionEnd = { _tag: 'Stopped' }

/** Two owners of one name take each other's place all the time; that they do it slowly is all that can be done. */
const lossDelayMs = <End>({ losses, environment }: Run<End>): number =>
  environment.random() * Math.min(1_000, 5 * 2 ** Math.min(losses, 10))

/** Waits, but not at all after somebody has asked to stop. */
const pause = async <End>(run: Run<End>, milliseconds: number): Promise<void> => {
  if (!isAskedToStop(run)) await run.pauses.pause(milliseconds)
}

/** Renews the leases from time to time, whatever the batch in hand takes. */
const beat = async <End>(run: Run<End>): Promise<void> => {
  for (;;) {
    await run.pauses.pause(run.heartbeatMs)
    if (run.state === 'ended') return
    if (run.held.size > 0) await renewOnce(run)
  }
}

const inTurn = <End, A>(run: Run<End>, act: () => Promise<A>): Promise<A> => {
  const mine = run.renewing.then(act)
  run.renewing = mine.catch(() => undefined)
  return mine
}

const renew = <End>(run: Run<End>): Promise<E.Either<ReadModelError, void>> =>
  inTurn(run, async () => {
    const leased = await patiently(leaseOf(run), { ...patienceOf(run), isGivenUp: () => isAskedToStop(run) })
    return E.isLeft(leased) ? leased : E.right(adopt(run, leased.right))
  })

/** A heartbeat that fails is followed by the next one. */
const renewOnce = <End>(run: Run<End>): Promise<void> =>
  inTurn(run, async () => {
    if (run.state === 'ended') return
    const leased = await leaseOf(run)()
    if (E.isRight(leased)) adopt(run, leased.right)
    else if (isPassing(leased.left)) run.trouble = leased.left
  })

const leaseOf = <End>({ readModels, of, owner, leaseMs }: Run<End>) => readModels.lease(of, owner, leaseMs)

const adopt = <End>(run: Run<End>, leases: ReadonlyArray<Lease>): void => {
  const before = run.held
  if (!run.isDealing) run.trouble = undefined
  const isOld = (lease: Lease): boolean => before.get(lease.partition)?.fence === lease.fence
  // The answer may be older than the commit of a moment ago.
  run.held = new Map(
    leases.map((lease) => [
      lease.partition,
      (isOld(lease) && further(before.get(lease.partition), lease)) || lease,
    ]),
  )
  const isBehind = leases.some((lease) => !isOld(lease) && lease.upTo < run.reach)
  if (isBehind || leases.length === 0) run.wake()
}

const further = (known: Lease | undefined, answered: Lease): Lease | undefined =>
  known !== undefined && known.upTo > answered.upTo ? known : undefined

/** Follows the log until it is stopped, cannot go on, or has to begin elsewhere, which is no end. */
const followOnce = async <End>(run: Run<End>): Promise<End | PartitionEnd | undefined> => {
  run.reach = leastPlace(run)
  run.state = 'catching up'
  const subscription: Subscription = subscribe(run.store, {
    ...run.options,
    environment: run.environment,
    query: run.query,
    from: { after: run.reach },
    placeAfter: 1,
    onRetry: patienceOf(run).onRetry,
  })
  run.wake = () => void subscription.stop()
  try {
    for await (const batch of subscription) {
      if (E.isLeft(batch)) return { _tag: 'ReadFailed', error: batch.left }
      const end = await dealWith(run, batch.right)
      if (end !== undefined) return end === 'again' ? undefined : end
    }
    return undefined
  } finally {
    run.wake = () => {}
    await subscription.stop()
  }
}

/** So often at most a place is written that has moved over events that are left out. */
const emptyEveryMs = 20

const dealWith = async <End>(
  run: Run<End>,
  batch: Batch,
): Promise<End | PartitionEnd | 'again' | undefined> => {
  const leases = [...run.held.values()]
  // A partition that was gained while the batch was on its way may need events from before it.
  if (leases.length === 0 || leases.some(({ upTo }) => upTo < run.reach)) return 'again'
  run.isDealing = true
  const dealt = await run.deal(batch, leases, deskOf(run))
  run.isDealing = false
  run.trouble = undefined
  if (dealt._tag === 'Ended') return dealt.end
  if (dealt._tag === 'Lost') {
    run.held = new Map()
    run.losses += 1
    return 'again'
  }
  moveTo(run, leases, batch.upTo)
  run.losses = 0
  if (!isAskedToStop(run)) run.state = batch.state
  if (isAskedToStop(run)) return stopped
  if (batch.events.length === 0) await pause(run, emptyEveryMs)
  return [...run.held.values()].some(({ upTo }) => upTo < run.reach) ? 'again' : undefined
}

const moveTo = <End>(run: Run<End>, leases: ReadonlyArray<Lease>, upTo: GlobalPosition): void => {
  const held = new Map(run.held)
  for (const { partition, fence } of leases) {
    const now = held.get(partition)
    if (now?.fence === fence && now.upTo < upTo) held.set(partition, { ...now, upTo })
  }
  run.held = held
  run.reach = upTo
}

const deskOf = <End>(run: Run<End>): Desk => ({
  owner: run.owner,
  environment: run.environment,
  patiently: (call) => patiently(call, patienceOf(run)),
  pause: run.pauses.pause,
  isGivenUp: () => isGivenUp(run),
})

const isGivenUp = <End>({ stops, state }: Run<End>): boolean => stops > 1 || state === 'ended'

/** The first stop cuts a wait short, and the later ones are as long as they are: the batch in hand is to be finished. */
const patienceOf = <End>(run: Run<End>): Patience => ({
  retry: run.options.retry ?? subscriptionRetryPolicy,
  environment: run.environment,
  pause: run.pauses.pause,
  isGivenUp: () => isGivenUp(run),
  onRetry: (retrying) => {
    run.trouble = retrying.error
    run.options.onRetry?.(retrying)
  },
})
