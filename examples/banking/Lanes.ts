/**
 * Running lanes of orders against a store: so many lanes at once, the orders of a lane one after another, as a bank
 * serves many customers at the same time and each of them in the order in which they ask.
 */

import { type EventStore, exponential, type HandleError, handle, reportHandleError } from 'decider-ts'
import { either as E } from 'fp-ts'
import {
  Account,
  type AccountCommand,
  type AccountEvent,
  type AccountRejection,
  type AccountState,
} from './Account.js'
import type { Lane, Order } from './Order.js'

/** An order that a rule of the domain refused. */
export interface Refused {
  readonly order: Order
  readonly rejection: AccountRejection
}

/** What came of the orders. */
export interface Tally {
  readonly accepted: number
  readonly refused: ReadonlyArray<Refused>
  /** How often a command was decided anew, because someone else had written to its account in between. */
  readonly retried: number
  readonly events: number
}

export const noTally: Tally = { accepted: 0, refused: [], retried: 0, events: 0 }

export const addTallies = (left: Tally, right: Tally): Tally => ({
  accepted: left.accepted + right.accepted,
  refused: [...left.refused, ...right.refused],
  retried: left.retried + right.retried,
  events: left.events + right.events,
})

export interface LaneOptions {
  /** How many lanes run at once. */
  readonly atOnce: number
  /** Stops before the next order. */
  readonly signal?: AbortSignal
  /** Called after each order with how many commands were answered or dropped. */
  readonly onAnswer?: (commands: number) => void
}

/** A store that fails ends the run: going on would leave books that no list of commands explains. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure'
}

/** Two offices that meet on one account may lose many races in a row, so they are given more than the usual tries. */
const retry = exponential({ attemptsMax: 200, firstMs: 1, maxMs: 30 })

/** Within one office commands for one account take turns; offices know nothing of each other, as processes do not. */
const officeCount = 2

/** Where commands are handled. */
type Office = ReturnType<typeof handle<AccountCommand, AccountState, AccountEvent, AccountRejection>>

/** Runs all lanes, the longest first, so that none of them is left alone at the end. */
export const runLanes =
  (store: EventStore, { atOnce, signal, onAnswer }: LaneOptions) =>
  async (lanes: ReadonlyArray<Lane>): Promise<Tally> => {
    const offices = Array.from({ length: officeCount }, () => handle(store, Account, { retry }))
    const refused: Array<Refused> = []
    const counts = { accepted: 0, retried: 0, events: 0 }
    const run = async (ask: Office, order: Order): Promise<void> => {
      signal?.throwIfAborted()
      const answer = await ask(order.command, order.context)()
      if (E.isRight(answer)) {
        counts.accepted += 1
        counts.retried += answer.right.attempts - 1
        counts.events += answer.right.events.length
        onAnswer?.(1)
        if (order.followUp !== undefined) await run(ask, order.followUp)
        return
      }
      const failure = answer.left
      if (failure._tag !== 'Rejected') throw failureOf(order, failure)
      refused.push({ order, rejection: failure.rejection })
      onAnswer?.(order.followUp === undefined ? 1 : 2)
    }
    const waiting = lanes.toSorted((left, right) => left.length - right.length)
    const stopped = new AbortController()
    const serve = async (ask: Office): Promise<void> => {
      for (let lane = waiting.pop(); lane !== undefined; lane = waiting.pop()) {
        for (const order of lane) {
          stopped.signal.throwIfAborted()
          await run(ask, order)
        }
      }
    }
    // The first failure stops them all, and it is told only when none of them uses the store any more.
    const servers = offices.flatMap((office, n) =>
      Array.from({ length: Math.ceil((atOnce - n) / officeCount) }, () => office),
    )
    const served = servers.map((office) => serve(office).catch((error: unknown) => stopped.abort(error)))
    await Promise.all(served)
    stopped.signal.throwIfAborted()
    return { ...counts, refused }
  }

const failureOf = ({ context, command }: Order, failure: HandleError<never>): StoreFailure =>
  new StoreFailure(
    `Command ${context.commandId} (${command.type} on account ${command.account}) failed: ${reportHandleError(failure)}`,
  )
