/**
 * What was set aside is dealt with at last: once the fold, the codec or the handler is mended, the parked events of a key
 * are folded on the entry that was kept, and the key goes on with the others. It can be done while the projection is at
 * work, by any process: an event that comes to wait in the meantime is seen, and counts too.
 * Used by: applications, by hand as a rule.
 *
 * Laws (test/properties/run/ReplayParked.test.ts):
 * - RPP-1 fold: after the replay by a mended projection the entry of the key is the fold of all its events, also where
 *   more of them come meanwhile.
 * - RPP-2 nothing lost: where an event still cannot count, everything stays as it was.
 * @since 0.1.0
 */
import { either as E, option as O, type taskEither as TE } from 'fp-ts'
import type { Projection } from '../evolve/Projection.js'
import type { RecordedEvent } from '../store/RecordedEvent.js'
import type { Owing } from './Outbox.js'
import {
  type Counted,
  type Fact,
  factOf,
  foldKey,
  type KeyOutcome,
  thrownIn,
  type Unreadable,
} from './ProjectEvents.js'
import type { ReadModelError, ReadModels, Within } from './ReadModels.js'
import { type ProjectionHandler, readModelIdOf } from './RunProjection.js'

/** How parked events are replayed. */
export interface ReplayParkedOptions<State, Event, Transaction> {
  /** The handler of the running projection, where it has one: it was not called for these events, or it threw. */
  readonly handle?: ProjectionHandler<State, Event, Transaction>
  /** The commands that events call for, where it is a process manager: `owingOf` of it. */
  readonly owing?: (counted: ReadonlyArray<Counted<State, Event>>) => Owing
}

/** An event still cannot count. Nothing was done. */
export interface StillFailing {
  readonly _tag: 'StillFailing'
  readonly event: RecordedEvent
  readonly reason: string
}

/** Events keep coming to wait faster than they are replayed. Nothing was done. */
export interface Overtaken {
  readonly _tag: 'Overtaken'
}

/** What a replay can fail with. */
export type ReplayParkedError = ReadModelError | StillFailing | Unreadable | Overtaken

/** So often it begins again because another event came to wait. */
const roundsMax = 100

/**
 * Replays the parked events of a key and ends its parking; tells how many events there were, none if it is not parked.
 * @example
 * import { memoryReadModels } from 'decider-ts/adapters/memory'
 * import { projection } from 'decider-ts/evolve'
 * import { replayParked } from 'decider-ts/run'
 * import { either as E } from 'fp-ts'
 * import * as t from 'io-ts'
 * const opened = projection({
 *   name: 'opened',
 *   event: t.type({ type: t.literal('Opened') }),
 *   state: t.number,
 *   initialState: 0,
 *   evolve: (times) => times + 1,
 * })
 * await replayParked(memoryReadModels(), opened, 'account-a1')() // => E.right(0)
 */
export const replayParked =
  <State, Event, Transaction = never>(
    readModels: Pick<ReadModels<Transaction>, 'load' | 'parkedEvents' | 'unpark'>,
    projection: Projection<State, Event>,
    key: string,
    options: ReplayParkedOptions<State, Event, Transaction> = {},
  ): TE.TaskEither<ReplayParkedError, number> =>
  async () => {
    const of = readModelIdOf(projection)
    for (let round = 0; round < roundsMax; round++) {
      const events = await readModels.parkedEvents(of, key)()
      if (E.isLeft(events)) return events
      const last = events.right.at(-1)
      if (last === undefined) return E.right(0)
      const loaded = await readModels.load(of, [key])()
      if (E.isLeft(loaded)) return loaded
      const outcome = replayed(projection, key, O.fromNullable(loaded.right.entries[0]), events.right)
      if (E.isLeft(outcome)) return outcome
      const { entry, counted } = outcome.right
      const owing = options.owing?.(counted)
      const unparking = { key, entry, through: last.position, ...(owing && { owing }) }
      const unparked = await unparkedWith(readModels, projection, unparking, outcome.right, options)
      if (E.isLeft(unparked)) return unparked
      if (unparked.right) return E.right(events.right.length)
    }
    return E.left({ _tag: 'Overtaken' })
  }

const replayed = <State, Event>(
  projection: Projection<State, Event>,
  key: string,
  entry: Parameters<ReturnType<typeof foldKey<State, Event>>>[1],
  events: ReadonlyArray<RecordedEvent>,
): E.Either<StillFailing | Unreadable, KeyOutcome<State, Event>> => {
  const facts: Array<Fact<Event>> = []
  for (const recorded of events) {
    const fact = factOf(projection)(recorded)
    if (E.isLeft(fact)) return fact
    // Who could not read it may have taken it for one of this key's.
    if (fact.right.keys.includes(key)) facts.push(fact.right)
  }
  const outcome = foldKey(projection)(key, entry, facts)
  const failed = outcome.rest[0]
  if (failed === undefined || O.isNone(outcome.failure)) return E.right(outcome)
  return E.left({ _tag: 'StillFailing', event: failed, reason: outcome.failure.value })
}

const unparkedWith = async <State, Event, Transaction>(
  readModels: Pick<ReadModels<Transaction>, 'unpark'>,
  projection: Projection<State, Event>,
  unparking: Parameters<ReadModels['unpark']>[1],
  { counted }: KeyOutcome<State, Event>,
  { handle }: ReplayParkedOptions<State, Event, Transaction>,
): Promise<E.Either<ReadModelError | StillFailing, boolean>> => {
  const of = readModelIdOf(projection)
  const first = counted[0]
  if (handle === undefined || first === undefined) return readModels.unpark(of, unparking)()
  let failure: StillFailing | undefined
  const within: Within<Transaction> = async (transaction, isLive) => {
    try {
      await handle({ counted, isLive }, transaction)
    } catch (thrown) {
      failure = { _tag: 'StillFailing', event: first.recorded, reason: thrownIn('the handler', thrown) }
      throw thrown
    }
  }
  try {
    const answer = await readModels.unpark(of, unparking, within)()
    return failure === undefined ? answer : E.left(failure)
  } catch (thrown) {
    if (failure !== undefined) return E.left(failure)
    throw thrown
  }
}
