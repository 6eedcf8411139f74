/**
 * The suite of a process manager: what its four functions must keep to, so that a runner may crash, deliver twice and go on.
 * It is a list of checks for any test runner, and needs no runner itself.
 * Used by: whoever writes a process manager.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import type * as t from 'io-ts'
import { type AnyDecider, type Decider, run } from '../../decide/Decider.js'
import { close, type OutOfFuel, type ProcessManager } from '../../decide/ProcessManager.js'
import type { TaggedCodec } from '../../evolve/TaggedCodec.js'
import { arbitraryOf } from '../arbitrary/ArbitraryCodec.js'
import type { Check } from '../Check.js'
import { arbitraryLog, type EventSource, usualUnknownEvents } from '../delivery/EventSource.js'
import { checkOf, type JudgedLaw, type SuiteSettings } from '../delivery/JudgedLaw.js'
import { eventsOfLog } from '../delivery/LogEntry.js'
import { attempt } from '../domain/Attempt.js'
import { literal } from '../report/Literal.js'
import { keepsInputsLaw } from '../view/ViewLaws.js'
import {
  type Acknowledges,
  type CommandIdOf,
  deterministicIdsLaw,
  inertLaw,
  type ProcessManagerLaw,
  pendingLaw,
  pureLaw,
  terminalLaw,
  totalLaw,
} from './ProcessManagerLaws.js'

export type { Acknowledges, CommandCause, CommandIdOf, ProcessManagerLaw } from './ProcessManagerLaws.js'

/** The decider that a process manager talks to, and the commands that it is asked from outside. A domain is one. */
export interface ProcessPartner<Event, Command> extends Decider<Command, never, Event, unknown> {
  readonly command: t.Type<Command, unknown> | TaggedCodec<Command> | fc.Arbitrary<Command>
}

/** The least that is known of any partner: its states and rejections are its own. */
export type AnyProcessPartner<Event, Command> = {
  readonly initialState: unknown
  readonly evolve: (state: never, event: Event) => unknown
  readonly decide: (command: Command) => (state: never) => E.Either<unknown, ReadonlyArray<Event>>
  readonly isTerminal: (state: never) => boolean
} & Pick<ProcessPartner<Event, Command>, 'command'>

/** A process manager, and what it is checked with. One of `event` and `history` has to be there. */
export interface ProcessManagerSuite<Event, State, Command>
  extends EventSource<NoInfer<Event>>,
    SuiteSettings {
  /** What it is called in failures. */
  readonly name: string
  readonly manager: ProcessManager<Event, State, Command>
  /**
   * Which events say that a command is done. With it `process.pending` says exactly what is owed; without it, only
   * that a command is owed in the moment after it was sent.
   */
  readonly acknowledges?: Acknowledges<NoInfer<Event>, NoInfer<Command>>
  /** How a runner makes the ids of commands; then `process.deterministicIds` is checked. */
  readonly commandIdOf?: CommandIdOf<NoInfer<Event>, NoInfer<Command>>
  /** What its commands go to; then `process.fuel` is checked. */
  readonly decider?: AnyProcessPartner<NoInfer<Event>, NoInfer<Command>>
  /** How many commands one command may lead to; 100 unless given. */
  readonly fuel?: number
  /** Events of types that it does not know; one made-up type unless given. */
  readonly unknownEvents?: ReadonlyArray<unknown>
  /** Further laws, checked with the same logs. */
  readonly laws?: ReadonlyArray<ProcessManagerLaw<NoInfer<Event>, NoInfer<State>, NoInfer<Command>>>
}

/**
 * The checks of a process manager.
 * @example
 * import fc from 'fast-check'
 * import { processManager } from 'decider-ts/decide'
 * import { processManagerSuite } from 'decider-ts/harness'
 * const thanking = processManager.make({
 *   initialState: [] as ReadonlyArray<string>,
 *   evolve: (owed, event: 'paid' | 'thanked') => (event === 'paid' ? [...owed, 'thank'] : []),
 *   react: (_owed, event) => (event === 'paid' ? ['thank'] : []),
 *   pending: (owed) => owed,
 *   isTerminal: (owed) => owed.length === 0,
 * })
 * const suite = processManagerSuite({
 *   name: 'thanking',
 *   manager: thanking,
 *   event: fc.constantFrom('paid', 'thanked'),
 *   acknowledges: (event) => event === 'thanked',
 *   unknownEvents: [],
 *   runs: 20,
 * })
 * await Promise.all(suite.map(({ run }) => run())) // => suite.map(() => '20 samples')
 */
export const processManagerSuite = <Event, State, Command>(
  suite: ProcessManagerSuite<Event, State, Command>,
): ReadonlyArray<Check> => {
  const { manager, name, acknowledges, commandIdOf, decider, laws = [] } = suite
  const { unknownEvents = usualUnknownEvents } = suite
  const samples = arbitraryLog<Event>(suite)
  const subject = `The process manager '${name}'`
  const all: ReadonlyArray<ProcessManagerLaw<Event, State, Command>> = [
    totalLaw(),
    viewLaw(),
    pureLaw(),
    ...laws,
    ...(unknownEvents.length === 0 ? [] : [inertLaw<Event, State, Command>(unknownEvents)]),
    terminalLaw(),
    pendingLaw(acknowledges),
    ...(commandIdOf === undefined ? [] : [deterministicIdsLaw<Event, State, Command>(commandIdOf)]),
  ]
  return [
    ...all.map(({ id, statement, judge }) =>
      checkOf(subject, suite, { id, statement, samples, judge: (log) => judge(manager, log) }),
    ),
    ...(decider === undefined ? [] : [checkOf(subject, suite, fuelLaw(manager, decider, suite.fuel))]),
  ]
}

/** What every view keeps to, under the name of the process manager. */
const viewLaw = <Event, State, Command>(): ProcessManagerLaw<Event, State, Command> => {
  const law = keepsInputsLaw<State, Event>('process.keepsInputs')
  return { ...law, judge: (manager, log) => law.judge(manager, eventsOfLog(log)) }
}

const fuelLaw = <Event, State, Command>(
  manager: ProcessManager<Event, State, Command>,
  partner: AnyProcessPartner<Event, Command>,
  fuel = 100,
): JudgedLaw<ReadonlyArray<Command>> => ({
  id: 'process.fuel',
  statement: `with its decider it comes to rest: no command leads to ${fuel} others.`,
  samples: fc.array(arbitraryCommand(partner.command), { maxLength: 8, size: 'max' }),
  judge: (commands) => {
    // The states of the partner are its own: nobody here looks into them.
    const open = partner as AnyDecider as Decider<Command, unknown, Event, unknown>
    const ran = attempt(() => run(close(manager, fuel)(open))(commands))
    if (E.isLeft(ran)) return undefined
    const endless = ran.right.decisions.findIndex(
      (decision) => E.isLeft(decision) && isOutOfFuel(decision.left),
    )
    if (endless === -1) return undefined
    return {
      cause: `Command ${endless + 1} led to more than ${fuel} others: the events call for commands whose events call for commands, and so on.`,
      data: {
        commands: `[\n${commands
          .slice(0, endless + 1)
          .map((command) => `  ${literal(command, { indent: 2, taken: 1 })},\n`)
          .join('')}]`,
      },
      advice:
        'Let the decider answer a command that is done already with no event, or let the process manager send it only once.',
    }
  },
})

const isOutOfFuel = (rejection: unknown): rejection is OutOfFuel =>
  typeof rejection === 'object' && rejection !== null && '_tag' in rejection && rejection._tag === 'OutOfFuel'

const arbitraryCommand = <Command>(
  command: t.Type<Command, unknown> | TaggedCodec<Command> | fc.Arbitrary<Command>,
): fc.Arbitrary<Command> => {
  if (command instanceof fc.Arbitrary) return command
  return 'codecs' in command
    ? (fc.oneof(...command.codecs.map((codec) => arbitraryOf(codec))) as fc.Arbitrary<Command>)
    : arbitraryOf(command)
}
