/**
 * Following a log: a receiver is given batch after batch, and a checkpoint keeps how far it has come. The place is saved
 * after the batch was received, so whatever happens, every event is received at least once and in order; after a
 * failure those behind the checkpoint come again, and a receiver for which that matters keeps the place together with
 * its work. It ends when it is stopped, or with the reason why it could not go on: nothing dies in silence.
 * Used by: applications.
 *
 * Laws (test/properties/run/Follow.test.ts), whatever fails and however often it is started again:
 * - FLW-1 at least once: what is received is in order and skips nothing, except that each start goes back to the
 *   checkpoint.
 * - FLW-2 kept: no place is saved before every event of the query up to it was received, and places never go back.
 * - FLW-3 once: where nothing fails, every event is received once, however often it is stopped in between.
 * - FLW-4 stop: the batch in hand is finished and its place saved, and nothing is received any more; after a second
 *   stop it has ended at once, and nothing is saved any more.
 * @since 0.1.0
 */
import { either as E, option as O, type taskEither as TE } from 'fp-ts'
import type { ReadError } from '../store/StoreError.js'
import type { Checkpoint, CheckpointError } from './Checkpoint.js'
import { systemEnvironment } from './Environment.js'
import type { FollowedStore } from './Feed.js'
import { type Patience, patiently } from './Patience.js'
import { type Pauses, pausesIn } from './Pauses.js'
import { type Batch, type SubscriptionOptions, subscribe, subscriptionRetryPolicy } from './Subscription.js'

/** How a log is followed: which events from where, who receives them, and where the place is kept. */
export interface FollowOptions<Failure> extends SubscriptionOptions {
  /** Where the place is kept; `from` counts only while there is none. */
  readonly checkpoint: Checkpoint
  /** Is given batches with events, one after another. What it fails with ends the following. */
  readonly receive: (batch: Batch) => TE.TaskEither<Failure, unknown>
  /** Is told of every place that was saved. */
  readonly onKept?: (kept: Pick<Batch, 'upTo' | 'state'>) => void
}

/** Why the following has ended. */
export type FollowEnd<Failure> =
  | { readonly _tag: 'Stopped' }
  /** The second stop came before the first was done: whether the batch in hand is received is unknown. */
  | { readonly _tag: 'StoppedByForce' }
  /** The batch is not behind the checkpoint, so it comes again when following begins again. */
  | { readonly _tag: 'ReceiverFailed'; readonly failure: Failure; readonly batch: Batch }
  | { readonly _tag: 'ReadFailed'; readonly error: ReadError }
  | { readonly _tag: 'CheckpointFailed'; readonly error: CheckpointError }

/** A log that is being followed. */
export interface Following<Failure> {
  /**
   * Asks for the end: the batch in hand is finished and its place saved. Asked a second time, it waits for nothing.
   * A receiver that waits for the answer waits for itself.
   */
  readonly stop: () => Promise<FollowEnd<Failure>>
  /** Why it has ended, once it has. A receiver or a store that throws rejects it: a defect is no reason to go on. */
  readonly done: Promise<FollowEnd<Failure>>
}

/**
 * Follows the log of a store, or any other feed, from now until it is stopped or cannot go on.
 * @example
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { follow, memoryCheckpoint } from 'decider-ts/run'
 * import { anyVersion, eventId, eventToAppend, streamId, toStream } from 'decider-ts/store'
 * import { taskEither as TE } from 'fp-ts'
 * const store = memoryStore()
 * const stream = streamId('account', 'a1')
 * const id = eventId('0198a6a2-0000-7000-8000-000000000001')
 * await store.append(toStream(stream, anyVersion)([eventToAppend({ id, stream, type: 'Opened', data: {} })]))()
 * const seen: string[] = []
 * const following = follow(store, {
 *   checkpoint: memoryCheckpoint(),
 *   receive: ({ events }) => {
 *     seen.push(...events.map(({ type }) => type))
 *     void following.stop()
 *     return TE.right(undefined)
 *   },
 * })
 * await following.done // => { _tag: 'Stopped' }
 * seen // => ['Opened']
 */
export const follow = <Failure>(
  store: Pick<FollowedStore, 'feed'>,
  options: FollowOptions<Failure>,
): Following<Failure> => {
  const pauses = pausesIn(options.environment ?? systemEnvironment)
  const stopping: Stopping = { stops: 0, onStop: () => {}, pauses }
  let force = () => {}
  const forced = new Promise<FollowEnd<Failure>>((resolve) => {
    force = () => resolve({ _tag: 'StoppedByForce' })
  })
  const done = Promise.race([followUntilStopped(store, options, stopping), forced])
  return {
    done,
    stop: () => {
      stopping.stops += 1
      if (stopping.stops > 1) force()
      stopping.onStop()
      pauses.cut()
      return done
    },
  }
}

/** What is shared by the one who stops and the one who is to stop. */
interface Stopping {
  stops: number
  onStop: () => void
  readonly pauses: Pauses
}

const followUntilStopped = async <Failure>(
  store: Pick<FollowedStore, 'feed'>,
  options: FollowOptions<Failure>,
  stopping: Stopping,
): Promise<FollowEnd<Failure>> => {
  const { checkpoint, from = 'origin' } = options
  const isStopping = () => stopping.stops > 0
  const place = await patiently(checkpoint.load, patienceOf(options, stopping.pauses, isStopping))
  if (stopping.stops > 0) return { _tag: 'Stopped' }
  if (E.isLeft(place)) return { _tag: 'CheckpointFailed', error: place.left }
  const start = O.isSome(place.right) ? { after: place.right.value } : from
  const subscription = subscribe(store, { ...options, from: start })
  stopping.onStop = () => void subscription.stop()
  try {
    for await (const batch of subscription) {
      if (E.isLeft(batch)) return { _tag: 'ReadFailed', error: batch.left }
      const end = await receiveAndKeep(batch.right, options, stopping)
      if (O.isSome(end)) return end.value
    }
    return { _tag: 'Stopped' }
  } finally {
    await subscription.stop()
  }
}

const receiveAndKeep = async <Failure>(
  batch: Batch,
  options: FollowOptions<Failure>,
  stopping: Stopping,
): Promise<O.Option<FollowEnd<Failure>>> => {
  const { checkpoint, receive, onKept } = options
  const isForced = () => stopping.stops > 1
  if (batch.events.length > 0) {
    const received = await receive(batch)()
    if (E.isLeft(received)) return O.some({ _tag: 'ReceiverFailed', failure: received.left, batch })
  }
  if (isForced()) return O.some({ _tag: 'StoppedByForce' })
  const kept = await patiently(checkpoint.save(batch.upTo), patienceOf(options, stopping.pauses, isForced))
  if (E.isLeft(kept)) return O.some({ _tag: 'CheckpointFailed', error: kept.left })
  onKept?.({ upTo: batch.upTo, state: batch.state })
  return O.none
}

const patienceOf = (
  {
    retry = subscriptionRetryPolicy,
    environment = systemEnvironment,
    onRetry = () => {},
  }: Pick<SubscriptionOptions, 'retry' | 'environment' | 'onRetry'>,
  { pause }: Pauses,
  isGivenUp: () => boolean,
): Patience => ({ retry, environment, pause, isGivenUp, onRetry })
