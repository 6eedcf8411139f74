// @ts-check
/**
 * The watchdog: a process that runs the start commands it is told, waits until its owner disconnects or
 * dies, then runs the stop command and removes its folder.
 *
 * It runs all commands itself and one at a time. So an owner that dies in the middle of a start leaves no
 * command that could still write to the folder while it is being removed. Plain JavaScript, because it is
 * started by Node without a TypeScript loader. Started by Watchdog.ts.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'

/** @typedef {import('./Watchdog.js').Task} Task */
/** @typedef {import('./Watchdog.js').Command} Command */

const [, , folder = ''] = process.argv

/** @type {Task | undefined} */
let current

/**
 * Each command begins a new log, so the log tells about the one that failed.
 * @type {(task: Task, command: Command) => string | undefined}
 */
const failureOf = ({ uid, gid }, [program, ...args]) => {
  const log = openSync(join(folder, 'log'), 'w')
  const { error, status, signal } = spawnSync(program, args, {
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    cwd: folder,
    stdio: ['ignore', log, log],
    windowsHide: true,
  })
  closeSync(log)
  if (error) return error.message
  return status === 0 ? undefined : `${basename(program)} ended with ${signal ?? `exit code ${status}`}.`
}

/** @type {(task: Task) => string | null} */
const firstFailure = (task) => {
  for (const command of task.start) {
    const failure = failureOf(task, command)
    if (failure) return failure
  }
  return null
}

/** The stop command may fail because the server is not running, so its failure says nothing. */
const finish = () => {
  if (current) failureOf(current, current.stop)
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  process.exit()
}

process.on('message', (/** @type {Task} */ task) => {
  current = task
  // The owner may be gone by now, and then there is nobody to tell.
  process.send?.(firstFailure(task), () => {})
})
process.on('disconnect', finish)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, finish)
if (!process.connected) finish()
