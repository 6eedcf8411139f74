/** Stores that are right as long as nobody else is there. */
import { anyVersion, checkAppend, type EventStore, exactly, type RecordedEvent } from 'decider-ts/store'
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import { objection, others, unguarded, type Wrong, wrong } from './Wrong.js'

const isRepeated = async (store: EventStore, id: string): Promise<boolean> => {
  const slice = await store.read({ _tag: 'Everything' })()
  return E.isRight(slice) && slice.right.events.some((event) => event.id === id)
}

/** Checks, lets others go on, and writes what may be wrong by then. */
const checkThenAct = (store: EventStore): Partial<EventStore> => ({
  append: (append) => async () => {
    const checked = checkAppend(append)
    const [first] = append.events
    if (first === undefined || E.isLeft(checked) || (await isRepeated(store, first.id)))
      return store.append(append)()
    const error = await objection(store, append)
    await others()
    return error === undefined ? store.append(unguarded(append))() : E.left(error)
  },
})

/** Believes that a stream at any version is still where it was a moment ago. */
const anyByVersion = (store: EventStore): Partial<EventStore> => ({
  append: (append) => async () => {
    const [belief] = append.expected
    if (append.events.length === 0 || belief?.version._tag !== 'Any') return store.append(append)()
    const slice = await store.readStream(belief.stream)()
    await others()
    if (E.isLeft(slice)) return store.append(append)()
    return store.append({
      ...append,
      expected: [{ stream: belief.stream, version: exactly(slice.right.version) }],
    })()
  },
})

const oneAtATime =
  (counts: (condition: unknown) => boolean) =>
  (store: EventStore): Partial<EventStore> => {
    let underway = 0
    return {
      append: (append) => async () => {
        if (!counts(append.condition)) return store.append(append)()
        if (underway > 0) return E.left({ _tag: 'Busy', reason: 'one at a time' })
        underway += 1
        await others()
        const answer = await store.append(append)()
        underway -= 1
        return answer
      },
    }
  }

/** The events and the token of a read come from two moments. */
const twoStatements = (store: EventStore): Partial<EventStore> => ({
  read: (query, range) => async () => {
    const slice = await store.read(query, range)()
    await others()
    const later = await store.read(query, range)()
    return E.isRight(slice) && E.isRight(later)
      ? E.right({ ...slice.right, token: later.right.token })
      : slice
  },
})

/** An append becomes visible event by event. */
const eventByEvent = (store: EventStore): Partial<EventStore> => ({
  append: (append) => async () => {
    const { events } = append
    const [first] = events
    const isPlain =
      append.condition === undefined && append.expected.every(({ version }) => version === anyVersion)
    const isSplit = first !== undefined && isPlain && events.length === 5 && E.isRight(checkAppend(append))
    if (!isSplit || (await isRepeated(store, first.id))) return store.append(append)()
    for (const event of events.slice(0, -1)) {
      await store.append({ events: [event], expected: [] })()
      await others()
    }
    return store.append({ events: events.slice(-1), expected: [] })()
  },
})

/** An unguarded append takes its place at once and is seen later: a sequence that is drawn before the locks. */
const placedBeforeSeen = (store: EventStore): Partial<EventStore> => {
  const hidden = new Set<string>()
  const isSeen = ({ id }: RecordedEvent): boolean => !hidden.has(id)
  const seeing: EventStore = {
    ...store,
    read: (query, range) =>
      F.pipe(
        store.read(query, range),
        TE.map(({ events, token }) => ({ events: events.filter(isSeen), token })),
      ),
  }
  return {
    read: seeing.read,
    append: (append) => async () => {
      const isHidden = append.condition === undefined && append.events.length === 1
      if (isHidden) for (const { id } of append.events) hidden.add(id)
      if (append.condition !== undefined && hidden.size > 0) {
        const error = await objection(seeing, append)
        return error === undefined ? store.append(unguarded(append))() : E.left(error)
      }
      const answer = await store.append(append)()
      for (let turn = 0; isHidden && turn < 9; turn++) await others()
      if (isHidden) for (const { id } of append.events) hidden.delete(id)
      return answer
    },
  }
}

/** Waits for each other's keys in the order in which they were asked for, and gives up. */
const deadlocks = (store: EventStore): Partial<EventStore> => {
  const held = new Set<string>()
  return {
    append: (append) => async () => {
      const keys = append.condition === undefined ? [] : append.events.flatMap(({ tags }) => tags.slice(0, 1))
      if (keys.some((key) => held.has(key))) return E.left({ _tag: 'Busy', reason: 'deadlock' })
      for (const key of keys) held.add(key)
      await others()
      const answer = await store.append(append)()
      for (const key of keys) held.delete(key)
      return answer
    },
  }
}

export const wrongRaces: ReadonlyArray<Wrong> = [
  wrong('versions are checked, then acted upon', 'C10 race', checkThenAct),
  wrong('conditions are checked, then acted upon', 'C40 race', (store) => ({
    append: (append) =>
      append.condition === undefined
        ? store.append(append)
        : (checkThenAct(store).append ?? store.append)(append),
  })),
  wrong('names are free when asked', 'C47 race', checkThenAct),
  wrong('any version is the version of a moment ago', 'C08 race', anyByVersion),
  wrong(
    'one append at a time, the others are refused',
    'C12 race',
    oneAtATime(() => true),
  ),
  wrong(
    'one guarded append at a time',
    'C44 race',
    oneAtATime((condition) => condition !== undefined),
  ),
  wrong('events and token come from two statements', 'C41 race', twoStatements),
  wrong('an append becomes visible event by event', 'C28 race', eventByEvent),
  wrong('places are given before events are seen', 'C42 race', placedBeforeSeen),
  wrong('what the log shows is not what was guarded', 'C43 race', placedBeforeSeen),
  wrong('guards of one tag end in a deadlock', 'C40 race', deadlocks),
]
