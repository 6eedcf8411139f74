/**
 * What a run leaves behind: a file for each client, a line for each thing that it did or was told, written before it
 * went on. A client that is killed has thus said what it had sent and what had been acknowledged. From the files and the
 * final log comes the record of the run, which is all that the checks look at.
 * Used by: `Client` writes, `LogChecks` and `Transactions` read.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { RecordedEvent } from '../../src/store/index.js'

/** An event as it was sent. Ids are cut to their last part, which is the part that differs. */
export interface SentEvent {
  readonly id: string
  readonly stream: string
  readonly type: string
  readonly tags: ReadonlyArray<string>
}

/** What a writer believed of a stream: a version, or `any` where it believed nothing. */
export interface Belief {
  readonly stream: string
  readonly version: number
}

export interface Item {
  readonly types: ReadonlyArray<string>
  readonly tags: ReadonlyArray<string>
}

/** A condition, and what its writer had read when it decided: what matches, after `from`. No items is everything. */
export interface SentCondition {
  readonly items: ReadonlyArray<Item>
  readonly after: ReadonlyArray<number>
  readonly from: number
  readonly seen: ReadonlyArray<string>
}

/** A list as it was read: the events of a stream. */
export interface StreamRead {
  readonly stream: string
  readonly ids: ReadonlyArray<string>
}

export interface Decision {
  /** The id of its first event. */
  readonly id: string
  readonly events: ReadonlyArray<SentEvent>
  readonly expected: ReadonlyArray<Belief>
  readonly condition?: SentCondition
  readonly reads: ReadonlyArray<StreamRead>
  /** The server will refuse it, and whoever travels with it must not suffer. */
  readonly isPoisoned?: true
}

export type Outcome = 'acknowledged' | 'refused' | 'unknown'

export interface Answer {
  readonly outcome: Outcome
  /** The tag of the error, or what else happened. */
  readonly why: string
  /** True where no later attempt can succeed: a conflict stays one. */
  readonly isFinal?: true
  readonly lastPosition?: number
  readonly versions?: ReadonlyArray<Belief>
  readonly isRepeated?: boolean
}

/** A place in the log, and who stands there. */
export type Witness = readonly [position: number, id: string]

export type Line =
  | ({ readonly line: 'send'; readonly at: number; readonly attempt: number } & Decision)
  | ({ readonly line: 'answer'; readonly at: number; readonly attempt: number } & Answer)
  | {
      readonly line: 'read'
      readonly began: number
      readonly ended: number
      readonly streams: ReadonlyArray<StreamRead>
      readonly newest?: Witness
    }
  | {
      readonly line: 'read tags'
      readonly began: number
      readonly ended: number
      readonly items: ReadonlyArray<Item>
      readonly ids: ReadonlyArray<string>
      readonly newest?: Witness
    }
  | {
      readonly line: 'page'
      readonly follower: string
      readonly after: number
      readonly upTo: number
      readonly events: ReadonlyArray<Witness>
    }
  | { readonly line: 'mishap'; readonly what: string }

/** Microseconds of a clock that all processes of a machine share and that never goes back. */
export const now = (): number => Number(process.hrtime.bigint() / 1000n)

/** A file of lines, each written before the call returns. */
export const historyFile = (path: string) => {
  const file = openSync(path, 'a')
  return {
    write: (line: Line): void => {
      writeSync(file, `${JSON.stringify(line)}\n`)
    },
    close: () => closeSync(file),
  }
}

/** The lines of a file; the last one may have been cut off by a kill. */
export const linesOf = (path: string): ReadonlyArray<Line> =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((text): Line => JSON.parse(text))

/** One time that a decision was sent. */
export interface Attempt {
  readonly client: string
  readonly decision: Decision
  readonly began: number
  /** `Infinity` where no answer came. */
  readonly ended: number
  readonly answer: Answer
}

export interface Reading {
  readonly began: number
  readonly ended: number
  readonly streams: ReadonlyArray<StreamRead>
  readonly items?: ReadonlyArray<Item>
  readonly ids?: ReadonlyArray<string>
  readonly newest?: Witness
}

export interface Page {
  readonly follower: string
  readonly after: number
  readonly upTo: number
  readonly events: ReadonlyArray<Witness>
}

export interface LogEvent extends SentEvent {
  readonly version: number
  readonly position: number
}

/** Everything that is known of a finished run. */
export interface Run {
  readonly attempts: ReadonlyArray<Attempt>
  readonly readings: ReadonlyArray<Reading>
  readonly pages: ReadonlyArray<Page>
  /** Those who had to follow the log to its end. */
  readonly followers: ReadonlyArray<string>
  readonly mishaps: ReadonlyArray<string>
  /** Deadlocks that the server counted. */
  readonly deadlocks: number
  readonly log: ReadonlyArray<LogEvent>
}

const unanswered: Answer = { outcome: 'unknown', why: 'no answer' }

/** The record of the clients, whose files are given in the order of their incarnations. */
export const recordOf = (
  files: ReadonlyArray<{ readonly client: string; readonly lines: ReadonlyArray<Line> }>,
): Pick<Run, 'attempts' | 'readings' | 'pages' | 'mishaps'> => {
  const attempts: Array<Attempt> = []
  const readings: Array<Reading> = []
  const pages: Array<Page> = []
  const mishaps: Array<string> = []
  for (const { client, lines } of files) {
    const answers = new Map(lines.flatMap((line) => (line.line === 'answer' ? [[line.attempt, line]] : [])))
    for (const line of lines) {
      if (line.line === 'send') {
        const answer = answers.get(line.attempt)
        attempts.push({
          client,
          decision: line,
          began: line.at,
          ended: answer?.at ?? Infinity,
          answer: answer ?? unanswered,
        })
      } else if (line.line === 'read') readings.push(line)
      else if (line.line === 'read tags') readings.push({ ...line, streams: [] })
      else if (line.line === 'page') pages.push(line)
      else if (line.line === 'mishap') mishaps.push(line.what)
    }
  }
  return { attempts, readings, pages, mishaps }
}

export const shortId = (id: string): string => id.slice(-12)

export const logEventOf = ({ id, stream, type, tags, version, position }: RecordedEvent): LogEvent => ({
  id: shortId(id),
  stream,
  type,
  tags,
  version: Number(version),
  position: Number(position),
})

/** Which of the decisions are done, as far as their attempts tell. */
export const statusOf = (attempts: ReadonlyArray<Attempt>): Outcome => {
  if (attempts.some(({ answer }) => answer.outcome === 'acknowledged')) return 'acknowledged'
  // What failed its expectation or condition fails it for ever, so an earlier attempt has not been recorded either:
  // then this one would have been told of it.
  if (attempts.some(({ answer }) => answer.isFinal)) return 'refused'
  return attempts.every(({ answer }) => answer.outcome === 'refused') ? 'refused' : 'unknown'
}

/** The attempts of each decision, in the order in which they were sent. */
export const byDecision = (attempts: ReadonlyArray<Attempt>): ReadonlyMap<string, ReadonlyArray<Attempt>> => {
  const grouped = new Map<string, Array<Attempt>>()
  for (const attempt of attempts) {
    const same = grouped.get(attempt.decision.id) ?? []
    same.push(attempt)
    grouped.set(attempt.decision.id, same)
  }
  return grouped
}
