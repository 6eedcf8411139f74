/**
 * Concurrent appends of one process travel together. A round trip and a commit cost many times what the recording of
 * one more event costs, so appends that come while calls are under way wait for the next call and share it. There is no
 * timer: an append that finds a free lane leaves within the same turn, and load alone makes batches grow.
 *
 * The promise to callers: appends that name a common stream, tag, anchor of a condition or event id are sent in the
 * order in which they were called, and never in two calls at once; so for each of these the log keeps that order, except
 * that an append whose answer was lost may still be recorded later. Appends with nothing in common may pass each other.
 *
 * Each append succeeds or fails alone: a call that fails for what may be the fault of one of its appends is sent again in
 * halves, which is safe because event ids make repetition harmless. What fails the same way for everybody is everybody's
 * answer: a lost connection, a server that refuses, a wait that reached its bound.
 *
 * An append that has not been sent may be taken back, by its signal or because the store is closing. From then on it is
 * as if it had never come: whoever waited behind it moves up.
 *
 * `batchPlanner` decides who travels with whom and does nothing else; `batcher` runs what it plans.
 * Used by: `Appending`.
 *
 * Laws (test/properties/adapters/postgres/Batcher.test.ts):
 * - BAT-1 compatible: no batch holds two items that share a key unless neither claims it, nor shares a key with a batch
 *   under way; an item that is alone has a batch to itself.
 * - BAT-2 order: items that share a key leave in the order in which they came.
 * - BAT-3 progress: while something waits and nothing is under way, a batch is not empty, and whatever waits leaves once,
 *   or is taken back.
 * - BAT-4 bounds: a batch of several items keeps within the most items, keys, events and characters of a call.
 * - BAT-5 taking back: an item can be taken back, once, until its batch leaves, and is then in no batch.
 * @since 0.1.0
 */
import { either as E, type taskEither as TE } from 'fp-ts'
import type { Appended, StorableAppend } from '../../store/Append.js'
import type { Cancellation } from '../../store/EventStore.js'
import type { Json, JsonObject } from '../../store/Json.js'
import type { Aborted, AppendError, Busy, Unavailable } from '../../store/StoreError.js'
import { deliverBy, type Waiting } from './Delivery.js'
import { itemsOf } from './QueryItems.js'
import { codeOf, type Fault } from './SqlState.js'

/** What of a call is bounded. */
export interface BatchLimits {
  readonly items: number
  /** Streams and tags that are locked. An item that alone has more takes the whole log instead, and travels alone. */
  readonly keys: number
  readonly events: number
  /** About the characters of the payloads, which is what a call holds in memory on both sides. */
  readonly characters: number
}

/** What decides with whom an append may travel. */
export interface Demand {
  /** The streams and tags that the append locks, and whether it claims them: whether it expects anything of them. */
  readonly keys: ReadonlyMap<string, boolean>
  /** One for each event and each command; two appends with one of them in common never travel together. */
  readonly ids: ReadonlyArray<string>
  readonly characters: number
  /** Whether it needs the whole log whatever its keys: a condition item without tags depends on every append. */
  readonly wholeLog: boolean
}

/** The demand of an append. */
export const demandOf = ({ events, expected, condition, decisions = [] }: StorableAppend): Demand => {
  const keys = new Map<string, boolean>()
  let wholeLog = false
  let characters = 0
  for (const { stream, tags, data, metadata } of events) {
    keys.set(`s:${stream}`, false)
    for (const tag of tags) keys.set(`t:${tag}`, false)
    characters += charactersOf(data) + charactersOf(metadata)
  }
  for (const { stream, version } of expected) if (version._tag !== 'Any') keys.set(`s:${stream}`, true)
  for (const { tags } of condition === undefined ? [] : itemsOf(condition.failIfEventsMatch)) {
    const [anchor] = tags
    if (anchor === undefined) wholeLog = true
    else keys.set(`t:${anchor}`, true)
  }
  const ids: Array<string> = events.map(({ id }) => id)
  for (const { commandId, command = null, rejection = null } of decisions) {
    ids.push(`command ${commandId}`)
    characters += charactersOf(command) + charactersOf(rejection)
  }
  return { keys, ids, characters, wholeLog }
}

/** Without making the text: about what it will have, a few characters for whatever is no text. */
const charactersOf = (json: Json): number => {
  if (typeof json === 'string') return json.length + 3
  if (typeof json !== 'object' || json === null) return 8
  let sum = 2
  if (Array.isArray(json)) for (const element of json) sum += charactersOf(element)
  else {
    const object = json as JsonObject
    for (const key of Object.keys(object)) sum += key.length + 4 + charactersOf(object[key] ?? null)
  }
  return sum
}

/** A planner: who waits, who travels with whom, and who is under way. It holds the order and does nothing else. */
export interface BatchPlanner<A> {
  readonly waiting: () => number
  /** The answer takes the item back, and says whether it was still waiting. */
  readonly add: (item: A, demand: Demand) => () => boolean
  /** Takes back whatever waits. */
  readonly clear: () => ReadonlyArray<A>
  /**
   * The items of the next call, at most so many, in their order; empty if nobody may leave now. It costs what the batch
   * holds.
   */
  readonly next: (itemsMax?: number) => Batch<A>
}

/** Items under way together, until they are released. */
export interface Batch<A> {
  readonly items: ReadonlyArray<A>
  /** Their call has ended; to be said once. Those who wait for their keys may leave now. */
  readonly release: () => void
}

/** An item that waits. It may leave when none of its places is closed. */
interface Entry<A> {
  readonly item: A
  readonly demand: Demand
  readonly places: Array<Place<A>>
  closed: number
}

/** The place of an item in the line for one of its keys. */
interface Place<A> {
  readonly entry: Entry<A>
  readonly line: Line<A>
  readonly claims: boolean
  open: boolean
  ahead: Place<A> | undefined
  behind: Place<A> | undefined
}

/** Who waits for one key, in the order of coming, and how many hold it under way; all of those in one batch. */
interface Line<A> {
  readonly key: string
  first: Place<A> | undefined
  last: Place<A> | undefined
  held: number
  holder: number
}

/** What a batch that is being filled may still take. */
interface Room {
  items: number
  keys: number
  events: number
  characters: number
}

/** Out of the line, wherever it stands. */
const stepOut = <A>({ line, ahead, behind }: Place<A>): void => {
  if (ahead === undefined) line.first = behind
  else ahead.behind = behind
  if (behind === undefined) line.last = ahead
  else behind.ahead = ahead
}

/** The lines of all keys. `onReady` hears of each item that has no closed place any more. */
const keyLines = <A>(onReady: (entry: Entry<A>) => void) => {
  const lines = new Map<string, Line<A>>()
  const open = (place: Place<A>): void => {
    if (place.open) return
    place.open = true
    place.entry.closed -= 1
    if (place.entry.closed === 0) onReady(place.entry)
  }
  const queueFor = (key: string, claims: boolean, entry: Entry<A>): void => {
    const line = lines.get(key) ?? { key, first: undefined, last: undefined, held: 0, holder: 0 }
    const isFirst = line.first === undefined
    const isOpen = isFirst && line.held === 0
    const place: Place<A> = { entry, line, claims, open: isOpen, ahead: line.last, behind: undefined }
    if (isFirst) lines.set(key, line)
    if (line.last === undefined) line.first = place
    else line.last.behind = place
    line.last = place
    entry.places.push(place)
    if (!place.open) entry.closed += 1
  }
  /** Once nobody holds the key: whoever is first may go. */
  const moveUp = (line: Line<A>): void => {
    if (line.held > 0) return
    if (line.first === undefined) lines.delete(line.key)
    else open(line.first)
  }
  return {
    enter: (entry: Entry<A>): void => {
      for (const [key, claims] of entry.demand.keys) queueFor(key, claims, entry)
      for (const id of entry.demand.ids) queueFor(`e:${id}`, true, entry)
      if (entry.closed === 0) onReady(entry)
    },
    /** Whether it has to wait after all: it could have joined an earlier batch that is under way, and was left behind. */
    hasMissed: (entry: Entry<A>, batch: number): boolean => {
      for (const place of entry.places) {
        if (place.line.held === 0 || place.line.holder === batch) continue
        place.open = false
        entry.closed += 1
      }
      return entry.closed > 0
    },
    /** Those behind it may join the same batch, where neither claims the key. */
    leave: (entry: Entry<A>, batch: number): void => {
      for (const place of entry.places) {
        const { line, claims, behind } = place
        stepOut(place)
        line.held += 1
        line.holder = batch
        if (behind !== undefined && !claims && !behind.claims) open(behind)
      }
    },
    release: (entry: Entry<A>): void => {
      for (const { line } of entry.places) {
        line.held -= 1
        moveUp(line)
      }
    },
    withdraw: (entry: Entry<A>): void => {
      for (const place of entry.places) {
        stepOut(place)
        moveUp(place.line)
      }
    },
  }
}

/**
 * A planner whose batches keep within the limits. Each key has a line, and an item that stands first in all its lines,
 * none of them held, is ready; so planning looks at nobody who cannot leave, however many those are.
 */
export const batchPlanner = <A>(limits: BatchLimits): BatchPlanner<A> => {
  const ready = fifo<Entry<A>>()
  const { enter, hasMissed, leave, release, withdraw } = keyLines<A>(ready.push)
  const waiting = new Set<Entry<A>>()
  let batches = 0

  const fill = (batch: number, itemsMax: number): ReadonlyArray<Entry<A>> => {
    const entries: Array<Entry<A>> = []
    const room: Room = { ...limits, items: Math.min(limits.items, itemsMax) }
    for (let entry = ready.first(); entry !== undefined; entry = ready.first()) {
      if (!waiting.has(entry) || hasMissed(entry, batch)) {
        ready.shift()
        continue
      }
      const newKeys = newKeysOf(entry, batch)
      const isFirst = entries.length === 0
      if (!isFirst && (isAlone(entry.demand, limits) || !fits(entry.demand, newKeys, room))) break
      ready.shift()
      take(entry.demand, newKeys, room)
      leave(entry, batch)
      waiting.delete(entry)
      entries.push(entry)
      if (isAlone(entry.demand, limits)) break
    }
    return entries
  }

  const takeBack = (entry: Entry<A>): boolean => {
    if (!waiting.delete(entry)) return false
    withdraw(entry)
    return true
  }

  return {
    waiting: () => waiting.size,
    add: (item, demand) => {
      const entry: Entry<A> = { item, demand, places: [], closed: 0 }
      waiting.add(entry)
      enter(entry)
      return () => takeBack(entry)
    },
    clear: () => {
      const entries = [...waiting]
      entries.forEach(takeBack)
      return entries.map(({ item }) => item)
    },
    next: (itemsMax = limits.items) => {
      batches += 1
      const entries = fill(batches, itemsMax)
      return { items: entries.map(({ item }) => item), release: () => entries.forEach(release) }
    },
  }
}

const isAlone = ({ wholeLog, keys }: Demand, limits: BatchLimits): boolean =>
  wholeLog || keys.size > limits.keys

/** How many locks an item would add to a batch. The places of its keys come before those of its event ids. */
const newKeysOf = <A>({ demand, places }: Entry<A>, batch: number): number => {
  let count = 0
  for (let nth = 0; nth < demand.keys.size; nth++) {
    const line = places[nth]?.line
    if (line === undefined || line.held === 0 || line.holder !== batch) count += 1
  }
  return count
}

const fits = ({ ids, characters }: Demand, newKeys: number, room: Room): boolean =>
  room.items >= 1 && room.keys >= newKeys && room.events >= ids.length && room.characters >= characters

const take = ({ ids, characters }: Demand, newKeys: number, room: Room): void => {
  room.items -= 1
  room.keys -= newKeys
  room.events -= ids.length
  room.characters -= characters
}

/** First come, first served, at the same cost for any length. */
const fifo = <A>() => {
  let outgoing: Array<A> = []
  let incoming: Array<A> = []
  const first = (): A | undefined => {
    if (outgoing.length === 0 && incoming.length > 0) {
      outgoing = incoming.reverse()
      incoming = []
    }
    return outgoing[outgoing.length - 1]
  }
  return {
    first,
    push: (element: A): void => {
      incoming.push(element)
    },
    shift: (): void => {
      first()
      outgoing.pop()
    },
  }
}

/** How many calls, how many appends in each, and how many may wait. */
export interface BatcherOptions {
  readonly lanes: number
  readonly queueMax: number
  readonly limits: BatchLimits
}

/** What became of each append of a call, in the order of the appends; or why the call gave no answers. */
export type CallAppends = (
  appends: ReadonlyArray<StorableAppend>,
) => TE.TaskEither<Fault, ReadonlyArray<E.Either<AppendError, Appended>>>

/** A way to append, and those who have not been sent yet. */
export interface Appends {
  readonly append: (append: StorableAppend, signal?: Cancellation) => TE.TaskEither<AppendError, Appended>
  readonly waiting: () => number
  /** Answers whoever waits; nothing of theirs is sent. */
  readonly dismiss: (answer: AppendError) => void
}

/**
 * How many of those who wait leave with the next call: their share of the free lanes. Callers that are answered together
 * come again together; if all of them left in one call, the other lanes would stay empty for ever, and client, server and
 * disk would wait for each other in turn. Calls of a few are not parted, since every call has a price of its own.
 */
export const shareOf = (waiting: number, free: number): number =>
  Math.max(shareLeast, Math.ceil(waiting / free))

const shareLeast = 8

interface Passenger extends Waiting<AppendError, Appended> {
  readonly append: StorableAppend
  /** From now on the signal of its caller is not heard. */
  unhear: () => void
}

/** Appends that travel together. `errorOf` says what a fault of a call means to each append in it. */
export const batcher = (
  { lanes, queueMax, limits }: BatcherOptions,
  call: CallAppends,
  errorOf: (fault: Fault) => AppendError,
): Appends => {
  const planner = batchPlanner<Passenger>(limits)
  const deliver = deliverBy({
    call: (passengers: ReadonlyArray<Passenger>) => call(passengers.map(({ append }) => append)),
    mayBeOnesFault,
    errorOf,
    unanswered,
  })
  let free = lanes
  let isWaking = false

  const sendAll = (): void => {
    isWaking = false
    while (free > 0 && planner.waiting() > 0) {
      const batch = planner.next(shareOf(planner.waiting(), free))
      if (batch.items.length === 0) return
      free -= 1
      void travel(batch)
    }
  }
  const travel = async ({ items, release }: Batch<Passenger>): Promise<void> => {
    for (const { unhear } of items) unhear()
    await deliver(items)
    release()
    free += 1
    sendAll()
  }
  /** One microtask, so that appends which are called in one go travel in one go. */
  const wake = (): void => {
    if (free === 0 || isWaking) return
    isWaking = true
    queueMicrotask(sendAll)
  }
  const board = (passenger: Passenger, signal: Cancellation | undefined): void => {
    const takeBack = planner.add(passenger, demandOf(passenger.append))
    if (signal !== undefined) {
      const hear = (): void => {
        if (takeBack()) dismissOne(passenger, aborted)
        wake()
      }
      signal.addEventListener('abort', hear)
      passenger.unhear = () => signal.removeEventListener('abort', hear)
    }
    wake()
  }
  return {
    append: (append, signal) => () =>
      new Promise((resolve, reject) => {
        if (planner.waiting() >= queueMax) resolve(E.left(queueFull(queueMax)))
        else board({ append, resolve, reject, unhear: nothingToUnhear }, signal)
      }),
    waiting: planner.waiting,
    dismiss: (answer) => {
      for (const passenger of planner.clear()) dismissOne(passenger, answer)
    },
  }
}

const dismissOne = ({ resolve, unhear }: Passenger, answer: AppendError): void => {
  unhear()
  resolve(E.left(answer))
}

const nothingToUnhear = (): void => {}

/** The answer to an append that its caller took back. */
export const aborted: Aborted = { _tag: 'Aborted' }

const queueFull = (queueMax: number): Busy => ({
  _tag: 'Busy',
  reason: `${queueMax} appends of this process are waiting to be sent already`,
})

/** An answer that should have come and did not. */
export const unanswered: Unavailable = {
  _tag: 'Unavailable',
  outcome: 'unknown',
  reason: 'the server gave no answer',
  cause: undefined,
}

/**
 * Whether one append of a call may have caused the fault that all of them met: the server refused the statement for
 * what was in it (its SQLSTATE, in which there is always a digit), or something threw that is no error of the network.
 * A wait that reached its bound is not among these: to wait as long again for each half would break the bound.
 */
const mayBeOnesFault = (fault: Fault): boolean => {
  if (fault._tag === 'Taken') return true
  if (fault._tag !== 'Unavailable') return false
  const code = codeOf(fault.cause)
  if (code === undefined) return true
  if (!sqlState.test(code)) return false
  return outOfLocks === code || !(everybodysClasses.has(code.slice(0, 2)) || everybodysCodes.has(code))
}

const sqlState = /^(?=.*\d)[0-9A-Z]{5}$/

/** Out of memory, or of room for locks: half as many appends need half as much. */
const outOfLocks = '53200'

/** Connections, the state of the transaction, passwords, names of databases and schemas, resources, operators, disks. */
const everybodysClasses: ReadonlySet<string> = new Set(['08', '25', '28', '3D', '3F', '53', '57', '58'])

/** The log is not there, or not allowed to this user. */
const everybodysCodes: ReadonlySet<string> = new Set(['42P01', '42883', '42501'])
