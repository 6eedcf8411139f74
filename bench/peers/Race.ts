/**
 * Contenders at one workload: a new database for each, one round that does not count, then rounds in which they take
 * turns, in an order that changes with every round; in the end what each recorded is verified.
 */
import postgres from 'postgres'
import { type Child, startChild } from './Child.js'
import type { ContenderName } from './Contenders.js'
import type { Figures } from './Drive.js'
import type { Audit } from './Verify.js'
import type { Answer, Ask } from './Worker.js'
import { type Size, type WorkloadName, workloads } from './Workloads.js'

export interface Course {
  /** Of the server; a database is made on it for each contender. */
  readonly url: string
  readonly size: Size
  readonly rounds: number
}

/** What one contender did at one workload. */
export interface Run {
  readonly contender: ContenderName
  readonly workload: WorkloadName
  readonly rounds: ReadonlyArray<Figures>
  readonly audit?: Audit
  /** Why there is no more of it. */
  readonly failed?: string
}

/** The workers of a server: they start together, and a contender keeps its process from one workload to the next. */
export const startStable = (names: Iterable<ContenderName>) => {
  const children = new Map(Array.from(new Set(names), (name) => [name, startChild()]))
  return {
    /** A worker that died is replaced: its contender is out of that race, not of the next one. */
    of: (name: ContenderName): Child => {
      const living = children.get(name)
      if (living?.isAlive()) return living
      const child = startChild()
      children.set(name, child)
      return child
    },
    stop: () => Promise.all(Array.from(children.values(), (child) => child.stop())),
  }
}

export type Stable = ReturnType<typeof startStable>

export const race = async (
  stable: Stable,
  course: Course,
  workload: WorkloadName,
  names: ReadonlyArray<ContenderName>,
): Promise<ReadonlyArray<Run>> => {
  const runners: Array<Runner> = []
  for (const name of names) runners.push(await enter(stable.of(name), course, workload, name))
  for (let round = 0; round <= course.rounds; round++)
    for (const runner of round % 2 === 0 ? runners : runners.toReversed()) await runRound(runner, round)
  const runs: Array<Run> = []
  for (const runner of runners) runs.push({ workload, ...(await finish(runner)) })
  return runs
}

interface Runner {
  readonly child: Child
  readonly contender: ContenderName
  readonly rounds: Array<Figures>
  failed?: string
}

const enter = async (
  child: Child,
  { url, size }: Course,
  workload: WorkloadName,
  contender: ContenderName,
): Promise<Runner> => {
  const runner: Runner = { child, contender, rounds: [] }
  const database = workloads[workload].onServer ? await newDatabase(url) : ''
  await attempt(runner, { ask: 'open', contender, workload, url: database, size })
  return runner
}

const runRound = async (runner: Runner, round: number): Promise<void> => {
  const answer = await attempt(runner, { ask: 'round', round })
  if (answer?.answer !== 'figures' || round === 0) return
  const { answer: _, ...figures } = answer
  runner.rounds.push(figures)
}

const finish = async (runner: Runner): Promise<Omit<Run, 'workload'>> => {
  const answer = await attempt(runner, { ask: 'end' })
  const { contender, rounds, failed } = runner
  if (answer?.answer !== 'audit') return { contender, rounds, ...(failed !== undefined && { failed }) }
  const { answer: _, ...audit } = answer
  return { contender, rounds, audit }
}

/** Who has failed once is out of this race. */
const attempt = async (runner: Runner, ask: Ask): Promise<Answer | undefined> => {
  if (runner.failed !== undefined) return undefined
  const answer = await runner.child.ask(ask)
  if (answer.answer !== 'failed') return answer
  runner.failed = `${ask.ask}: ${answer.reason}`
  return undefined
}

let databases = 0

const prefix = `bench_${process.pid}_`

/** A database of its own, which begins as a copy of another one if that is given. */
export const newDatabase = async (url: string, template?: string): Promise<string> => {
  const name = `${prefix}${++databases}`
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  const copied = template === undefined ? '' : `template ${new URL(template).pathname.slice(1)}`
  await sql.unsafe(`create database ${name} ${copied}`)
  await sql.end()
  return Object.assign(new URL(url), { pathname: `/${name}` }).toString()
}

/** Removes the databases of this process: the server may be one that stays. */
export const dropDatabases = async (url: string): Promise<void> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  const names = await sql<Array<{ datname: string }>>`
    select datname from pg_database where starts_with(datname, ${prefix})`
  for (const { datname } of names) await sql.unsafe(`drop database ${datname} with (force)`)
  await sql.end()
}
