/**
 * The suite of a runner of process managers: what carries the commands out, and keeps the state and the place somewhere.
 * Whatever is delivered twice and wherever it crashes, each command has to be carried out once: sent at least once, always
 * under one id, so that who receives it can leave out a repetition.
 * Used by: whoever writes a runner, on memory or on a database.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type { ProcessManager } from '../../decide/ProcessManager.js'
import * as V from '../../evolve/View.js'
import type { Check } from '../Check.js'
import { consume, type LogConsumer, printedConsumption } from '../delivery/Consumption.js'
import { arbitraryDelivery, type Delivery, plainDelivery, printedDelivery } from '../delivery/Delivery.js'
import { inWords } from '../delivery/DeliveryWords.js'
import { arbitraryLog, type EventSource } from '../delivery/EventSource.js'
import { checkOf, type JudgedLaw, type LawFinding, type SuiteSettings } from '../delivery/JudgedLaw.js'
import { eventsOfLog, type LogEntry, printedLog } from '../delivery/LogEntry.js'
import { pointsOf, type StopPoint } from '../delivery/Points.js'
import { differenceInWords } from '../domain/Difference.js'
import { isSame, missingFrom } from '../domain/Equality.js'
import { shown, shownThrown } from '../domain/Shown.js'

/** A command that was sent, and the id under which it was. */
export interface SentCommand<Command> {
  readonly id: string
  readonly command: Command
}

/** A runner of one process manager that has seen nothing yet. */
export interface OpenRunner<Event, State, Command> extends Required<LogConsumer<Event>> {
  /** Everything that was sent so far, also what was sent before a crash, repetitions and all. */
  readonly effects: () => Promise<ReadonlyArray<SentCommand<Command>>>
  /** The state of the process manager, where it can be asked for. */
  readonly state?: () => Promise<State>
  readonly close: () => Promise<void>
}

/** A runner, and what it is checked with. One of `event` and `history` has to be there. */
export interface ProcessRunnerSuite<Event, State, Command>
  extends EventSource<NoInfer<Event>>,
    SuiteSettings {
  /** What it is called in failures. */
  readonly name: string
  /** The process manager to run; it should pass `processManagerSuite`. */
  readonly manager: ProcessManager<Event, State, Command>
  /**
   * Opens a runner that has seen nothing; called for each sample. It may await `point` wherever its process could
   * die, and is then stopped there by some samples.
   */
  readonly open: (
    manager: ProcessManager<NoInfer<Event>, NoInfer<State>, NoInfer<Command>>,
    point: StopPoint,
  ) => Promise<OpenRunner<NoInfer<Event>, NoInfer<State>, NoInfer<Command>>>
  /**
   * Whether a command that nobody owes any more when the log ends may stay unsent after a crash. False unless given:
   * every command is sent.
   */
  readonly mayDropAcknowledged?: boolean
}

/**
 * The checks of a runner.
 * @example
 * import fc from 'fast-check'
 * import { processManager } from 'decider-ts/decide'
 * import { processRunnerOf, processRunnerSuite } from 'decider-ts/harness'
 * const greeting = processManager.make({
 *   initialState: [] as ReadonlyArray<string>,
 *   evolve: (owed, name: string) => [...owed, `greet ${name}`],
 *   react: (_owed, name) => [`greet ${name}`],
 *   pending: (owed) => owed,
 *   isTerminal: () => false,
 * })
 * const suite = processRunnerSuite({
 *   name: 'in memory',
 *   manager: greeting,
 *   open: processRunnerOf,
 *   event: fc.constantFrom('Ada', 'Max'),
 *   runs: 20,
 * })
 * await Promise.all(suite.map(({ run }) => run())) // => suite.map(() => '20 samples')
 */
export const processRunnerSuite = <Event, State, Command>(
  suite: ProcessRunnerSuite<Event, State, Command>,
): ReadonlyArray<Check> => {
  const logs = arbitraryLog<Event>(suite)
  const check = (law: JudgedLaw<Sample<Event>>) => checkOf(`The runner '${suite.name}'`, suite, law)
  return [
    effectsLaw(suite, logs),
    idsLaw(suite, logs),
    redeliveryLaw(suite, logs),
    crashLaw(suite, logs),
  ].map(check)
}

type Log<Event> = ReadonlyArray<LogEntry<Event>>
type Sample<Event> = readonly [Log<Event>, Delivery]

/** What came of a delivery. */
interface Ran<State, Command> {
  readonly words: string
  readonly effects: ReadonlyArray<SentCommand<Command>>
  readonly state?: { readonly value: State }
  readonly failure?: unknown
}

const runOf = async <Event, State, Command>(
  { open, manager }: ProcessRunnerSuite<Event, State, Command>,
  log: Log<Event>,
  delivery: Delivery,
  isCrashing = false,
): Promise<Ran<State, Command>> => {
  const points = pointsOf(delivery.stops)
  const runner = await open(manager, points.point)
  try {
    const { deliver, crash } = runner
    const consumer = isCrashing ? { deliver, crash } : { deliver }
    const { course, failure } = await consume(consumer, log, delivery, points)
    points.disarm()
    return {
      words: inWords(course, log.length),
      effects: [...(await runner.effects())],
      ...(runner.state && { state: { value: await runner.state() } }),
      ...(failure && { failure: failure.error }),
    }
  } finally {
    points.disarm()
    await runner.close()
  }
}

/** What the log calls for, command by command. */
const calledFor = <Event, State, Command>(
  manager: ProcessManager<Event, State, Command>,
  log: Log<Event>,
): ReadonlyArray<Command> => {
  const states = V.scan(manager)(eventsOfLog(log))
  return log.flatMap(({ event }, index) => manager.react(states[index + 1] as State, event))
}

/** What is carried out: what was sent, each id once. */
const carriedOut = <Command>(effects: ReadonlyArray<SentCommand<Command>>): ReadonlyArray<Command> => {
  const seen = new Set<string>()
  return effects.flatMap(({ id, command }) => {
    if (seen.has(id)) return []
    seen.add(id)
    return [command]
  })
}

/** What was carried out and what should have been, and the same of the state. */
const differenceOf = <Event, State, Command>(
  suite: ProcessRunnerSuite<Event, State, Command>,
  log: Log<Event>,
  ran: Ran<State, Command>,
  isCrashing = false,
): string | undefined => {
  if ('failure' in ran) return `Then the runner failed with ${shownThrown(ran.failure)}.`
  const { manager, mayDropAcknowledged = false } = suite
  const [is, all] = [carriedOut(ran.effects), calledFor(manager, log)]
  const state = V.fold(manager)(eventsOfLog(log))
  const due = isCrashing && mayDropAcknowledged ? manager.pending(state) : all
  const [lost, surplus] = [missingFrom(is, due), missingFrom(all, is)]
  if (lost.length > 0) return `${shown(lost)} was called for, and is never carried out.`
  if (surplus.length > 0)
    return `${shown(surplus)} is carried out, counting each id once, though nothing calls for it that often.`
  if (ran.state === undefined || isSame(ran.state.value, state)) return undefined
  return `The state is then ${shown(ran.state.value)}, and it should be ${shown(state)}.${differenceInWords(ran.state.value, state)}`
}

const lawOf = <Event>(
  id: string,
  statement: string,
  samples: fc.Arbitrary<Sample<Event>>,
  advice: string,
  judge: (sample: Sample<Event>) => Promise<string | undefined>,
): JudgedLaw<Sample<Event>> => ({
  id: `process.${id}`,
  statement,
  samples,
  judge: async ([log, delivery]): Promise<LawFinding | undefined> => {
    const cause = await judge([log, delivery])
    const data = { log: printedLog(log), delivery: printedDelivery(delivery) }
    return cause === undefined
      ? undefined
      : { cause, data, again: printedConsumption(id === 'crash'), advice }
  },
})

const effectsLaw = <Event, State, Command>(
  suite: ProcessRunnerSuite<Event, State, Command>,
  logs: fc.Arbitrary<Log<Event>>,
) =>
  lawOf(
    'effects',
    'every command that an event calls for is sent, and no other.',
    fc.tuple(logs, arbitraryDelivery({ batches: true })),
    'Send every command of `react`, also one that looks like an earlier one: two events may mean two commands.',
    async ([log, delivery]) => {
      const ran = await runOf(suite, log, delivery)
      if ('failure' in ran) return `${ran.words} ${differenceOf(suite, log, ran)}`
      const [sent, due] = [ran.effects.map(({ command }) => command), calledFor(suite.manager, log)]
      const [lost, surplus] = [missingFrom(sent, due), missingFrom(due, sent)]
      if (lost.length > 0) return `${ran.words} ${shown(lost)} was called for, and was not sent.`
      return surplus.length > 0
        ? `${ran.words} ${shown(surplus)} was sent, and nothing calls for it.`
        : undefined
    },
  )

const idsLaw = <Event, State, Command>(
  suite: ProcessRunnerSuite<Event, State, Command>,
  logs: fc.Arbitrary<Log<Event>>,
) =>
  lawOf(
    'ids',
    'a command has the same id whenever its event is delivered, and no other command has that id.',
    fc.tuple(logs, arbitraryDelivery({ batches: true, crashes: true })),
    'Make the id of a command of the id of its event and the index of the command, and of nothing else.',
    async ([log, delivery]) => {
      const oneByOne = { ...plainDelivery, sizes: log.map(() => 1) }
      const plain = await runOf(suite, log, oneByOne)
      const known = new Map<string, Command>()
      for (const { id, command } of plain.effects) {
        if (known.has(id))
          return `All events came once. ${shown(known.get(id))} and ${shown(command)} were both sent under the id '${id}', so the second is not carried out.`
        known.set(id, command)
      }
      const [rewound, crashed] = [await runOf(suite, log, delivery), await runOf(suite, log, delivery, true)]
      return strangeId(known, rewound) ?? strangeId(known, crashed)
    },
  )

/** An id that is not what it was when all events came once. A command that nothing called for is another law's concern. */
const strangeId = <Command>(
  known: ReadonlyMap<string, Command>,
  { words, effects }: Ran<unknown, Command>,
): string | undefined => {
  const commands = [...known.values()]
  const strange = effects.find(({ id, command }) =>
    known.has(id) ? !isSame(known.get(id), command) : commands.some((other) => isSame(other, command)),
  )
  if (strange === undefined) return undefined
  const { id, command } = strange
  return known.has(id)
    ? `${words} ${shown(command)} was sent under the id '${id}'. When all events came once, that was the id of ${shown(known.get(id))}, so one of the two is not carried out.`
    : `${words} ${shown(command)} was sent under the id '${id}'. When all events came once, nothing was sent under that id, so the command is carried out twice.`
}

const redeliveryLaw = <Event, State, Command>(
  suite: ProcessRunnerSuite<Event, State, Command>,
  logs: fc.Arbitrary<Log<Event>>,
) =>
  lawOf(
    'redelivery',
    'events that come again lead to no other effect and no other state.',
    fc.tuple(logs, arbitraryDelivery({ batches: true, crashes: true })),
    'Keep the position of the last event with the state, and leave out what is not after it.',
    async ([log, delivery]) => {
      const ran = await runOf(suite, log, delivery)
      const difference = differenceOf(suite, log, ran)
      return difference && `${ran.words} ${difference}`
    },
  )

const crashLaw = <Event, State, Command>(
  suite: ProcessRunnerSuite<Event, State, Command>,
  logs: fc.Arbitrary<Log<Event>>,
) =>
  lawOf(
    'crash',
    'a runner that crashes anywhere, and goes on, leads to the same effects and the same state.',
    fc.tuple(logs, arbitraryDelivery({ batches: true, crashes: true, stops: true })),
    'Make the state, the place and the commands to be sent durable together, and send again what is pending after a crash.',
    async ([log, delivery]) => {
      const ran = await runOf(suite, log, delivery, true)
      const difference = differenceOf(suite, log, ran, true)
      return difference && `${ran.words} ${difference}`
    },
  )
