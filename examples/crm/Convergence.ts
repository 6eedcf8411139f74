/** Whether all that the processes show is what one big fold of all that they have recorded gives, and if not yet, where. */
import { isDeepStrictEqual } from 'node:util'
import { view } from 'decider-ts'
import { expectedOf, plain } from './Expected.js'
import { factsOf, logsOf } from './Facts.js'
import type { Processes } from './Processes.js'
import { names } from './System.js'
import { everything } from './Whole.js'

export interface Compared {
  /** The read models that differ, such as `campaigns.people`. */
  readonly different: ReadonlyArray<string>
  readonly readModels: number
  readonly entries: number
  readonly events: number
}

export const compare = async ({ services }: Processes): Promise<Compared> => {
  const logs = await logsOf(services)
  const facts = names.flatMap((name) => factsOf(name, logs[name]))
  const expected = Object.entries(expectedOf(view.fold(everything)(facts)))
  const different = await Promise.all(
    expected.map(async ([path, entries]) => {
      const [service, name = ''] = path.split('.')
      const running = services[names.find((each) => each === service) ?? 'customers']
      return isDeepStrictEqual(plain(await running.read(name)), plain(entries)) ? [] : [path]
    }),
  )
  return {
    different: different.flat(),
    readModels: expected.length,
    entries: expected.reduce((sum, [, entries]) => sum + entries.size, 0),
    events: facts.length,
  }
}

const lookEveryMs = 200

/** Looks again until nothing differs, or the time is over. */
export const converged = async (
  processes: Processes,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Compared & { readonly afterMs: number }> => {
  const start = performance.now()
  for (;;) {
    signal.throwIfAborted()
    const compared = await compare(processes)
    const afterMs = performance.now() - start
    if (compared.different.length === 0 || afterMs > timeoutMs) return { ...compared, afterMs }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}
