/** From races of readers to their tables. A run in which an event was lost, doubled or out of order is a failed run. */
import type { ReaderName } from './Readers.js'
import type { CatchUp, Latencies, Live } from './Reading.js'
import { markdownOf, medianOf } from './Table.js'

/** A reader of ours, what it should reach, and whom it is compared with. */
interface CatchUpRow {
  readonly ours: ReaderName
  readonly theirs: ReadonlyArray<ReaderName>
  /** Events a second. */
  readonly target: number
}

export const catchUpRows: ReadonlyArray<CatchUpRow> = [
  {
    ours: 'decider-ts: subscription',
    theirs: ['Emmett: reactor without a place', 'Emmett: reactor'],
    target: 100_000,
  },
  { ours: 'decider-ts: projection in memory', theirs: ['Emmett: reactor'], target: 100_000 },
  {
    ours: 'decider-ts: projection in PostgreSQL, by key',
    theirs: ['Emmett: projector, SQL', 'Emmett: projector, Pongo'],
    target: 20_000,
  },
  {
    ours: 'decider-ts: projection in PostgreSQL',
    theirs: ['Emmett: projector, SQL', 'Emmett: projector, Pongo'],
    target: 20_000,
  },
]

/** Those who are compared while a load runs: handlers with handlers, read models with read models. */
export const liveRows = [
  {
    ours: 'decider-ts: subscription',
    theirs: ['Emmett: reactor, defaults', 'Emmett: reactor, 0 ms', 'Emmett: reactor without a place, 0 ms'],
  },
  {
    ours: 'decider-ts: projection in PostgreSQL',
    theirs: ['Emmett: projector, SQL, defaults', 'Emmett: projector, SQL, 0 ms'],
  },
] as const satisfies ReadonlyArray<{ ours: ReaderName; theirs: ReadonlyArray<ReaderName> }>

export const readersIn = (
  rows: ReadonlyArray<{ readonly ours: ReaderName; readonly theirs: ReadonlyArray<ReaderName> }>,
): ReadonlyArray<ReaderName> => [...new Set(rows.flatMap(({ ours, theirs }) => [ours, ...theirs]))]

interface Run {
  readonly reader: ReaderName
  readonly faults: ReadonlyArray<string>
}

const runsOf = <R extends Run>(runs: ReadonlyArray<R>, name: ReaderName): ReadonlyArray<R> =>
  runs.filter(({ reader }) => reader === name)

/** Whoever was left out on the command line has no row. */
const hasRun = (runs: ReadonlyArray<Run>, name: ReaderName): boolean => runsOf(runs, name).length > 0

const failures = (runs: ReadonlyArray<Run>): string => {
  const failed = runs.filter(({ faults }) => faults.length > 0)
  const [first] = failed
  if (first === undefined) return ''
  return `${failed.length} of ${runs.length} runs failed, the first with ${first.faults.join(', ').replaceAll('|', '/')}`
}

const whole = (figure: number): string =>
  Number.isFinite(figure) ? Math.round(figure).toLocaleString('en') : ''

const times = (ratio: number): string =>
  Number.isFinite(ratio) ? `${ratio >= 10 ? whole(ratio) : ratio.toPrecision(2)}x` : ''

/** One row for each pair. */
export const catchUpTable = (runs: ReadonlyArray<CatchUp>, rows = catchUpRows): string => {
  const speed = (name: ReaderName) => medianOf(runsOf(runs, name).map(({ perSecond }) => perSecond))
  const cells = rows.flatMap(({ ours, theirs, target }) =>
    theirs
      .filter((peer) => hasRun(runs, ours) || hasRun(runs, peer))
      .map((peer) => [
        ours,
        peer,
        `${whole(speed(ours))}/s`,
        `${whole(speed(peer))}/s`,
        times(speed(ours) / speed(peer)),
        `>= ${whole(target)}/s`,
        speed(ours) >= target && failures(runsOf(runs, ours)) === '' ? 'yes' : 'no',
        remarksOn(runs, ours, peer),
      ]),
  )
  return markdownOf(['reader', 'against', 'ours', 'theirs', 'ratio', 'target', 'reached', 'remarks'], cells)
}

const remarksOn = (runs: ReadonlyArray<Run>, ours: ReaderName, peer: ReaderName): string =>
  [
    ['ours', failures(runsOf(runs, ours))],
    ['theirs', failures(runsOf(runs, peer))],
  ]
    .flatMap(([whose, text]) => (text === '' ? [] : [`${whose}: ${text}`]))
    .join('; ')

/** Medians of the rounds, and the longest of all. */
const summaryOf = (rounds: ReadonlyArray<Latencies>): Latencies => ({
  p50: medianOf(rounds.map(({ p50 }) => p50)),
  p99: medianOf(rounds.map(({ p99 }) => p99)),
  max: Math.max(...rounds.map(({ max }) => max).filter(Number.isFinite)),
})

const milliseconds = (figure: number): string =>
  Math.abs(figure) >= 100 ? whole(figure) : Number.isFinite(figure) ? figure.toFixed(1) : ''

const latencyCell = ({ p50, p99, max }: Latencies): string => [p50, p99, max].map(milliseconds).join(', ')

const total = (figures: ReadonlyArray<number>): number => figures.reduce((sum, figure) => sum + figure, 0)

const bounds = { p50: 10, p99: 50 }

/** One row for each reader; ratios are theirs to ours. */
export const liveTable = (runs: ReadonlyArray<Live>): string => {
  const side = (name: ReaderName) => summaryOf(runsOf(runs, name).map(({ sinceCall }) => sinceCall))
  const row = (name: ReaderName, ours: ReaderName): ReadonlyArray<string> => {
    const mine = runsOf(runs, name)
    const [here, there] = [side(name), side(ours)]
    const isOurs = name === ours
    const isReached = here.p50 <= bounds.p50 && here.p99 <= bounds.p99 && failures(mine) === ''
    return [
      name,
      `${whole(medianOf(mine.map(({ appended }) => appended || Number.NaN)))}/s`,
      latencyCell(here),
      latencyCell(summaryOf(mine.map(({ sinceAcknowledged }) => sinceAcknowledged))),
      isOurs ? '' : `${times(here.p50 / there.p50)}, ${times(here.p99 / there.p99)}`,
      `${total(mine.map(({ lost }) => lost))}, ${total(mine.map(({ doubled }) => doubled))}`,
      isOurs ? (isReached ? 'yes' : 'no') : '',
      failures(mine),
    ]
  }
  return markdownOf(
    [
      'reader',
      'appended',
      'since the call: p50, p99, max (ms)',
      'since the acknowledgment',
      'times ours: p50, p99',
      'lost, doubled',
      `<= ${bounds.p50} and ${bounds.p99} ms`,
      'remarks',
    ],
    liveRows.flatMap(({ ours, theirs }) =>
      [ours, ...theirs].filter((name) => hasRun(runs, name)).map((name) => row(name, ours)),
    ),
  )
}

/** What must not happen to us. */
export const ourReadingFaults = (runs: ReadonlyArray<Run>): ReadonlyArray<string> =>
  runs
    .filter(({ reader }) => reader.startsWith('decider-ts'))
    .flatMap(({ reader, faults }) => faults.map((fault) => `${reader}: ${fault}`))
