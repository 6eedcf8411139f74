/** Stores that are right in most orders of steps: it takes a certain schedule, or a lost answer, to tell. */
import {
  type EventStore,
  eventId,
  globalPosition,
  type RecordedEvent,
  type StreamId,
  type StreamSlice,
  timestamp,
  version,
} from 'decider-ts/store'
import { either as E } from 'fp-ts'
import { objection, others, unguarded, type Wrong, wrong } from './Wrong.js'

const holdsId = async (store: EventStore, id: string, stream: StreamId): Promise<boolean> => {
  const slice = await store.readStream(stream)()
  return E.isRight(slice) && slice.right.events.some((event) => event.id === id)
}

/** What is sent again, because its answer was lost, is taken for something new. */
const doubling = (store: EventStore): Partial<EventStore> => {
  let given = 0
  return {
    append: (append) => async () => {
      const [first] = append.events
      if (first === undefined || !(await holdsId(store, first.id, first.stream)))
        return store.append(append)()
      const events = append.events.map((event) => {
        given += 1
        const id = eventId(`ffffffff-0000-7000-8000-${given.toString(16).padStart(12, '0')}`)
        return { ...event, id }
      })
      return store.append(unguarded({ ...append, events }))()
    },
  }
}

/** Of two appends at once the later one is answered with the answer of the first, and forgotten. */
const forgetting = (store: EventStore): Partial<EventStore> => {
  let underway: Promise<Awaited<ReturnType<ReturnType<EventStore['append']>>>> | undefined
  return {
    append: (append) => async () => {
      if (underway !== undefined) return underway
      underway = (async () => {
        await others()
        return store.append(append)()
      })()
      const answer = await underway
      underway = undefined
      return answer
    },
  }
}

/** Checks what an append demands, lets others go on, and writes without another look. */
const checkThenAct =
  (checks: 'expected' | 'condition') =>
  (store: EventStore): Partial<EventStore> => ({
    append: (append) => async () => {
      const [first] = append.events
      const isFree = first !== undefined && !(await holdsId(store, first.id, first.stream))
      if (!isFree) return store.append(append)()
      const { condition, ...withoutCondition } = append
      const looked = checks === 'expected' ? withoutCondition : { ...append, expected: [] }
      const error = await objection(store, looked)
      await others()
      if (error !== undefined) return E.left(error)
      return store.append(checks === 'expected' ? { ...append, expected: [] } : withoutCondition)()
    },
  })

/** Whoever comes while another one writes is told that it came too late, wherever that other one writes. */
const impatient = (store: EventStore): Partial<EventStore> => {
  let underway = 0
  return {
    append: (append) => async () => {
      const [belief] = append.expected
      if (underway > 0 && belief?.version._tag === 'Exactly') {
        const actual = version(belief.version.version + 1n)
        return E.left({ _tag: 'VersionConflict', stream: belief.stream, expected: belief.version, actual })
      }
      underway += 1
      await others()
      const answer = await store.append(append)()
      underway -= 1
      return answer
    },
  }
}

/** Every other read comes from a copy that lags behind by one event. */
const lagging = (store: EventStore): Partial<EventStore> => {
  let reads = 0
  const behind = (slice: StreamSlice): StreamSlice => {
    const events = slice.events.slice(0, -1)
    return { events, version: version(events.length) }
  }
  return {
    readStream: (stream, range) => async () => {
      const slice = await store.readStream(stream, range)()
      reads += 1
      return E.isRight(slice) && range === undefined && reads % 2 === 0 ? E.right(behind(slice.right)) : slice
    },
  }
}

/** Readers see what is about to be written, though it may be refused yet. */
const seenTooEarly = (store: EventStore): Partial<EventStore> => {
  const underway = new Set<RecordedEvent>()
  return {
    readStream: (stream, range) => async () => {
      const slice = await store.readStream(stream, range)()
      if (E.isLeft(slice) || range !== undefined) return slice
      const early = [...underway].filter((event) => event.stream === stream)
      const events = [...slice.right.events, ...early]
      return E.right({ events, version: version(events.length) })
    },
    append: (append) => async () => {
      const early = append.events.map(
        (event, n): RecordedEvent => ({
          ...event,
          data: null,
          version: version(n + 1),
          position: globalPosition(n + 1),
          recordedAt: timestamp(0),
        }),
      )
      for (const event of early) underway.add(event)
      await others()
      for (const event of early) underway.delete(event)
      return store.append(append)()
    },
  }
}

/** Looks at the first expectation only, so two can pass each other. */
const firstExpectation = (store: EventStore): Partial<EventStore> => ({
  append: (append) => store.append({ ...append, expected: append.expected.slice(0, 1) }),
})

/** Compares a belief with the version that was last read, as if only readers could learn of something new. */
const remembering = (store: EventStore): Partial<EventStore> => {
  const known = new Map<StreamId, bigint>()
  return {
    readStream: (stream, range) => async () => {
      const slice = await store.readStream(stream, range)()
      if (E.isRight(slice)) known.set(stream, slice.right.version)
      return slice
    },
    append: (append) => {
      const [belief] = append.expected
      const isBelieved =
        belief?.version._tag === 'Exactly' && known.get(belief.stream) === belief.version.version
      return store.append(isBelieved ? unguarded(append) : append)
    },
  }
}

export const wrongSchedules: ReadonlyArray<Wrong> = [
  wrong('what is sent again is written again', 'C91 schedule', doubling),
  wrong('of two appends at once one is forgotten', 'C91 schedule', forgetting),
  wrong('versions are checked before the lock', 'C92 schedule', checkThenAct('expected')),
  wrong('conditions are checked before the lock', 'C93 schedule', checkThenAct('condition')),
  wrong('who comes second is told of a conflict, whatever it writes', 'C94 schedule', impatient),
  wrong('every other read lags behind', 'C95 schedule', lagging),
  wrong('what is about to be written is read', 'C95 schedule', seenTooEarly),
  wrong('of several expectations one is checked', 'C96 schedule', firstExpectation),
  wrong('a belief is compared with what was last read', 'C97 schedule', remembering),
]
