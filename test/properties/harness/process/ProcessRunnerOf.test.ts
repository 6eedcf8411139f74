/** The law of the runner in memory, for random process managers. */
import { deepStrictEqual } from 'node:assert/strict'
import { type ProcessManager, processManager } from 'decider-ts/decide'
import {
  arbitraryDelivery,
  logOf,
  type OpenRunner,
  type PlacedEvent,
  processRunnerOf,
  type StopPoint,
} from 'decider-ts/harness'
import fc from 'fast-check'
import { consume } from '../../../../src/harness/delivery/Consumption.js'
import { pointsOf } from '../../../../src/harness/delivery/Points.js'
import { law } from '../../Law.js'

type State = ReadonlyArray<string>
type Manager = ProcessManager<number, State, string>
type Open = (manager: Manager, point: StopPoint) => Promise<OpenRunner<number, State, string>>

/** An even event calls for commands, several at once and some of them alike, and an odd one takes the oldest back. */
const manager: Manager = processManager.make({
  initialState: [] as State,
  evolve: (owed, n: number) => (n % 2 === 0 ? [...owed, ...calls(n)] : owed.slice(1)),
  react: (_owed, n) => (n % 2 === 0 ? calls(n) : []),
  pending: (owed) => owed,
  isTerminal: () => false,
})

const calls = (n: number): ReadonlyArray<string> => Array.from({ length: n / 2 }, () => `call ${n}`)

const logs = fc
  .array(fc.tuple(fc.nat(5), fc.nat(2)), { maxLength: 9 })
  .map((entries) => logOf(entries.map(([n, gap]): PlacedEvent<number> => [n, 'a', gap])))

const effects = (open: Open) =>
  fc.asyncProperty(
    logs,
    arbitraryDelivery({ batches: true, crashes: true, stops: true }),
    async (log, delivery) => {
      const points = pointsOf(delivery.stops)
      const runner = await open(manager, points.point)
      deepStrictEqual((await consume(runner, log, delivery, points)).failure, undefined)
      const carriedOut = new Map((await runner.effects()).map(({ id, command }) => [id, command]))
      const calledFor = log.flatMap(({ event }) => (event % 2 === 0 ? calls(event) : []))
      deepStrictEqual([...carriedOut.values()].sort(), [...calledFor].sort())
    },
  )

law('PRN-1 effects', effects(processRunnerOf))
law.rejects(
  'PRN-1',
  'a runner that sends nothing again after a crash',
  effects((any, point) => processRunnerOf({ ...any, pending: () => [] }, point)),
)
law.rejects(
  'PRN-1',
  'a runner that sends under ids of the content',
  effects(async (any, point) => {
    const runner = await processRunnerOf(any, point)
    return {
      ...runner,
      effects: async () => (await runner.effects()).map(({ command }) => ({ id: command, command })),
    }
  }),
)
