/** The laws of `Turns`. Which task ends when is data: each waits for a gate, and the sample says which gate opens next. */
import { streamId } from 'decider-ts/store'
import fc from 'fast-check'
import { type Turns, turns } from '../../../src/run/Turns.js'
import { law } from '../Law.js'

interface Entry {
  readonly stream: string
  readonly fails: boolean
}

const entries = fc.array(fc.record({ stream: fc.constantFrom('a', 'b'), fails: fc.boolean() }), {
  maxLength: 8,
})
const choices = fc.array(fc.nat({ max: 7 }), { maxLength: 20 })

/** Runs all tasks, and tells after each step which have begun and not ended, by their index. */
const observe = async (make: () => Turns, list: ReadonlyArray<Entry>, order: ReadonlyArray<number>) => {
  const open: Array<{ readonly index: number; readonly end: () => void }> = []
  const seen: Array<ReadonlyArray<number>> = []
  const inTurn = make()
  const all = list.map(({ stream, fails }, index) =>
    inTurn(streamId('s', stream), async () => {
      await new Promise<void>((end) => open.push({ index, end }))
      if (fails) throw new Error('a task that ends badly')
    }).catch(() => undefined),
  )
  for (let step = 0; step <= list.length; step++) {
    await new Promise((settled) => setImmediate(settled))
    seen.push(open.map(({ index }) => index))
    open.splice((order[step] ?? 0) % Math.max(open.length, 1), 1)[0]?.end()
  }
  await Promise.all(all)
  return seen
}

const oneAtATime = (make: () => Turns) =>
  fc.asyncProperty(entries, choices, async (list, order) => {
    const ended = new Set<number>()
    let before: ReadonlyArray<number> = []
    for (const running of await observe(make, list, order)) {
      for (const index of before) if (!running.includes(index)) ended.add(index)
      before = running
      const early = running.find((index) =>
        list.some(
          ({ stream }, other) => other < index && stream === list[index]?.stream && !ended.has(other),
        ),
      )
      if (early !== undefined)
        throw new Error(`task ${early} began before an earlier one of its stream had ended`)
    }
  })

const independent = (make: () => Turns) =>
  fc.asyncProperty(entries, choices, async (list, order) => {
    const [running = []] = await observe(make, list, order)
    const firsts = new Set(list.map(({ stream }) => list.findIndex((other) => other.stream === stream)))
    return running.length === firsts.size && running.every((index) => firsts.has(index))
  })

law('TRN-1 one at a time', oneAtATime(turns))
law.rejects(
  'TRN-1',
  'tasks that all begin at once',
  oneAtATime(() => (_, task) => task()),
)
law('TRN-2 independence', independent(turns))
law.rejects(
  'TRN-2',
  'one queue for all streams',
  independent(() => {
    const inTurn = turns()
    return (_, task) => inTurn(streamId('s', 'all'), task)
  }),
)
