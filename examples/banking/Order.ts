/**
 * An order: one command with what is known about it beside the command, and what to ask next if it is accepted.
 * Both the generated and the real commands come as lanes of orders; the orders of a lane run one after another.
 */
import type { CommandContext } from 'decider-ts'
import type { AccountCommand } from './Account.js'
import type { Day } from './Day.js'

/** The identity of a command is always given, so that running the same order elsewhere records the same metadata. */
export interface Order {
  readonly command: AccountCommand
  readonly context: Required<CommandContext>
  /** Asked only when the command was accepted, because it depends on it. */
  readonly followUp?: Order
}

export type Lane = ReadonlyArray<Order>

/** An order of its own conversation. */
export const order = (command: AccountCommand, commandId: string, actor: string): Order => ({
  command,
  context: {
    commandId,
    correlationId: commandId,
    causationId: commandId,
    actor,
    occurredAt: midnight(command.on),
  },
})

/** The order, followed by a command that it causes. */
export const followedBy = (first: Order, command: AccountCommand, commandId: string): Order => ({
  ...first,
  followUp: {
    command,
    context: {
      ...first.context,
      commandId,
      causationId: first.context.commandId,
      occurredAt: midnight(command.on),
    },
  },
})

/** How many commands a lane has at most, those that follow another one included. */
export const lengthOf = (lane: Lane): number =>
  lane.reduce((count, { followUp }) => count + 1 + (followUp === undefined ? 0 : lengthOf([followUp])), 0)

const midnight = (day: Day): string => `${day}T00:00:00.000Z`
