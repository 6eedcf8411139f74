/**
 * The instances of a run: processes that are started, killed, paused and replaced. Each has a name of its own, under which
 * it holds partitions, so that how long they stay in the name of the dead can be measured.
 * Used by: `Reactions`.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { sleep } from '../Database.js'
import { instances as count, type Fault } from './Plan.js'
import type { ReactorOptions } from './Reactor.js'
import type { Order, Word } from './ReactorProcess.js'

/** What every instance is told, beside its name. */
export type Shared = Omit<ReactorOptions, 'owner' | 'isRebuilding'>

export interface Instances {
  /** Resolves when it is done, and a replacement is at work. */
  readonly inflict: (fault: Exclude<Fault, { readonly _tag: 'Crash' }>) => Promise<void>
  /** They finish what is in hand. */
  readonly stop: () => Promise<void>
  readonly kill: () => void
  readonly mishaps: () => ReadonlyArray<string>
}

interface Instance {
  readonly owner: string
  readonly child: ChildProcess
  /** Set where somebody asked for its end. */
  isAskedToEnd: boolean
}

/** `died` is told whom a kill has taken, when it has. */
export const startInstances = async (
  file: string,
  shared: Shared,
  died: (owner: string) => void,
): Promise<Instances> => {
  const mishaps: Array<string> = []
  const lives = new Array<number>(count).fill(0)
  let isRebuilding = false
  const start = (nth: number): Promise<Instance> => {
    const life = lives[nth] ?? 0
    lives[nth] = life + 1
    const seed = shared.seed + 1_000 * nth + life
    const options: ReactorOptions = { ...shared, seed, owner: `r${nth}.${life}`, isRebuilding }
    return startOne(file, options, mishaps)
  }
  const running = await Promise.all(Array.from({ length: count }, (_, nth) => start(nth)))
  // What happens to one instance happens in turn; a pause is no reason not to be killed.
  const turns: Array<Promise<void>> = running.map(() => Promise.resolve())
  const inTurn = (nth: number, act: () => Promise<void>): Promise<void> => {
    const mine = (turns[nth] ?? Promise.resolve()).then(act)
    turns[nth] = mine
    return mine
  }
  const replace = (nth: number, downFor: number): Promise<void> =>
    inTurn(nth, async () => {
      const instance = running[nth]
      if (instance === undefined) return
      await killed(instance)
      died(instance.owner)
      await sleep(downFor)
      running[nth] = await start(nth)
    })
  return {
    inflict: async (fault) => {
      if (fault._tag === 'Kill') return replace(fault.instance, fault.downFor)
      if (fault._tag === 'Rebuild') {
        isRebuilding = true
        await Promise.all(turns)
        for (const { child } of running) give(child, 'rebuild')
        return
      }
      const asleep = running[fault.instance]
      asleep?.child.kill('SIGSTOP')
      await sleep(fault.pausedFor)
      asleep?.child.kill('SIGCONT')
    },
    stop: async () => {
      await Promise.all(turns)
      await Promise.all(running.map(stopped))
    },
    kill: () => {
      for (const instance of running) {
        instance.isAskedToEnd = true
        instance.child.kill('SIGKILL')
      }
    },
    mishaps: () => mishaps,
  }
}

const startOne = (file: string, options: ReactorOptions, mishaps: Array<string>): Promise<Instance> => {
  const child = fork(file, [JSON.stringify(options)], { execArgv: [] })
  const instance: Instance = { owner: options.owner, child, isAskedToEnd: false }
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      if (instance.isAskedToEnd) return
      mishaps.push(`${options.owner} ended by itself with ${code}`)
      reject(new Error(`${options.owner} ended with ${code}`))
    })
    child.on('message', (said: Word) => {
      if (said.word === 'started') resolve(instance)
      if (said.word === 'ended') mishaps.push(said.why)
    })
  })
}

const give = (child: ChildProcess, order: Order): void => {
  // It may be killed in this very moment, and then somebody else is told at its start.
  if (child.connected) child.send(order, () => {})
}

const exited = ({ child }: Instance): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()))

const killed = async (instance: Instance): Promise<void> => {
  instance.isAskedToEnd = true
  const gone = exited(instance)
  instance.child.kill('SIGKILL')
  await gone
}

const stopped = async (instance: Instance): Promise<void> => {
  instance.isAskedToEnd = true
  const gone = exited(instance)
  give(instance.child, 'stop')
  await gone
}
