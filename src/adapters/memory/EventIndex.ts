/**
 * The places of a log at which each tag and each type occurs. It answers a query by walking the shortest list that
 * contains all matches, so a check or a read costs what it finds and not what is stored. Categories have no lists, which
 * every append would pay for: an item that names nothing else walks the log.
 * A place is a zero-based index into the log; lists of places ascend because a log only grows.
 * Used by: `EventLog`.
 * @since 0.1.0
 */
import { matchesItem, type QueryItem } from '../../store/Query.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import type { Tag } from '../../store/Tag.js'

/** Which part of a list of places to look at, and from which end. */
export interface Span {
  /** The first place that counts. */
  readonly from: number
  /** The first place that counts no more. */
  readonly until: number
  readonly backward: boolean
  /** Stop after so many. */
  readonly limit: number
}

/** Grows with a log and finds places in it. */
export interface EventIndex {
  readonly add: (event: RecordedEvent, place: number) => void
  /** The places of the events that match the item, in the direction of the span. */
  readonly find: (item: QueryItem, span: Span) => ReadonlyArray<number>
}

/** An index of nothing, over the log in which its places point. */
export const emptyIndex = (log: ReadonlyArray<RecordedEvent>): EventIndex => {
  const byTag = new Map<Tag, Array<number>>()
  const byType = new Map<string, Array<number>>()
  const ofTag = (tag: Tag): Places => byTag.get(tag) ?? nowhere
  const ofType = (type: string): Places => byType.get(type) ?? nowhere

  return {
    add: ({ type, tags }, place) => {
      addTo(byType, type, place)
      for (const tag of tags) addTo(byTag, tag, place)
    },
    find: (item, span) => {
      if (item.types.length === 0 && item.tags.length === 0) {
        return item.categories.length === 0 ? every(span) : walkAll(span, log, matchesItem(item))
      }
      const lists = shortest(candidatesOf(item, ofTag, ofType), span)
      const found = lists.map((list) => walk(list, span, log, matchesItem(item)))
      return merge(found, span)
    },
  }
}

/** One list out of several, without repetitions, in the direction of the span and no longer than its limit. */
export const merge = (
  lists: ReadonlyArray<ReadonlyArray<number>>,
  { backward, limit }: Span,
): ReadonlyArray<number> => {
  const [first = nowhere, ...others] = lists
  if (others.length === 0) return first
  const places = [...new Set(lists.flat())]
  return places.sort((a, b) => (backward ? b - a : a - b)).slice(0, limit)
}

type Places = ReadonlyArray<number>

const nowhere: Places = []

const addTo = <Key>(lists: Map<Key, Array<number>>, key: Key, place: number): void => {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [place])
  else list.push(place)
}

/** Each element is a way to see all matches: the lists of all types together, or the list of any one of the tags. */
const candidatesOf = (
  { types, tags }: QueryItem,
  ofTag: (tag: Tag) => Places,
  ofType: (type: string) => Places,
): ReadonlyArray<ReadonlyArray<Places>> => {
  const byTags = tags.map((tag) => [ofTag(tag)])
  return types.length === 0 ? byTags : [...byTags, [...new Set(types)].map(ofType)]
}

const shortest = (candidates: ReadonlyArray<ReadonlyArray<Places>>, span: Span): ReadonlyArray<Places> => {
  let best: ReadonlyArray<Places> = []
  let bestLength = Number.POSITIVE_INFINITY
  for (const lists of candidates) {
    const length = lists.reduce((sum, list) => sum + lengthWithin(list, span), 0)
    if (length < bestLength) {
      best = lists
      bestLength = length
    }
  }
  return best
}

const lengthWithin = (list: Places, { from, until }: Span): number =>
  Math.max(0, indexOf(list, until) - indexOf(list, from))

/** How many places of the list lie before the given one. */
const indexOf = (list: Places, place: number): number => {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((list[middle] ?? place) < place) low = middle + 1
    else high = middle
  }
  return low
}

const walk = (
  list: Places,
  { from, until, backward, limit }: Span,
  log: ReadonlyArray<RecordedEvent>,
  isMatch: (event: RecordedEvent) => boolean,
): Places => {
  const found: Array<number> = []
  const first = indexOf(list, from)
  const end = indexOf(list, until)
  for (let step = 0; step < end - first && found.length < limit; step++) {
    const place = list[backward ? end - 1 - step : first + step]
    const event = place === undefined ? undefined : log[place]
    if (place !== undefined && event !== undefined && isMatch(event)) found.push(place)
  }
  return found
}

const walkAll = (
  { from, until, backward, limit }: Span,
  log: ReadonlyArray<RecordedEvent>,
  isMatch: (event: RecordedEvent) => boolean,
): Places => {
  const found: Array<number> = []
  for (let step = 0; step < until - from && found.length < limit; step++) {
    const place = backward ? until - 1 - step : from + step
    const event = log[place]
    if (event !== undefined && isMatch(event)) found.push(place)
  }
  return found
}

const every = ({ from, until, backward, limit }: Span): Places =>
  Array.from({ length: Math.max(0, Math.min(limit, until - from)) }, (_, step) =>
    backward ? until - 1 - step : from + step,
  )
