/**
 * What must hold of a log after any run, however many wrote at once: checked from the recorded events and from what
 * the writers were told, and from nothing else.
 */
import {
  type AppendCondition,
  type EventToAppend,
  matchesItem,
  type RecordedEvent,
} from '../../../src/store/index.js'

/** An append that a writer was told is recorded, under the condition it had. */
export interface Guarded {
  readonly events: ReadonlyArray<EventToAppend>
  readonly condition?: AppendCondition
  /** The ids of the events that the writer had read, by the query of the condition, when it decided. */
  readonly seen?: ReadonlySet<string>
}

export interface Violations {
  /** Streams whose versions are not 1, 2, 3, ... in the order of the log. */
  readonly streams: number
  /** Appends before which the log holds an event that matches their condition and that their writer had not seen. */
  readonly conditions: number
  /** Acknowledged events that are not in the log, or events that nobody was told of. */
  readonly lost: number
  readonly unknown: number
}

export const violationsOf = (
  log: ReadonlyArray<RecordedEvent>,
  acknowledged: ReadonlyArray<Guarded>,
): Violations => {
  const positionOf = new Map(log.map(({ id, position }) => [id, position]))
  const told = new Set(acknowledged.flatMap(({ events }) => events.map(({ id }) => id)))
  return {
    streams: sparseStreams(log),
    conditions: acknowledged.filter((append) => isBroken(append, log, positionOf)).length,
    lost: [...told].filter((id) => !positionOf.has(id)).length,
    unknown: log.filter(({ id }) => !told.has(id)).length,
  }
}

export const noViolations: Violations = { streams: 0, conditions: 0, lost: 0, unknown: 0 }

const sparseStreams = (log: ReadonlyArray<RecordedEvent>): number => {
  const versions = new Map<string, bigint>()
  const sparse = new Set<string>()
  for (const { stream, version } of log) {
    if (version !== (versions.get(stream) ?? 0n) + 1n) sparse.add(stream)
    versions.set(stream, version)
  }
  return sparse.size
}

const isBroken = (
  { events, condition, seen }: Guarded,
  log: ReadonlyArray<RecordedEvent>,
  positionOf: ReadonlyMap<string, bigint>,
): boolean => {
  if (condition === undefined) return false
  const { failIfEventsMatch: query, after } = condition
  const own = events.map(({ id }) => positionOf.get(id) ?? 0n)
  const first = own.reduce((least, position) => (position < least ? position : least))
  const items = query._tag === 'Everything' ? [{ categories: [], types: [], tags: [] }] : query.items
  return items.some((item, entry) =>
    log.some(
      (event) =>
        event.position < first &&
        (event.position > (after?.[entry] ?? 0n) || seen?.has(event.id) === false) &&
        matchesItem(item)(event),
    ),
  )
}
