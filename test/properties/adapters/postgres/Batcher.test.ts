/**
 * The laws of the planner of batches, over runs of arrivals, plans and ends of calls in any order. The wrong samples are
 * planners that are right about demands other than those they were given, or that tamper with what they plan.
 */
import fc from 'fast-check'
import {
  type BatchLimits,
  type BatchPlanner,
  batchPlanner,
  type Demand,
} from '../../../../src/adapters/postgres/Batcher.js'
import { law } from '../../Law.js'

/** What an item is: its number in the order of coming, and its demand. */
interface Traveller {
  readonly nth: number
  readonly demand: Demand
}

type Planner = (limits: BatchLimits) => BatchPlanner<Traveller>

const demand: fc.Arbitrary<Demand> = fc.record({
  keys: fc
    .array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.boolean()), { maxLength: 4 })
    .map((keys) => new Map(keys)),
  ids: fc.uniqueArray(fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8'), { maxLength: 3 }),
  characters: fc.nat({ max: 9 }),
  wholeLog: fc.nat({ max: 9 }).map((chance) => chance === 0),
})

const limits: fc.Arbitrary<BatchLimits> = fc.record({
  items: fc.integer({ min: 1, max: 6 }),
  keys: fc.integer({ min: 2, max: 6 }),
  events: fc.integer({ min: 1, max: 9 }),
  characters: fc.integer({ min: 1, max: 30 }),
})

/** An item comes, a batch is planned, one of the calls under way ends, or an item is taken back. */
type Step = Demand | 'plan' | { readonly end: number } | { readonly takeBack: number }

const run = fc.record({
  limits,
  steps: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: demand },
      { weight: 2, arbitrary: fc.constant<Step>('plan') },
      { weight: 1, arbitrary: fc.record({ end: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ takeBack: fc.nat({ max: 30 }) }) },
    ),
    { maxLength: 60 },
  ),
})

interface Planned {
  readonly items: ReadonlyArray<Traveller>
  /** Who was under way when this batch left. */
  readonly underWay: ReadonlyArray<Traveller>
  readonly waiting: number
}

interface History {
  readonly limits: BatchLimits
  readonly came: number
  readonly planned: ReadonlyArray<Planned>
  /** Items that were to be taken back, whether their batch had left by then, and the planner's answer. */
  readonly takenBack: ReadonlyArray<{
    readonly nth: number
    readonly hadLeft: boolean
    readonly was: boolean
  }>
}

type Sample = typeof run extends fc.Arbitrary<infer A> ? A : never

/** Takes the steps, and then plans and ends until nobody waits, or nothing moves. */
const historyOf = (planner: Planner, { limits: within, steps }: Sample): History => {
  const { add, next, waiting } = planner(within)
  const planned: Array<Planned> = []
  const takenBack: Array<History['takenBack'][number]> = []
  const takers: Array<() => boolean> = []
  const underWay: Array<ReturnType<typeof next>> = []
  let came = 0
  const plan = (): void => {
    const before = { underWay: underWay.flatMap(({ items }) => items), waiting: waiting() }
    const batch = next()
    planned.push({ items: batch.items, ...before })
    if (batch.items.length > 0) underWay.push(batch)
  }
  const end = (index: number): void => {
    for (const { release } of underWay.splice(index % Math.max(1, underWay.length), 1)) release()
  }
  const takeBack = (nth: number): void => {
    const hadLeft = planned.some(({ items }) => items.some((item) => item.nth === nth))
    const was = takers[nth]?.()
    if (was !== undefined) takenBack.push({ nth, hadLeft, was })
  }
  for (const step of steps) {
    if (step === 'plan') plan()
    else if ('end' in step) end(step.end)
    else if ('takeBack' in step) takeBack(step.takeBack)
    else takers.push(add({ nth: came++, demand: step }, step))
  }
  for (let round = 0; round < 2 * steps.length && (waiting() > 0 || underWay.length > 0); round++) {
    plan()
    end(round)
  }
  return { limits: within, came, planned, takenBack }
}

const lawOn = (judge: (history: History) => boolean) => (planner: Planner) =>
  fc.property(run, (sample) => judge(historyOf(planner, sample)))

const shares = (one: Traveller, other: Traveller): boolean =>
  [...one.demand.keys.keys()].some((key) => other.demand.keys.has(key)) ||
  one.demand.ids.some((id) => other.demand.ids.includes(id))

/** Neither claims a key that the other has too, and they have no event id in common. */
const mayTravelTogether = (one: Traveller, other: Traveller): boolean =>
  ![...one.demand.keys].some(([key, claims]) => {
    const others = other.demand.keys.get(key)
    return others !== undefined && (claims || others)
  }) && !one.demand.ids.some((id) => other.demand.ids.includes(id))

const isAlone = (within: BatchLimits, { demand: { wholeLog, keys } }: Traveller): boolean =>
  wholeLog || keys.size > within.keys

const pairs = (items: ReadonlyArray<Traveller>): ReadonlyArray<readonly [Traveller, Traveller]> =>
  items.flatMap((one, index) => items.slice(index + 1).map((other) => [one, other] as const))

const compatible = lawOn(({ limits: within, planned }) =>
  planned.every(
    ({ items, underWay }) =>
      pairs(items).every(([one, other]) => mayTravelTogether(one, other)) &&
      items.every((one) => underWay.every((other) => !shares(one, other))) &&
      (items.length < 2 || !items.some((item) => isAlone(within, item))),
  ),
)

const ordered = lawOn(({ planned }) =>
  pairs(planned.flatMap(({ items }) => items)).every(
    ([earlier, later]) => earlier.nth < later.nth || !shares(earlier, later),
  ),
)

const progress = lawOn(({ came, planned, takenBack }) => {
  const left = planned.flatMap(({ items }) => items.map(({ nth }) => nth))
  return (
    planned.every(
      ({ items, underWay, waiting }) => items.length > 0 || underWay.length > 0 || waiting === 0,
    ) &&
    new Set(left).size === left.length &&
    left.length + takenBack.filter(({ was }) => was).length === came
  )
})

const takesBack = lawOn(({ planned, takenBack }) => {
  const left = new Set(planned.flatMap(({ items }) => items.map(({ nth }) => nth)))
  const gone = new Set<number>()
  return takenBack.every(({ nth, hadLeft, was }) => {
    const isRight = was === (!hadLeft && !gone.has(nth)) && (!was || !left.has(nth))
    if (was) gone.add(nth)
    return isRight
  })
})

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, number) => total + number, 0)

const bounded = lawOn(({ limits: within, planned }) =>
  planned.every(
    ({ items }) =>
      items.length < 2 ||
      (items.length <= within.items &&
        new Set(items.flatMap((item) => [...item.demand.keys.keys()])).size <= within.keys &&
        sum(items.map((item) => item.demand.ids.length)) <= within.events &&
        sum(items.map((item) => item.demand.characters)) <= within.characters),
  ),
)

/** A planner that is told something else than what the items demand. */
const believing =
  (change: (demand: Demand) => Demand): Planner =>
  (within) => {
    const planner = batchPlanner<Traveller>(within)
    return { ...planner, add: (item, real) => planner.add(item, change(real)) }
  }

const tampering =
  (change: (items: ReadonlyArray<Traveller>) => ReadonlyArray<Traveller>): Planner =>
  (within) => {
    const planner = batchPlanner<Traveller>(within)
    return {
      ...planner,
      next: () => {
        const { items, release } = planner.next()
        return { items: change(items), release }
      },
    }
  }

/** Ends every call as soon as it leaves. */
const holdingNothing: Planner = (within) => {
  const planner = batchPlanner<Traveller>(within)
  return {
    ...planner,
    next: () => {
      const { items, release } = planner.next()
      release()
      return { items, release: () => {} }
    },
  }
}

const unclaimed = ({ keys }: Demand) => new Map([...keys.keys()].map((key) => [key, false]))
const many = { numRuns: 1_000 }

law('BAT-1 compatible', compatible(batchPlanner), many)
law.rejects(
  'BAT-1',
  'a planner blind to claims',
  compatible(believing((real) => ({ ...real, keys: unclaimed(real) }))),
  many,
)
law.rejects(
  'BAT-1',
  'a planner blind to event ids',
  compatible(believing((real) => ({ ...real, ids: [] }))),
  many,
)
law.rejects('BAT-1', 'a planner that holds no keys', compatible(holdingNothing), many)
law.rejects(
  'BAT-1',
  'company for those who need the whole log',
  compatible(believing((real) => ({ ...real, wholeLog: false }))),
  many,
)

law('BAT-2 order', ordered(batchPlanner), many)
law.rejects('BAT-2', 'batches in reverse', ordered(tampering((items) => [...items].reverse())), many)
law.rejects(
  'BAT-2',
  'a planner that knows one key of each item',
  ordered(believing((real) => ({ ...real, keys: new Map([...real.keys].slice(0, 1)) }))),
  many,
)

law('BAT-3 progress', progress(batchPlanner), many)
law.rejects(
  'BAT-3',
  'a planner that forgets the first of a batch',
  progress(tampering((items) => items.slice(1))),
  many,
)
law.rejects(
  'BAT-3',
  'a planner whose calls never end',
  progress((within) => {
    const planner = batchPlanner<Traveller>(within)
    return { ...planner, next: () => ({ ...planner.next(), release: () => {} }) }
  }),
  many,
)

law.rejects(
  'BAT-3',
  'a planner whose items keep their places when they are taken back',
  progress((within) => {
    const planner = batchPlanner<Traveller>(within)
    const [left, gone] = [new Set<number>(), new Set<number>()]
    return {
      ...planner,
      waiting: () => planner.waiting() - [...gone].filter((nth) => !left.has(nth)).length,
      add: (item, real) => {
        planner.add(item, real)
        return () => !left.has(item.nth) && gone.size < gone.add(item.nth).size
      },
      next: () => {
        const { items, release } = planner.next()
        for (const { nth } of items) left.add(nth)
        return { items: items.filter(({ nth }) => !gone.has(nth)), release }
      },
    }
  }),
  many,
)

law('BAT-5 taking back', takesBack(batchPlanner), many)
law.rejects(
  'BAT-5',
  'a planner that says yes and forgets it',
  takesBack((within) => {
    const planner = batchPlanner<Traveller>(within)
    return {
      ...planner,
      add: (item, real) => {
        planner.add(item, real)
        return () => true
      },
    }
  }),
  many,
)

law('BAT-4 bounds', bounded(batchPlanner), many)
const raising =
  (limit: keyof BatchLimits): Planner =>
  (within) =>
    batchPlanner({ ...within, [limit]: 1_000 })
law.rejects('BAT-4', 'a planner without a bound of items', bounded(raising('items')), many)
law.rejects('BAT-4', 'a planner without a bound of keys', bounded(raising('keys')), many)
law.rejects('BAT-4', 'a planner without a bound of events', bounded(raising('events')), many)
law.rejects('BAT-4', 'a planner without a bound of characters', bounded(raising('characters')), many)
