/**
 * A runner of a process manager in memory that is right. State, place and the commands that an event called for become
 * durable together; then the commands are sent, each under an id made of its event and its index. After a crash what
 * is still pending is sent again, under the same ids.
 * Used by: the tests of `ProcessRunnerSuite`, and whoever wants to see the suite pass.
 *
 * Laws (test/properties/harness/process/ProcessRunnerOf.test.ts):
 * - PRN-1 effects: whatever the delivery, what it sent, each id once, is what its process manager called for.
 * @since 0.1.0
 */
import type { ProcessManager } from '../../decide/ProcessManager.js'
import { beginning } from '../../store/GlobalPosition.js'
import type { LogEntry } from '../delivery/LogEntry.js'
import type { StopPoint } from '../delivery/Points.js'
import { isSame } from '../domain/Equality.js'
import type { OpenRunner, SentCommand } from './ProcessRunnerSuite.js'

/**
 * Opens a runner of a process manager, in memory.
 * @example
 * import { processManager } from 'decider-ts/decide'
 * import { logOf, processRunnerOf } from 'decider-ts/harness'
 * const greeting = processManager.make({
 *   initialState: [] as ReadonlyArray<string>,
 *   evolve: (owed, name: string) => [...owed, `greet ${name}`],
 *   react: (_owed, name) => [`greet ${name}`],
 *   pending: (owed) => owed,
 *   isTerminal: () => false,
 * })
 * const runner = await processRunnerOf(greeting)
 * await runner.deliver(logOf([['Ada'], ['Max']]))
 * const effects = await runner.effects()
 * effects.map(({ command }) => command) // => ['greet Ada', 'greet Max']
 */
export const processRunnerOf = async <Event, State, Command>(
  manager: ProcessManager<Event, State, Command>,
  point: StopPoint = async () => {},
): Promise<OpenRunner<Event, State, Command>> => {
  const sent: Array<SentCommand<Command>> = []
  let durable: Durable<State, Command> = { state: manager.initialState, checkpoint: beginning, issued: [] }
  const send = async (effects: ReadonlyArray<SentCommand<Command>>): Promise<void> => {
    for (const effect of effects) {
      await point('before sending')
      sent.push(effect)
    }
  }
  const handle = async ({ id, position, event }: LogEntry<Event>): Promise<void> => {
    if (position <= durable.checkpoint) return
    const state = manager.evolve(durable.state, event)
    const effects = manager.react(state, event).map((command, index) => ({ id: `${id}/${index}`, command }))
    await point('before committing')
    durable = { state, checkpoint: position, issued: [...durable.issued, ...effects] }
    await send(effects)
  }
  return {
    deliver: async (batch) => {
      for (const entry of batch) await handle(entry)
    },
    crash: async () => {
      await send(stillOwed(durable.issued, manager.pending(durable.state)))
      return durable.checkpoint
    },
    effects: async () => sent,
    state: async () => durable.state,
    close: async () => {},
  }
}

interface Durable<State, Command> {
  readonly state: State
  readonly checkpoint: LogEntry<unknown>['position']
  /** Every command that was called for, with its id: what is pending knows no ids. */
  readonly issued: ReadonlyArray<SentCommand<Command>>
}

/** The latest commands that are pending, with the ids that they were called for under, in the order of the calls. */
const stillOwed = <Command>(
  issued: ReadonlyArray<SentCommand<Command>>,
  pending: ReadonlyArray<Command>,
): ReadonlyArray<SentCommand<Command>> => {
  const owed = [...pending]
  return [...issued]
    .reverse()
    .filter(({ command }) => {
      const index = owed.findIndex((other) => isSame(other, command))
      if (index !== -1) owed.splice(index, 1)
      return index !== -1
    })
    .reverse()
}
