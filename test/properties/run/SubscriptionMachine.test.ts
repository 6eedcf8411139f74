/**
 * The laws of `SubscriptionMachine`, over lists of what may happen, in any order. The wrong samples are the right
 * machine with one signal, one order or one state changed on its way.
 */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { beginning, globalPosition } from 'decider-ts/store'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FeedPage } from '../../../src/run/Feed.js'
import {
  type MachineLimits,
  type MachineState,
  type Order,
  type Signal,
  type SubscriptionMachine,
  subscriptionMachine,
} from '../../../src/run/SubscriptionMachine.js'
import { law } from '../Law.js'
import {
  type Entry,
  endsNothing,
  eventAt,
  feedModel,
  isSmooth,
  lastUpTo,
  placesIn,
  sampleOf,
} from './FeedModel.js'

/** Where several things have to meet before a machine can go wrong. */
const thoroughly = { numRuns: 300 }

type MachineOf = (limits: MachineLimits) => SubscriptionMachine

/** The right machine, except for what `change` makes of a step. */
const changed =
  (
    change: (
      right: SubscriptionMachine['step'],
      state: MachineState,
      signal: Signal,
    ) => ReturnType<SubscriptionMachine['step']>,
  ): MachineOf =>
  (limits) => {
    const { initial, step } = subscriptionMachine(limits)
    return { initial, step: (state, signal) => change(step, state, signal) }
  }

/** The right machine, except for its orders. */
const ordering = (change: (order: Order, state: MachineState) => ReadonlyArray<Order>): MachineOf =>
  changed((right, state, signal) => {
    const [next, orders] = right(state, signal)
    return [next, orders.flatMap((order) => change(order, state))]
  })

/** A timer counts whatever it was set for: also while a page is under way. */
const trustsTimers = changed((right, state, signal) =>
  right(signal._tag === 'TimeUp' ? { ...state, reading: { _tag: 'Due' } } : state, signal),
)

const forgets = (isForgotten: (signal: Signal, state: MachineState) => boolean): MachineOf =>
  changed((right, state, signal) => (isForgotten(signal, state) ? [state, []] : right(state, signal)))

const ordersOf = (entries: ReadonlyArray<Entry>): ReadonlyArray<Order> =>
  entries.flatMap((entry) => ('order' in entry ? [entry.order] : []))

const whole = (machineOf: MachineOf) =>
  fc.property(fc.oneof(sampleOf(), sampleOf(endsNothing)), fc.boolean(), (sample, isContinued) => {
    const model = feedModel(sample, machineOf)
    for (const each of sample.happenings) model.happen(each)
    if (isContinued) model.goOn('time goes on')
    const batches = model.batches()
    deepStrictEqual(placesIn(batches), model.mineUpTo(lastUpTo(batches)))
    for (const [index, { upTo, events }] of batches.entries()) {
      ok(upTo >= (batches[index - 1]?.upTo ?? sample.start), 'places do not go back')
      ok(
        events.every(({ position }) => position <= upTo),
        'no event lies beyond its batch',
      )
    }
  })

law('SUB-1 whole', whole(subscriptionMachine), thoroughly)
law.rejects('SUB-1', 'timers of waits that are over', whole(trustsTimers), thoroughly)
law.rejects(
  'SUB-1',
  'one event left out where catching up ends',
  whole(
    ordering((order, { phase }) =>
      order._tag === 'ReadPage' && phase === 'live'
        ? [{ ...order, after: (order.after + 1n) as typeof order.after }]
        : [order],
    ),
  ),
)
law.rejects(
  'SUB-1',
  'a batch that comes again after a failure of the next one',
  whole(
    changed((right, state, signal) => {
      const last = state.held.at(-1)
      const isAgain = signal._tag === 'ReadFailed' && last !== undefined
      return right(isAgain ? { ...state, held: [...state.held, last] } : state, signal)
    }),
  ),
  thoroughly,
)

const resumes = (machineOf: MachineOf) =>
  fc.property(sampleOf(endsNothing), fc.nat(), (sample, cut) => {
    const log: Array<boolean> = []
    const model = feedModel(sample, machineOf, log)
    for (const each of sample.happenings) model.happen(each)
    const batches = model.batches()
    const before = batches.slice(0, cut % (batches.length + 1))
    const start = before.at(-1)?.upTo ?? sample.start
    model.happen({ do: 'settle' })
    const resumed = feedModel({ ...sample, start }, machineOf, log)
    resumed.goOn('time goes on')
    deepStrictEqual(placesIn([...before, ...resumed.batches()]), model.mineUpTo(model.settled()))
  })

law('SUB-2 resume', resumes(subscriptionMachine))
law.rejects(
  'SUB-2',
  'batches that tell of the place that was read ahead',
  resumes(
    ordering((order, { position }) =>
      order._tag === 'Deliver' && position._tag === 'Some'
        ? [{ ...order, batch: { ...order.batch, upTo: position.value } }]
        : [order],
    ),
  ),
)

const bounded = (machineOf: MachineOf) =>
  fc.property(sampleOf(), (sample) => {
    const model = feedModel(sample, machineOf)
    for (const each of sample.happenings) model.happen(each)
    let held = 0
    for (const entry of model.entries) {
      ok(entry.underWay <= 1, 'one page at a time')
      if ('signal' in entry && entry.signal._tag === 'PageArrived' && entry.signal.page.events.length > 0)
        held += 1
      if ('order' in entry && entry.order._tag === 'Deliver' && entry.order.batch.events.length > 0) held -= 1
      // What a page brings is held, or handed over in the same step; so is one that is on its way.
      ok(held <= sample.limits.prefetch, 'no more is held than allowed')
      if ('signal' in entry && entry.signal._tag === 'StopRequested') return
    }
  })

law('SUB-3 bound', bounded(subscriptionMachine), thoroughly)
law.rejects('SUB-3', 'two pages under way', bounded(trustsTimers))
law.rejects(
  'SUB-3',
  'one batch more than allowed',
  bounded((limits) => subscriptionMachine({ ...limits, prefetch: limits.prefetch + 1 })),
  thoroughly,
)

const progresses = (machineOf: MachineOf) =>
  fc.property(sampleOf(endsNothing), (sample) => {
    const model = feedModel(sample, machineOf)
    for (const each of sample.happenings) model.happen(each)
    model.happen({ do: 'settle' })
    model.goOn('time goes on')
    const batches = model.batches()
    deepStrictEqual(placesIn(batches), model.mineUpTo(model.settled()))
    deepStrictEqual(batches.at(-1)?.state, 'live')
    const isFar = model.settled() - lastUpTo(batches) >= BigInt(sample.limits.batchSize)
    ok(!isFar, 'it tells of places without events')
  })

law('SUB-4 progress', progresses(subscriptionMachine))
law.rejects('SUB-4', 'one that relies on hints', progresses(forgets(({ _tag }) => _tag === 'TimeUp')))
law.rejects(
  'SUB-4',
  'one that gives up when the store is busy',
  progresses((limits) => subscriptionMachine({ ...limits, retry: { ...limits.retry, attemptsMax: 1 } })),
)
law.rejects(
  'SUB-4',
  'one that tells of events only',
  progresses(
    ordering((order) => (order._tag === 'Deliver' && order.batch.events.length === 0 ? [] : [order])),
  ),
)

const isAnswer = ({ _tag }: Order): boolean => _tag === 'Deliver' || _tag === 'Finish' || _tag === 'End'

const stops = (machineOf: MachineOf) =>
  fc.property(
    sampleOf(({ do: what }) => what !== 'stop'),
    sampleOf(),
    (before, after) => {
      const model = feedModel(before, machineOf)
      for (const each of before.happenings) model.happen(each)
      const isStopped = ordersOf(model.entries).some(({ _tag }) => _tag === 'Stopped')
      const from = model.entries.length
      for (const each of [{ do: 'stop' } as const, ...after.happenings]) model.happen(each)
      const later = model.entries.slice(from)
      const orders = ordersOf(later)
      deepStrictEqual(
        orders.filter(({ _tag }) => _tag !== 'End' && _tag !== 'Stopped'),
        [],
      )
      const demands = model.entries.filter((entry) => 'signal' in entry && entry.signal._tag === 'Demanded')
      deepStrictEqual(ordersOf(model.entries).filter(isAnswer).length, demands.length)
      const isIdle = later.at(-1)?.underWay === 0
      const tellings = later.filter((entry) => 'order' in entry && entry.order._tag === 'Stopped')
      deepStrictEqual(tellings.length, isStopped || !isIdle ? 0 : 1)
      ok(tellings.every(({ underWay }) => underWay === 0))
    },
  )

law('SUB-5 stop', stops(subscriptionMachine))
law.rejects(
  'SUB-5',
  'a page that is delivered though it came after the stop',
  stops(
    changed((right, state, signal) =>
      right(
        signal._tag === 'PageArrived' && state.phase === 'draining' ? { ...state, phase: 'live' } : state,
        signal,
      ),
    ),
  ),
)
law.rejects(
  'SUB-5',
  'one that has stopped while a page is under way',
  stops(
    changed((right, state, signal) => {
      const [next, orders] = right(state, signal)
      const isEarly = signal._tag === 'StopRequested' && next.phase === 'draining'
      return [
        isEarly ? { ...next, phase: 'stopped' } : next,
        isEarly ? [...orders, { _tag: 'Stopped' }] : orders,
      ]
    }),
  ),
)
law.rejects(
  'SUB-5',
  'a demand that is never answered',
  stops(ordering((order) => (order._tag === 'End' ? [] : [order]))),
)

const fails = (machineOf: MachineOf) =>
  fc.property(
    sampleOf(({ do: what }) => what !== 'stop', fc.integer({ min: 1, max: 4 })),
    (sample) => {
      const model = feedModel(sample, machineOf)
      for (const each of sample.happenings) model.happen(each)
      model.goOn('time goes on')
      let failures = 0
      let arrived = 0
      let isOver = false
      for (const [index, entry] of model.entries.entries()) {
        if ('order' in entry) {
          const { order } = entry
          if (order._tag === 'ReadPage' || order._tag === 'Locate')
            ok(!isOver, 'nothing is read after the last failure')
          if (order._tag === 'Finish') ok(isOver, 'it fails only where a failure is the last')
          continue
        }
        const { signal } = entry
        if (signal._tag === 'PageArrived') arrived += signal.page.events.length
        if (signal._tag === 'PageArrived' || signal._tag === 'Located') failures = 0
        if (signal._tag !== 'ReadFailed') continue
        failures += 1
        isOver = signal.error._tag !== 'Busy' || failures === sample.limits.retry.attemptsMax
        const next = model.entries[index + 1]
        const reported = next !== undefined && 'order' in next ? next.order : undefined
        const report = {
          _tag: 'Report',
          retrying: { error: signal.error, attempt: failures, delayMs: failures },
        }
        if (isOver) ok(reported?._tag !== 'Report')
        else deepStrictEqual(reported, report)
      }
      const last = ordersOf(model.entries).filter((order) => isAnswer(order) && order._tag !== 'End')
      deepStrictEqual(placesIn(model.batches()).length, arrived)
      deepStrictEqual(last.at(-1)?._tag === 'Finish', isOver)
    },
  )

law('SUB-6 failure', fails(subscriptionMachine))
law.rejects(
  'SUB-6',
  'one that forgets what it holds when a page fails',
  fails(
    changed((right, state, signal) =>
      right(signal._tag === 'ReadFailed' ? { ...state, held: [] } : state, signal),
    ),
  ),
  { numRuns: 2_000 },
)
law.rejects(
  'SUB-6',
  'one that tries once more than it may',
  fails((limits) =>
    subscriptionMachine({
      ...limits,
      retry: { ...limits.retry, attemptsMax: limits.retry.attemptsMax + 1 },
    }),
  ),
)
law.rejects(
  'SUB-6',
  'one that takes every failure for a busy store',
  fails(
    changed((right, state, signal) =>
      right(
        state,
        signal._tag === 'ReadFailed'
          ? { ...signal, error: { _tag: 'Busy', reason: 'at the moment' } }
          : signal,
      ),
    ),
  ),
)

const wakes = (machineOf: MachineOf) =>
  fc.property(sampleOf(isSmooth), fc.boolean(), (sample, isDemanded) => {
    const model = feedModel(sample, machineOf)
    if (isDemanded) model.happen({ do: 'demand' })
    for (const each of sample.happenings) model.happen(each)
    model.happen({ do: 'record', mine: [true], isSettled: true })
    model.happen({ do: 'wake' })
    model.goOn('time stands still')
    deepStrictEqual(placesIn(model.batches()), model.mineUpTo(model.settled()))
  })

law('SUB-7 hint', wakes(subscriptionMachine))
law.rejects(
  'SUB-7',
  'a hint that is forgotten while a page is under way',
  wakes(forgets((signal, { reading }) => signal._tag === 'Woken' && reading._tag === 'UnderWay')),
)
law.rejects('SUB-7', 'one that only polls', wakes(forgets(({ _tag }) => _tag === 'Woken')))

const isFresh = (machineOf: MachineOf) =>
  fc.property(sampleOf(), (sample) => {
    const model = feedModel(sample, machineOf)
    for (const each of sample.happenings) model.happen(each)
    let demands = 0
    let hasCaughtUp = false
    for (const entry of model.entries) {
      if ('signal' in entry) {
        const { signal } = entry
        if (signal._tag === 'Demanded') demands += 1
        if (signal._tag === 'PageArrived') hasCaughtUp = signal.page.beyond !== 'more'
      } else if (isAnswer(entry.order)) demands -= 1
      else if (entry.order._tag === 'ReadPage')
        ok(demands > 0 || !hasCaughtUp, 'nothing is read ahead of who has caught up')
    }
  })

law('SUB-10 fresh', isFresh(subscriptionMachine), thoroughly)
law.rejects(
  'SUB-10',
  'one that reads ahead all the same',
  isFresh(
    changed((right, state, signal) =>
      right(state.phase === 'live' ? { ...state, phase: 'catching up' } : state, signal),
    ),
  ),
  thoroughly,
)

describe('how long it waits', () => {
  const limits: MachineLimits = {
    batchSize: 10,
    prefetch: 2,
    polling: { firstMs: 5, maxMs: 50 },
    retry: { attemptsMax: 9, delayMs: (retry, random) => retry * random },
  }
  const { initial, step } = subscriptionMachine(limits)

  /** How long it waits after each signal, where every wait comes to its end before the next signal. */
  const waitsAfter = (signals: ReadonlyArray<Signal>): ReadonlyArray<number> => {
    const waits: Array<number> = []
    let state = initial
    const send = (signal: Signal): void => {
      const [next, orders] = step(state, signal)
      state = next
      for (const order of orders) {
        if (order._tag !== 'Wait') continue
        waits.push(order.milliseconds)
        send({ _tag: 'TimeUp', wait: order.wait })
      }
    }
    send({ _tag: 'Demanded' })
    send({ _tag: 'Located', position: beginning })
    for (const signal of signals) send(signal)
    return waits
  }
  const arrival = (beyond: FeedPage['beyond'], events: FeedPage['events'] = []): Signal => ({
    _tag: 'PageArrived',
    page: { events, upTo: events.at(-1)?.position ?? beginning, beyond },
  })
  const times = (count: number, signal: Signal): ReadonlyArray<Signal> =>
    Array.from({ length: count }, () => signal)

  test('more and more rarely where nothing comes, up to a bound', () => {
    expect(waitsAfter(times(6, arrival('nothing')))).toEqual([5, 10, 20, 40, 50, 50])
  })

  test('from the first again after an event', () => {
    const found = arrival('nothing', [eventAt(globalPosition(1))])
    expect(waitsAfter([...times(3, arrival('nothing')), found, arrival('nothing')])).toEqual([
      5, 10, 20, 5, 5,
    ])
  })

  test('moments, and then longer, for an append in flight', () => {
    expect(waitsAfter(times(4, arrival('unsettled')))).toEqual([1, 2, 4, 8])
  })

  test('not at all where there is more, or a hint came while the page was under way', () => {
    expect(waitsAfter([arrival('more'), { _tag: 'Woken' }, arrival('nothing'), arrival('nothing')])).toEqual([
      5,
    ])
  })

  test('as the policy says after a failure, however many hints come', () => {
    const failure: Signal = { _tag: 'ReadFailed', error: { _tag: 'Busy', reason: 'now' }, random: 0.5 }
    expect(waitsAfter([failure, { _tag: 'Woken' }, failure, arrival('more'), failure])).toEqual([0.5, 1, 0.5])
    const [waiting] = [{ _tag: 'Demanded' } as const, failure].reduce<readonly [MachineState, unknown]>(
      ([state], signal) => step(state, signal),
      [initial, undefined],
    )
    expect(step(waiting, { _tag: 'Woken' })[1]).toEqual([])
  })
})
