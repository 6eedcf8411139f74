/**
 * The four services as four processes of the operating system, on one PostgreSQL server with a database for each. Here they
 * are started, asked, killed and started again; what they know of each other are addresses.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { FollowedStore } from 'decider-ts'
import { postgresStore } from 'decider-ts/adapters/postgres'
import postgres from 'postgres'
import type { Settings } from './Process.js'
import { type Name, names } from './System.js'

export type Answer =
  | { readonly accepted: ReadonlyArray<string> }
  | { readonly rejected: string }
  | { readonly failed: string }

/** One of the processes, seen from outside. */
export interface RunningService {
  readonly pid: () => number | undefined
  readonly start: () => Promise<void>
  /** Ends it at once, as a failure of the machine would. */
  readonly kill: () => Promise<void>
  readonly stop: () => Promise<void>
  readonly ask: (...commands: ReadonlyArray<unknown>) => Promise<ReadonlyArray<Answer>>
  readonly read: (name: string) => Promise<unknown>
  /** Its log, for whoever checks it. No service looks at the log of another. */
  readonly store: Pick<FollowedStore, 'feed'>
}

export interface Processes {
  readonly services: Readonly<Record<Name, RunningService>>
  readonly close: () => Promise<void>
}

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}

/** Makes the databases; no process is started yet. */
export const processesOn = async (serverUrl: string): Promise<Processes> => {
  const suffix = randomBytes(4).toString('hex')
  const admin = postgres(serverUrl, { onnotice: () => {}, max: 1 })
  const token = randomBytes(16).toString('hex')
  const ports = await Promise.all(names.map(freePort))
  const feeds = byName((name) => `http://127.0.0.1:${ports[names.indexOf(name)]}/feed`)
  const ends: Array<() => Promise<void>> = []
  const open = async (name: Name): Promise<RunningService> => {
    const database = `crm_${name}_${suffix}`
    await admin`create database ${admin(database)}`
    const url = new URL(serverUrl)
    url.pathname = `/${database}`
    const port = ports[names.indexOf(name)] ?? 0
    const sql = postgres(url.href, { onnotice: () => {}, max: 1 })
    const service = runningService({ name, database: url.href, port, feeds, token }, postgresStore(sql))
    ends.push(async () => {
      await service.stop()
      await sql.end({ timeout: 5 })
      await admin`drop database if exists ${admin(database)} with (force)`
    })
    return service
  }
  const services = {
    customers: await open('customers'),
    appointments: await open('appointments'),
    relationships: await open('relationships'),
    campaigns: await open('campaigns'),
  }
  return {
    services,
    close: async () => {
      await Promise.all(ends.map((end) => end()))
      await admin.end({ timeout: 5 })
    },
  }
}

const byName = <A>(make: (name: Name) => A): Readonly<Record<Name, A>> => ({
  customers: make('customers'),
  appointments: make('appointments'),
  relationships: make('relationships'),
  campaigns: make('campaigns'),
})

const runningService = (settings: Settings, store: Pick<FollowedStore, 'feed'>): RunningService => {
  let child: ChildProcess | undefined
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child
    child = undefined
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    const exited = once(ending, 'exit')
    ending.kill(signal)
    await exited
  }
  const address = `http://127.0.0.1:${settings.port}`
  return {
    pid: () => child?.pid,
    start: async () => {
      const started = spawn(process.execPath, ['--import', 'tsx', main], {
        env: { ...process.env, CRM_SETTINGS: JSON.stringify(settings) },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      })
      child = started
      const exited = once(started, 'exit').then(() => {
        throw new Error(`The ${settings.name} service ended before it was ready.`)
      })
      await Promise.race([once(started, 'message'), exited])
      // Its end is no surprise from here on.
      exited.catch(() => {})
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    ask: async (...commands) => {
      const response = await fetch(`${address}/commands`, { method: 'POST', body: JSON.stringify(commands) })
      if (!response.ok)
        throw new Error(`${settings.name} answered ${response.status}: ${await response.text()}`)
      return (await response.json()) as ReadonlyArray<Answer>
    },
    read: async (name) => {
      const response = await fetch(`${address}/read/${name}`)
      if (!response.ok)
        throw new Error(`${settings.name} answered ${response.status}: ${await response.text()}`)
      return response.json()
    },
    store,
  }
}
