/**
 * Broken process managers and broken runners of one that is right: it ships orders that were paid, and cancels those that
 * cannot be. Each has the law that names its fault.
 */
import {
  accept,
  type Decider,
  decider,
  nothing,
  type ProcessManager,
  processManager,
  reject,
} from 'decider-ts/decide'
import {
  type LogEntry,
  type OpenRunner,
  type ProcessManagerSuite,
  type ProcessRunnerSuite,
  processManagerSuite,
  processRunnerOf,
  processRunnerSuite,
  type SentCommand,
  type StopPoint,
} from 'decider-ts/harness'
import { beginning, type GlobalPosition } from 'decider-ts/store'
import fc from 'fast-check'
import * as t from 'io-ts'
import type { Check } from '../../../src/harness/Check.js'
import type { Specimen } from './Views.js'

const Order = t.keyof({ o1: null, o2: null })

export const Event = t.strict({
  type: t.keyof({ Paid: null, Shipped: null, Thanked: null, Closed: null }),
  order: Order,
})
export type Event = t.TypeOf<typeof Event>

export const Command = t.strict({ type: t.keyof({ Pay: null, Ship: null, Thank: null }), order: Order })
export type Command = t.TypeOf<typeof Command>

/** What it owes, and whether the shop is closed for good. */
export interface Owed {
  readonly owed: ReadonlyArray<Command>
  readonly isClosed: boolean
}

type Manager = ProcessManager<Event, Owed, Command>

/** Paid: ship. Shipped: thank. Closed: nothing more, and all debts are forgiven. */
const answerTo = ({ type, order }: Event): ReadonlyArray<Command> => {
  if (type === 'Paid') return [{ type: 'Ship', order }]
  return type === 'Shipped' ? [{ type: 'Thank', order }] : []
}

const answeredBy: Readonly<Record<string, string>> = { Ship: 'Shipped', Thank: 'Thanked' }

export const acknowledges = (event: Event, command: Command): boolean =>
  event.type === 'Closed' || (event.type === answeredBy[command.type] && event.order === command.order)

export const shipping: Manager = processManager.make({
  initialState: { owed: [], isClosed: false },
  evolve: (state: Owed, event: Event): Owed => {
    if (state.isClosed) return state
    if (event.type === 'Closed') return { owed: [], isClosed: true }
    return { ...state, owed: [...state.owed.filter((one) => !acknowledges(event, one)), ...answerTo(event)] }
  },
  react: ({ isClosed }, event) => (isClosed ? [] : answerTo(event)),
  pending: ({ owed }) => owed,
  isTerminal: ({ isClosed }) => isClosed,
})

type Orders = Readonly<Record<string, 'paid' | 'shipped' | 'thanked'>>

/** What the commands go to. It takes each of them twice without harm. */
export const shop: Decider<Command, Orders, Event, string> = decider.make({
  initialState: {},
  evolve: (orders: Orders, { type, order }: Event): Orders => {
    if (type === 'Paid') return { ...orders, [order]: 'paid' }
    if (type === 'Shipped') return { ...orders, [order]: 'shipped' }
    return type === 'Thanked' ? { ...orders, [order]: 'thanked' } : orders
  },
  decide:
    ({ type, order }: Command) =>
    (orders) => {
      const status = orders[order]
      if (type === 'Pay') return status === undefined ? accept({ type: 'Paid', order }) : nothing
      if (status === undefined) return reject('not paid')
      if (type === 'Ship') return status === 'paid' ? accept({ type: 'Shipped', order }) : nothing
      return status === 'shipped' ? accept({ type: 'Thanked', order }) : nothing
    },
})

/** It ships as often as it is asked to, and asks itself. */
const eagerShop: typeof shop = {
  ...shop,
  decide:
    ({ type, order }) =>
    () =>
      accept({ type: type === 'Pay' ? 'Paid' : 'Shipped', order }),
}

const managerChecks = (
  manager: Manager,
  suite: Partial<ProcessManagerSuite<Event, Owed, Command>> = {},
): ReadonlyArray<Check> =>
  processManagerSuite<Event, Owed, Command>({
    name: 'shipping',
    manager,
    event: Event,
    acknowledges,
    decider: { ...shop, command: Command },
    commandIdOf: (_command, { entry, index }) => `${entry.id}/${index}`,
    ...suite,
  })

const withoutAcknowledging = (manager: Manager): ReadonlyArray<Check> =>
  processManagerSuite<Event, Owed, Command>({ name: 'shipping', manager, event: Event })

export const goodManagers: Readonly<Record<string, () => ReadonlyArray<Check>>> = {
  'the one that ships': () => managerChecks(shipping),
  'the same, where nobody says what acknowledges what': () => withoutAcknowledging(shipping),
  'one that never does anything': () =>
    managerChecks({ ...shipping, evolve: (state) => state, react: () => [], isTerminal: () => true }),
}

export const brokenManagers: ReadonlyArray<Specimen> = [
  {
    what: 'throws at what it did not expect',
    caughtBy: 'process.total',
    checks: () =>
      managerChecks({
        ...shipping,
        evolve: (state, event) => {
          if (event.type === 'Shipped' && !state.owed.some((one) => acknowledges(event, one)))
            throw new Error(`${event.order} was not to be shipped`)
          return shipping.evolve(state, event)
        },
      }),
  },
  {
    what: 'answers with no list where there is nothing to do',
    caughtBy: 'process.total',
    checks: () =>
      managerChecks(
        {
          ...shipping,
          react: (state, event) => {
            const commands = shipping.react(state, event)
            return commands.length === 0 ? (undefined as never) : commands
          },
        },
        { decider: { ...eagerShop, decide: () => () => nothing, command: Command } },
      ),
  },
  {
    what: 'writes into its state',
    caughtBy: 'process.keepsInputs',
    checks: () =>
      managerChecks({
        ...shipping,
        evolve: (state, event) =>
          state.isClosed ? state : Object.assign(state, shipping.evolve(state, event)),
      }),
  },
  {
    what: 'sends by chance',
    caughtBy: 'process.pure',
    also: ['process.pending'],
    checks: () => {
      let calls = 0
      return managerChecks({
        ...shipping,
        react: (state, event) => (calls++ % 5 === 4 ? [] : shipping.react(state, event)),
      })
    },
  },
  {
    what: 'takes an event that it does not know for one that it does',
    caughtBy: 'process.inert',
    checks: () =>
      managerChecks({
        ...shipping,
        evolve: (state, event) =>
          ['Paid', 'Shipped', 'Thanked'].includes(event.type)
            ? shipping.evolve(state, event)
            : { owed: [], isClosed: true },
      }),
  },
  {
    what: 'reacts in a terminal state',
    caughtBy: 'process.terminal',
    also: ['process.pending'],
    checks: () => managerChecks({ ...shipping, react: (_state, event) => answerTo(event) }),
  },
  {
    what: 'owes in a terminal state',
    caughtBy: 'process.terminal',
    checks: () => managerChecks({ ...shipping, isTerminal: ({ owed }) => owed.length < 2 }),
  },
  {
    what: 'forgets to thank in `pending`',
    caughtBy: 'process.pending',
    checks: () =>
      managerChecks({ ...shipping, pending: ({ owed }) => owed.filter(({ type }) => type === 'Ship') }),
  },
  {
    what: 'forgets everything in `pending`, where nobody says what acknowledges what',
    caughtBy: 'process.pending',
    checks: () => withoutAcknowledging({ ...shipping, pending: () => [] }),
  },
  {
    what: 'owes what was acknowledged',
    caughtBy: 'process.pending',
    checks: () =>
      managerChecks({
        ...shipping,
        evolve: (state, event) =>
          state.isClosed || event.type === 'Closed'
            ? shipping.evolve(state, event)
            : { ...state, owed: [...state.owed, ...answerTo(event)] },
      }),
  },
  {
    what: 'pays one debt of two that are alike',
    caughtBy: 'process.pending',
    checks: () =>
      managerChecks({
        ...shipping,
        pending: ({ owed }) => [...new Map(owed.map((one) => [`${one.type} ${one.order}`, one])).values()],
      }),
  },
  {
    what: 'numbers its commands since it was started',
    caughtBy: 'process.deterministicIds',
    checks: () => {
      let number = 0
      return managerChecks(shipping, { commandIdOf: () => `${++number}` })
    },
  },
  {
    what: 'makes the ids of its commands of their contents',
    caughtBy: 'process.deterministicIds',
    checks: () => managerChecks(shipping, { commandIdOf: ({ type, order }) => `${type} ${order}` }),
  },
  {
    what: 'ships what was shipped, and so goes round in a circle with its shop',
    caughtBy: 'process.fuel',
    checks: () => {
      const again = (event: Event): ReadonlyArray<Command> =>
        event.type === 'Shipped' ? [{ type: 'Ship', order: event.order }] : answerTo(event)
      return managerChecks(
        {
          ...shipping,
          evolve: (state, event) =>
            state.isClosed || event.type === 'Closed'
              ? shipping.evolve(state, event)
              : {
                  ...state,
                  owed: [...state.owed.filter((one) => !acknowledges(event, one)), ...again(event)],
                },
          react: ({ isClosed }, event) => (isClosed ? [] : again(event)),
        },
        { decider: { ...eagerShop, command: Command } },
      )
    },
  },
]

type Opened = OpenRunner<Event, Owed, Command>
type Open = (manager: Manager, point: StopPoint) => Promise<Opened>

const runnerChecks = (
  open: Open,
  suite: Partial<ProcessRunnerSuite<Event, Owed, Command>> = {},
): ReadonlyArray<Check> =>
  processRunnerSuite<Event, Owed, Command>({
    name: 'in memory',
    manager: shipping,
    event: Event,
    open,
    ...suite,
  })

/** What a runner keeps, and what it has sent. */
interface Desk {
  state: Owed
  checkpoint: GlobalPosition
  readonly sent: Array<SentCommand<Command>>
}

/** What a runner does with one event that it has not seen. */
type Handle = (desk: Desk, entry: LogEntry<Event>, point: StopPoint, manager: Manager) => Promise<void>

const idOf = ({ id }: LogEntry<Event>, index: number): string => `${id}/${index}`

const commit = (
  desk: Desk,
  { position, event }: LogEntry<Event>,
  manager: Manager,
): ReadonlyArray<Command> => {
  const state = manager.evolve(desk.state, event)
  Object.assign(desk, { state, checkpoint: position })
  return manager.react(state, event)
}

/** It sends first and commits then, so what it has not committed it sends again, under the same ids. */
const sendThenCommit: Handle = async (desk, entry, point, manager) => {
  const state = manager.evolve(desk.state, entry.event)
  for (const [index, command] of manager.react(state, entry.event).entries()) {
    desk.sent.push({ id: idOf(entry, index), command })
    await point('sent')
  }
  commit(desk, entry, manager)
}

const running =
  (
    handle: Handle,
    isNew: (desk: Desk, entry: LogEntry<Event>) => boolean = (desk, { position }) =>
      position > desk.checkpoint,
    restart: (desk: Desk) => void = () => {},
  ): Open =>
  async (manager, point) => {
    const desk: Desk = { state: manager.initialState, checkpoint: beginning, sent: [] }
    return {
      deliver: async (batch) => {
        for (const entry of batch) if (isNew(desk, entry)) await handle(desk, entry, point, manager)
      },
      crash: async () => {
        restart(desk)
        return desk.checkpoint
      },
      effects: async () => desk.sent,
      state: async () => desk.state,
      close: async () => {},
    }
  }

export const goodRunners: Readonly<Record<string, () => ReadonlyArray<Check>>> = {
  'the reference': () => runnerChecks(processRunnerOf),
  'one that sends before it commits': () => runnerChecks(running(sendThenCommit)),
  'one that commits batch by batch, and sends only what is still owed': () => {
    const open: Open = async (manager, point) => {
      let durable = {
        state: manager.initialState,
        checkpoint: beginning,
        issued: [] as Array<SentCommand<Command>>,
      }
      const sent: Array<SentCommand<Command>> = []
      return {
        deliver: async (batch) => {
          const next = { ...durable, issued: [...durable.issued] }
          const fresh = batch.filter(({ position }) => position > durable.checkpoint)
          for (const entry of fresh) {
            next.state = manager.evolve(next.state, entry.event)
            next.checkpoint = entry.position
            for (const [index, command] of manager.react(next.state, entry.event).entries())
              next.issued.push({ id: idOf(entry, index), command })
          }
          const before = durable.issued.length
          durable = next
          await point('committed')
          sent.push(...durable.issued.slice(before))
        },
        crash: async () => {
          const owed = manager.pending(durable.state).map((one) => JSON.stringify(one))
          sent.push(...durable.issued.filter(({ command }) => owed.includes(JSON.stringify(command))))
          return durable.checkpoint
        },
        effects: async () => sent,
        close: async () => {},
      }
    }
    return runnerChecks(open, { mayDropAcknowledged: true })
  },
}

const everywhere = ['process.redelivery', 'process.crash']

export const brokenRunners: ReadonlyArray<Specimen> = [
  {
    what: 'sends nothing for the second event of a batch',
    caughtBy: 'process.effects',
    also: ['process.ids', 'process.redelivery', 'process.crash'],
    checks: () =>
      runnerChecks(async (manager, point) => {
        const runner = await running(sendThenCommit)(manager, point)
        return { ...runner, deliver: (batch) => runner.deliver(batch.filter((_, index) => index !== 1)) }
      }),
  },
  {
    what: 'takes a second command of the same content for a repetition',
    caughtBy: 'process.effects',
    also: everywhere,
    checks: () =>
      runnerChecks(
        running(async (desk, entry, _point, manager) => {
          for (const [index, command] of commit(desk, entry, manager).entries()) {
            const isKnown = desk.sent.some(
              (other) => JSON.stringify(other.command) === JSON.stringify(command),
            )
            if (!isKnown) desk.sent.push({ id: idOf(entry, index), command })
          }
        }),
      ),
  },
  {
    what: 'makes command ids by chance',
    caughtBy: 'process.ids',
    also: ['process.crash'],
    checks: () => {
      let chance = 0
      return runnerChecks(
        running(async (desk, entry, point, manager) => {
          const state = manager.evolve(desk.state, entry.event)
          for (const command of manager.react(state, entry.event)) {
            desk.sent.push({ id: `${++chance}`, command })
            await point('sent')
          }
          commit(desk, entry, manager)
        }),
      )
    },
  },
  {
    what: 'numbers the commands since it was started',
    caughtBy: 'process.ids',
    also: ['process.crash'],
    checks: () =>
      runnerChecks((manager, point) => {
        let number = 0
        return running(
          async (desk, entry) => {
            for (const command of commit(desk, entry, manager)) desk.sent.push({ id: `${++number}`, command })
          },
          undefined,
          () => {
            number = 0
          },
        )(manager, point)
      }),
  },
  {
    what: 'makes command ids of the content',
    caughtBy: 'process.ids',
    also: everywhere,
    checks: () =>
      runnerChecks(
        running(async (desk, entry, _point, manager) => {
          for (const command of commit(desk, entry, manager))
            desk.sent.push({ id: JSON.stringify(command), command })
        }),
      ),
  },
  {
    what: 'makes command ids of the event alone, though an event may call for two',
    caughtBy: 'process.ids',
    also: everywhere,
    checks: () =>
      runnerChecks(
        running(async (desk, entry, _point, manager) => {
          for (const command of commit(desk, entry, manager)) desk.sent.push({ id: entry.id, command })
        }),
        {
          manager: {
            ...shipping,
            react: (state, event) => [event, event].flatMap((one) => shipping.react(state, one)),
          },
        },
      ),
  },
  {
    what: 'counts events that come again in its state',
    caughtBy: 'process.redelivery',
    checks: () => runnerChecks(running(sendThenCommit, () => true)),
  },
  {
    what: 'remembers only the last event',
    caughtBy: 'process.redelivery',
    checks: () => runnerChecks(running(sendThenCommit, (desk, { position }) => position !== desk.checkpoint)),
  },
  {
    what: 'commits, and loses in a crash what it has not sent yet',
    caughtBy: 'process.crash',
    checks: () =>
      runnerChecks(
        running(async (desk, entry, point, manager) => {
          for (const [index, command] of commit(desk, entry, manager).entries()) {
            await point('before sending')
            desk.sent.push({ id: idOf(entry, index), command })
          }
        }),
      ),
  },
  {
    what: 'sends again what is pending, under new ids',
    caughtBy: 'process.ids',
    also: ['process.crash'],
    checks: () =>
      runnerChecks(
        running(sendThenCommit, undefined, (desk) => {
          for (const [index, command] of shipping.pending(desk.state).entries())
            desk.sent.push({ id: `again ${desk.checkpoint}/${index}`, command })
        }),
      ),
  },
  {
    what: 'keeps its checkpoint and forgets its state in a crash',
    caughtBy: 'process.crash',
    checks: () =>
      runnerChecks(
        running(sendThenCommit, undefined, (desk) => {
          desk.state = shipping.initialState
        }),
        { event: fc.constantFrom<Event>({ type: 'Paid', order: 'o1' }, { type: 'Shipped', order: 'o1' }) },
      ),
  },
]
