/** Stores that keep something else than what they were given. */
import {
  checkAppend,
  type EventStore,
  type EventToAppend,
  eventId,
  type RecordedEvent,
  stringify,
  tagFrom,
  timestamp,
  toJson,
} from 'decider-ts/store'
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import { appends, others, reads, type Wrong, wrong } from './Wrong.js'

const writing = (store: EventStore, change: (event: EventToAppend) => EventToAppend): Partial<EventStore> =>
  appends(store, (append) => ({ ...append, events: append.events.map(change) }))

const reading = (change: (data: unknown) => unknown) => (store: EventStore) =>
  reads(store, (event) => ({ ...event, data: change(event.data) as never }))

/** Rebuilds a value with its objects and texts changed. */
const rebuilt =
  (
    object: (entries: ReadonlyArray<[string, unknown]>) => unknown,
    text = (value: string): unknown => value,
  ) =>
  (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (typeof value !== 'object' || value === null) return value
    const again = rebuilt(object, text)
    if (Array.isArray(value)) return value.map(again)
    return object(Object.entries(value).map(([key, part]) => [key, again(part)]))
  }

const byAssignment = (entries: ReadonlyArray<[string, unknown]>): unknown => {
  const target: Record<string, unknown> = {}
  for (const [key, part] of entries) target[key] = part
  return target
}

/** As `jsonb` orders them: by length, then by bytes. */
const sorted = (entries: ReadonlyArray<[string, unknown]>): unknown =>
  Object.fromEntries(entries.toSorted(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)))

/** Keeps what it was given, instead of a copy, and gives out what it keeps. */
const keepsReferences = (store: EventStore): Partial<EventStore> => {
  const kept = new Map<string, Pick<EventToAppend, 'data' | 'metadata' | 'tags'>>()
  const original = (event: RecordedEvent): RecordedEvent => {
    const { data, metadata, tags } = kept.get(event.id) ?? event
    return { ...event, data: data as never, metadata, tags }
  }
  return {
    ...reads(store, original),
    append: (append) =>
      F.pipe(
        store.append(append),
        TE.map((answer) => {
          for (const event of append.events) if (isCopied(event)) kept.set(event.id, event)
          return answer
        }),
      ),
  }
}

/** Only what a copy would not have changed, so that keeping it has no other effect. */
const isCopied = ({ data, tags }: EventToAppend): boolean =>
  E.isRight(toJson(data)) &&
  JSON.stringify(data)?.includes('"list"') === true &&
  new Set(tags).size === tags.length

/** Reads from a cache, whose values its readers may change. */
const sharesCache = (store: EventStore): Partial<EventStore> => {
  const cache = new Map<string, RecordedEvent>()
  return reads(store, (event) => {
    const cached = cache.get(event.id) ?? {
      ...event,
      data: JSON.parse(stringify(event.data)),
      tags: [...event.tags],
    }
    cache.set(event.id, cached)
    return cached
  })
}

const throughJson = (store: EventStore): Partial<EventStore> =>
  writing(store, (event) => {
    const text = safeText(event.data)
    return text === undefined ? event : { ...event, data: JSON.parse(text) }
  })

const safeText = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

const sinksNeighbours = (store: EventStore): Partial<EventStore> => {
  let isPoisoned = false
  return {
    append: (append) => async () => {
      if (E.isLeft(checkAppend(append))) isPoisoned = true
      await others()
      if (!isPoisoned) return store.append(append)()
      await others()
      isPoisoned = false
      const checked = checkAppend(append)
      return E.isLeft(checked) ? checked : E.left({ _tag: 'Busy', reason: 'a neighbour could not be stored' })
    },
  }
}

export const wrongPayloads: ReadonlyArray<Wrong> = [
  wrong('metadata are lost', 'C01 append: a new stream', (store) =>
    writing(store, (event) => ({ ...event, metadata: {} })),
  ),
  wrong('schema versions are lost', 'C01 append: a new stream', (store) =>
    reads(store, (event) => ({ ...event, schemaVersion: 1 })),
  ),
  wrong('the time of recording is the time of reading', 'C01 append: a recorded event', (store) => {
    let now = 0
    return reads(store, (event) => {
      now += 1
      return { ...event, recordedAt: timestamp(now) }
    })
  }),
  wrong('data are written as JSON.stringify has it', 'C16 payload: what JSON cannot say', throughJson),
  wrong(
    '-0 loses its sign',
    'C16 payload: hostile values are stored',
    reading((data) => JSON.parse(JSON.stringify(data))),
  ),
  wrong('keys are sorted', 'C16 payload: generated values', reading(rebuilt(sorted))),
  wrong('a key __proto__ is lost', 'C16 payload: hostile values are stored', reading(rebuilt(byAssignment))),
  wrong(
    'U+0000 is dropped',
    'C16 payload: hostile values are stored',
    reading(rebuilt(Object.fromEntries, (text) => text.replaceAll('\u0000', ''))),
  ),
  wrong(
    'half surrogate pairs are replaced',
    'C16 payload: hostile values travel',
    reading(rebuilt(Object.fromEntries, (text) => Buffer.from(text).toString())),
  ),
  wrong(
    'texts are normalised',
    'C16 payload: hostile values are stored',
    reading(rebuilt(Object.fromEntries, (text) => text.normalize())),
  ),
  wrong(
    'texts that look like dates become dates',
    'C16 payload: hostile values are stored',
    reading(rebuilt(Object.fromEntries, (text) => (/^\d{4}-\d\d-\d\dT/.test(text) ? new Date(text) : text))),
  ),
  wrong(
    'long texts are cut',
    'C16 payload: one megabyte',
    reading(rebuilt(Object.fromEntries, (text) => text.slice(0, 65_535))),
  ),
  wrong('an undefined key becomes null', 'C16 payload: a key that is undefined', (store) =>
    writing(store, (event) => ({
      ...event,
      data: rebuilt((entries) =>
        Object.fromEntries(entries.map(([key, part]) => [key, part === undefined ? null : part])),
      )(event.data),
    })),
  ),
  wrong('a read by query forgets metadata', 'C16 payload: a read by query', (store) => ({
    ...reads(store, (event) => ({ ...event, metadata: {} })),
    readStream: store.readStream,
  })),
  wrong('dates become texts', 'C16 payload: what JSON cannot say', (store) =>
    writing(store, (event) => {
      const { data } = event
      const dated = typeof data === 'object' && data !== null && 'at' in data && data.at instanceof Date
      return dated ? { ...event, data: { ...data, at: String(data.at) } } : event
    }),
  ),
  wrong('metadata that are no object are dropped', 'C16 metadata', (store) =>
    writing(store, (event) =>
      E.isRight(toJson(event.metadata)) && (Array.isArray(event.metadata) || event.metadata === null)
        ? { ...event, metadata: {} }
        : event,
    ),
  ),
  wrong('ids are put in lower case', 'C16 names: ids, streams', (store) =>
    writing(store, (event) => ({ ...event, id: eventId(event.id.toLowerCase()) })),
  ),
  wrong('long types are cut', 'C16 names: ids, streams', (store) =>
    writing(store, (event) => ({ ...event, type: event.type.slice(0, 256) })),
  ),
  wrong('names are kept to 255 characters', 'C16 names: the longest', (store) => ({
    append: (append) =>
      append.events.some(({ stream }) => stream.length > 255)
        ? TE.left({ _tag: 'InvalidInput', path: 'events[0].stream', reason: 'is too long' })
        : store.append(append),
  })),
  wrong('a stream that cannot be is empty', 'C16 names: no bad name', (store) => ({
    readStream: (stream, range) =>
      F.pipe(
        store.readStream(stream, range),
        TE.orElse((error) =>
          error._tag === 'InvalidInput' && error.path === 'stream'
            ? TE.right({ events: [], version: 0n as never })
            : TE.left(error),
        ),
      ),
  })),
  wrong('payloads are kept by reference', 'C16 isolation: a writer', keepsReferences),
  wrong('readers share what they read', 'C16 isolation: a reader', sharesCache),
  wrong('a bad append fails its neighbours', 'C16 payload: a bad append', sinksNeighbours),
  wrong('tags are put in lower case', 'C38 tags', (store) =>
    writing(store, (event) => ({ ...event, tags: event.tags.map((tag) => tagFrom(tag.toLowerCase())) })),
  ),
  wrong('tags are trimmed', 'C38 query', (store) =>
    writing(store, (event) => ({ ...event, tags: event.tags.map((tag) => tagFrom(tag.trim() || tag)) })),
  ),
  wrong('a tag twice is there twice', 'C38 tags', (store) =>
    reads(store, (event) => ({
      ...event,
      tags: event.tags.length > 2 ? [...event.tags, ...event.tags] : event.tags,
    })),
  ),
]
