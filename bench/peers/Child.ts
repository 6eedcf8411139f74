/** The parent's end of a worker: asks, waits a bounded time, and ends it in a way that nobody can trap. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answer, Ask } from './Worker.js'

/** Why there is no other answer. */
export interface Failed {
  readonly answer: 'failed'
  readonly reason: string
}

export interface ChildOf<Ask extends object, Answer> {
  readonly ask: (ask: Ask) => Promise<Answer | Failed>
  readonly isAlive: () => boolean
  readonly stop: () => Promise<void>
}

export type Child = ChildOf<Ask, Answer>

const patienceMs = 180_000

export const startChild = (): Child => startChildOf<Ask, Answer>('Worker.ts')

/** A worker whose module is in this folder. */
export const startChildOf = <Ask extends object, Answer>(module: string): ChildOf<Ask, Answer> => {
  const process = fork(fileURLToPath(new URL(module, import.meta.url)), {
    // tsx looks for a tsconfig.json there: the one of the root would lead it to the sources of decider-ts.
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let complaints = ''
  process.stderr?.on('data', (text) => {
    complaints = `${complaints}${text}`.slice(-500)
  })
  return {
    ask: (ask) => exchange(process, ask, () => complaints),
    isAlive: () => process.connected,
    stop: () => ended(process),
  }
}

const ended = (process: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (process.exitCode !== null || process.signalCode !== null) return resolve()
    process.once('exit', () => resolve())
    process.kill('SIGKILL')
  })

/** One answer; or that the worker died, or kept silent for too long and was ended. */
const exchange = <Answer>(
  process: ChildProcess,
  ask: object,
  complaints: () => string,
): Promise<Answer | Failed> =>
  new Promise((resolve) => {
    const settle = (answer: Answer | Failed) => {
      clearTimeout(timer)
      process.off('message', settle).off('exit', died)
      resolve(answer)
    }
    const died = () => settle({ answer: 'failed', reason: `its process ended ${complaints().trim()}`.trim() })
    const timer = setTimeout(() => {
      settle({ answer: 'failed', reason: `no answer for ${patienceMs / 1_000} s` })
      process.kill('SIGKILL')
    }, patienceMs)
    if (!process.connected) return died()
    process.once('message', settle).once('exit', died)
    process.send(ask)
  })
