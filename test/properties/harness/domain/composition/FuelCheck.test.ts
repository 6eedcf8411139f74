/** The law of the fuel check, on a process manager whose follow-ups can be counted. */
import { type CommandOf, type DecidedEventOf, processManager } from 'decider-ts/decide'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuelCheck } from '../../../../../src/harness/domain/composition/FuelCheck.js'
import { law } from '../../../Law.js'
import { complaintOf, dial } from './Samples.js'

type Command = CommandOf<typeof dial>
type Event = DecidedEventOf<typeof dial>

/** Every reset calls for so many turns. */
const turning = (times: number) =>
  processManager.make({
    initialState: null,
    evolve: () => null,
    react: (_: null, event: Event): ReadonlyArray<Command> =>
      event.type === 'WasReset'
        ? Array.from({ length: times }, () => ({ type: 'Turn', by: 1 }) as Command)
        : [],
    pending: () => [],
    isTerminal: () => true,
  })

const fuel = (check: typeof fuelCheck) =>
  fc.asyncProperty(fc.nat(6), fc.integer({ min: 1, max: 8 }), async (times, given) => {
    const complaint = await complaintOf(check(turning(times), dial, { fuel: given, histories: 40 }))
    return (complaint === undefined) === times < given
  })

law('FUL-1 fuel', fuel(fuelCheck), { numRuns: 40 })
law.rejects(
  'FUL-1',
  'a check with more fuel than it was given',
  fuel((process, domain, options) => fuelCheck(process, domain, { ...options, fuel: 50 })),
)

test('commands that go round in a circle are named', async () => {
  const circle = processManager.make({
    ...turning(0),
    react: (_: null, event: Event): ReadonlyArray<Command> =>
      event.type === 'WasReset' ? [{ type: 'Reset' }] : [],
  })
  expect(await complaintOf(fuelCheck(circle, dial))).toBe(
    "close: at rest within 100 commands: with [{ type: 'Reset' }], { type: 'Reset' } calls for more than 100 commands: do they go round in a circle.",
  )
})
