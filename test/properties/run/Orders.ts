/**
 * What the laws of running process managers are checked on: orders, whose decider takes every command as if it were the
 * first, and a process manager that has them shipped once they are paid, and expire where they are not paid in time. A
 * command that is carried out twice leaves two events, because nothing but its id says that it was carried out before.
 */
import { type MemoryTransaction, memoryReadModels, memoryStore } from 'decider-ts/adapters/memory'
import { accept, domain, reject } from 'decider-ts/decide'
import {
  cancelTimer,
  type Dispatch,
  type HandleError,
  handle,
  type ProcessKeeper,
  processDefinition,
  setTimer,
} from 'decider-ts/run'
import { everything, type RecordedEvent } from 'decider-ts/store'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import { owedByAll } from '../../../src/run/OweCommands.js'
import { type VirtualWorld, virtualWorld } from './VirtualWorld.js'

const member = <Type extends string>(type: Type) => t.strict({ type: t.literal(type), order: t.string })

const command = (type: OrderCommand['type'], order: string): OrderCommand => ({ type, order })

const Command = t.union([
  member('Place'),
  member('Pay'),
  member('Ship'),
  member('Thank'),
  member('Expire'),
  member('Refund'),
])
const Event = t.union([
  member('Placed'),
  member('Paid'),
  member('Shipped'),
  member('Thanked'),
  member('Expired'),
  member('Refunded'),
])

export type OrderCommand = t.TypeOf<typeof Command>

const results = {
  Place: 'Placed',
  Pay: 'Paid',
  Ship: 'Shipped',
  Thank: 'Thanked',
  Expire: 'Expired',
  Refund: 'Refunded',
} as const

/** Every command is an event, except that a paid order neither expires nor is refunded. */
export const Orders = domain({
  name: 'orders',
  command: Command,
  event: Event,
  rejection: t.strict({ type: t.literal('AlreadyPaid') }),
  state: t.boolean,
  streamId: ({ order }) => order,
  initialState: false,
  evolve: (isPaid, { type }) => isPaid || type === 'Paid',
  decide:
    ({ type, order }) =>
    (isPaid) =>
      isPaid && (type === 'Expire' || type === 'Refund')
        ? reject({ type: 'AlreadyPaid' })
        : accept({ type: results[type], order }),
})

export const paymentMs = 10_000

const Seen = t.union([member('Placed'), member('Paid'), member('Shipped')])

/** `Refund` is always refused, and `Thank` comes behind it. */
export const shipping = processDefinition({
  name: 'shipping',
  event: Seen,
  command: Command,
  state: t.array(t.string),
  manager: {
    initialState: [],
    evolve: (seen, { type }) => [...seen, type],
    react: (_seen, { type, order }) =>
      type === 'Paid' ? [command('Ship', order), command('Refund', order), command('Thank', order)] : [],
    pending: () => [],
    isTerminal: () => false,
  },
  deadlines: (_seen, { type, order }) => {
    if (type === 'Placed') return [setTimer('payment', paymentMs, { type: 'Expire', order })]
    return type === 'Paid' ? [cancelTimer('payment')] : []
  },
})

export const partitions = 4

/** What was sent: once for each time that the dispatch was called. */
export interface Sent {
  readonly id: string
  readonly command: OrderCommand
}

export interface Shop {
  readonly store: ReturnType<typeof memoryStore>
  readonly keeper: ProcessKeeper<MemoryTransaction>
  readonly sent: Array<Sent>
  readonly dispatch: Dispatch<OrderCommand, HandleError<{ readonly type: 'AlreadyPaid' }>>
  /** Someone outside has a command carried out. */
  readonly ask: (type: 'Place' | 'Pay', order: string) => Promise<void>
  readonly log: () => Promise<ReadonlyArray<RecordedEvent>>
}

/** A world, and a shop in it. */
export type OpenShop = () => { readonly world: VirtualWorld; readonly shop: Shop }

export const shopInMemory: OpenShop = () => {
  const world = virtualWorld()
  return { world, shop: shopIn(world) }
}

export const shopIn = (
  world: VirtualWorld,
  keeper: Shop['keeper'] = memoryReadModels({ now: world.now, partitions }),
): Shop => {
  const store = memoryStore({ now: world.now })
  const run = handle(store, Orders, { journal: 'ids' })
  const sent: Array<Sent> = []
  return {
    store,
    keeper,
    sent,
    dispatch: (command, context) => () => {
      sent.push({ id: context.commandId, command })
      return run(command, context)()
    },
    ask: async (type, order) => {
      const answer = await run({ type, order })()
      if (E.isLeft(answer)) throw new Error(answer.left._tag)
    },
    log: async () => {
      const slice = await store.read(everything)()
      return E.isRight(slice) ? slice.right.events : []
    },
  }
}

/** What the log makes the process manager owe, all at once. */
export const owedByLog = (log: ReadonlyArray<RecordedEvent>, process = shipping) => {
  const states = new Map<string, ReadonlyArray<string>>()
  const counted = log.flatMap((recorded) => {
    const event = process.event.decode(recorded)
    if (E.isLeft(event)) return []
    const key = recorded.stream
    const state = process.evolve([...(states.get(key) ?? [])], event.right)
    states.set(key, state)
    return [{ key, recorded, event: event.right, state }]
  })
  return owedByAll(process)(counted).commands
}
