/**
 * What the laws of `subscribe` and `follow` need: a log with events of two types, of which one is asked for, a world
 * that waits for nothing, and turns of the event loop to let things happen in.
 */
import { memoryStore } from 'decider-ts/adapters/memory'
import { type Environment, type FollowedStore, systemEnvironment } from 'decider-ts/run'
import {
  anyOf,
  anyVersion,
  eventId,
  eventToAppend,
  everything,
  type GlobalPosition,
  type RecordedEvent,
  streamId,
  toStream,
} from 'decider-ts/store'
import { either as E } from 'fp-ts'

/** The events that are asked for. */
export const mine = anyOf({ types: ['Mine'] })

/** A turn of the event loop, in which everything that can happen at once happens. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Turns until something holds, or so many that it never will. */
export const turnsUntil = async (holds: () => boolean): Promise<void> => {
  for (let turns = 0; turns < 2_000 && !holds(); turns++) await turn()
}

/** Waiting takes a turn, however long it is. */
export const hasty: Environment = { ...systemEnvironment, sleep: () => turn }

/** A memory store, and how to append to it events of both types. */
export const logOf = async (
  isMine: ReadonlyArray<boolean>,
): Promise<{
  readonly store: FollowedStore
  readonly record: (isMine: ReadonlyArray<boolean>) => Promise<void>
}> => {
  const store = memoryStore()
  const stream = streamId('s', '1')
  let count = 0
  const record = async (kinds: ReadonlyArray<boolean>): Promise<void> => {
    const events = kinds.map((each) => {
      count += 1
      const id = eventId(`00000000-0000-7000-8000-${count.toString(16).padStart(12, '0')}`)
      return eventToAppend({ id, stream, type: each ? 'Mine' : 'Another', data: {} })
    })
    if (events.length > 0) await store.append(toStream(stream, anyVersion)(events))()
  }
  await record(isMine)
  return { store, record }
}

/** The places of the events that are asked for. */
export const placesOfMine = async (store: FollowedStore): Promise<ReadonlyArray<GlobalPosition>> => {
  const slice = await store.read(everything)()
  const events: ReadonlyArray<RecordedEvent> = E.isRight(slice) ? slice.right.events : []
  return events.filter(({ type }) => type === 'Mine').map(({ position }) => position)
}
