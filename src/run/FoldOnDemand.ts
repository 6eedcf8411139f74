/**
 * A read model that is kept nowhere: folded from the log whenever somebody asks. It is as new as the log, needs no
 * process and no table, and takes as long as the log is; it suits short logs, tests, and questions asked once.
 * Used by: applications.
 *
 * Laws (test/properties/run/FoldOnDemand.test.ts):
 * - FOD-1 fold: for any log and pages of any size it is the fold of the whole log, and for one key that key's part of it.
 * @since 0.1.0
 */
import { either as E, option as O, type taskEither as TE } from 'fp-ts'
import { type Projection, projectEvent } from '../evolve/Projection.js'
import type { EventStore } from '../store/EventStore.js'
import type { ReadError, Undecodable } from '../store/StoreError.js'
import { queryPages } from './ReadPages.js'

/** How the log is read. */
export interface FoldOnDemandOptions {
  /** How many events are read at a time; 1,000 unless given. */
  readonly batchSize?: number
}

/**
 * The read model of a projection as the log is now, by key: all keys, or one that is asked for.
 * @example
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { projection } from 'decider-ts/evolve'
 * import { foldOnDemand } from 'decider-ts/run'
 * import { either as E } from 'fp-ts'
 * import * as t from 'io-ts'
 * const opened = projection({
 *   name: 'opened',
 *   event: t.type({ type: t.literal('Opened') }),
 *   state: t.number,
 *   initialState: 0,
 *   evolve: (times) => times + 1,
 * })
 * await foldOnDemand(memoryStore(), opened)()() // => E.right(new Map())
 */
export const foldOnDemand =
  <State, Event>(
    store: EventStore,
    projection: Projection<State, Event>,
    { batchSize = 1_000 }: FoldOnDemandOptions = {},
  ) =>
  (key?: string): TE.TaskEither<ReadError | Undecodable, ReadonlyMap<string, State>> =>
  async () => {
    const states = new Map<string, State>()
    const project = projectEvent({
      ...projection,
      keysOf: (event, recorded) => {
        const keys = projection.keysOf(event, recorded)
        return key === undefined ? keys : keys.filter((each) => each === key)
      },
    })
    const stateOf = (each: string): O.Option<State> =>
      states.has(each) ? O.some(states.get(each) as State) : O.none
    for await (const page of queryPages(store, projection.query, { pageSize: batchSize })) {
      if (E.isLeft(page)) return page
      for (const recorded of page.right) {
        const projected = project(recorded, stateOf)
        if (E.isLeft(projected)) return projected
        for (const [each, state] of projected.right) states.set(each, state)
      }
    }
    return E.right(states)
  }
