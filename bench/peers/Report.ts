/** From runs to the table, and to the record that is kept of them. */
import type { Run } from './Race.js'
import type { Row } from './Rows.js'
import { markdownOf, medianOf } from './Table.js'
import { faultsOf } from './Verify.js'
import { workloads } from './Workloads.js'

/** What one side reached: medians of its rounds. */
export interface Side {
  readonly perSecond: number
  /** Of one operation, in milliseconds. */
  readonly p50: number
  readonly p99: number
}

/** A row with its outcome. */
export interface Result extends Row {
  readonly ourSide?: Side
  readonly theirSide?: Side
  readonly ratio?: number
  readonly reached?: boolean
  /** Faults that verification found, and operations that failed; empty for a run as it should be. */
  readonly remarks: string
}

export const resultOf =
  (runs: ReadonlyArray<Run>) =>
  (row: Row): Result => {
    const find = (name: string) => runs.find((run) => run.workload === row.workload && run.contender === name)
    const [ours, theirs] = [find(row.ours), find(row.theirs)]
    const remarks = [...remarksOn('ours', ours), ...remarksOn('theirs', theirs)].join('; ')
    const [ourSide, theirSide] = [sideOf(ours), sideOf(theirs)]
    return {
      ...row,
      ...(ourSide && { ourSide }),
      ...(theirSide && { theirSide }),
      ...(ourSide && theirSide && compared(row, ourSide, theirSide)),
      remarks,
    }
  }

const compared = ({ measure, target, bounds }: Row, ours: Side, theirs: Side) => {
  const ratio = measure === 'latency' ? ours.p50 / theirs.p50 : ours.perSecond / theirs.perSecond
  if (bounds !== undefined) return { ratio, reached: ours.p50 <= bounds.p50 && ours.p99 <= bounds.p99 }
  return { ratio, reached: measure === 'latency' ? ratio <= target : ratio >= target }
}

/** A failed run has no figures. */
const sideOf = (run: Run | undefined): Side | undefined =>
  run === undefined || run.failed !== undefined
    ? undefined
    : {
        perSecond: medianOf(run.rounds.map(({ operations, seconds }) => operations / seconds)),
        p50: medianOf(run.rounds.map(({ p50 }) => p50)),
        p99: medianOf(run.rounds.map(({ p99 }) => p99)),
      }

const remarksOn = (whose: string, run: Run | undefined): ReadonlyArray<string> => {
  if (run === undefined) return [`${whose}: did not run`]
  if (run.failed !== undefined) return [`${whose}: ${run.failed.replaceAll(/\s+/g, ' ')}`]
  const faults = run.audit ? faultsOf(run.audit) : []
  return [...faults, ...failuresOf(run)].map((remark) => `${whose}: ${remark}`)
}

const failuresOf = ({ rounds }: Run): ReadonlyArray<string> => {
  const counts = new Map<string, number>()
  for (const { failures } of rounds)
    for (const [name, count] of Object.entries(failures)) counts.set(name, (counts.get(name) ?? 0) + count)
  const answered = rounds.reduce((sum, { operations }) => sum + operations, 0)
  return Array.from(counts, ([name, count]) => `${count} of ${answered + count} failed with ${name}`)
}

const heads = ['what', 'against', 'ours', 'theirs', 'ratio', 'target', 'reached', 'remarks']

/** A Markdown table. */
export const tableOf = (results: ReadonlyArray<Result>): string => markdownOf(heads, results.map(cellsOf))

const cellsOf = ({
  what,
  theirs,
  ourSide,
  theirSide,
  ratio,
  target,
  reached,
  measure,
  remarks,
  workload,
  bounds,
}: Result) => {
  const latencies = workloads[workload].onServer && workload !== 'replay' && workload !== 'catch up'
  return [
    what,
    theirs,
    cellOf(ourSide, latencies),
    cellOf(theirSide, latencies),
    ratio === undefined ? '' : `${ratio < 0.1 ? ratio.toPrecision(1) : ratio.toFixed(2)}x`,
    bounds === undefined
      ? `${measure === 'latency' ? '<=' : '>='} ${target}x`
      : `<= ${bounds.p50} and ${bounds.p99} ms`,
    reached === undefined ? '' : reached ? 'yes' : 'no',
    remarks,
  ]
}

const cellOf = (side: Side | undefined, latencies: boolean): string => {
  if (side === undefined) return ''
  const perSecond = `${Math.round(side.perSecond).toLocaleString('en')}/s`
  return latencies ? `${perSecond} (${side.p50.toFixed(2)}, ${side.p99.toFixed(1)} ms)` : perSecond
}

/** What must not happen to us, whatever the figures: a run that broke off, or one that verification refuses. */
export const ourFaults = (runs: ReadonlyArray<Run>): ReadonlyArray<string> =>
  runs
    .filter(({ contender }) => contender.startsWith('decider-ts'))
    .flatMap(({ contender, workload, failed, audit }) =>
      [...(failed === undefined ? [] : [failed]), ...(audit ? faultsOf(audit) : [])].map(
        (fault) => `${contender}, ${workload}: ${fault}`,
      ),
    )
