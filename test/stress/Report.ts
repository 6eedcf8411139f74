/**
 * What rounds did and found, for people and for programs.
 * Used by: the tests, which print it in brief; `long.ts`, which writes it down.
 */

import { logChecks } from './LogChecks.js'
import type { Fault, Outcome } from './Round.js'
import { serialOrder } from './Transactions.js'

/** Counts of one round, or of many. */
export type Counts = Readonly<Record<string, number>>

const isFault = (tag: Fault['_tag']) => (fault: Fault) => fault._tag === tag

/** Answers by what they were, without the reasons of single ones. */
const answersOf = ({ run }: Outcome): Counts => {
  const counts: Record<string, number> = {}
  for (const { answer } of run.attempts) {
    const what = `${answer.outcome}: ${answer.why}`
    counts[what] = (counts[what] ?? 0) + 1
  }
  return counts
}

const countsOf = (outcome: Outcome): Counts => {
  const { plan, run, transactions } = outcome
  const positions = run.log.map(({ position }) => position)
  const conditions = run.attempts.filter(({ decision }) => decision.condition !== undefined)
  const severalStreams = run.attempts.filter(
    ({ decision }) => new Set(decision.events.map(({ stream }) => stream)).size > 1,
  )
  return {
    rounds: 1,
    seconds: Math.round(plan.milliseconds / 1000),
    'crashes of the server': plan.faults.filter(isFault('CrashServer')).length,
    'clients killed': plan.faults.filter(isFault('KillClient')).length,
    'events recorded': run.log.length,
    'positions that were drawn and never recorded': Math.max(0, (positions.at(-1) ?? 0) - positions.length),
    'appends sent': run.attempts.length,
    'appends under a condition': conditions.length,
    'appends to several streams': severalStreams.length,
    'appends that the server refuses (poisoned)': run.attempts.filter(({ decision }) => decision.isPoisoned)
      .length,
    'repeated appends answered as the first time': run.attempts.filter(({ answer }) => answer.isRepeated)
      .length,
    'reads checked': run.readings.length,
    'events delivered to followers': run.pages.reduce((sum, { events }) => sum + events.length, 0),
    'transactions put in a serial order': transactions,
    'deadlocks that the server counted': run.deadlocks,
    'faults of the driver survived': run.mishaps.length,
  }
}

const sum = (all: ReadonlyArray<Counts>): Counts => {
  const total: Record<string, number> = {}
  for (const counts of all) {
    for (const [what, count] of Object.entries(counts)) total[what] = (total[what] ?? 0) + count
  }
  return total
}

/** What was found by each check, also where it was nothing. */
const foundOf = ({ violations }: Outcome): Counts => {
  const found: Record<string, number> = {}
  for (const check of [...Object.keys(logChecks), serialOrder]) found[check] = 0
  for (const { check } of violations) found[check] = (found[check] ?? 0) + 1
  return found
}

/** All that a program may want to know of a run. */
export interface Report {
  readonly seeds: ReadonlyArray<number>
  readonly followedBy: ReadonlyArray<string>
  readonly counts: Counts
  readonly answers: Counts
  readonly violations: Counts
  readonly found: ReadonlyArray<{ readonly seed: number; readonly folder?: string; readonly first: string }>
}

/** Of one round. Its record is large, so a long run keeps this alone. */
export const reportOf = (outcome: Outcome): Report => {
  const { plan, way, folder, violations } = outcome
  const [first] = violations
  return {
    seeds: [plan.seed],
    followedBy: [way],
    counts: countsOf(outcome),
    answers: answersOf(outcome),
    violations: foundOf(outcome),
    found:
      first === undefined
        ? []
        : [{ seed: plan.seed, ...(folder && { folder }), first: `${first.check}: ${first.text}` }],
  }
}

/** Of all rounds. */
export const merged = (reports: ReadonlyArray<Report>): Report => ({
  seeds: reports.flatMap(({ seeds }) => seeds),
  followedBy: [...new Set(reports.flatMap(({ followedBy }) => followedBy))],
  counts: sum(reports.map(({ counts }) => counts)),
  answers: sum(reports.map(({ answers }) => answers)),
  violations: sum(reports.map(({ violations }) => violations)),
  found: reports.flatMap(({ found }) => found),
})

const table = (head: string, counts: Counts): string =>
  [
    `| ${head} | |`,
    '|---|---|',
    ...Object.entries(counts).map(([what, count]) => `| ${what} | ${count} |`),
  ].join('\n')

/** The report as a part of a page. */
export const markdownOf = (report: Report, about: string): string =>
  [
    about,
    `Seeds ${report.seeds[0]} to ${report.seeds.at(-1)}; the log was followed by: ${report.followedBy.join(', ')}.`,
    table('what was done', report.counts),
    table('what was checked, and how often it did not hold', report.violations),
    table('what the writers were told', report.answers),
    ...report.found.map(
      ({ seed, folder, first }) => `SEED=${seed} found: ${first} (history: ${folder ?? 'not kept'})`,
    ),
  ].join('\n\n')

/** One round in a few lines, with what a person needs to go on if it failed. */
export const inBrief = (outcome: Outcome): string => {
  const { plan, run, way, transactions, violations, folder } = outcome
  const { faults } = plan
  return [
    `SEED=${plan.seed}: ${run.log.length} events of ${run.attempts.length} appends, ${run.readings.length} reads, ${transactions} transactions`,
    `${faults.filter(isFault('CrashServer')).length} crashes, ${faults.filter(isFault('KillClient')).length} kills, the log followed by: ${way}`,
    ...violations.slice(0, 10).map(({ check, text }) => `${check}: ${text}`),
    ...(folder === undefined ? [] : [`the history is in ${folder}`]),
  ].join('\n')
}
