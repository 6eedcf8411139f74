/**
 * Those who read and react in a run: read models that would show a lost, a doubled and a turned event, a user's own table
 * beside one, and two process managers, one whose commands are decided here and one whose commands leave the house.
 * What they must come to is computed by `Expected`, from the log and in plain code that shares nothing with this.
 * Used by: `Reactor`.
 */
import * as t from 'io-ts'
import { accept, domain, reject } from '../../../src/decide/index.js'
import { projection } from '../../../src/evolve/index.js'
import { cancelTimer, processDefinition, setTimer } from '../../../src/run/index.js'

const Deposited = t.strict({ type: t.literal('Deposited'), nth: t.string, amount: t.number })
const Placed = t.strict({ type: t.literal('Placed'), nth: t.string, order: t.string, patience: t.number })
const Extended = t.strict({ type: t.literal('Extended'), nth: t.string, order: t.string, patience: t.number })
const Paid = t.strict({ type: t.literal('Paid'), nth: t.string, order: t.string, amount: t.number })

const Written = t.union([Deposited, Placed, Extended, Paid])
type Written = t.TypeOf<typeof Written>

/** Events of several streams count under one bucket, so that their order across streams is looked at too. */
const bucketOf = (nth: string): string => `bucket-${Number.parseInt(nth.slice(-2), 16) % 4}`

const mix = (hash: number, text: string): number => {
  let mixed = hash
  for (let at = 0; at < text.length; at++) mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193) >>> 0
  return mixed
}

const amountOf = (event: Written): number => ('amount' in event ? event.amount : 0)

interface Kept {
  readonly count: number
  readonly sum: number
  readonly hash: number
}

const counted = (kept: Kept, event: Written): Kept => ({
  count: kept.count + 1,
  sum: kept.sum + amountOf(event),
  hash: mix(kept.hash, event.nth),
})

const keptCodec = { count: t.number, sum: t.number, hash: t.number }

/** A running hash of the ids in the order of the log: a lost, a doubled and a turned event all leave another one. */
export const ledger = projection({
  name: 'ledger',
  event: Written,
  state: t.strict(keptCodec),
  key: ({ nth }, { stream }) => [stream, bucketOf(nth)],
  initialState: { count: 0, sum: 0, hash: 0 },
  evolve: counted,
})

/** The same in another shape, for a rebuild in the middle of everything. */
export const ledgerAnew = projection({
  name: 'ledger',
  version: 2,
  event: Written,
  state: t.strict({ ...keptCodec, last: t.string }),
  key: ({ nth }, { stream }) => [stream, bucketOf(nth)],
  initialState: { count: 0, sum: 0, hash: 0, last: '' },
  evolve: (kept, event) => ({ ...counted(kept, event), last: event.nth }),
})

/** Its handler writes tables of the user's: `posting` has a row for each time, `tally` has sums. */
export const postings = projection({
  name: 'postings',
  event: t.union([Deposited, Paid]),
  state: t.strict({ count: t.number }),
  initialState: { count: 0 },
  evolve: ({ count }) => ({ count: count + 1 }),
})

const member = <Type extends string>(type: Type) => t.strict({ type: t.literal(type), order: t.string })

const ShipmentCommand = t.union([
  member('Reserve'),
  member('Ship'),
  member('Thank'),
  member('Expire'),
  member('Refund'),
])
type ShipmentCommand = t.TypeOf<typeof ShipmentCommand>

const results = { Reserve: 'Reserved', Ship: 'Shipped', Thank: 'Thanked', Expire: 'Expired' } as const

/** Every command is carried out as if it were the first, so one that is carried out twice leaves two events. */
export const Shipments = domain({
  name: 'shipment',
  command: ShipmentCommand,
  event: t.union([member('Reserved'), member('Shipped'), member('Thanked'), member('Expired')]),
  rejection: t.strict({ type: t.literal('NoRefunds') }),
  state: t.number,
  streamId: ({ order }) => order,
  initialState: 0,
  evolve: (count) => count + 1,
  decide:
    ({ type, order }) =>
    () =>
      type === 'Refund' ? reject({ type: 'NoRefunds' }) : accept({ type: results[type], order }),
})

const shipment = (type: ShipmentCommand['type'], order: string): ShipmentCommand => ({ type, order })

/**
 * An order is reserved when it is placed, shipped when it is paid, and the customer thanked when it is shipped. It expires
 * where it is not paid in its time. A refund is always refused, and nothing waits for it.
 */
export const fulfilment = processDefinition({
  name: 'fulfilment',
  event: t.union([Placed, Extended, Paid, member('Reserved'), member('Shipped')]),
  command: ShipmentCommand,
  state: t.strict({ toReserve: t.boolean, toShip: t.boolean, seen: t.array(t.string), order: t.string }),
  key: ({ order }) => order,
  manager: {
    initialState: { toReserve: false, toShip: false, seen: [], order: '' },
    evolve: ({ toReserve, toShip, seen }, { type, order }) => ({
      toReserve: type === 'Placed' || (toReserve && type !== 'Reserved'),
      toShip: type === 'Paid' || (toShip && type !== 'Shipped'),
      seen: [...seen, type],
      order,
    }),
    react: (_state, { type, order }) => {
      if (type === 'Placed') return [shipment('Reserve', order)]
      if (type === 'Paid') return [shipment('Ship', order), shipment('Refund', order)]
      return type === 'Shipped' ? [shipment('Thank', order)] : []
    },
    pending: ({ toReserve, toShip, order }) => [
      ...(toReserve ? [shipment('Reserve', order)] : []),
      ...(toShip ? [shipment('Ship', order)] : []),
    ],
    isTerminal: () => false,
  },
  deadlines: (_state, event) => {
    if (event.type === 'Placed' || event.type === 'Extended')
      return [setTimer('payment', event.patience, shipment('Expire', event.order))]
    return event.type === 'Paid' ? [cancelTimer('payment')] : []
  },
})

/** From this amount on a deposit is told to the outside. */
const large = 90

/** What it calls for happens in another database, where nothing of this one's transactions reaches. */
export const telling = processDefinition({
  name: 'telling',
  event: t.union([Deposited, Paid, member('Expired')]),
  command: t.strict({ type: t.literal('Tell'), what: t.string }),
  state: t.strict({ told: t.number }),
  manager: {
    initialState: { told: 0 },
    evolve: ({ told }, event) => ({ told: told + whatToTell(event).length }),
    react: (_state, event) => whatToTell(event).map((what) => ({ type: 'Tell' as const, what })),
    pending: () => [],
    isTerminal: () => false,
  },
})

const whatToTell = (
  event:
    | t.TypeOf<typeof Deposited>
    | t.TypeOf<typeof Paid>
    | { readonly type: 'Expired'; readonly order: string },
): ReadonlyArray<string> => {
  if (event.type === 'Expired') return [`expired ${event.order}`]
  if (event.type === 'Paid') return [`paid ${event.nth}`]
  return event.amount >= large ? [`deposited ${event.nth}`] : []
}

/** What is waited for in the end, and looked at. */
export const readModels = [ledger, ledgerAnew, postings, fulfilment, telling] as const
