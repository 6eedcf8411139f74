/**
 * The books: every account as its stored events tell it. Nothing is taken from the answers of `handle`; whatever the
 * demo claims about a store, it claims after reading the events back and folding them.
 */

import {
  decodeRecorded,
  type EventStore,
  everything,
  type Moment,
  queryPages,
  type ReadError,
  type RecordedEvent,
  type StreamId,
  type Timeline,
  timeline,
  timestamp,
  type Undecodable,
} from 'decider-ts'
import { either as E } from 'fp-ts'
import { Account, type AccountEvent, type AccountState } from './Account.js'
import { type Day, startOf } from './Day.js'
import { type Hellers, nothing, sum } from './Money.js'

/** One account's book. */
export interface Book {
  /** The account's number. */
  readonly account: string
  readonly recorded: ReadonlyArray<RecordedEvent>
  readonly timeline: Timeline<AccountState, AccountEvent>
  readonly state: AccountState
}

export type Books = ReadonlyMap<string, Book>

const entry = (recorded: RecordedEvent, event: AccountEvent): Entry => ({ recorded, event })
interface Entry {
  readonly recorded: RecordedEvent
  readonly event: AccountEvent
}

/** Every account of a store, replayed from its first event. */
export const readBooks = async (store: EventStore): Promise<E.Either<ReadError | Undecodable, Books>> => {
  const histories = new Map<StreamId, Array<Entry>>()
  for await (const page of queryPages(store, everything)) {
    if (E.isLeft(page)) return page
    for (const recorded of page.right) {
      const event = decodeRecorded(Account.event)(recorded)
      if (E.isLeft(event)) return event
      const history = histories.get(recorded.stream)
      if (history === undefined) histories.set(recorded.stream, [entry(recorded, event.right)])
      else history.push(entry(recorded, event.right))
    }
  }
  return E.right(new Map([...histories].map(([stream, history]) => bookOf(stream, history))))
}

const bookOf = (stream: StreamId, history: ReadonlyArray<Entry>): [string, Book] => {
  const account = stream.slice(Account.name.length + 1)
  const states = timeline.make(Account)(
    history.map(({ recorded, event }) => ({ ...momentOf(recorded), event })),
  )
  return [
    account,
    {
      account,
      recorded: history.map(({ recorded }) => recorded),
      timeline: states,
      state: states.steps.at(-1)?.state ?? states.initialState,
    },
  ]
}

const momentOf = ({ version, position, recordedAt }: RecordedEvent): Moment => ({
  version,
  position,
  recordedAt,
})

/** The money on an account; none before it is opened and after it is closed. */
export const balanceOf = (state: AccountState): Hellers =>
  state.status === 'unopened' ? nothing : state.balance

/** The same history by the bank's calendar instead of the store's clock: what the account looked like on a day. */
export const byCalendar = ({ timeline }: Book): Timeline<AccountState, AccountEvent> => ({
  ...timeline,
  steps: timeline.steps.map((step) => ({ ...step, recordedAt: timestamp(startOf(step.event.on)) })),
})

/** The state of an account at the end of a day. */
export const onDay =
  (day: Day) =>
  (book: Book): AccountState =>
    timeline.atTime(timestamp(startOf(day)))(byCalendar(book))

/** The sums over all books. */
export interface Totals {
  readonly accounts: number
  readonly events: number
  readonly balance: Hellers
  readonly credited: Hellers
  readonly debited: Hellers
  readonly residuals: Hellers
}

export const totalsOf = (books: Books): Totals => {
  const all = [...books.values()]
  const opened = all.flatMap(({ state }) => (state.status === 'unopened' ? [] : [state]))
  return {
    accounts: opened.length,
    events: all.reduce((count, { recorded }) => count + recorded.length, 0),
    balance: sum(opened.map(({ balance }) => balance)),
    credited: sum(opened.map(({ credited }) => credited)),
    debited: sum(opened.map(({ debited }) => debited)),
    residuals: sum(opened.map(({ residuals }) => residuals)),
  }
}
