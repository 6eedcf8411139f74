/** Stores that mistake a repetition for something new, or something new for a repetition. */
import { type Appended, type EventStore, type EventToAppend, eventId } from 'decider-ts/store'
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import { appends, others, type Wrong, wrong } from './Wrong.js'

const renamed = (n: number) => eventId(`ffffffff-0000-7000-8000-${n.toString(16).padStart(12, '0')}`)

/** Gives ids of its own, so that it never sees a repetition. */
const forgetful = (store: EventStore): Partial<EventStore> => {
  let given = 0
  const rename = (event: EventToAppend): EventToAppend => {
    given += 1
    return { ...event, id: renamed(given) }
  }
  return appends(store, (append) => ({ ...append, events: append.events.map(rename) }))
}

const knowing = (use: (known: ReadonlyMap<string, EventToAppend>) => EventStore['append']) => {
  const known = new Map<string, EventToAppend>()
  const append: EventStore['append'] = (request) =>
    F.pipe(
      use(known)(request),
      TE.map((answer) => {
        for (const event of request.events) known.set(event.id, event)
        return answer
      }),
    )
  return { append }
}

export const wrongIds: ReadonlyArray<Wrong> = [
  wrong('a repetition is stored twice', 'C13 ids: the same append again records nothing', forgetful),
  wrong('a repetition is not marked', 'C13 ids: the same append again records nothing', (store) => ({
    append: (append) =>
      F.pipe(
        store.append(append),
        TE.map((answer) => ({ ...answer, repeated: false })),
      ),
  })),
  wrong('a repetition is refused', 'C14 ids: an append whose answer was lost', (store) => ({
    append: (append) =>
      F.pipe(
        store.append(append),
        TE.chainEitherKW((answer) => {
          const [first] = append.events
          return answer.repeated && first !== undefined
            ? E.left({ _tag: 'DuplicateEventId', id: first.id } as const)
            : E.right(answer)
        }),
      ),
  })),
  wrong(
    'a repetition is told the version of now',
    'C13 ids: the same append again, after others',
    (store) => ({
      append: (append) => async () => {
        const answer = await store.append(append)()
        if (E.isLeft(answer)) return answer
        const streams: Array<Appended['streams'][number]> = []
        for (const { stream } of answer.right.streams) {
          const slice = await store.readStream(stream)()
          if (E.isRight(slice)) streams.push({ stream, version: slice.right.version })
        }
        return E.right({ ...answer.right, streams })
      },
    }),
  ),
  wrong('beliefs are checked before ids', 'C13 ids: the same append again, after others', (store) => ({
    append: (append) => async () => {
      const answer = await store.append(append)()
      if (E.isLeft(answer) || !answer.right.repeated) return answer
      for (const { stream, version } of append.expected) {
        const slice = await store.readStream(stream)()
        if (version._tag === 'NoStream' && E.isRight(slice) && slice.right.version > 0n)
          return E.left({ _tag: 'VersionConflict', stream, expected: version, actual: slice.right.version })
      }
      return answer
    },
  })),
  wrong('conditions are checked before ids', 'C13 ids: the same append again, though', (store) => ({
    append: (append) =>
      F.pipe(
        store.append(append),
        TE.chainEitherKW((answer) =>
          answer.repeated && append.condition !== undefined && append.condition.after === undefined
            ? E.left({ _tag: 'ConditionConflict', position: answer.lastPosition } as const)
            : E.right(answer),
        ),
      ),
  })),
  wrong(
    'a repetition to several streams names the first only',
    'C13 ids: the same append to several',
    (store) => ({
      append: (append) =>
        F.pipe(
          store.append(append),
          TE.map((answer) => (answer.repeated ? { ...answer, streams: answer.streams.slice(0, 1) } : answer)),
        ),
    }),
  ),
  wrong('an id alone makes a repetition', 'C13 ids: an id that belongs to another', (store) =>
    knowing((known) => (append) => {
      const [first] = append.events
      const original = first === undefined ? undefined : known.get(first.id)
      return store.append(
        original === undefined || append.events.length > 1 ? append : { ...append, events: [original] },
      )
    }),
  ),
  wrong('of known and new events the new ones are written', 'C13 ids: known events among new', (store) =>
    knowing((known) => (append) => {
      const fresh = append.events.filter(({ id }) => !known.has(id))
      const isMixed = fresh.length > 0 && fresh.length < append.events.length
      return store.append(isMixed ? { ...append, events: fresh } : append)
    }),
  ),
  wrong('an id may stand twice in an append', 'C13 ids: an id twice in one append', (store) =>
    appends(store, (append) => ({
      ...append,
      events: [...new Map(append.events.map((event) => [event.id, event])).values()],
    })),
  ),
  wrong('equal events are taken for one', 'C13 ids: equal events', (store) =>
    appends(store, (append) => ({
      ...append,
      events: [...new Map(append.events.map((event) => [JSON.stringify(event.data) ?? '', event])).values()],
    })),
  ),
  wrong('a repetition is refused while the first is on its way', 'C13 race', (store) => {
    const underway = new Set<string>()
    return {
      append: (append) => async () => {
        const ids = append.events.map(({ id }) => id)
        if (ids.some((id) => underway.has(id))) return E.left({ _tag: 'Busy', reason: 'underway' })
        for (const id of ids) underway.add(id)
        await others()
        const answer = await store.append(append)()
        for (const id of ids) underway.delete(id)
        return answer
      },
    }
  }),
]
