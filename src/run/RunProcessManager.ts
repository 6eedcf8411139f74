/**
 * A process manager at work. Its processes are a read model like any other, kept by as many instances as there are, and
 * each commit carries the commands that its events called for; then they are sent. So whatever crashes, whenever it does
 * and however often an event comes, every command is sent, always under one id, and is carried out once where that id is
 * known again.
 *
 * `pending` plays no part in this: what is owed stands in the outbox, in the commit that decided on it, so after a crash
 * nothing has to be guessed. It is for people: `unaccounted` compares the two.
 * Used by: applications.
 *
 * Laws (test/properties/run/RunProcessManager.test.ts), for instances that come, go, stall and die at any moment, and
 * answers that are lost:
 * - RPM-1 once: every command that the log calls for is carried out once, and no other.
 * - RPM-2 in order: the commands of a key are first sent in the order in which they were called for.
 * - RPM-3 timers: a timer fires once if no event takes it back that was recorded before it was due, and else never.
 * - RPM-4 rejections: a rejected command is kept with the reason, is not sent again, and holds up nothing.
 * - RPM-5 stuck: what cannot be carried out holds up its key and no other, until it is sent again.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Projection } from '../evolve/Projection.js'
import { beginning, type GlobalPosition } from '../store/GlobalPosition.js'
import { type Dispatching, type DispatchOptions, type DispatchStatus, dispatchOwed } from './Dispatcher.js'
import { systemEnvironment } from './Environment.js'
import type { FollowedStore } from './Feed.js'
import type { Outbox, Owing } from './Outbox.js'
import { owedByAll, reactionOf } from './OweCommands.js'
import type { PartitionOptions } from './Partitions.js'
import type { ProcessDefinition } from './ProcessDefinition.js'
import type { Counted } from './ProjectEvents.js'
import type { ReadModelError, ReadModels, ToPark } from './ReadModels.js'
import { type ProjectionEnd, type RunningProjection, readModelIdOf, runProjection } from './RunProjection.js'

/** How a process manager is kept at work. */
export interface RunProcessManagerOptions<Command, Failure>
  extends PartitionOptions,
    DispatchOptions<Command, Failure> {
  /**
   * Events up to here make states and owe nothing but timers: another version owed what they called for. It is how a new
   * version takes over; `answeredUpTo` of the old one says the place.
   */
  readonly quietUpTo?: GlobalPosition
  /** Is told of every event that was parked, and of those that wait behind it. */
  readonly onParked?: (parked: ToPark) => void
}

/** Why a process manager has ended. `OutboxFailed` needs somebody to look at what it was asked. */
export type ProcessEnd = ProjectionEnd | { readonly _tag: 'OutboxFailed'; readonly error: ReadModelError }

/** How a process manager stands. */
export type ProcessStatus = Omit<ReturnType<RunningProjection['status']>, 'end'> &
  DispatchStatus & { readonly end?: ProcessEnd }

/** A process manager at work. */
export interface RunningProcess {
  /** `true` once the keeper has answered, and `false` when it has ended before that; `done` says why. */
  readonly started: Promise<boolean>
  /** Why it has ended, once it has. A defect of the store or of the keeper rejects it. */
  readonly done: Promise<ProcessEnd>
  /** Asks for the end: what is in hand is finished. Asked a second time, it waits for nothing. */
  readonly stop: () => Promise<ProcessEnd>
  readonly status: () => ProcessStatus
}

/** Where processes are kept, and what they owe. */
export type ProcessKeeper<Transaction = never> = ReadModels<Transaction> & Outbox

/**
 * Runs a process manager, from now until it is stopped or cannot go on.
 * @example
 * import { memoryReadModels, memoryStore } from 'decider-ts/adapters/memory'
 * import type { ProcessManager } from 'decider-ts/decide'
 * import { processDefinition, runProcessManager } from 'decider-ts/run'
 * import { anyVersion, eventId, eventToAppend, streamId, toStream } from 'decider-ts/store'
 * import { taskEither as TE } from 'fp-ts'
 * import * as t from 'io-ts'
 * const Paid = t.type({ type: t.literal('Paid'), order: t.string })
 * const Ship = t.type({ type: t.literal('Ship'), order: t.string })
 * const shipping: ProcessManager<t.TypeOf<typeof Paid>, string, t.TypeOf<typeof Ship>> = {
 *   initialState: '',
 *   evolve: (_state, { order }) => order,
 *   react: (_state, { order }) => [{ type: 'Ship', order }],
 *   pending: (order) => (order === '' ? [] : [{ type: 'Ship', order }]),
 *   isTerminal: () => false,
 * }
 * const Shipping = processDefinition({
 *   name: 'shipping',
 *   event: Paid,
 *   command: Ship,
 *   state: t.string,
 *   manager: shipping,
 * })
 * const store = memoryStore()
 * const stream = streamId('order', 'o1')
 * const id = eventId('0198a6a2-0000-7000-8000-000000000001')
 * const paid = eventToAppend({ id, stream, type: 'Paid', data: { order: 'o1' } })
 * await store.append(toStream(stream, anyVersion)([paid]))()
 * const sent = await new Promise((resolve) => {
 *   const running = runProcessManager(store, memoryReadModels(), Shipping, {
 *     dispatch: (command, { commandId }) => {
 *       void running.stop().then(() => resolve([command, commandId]))
 *       return TE.right(undefined)
 *     },
 *   })
 * })
 * sent // => [{ type: 'Ship', order: 'o1' }, 'shipping/0198a6a2-0000-7000-8000-000000000001/0/order-o1']
 */
export const runProcessManager = <State, Event, Command, Failure, Transaction = never>(
  store: Pick<FollowedStore, 'feed'>,
  keeper: ProcessKeeper<Transaction>,
  process: ProcessDefinition<State, Event, Command>,
  options: RunProcessManagerOptions<Command, Failure>,
): RunningProcess => {
  const { environment = systemEnvironment, quietUpTo = beginning } = options
  const owner = options.owner ?? environment.newEventId()
  let wake = (): void => {}
  const projecting = runProjection(
    store,
    wakingKeeper(keeper, () => wake()),
    processProjection(process),
    {
      ...options,
      environment,
      owner,
      owing: owingOf(process, quietUpTo),
    },
  )
  const dispatching = dispatchOwed({
    outbox: keeper,
    of: readModelIdOf(process),
    owner,
    command: process.command,
    options,
    environment,
    feed: store.feed,
    reached: () => {
      const { partitions, upTo } = projecting.status()
      return (key) => (partitions.includes(keeper.partitionOf(key)) ? upTo : beginning)
    },
  })
  wake = dispatching.wake
  return together(projecting, dispatching)
}

/** The projection that a process manager is. A reaction that throws stops its process as a fold that throws does. */
const processProjection = <State, Event, Command>(
  process: ProcessDefinition<State, Event, Command>,
): Projection<State, Event> => ({
  ...process,
  evolve: (before, event) => {
    const state = process.evolve(before, event)
    reactionOf(process)(state, event)
    return state
  },
})

/** The keeper, telling when something may have become due: it was owed just now, or by whoever had a partition before. */
const wakingKeeper = <Transaction>(
  keeper: ReadModels<Transaction>,
  wake: () => void,
): ReadModels<Transaction> => {
  let held: ReadonlyMap<number, bigint> = new Map()
  return {
    ...keeper,
    lease: (of, owner, leaseMs) => async () => {
      const answer = await keeper.lease(of, owner, leaseMs)()
      if (E.isRight(answer)) {
        const isGained = answer.right.some(({ partition, fence }) => held.get(partition) !== fence)
        held = new Map(answer.right.map(({ partition, fence }) => [partition, fence]))
        if (isGained) wake()
      }
      return answer
    },
    commit: (of, commit, within) => async () => {
      const answer = await keeper.commit(of, commit, within)()
      if (commit.owing !== undefined) wake()
      return answer
    },
  }
}

/** Both end together, whichever ends first. */
const together = (projecting: RunningProjection, dispatching: Dispatching): RunningProcess => {
  let failure: ProcessEnd | undefined
  const sending = dispatching.done.then((ended) => {
    if (E.isRight(ended)) return
    failure = { _tag: 'OutboxFailed', error: ended.left }
    void projecting.stop().catch(() => {})
  })
  const finish = async (): Promise<ProcessEnd> => {
    // A defect of the sending is one of the whole, and does not wait for the log.
    const end = await Promise.race([projecting.done, sending.then(() => projecting.done)])
    dispatching.stop()
    if (end._tag !== 'StoppedByForce') await sending
    return failure ?? end
  }
  const done = finish().catch((defect: unknown) => {
    dispatching.stop()
    void projecting.stop().catch(() => {})
    throw defect
  })
  return {
    started: projecting.started,
    done,
    stop: () => {
      dispatching.stop()
      void projecting.stop().catch(() => {})
      return done
    },
    status: () => {
      const { end: _end, ...status } = projecting.status()
      return { ...status, ...dispatching.status(), ...endOf(projecting, failure) }
    },
  }
}

const endOf = (
  projecting: RunningProjection,
  failure: ProcessEnd | undefined,
): { readonly end?: ProcessEnd } => {
  const end = failure ?? projecting.status().end
  return end === undefined ? {} : { end }
}

/**
 * What the events that count make processes owe: for `replayParked`, which deals with events that were set aside.
 * @example
 * import * as t from 'io-ts'
 * import { owingOf, processDefinition } from 'decider-ts/run'
 * const Silent = processDefinition({
 *   name: 'silent',
 *   event: t.type({ type: t.literal('Paid') }),
 *   command: t.type({ type: t.literal('Ship') }),
 *   state: t.null,
 *   manager: { initialState: null, evolve: () => null, react: () => [], pending: () => [], isTerminal: () => false },
 * })
 * owingOf(Silent)([]) // => { commands: [], cancelled: [] }
 */
export const owingOf =
  <State, Event, Command>(
    process: ProcessDefinition<State, Event, Command>,
    quietUpTo: GlobalPosition = beginning,
  ) =>
  (counted: ReadonlyArray<Counted<State, Event>>): Owing => {
    const { commands, cancelled } = owedByAll(process)(counted)
    return {
      commands: commands.filter(({ position, timer }) => position > quietUpTo || timer !== undefined),
      cancelled,
    }
  }
