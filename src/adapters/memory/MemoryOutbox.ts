/**
 * The commands that process managers owe, in the memory of the process, beside the read model that they are part of.
 * Used by: `MemoryReadModels`.
 * @since 0.1.0
 */
import type { OwedCommand, Owing } from '../../run/Outbox.js'
import type { Timestamp } from '../../store/Timestamp.js'

/** What is owed by one process manager, in order. */
export type OwedCommands = ReadonlyArray<OwedCommand & { readonly refusal?: string }>

/** Takes back the timers that are not due yet, and adds the commands that are not known. */
export const owingMore = (
  owed: OwedCommands,
  { commands, cancelled }: Owing,
  now: Timestamp,
): OwedCommands => {
  const isCancelled = ({ key, timer, dueAt }: OwedCommand): boolean =>
    dueAt !== undefined && dueAt > now && cancelled.some((each) => each.key === key && each.timer === timer)
  const left = owed.filter((command) => !isCancelled(command))
  const known = new Set(left.map(({ id }) => id))
  const added = commands.filter(({ id }) => !known.has(id))
  return [...left, ...added].sort(inOrder)
}

const inOrder = (a: OwedCommand, b: OwedCommand): number =>
  a.position === b.position ? a.index - b.index : a.position < b.position ? -1 : 1

/** The first command of each key that is due, unless it came to nothing; those that are not due hold up nobody. */
export const dueOf = (owed: OwedCommands, isOurs: (key: string) => boolean, now: Timestamp): OwedCommands => {
  const heldUp = new Set<string>()
  return owed.filter(({ key, dueAt, refusal }) => {
    const isDue = dueAt === undefined || dueAt <= now
    if (heldUp.has(key) || (!isDue && refusal === undefined)) return false
    heldUp.add(key)
    return refusal === undefined && isOurs(key)
  })
}

/** Without those that were handled; what came to nothing stays, with the reason. */
export const settledOf = (
  owed: OwedCommands,
  settled: ReadonlyArray<{ readonly id: string; readonly refusal?: string }>,
): OwedCommands => {
  const outcomes = new Map(settled.map((each) => [each.id, each]))
  return owed.flatMap((command) => {
    const outcome = outcomes.get(command.id)
    if (outcome === undefined) return [command]
    return outcome.refusal === undefined ? [] : [{ ...command, refusal: outcome.refusal }]
  })
}
