/**
 * The commands that process managers owe, in the memory of the process, beside the read model that they are part of.
 * They are functions on a list, so that what an outbox has to do can be read off them.
 * Used by: `MemoryReadModels`.
 * @since 0.1.0
 */
import type { OwedCommand, Owing, RefusedCommand, Settled } from '../../run/Outbox.js'
import type { Json } from '../../store/Json.js'
import type { Timestamp } from '../../store/Timestamp.js'

/** What is owed by one process manager, in order, with those that were refused. */
export type OwedCommands = ReadonlyArray<OwedCommand & Partial<RefusedCommand>>

/**
 * Takes back the timers that were not due when it was asked, and adds the commands that are not known. `kept` are their
 * values as they are kept, where somebody has frozen them.
 */
export const owingMore = (
  owed: OwedCommands,
  { commands, cancelled }: Owing,
  kept: ReadonlyArray<Json> = [],
): OwedCommands => {
  const isCancelled = ({ key, timer, dueAt, refusal }: OwedCommands[number]): boolean =>
    dueAt !== undefined &&
    refusal === undefined &&
    cancelled.some((each) => each.key === key && each.timer === timer && dueAt > each.at)
  const left = owed.filter((command) => !isCancelled(command))
  const known = new Set(left.map(({ id }) => id))
  const added = commands.flatMap((command, index) => {
    if (known.has(command.id)) return []
    known.add(command.id)
    return [Object.freeze({ ...command, command: kept[index] ?? command.command })]
  })
  return [...left, ...added].sort(inOrder)
}

const inOrder = (a: OwedCommand, b: OwedCommand): number =>
  a.position === b.position ? a.index - b.index : a.position < b.position ? -1 : 1

/** The first command of each key that is due, unless one before it is stuck; one that is not due holds up nobody. */
export const dueOf = (owed: OwedCommands, isOurs: (key: string) => boolean, now: Timestamp): OwedCommands => {
  const heldUp = new Set<string>()
  return owed.filter(({ key, dueAt, refusal, isStuck = false }) => {
    if (refusal !== undefined) {
      if (isStuck) heldUp.add(key)
      return false
    }
    const isDue = dueAt === undefined || dueAt <= now
    if (!isDue || heldUp.has(key)) return false
    heldUp.add(key)
    return isOurs(key)
  })
}

/** Without those that were handled; what was refused stays, with the reason. */
export const settledOf = (owed: OwedCommands, settled: ReadonlyArray<Settled>): OwedCommands => {
  const outcomes = new Map(settled.map((each) => [each.id, each]))
  return owed.flatMap((command) => {
    const outcome = outcomes.get(command.id)
    if (outcome === undefined) return [command]
    const { refusal, isStuck = false } = outcome
    return refusal === undefined ? [] : [{ ...command, refusal, isStuck }]
  })
}

/** Those that are to be sent. */
export const owedOf = (owed: OwedCommands): ReadonlyArray<OwedCommand> =>
  owed.filter(({ refusal }) => refusal === undefined)

/** Those that were not carried out. */
export const refusedOf = (owed: OwedCommands): ReadonlyArray<RefusedCommand> =>
  owed.flatMap((command) => {
    const { refusal, isStuck = false } = command
    return refusal === undefined ? [] : [{ ...command, refusal, isStuck }]
  })

/** With the refusal of these commands forgotten. */
export const owedAgain = (owed: OwedCommands, ids: ReadonlyArray<string>): OwedCommands =>
  owed.map((command) => {
    if (command.refusal === undefined || !ids.includes(command.id)) return command
    const { refusal: _refusal, isStuck: _isStuck, ...again } = command
    return again
  })
