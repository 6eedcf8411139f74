/** The domain that benchmarks run: as small as a domain can be, so that what is measured is the library. */
import { accept, domain } from 'decider-ts'
import * as t from 'io-ts'

/** Counters that can only grow. */
export const Counter = domain({
  name: 'counter',
  command: t.type({ type: t.literal('Add'), counter: t.string, by: t.number }),
  event: t.type({ type: t.literal('Added'), by: t.number }),
  rejection: t.type({ type: t.literal('Never') }),
  state: t.number,
  streamId: (command) => command.counter,
  initialState: 0,
  evolve: (sum, event) => sum + event.by,
  decide: (command) => () => accept({ type: 'Added', by: command.by }),
})
