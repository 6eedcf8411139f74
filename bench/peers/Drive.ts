/** Callers that work side by side, each doing one operation after another, and what came of it. */

/** Whichever comes first ends a round; operations that have begun are waited for. */
export interface Limit {
  readonly operations: number
  readonly seconds: number
}

export interface Figures {
  /** Those that were answered as they should be: recorded, or refused for the right reason. */
  readonly operations: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
  /** How many were refused by a condition. */
  readonly refused: number
  /** How many failed, by the name of the error. */
  readonly failures: Readonly<Record<string, number>>
}

/** Does the n-th operation as one of the callers, and says whether it recorded something. */
export type Act = (n: number, caller: number) => Promise<boolean>

export const drive = async (callers: number, limit: Limit, act: Act): Promise<Figures> => {
  const latencies: Array<number> = []
  const failures: Record<string, number> = {}
  let [next, refused] = [0, 0]
  const start = performance.now()
  const end = start + limit.seconds * 1_000
  const operate = async (caller: number) => {
    const begun = performance.now()
    try {
      if (!(await act(next++, caller))) refused++
      latencies.push(performance.now() - begun)
    } catch (error) {
      const name = nameOf(error)
      failures[name] = (failures[name] ?? 0) + 1
    }
  }
  const caller = async (_: unknown, index: number) => {
    while (next < limit.operations && performance.now() < end) await operate(index)
  }
  await Promise.all(Array.from({ length: callers }, caller))
  const seconds = (performance.now() - start) / 1_000
  return { operations: latencies.length, seconds, ...percentilesOf(latencies), refused, failures }
}

/** Many classes of errors are all called `Error`; then the message tells more. */
const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const { name } = error.constructor
  return name === 'Error' ? error.message.slice(0, 80) : name
}

/** The median and the 99th percentile; the list is sorted in place. */
export const percentilesOf = (latencies: Array<number>) => {
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}
