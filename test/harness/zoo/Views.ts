/**
 * Broken views and projections of one shop's orders, each with the law that names its fault, and those that are right. A
 * projection here keeps what is durable in one object, and loses everything else in a crash.
 */
import { type View, view } from 'decider-ts/evolve'
import {
  type LogEntry,
  type OpenProjection,
  type ProjectionSuite,
  projectionOf,
  projectionSuite,
  type StopPoint,
  type ViewSuite,
  viewSuite,
} from 'decider-ts/harness'
import { beginning, type GlobalPosition } from 'decider-ts/store'
import fc from 'fast-check'
import * as t from 'io-ts'
import type { Check } from '../../../src/harness/Check.js'
import { Quantity } from '../Inventory.js'

/** Something with a fault, and the checks that find it. */
export interface Specimen {
  readonly what: string
  /** The first law that fails: the one that names the fault. */
  readonly caughtBy: string
  /** The later laws that fail too. */
  readonly also?: ReadonlyArray<string>
  readonly checks: () => ReadonlyArray<Check>
}

export const Event = t.union([
  t.strict({ type: t.literal('Ordered'), order: t.keyof({ o1: null, o2: null, o3: null }), cents: Quantity }),
  t.strict({ type: t.literal('Shipped'), order: t.keyof({ o1: null, o2: null, o3: null }) }),
])
export type Event = t.TypeOf<typeof Event>

/** How many orders there were, what they cost, and which are open. */
export interface Overview {
  readonly orders: number
  readonly cents: number
  readonly open: ReadonlyArray<string>
}

const nothing: Overview = { orders: 0, cents: 0, open: [] }

export const overview: View<Overview, Event> = view.make({
  initialState: nothing,
  evolve: (state, event) => {
    switch (event.type) {
      case 'Ordered':
        return {
          orders: state.orders + 1,
          cents: state.cents + event.cents,
          open: [...new Set([...state.open, event.order])].sort(),
        }
      case 'Shipped':
        return { ...state, open: state.open.filter((order) => order !== event.order) }
      default:
        return state
    }
  },
})

const State = t.strict({ orders: t.number, cents: t.number, open: t.readonlyArray(t.string) })

const viewChecks = <S>(
  suite: Partial<ViewSuite<S, Event>> & Pick<ViewSuite<S, Event>, 'view'>,
): ReadonlyArray<Check> =>
  viewSuite({ name: 'overview', event: Event, unknownEvents: [{ type: 'Returned', order: 'o1' }], ...suite })

export const goodViews: Readonly<Record<string, () => ReadonlyArray<Check>>> = {
  'the overview': () => viewChecks({ view: overview, state: State }),
  'a view of a map': () =>
    viewChecks({ view: view.many(({ order }: Event) => order)(overview), unknownEvents: [] }),
}

type Evolve = View<Overview, Event>['evolve']

const evolving = (evolve: Evolve): View<Overview, Event> => ({ initialState: nothing, evolve })

export const brokenViews: ReadonlyArray<Specimen> = [
  {
    what: 'throws on what cannot be',
    caughtBy: 'view.total',
    checks: () =>
      viewChecks({
        view: evolving((state, event) => {
          if (event.type === 'Shipped' && !state.open.includes(event.order)) throw new Error('never ordered')
          return overview.evolve(state, event)
        }),
      }),
  },
  {
    what: 'throws on events of a newer program, though it claims not to',
    caughtBy: 'view.total',
    checks: () =>
      viewChecks({
        view: evolving((state, event) => {
          if (event.type !== 'Ordered' && event.type !== 'Shipped') throw new Error('unknown event')
          return overview.evolve(state, event)
        }),
      }),
  },
  {
    what: 'takes events of a newer program for the last type it knows',
    caughtBy: 'view.total',
    checks: () =>
      viewChecks({
        view: evolving((state, event) =>
          event.type === 'Ordered' ? overview.evolve(state, event) : { ...state, cents: state.cents - 1 },
        ),
      }),
  },
  {
    what: 'mutates its state',
    caughtBy: 'view.keepsInputs',
    checks: () =>
      viewChecks({
        view: {
          initialState: nothing,
          evolve: (state: { orders: number } & Overview, event) => {
            if (event.type === 'Ordered') state.orders += 1
            return state
          },
        },
      }),
  },
  {
    what: 'sorts the list that it was given',
    caughtBy: 'view.keepsInputs',
    checks: () =>
      viewChecks({
        view: {
          initialState: [] as Array<string>,
          evolve: (state: Array<string>, event) => [...state.sort(), event.order],
        },
        unknownEvents: [],
      }),
  },
  {
    what: 'writes into the event',
    caughtBy: 'view.keepsInputs',
    checks: () =>
      viewChecks({
        view: evolving((state, event) => {
          if (event.type === 'Ordered') Object.assign(event, { seen: true })
          return overview.evolve(state, event)
        }),
      }),
  },
  {
    what: 'numbers the orders by a counter outside',
    caughtBy: 'view.pure',
    also: ['view.stored'],
    checks: () => {
      let number = 0
      return viewChecks({
        view: evolving((state, event) =>
          event.type === 'Ordered' ? { ...overview.evolve(state, event), orders: ++number } : state,
        ),
        unknownEvents: [],
      })
    },
  },
  {
    what: 'asks for what JSON does not keep',
    caughtBy: 'view.stored',
    checks: () =>
      viewChecks({
        view: evolving((state, event) =>
          'note' in event ? { ...overview.evolve(state, event), orders: state.orders + 1 } : state,
        ),
        event: fc.constantFrom(
          { type: 'Shipped', order: 'o1', note: undefined },
          { type: 'Shipped', order: 'o1' },
        ),
        unknownEvents: [],
      }),
  },
  {
    what: 'has a codec of its state that rounds',
    caughtBy: 'view.snapshot',
    checks: () =>
      viewChecks({
        view: overview,
        state: {
          codecs: [],
          encode: (state) => ({ ...state, cents: Math.trunc(state.cents / 100) * 100 }),
          decode: (input) => ({ _tag: 'Right', right: input as Overview }),
          is: (_value): _value is Overview => true,
        },
      }),
  },
  {
    what: 'has a codec of its state that cannot read a part that is empty',
    caughtBy: 'view.snapshot',
    checks: () =>
      viewChecks({
        view: view.make({
          initialState: { last: undefined as string | undefined },
          evolve: (_state, event: Event) => ({ last: event.order as string | undefined }),
        }),
        state: t.type({ last: t.string }) as t.Type<{ last: string | undefined }, unknown>,
        unknownEvents: [],
      }),
  },
]

type Batch = ReadonlyArray<LogEntry<Event>>
type Opened = OpenProjection<Event, Overview>

const projectionChecks = (
  open: (point: StopPoint) => Promise<Opened>,
  suite: Partial<ProjectionSuite<Event, Overview>> = {},
): ReadonlyArray<Check> =>
  projectionSuite<Event, Overview>({ name: 'overview', expected: overview, event: Event, open, ...suite })

/** A projection over a box of durable things, with what it does wrong. */
interface Box {
  state: Overview
  checkpoint: GlobalPosition
}

/** Its parts, to be replaced by wrong ones. Every event is handled and committed by itself. */
const projecting =
  (
    wrong: (box: Box, point: StopPoint) => Partial<Opened>,
    evolve: Evolve = overview.evolve,
  ): ((point: StopPoint) => Promise<Opened>) =>
  async (point) => {
    const box: Box = { state: nothing, checkpoint: beginning }
    const good: Opened = {
      deliver: async (batch) => {
        for (const { position, event } of batch) {
          if (position <= box.checkpoint) continue
          const state = evolve(box.state, event)
          await point('before committing')
          Object.assign(box, { state, checkpoint: position })
        }
      },
      read: async () => box.state,
      crash: async () => box.checkpoint,
      rebuild: async (log) => {
        Object.assign(box, { state: nothing, checkpoint: beginning })
        await projection.deliver(log)
      },
      close: async () => {},
    }
    const projection: Opened = { ...good, ...wrong(box, point) }
    return projection
  }

const apply = (box: Box, batch: Batch): void => {
  for (const { position, event } of batch) {
    if (position <= box.checkpoint) continue
    Object.assign(box, { state: overview.evolve(box.state, event), checkpoint: position })
  }
}

const grouped: View<ReadonlyArray<string>, Event> = {
  initialState: [],
  evolve: (orders, event) => [...new Set([...orders, event.order])].sort(),
}

export const goodProjections: Readonly<Record<string, () => ReadonlyArray<Check>>> = {
  'the reference': () => projectionChecks(projectionOf(overview)),
  'one that commits each event by itself': () => projectionChecks(projecting(() => ({}))),
  'one that holds back a stream that it cannot handle': () =>
    projectionChecks(
      projectionOf(
        evolving((state, event) => {
          if (typeof event.order !== 'string') throw new Error('no order')
          return overview.evolve(state, event)
        }),
      ),
      { poison: [{ type: 'Ordered' }, { type: 'Shipped' }], unknownEvents: [] },
    ),
  'one in which the order of streams does not matter': () =>
    projectionSuite<Event, ReadonlyArray<string>>({
      name: 'grouped',
      open: projectionOf(grouped),
      expected: grouped,
      event: Event,
      anyOrder: true,
      unknownEvents: [],
    }),
  'one that only adds up without a checkpoint of its own, and sets what it knows': () =>
    projectionSuite<Event, ReadonlyArray<string>>({
      name: 'seen',
      open: async () => {
        let seen: ReadonlyArray<string> = []
        return {
          deliver: async (batch) => {
            for (const { event } of batch) seen = grouped.evolve(seen, event)
          },
          read: async () => seen,
          close: async () => {},
        }
      },
      expected: grouped,
      event: Event,
      unknownEvents: [],
    }),
}

export const brokenProjections: ReadonlyArray<Specimen> = [
  {
    what: 'throws on events that it does not know',
    caughtBy: 'projection.total',
    checks: () =>
      projectionChecks(
        projecting(
          () => ({}),
          (state, event) => {
            if (event.type !== 'Ordered' && event.type !== 'Shipped') throw new Error('unknown event')
            return overview.evolve(state, event)
          },
        ),
      ),
  },
  {
    what: 'forgets what an order costs',
    caughtBy: 'projection.fold',
    also: ['projection.batching', 'projection.redelivery', 'projection.crash'],
    checks: () =>
      projectionChecks(
        projecting(
          () => ({}),
          (state, event) => ({ ...overview.evolve(state, event), cents: 0 }),
        ),
      ),
  },
  {
    what: 'counts on positions without gaps',
    caughtBy: 'projection.fold',
    also: ['projection.batching', 'projection.redelivery', 'projection.crash'],
    checks: () =>
      projectionChecks(
        projecting((box) => ({
          deliver: async (batch) =>
            apply(
              box,
              batch.filter(
                ({ position }, index) => index === 0 || position === (batch[index - 1]?.position ?? 0n) + 1n,
              ),
            ),
        })),
        { unknownEvents: [] },
      ),
  },
  {
    what: 'loses the last event of each batch but the last',
    caughtBy: 'projection.batching',
    also: ['projection.redelivery', 'projection.crash'],
    checks: () =>
      projectionChecks(
        projecting((box) => {
          let held: Batch = []
          return {
            deliver: async (batch) => {
              // What was held back is overwritten when the next batch comes, instead of being handled first.
              held = batch.slice(-1)
              apply(box, batch.slice(0, -1))
            },
            read: async () => held.reduce((state, { event }) => overview.evolve(state, event), box.state),
          }
        }),
        { unknownEvents: [] },
      ),
  },
  {
    what: 'handles at most two events of a batch, unless the batch is the first',
    caughtBy: 'projection.batching',
    also: ['projection.redelivery', 'projection.crash', 'projection.rebuild'],
    checks: () =>
      projectionChecks(
        projecting((box) => {
          let isFirst = true
          return {
            deliver: async (batch) => {
              apply(box, isFirst ? batch : batch.slice(0, 2))
              isFirst = false
            },
          }
        }),
      ),
  },
  {
    what: 'cannot take a batch without events',
    caughtBy: 'projection.batching',
    also: ['projection.crash'],
    checks: () =>
      projectionChecks(
        projecting((box) => ({
          deliver: async (batch) => {
            const [first] = batch
            if (first === undefined && box.checkpoint > 0n) throw new Error('an empty batch')
            apply(box, batch)
          },
        })),
      ),
  },
  {
    what: 'counts what comes again',
    caughtBy: 'projection.redelivery',
    checks: () =>
      projectionChecks(
        projecting((box) => ({
          deliver: async (batch) => {
            for (const { position, event } of batch)
              Object.assign(box, { state: overview.evolve(box.state, event), checkpoint: position })
          },
        })),
      ),
  },
  {
    what: 'remembers only the last event',
    caughtBy: 'projection.redelivery',
    checks: () =>
      projectionChecks(
        projecting((box) => ({
          deliver: async (batch) => {
            for (const { position, event } of batch) {
              if (position === box.checkpoint) continue
              Object.assign(box, { state: overview.evolve(box.state, event), checkpoint: position })
            }
          },
        })),
      ),
  },
  {
    what: 'keeps its checkpoint before it has done what it stands for',
    caughtBy: 'projection.crash',
    checks: () =>
      projectionChecks(
        projecting((box, point) => ({
          deliver: async (batch) => {
            const fresh = batch.filter(({ position }) => position > box.checkpoint)
            box.checkpoint = fresh.at(-1)?.position ?? box.checkpoint
            await point('checkpoint kept')
            for (const { event } of fresh) box.state = overview.evolve(box.state, event)
          },
        })),
      ),
  },
  {
    what: 'keeps its checkpoint after an effect that is no different the second time',
    caughtBy: 'projection.crash',
    checks: () =>
      projectionChecks(
        projecting((box, point) => ({
          deliver: async (batch) => {
            for (const { position, event } of batch) {
              if (position <= box.checkpoint) continue
              box.state = overview.evolve(box.state, event)
              await point('effect done')
              box.checkpoint = position
            }
          },
        })),
      ),
  },
  {
    what: 'writes its read model now and then, and its checkpoint always',
    caughtBy: 'projection.crash',
    checks: () =>
      projectionChecks(
        projecting((box) => {
          let state = box.state
          let since = 0
          return {
            deliver: async (batch) => {
              for (const { position, event } of batch) {
                if (position <= box.checkpoint) continue
                state = overview.evolve(state, event)
                box.checkpoint = position
                since += 1
                if (since % 3 === 0) box.state = state
              }
            },
            read: async () => state,
            crash: async () => {
              state = box.state
              return box.checkpoint
            },
            rebuild: async (log) => {
              Object.assign(box, { state: nothing, checkpoint: beginning })
              state = nothing
              for (const { event, position } of log) {
                state = overview.evolve(state, event)
                Object.assign(box, { state, checkpoint: position })
              }
            },
          }
        }),
      ),
  },
  {
    what: 'depends on the order of the streams',
    caughtBy: 'projection.order',
    checks: () => projectionChecks(projectionOf(overview), { anyOrder: true }),
  },
  {
    what: 'builds anew on top of what is there',
    caughtBy: 'projection.rebuild',
    checks: () =>
      projectionChecks(
        projecting((box) => ({
          rebuild: async (log) => {
            box.checkpoint = beginning
            apply(box, log)
          },
        })),
      ),
  },
  {
    what: 'empties its read model when it is built anew a second time, because it goes on from the first checkpoint',
    caughtBy: 'projection.rebuild',
    checks: () =>
      projectionChecks(
        projecting((box) => {
          let rebuilt = beginning
          return {
            rebuild: async (log) => {
              Object.assign(box, { state: nothing, checkpoint: rebuilt })
              apply(box, log)
              rebuilt = box.checkpoint
            },
          }
        }),
      ),
  },
  {
    what: 'reads its checkpoint once, when it starts',
    caughtBy: 'projection.twins',
    checks: () =>
      projectionChecks(
        projecting((box) => ({
          twin: async () => {
            let { checkpoint } = box
            return {
              deliver: async (batch) => {
                for (const { position, event } of batch) {
                  if (position <= checkpoint) continue
                  checkpoint = position
                  Object.assign(box, { state: overview.evolve(box.state, event), checkpoint })
                }
              },
            }
          },
        })),
      ),
  },
  {
    what: 'writes over what another instance wrote in the meantime',
    caughtBy: 'projection.twins',
    checks: () =>
      projectionChecks(
        projecting((box, point) => {
          const deliver = async (batch: Batch): Promise<void> => {
            const next = { ...box }
            apply(next, batch)
            await point('handled')
            Object.assign(box, next)
          }
          return { deliver, twin: async () => ({ deliver }) }
        }),
      ),
  },
  {
    what: 'stops at an event that it cannot handle',
    caughtBy: 'projection.poison',
    checks: () =>
      projectionChecks(
        projecting((box) => ({
          deliver: async (batch) => {
            for (const entry of batch) {
              if (typeof entry.event.order !== 'string') throw new Error('no order')
              apply(box, [entry])
            }
          },
        })),
        { poison: [{ type: 'Ordered' }], unknownEvents: [] },
      ),
  },
  {
    what: 'is quietly over after an event that it cannot handle',
    caughtBy: 'projection.poison',
    checks: () =>
      projectionChecks(
        projecting((box) => {
          let isOver = false
          return {
            deliver: async (batch) => {
              for (const entry of batch) {
                isOver ||= typeof entry.event.order !== 'string'
                if (!isOver) apply(box, [entry])
              }
            },
          }
        }),
        { poison: [{ type: 'Ordered' }], unknownEvents: [] },
      ),
  },
]
