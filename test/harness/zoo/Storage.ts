/** Domains whose events, rejections, commands or states do not survive a restart, each with the law that says so. */
import { domain, reject } from 'decider-ts/decide'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import {
  Command,
  decide,
  Event,
  evolve,
  expectations,
  initialState,
  parts,
  Quantity,
  State,
  withReservation,
} from '../Inventory.js'
import { type Broken, broken } from './Broken.js'
import { commandGen } from './CommandGen.js'

type Decide = typeof decide

/** The decider with the events of one type changed. The casts let through what no codec declares: that is the fault. */
const deciding =
  (type: Event['type'], change: (event: Event, state: State) => ReadonlyArray<object>): Decide =>
  (command) =>
  (state) => {
    const answer = decide(command)(state)
    if (E.isLeft(answer)) return answer
    return E.right(
      answer.right.flatMap((event) =>
        event.type === type ? (change(event, state) as ReadonlyArray<Event>) : [event],
      ),
    )
  }

/** The decider with one rejection changed. */
const rejecting =
  (change: (state: State) => unknown): Decide =>
  (command) =>
  (state) => {
    const answer = decide(command)(state)
    return E.isLeft(answer) && answer.left.type === 'OutOfStock'
      ? E.left(change(state) as typeof answer.left)
      : answer
  }

const strict = <Type extends string, Props extends t.Props>(type: Type, props: Props) =>
  t.strict({ type: t.literal(type), ...props })

const [Opened, , ...otherEvents] = Event.types
const [Open, , ...otherCommands] = Command.types

/** The codec says that it encodes to text, and reads numbers only. */
const OneWay = new t.RefinementType(
  'Quantity',
  Quantity.is,
  Quantity.validate,
  (quantity: number) => `${quantity} pieces`,
  Quantity.type,
  Quantity.predicate,
)

/** Plain `instanceof`, and no word about JSON. */
const RawDate = new t.Type<Date>(
  'Date',
  (value): value is Date => value instanceof Date,
  (value, context) => (value instanceof Date ? t.success(value) : t.failure(value, context)),
  t.identity,
)

const NotNegative = t.refinement(t.Int, (n) => n >= 0, 'NotNegative')

const stateWith = <Props extends t.Props>(props: Props) => t.strict({ ...State.type.props, ...props })

const received = { type: 'Received', schemaVersion: 1, data: { pieces: 3 } }

/** Reads what says pieces, and leaves alone what says quantity; so that only its version number is wrong. */
const renamed = (data: unknown): unknown => {
  const { pieces, ...rest } = data as { readonly pieces?: number }
  return pieces === undefined ? rest : { ...rest, quantity: pieces }
}

/** The fold of the good one, for a state with more in it. */
const around = <More extends object>(state: State, event: Event, more: More): State & More => ({
  ...evolve(state, event),
  ...more,
})

const usedIn = ({ used }: { readonly used: object }): Set<string> =>
  used instanceof Set ? used : new Set(Object.keys(used))

export const storageZoo: ReadonlyArray<Broken> = [
  broken(
    'an event that the codec does not declare',
    { caughtBy: 'event.declared' },
    domain({
      ...parts,
      decide: deciding('Closed', (event) => [event, { type: 'Audited' }]),
      evolve: (state, event) => evolve(state, event) ?? state,
    }),
  ),
  broken(
    'an event with a quantity that its codec refuses',
    { caughtBy: 'event.declared' },
    domain({
      ...parts,
      decide: deciding('Received', (event) => [
        { ...event, quantity: 'quantity' in event ? event.quantity * 2 : 0 },
      ]),
    }),
  ),
  broken(
    'a field that the codec drops',
    { caughtBy: 'event.stored' },
    domain({ ...parts, decide: deciding('Received', (event) => [{ ...event, batch: 7 }]) }),
  ),
  broken(
    'a field that the codec drops, and that evolve uses',
    { caughtBy: 'event.stored', also: ['replay.stored'] },
    domain({
      ...parts,
      decide: deciding('Received', (event) => [{ ...event, bonus: 1 }]),
      evolve: (state, event) => {
        const next = evolve(state, event)
        return 'bonus' in event ? { ...next, stock: next.stock + 1, received: next.received + 1 } : next
      },
    }),
  ),
  broken(
    'a share of nothing, which is NaN',
    { caughtBy: 'event.stored' },
    domain({
      ...parts,
      event: t.union([Opened, strict('Received', { quantity: Quantity, share: t.number }), ...otherEvents]),
      decide: deciding('Received', (event, { stock, received }) => [
        { ...event, share: stock / received },
      ]) as never,
      evolve: evolve as never,
    }),
  ),
  broken(
    'a fold that looks at the order of keys',
    { caughtBy: 'replay.stored' },
    domain({
      ...parts,
      evolve: (state, event) => {
        const next = evolve(state, event)
        return event.type === 'Received' && Object.keys(event)[0] === 'type'
          ? { ...next, shipped: next.shipped + 1 }
          : next
      },
    }),
  ),
  broken(
    'a rejection that the codec does not declare',
    { caughtBy: 'rejection.declared' },
    domain({ ...parts, decide: rejecting(() => ({ type: 'Nope' })) }),
  ),
  broken(
    'a rejection that is a text',
    { caughtBy: 'rejection.declared' },
    domain({ ...parts, decide: rejecting(() => 'out of stock') }),
  ),
  broken(
    'a rejection with a field that the codec drops',
    { caughtBy: 'rejection.declared' },
    domain({ ...parts, decide: rejecting(({ stock }) => ({ type: 'OutOfStock', stock })) }),
  ),
  broken(
    'a command codec that does not read what it writes',
    { caughtBy: 'command.stored' },
    domain({
      ...parts,
      command: t.union([Open, strict('Receive', { quantity: OneWay }), ...otherCommands]),
      decide: decide as never,
    }),
  ),
  broken(
    'a stock of fractions',
    { caughtBy: 'state.declared' },
    domain({
      ...parts,
      state: stateWith({ stock: t.Int }),
      initialState: initialState as never,
      evolve: ((state: State, event: Event) =>
        event.type === 'Received'
          ? { ...evolve(state, event), stock: state.stock + event.quantity * 0.1 }
          : evolve(state, event)) as never,
      decide: decide as never,
    }),
  ),
  broken(
    'a stock that is sold out and sold again',
    { caughtBy: 'state.declared' },
    domain({
      ...parts,
      state: stateWith({ stock: NotNegative }),
      initialState: initialState as never,
      evolve: evolve as never,
      decide: ((command: Command) => (state: State) =>
        decide(command)(command.type === 'Reserve' ? { ...state, stock: 1000 } : state)) as never,
    }),
  ),
  broken(
    'ids in a Set where the codec declares a record',
    { caughtBy: 'snapshot' },
    domain({
      ...parts,
      state: stateWith({ used: t.record(t.string, t.boolean) }),
      initialState: { ...initialState, used: {} },
      // The codec lets any object pass for a record, and finds no keys in a set.
      evolve: (state, event) =>
        around(state, event, {
          used: new Set([...usedIn(state), ...('id' in event ? [event.id] : [])]) as never,
        }),
      decide: (command) => (state) =>
        command.type === 'Reserve' && usedIn(state).has(command.id)
          ? reject({ type: 'DuplicateReservation' })
          : decide(command)(state),
    }),
    { commandGen },
  ),
  broken(
    'a date in the state',
    { caughtBy: 'snapshot' },
    domain({
      ...parts,
      state: stateWith({ openedAt: RawDate }),
      initialState: { ...initialState, openedAt: new Date(0) },
      evolve: (state, event) => around(state, event, { openedAt: state.openedAt }),
    }),
  ),
  broken(
    'a Map behind a codec that accepts any object',
    { caughtBy: 'snapshot' },
    domain({
      ...parts,
      state: stateWith({ seen: t.object }),
      initialState: { ...initialState, seen: {} as object },
      evolve: (state, event) => around(state, event, { seen: new Map([[event.type, 1]]) as object }),
    }),
  ),
  broken(
    'a state with a field that its codec drops, and that decide uses',
    { caughtBy: 'snapshot' },
    domain({
      ...parts,
      evolve: (state, event) => ({ ...evolve(state, event), last: event.type }),
      decide: (command) => (state) =>
        'last' in state && state.last === 'Received' && command.type === 'Close'
          ? reject({ type: 'StillReserved' })
          : decide(command)(state),
    }),
  ),
  broken(
    'the first reservation, by the order of keys',
    { caughtBy: 'snapshot' },
    domain({
      ...parts,
      // The last one goes to the end of the keys, and JSON of a database has them in an order of its own.
      evolve: (state, event) =>
        event.type === 'Reserved'
          ? {
              ...evolve(state, event),
              reservations: withReservation(state, event.id, { quantity: event.quantity, confirmed: false }),
            }
          : evolve(state, event),
      decide: (command) => (state) =>
        command.type === 'Release' &&
        state.status === 'open' &&
        Object.keys(state.reservations)[0] !== command.id
          ? reject({ type: 'UnknownReservation' })
          : decide(command)(state),
    }),
    { commandGen },
  ),
  broken('an upcaster that nobody wrote', { caughtBy: 'upcast.total' }, domain(parts), {
    ...expectations,
    golden: [received],
  }),
  broken(
    'an upcaster that throws at what was stored',
    { caughtBy: 'upcast.total' },
    domain({
      ...parts,
      upcasters: { Received: [(data) => ({ quantity: (data as { lines: [number] }).lines[0] })] },
    }),
    { ...expectations, golden: [received] },
  ),
  broken(
    'events that are written as of an old version',
    { caughtBy: 'upcast.current' },
    {
      ...domain({ ...parts, upcasters: { Received: [renamed] } }),
      event: {
        ...domain({ ...parts, upcasters: { Received: [renamed] } }).event,
        encode: domain(parts).event.encode,
      },
    },
  ),
]
