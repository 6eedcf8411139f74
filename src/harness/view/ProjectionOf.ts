/**
 * A projection in memory that is right: its read model and its checkpoint change together, what it has seen it does not
 * count again, and an event at which its view throws holds back its own stream and nothing else. It is the example to
 * compare a real one with.
 * Used by: the tests of `ProjectionSuite`, and whoever wants to see the suite pass.
 *
 * Laws (test/properties/harness/view/ProjectionOf.test.ts):
 * - PRJ-1 fold: whatever the delivery, it reads as the fold of the log.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { View } from '../../evolve/View.js'
import { beginning, type GlobalPosition } from '../../store/GlobalPosition.js'
import type { LogEntry } from '../delivery/LogEntry.js'
import type { StopPoint } from '../delivery/Points.js'
import { attempt } from '../domain/Attempt.js'
import type { OpenProjection } from './ProjectionSuite.js'

/**
 * Opens a projection of a view, in memory.
 * @example
 * import { view } from 'decider-ts/evolve'
 * import { logOf, projectionOf } from 'decider-ts/harness'
 * const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
 * const projection = await projectionOf(total)()
 * await projection.deliver(logOf([[1], [2]]))
 * await projection.deliver(logOf([[1], [2], [3]]))
 * await projection.read() // => 6
 */
export const projectionOf =
  <State, Event>(view: View<State, Event>) =>
  async (point: StopPoint = async () => {}): Promise<OpenProjection<Event, State>> => {
    const empty: Durable<State> = { state: view.initialState, checkpoint: beginning, held: new Set() }
    let durable = empty
    const deliver = async (batch: ReadonlyArray<LogEntry<Event>>): Promise<void> => {
      const from = durable
      const next = handled(view, from, batch)
      await point('batch handled')
      // Another instance was faster: what it did counts, and the batch is handled on top of it.
      if (durable !== from) return deliver(batch)
      durable = next
      return point('batch committed')
    }
    return {
      deliver,
      read: async () => durable.state,
      crash: async () => durable.checkpoint,
      rebuild: async (log) => {
        durable = empty
        await deliver(log)
      },
      twin: async () => ({ deliver }),
      close: async () => {},
    }
  }

/** What changes together. */
interface Durable<State> {
  readonly state: State
  readonly checkpoint: GlobalPosition
  /** The streams that wait behind an event at which the view threw. */
  readonly held: ReadonlySet<string>
}

const handled = <State, Event>(
  view: View<State, Event>,
  durable: Durable<State>,
  batch: ReadonlyArray<LogEntry<Event>>,
): Durable<State> => {
  let { state, checkpoint } = durable
  const held = new Set(durable.held)
  for (const { position, stream, event } of batch) {
    if (position <= checkpoint) continue
    checkpoint = position
    if (held.has(stream)) continue
    const evolved = attempt(() => view.evolve(state, event))
    if (E.isRight(evolved)) state = evolved.right
    else held.add(stream)
  }
  return { state, checkpoint, held }
}
