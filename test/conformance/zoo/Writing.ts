/** Stores that write wrongly: beliefs that are not checked, conflicts that say too little, appends that fall apart. */
import {
  type Append,
  type AppendError,
  anyVersion,
  checkAppend,
  type EventStore,
  type ExpectedVersion,
  exactly,
  noVersion,
  version,
} from 'decider-ts/store'
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import { appends, objection, reads, unguarded, type Wrong, wrong } from './Wrong.js'

const believing = (store: EventStore, change: (belief: ExpectedVersion) => ExpectedVersion) =>
  appends(store, (append) => ({
    ...append,
    expected: append.expected.map(({ stream, version }) => ({ stream, version: change(version) })),
  }))

const except =
  (tag: ExpectedVersion['_tag']) =>
  (belief: ExpectedVersion): ExpectedVersion =>
    belief._tag === tag ? anyVersion : belief

const isKnown = async (store: EventStore, { events }: Append): Promise<boolean> => {
  for (const { id, stream } of events) {
    const slice = await store.readStream(stream)()
    if (E.isRight(slice) && slice.right.events.some((event) => event.id === id)) return true
  }
  return false
}

/** Appends stream by stream, so that a wrong belief about the second comes too late for the first. */
const streamByStream = (store: EventStore): Partial<EventStore> => ({
  append: (append) => async () => {
    const streams = [...new Set(append.events.map(({ stream }) => stream))]
    if (streams.length < 2 || (await isKnown(store, append))) return store.append(append)()
    let answer = await store.append({ events: [], expected: [] })()
    for (const stream of streams) {
      const events = append.events.filter((event) => event.stream === stream)
      answer = await store.append({
        events,
        expected: append.expected.filter((each) => each.stream === stream),
      })()
      if (E.isLeft(answer)) return answer
    }
    return answer
  },
})

const conflictsTelling = (
  store: EventStore,
  change: (error: AppendError) => AppendError,
): Partial<EventStore> => ({
  append: (append) => F.pipe(store.append(append), TE.mapLeft(change)),
})

const refusesForEver = (store: EventStore): Partial<EventStore> => {
  let failed: AppendError | undefined
  return {
    append: (append) => async () => {
      if (failed !== undefined) return E.left(failed)
      const answer = await store.append(append)()
      if (E.isLeft(answer) && answer.left._tag === 'VersionConflict') failed = answer.left
      return answer
    },
  }
}

const hidesAfterConflict = (store: EventStore): Partial<EventStore> => {
  let hidden = 0
  return {
    append: (append) => async () => {
      const answer = await store.append(append)()
      if (E.isLeft(answer) && answer.left._tag === 'VersionConflict') hidden = 1
      return answer
    },
    read: (query, range) =>
      F.pipe(
        store.read(query, range),
        TE.map((slice) => ({ ...slice, events: slice.events.slice(0, slice.events.length - hidden) })),
      ),
  }
}

const throughNumber = (belief: ExpectedVersion): ExpectedVersion =>
  belief._tag === 'Exactly' ? exactly(BigInt(Number(belief.version))) : belief

export const wrongWriting: ReadonlyArray<Wrong> = [
  wrong('noStream is not checked', 'C06 expected=noStream', (store) => believing(store, except('NoStream'))),
  wrong('streamExists is not checked', 'C07 expected=streamExists', (store) =>
    believing(store, except('StreamExists')),
  ),
  wrong('exactly is not checked', 'C05 expected=exactly', (store) => believing(store, except('Exactly'))),
  wrong('exactly lets a version through that is too low', 'C05 expected=exactly', (store) => ({
    append: (append) => async () => {
      const error = await objection(store, { ...append, expected: append.expected })
      const isLow =
        error?._tag === 'VersionConflict' &&
        error.expected._tag === 'Exactly' &&
        error.expected.version < error.actual
      return store.append(isLow ? unguarded(append) : append)()
    },
  })),
  wrong('any means a new stream', 'C08 expected=any', (store) =>
    believing(store, (belief) => (belief._tag === 'Any' ? { _tag: 'NoStream' } : belief)),
  ),
  wrong('beliefs are checked after writing', 'C11 append: a losing append leaves', (store) => ({
    append: (append) => async () => {
      const answer = await store.append(append)()
      if (E.isLeft(answer) && answer.left._tag === 'VersionConflict') await store.append(unguarded(append))()
      return answer
    },
  })),
  wrong('a conflict without the actual version', 'C09 conflict: the actual version', (store) =>
    conflictsTelling(store, (error) =>
      error._tag === 'VersionConflict' ? { ...error, actual: noVersion } : error,
    ),
  ),
  wrong('a conflict without the belief', 'C05 expected=exactly', (store) =>
    conflictsTelling(store, (error) =>
      error._tag === 'VersionConflict' ? { ...error, expected: anyVersion } : error,
    ),
  ),
  wrong('a conflict that throws', 'C06 expected=noStream', (store) => ({
    append: (append) => async () => {
      const answer = await store.append(append)()
      if (E.isLeft(answer) && answer.left._tag === 'VersionConflict') throw new Error('conflict')
      return answer
    },
  })),
  wrong('a conflict breaks the connection', 'C09 conflict: the actual version', refusesForEver),
  wrong('a conflict holds back the next event', 'C11 append: a losing append holds back', hidesAfterConflict),
  wrong('beliefs about streams that are not written are ignored', 'C09 expected: a belief', (store) =>
    appends(store, (append) => ({
      ...append,
      expected: append.expected.filter(({ stream }) =>
        append.events.some((event) => event.stream === stream),
      ),
    })),
  ),
  wrong('only the first belief counts', 'C09 expected: several beliefs', (store) =>
    appends(store, (append) => ({ ...append, expected: append.expected.slice(0, 1) })),
  ),
  wrong('the last wrong belief is told', 'C09 conflict: of several wrong beliefs', (store) =>
    appends(store, (append) => ({ ...append, expected: append.expected.toReversed() })),
  ),
  wrong('several streams are written one by one', 'C02 append: of several streams', streamByStream),
  wrong('the last event of an append is lost', 'C01 append: a new stream', (store) =>
    appends(store, (append) => ({
      ...append,
      events: append.events.slice(0, Math.max(1, append.events.length - 1)),
    })),
  ),
  wrong('events of an append are turned round', 'C02 append: versions are dense', (store) =>
    appends(store, (append) => ({ ...append, events: append.events.toReversed() })),
  ),
  wrong('events of an append are sorted by stream', 'C02 append: one append writes', (store) =>
    appends(store, (append) => ({
      ...append,
      events: append.events.toSorted((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0)),
    })),
  ),
  wrong('the answer counts from 0', 'C01 append: a new stream', (store) => ({
    append: (append) =>
      F.pipe(
        store.append(append),
        TE.map((answer) => ({
          ...answer,
          streams: answer.streams.map((each) => ({ ...each, version: version(each.version - 1n) })),
        })),
      ),
  })),
  wrong('versions are read as numbers', 'C15 places beyond', (store) =>
    reads(store, (event) => ({ ...event, version: Number(event.version) as never })),
  ),
  wrong('versions pass through a double', 'C15 places beyond', (store) => believing(store, throughNumber)),
  wrong('an append without events is checked', 'C04 append: without events', (store) => ({
    append: (append) => async () => {
      const error = append.events.length === 0 ? await objection(store, append) : undefined
      return error === undefined ? store.append(append)() : E.left(error)
    },
  })),
  wrong('events that can be stored are kept when one cannot', 'C02 append: one event that cannot', (store) =>
    appends(store, (append) => ({
      ...append,
      events: append.events.filter((event) => E.isRight(checkAppend({ events: [event], expected: [] }))),
    })),
  ),
  wrong('the head counts appends', 'C24 head', (store) => {
    let count = 0n
    return {
      append: (append) => {
        count += 1n
        return store.append(append)
      },
      head: F.pipe(
        store.head,
        TE.map(() => count as never),
      ),
    }
  }),
  wrong('positions of a large append repeat', 'C03 append: 1,500 events', (store) =>
    reads(store, (event) =>
      event.position > 1_000n ? { ...event, position: (event.position - 1_000n) as never } : event,
    ),
  ),
]
