/**
 * The owner's end of the watchdog, a process that cleans up when its owner says so or is gone.
 *
 * A process that is killed cannot clean up after itself, so another process must do it. Letting that one do
 * it in every case leaves one way to stop instead of two, and the owner needs no signal handlers. The other
 * end is WatchdogProcess.mjs. Used by EmbeddedPostgres.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'

/** A program and its arguments. */
export type Command = readonly [program: string, ...args: string[]]

/** The commands run in the folder of the watchdog; the file `log` there has the output of the last one. */
export interface Task {
  readonly uid?: number
  readonly gid?: number
  readonly start: readonly Command[]
  /** Runs once, before the folder is removed. */
  readonly stop: Command
}

export interface Watchdog {
  /** Runs the start commands, for one caller at a time. Gives the reason why one of them failed, or `null`. */
  readonly run: (task: Task) => Promise<string | null>
  /** Stops, removes the folder, and returns when both are done. */
  readonly end: () => Promise<void>
}

export const startWatchdog = (folder: string): Watchdog => {
  const guard = spawnGuard(folder)
  let last: Task | undefined
  let ending: Promise<void> | undefined
  return {
    run: async (task) => {
      last = task
      return guard.hand(task)
    },
    end: () => {
      ending ??= guard.dismiss().then(() => cleanUpAfterDeath(folder, last))
      return ending
    },
  }
}

/** A watchdog that was itself killed leaves all its work: a second one does it. */
const cleanUpAfterDeath = async (folder: string, last: Task | undefined): Promise<void> => {
  if (!existsSync(folder)) return
  const second = spawnGuard(folder)
  if (last) await second.hand({ ...last, start: [] })
  await second.dismiss()
  if (existsSync(folder)) throw new Error(`The files of a PostgreSQL server could not be removed: ${folder}`)
}

interface Guard {
  readonly hand: (task: Task) => Promise<string | null>
  readonly dismiss: () => Promise<void>
}

const spawnGuard = (folder: string): Guard => {
  const child = spawnProcess(folder)
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`the watchdog process failed: ${error.message}`))
    child.once('exit', () => resolve('the watchdog process ended too early'))
  })
  return {
    hand: async (task) => {
      child.ref()
      child.channel?.ref()
      const answer = new Promise<string | null>((resolve) => {
        child.once('message', (failure) => resolve(typeof failure === 'string' ? failure : null))
      })
      child.send(task, () => {})
      const failure = await Promise.race([answer, gone])
      letOwnerExit(child)
      return failure
    },
    dismiss: async () => {
      child.ref()
      if (child.connected) child.disconnect()
      await gone
    },
  }
}

/** Detached, so that Ctrl-C in a terminal reaches only the owner, who may still need the server. */
const spawnProcess = (folder: string): ChildProcess => {
  const script = fileURLToPath(new URL('./WatchdogProcess.mjs', import.meta.url))
  return spawn(process.execPath, [script, folder], {
    cwd: tmpdir(),
    detached: true,
    env: environment(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    windowsHide: true,
  })
}

/** An owner that is done without calling `end` may exit, and the watchdog notices that. */
const letOwnerExit = (child: ChildProcess): void => {
  child.unref()
  child.channel?.unref()
}

/**
 * Variables for PostgreSQL (PGPORT, ...) and for Node (NODE_OPTIONS, ...) are meant for other programs. The
 * plain locale makes messages predictable, and a given time zone saves initdb the search for it.
 */
const environment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PG|NODE_)/.test(name))),
  LC_ALL: 'C',
  TZ: 'UTC',
})
