/**
 * A run of reading and reacting: two instances of everything in processes of their own, which compete, are killed, paused
 * and replaced at times from a seed, while many write; then quiet, and all checks. A run is repeated by its plan, which is
 * data; where a check found something the record stays on disk.
 * Used by: the test in short, `long.ts` in full.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import {
  bundled,
  type ChangeOfSql,
  deadlocksIn,
  dropDatabase,
  installChanged,
  newDatabase,
  newFolder,
  sleep,
} from '../Database.js'
import { type Attempt, logEventOf, type Run } from '../History.js'
import { type Violation, violationsOf } from '../LogChecks.js'
import type { Server } from '../Round.js'
import { type Expected, expectedOf } from './Expected.js'
import { type Instances, startInstances } from './Instances.js'
import { makeOutside } from './Outside.js'
import type { Plan } from './Plan.js'
import { type Reacted, reactionViolations } from './ReactionChecks.js'
import type { Mistake } from './Reactor.js'
import { type Place, remainsOf, untilQuiet } from './Remains.js'
import { runWriters } from './Writers.js'

/** How a run differs from those of the library as it is. */
export interface Control {
  readonly change?: ChangeOfSql
  readonly mistakes?: ReadonlyArray<Mistake>
  readonly isKept?: boolean
}

/** What a run did and found. */
export interface Outcome {
  readonly plan: Plan
  readonly attempts: ReadonlyArray<Attempt>
  readonly reacted: Reacted
  /** What its log calls for. */
  readonly expected: Expected
  readonly violations: ReadonlyArray<Violation>
  /** For each kill, how long partitions stayed in the name of the dead, in milliseconds. */
  readonly takeovers: ReadonlyArray<number>
  /** How long those who react needed to come to the end, when nobody wrote any more. */
  readonly quietMs: number
  readonly totalMs: number
  readonly folder: string | undefined
}

const schema = 'reacting'

export const runReactions = async (
  server: Server,
  plan: Plan,
  { change = (sql) => sql, mistakes = [], isKept = true }: Control = {},
): Promise<Outcome> => {
  const folder = newFolder(`reactions-${plan.seed}`)
  const [url, outsideUrl] = [await newDatabase(server.url), await newDatabase(server.url)]
  const sql = connect(url, Math.min(30, plan.writers + 4))
  const outside = connect(outsideUrl, 2)
  await install(sql, outside, change)
  const place: Place = { sql, outside, schema, partitions: plan.partitions }
  const { seed, leaseMs, partitions } = plan
  const watching: Array<Promise<number | undefined>> = []
  const died = (owner: string) =>
    watching.push(heldByTheDead(sql, owner, leaseMs * 20).catch(() => undefined))
  let isOver = false
  const began = Date.now()
  const instances = await startInstances(
    await bundled(new URL('./ReactorProcess.ts', import.meta.url), join(folder, 'reactor.mjs')),
    { url, outsideUrl, schema, seed, leaseMs, partitions, mistakes },
    died,
  )
  try {
    const [attempts, deadlocksBefore] = await Promise.all([
      runWriters(sql, schema, { ...plan, isOver: () => isOver }),
      inflict(plan, server, url, instances),
    ])
    const wroteUntil = Date.now()
    await untilQuiet(place, 15 * leaseMs)
    const quietMs = Date.now() - wroteUntil
    await instances.stop()
    const deadlocks = deadlocksBefore + (await deadlocksIn(url))
    const examined = await examine(place, attempts, deadlocks, instances.mishaps())
    const takeovers = (await Promise.all(watching)).flatMap((ms) => (ms === undefined ? [] : [ms]))
    const { reacted, violations } = examined
    const totalMs = Date.now() - began
    const keeps = isKept && violations.length > 0
    if (keeps) writeFileSync(join(folder, 'found.json'), JSON.stringify({ plan, violations, reacted }))
    else rmSync(folder, { recursive: true, force: true })
    return {
      plan,
      attempts,
      ...examined,
      takeovers,
      quietMs,
      totalMs,
      folder: keeps ? folder : undefined,
    }
  } finally {
    isOver = true
    instances.kill()
    await Promise.all([sql.end({ timeout: 1 }), outside.end({ timeout: 1 })])
    for (const each of [url, outsideUrl]) await dropDatabase(server.url, each)
  }
}

/** What is left behind, compared with what the log calls for and with what the writers were told. */
const examine = async (
  place: Place,
  attempts: ReadonlyArray<Attempt>,
  deadlocks: number,
  mishaps: ReadonlyArray<string>,
): Promise<Pick<Outcome, 'reacted' | 'expected' | 'violations'>> => {
  const { reacted, recorded } = await remainsOf(place, mishaps)
  const run: Run = {
    attempts,
    readings: [],
    pages: [],
    followers: [],
    mishaps: [],
    deadlocks,
    // What was recorded in reaction was sent by none of the writers.
    log: recorded.filter(({ stream }) => /^(account|order)-/.test(stream)).map(logEventOf),
  }
  const expected = expectedOf(reacted.log)
  return { reacted, expected, violations: [...violationsOf(run), ...reactionViolations(reacted, expected)] }
}

const connect = (url: string, max: number): Sql =>
  postgres(url, { max, fetch_types: false, onnotice: () => {}, connect_timeout: 5, backoff: () => 0.05 })

const install = async (sql: Sql, outside: Sql, change: ChangeOfSql): Promise<void> => {
  await installChanged(sql, schema, change)
  // Nothing here refuses a second row for an event: what was doubled has to be seen, and not prevented.
  await sql.unsafe('create table posting (nth bigserial, key text, position bigint, amount int)')
  await sql.unsafe('create table tally (key text primary key, count bigint, sum bigint)')
  await makeOutside(outside)
  await sql.unsafe('checkpoint')
}

/** Lets everything happen at its time; gives the deadlocks that the server had counted before its crashes. */
const inflict = async (
  { faults }: Plan,
  server: Server,
  url: string,
  instances: Instances,
): Promise<number> => {
  let deadlocks = 0
  const began = Date.now()
  let crashing = Promise.resolve()
  await Promise.all(
    faults.map(async (fault) => {
      await sleep(began + fault.at - Date.now())
      if (fault._tag !== 'Crash') return instances.inflict(fault)
      crashing = crashing.then(async () => {
        deadlocks += await deadlocksIn(url)
        await server.crash?.()
        await sleep(fault.downFor)
        await server.restart?.()
      })
      await crashing
    }),
  )
  return deadlocks
}

/** Looks until nothing is in the name of an owner; nothing where it held nothing, or where that takes too long. */
const heldByTheDead = async (sql: Sql, owner: string, atMostMs: number): Promise<number | undefined> => {
  const began = Date.now()
  for (let looks = 0; Date.now() - began < atMostMs; looks++) {
    const [row] = await sql.unsafe<Array<{ held: string }>>(
      `select count(*) as held from "${schema}".read_model_place where owner = $1`,
      [owner],
    )
    if (row?.held === '0') return looks === 0 ? undefined : Date.now() - began
    await sleep(15)
  }
  return atMostMs
}
