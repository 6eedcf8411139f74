/**
 * A subscription delivers the events of a query in the order of the log: those that are recorded, and then those that
 * will be. It is read like any async iterable, and that is all its control of flow: while there is much to read, pages are
 * read ahead up to a bound, and then when somebody asks. What it does when is decided by `SubscriptionMachine`; here its orders
 * are carried out.
 * It keeps no place of its own: each batch says how far it reaches, and whoever has dealt with it may start from there.
 * `follow` does that with a checkpoint.
 * Used by: applications, `follow`.
 *
 * Laws (test/properties/run/Subscription.test.ts):
 * - SUB-8 obedience: whatever fails for a while, and whether hints are missed or come twice, the batches are the events
 *   of the query, in order, each once, while others append.
 * - SUB-9 quiet after the stop: once `stop` has resolved, nothing is under way at the store, nothing is asked of it any
 *   more, and nobody listens for its hints.
 * @since 0.1.0
 */
import { either as E, taskEither as TE } from 'fp-ts'
import { beginning, type GlobalPosition } from '../store/GlobalPosition.js'
import { everything, type Query } from '../store/Query.js'
import type { ReadError } from '../store/StoreError.js'
import type { Timestamp } from '../store/Timestamp.js'
import { type Environment, systemEnvironment } from './Environment.js'
import { endOfTime, type Feed, type FollowedStore } from './Feed.js'
import { type Pauses, pausesIn } from './Pauses.js'
import { exponential, type RetryPolicy } from './RetryPolicy.js'
import {
  type Batch,
  type Ending,
  type Order,
  type Polling,
  type Retrying,
  type Signal,
  subscriptionMachine,
} from './SubscriptionMachine.js'

export type { Batch, Polling, Retrying } from './SubscriptionMachine.js'

/**
 * Where to begin: with the first event of the log, with what is recorded from now on, after a place, or with the first
 * event that was recorded at or after a time.
 */
export type From = 'origin' | 'now' | { readonly after: GlobalPosition } | { readonly time: Timestamp }

/** How a log is subscribed to. */
export interface SubscriptionOptions {
  /** Which events; all of them unless given. */
  readonly query?: Query
  /** `origin` unless given. */
  readonly from?: From
  /** How many events a batch has at most; 1,000 unless given. */
  readonly batchSize?: number
  /** How many batches are read ahead of a consumer that catches up, at most; 2 unless given. */
  readonly prefetch?: number
  /**
   * How many positions the place moves over events that the query leaves out, before a batch without events tells of
   * it; `batchSize` unless given.
   */
  readonly placeAfter?: number
  /** How often to look where no hint comes; from 5 ms after an event to a second where nothing happens, unless given. */
  readonly polling?: Polling
  /** What to do about a store that is busy or cannot be reached; unless given, to try for ever, at last every 5 s. */
  readonly retry?: RetryPolicy
  /** Is told of every failure that is tried again. */
  readonly onRetry?: (retrying: Retrying) => void
  readonly environment?: Environment
}

/** What is answered to a demand: a batch, why there is none, or that there will be no more. */
export type Delivered = IteratorResult<E.Either<ReadError, Batch>, undefined>

/** Batches in order; an error is the last thing that comes. One consumer reads it, once. */
export interface Subscription extends AsyncIterableIterator<E.Either<ReadError, Batch>> {
  /**
   * Ends it: who waits for a batch is told that there is none, and what was read ahead is forgotten. Resolves when
   * nothing is under way at the store any more.
   */
  readonly stop: () => Promise<void>
  readonly next: () => Promise<Delivered>
  readonly return: () => Promise<Delivered>
}

/**
 * What subscriptions do about a store that is busy or cannot be reached: try for ever, waiting up to 10 ms at first and
 * up to 5 s in the end.
 * @example
 * import { subscriptionRetryPolicy } from 'decider-ts/run'
 * subscriptionRetryPolicy.attemptsMax // => Number.POSITIVE_INFINITY
 * subscriptionRetryPolicy.delayMs(100, 0.5) // => 2_500
 */
export const subscriptionRetryPolicy: RetryPolicy = exponential({
  attemptsMax: Number.POSITIVE_INFINITY,
  firstMs: 10,
  maxMs: 5_000,
})

/**
 * Subscribes to the log of a store, or to any other feed. Nothing happens before the first batch is asked for.
 * @example
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { subscribe } from 'decider-ts/run'
 * import { anyVersion, eventId, eventToAppend, streamId, toStream } from 'decider-ts/store'
 * import { either as E } from 'fp-ts'
 * const store = memoryStore()
 * const stream = streamId('account', 'a1')
 * const id = eventId('0198a6a2-0000-7000-8000-000000000001')
 * await store.append(toStream(stream, anyVersion)([eventToAppend({ id, stream, type: 'Opened', data: {} })]))()
 * const seen: string[] = []
 * for await (const batch of subscribe(store)) {
 *   if (E.isLeft(batch)) break
 *   seen.push(...batch.right.events.map(({ type }) => type))
 *   if (batch.right.state === 'live') break
 * }
 * seen // => ['Opened']
 */
export const subscribe = (
  store: Pick<FollowedStore, 'feed'>,
  options: SubscriptionOptions = {},
): Subscription => {
  const machine = subscriptionMachine(limitsOf(options))
  const consumers: Array<Consumer> = []
  let state = machine.initial
  let unlisten = () => {}
  let tellStopped = () => {}
  const stopped = new Promise<void>((resolve) => {
    tellStopped = resolve
  })
  const run: Run = {
    ...{ query: everything, from: 'origin', environment: systemEnvironment, onRetry: () => {} },
    ...options,
    feed: store.feed,
    pauses: pausesIn(options.environment ?? systemEnvironment),
    consumers,
    send: inTurn((signal) => {
      const [next, orders] = machine.step(state, signal)
      state = next
      for (const order of orders) carryOut(run, order)
    }),
    stopped: () => {
      unlisten()
      run.pauses.cut()
      tellStopped()
    },
  }
  const stop = (): Promise<void> => {
    run.send({ _tag: 'StopRequested' })
    return stopped
  }
  const subscription: Subscription = {
    [Symbol.asyncIterator]: () => subscription,
    next: () =>
      new Promise((resolve, reject) => {
        const isFirst = state.reading._tag === 'NotBegun' && state.phase !== 'stopped'
        if (isFirst) unlisten = store.feed.onRecorded(() => run.send({ _tag: 'Woken' }))
        consumers.push({ resolve, reject })
        run.send({ _tag: 'Demanded' })
      }),
    return: async () => {
      await stop()
      return ended
    },
    stop,
  }
  return subscription
}

interface Consumer {
  readonly resolve: (answer: Delivered) => void
  readonly reject: (defect: unknown) => void
}

/** What the orders of one subscription are carried out with. */
interface Run extends Required<Pick<SubscriptionOptions, 'query' | 'from' | 'environment' | 'onRetry'>> {
  readonly feed: Feed
  readonly pauses: Pauses
  /** Those who wait for a batch, in the order in which they asked. */
  readonly consumers: Array<Consumer>
  readonly send: (signal: Signal) => void
  readonly stopped: () => void
}

const carryOut = (run: Run, order: Order): void => {
  const { feed, consumers, send } = run
  switch (order._tag) {
    case 'Locate':
      ask(
        run,
        () => locate(run)(),
        (position) => ({ _tag: 'Located', position }),
      )
      break
    case 'ReadPage':
      ask(
        run,
        () => feed.page(run.query, order.after, order.limit)(),
        (page) => ({ _tag: 'PageArrived', page }),
      )
      break
    case 'Wait':
      watched(run, async () => {
        // The one before counts no more.
        run.pauses.cut()
        await run.pauses.pause(order.milliseconds)
        send({ _tag: 'TimeUp', wait: order.wait })
      })
      break
    case 'Report':
      watched(run, async () => run.onRetry(order.retrying))
      break
    case 'Deliver':
      consumers.shift()?.resolve({ done: false, value: E.right(order.batch) })
      break
    case 'Finish':
      finish(order.ending, consumers.shift())
      break
    case 'End':
      consumers.shift()?.resolve(ended)
      break
    case 'Stopped':
      run.stopped()
      break
  }
}

const ask = <A>(run: Run, call: TE.TaskEither<ReadError, A>, answer: (found: A) => Signal): void =>
  watched(run, async () => {
    const found = await call()
    if (E.isRight(found)) run.send(answer(found.right))
    else run.send({ _tag: 'ReadFailed', error: found.left, random: run.environment.random() })
  })

/** A defect of what is called reaches the consumer, as it would if the consumer had called it. */
const watched = ({ send }: Run, act: () => Promise<void>): void => {
  act().catch((defect: unknown) => send({ _tag: 'Crashed', defect }))
}

const ended = { done: true, value: undefined } as const

const finish = (ending: Ending, consumer: Consumer | undefined): void => {
  if (ending._tag === 'Failed') consumer?.resolve({ done: false, value: E.left(ending.error) })
  else consumer?.reject(ending.defect)
}

const limitsOf = ({
  batchSize = 1_000,
  prefetch = 2,
  placeAfter = batchSize,
  polling = { firstMs: 5, maxMs: 1_000 },
  retry = subscriptionRetryPolicy,
}: SubscriptionOptions) => {
  for (const [name, number] of Object.entries({ batchSize, prefetch, placeAfter })) {
    if (!Number.isInteger(number) || number < 1)
      throw new RangeError(`${name} must be a whole number of 1 or more, so it cannot be ${number}.`)
  }
  return { batchSize, prefetch, placeAfter, polling, retry }
}

const locate = ({ feed, from }: Run): TE.TaskEither<ReadError, GlobalPosition> => {
  if (from === 'origin') return TE.right(beginning)
  if (from !== 'now' && 'after' in from) return TE.right(from.after)
  return feed.positionAt(from === 'now' ? endOfTime : from.time)
}

/** What is sent while something sent earlier is still being dealt with waits until that is done. */
const inTurn = <A>(deal: (one: A) => void): ((one: A) => void) => {
  const queue: Array<A> = []
  let isDealing = false
  return (one) => {
    queue.push(one)
    if (isDealing) return
    isDealing = true
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) deal(next)
    } finally {
      isDealing = false
    }
  }
}
