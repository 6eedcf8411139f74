/**
 * The world as a subscription's machine sees it, as a model: a log of which a part is settled, pages that are under way,
 * and timers. What happens is a list of steps, so that any order of things can be generated, printed and made smaller.
 * Used by: the laws of `SubscriptionMachine`.
 */
import {
  beginning,
  eventId,
  type GlobalPosition,
  globalPosition,
  invalidInput,
  noMetadata,
  type RecordedEvent,
  streamId,
  timestamp,
  version,
} from 'decider-ts/store'
import fc from 'fast-check'
import type { FeedPage } from '../../../src/run/Feed.js'
import type {
  Batch,
  MachineLimits,
  MachineState,
  Order,
  Signal,
  SubscriptionMachine,
} from '../../../src/run/SubscriptionMachine.js'

/** One thing that happens. A log is a list of whether each event is one of the query's. */
export type Happening =
  | { readonly do: 'record'; readonly mine: ReadonlyArray<boolean>; readonly isSettled: boolean }
  | { readonly do: 'settle' }
  /** The page under way arrives, as the log is now or as it was when the page was asked for; or it fails. */
  | { readonly do: 'answer'; readonly how: 'now' | 'as asked' | 'busy' | 'broken' }
  | { readonly do: 'wake' }
  /** The timer of this wait, which may be over. */
  | { readonly do: 'time'; readonly which: number }
  | { readonly do: 'demand' }
  | { readonly do: 'stop' }

/** What a run is generated from. */
export interface Sample {
  readonly limits: MachineLimits
  /** So many places of the log a page looks at, at most. */
  readonly window: number
  readonly start: GlobalPosition
  readonly happenings: ReadonlyArray<Happening>
}

const happening = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      {
        do: fc.constant('record' as const),
        mine: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
        isSettled: fc.boolean(),
      },
      { noNullPrototype: true },
    ),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'settle' as const }) },
  {
    weight: 9,
    arbitrary: fc
      .constantFrom('now' as const, 'as asked' as const)
      .map((how) => ({ do: 'answer' as const, how })),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'answer' as const, how: 'busy' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'answer' as const, how: 'broken' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'wake' as const }) },
  { weight: 4, arbitrary: fc.nat({ max: 20 }).map((which) => ({ do: 'time' as const, which })) },
  { weight: 2, arbitrary: fc.constant({ do: 'demand' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'stop' as const }) },
) satisfies fc.Arbitrary<Happening>

/** Runs of every kind, in which only some things happen. */
export const sampleOf = (
  isPossible: (happening: Happening) => boolean = () => true,
  attemptsMax: fc.Arbitrary<number> = fc.constant(Number.POSITIVE_INFINITY),
): fc.Arbitrary<Sample> =>
  fc
    .record({
      batchSize: fc.integer({ min: 1, max: 3 }),
      prefetch: fc.integer({ min: 1, max: 3 }),
      attemptsMax,
      window: fc.integer({ min: 1, max: 5 }),
      start: fc.nat({ max: 3 }).map(globalPosition),
      recorded: fc.array(fc.boolean(), { maxLength: 12, size: 'max' }),
      happenings: fc.array(happening.filter(isPossible), { maxLength: 50, size: 'max' }),
    })
    .map(({ batchSize, prefetch, attemptsMax: attempts, recorded, happenings, ...sample }) => ({
      ...sample,
      happenings: [...begunWith(recorded), ...happenings],
      limits: {
        batchSize,
        prefetch,
        polling: { firstMs: 5, maxMs: 1_000 },
        retry: { attemptsMax: attempts, delayMs: (retry) => retry },
      },
    }))

/** Something to catch up with, and somebody who wants to. */
const begunWith = (mine: ReadonlyArray<boolean>): ReadonlyArray<Happening> =>
  mine.length === 0 ? [] : [{ do: 'record', mine, isSettled: true }, { do: 'demand' }]

/** Whether nothing of this ends a subscription. */
export const endsNothing = (happened: Happening): boolean =>
  happened.do !== 'stop' && !(happened.do === 'answer' && happened.how === 'broken')

/** Whether nothing of this ends a subscription or makes it wait for the store. */
export const isSmooth = (happened: Happening): boolean =>
  endsNothing(happened) && !(happened.do === 'answer' && happened.how === 'busy')

/** A signal that the machine took, or an order that it gave for it, and how many pages were under way then. */
export type Entry =
  | { readonly signal: Signal; readonly underWay: number }
  | { readonly order: Order; readonly underWay: number }

/** The world around one machine. */
export interface FeedModel {
  readonly happen: (happened: Happening) => void
  /** Pages come and somebody demands, until nothing more can come of that; time goes on only where it is said. */
  readonly goOn: (time: 'time goes on' | 'time stands still') => void
  readonly entries: ReadonlyArray<Entry>
  readonly batches: () => ReadonlyArray<Batch>
  /** The places of the query's events after the start and up to a place. */
  readonly mineUpTo: (place: GlobalPosition) => ReadonlyArray<GlobalPosition>
  readonly settled: () => GlobalPosition
}

/** A model in which nothing has happened yet. */
export const feedModel = (
  { limits, window, start }: Sample,
  machineOf: (limits: MachineLimits) => SubscriptionMachine,
  log: Array<boolean> = [],
): FeedModel => {
  const machine = machineOf(limits)
  const entries: Array<Entry> = []
  const underWay: Array<Asked> = []
  const waits: Array<number> = []
  let state: MachineState = machine.initial
  let settled = log.length
  const seenNow = (): Seen => ({ log: [...log], settled, window })

  const send = (signal: Signal): void => {
    entries.push({ signal, underWay: underWay.length })
    const [next, orders] = machine.step(state, signal)
    state = next
    for (const order of orders) {
      if (order._tag === 'Locate' || order._tag === 'ReadPage') underWay.push({ order, seen: seenNow() })
      if (order._tag === 'Wait') waits.push(order.wait)
      entries.push({ order, underWay: underWay.length })
    }
  }
  const answer = (how: 'now' | 'as asked' | 'busy' | 'broken'): void => {
    const asked = underWay.shift()
    if (asked !== undefined) send(answerTo(asked, how))
  }
  const answerTo = ({ order, seen }: Asked, how: 'now' | 'as asked' | 'busy' | 'broken'): Signal => {
    if (how === 'busy') return { _tag: 'ReadFailed', error: busy, random: 0 }
    if (how === 'broken') return { _tag: 'ReadFailed', error: broken, random: 0 }
    if (order._tag !== 'ReadPage') return { _tag: 'Located', position: start }
    const page = pageOf(how === 'now' ? seenNow() : seen, order.after, order.limit)
    return { _tag: 'PageArrived', page }
  }
  const timeUp = (which: number): void => {
    const wait = waits[which % Math.max(1, waits.length)]
    if (wait !== undefined) send({ _tag: 'TimeUp', wait })
  }
  return {
    entries,
    happen: (happened) => {
      switch (happened.do) {
        case 'record':
          log.push(...happened.mine)
          if (happened.isSettled) settled = log.length
          return
        case 'settle':
          settled = log.length
          return
        case 'answer':
          return answer(happened.how)
        case 'wake':
          return send({ _tag: 'Woken' })
        case 'time':
          return timeUp(happened.which)
        case 'demand':
          return send({ _tag: 'Demanded' })
        case 'stop':
          return send({ _tag: 'StopRequested' })
      }
    },
    goOn: (time) => {
      for (let round = 0; round < 3 * log.length + 20; round++) {
        send({ _tag: 'Demanded' })
        answer('as asked')
        if (time === 'time goes on') timeUp(waits.length - 1)
      }
    },
    batches: () =>
      entries.flatMap((entry) =>
        'order' in entry && entry.order._tag === 'Deliver' ? [entry.order.batch] : [],
      ),
    mineUpTo: (place) =>
      placesOf(log).filter((each) => each > start && each <= place && log[Number(each) - 1]),
    settled: () => globalPosition(settled),
  }
}

const busy = { _tag: 'Busy', reason: 'at the moment' } as const
const broken = invalidInput('query', 'cannot be understood')

interface Asked {
  readonly order: Order
  readonly seen: Seen
}

/** What a page can see. */
interface Seen {
  readonly log: ReadonlyArray<boolean>
  readonly settled: number
  readonly window: number
}

const placesOf = (log: ReadonlyArray<boolean>): ReadonlyArray<GlobalPosition> =>
  log.map((_, index) => globalPosition(index + 1))

const pageOf = ({ log, settled, window }: Seen, after: GlobalPosition, limit: number): FeedPage => {
  const events: Array<RecordedEvent> = []
  let place = Number(after)
  for (let looked = 0; looked < window && place < settled && events.length < limit; looked++) {
    place += 1
    if (log[place - 1]) events.push(eventAt(globalPosition(place)))
  }
  const unsettled = log.length > settled ? 'unsettled' : 'nothing'
  return { events, upTo: globalPosition(place), beyond: place < settled ? 'more' : unsettled }
}

/** The event at a place. */
export const eventAt = (position: GlobalPosition): RecordedEvent => ({
  id: eventId(`00000000-0000-7000-8000-${position.toString(16).padStart(12, '0')}`),
  stream: streamId('s', '1'),
  version: version(position),
  position,
  type: 'Happened',
  schemaVersion: 1,
  tags: [],
  data: {},
  metadata: noMetadata,
  recordedAt: timestamp(0),
})

/** The places of what was delivered, in its order. */
export const placesIn = (batches: ReadonlyArray<Batch>): ReadonlyArray<GlobalPosition> =>
  batches.flatMap(({ events }) => events.map(({ position }) => position))

/** How far the last batch reaches. */
export const lastUpTo = (batches: ReadonlyArray<Batch>): GlobalPosition => batches.at(-1)?.upTo ?? beginning
