/**
 * The laws of process managers beyond those of views: it reacts to what it knows and nothing else, sends nothing once it
 * is over, and what it says that it owes is what it sent and nobody acknowledged.
 * Used by: `ProcessManagerSuite`.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { ProcessManager } from '../../decide/ProcessManager.js'
import type { LawFinding } from '../delivery/JudgedLaw.js'
import { eventsOfLog, type LogEntry } from '../delivery/LogEntry.js'
import { attempt } from '../domain/Attempt.js'
import { copyOf } from '../domain/Copy.js'
import { isSame, missingFrom } from '../domain/Equality.js'
import { shown, shownThrown } from '../domain/Shown.js'
import { folded, ownView, printedEvents } from '../view/ViewLaws.js'

/** A law of one process manager. A list of further ones can be given to `processManagerSuite`. */
export interface ProcessManagerLaw<Event, State, Command> {
  readonly id: string
  readonly statement: string
  readonly judge: (
    manager: ProcessManager<Event, State, Command>,
    log: ReadonlyArray<LogEntry<Event>>,
  ) => LawFinding | undefined
}

/** Whether an event says that a command is done, or need not be done any more. */
export type Acknowledges<Event, Command> = (event: Event, command: Command) => boolean

/** One event, and what the process manager makes of it. */
interface Reaction<Event, State, Command> {
  readonly event: Event
  /** The events up to this one. */
  readonly events: ReadonlyArray<Event>
  readonly state: State
  readonly sent: ReadonlyArray<Command>
}

/** The reactions to the events of a log, until something throws: that is for another law to say. */
const reactionsTo = <Event, State, Command>(
  manager: ProcessManager<Event, State, Command>,
  events: ReadonlyArray<Event>,
): ReadonlyArray<Reaction<Event, State, Command>> => {
  const found: Array<Reaction<Event, State, Command>> = []
  let state = ownView(manager).initialState
  for (const [index, event] of events.entries()) {
    const next = attempt(() => {
      const after = manager.evolve(state, event)
      return { after, sent: manager.react(after, event) }
    })
    if (E.isLeft(next) || !Array.isArray(next.right.sent)) break
    state = next.right.after
    // Copied, because a process manager that changes its state is for another law to find out.
    found.push({ event, events: events.slice(0, index + 1), state: copyOf(state), sent: next.right.sent })
  }
  return found
}

/**
 * All four functions answer whatever they are asked.
 * @internal
 */
export const totalLaw = <Event, State, Command>(): ProcessManagerLaw<Event, State, Command> => ({
  id: 'process.total',
  statement: '`evolve`, `react`, `pending` and `isTerminal` answer whatever has happened, and never throw.',
  judge: (manager, log) => {
    const events = eventsOfLog(log)
    let state = ownView(manager).initialState
    const found = (name: string, is: string, seen: ReadonlyArray<Event>): LawFinding => ({
      cause: `\`${name}\` ${is} ${seen.length === 0 ? 'before any event' : `at event ${seen.length}`}.`,
      data: printedEvents(seen),
      advice:
        'Answer every event; where nothing is to be done, give back the state as it is, and no command.',
    })
    for (const [index, event] of [undefined, ...events].entries()) {
      const seen = events.slice(0, index)
      const evolved = attempt(() => (index === 0 ? state : manager.evolve(state, event as Event)))
      if (E.isLeft(evolved)) return found('evolve', `threw ${shownThrown(evolved.left)}`, seen)
      state = evolved.right
      const answers = {
        react: attempt((): unknown => (index === 0 ? [] : manager.react(state, event as Event))),
        pending: attempt((): unknown => manager.pending(state)),
        isTerminal: attempt((): unknown => manager.isTerminal(state)),
      }
      for (const [name, answer] of Object.entries(answers)) {
        if (E.isLeft(answer)) return found(name, `threw ${shownThrown(answer.left)}`, seen)
        const isRight =
          name === 'isTerminal' ? typeof answer.right === 'boolean' : Array.isArray(answer.right)
        if (!isRight) return found(name, `answered ${shown(answer.right)}`, seen)
      }
    }
    return undefined
  },
})

/**
 * The same events lead to the same state, the same commands and the same debts.
 * @internal
 */
export const pureLaw = <Event, State, Command>(): ProcessManagerLaw<Event, State, Command> => ({
  id: 'process.pure',
  statement: 'the same events always lead to the same state and the same commands.',
  judge: (manager, log) => {
    const events = eventsOfLog(log)
    const whole = () =>
      attempt(() =>
        reactionsTo(manager, events).map(({ state, sent }) => ({
          state,
          sent,
          owed: manager.pending(state),
          isTerminal: manager.isTerminal(state),
        })),
      )
    const [first, second] = [whole(), whole()]
    if (E.isLeft(first) || E.isLeft(second) || isSame(first.right, second.right)) return undefined
    const at = first.right.findIndex((reaction, index) => !isSame(reaction, second.right[index]))
    const [one, other] = [first.right[at], second.right[at]].map((reaction) => shown(reaction))
    return {
      cause: `Event ${at + 1} led to ${one}, and the second time to ${other}.`,
      data: printedEvents(events.slice(0, at + 1)),
      advice: 'Use the arguments and nothing else: no clock, no chance, no variable outside.',
    }
  },
})

/**
 * Events that it does not know change nothing and call for nothing.
 * @internal
 */
export const inertLaw = <Event, State, Command>(
  unknownEvents: ReadonlyArray<unknown>,
): ProcessManagerLaw<Event, State, Command> => ({
  id: 'process.inert',
  statement: 'events of types that it does not know change nothing and call for no command.',
  judge: (manager, log) => {
    const events = eventsOfLog(log)
    const past = folded(ownView(manager), events)
    if (E.isLeft(past)) return undefined
    for (const unknownEvent of unknownEvents) {
      const event = unknownEvent as Event
      const answer = attempt(() => {
        const state = manager.evolve(copyOf(past.right), event)
        return { state, sent: manager.react(state, event) }
      })
      const is = E.isRight(answer)
        ? whatChanged(past.right, answer.right.state, answer.right.sent)
        : `made it throw ${shownThrown(answer.left)}`
      if (is === '') continue
      return {
        cause: `The last of these events, of a type that the process manager does not know, ${is}.`,
        data: printedEvents([...events, unknownEvent]),
        advice: 'In the `default` branch give back the state as it is, and no command.',
      }
    }
    return undefined
  },
})

const whatChanged = (before: unknown, after: unknown, sent: unknown): string => {
  if (Array.isArray(sent) && sent.length > 0) return `called for ${shown(sent)}`
  return isSame(before, after) ? '' : `changed its state from ${shown(before)} to ${shown(after)}`
}

/**
 * Once it is over it sends nothing and owes nothing.
 * @internal
 */
export const terminalLaw = <Event, State, Command>(): ProcessManagerLaw<Event, State, Command> => ({
  id: 'process.terminal',
  statement: 'in a terminal state nothing is sent and nothing is owed.',
  judge: (manager, log) => {
    for (const { state, sent, events } of reactionsTo(manager, eventsOfLog(log))) {
      const answers = attempt(() => ({ over: manager.isTerminal(state), owed: manager.pending(state) }))
      if (E.isLeft(answers) || !answers.right.over) continue
      const { owed } = answers.right
      if (sent.length === 0 && owed.length === 0) continue
      const does = sent.length > 0 ? `sends ${shown(sent)}` : `owes ${shown(owed)}`
      return {
        cause: `After event ${events.length} \`isTerminal\` says that nothing more will be sent, but the process manager ${does}.`,
        data: printedEvents(events),
        advice: 'Be terminal only when nothing is owed, and react to nothing once you are.',
      }
    }
    return undefined
  },
})

/**
 * What it owes is what it sent, less what was acknowledged.
 * @internal
 */
export const pendingLaw = <Event, State, Command>(
  acknowledges: Acknowledges<Event, Command> | undefined,
): ProcessManagerLaw<Event, State, Command> =>
  acknowledges === undefined ? owedAtOnce() : owedUntilAcknowledged(acknowledges)

const owedUntilAcknowledged = <Event, State, Command>(
  acknowledges: Acknowledges<Event, Command>,
): ProcessManagerLaw<Event, State, Command> => ({
  id: 'process.pending',
  statement: 'what `pending` owes is what `react` sent, less what later events acknowledged.',
  judge: (manager, log) => {
    let due: ReadonlyArray<Command> = []
    for (const { event, events, state, sent } of reactionsTo(manager, eventsOfLog(log))) {
      due = [...due.filter((command) => !acknowledges(event, command)), ...sent]
      const owed = attempt(() => manager.pending(state))
      if (E.isLeft(owed)) return undefined
      const [forgotten, surplus] = [missingFrom(owed.right, due), missingFrom(due, owed.right)]
      if (forgotten.length === 0 && surplus.length === 0) continue
      const is =
        forgotten.length > 0
          ? `${shown(forgotten)} was sent and not acknowledged, but \`pending\` does not name it: a crash would lose it`
          : `\`pending\` names ${shown(surplus)}, which ${events.length === 1 ? 'was never sent' : 'was acknowledged or never sent'}: after a crash it would be sent once more than it should`
      return {
        cause: `After event ${events.length} ${is}.`,
        data: printedEvents(events),
        advice:
          'Add each command that you send to the state, and remove it when the event comes that says it is done. If such a log cannot happen, give `history` instead of `event`.',
      }
    }
    return undefined
  },
})

const owedAtOnce = <Event, State, Command>(): ProcessManagerLaw<Event, State, Command> => ({
  id: 'process.pending',
  statement: 'a command that was just sent, and of which nothing was heard since, is owed.',
  judge: (manager, log) => {
    for (const { events, state, sent } of reactionsTo(manager, eventsOfLog(log))) {
      const owed = attempt(() => manager.pending(state))
      if (E.isLeft(owed)) return undefined
      const forgotten = missingFrom(owed.right, sent)
      if (forgotten.length === 0) continue
      return {
        cause: `Event ${events.length} calls for ${shown(forgotten)}, and \`pending\` does not name it in the state after that event: a crash before it is sent would lose it.`,
        data: printedEvents(events),
        advice: 'Add each command that `react` sends to the state in `evolve`, and name it in `pending`.',
      }
    }
    return undefined
  },
})

/** What a command of a process manager is called for by: the `index`-th command of an event. */
export interface CommandCause<Event> {
  readonly entry: LogEntry<Event>
  readonly index: number
}

/** How the id of a command is made. */
export type CommandIdOf<Event, Command> = (command: Command, cause: CommandCause<Event>) => string

/**
 * One cause has one id, and two causes have two.
 * @internal
 */
export const deterministicIdsLaw = <Event, State, Command>(
  commandIdOf: CommandIdOf<Event, Command>,
): ProcessManagerLaw<Event, State, Command> => ({
  id: 'process.deterministicIds',
  statement: 'the same command of the same event always has the same id, and no other command has it.',
  judge: (manager, log) => {
    const causes = reactionsTo(manager, eventsOfLog(log)).flatMap(({ sent }, place) =>
      sent.map((command, index) => ({ command, index, entry: log[place] as LogEntry<Event> })),
    )
    const idsOf = () => causes.map(({ command, ...cause }) => commandIdOf(command, cause))
    const [first, second] = [idsOf(), idsOf()]
    const advice = 'Make the id of the id of the event and the index of the command, and of nothing else.'
    const data = printedEvents(eventsOfLog(log))
    const unstable = first.findIndex((id, place) => id !== second[place])
    if (unstable !== -1) {
      const cause = `${shown(causes[unstable]?.command)} had the id '${first[unstable]}' and then '${second[unstable]}', so it would be carried out twice.`
      return { cause, data, advice }
    }
    const repeated = first.findIndex((id, place) => first.indexOf(id) !== place)
    if (repeated === -1) return undefined
    const earlier = causes[first.indexOf(first[repeated] ?? '')]
    const cause = `${shown(earlier?.command)} and ${shown(causes[repeated]?.command)}, which two events or two places in one call for, have the one id '${first[repeated]}', so the second would not be carried out.`
    return { cause, data, advice }
  },
})
