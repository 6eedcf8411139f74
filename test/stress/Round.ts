/**
 * One round: a database of its own, clients under load, perhaps crashes and kills at times from a seed, then quiet, the
 * final log, and all checks. A round is repeated by its plan, which is data; the history stays on disk where a check
 * found something.
 * Used by: the tests in short, `long.ts` for ten minutes.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { postgresStore } from '../../src/adapters/postgres/index.js'
import { explainAnomaly, listAppendAnomalies } from '../../src/harness/history/ListAppend.js'
import { everything } from '../../src/store/index.js'
import { chanceFrom } from './Chance.js'
import { type ClientOptions, followerOf, startClient } from './Client.js'
import type { Order } from './ClientProcess.js'
import {
  bundled,
  type ChangeOfSql,
  deadlocksIn,
  dropDatabase,
  installChanged,
  newDatabase,
  newFolder,
  right,
  sleep,
  withSql,
} from './Database.js'
import { type Heat, poisonedType } from './Decisions.js'
import { type Way, wayOf } from './Following.js'
import { linesOf, logEventOf, type Run, recordOf } from './History.js'
import { type Violation, violationsOf } from './LogChecks.js'
import { serialOrder, transactionsOf } from './Transactions.js'

/** A server that can be crashed, or one that is only used. */
export interface Server {
  readonly url: string
  readonly crash?: () => Promise<void>
  readonly restart?: () => Promise<void>
}

/** Something bad, and when it happens. */
export type Fault =
  | { readonly at: number; readonly _tag: 'CrashServer'; readonly downFor: number }
  | { readonly at: number; readonly _tag: 'KillClient'; readonly client: number }

/** A round as data. */
export interface Plan {
  readonly seed: number
  readonly milliseconds: number
  readonly clients: number
  readonly writers: number
  readonly heat: Heat
  readonly follow: Way
  readonly faults: ReadonlyArray<Fault>
}

/** What a round did and found. */
export interface Outcome {
  readonly plan: Plan
  readonly run: Run
  readonly way: Exclude<Way, 'best'>
  readonly transactions: number
  readonly violations: ReadonlyArray<Violation>
  /** Where the history is, if something was found. */
  readonly folder: string | undefined
}

export const calm: Heat = { streams: 16, tags: 24, microseconds: 1_000_000, poison: 0.05 }

/** Faults at random times, alternately of both kinds, none in the first half second. */
export const faultsOf = (
  seed: number,
  {
    milliseconds,
    crashes,
    kills,
    clients,
  }: { milliseconds: number; crashes: number; kills: number; clients: number },
): ReadonlyArray<Fault> => {
  const chance = chanceFrom(seed ^ 0x5eed)
  const times = (count: number): ReadonlyArray<number> =>
    Array.from({ length: count }, (_, nth) =>
      Math.floor(500 + ((milliseconds - 1000) * (nth + 0.1 + 0.8 * chance.next())) / count),
    )
  return [
    ...times(crashes).map((at): Fault => ({ at, _tag: 'CrashServer', downFor: chance.below(400) })),
    ...times(kills).map((at): Fault => ({ at, _tag: 'KillClient', client: chance.below(clients) })),
  ].sort((a, b) => a.at - b.at)
}

/** How a round differs from those of the library as it is. */
export interface Control {
  readonly change?: ChangeOfSql
  /** Clients in this process, which start at once and cannot be killed. */
  readonly inProcess?: boolean
  /** Whether the history is kept where something was found. */
  readonly isKept?: boolean
}

const schema = 'stressed'

export const runRound = async (
  server: Server,
  plan: Plan,
  { change = (sql) => sql, inProcess = false, isKept = true }: Control = {},
): Promise<Outcome> => {
  const folder = newFolder(`seed-${plan.seed}`)
  const url = await install(server.url, change)
  const clients = await startClients(url, plan, folder, inProcess)
  const began = Date.now()
  const deadlocksBefore = await inflict(server, url, plan.faults, clients, began)
  await sleep(began + plan.milliseconds - Date.now())
  await clients.stop()
  const head = await withSql(url, async (sql) => Number(await right(postgresStore(sql, { schema }).head)))
  await clients.drain(head)
  const finished = await finish(url, folder, plan, clients.files(), deadlocksBefore)
  await dropDatabase(server.url, url)
  const keeps = isKept && finished.violations.length > 0
  if (!keeps) rmSync(folder, { recursive: true, force: true })
  return { plan, ...finished, folder: keeps ? folder : undefined }
}

/** With a constraint that refuses what is poisoned. */
const install = async (serverUrl: string, change: ChangeOfSql): Promise<string> => {
  const url = await newDatabase(serverUrl)
  await withSql(url, async (sql) => {
    await installChanged(sql, schema, change)
    await sql.unsafe(
      `alter table "${schema}".event add constraint no_poison check (type <> '${poisonedType}')`,
    )
    // What a crash may take with it is what the clients write, and not the schema.
    await sql.unsafe('checkpoint')
  })
  return url
}

interface Clients {
  readonly kill: (client: number) => Promise<void>
  readonly stop: () => Promise<void>
  readonly drain: (upTo: number) => Promise<void>
  /** All that were written, in the order of incarnations. */
  readonly files: () => ReadonlyArray<{ readonly client: string; readonly path: string }>
}

const startClients = async (
  url: string,
  plan: Plan,
  folder: string,
  inProcess: boolean,
): Promise<Clients> => {
  const files: Array<{ readonly client: string; readonly path: string }> = []
  const optionsFor = (client: number): ClientOptions => {
    const earlier = files.filter((file) => file.client === `${client}`).map(({ path }) => path)
    const file = join(folder, `client-${client}-${earlier.length}.jsonl`)
    files.push({ client: `${client}`, path: file })
    const { seed, writers, heat, follow } = plan
    const incarnation = earlier.length
    return { url, schema, seed, client, incarnation, writers, heat, follow, file, predecessors: earlier }
  }
  const start = inProcess ? startHere : startProcess
  if (!inProcess) await bundled(new URL('./ClientProcess.ts', import.meta.url), join(folder, 'client.mjs'))
  const running = await Promise.all(
    Array.from({ length: plan.clients }, (_, client) => start(optionsFor(client))),
  )
  return {
    kill: async (client) => {
      await running[client]?.kill()
      running[client] = await start(optionsFor(client))
    },
    stop: async () => {
      await Promise.all(running.map((each) => each.stop()))
    },
    drain: async (upTo) => {
      await Promise.all(running.map((each) => each.drain(upTo)))
    },
    files: () => files,
  }
}

interface Started {
  readonly kill: () => Promise<void>
  readonly stop: () => Promise<void>
  readonly drain: (upTo: number) => Promise<void>
}

const startHere = async (options: ClientOptions): Promise<Started> => ({
  ...startClient(options),
  kill: () => Promise.reject(new Error('A client in this process cannot be killed.')),
})

const startProcess = async (options: ClientOptions): Promise<Started> => {
  const child = fork(join(dirname(options.file), 'client.mjs'), [JSON.stringify(options)], { execArgv: [] })
  await told(child, 'started')
  const give = async (order: Order, answer: string): Promise<void> => {
    if (!child.connected) throw new Error(`A client has ended by itself; ${options.file} may say why.`)
    const done = told(child, answer)
    child.send(order)
    await done
  }
  return {
    kill: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    },
    stop: () => give({ order: 'stop' }, 'stopped'),
    drain: (upTo) => give({ order: 'drain', upTo }, 'drained'),
  }
}

const told = (child: ChildProcess, word: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const gone = (code: number | null) =>
      reject(new Error(`A client ended with ${code} before it was ${word}.`))
    child.once('exit', gone)
    child.on('message', (message) => {
      if (message !== word) return
      child.removeListener('exit', gone)
      resolve()
    })
  })

/** Lets the faults happen at their times; gives the deadlocks that the server had counted before its crashes. */
const inflict = async (
  server: Server,
  url: string,
  faults: ReadonlyArray<Fault>,
  clients: Clients,
  began: number,
): Promise<number> => {
  let deadlocks = 0
  for (const fault of faults) {
    await sleep(began + fault.at - Date.now())
    if (fault._tag === 'KillClient') await clients.kill(fault.client)
    else {
      deadlocks += await deadlocksIn(url)
      await server.crash?.()
      await sleep(fault.downFor)
      await server.restart?.()
    }
  }
  return deadlocks
}

const finish = async (
  url: string,
  folder: string,
  plan: Plan,
  files: ReadonlyArray<{ readonly client: string; readonly path: string }>,
  deadlocksBefore: number,
): Promise<Pick<Outcome, 'run' | 'way' | 'transactions' | 'violations'>> => {
  const { log, way } = await withSql(url, async (sql) => {
    const store = postgresStore(sql, { schema })
    const slice = await right(store.read(everything))
    return { log: slice.events.map(logEventOf), way: wayOf(store, plan.follow) }
  })
  const run: Run = {
    ...recordOf(files.map(({ client, path }) => ({ client, lines: linesOf(path) }))),
    log,
    followers:
      way === 'nothing' ? [] : Array.from({ length: plan.clients }, (_, client) => followerOf(client)),
    deadlocks: deadlocksBefore + (await deadlocksIn(url)),
  }
  const transactions = transactionsOf(run)
  const violations = [
    ...violationsOf(run),
    ...listAppendAnomalies(transactions).map((anomaly) => ({
      check: serialOrder,
      text: explainAnomaly(anomaly),
    })),
  ]
  writeFileSync(join(folder, 'found.json'), JSON.stringify({ plan, violations, log }, null, 1))
  return { run, way, transactions: transactions.length, violations }
}
