/** The rows of the table: what is compared with whom, and the ratio to reach. */
import type { ContenderName } from './Contenders.js'
import type { WorkloadName } from './Workloads.js'

export interface Row {
  readonly what: string
  readonly workload: WorkloadName
  readonly ours: ContenderName
  readonly theirs: ContenderName
  /** More operations a second, at least so many times; or a shorter median latency, at most so many times. */
  readonly measure: 'throughput' | 'latency'
  readonly target: number
  /** Where what counts is no ratio: our median and our 99th percentile at most, in milliseconds. */
  readonly bounds?: { readonly p50: number; readonly p99: number }
}

const row = (
  what: string,
  workload: WorkloadName,
  theirs: ContenderName,
  target: number,
  { ours = 'decider-ts', measure = 'throughput' }: Partial<Pick<Row, 'ours' | 'measure'>> = {},
): Row => ({ what, workload, ours, theirs, measure, target })

const handled = 'handle a command, 32 callers, streams of 10 events'
const inTurn = 'handle 10 commands a stream in turn, 32 callers'
const hot = 'handle on one hot stream, 64 callers'

export const inMemoryRows: ReadonlyArray<Row> = [
  row('append in memory', 'append in memory', 'castore memory', 2, { ours: 'decider-ts memory' }),
  row('fold', 'fold', 'loop by hand', 0.9, { ours: 'decider-ts fold' }),
]

export const onServerRows: ReadonlyArray<Row> = [
  row('append 1 event, 64 callers', 'append, 64 callers', 'Emmett, defaults', 10),
  row('append 1 event, 64 callers', 'append, 64 callers', 'castore', 3),
  row('append 1 event, 64 callers', 'append, 64 callers', 'unprotected INSERT', 2),
  row('append 1 event, 1 caller: p50', 'append, 1 caller', 'unprotected INSERT', 1.3, { measure: 'latency' }),
  row(handled, 'handle, ten-event streams', 'Emmett, defaults', 8),
  row(inTurn, 'handle, ten commands in turn', 'Emmett, defaults', 8),
  row(hot, 'handle, one hot stream', 'Emmett, defaults', 10),
  row(hot, 'handle, one hot stream', 'Emmett, patient retries', 10),
  row('append on condition of a tag, 64 callers', 'append on condition', 'dcb-es', 5),
  row('replay of one long stream, decoded and folded', 'replay', 'Emmett, defaults', 4),
  row('replay of one long stream, decoded and folded', 'replay', 'SELECT, row by row', 2),
  row('subscription from the origin, 20,000 events', 'catch up', 'Emmett, defaults', 50),
  {
    ...row('append to handler, 1,000 appends a second', 'live', 'Emmett, defaults', 1, {
      measure: 'latency',
    }),
    bounds: { p50: 10, p99: 50 },
  },
]

/** The same against Emmett, on a server whose commits take 2 ms. */
export const slowCommitRows: ReadonlyArray<Row> = onServerRows.filter(
  ({ theirs, workload }) => theirs.startsWith('Emmett') && workload !== 'replay' && workload !== 'catch up',
)
