/** A dial that is turned by steps: what the tests of composition checks share. */
import { accept, domain, reject } from 'decider-ts/decide'
import * as t from 'io-ts'
import type { Check } from '../../../../../src/harness/Check.js'

/** From 1 to 3. */
const Steps = t.refinement(t.Int, (n) => n >= 1 && n <= 3, 'Steps')

/** Turns up to 6 steps; and can be reset. */
export const dial = domain({
  name: 'dial',
  command: t.union([
    t.strict({ type: t.literal('Turn'), by: Steps }),
    t.strict({ type: t.literal('Reset') }),
  ]),
  event: t.union([
    t.strict({ type: t.literal('Turned'), by: Steps }),
    t.strict({ type: t.literal('WasReset') }),
  ]),
  rejection: t.strict({ type: t.literal('AtTheEnd') }),
  state: t.number,
  streamId: () => 'one',
  initialState: 0,
  evolve: (at, event) => (event.type === 'Turned' ? at + event.by : 0),
  decide: (command) => (at) => {
    if (command.type === 'Reset') return accept({ type: 'WasReset' })
    return at + command.by > 6 ? reject({ type: 'AtTheEnd' }) : accept({ type: 'Turned', by: command.by })
  },
})

/** What a check complains of; nothing where it passes. */
export const complaintOf = async ({ run }: Check): Promise<string | undefined> => {
  try {
    await run()
    return undefined
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : 'no error'
  }
}
