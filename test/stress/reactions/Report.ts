/**
 * What a run of reading and reacting did and found, for people and for programs.
 * Used by: the test, which prints it in brief; `long.ts`, which writes it down.
 */
import { logChecks } from '../LogChecks.js'
import type { Fault } from './Plan.js'
import { reactionChecks } from './ReactionChecks.js'
import type { Outcome } from './Reactions.js'

export type Figures = Readonly<Record<string, number>>

const countOf = (tag: Fault['_tag'], faults: ReadonlyArray<Fault>): number =>
  faults.filter((fault) => fault._tag === tag).length

const median = (sorted: ReadonlyArray<number>): number => sorted[Math.floor(sorted.length / 2)] ?? 0

export const figuresOf = (outcome: Outcome): Figures => {
  const { plan, attempts, reacted, expected, takeovers, quietMs, totalMs } = outcome
  const { outside, refused, decided } = reacted
  const sorted = takeovers.toSorted((a, b) => a - b)
  const written = reacted.log.filter(({ commandId }) => commandId === undefined)
  const rolledBack = attempts.filter(({ answer }) => answer.why === 'rolled back')
  return {
    'seconds in all': Math.round(totalMs / 1000),
    'instances killed by SIGKILL': countOf('Kill', plan.faults),
    'instances paused for longer than their leases': countOf('Pause', plan.faults),
    'crashes of the server': countOf('Crash', plan.faults),
    writers: plan.writers,
    'events written': written.length,
    'appends rolled back after positions were drawn': rolledBack.length,
    'events recorded in reaction': reacted.log.length - written.length,
    'entries of read models compared': Object.values(reacted.entries).reduce(
      (sum, all) => sum + all.length,
      0,
    ),
    'rows of the table of the handler compared': reacted.postings.length,
    'commands owed and decided here': decided.length,
    'of them refused by a rule': refused.length,
    'timers that fired': expected.fulfilment.filter(({ isTimer }) => isTimer).length,
    'timers taken back in time': expected.takenBack.size,
    'effects outside': outside.effects.length,
    'times that they were asked for': outside.attempts.length,
    'kills after which partitions were in the name of the dead': sorted.length,
    'milliseconds until others held them: the least': sorted[0] ?? 0,
    'milliseconds until others held them: the median': median(sorted),
    'milliseconds until others held them: the most': sorted.at(-1) ?? 0,
    'milliseconds from the last write until all was quiet': quietMs,
  }
}

/** These have nothing to look at in such a run, in which nobody reads and nothing is conditional. */
const idle: ReadonlySet<string> = new Set([
  'conditions held in the order of the log',
  'reads are beginnings',
  'followers saw the log',
])

/** How often each check did not hold, also where it always did. */
export const foundOf = ({ violations }: Outcome): Figures => {
  const found: Record<string, number> = {}
  const checks = [...Object.keys(reactionChecks), ...Object.keys(logChecks)]
  for (const check of checks) if (!idle.has(check)) found[check] = 0
  for (const { check } of violations) found[check] = (found[check] ?? 0) + 1
  return found
}

const table = (head: string, figures: Figures): string =>
  [
    `| ${head} | |`,
    '|---|---|',
    ...Object.entries(figures).map(([what, count]) => `| ${what} | ${count} |`),
  ].join('\n')

export const markdownOf = (outcome: Outcome): string =>
  [
    `Seed ${outcome.plan.seed}.`,
    table('what was done', figuresOf(outcome)),
    table('what was checked, and how often it did not hold', foundOf(outcome)),
    ...outcome.violations.slice(0, 50).map(({ check, text }) => `${check}: ${text}`),
    ...(outcome.folder === undefined ? [] : [`The record is in ${outcome.folder}.`]),
  ].join('\n\n')

/** A run in a few lines, with what a person needs to go on if it failed. */
export const inBrief = ({ plan, reacted, takeovers, quietMs, violations, folder }: Outcome): string => {
  const { log, decided, outside } = reacted
  const { faults } = plan
  return [
    `SEED=${plan.seed}: ${log.length} events, ${decided.length} commands, ${outside.effects.length} effects outside, asked for ${outside.attempts.length} times`,
    `${countOf('Kill', faults)} kills, ${countOf('Pause', faults)} pauses; taken over after ${takeovers.join(', ')} ms; quiet after ${quietMs} ms`,
    ...violations.slice(0, 10).map(({ check, text }) => `${check}: ${text}`),
    ...(folder === undefined ? [] : [`the record is in ${folder}`]),
  ].join('\n')
}
