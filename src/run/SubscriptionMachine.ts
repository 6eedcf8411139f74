/**
 * What a subscription does next, as a function: from where it is and what happened, to where it is then and what is to
 * be done. All that makes subscriptions lose events or die in silence is order: a page that comes after the stop, a hint
 * between the read and the wait, a timer of a wait that is over. Here every order is a list of signals, which a property
 * can generate and shrink; `Subscription` only carries out the orders.
 * At most one page is under way at a time, because a page begins where the one before it ended.
 * Used by: `Subscription`.
 *
 * Laws (test/properties/run/SubscriptionMachine.test.ts), for signals in any order:
 * - SUB-1 whole: the events of the batches are the events of the query between the start and the last batch's `upTo`,
 *   in order, each once.
 * - SUB-2 resume: a subscription that starts at the `upTo` of a batch delivers what came after that batch, and no more.
 * - SUB-3 bound: no more than `prefetch` batches are held, and no more than one page is under way.
 * - SUB-4 progress: while pages come and time goes on, whoever demands gets every event there is, and is told when there
 *   is no more.
 * - SUB-5 stop: after the stop nothing is read and nothing delivered, every demand is answered by the end, and it has
 *   stopped when, and only when, no page is under way.
 * - SUB-6 failure: a failure that may pass is tried again as often as the policy says; one that will not is delivered
 *   after all that was read before it, and is the last thing that comes.
 * - SUB-7 hint: what a hint spoke of is read without waiting, also when the hint came while a page was under way.
 * - SUB-10 fresh: once it has caught up, a page is read while somebody demands, and not ahead: what waits for a consumer
 *   would grow old, and come in small batches one behind the other, where the consumer is slower than the looks.
 * @since 0.1.0
 */
import { option as O } from 'fp-ts'
import { beginning, type GlobalPosition } from '../store/GlobalPosition.js'
import type { RecordedEvent } from '../store/RecordedEvent.js'
import type { Busy, ReadError, Unavailable } from '../store/StoreError.js'
import type { FeedPage } from './Feed.js'
import type { RetryPolicy } from './RetryPolicy.js'

/** What a subscription delivers at a time. */
export interface Batch {
  /** In the order of the log. Empty where there is only a place to keep, or the end of the log to tell of. */
  readonly events: ReadonlyArray<RecordedEvent>
  /** The place to keep once the events are dealt with; a subscription that starts after it goes on from here. */
  readonly upTo: GlobalPosition
  /** `live` where it reaches the end of what was settled when it was read; `catching up` where more was to be read. */
  readonly state: 'catching up' | 'live'
}

/** How often to look for new events where no hint comes: soon after something happened, and more and more rarely. */
export interface Polling {
  readonly firstMs: number
  readonly maxMs: number
}

/** What a machine is bound by. */
export interface MachineLimits {
  /** So many events a page has at most. */
  readonly batchSize: number
  /** So many batches wait for the consumer at most, while it catches up. */
  readonly prefetch: number
  /** Empty batches tell of the place when it has moved so far; `batchSize` unless given. */
  readonly placeAfter?: number
  readonly polling: Polling
  readonly retry: RetryPolicy
}

/** How it ends, unless it is stopped: by an error that will not pass, or by a defect of what it called. */
export type Ending =
  | { readonly _tag: 'Failed'; readonly error: ReadError }
  | { readonly _tag: 'Crashed'; readonly defect: unknown }

/** What happened. */
export type Signal =
  | { readonly _tag: 'Demanded' }
  | { readonly _tag: 'Located'; readonly position: GlobalPosition }
  | { readonly _tag: 'PageArrived'; readonly page: FeedPage }
  /** With a number from 0 to 1, to spread the retries of many. */
  | { readonly _tag: 'ReadFailed'; readonly error: ReadError; readonly random: number }
  | { readonly _tag: 'Woken' }
  | { readonly _tag: 'TimeUp'; readonly wait: number }
  | { readonly _tag: 'StopRequested' }
  | { readonly _tag: 'Crashed'; readonly defect: unknown }

/** What is to be done. `Locate` and `ReadPage` are answered by one signal each, later; demands in their order. */
export type Order =
  | { readonly _tag: 'Locate' }
  | { readonly _tag: 'ReadPage'; readonly after: GlobalPosition; readonly limit: number }
  | { readonly _tag: 'Wait'; readonly wait: number; readonly milliseconds: number }
  | { readonly _tag: 'Report'; readonly retrying: Retrying }
  /** These three answer a demand. */
  | { readonly _tag: 'Deliver'; readonly batch: Batch }
  | { readonly _tag: 'Finish'; readonly ending: Ending }
  | { readonly _tag: 'End' }
  /** Nothing is under way any more, and nothing will be. */
  | { readonly _tag: 'Stopped' }

/** A failure that may pass, and when it is tried again. */
export interface Retrying {
  readonly error: Busy | Unavailable
  /** How often it has failed, from 1. */
  readonly attempt: number
  readonly delayMs: number
}

type Reading =
  /** Nobody has demanded anything yet. */
  | { readonly _tag: 'NotBegun' }
  /** As soon as there is room. */
  | { readonly _tag: 'Due' }
  | { readonly _tag: 'UnderWay'; readonly hinted: boolean }
  /** A hint ends a wait for events, and not one for a store that has failed. */
  | { readonly _tag: 'Waiting'; readonly wait: number; readonly for: 'events' | 'retry' }

/** Where a subscription is. */
export interface MachineState {
  /** `draining` is after the stop, while a page is still under way. */
  readonly phase: 'catching up' | 'live' | 'draining' | 'stopped'
  readonly reading: Reading
  /** Where the next page begins, once it is known. */
  readonly position: O.Option<GlobalPosition>
  /** The place that the newest batch tells of. */
  readonly told: GlobalPosition
  readonly held: ReadonlyArray<Batch>
  readonly demands: number
  /** How many pages in a row had no event; a hint ends the row. */
  readonly quiet: number
  readonly failures: number
  readonly waits: number
  readonly ending: O.Option<Ending>
}

/** A state and what is to be done. */
export type Step = readonly [MachineState, ReadonlyArray<Order>]

/** Where a subscription begins, and how it goes on. */
export interface SubscriptionMachine {
  readonly initial: MachineState
  readonly step: (state: MachineState, signal: Signal) => Step
}

/**
 * The machine of a subscription.
 * @internal
 */
export const subscriptionMachine = (limits: MachineLimits): SubscriptionMachine => ({
  initial: {
    phase: 'catching up',
    reading: { _tag: 'NotBegun' },
    position: O.none,
    told: beginning,
    held: [],
    demands: 0,
    quiet: 0,
    failures: 0,
    waits: 0,
    ending: O.none,
  },
  step: (state, signal) => {
    const [taken, orders] = take(limits, state, signal)
    const [answered, answers] = isOver(taken) ? end(taken) : answer(taken)
    const [next, reads] = read(limits, answered)
    const stopped: ReadonlyArray<Order> =
      next.phase === 'stopped' && state.phase !== 'stopped' ? [{ _tag: 'Stopped' }] : []
    return [next, [...orders, ...answers, ...reads, ...stopped]]
  },
})

/**
 * Whether the same call may succeed later.
 * @internal
 */
export const isPassing = (error: { readonly _tag: string }): error is Busy | Unavailable =>
  error._tag === 'Busy' || error._tag === 'Unavailable'

const due: Reading = { _tag: 'Due' }

const isOver = ({ phase }: MachineState): boolean => phase === 'draining' || phase === 'stopped'

const take = (limits: MachineLimits, state: MachineState, signal: Signal): Step => {
  switch (signal._tag) {
    case 'Demanded': {
      const reading = state.reading._tag === 'NotBegun' ? due : state.reading
      return [{ ...state, reading, demands: state.demands + 1 }, []]
    }
    case 'StopRequested': {
      if (isOver(state)) return [state, []]
      const phase = state.reading._tag === 'UnderWay' ? 'draining' : 'stopped'
      return [{ ...state, phase, held: [], ending: O.none }, []]
    }
    case 'Woken':
      return [woken(state), []]
    case 'TimeUp': {
      const isCurrent = state.reading._tag === 'Waiting' && state.reading.wait === signal.wait
      return [isCurrent ? { ...state, reading: due } : state, []]
    }
    case 'Crashed':
      return isOver(state) ? [drained(state), []] : [endedBy(state, signal), []]
    case 'Located': {
      const { position } = signal
      if (isOver(state)) return [drained(state), []]
      return [{ ...state, position: O.some(position), told: position, failures: 0, reading: due }, []]
    }
    case 'PageArrived':
      return isOver(state) ? [drained(state), []] : arrived(limits, state, signal.page)
    case 'ReadFailed':
      return isOver(state) ? [drained(state), []] : failed(limits, state, signal.error, signal.random)
  }
}

const drained = (state: MachineState): MachineState => ({ ...state, phase: 'stopped', reading: due })

const endedBy = (state: MachineState, ending: Ending): MachineState => ({
  ...state,
  reading: due,
  ending: O.some(ending),
})

const woken = (state: MachineState): MachineState => {
  const { reading } = state
  switch (reading._tag) {
    case 'UnderWay':
      return { ...state, quiet: 0, reading: { ...reading, hinted: true } }
    case 'Waiting':
      return { ...state, quiet: 0, reading: reading.for === 'events' ? due : reading }
    default:
      return { ...state, quiet: 0 }
  }
}

const arrived = (limits: MachineLimits, state: MachineState, page: FeedPage): Step => {
  const { batchSize, placeAfter = batchSize, polling } = limits
  const { events, upTo, beyond } = page
  const phase = beyond === 'more' ? 'catching up' : 'live'
  const isFound = events.length > 0
  const isNewlyLive = phase === 'live' && state.phase === 'catching up'
  // A place that has moved a little, over events that the query leaves out, is not worth a batch and a checkpoint.
  const isTold = isFound || isNewlyLive || upTo - state.told >= BigInt(placeAfter)
  const isHinted = state.reading._tag === 'UnderWay' && state.reading.hinted
  const next: MachineState = {
    ...state,
    phase,
    position: O.some(upTo),
    held: isTold ? [...state.held, { events, upTo, state: phase }] : state.held,
    told: isTold ? upTo : state.told,
    quiet: isFound || isHinted ? 0 : state.quiet + 1,
    failures: 0,
    reading: due,
  }
  if (beyond === 'more' || isHinted) return [next, []]
  const firstMs = beyond === 'unsettled' ? unsettledFirstMs : polling.firstMs
  const doublings = Math.min(Math.max(0, next.quiet - 1), 30)
  return wait(next, 'events', Math.min(polling.maxMs, firstMs * 2 ** doublings))
}

/** An append in flight takes moments as a rule, so the first looks are close together. */
const unsettledFirstMs = 1

const failed = ({ retry }: MachineLimits, state: MachineState, error: ReadError, random: number): Step => {
  const attempt = state.failures + 1
  if (!isPassing(error) || attempt >= retry.attemptsMax)
    return [endedBy(state, { _tag: 'Failed', error }), []]
  const delayMs = retry.delayMs(attempt, random)
  const [next, orders] = wait({ ...state, failures: attempt }, 'retry', delayMs)
  return [next, [{ _tag: 'Report', retrying: { error, attempt, delayMs } }, ...orders]]
}

const wait = (state: MachineState, what: 'events' | 'retry', milliseconds: number): Step => {
  const nth = state.waits + 1
  const reading: Reading = { _tag: 'Waiting', wait: nth, for: what }
  return [{ ...state, waits: nth, reading }, [{ _tag: 'Wait', wait: nth, milliseconds }]]
}

/** What is held goes to those who demand, and after it the ending, if there is one. */
const answer = (state: MachineState): Step => {
  const { held, demands, ending } = state
  const count = Math.min(held.length, demands)
  const orders: ReadonlyArray<Order> = held
    .slice(0, count)
    .map((batch): Order => ({ _tag: 'Deliver', batch }))
  const next = { ...state, held: held.slice(count), demands: demands - count }
  if (O.isNone(ending) || next.held.length > 0 || next.demands === 0) return [next, orders]
  const [ended, ends] = end({ ...next, phase: 'stopped', demands: next.demands - 1 })
  return [ended, [...orders, { _tag: 'Finish', ending: ending.value }, ...ends]]
}

const end = (state: MachineState): Step => [
  { ...state, demands: 0 },
  Array.from({ length: state.demands }, (): Order => ({ _tag: 'End' })),
]

const read = ({ batchSize, prefetch }: MachineLimits, state: MachineState): Step => {
  const { phase, reading, held, demands, position, ending } = state
  const isWanted = phase === 'live' ? demands > 0 : held.length < prefetch
  const isFree = reading._tag === 'Due' && isWanted
  if (!isFree || isOver(state) || O.isSome(ending)) return [state, []]
  return [
    { ...state, reading: { _tag: 'UnderWay', hinted: false } },
    [O.isNone(position) ? { _tag: 'Locate' } : { _tag: 'ReadPage', after: position.value, limit: batchSize }],
  ]
}
