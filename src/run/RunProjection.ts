/**
 * A projection at work: its read model is kept up to date behind the log, by as many processes as there are. Entries,
 * places and what a handler writes are committed together under leases with fences, so each event counts once however
 * often a process is killed, paused or replaced. An event that cannot count is set aside with its key, and the others go
 * on; what cannot go on at all ends, and says why.
 * Used by: applications, `Rebuild`.
 *
 * Laws (test/properties/run/RunProjection.test.ts), for logs that grow, batches of any size, and instances that come, go,
 * stall and die at any moment:
 * - RPJ-1 fold: the read model is the fold of the log, and every place has reached its end.
 * - RPJ-2 once: what a handler writes in the transaction of a commit, it has written once for each event and key, in the
 *   order of the log for each key.
 * - RPJ-3 parking: a key with an event that cannot count is parked with that event and all later ones, its entry is the
 *   fold of those before, and the other keys are the fold of theirs.
 * - RPJ-4 takeover: what a dead owner held is held by others one lease and one heartbeat later at most.
 * - RPJ-5 stop: after the stop nothing is written, nothing is held, and the next one begins where it ended.
 * @since 0.1.0
 */
import { either as E, type taskEither as TE } from 'fp-ts'
import type { Projection } from '../evolve/Projection.js'
import type { GlobalPosition } from '../store/GlobalPosition.js'
import type { FollowedStore } from './Feed.js'
import type { Owing } from './Outbox.js'
import {
  type Dealt,
  type Desk,
  type PartitionEnd,
  type PartitionOptions,
  type WorkingPartitions,
  type WorkStatus,
  workOnPartitions,
} from './Partitions.js'
import {
  type BatchOutcome,
  type Counted,
  type Fact,
  factOf,
  type Kept,
  projectEvents,
  thrownIn,
  type Unreadable,
} from './ProjectEvents.js'
import type {
  Fenced,
  Lease,
  ReadModelCommit,
  ReadModelError,
  ReadModelId,
  ReadModels,
  ToPark,
  Within,
} from './ReadModels.js'
import { exponential, type RetryPolicy } from './RetryPolicy.js'
import type { Batch } from './Subscription.js'

/** What a handler is given: events with the keys that they count under, in the order of the log. */
export interface CountedBatch<State, Event> {
  readonly counted: ReadonlyArray<Counted<State, Event>>
  /** Whether this version is the one that readers are shown. Effects outside of the read model belong to that one only. */
  readonly isLive: boolean
}

/**
 * Does something with events in the transaction of the commit that counts them: what it writes by `transaction` is
 * written once for each event, and not at all where it throws. It may be called several times for one event, as often as
 * a commit has to be tried again, so what it does beside the transaction happens at least once.
 */
export type ProjectionHandler<State, Event, Transaction> = (
  batch: CountedBatch<State, Event>,
  transaction: Transaction,
) => Promise<void>

/** How a projection is kept at work. */
export interface RunProjectionOptions<State, Event, Transaction> extends PartitionOptions {
  /** Is called for all events that count, beside the fold. */
  readonly handle?: ProjectionHandler<State, Event, Transaction>
  /** How often to try an event at which the handler throws, before it is parked; 5 times within a second or so unless given. */
  readonly retryHandler?: RetryPolicy
  /**
   * The commands that events call for, in the order of the log: they are written in the commit that counts the events.
   * Given the same events again it answers the same, so it is pure.
   */
  readonly owing?: (counted: ReadonlyArray<Counted<State, Event>>) => Owing
  /** Is told of every event that was parked, and of those that wait behind it. */
  readonly onParked?: (parked: ToPark) => void
}

/** Why a projection has ended. `Unreadable` needs somebody to mend the codec, or to say what must wait: `parkUnder`. */
export type ProjectionEnd = PartitionEnd | Unreadable

/** How a projection stands. */
export type ProjectionStatus = WorkStatus<ProjectionEnd>

/** A projection at work. */
export type RunningProjection = WorkingPartitions<ProjectionEnd>

/**
 * Which read model is a projection's: its name and its version.
 * @example
 * import * as t from 'io-ts'
 * import { projection } from 'decider-ts/evolve'
 * import { readModelIdOf } from 'decider-ts/run'
 * const opened = projection({
 *   name: 'opened',
 *   version: 2,
 *   event: t.type({ type: t.literal('Opened') }),
 *   state: t.number,
 *   initialState: 0,
 *   evolve: (times) => times + 1,
 * })
 * readModelIdOf(opened) // => { name: 'opened', version: 2 }
 */
export const readModelIdOf = ({ name, version }: ReadModelId): ReadModelId => ({ name, version })

/**
 * What running projections do about an event at which a handler throws: five tries, a second apart at most.
 * @example
 * import { handlerRetryPolicy } from 'decider-ts/run'
 * handlerRetryPolicy.attemptsMax // => 5
 */
export const handlerRetryPolicy: RetryPolicy = exponential({ attemptsMax: 5, firstMs: 50, maxMs: 1_000 })

/**
 * Keeps the read model of a projection up to date, from now until it is stopped or cannot go on.
 * @example
 * import { memoryReadModels, memoryStore } from 'decider-ts/adapters/memory'
 * import { projection } from 'decider-ts/evolve'
 * import { runProjection, waitFor } from 'decider-ts/run'
 * import { anyVersion, eventId, eventToAppend, globalPosition, streamId, toStream } from 'decider-ts/store'
 * import { either as E } from 'fp-ts'
 * import * as t from 'io-ts'
 * const store = memoryStore()
 * const readModels = memoryReadModels()
 * const opened = projection({
 *   name: 'opened',
 *   event: t.type({ type: t.literal('Opened') }),
 *   state: t.number,
 *   initialState: 0,
 *   evolve: (times) => times + 1,
 * })
 * const stream = streamId('account', 'a1')
 * const id = eventId('0198a6a2-0000-7000-8000-000000000001')
 * await store.append(toStream(stream, anyVersion)([eventToAppend({ id, stream, type: 'Opened', data: {} })]))()
 * const running = runProjection(store, readModels, opened)
 * await waitFor(readModels, opened, globalPosition(1), { timeoutMs: 5_000 })() // => E.right(undefined)
 * const entry = await readModels.get(opened, 'account-a1')()
 * E.map((found) => found)(entry) // => E.right({ _tag: 'Some', value: { key: 'account-a1', state: 1, position: 1n } })
 * await running.stop() // => { _tag: 'Stopped' }
 */
export const runProjection = <State, Event, Transaction = never>(
  store: Pick<FollowedStore, 'feed'>,
  readModels: ReadModels<Transaction>,
  projection: Projection<State, Event>,
  options: RunProjectionOptions<State, Event, Transaction> = {},
): RunningProjection =>
  workOnPartitions<ProjectionEnd>({
    store,
    readModels,
    of: readModelIdOf(projection),
    query: projection.query,
    options,
    deal: (batch, leases, desk) => dealWith({ readModels, projection, options, leases, desk }, batch),
  })

/** What a batch is dealt with by. */
interface Bench<State, Event, Transaction> {
  readonly readModels: ReadModels<Transaction>
  readonly projection: Projection<State, Event>
  readonly options: RunProjectionOptions<State, Event, Transaction>
  readonly leases: ReadonlyArray<Lease>
  readonly desk: Desk
}

type Answer = Dealt<ProjectionEnd>

const dealWith = async <State, Event, Transaction>(
  bench: Bench<State, Event, Transaction>,
  { events, upTo }: Batch,
): Promise<Answer> => {
  const facts: Array<Fact<Event>> = []
  const read = factOf(bench.projection)
  for (const recorded of events) {
    const fact = read(recorded)
    if (E.isRight(fact)) facts.push(fact.right)
    else if (facts.length > 0) {
      // What comes before it is dealt with, so that it is the first thing to be met again.
      const dealt = await dealWithFacts(bench, facts, facts.at(-1)?.recorded.position ?? upTo)
      return dealt._tag === 'Moved' ? { _tag: 'Ended', end: fact.left } : dealt
    } else return { _tag: 'Ended', end: fact.left }
  }
  return dealWithFacts(bench, facts, upTo)
}

/** All at once, and where a handler throws one by one: so the event that it is about is found. */
const dealWithFacts = async <State, Event, Transaction>(
  bench: Bench<State, Event, Transaction>,
  facts: ReadonlyArray<Fact<Event>>,
  to: GlobalPosition,
): Promise<Answer> => {
  const tried = await commitFacts(bench, facts, to, [])
  if (tried._tag !== 'HandlerThrew') return tried
  let leases = bench.leases
  for (const fact of facts) {
    const { position } = fact.recorded
    const dealt = await dealWithOne({ ...bench, leases }, fact)
    if (dealt._tag !== 'Moved') return dealt
    leases = leases.map((lease) => (lease.upTo < position ? { ...lease, upTo: position } : lease))
  }
  const last = await commitFacts({ ...bench, leases }, [], to, [])
  return last._tag === 'HandlerThrew' ? { _tag: 'Lost' } : last
}

/** Tries as often as the policy says, and then parks all keys of the event. */
const dealWithOne = async <State, Event, Transaction>(
  bench: Bench<State, Event, Transaction>,
  fact: Fact<Event>,
): Promise<Answer> => {
  const { retryHandler = handlerRetryPolicy } = bench.options
  const { environment, patiently, pause, isGivenUp } = bench.desk
  const { position } = fact.recorded
  for (let attempts = 1; ; ) {
    const tried = await commitFacts(bench, [fact], position, [])
    if (tried._tag !== 'HandlerThrew') return tried
    if (isGivenUp()) return { _tag: 'Lost' }
    // Where the keeper cannot be reached the event is not to blame, and the try does not count.
    const isReached = E.isRight(await bench.readModels.place(readModelIdOf(bench.projection))())
    if (isReached && attempts >= retryHandler.attemptsMax) {
      const reason = thrownIn('the handler', tried.thrown)
      const parked = fact.keys.map((key) => ({ key, event: fact.recorded, reason, attempts }))
      const answer = await commitFacts(bench, [], position, parked)
      return answer._tag === 'HandlerThrew' ? { _tag: 'Lost' } : answer
    }
    if (isReached) attempts += 1
    else await patiently(bench.readModels.place(readModelIdOf(bench.projection)))
    await pause(retryHandler.delayMs(attempts, environment.random()))
  }
}

type Tried = Answer | { readonly _tag: 'HandlerThrew'; readonly thrown: unknown }

/** Loads, folds and commits under the leases: what is written is written for the keys of their partitions only. */
const commitFacts = async <State, Event, Transaction>(
  bench: Bench<State, Event, Transaction>,
  facts: ReadonlyArray<Fact<Event>>,
  to: GlobalPosition,
  alsoParked: ReadonlyArray<ToPark>,
): Promise<Tried> => {
  const { readModels, projection, options, desk, leases } = bench
  const of = readModelIdOf(projection)
  const placeOf = new Map(leases.map((lease) => [lease.partition, lease.upTo]))
  const isOurs = (position: GlobalPosition, key: string): boolean => {
    const place = placeOf.get(readModels.partitionOf(key))
    return place !== undefined && position > place
  }
  const concerns = ({ recorded }: Fact<Event>, key: string): boolean => isOurs(recorded.position, key)
  const keys = [...new Set(facts.flatMap((fact) => fact.keys.filter((key) => concerns(fact, key))))]
  const loaded = keys.length === 0 ? nothingLoaded() : await desk.patiently(readModels.load(of, keys))
  if (E.isLeft(loaded)) return keepingFailed(loaded.left)
  const outcome = projectEvents(projection)(facts, loaded.right, concerns)
  const parked = [...outcome.parked, ...alsoParked.filter(({ key, event }) => isOurs(event.position, key))]
  const moves = leases.flatMap((lease) => (lease.upTo < to ? [{ ...lease, to }] : []))
  if (moves.length === 0) return { _tag: 'Moved' }
  const { entries, counted } = outcome
  const owing = options.owing === undefined || counted.length === 0 ? undefined : options.owing(counted)
  const commit = { owner: desk.owner, moves, entries, parked, ...(owing && { owing }) }
  const answer = await committed(bench, commit, outcome)
  if (answer._tag === 'Moved') for (const each of parked) options.onParked?.(each)
  return answer
}

const nothingLoaded = (): E.Either<never, Kept> => E.right({ entries: [], parked: new Set() })

const committed = async <State, Event, Transaction>(
  { readModels, projection, options: { handle }, desk }: Bench<State, Event, Transaction>,
  commit: ReadModelCommit,
  { counted }: BatchOutcome<State, Event>,
): Promise<Tried> => {
  const handling = handle === undefined || counted.length === 0 ? undefined : watched(handle, counted)
  const call = readModels.commit(readModelIdOf(projection), commit, handling?.within)
  try {
    const answer = await desk.patiently(handling === undefined ? call : onceThrown(call, handling))
    if (handling?.failure !== undefined) return handling.failure
    return E.isLeft(answer) ? refused(answer.left) : { _tag: 'Moved' }
  } catch (thrown) {
    if (handling?.failure !== undefined) return handling.failure
    throw thrown
  }
}

/** What the handler throws is the handler's, whatever the keeper makes of it. */
interface Watched<Transaction> {
  readonly within: Within<Transaction>
  failure: Extract<Tried, { readonly _tag: 'HandlerThrew' }> | undefined
}

const watched = <State, Event, Transaction>(
  handle: ProjectionHandler<State, Event, Transaction>,
  counted: CountedBatch<State, Event>['counted'],
): Watched<Transaction> => {
  const watching: Watched<Transaction> = {
    within: async (transaction, isLive) => {
      watching.failure = undefined
      try {
        await handle({ counted, isLive }, transaction)
      } catch (thrown) {
        watching.failure = { _tag: 'HandlerThrew', thrown }
        throw thrown
      }
    },
    failure: undefined,
  }
  return watching
}

/** A commit that failed because the handler threw is not tried again by the patience that keepers are given. */
const onceThrown =
  <Transaction>(
    call: TE.TaskEither<ReadModelError | Fenced, void>,
    handling: Watched<Transaction>,
  ): TE.TaskEither<ReadModelError | Fenced, void> =>
  async () => {
    const answer = await call()
    return handling.failure === undefined ? answer : E.right(undefined)
  }

const refused = (error: ReadModelError | Fenced): Answer =>
  error._tag === 'Fenced' ? { _tag: 'Lost' } : keepingFailed(error)

const keepingFailed = (error: ReadModelError): Answer => ({
  _tag: 'Ended',
  end: { _tag: 'KeepingFailed', error },
})
