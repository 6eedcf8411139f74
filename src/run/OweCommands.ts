/**
 * What events make a process manager owe, as a function: the commands that they call for and the timers that they set,
 * each under an id that the log determines, and the timers that they take back. It is decided by the log alone: the times
 * are those at which events were recorded.
 * Used by: `RunProcessManager`.
 *
 * Laws (test/properties/run/OweCommands.test.ts):
 * - OWE-1 batches: what is owed in the end does not depend on how the log is cut into commits.
 * - OWE-2 ids: no two commands have one id, the id of a command depends on its event, its key and its index alone, and
 *   it is one that every journal can keep, whatever the names and keys are.
 * - OWE-3 timers: a timer is owed in the end if and only if no later event of its key that was recorded before it was due
 *   takes it back or sets it again.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import { type Json, toJson } from '../store/Json.js'
import { checkKey } from '../store/Partition.js'
import type { RecordedEvent } from '../store/RecordedEvent.js'
import { timestamp } from '../store/Timestamp.js'
import type { Cancelled, OwedCommand, Owing } from './Outbox.js'
import type { Deadline, ProcessDefinition } from './ProcessDefinition.js'
import type { Counted } from './ProjectEvents.js'

/** What deciding on commands needs to know of a process manager. */
export type Reacting<State, Event, Command> = Pick<
  ProcessDefinition<State, Event, Command>,
  'name' | 'react' | 'deadlines' | 'command'
>

/** What a process manager says to an event, before it is known which event of the log that is. */
interface Reaction {
  readonly commands: ReadonlyArray<Json>
  /** Of each timer what is said last, with its place in the list, which is part of the id. */
  readonly deadlines: ReadonlyArray<{
    readonly timer: string
    readonly index: number
    /** None where the timer is only taken back. */
    readonly set?: { readonly afterMs: number; readonly command: Json }
  }>
}

/**
 * Makes sure that what a process manager says to an event can be kept; throws what it throws, or why it cannot be kept.
 * @internal
 */
export const reactionOf =
  <State, Event, Command>(process: Reacting<State, Event, Command>) =>
  (state: State, event: Event): Reaction => {
    const encode = encoderOf(process)
    const commands = process.react(state, event).map(encode)
    const deadlines = lastOfEachName(process.deadlines(state, event)).map(([deadline, index]) => {
      const timer = checkedName(nameOf(deadline))
      return 'cancel' in deadline
        ? { timer, index }
        : { timer, index, set: { afterMs: duration(deadline.afterMs), command: encode(deadline.command) } }
    })
    return { commands, deadlines }
  }

/** What one event makes a process owe. */
const owedBy =
  <State, Event, Command>(process: Reacting<State, Event, Command>) =>
  ({ key, event, recorded, state }: Counted<State, Event>): Owing => {
    const { commands, deadlines } = reactionOf(process)(state, event)
    const origin = originOf(process.name, key, recorded)
    const timers = deadlines.flatMap(({ timer, index, set }) =>
      set === undefined
        ? []
        : [
            {
              ...origin(commands.length + index),
              command: set.command,
              timer,
              dueAt: timestamp(recorded.recordedAt + set.afterMs),
            },
          ],
    )
    return {
      commands: [...commands.map((command, index) => ({ ...origin(index), command })), ...timers],
      cancelled: deadlines.map(({ timer }) => ({ key, timer, at: recorded.recordedAt })),
    }
  }

/**
 * What events make processes owe together, in the order of the log: a timer that was set within it and taken back is not
 * among the commands.
 * @internal
 */
export const owedByAll =
  <State, Event, Command>(process: Reacting<State, Event, Command>) =>
  (counted: ReadonlyArray<Counted<State, Event>>): Owing => {
    const owed = new Map<string, OwedCommand>()
    const timers = new Map<string, Set<string>>()
    const cancelled: Array<Cancelled> = []
    for (const one of counted) {
      const { commands, cancelled: takenBack } = owedBy(process)(one)
      for (const { key, timer, at } of takenBack) {
        const ids = timers.get(timerKey(key, timer)) ?? new Set()
        for (const id of ids) {
          if ((owed.get(id)?.dueAt ?? at) <= at) continue
          owed.delete(id)
          ids.delete(id)
        }
        cancelled.push({ key, timer, at })
      }
      for (const command of commands) {
        owed.set(command.id, command)
        if (command.timer === undefined) continue
        const name = timerKey(command.key, command.timer)
        timers.set(name, (timers.get(name) ?? new Set()).add(command.id))
      }
    }
    return { commands: [...owed.values()], cancelled }
  }

const timerKey = (key: string, timer: string): string => JSON.stringify([key, timer])

const nameOf = <Command>(deadline: Deadline<Command>): string =>
  'cancel' in deadline ? deadline.cancel : deadline.timer

/** Within one event what is said last of a timer counts. */
const lastOfEachName = <Command>(
  deadlines: ReadonlyArray<Deadline<Command>>,
): ReadonlyArray<readonly [deadline: Deadline<Command>, index: number]> => {
  const last = new Map(deadlines.map((deadline, index) => [nameOf(deadline), index]))
  return deadlines.flatMap((deadline, index) =>
    last.get(nameOf(deadline)) === index ? [[deadline, index] as const] : [],
  )
}

const originOf = (name: string, key: string, recorded: RecordedEvent) => (index: number) => ({
  id: idOf(name, key, recorded, index),
  key,
  position: recorded.position,
  index,
  correlationId: recorded.metadata.correlationId ?? recorded.id,
  causationId: recorded.id,
})

/** What says most to people, unless it is too long for an id: then a digest stands for name and key. */
const idOf = (name: string, key: string, { id }: RecordedEvent, index: number): string => {
  const spoken = `${name}/${id}/${index}/${key}`
  return E.isRight(checkKey(spoken)) ? spoken : `${id}/${index}/${digestOf(JSON.stringify([name, key]))}`
}

/** The text as digits to one base, modulo a prime of 127 bits: it tells apart the few keys of one event. */
const digestOf = (text: string): string => {
  let digest = 1n
  for (let at = 0; at < text.length; at++) digest = (digest * base + BigInt(text.charCodeAt(at))) % prime
  return digest.toString(36)
}

const prime = 2n ** 127n - 1n
const base = 0x2545f4914f6cdd1d9e3779b97f4a7c15n

/** 3,000 years: what is added to a moment has to be a moment. */
const durationMsMax = 1e14

const duration = (afterMs: number): number => {
  if (afterMs >= 0 && afterMs <= durationMsMax) return Math.ceil(afterMs)
  throw new RangeError(
    `'afterMs' of a deadline must be from 0 to ${durationMsMax} milliseconds, so it cannot be ${afterMs}.`,
  )
}

const checkedName = (timer: string): string => {
  const checked = checkKey(timer, 'timer')
  if (E.isRight(checked)) return timer
  throw new TypeError(`The name of a timer ${checked.left.reason}.`)
}

const encoderOf =
  <State, Event, Command>({ name, command: codec }: Reacting<State, Event, Command>) =>
  (command: Command): Json => {
    const json = toJson(codec.encode(command), 'command')
    if (E.isRight(json)) return json.right
    throw new TypeError(`A command of ${name} cannot be kept: ${json.left.path} ${json.left.reason}.`)
  }
