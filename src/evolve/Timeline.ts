/**
 * A timeline: every state that a view went through, with the event that led to it and when. It answers what was known
 * at a version, at a position, at a moment, and what changed between two states.
 * Used by: debugging, audit and teaching.
 *
 * Laws (test/properties/evolve/Timeline.test.ts):
 * - TML-1 prefix: the state at version n is the fold of the first n events.
 * - TML-2 moment: the state at a time is the fold of the longest prefix whose events had all been recorded by then.
 * - TML-3 difference: `diff(a, b)` is empty exactly when `a` and `b`, made of primitives, arrays, records and maps,
 *   are equal.
 * - TML-4 exact paths: every change names a path where `a` holds `before` and `b` holds `after`.
 * @since 0.1.0
 */
import type { RecordedEvent } from '../store/RecordedEvent.js'
import type { View } from './View.js'

/** When an event was recorded: its places, and the moment. */
export type Moment = Pick<RecordedEvent, 'version' | 'position' | 'recordedAt'>

/** An event, when it was recorded, and the state that it led to. */
export interface Step<State, Event> extends Moment {
  readonly event: Event
  readonly state: State
}

/** A history with the states it went through. */
export interface Timeline<State, Event> {
  readonly initialState: State
  readonly steps: ReadonlyArray<Step<State, Event>>
}

/**
 * The timeline of a history, which is in the order of its versions or of its positions.
 * @example
 * import { timeline, view } from 'decider-ts/evolve'
 * import { globalPosition, timestamp, version } from 'decider-ts/store'
 * const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
 * const when = (n: number) => ({ version: version(n), position: globalPosition(n), recordedAt: timestamp(n * 1000) })
 * const history = timeline.make(total)([{ event: 5, ...when(1) }, { event: 7, ...when(2) }])
 * timeline.states(history) // => [0, 5, 12]
 * timeline.atVersion(version(1))(history) // => 5
 * timeline.atTime(timestamp(1500))(history) // => 5
 */
export const make =
  <State, Event>(view: View<State, Event>) =>
  (history: ReadonlyArray<Moment & { readonly event: Event }>): Timeline<State, Event> => {
    let state = view.initialState
    const steps = history.map(({ event, version, position, recordedAt }) => {
      state = view.evolve(state, event)
      return { event, version, position, recordedAt, state }
    })
    return { initialState: view.initialState, steps }
  }

/**
 * Every state: the one before any event, and the one after each.
 * @example
 * import { timeline, view } from 'decider-ts/evolve'
 * import { globalPosition, timestamp, version } from 'decider-ts/store'
 * const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
 * const recordedAt = timestamp(1000)
 * const history = timeline.make(total)([{ event: 5, version: version(1), position: globalPosition(9), recordedAt }])
 * timeline.states(history) // => [0, 5]
 */
export const states = <State>(timeline: Timeline<State, unknown>): ReadonlyArray<State> => [
  timeline.initialState,
  ...timeline.steps.map(({ state }) => state),
]

const lastWhile =
  (within: (step: Moment) => boolean) =>
  <State>({ initialState, steps }: Timeline<State, unknown>): State => {
    const end = steps.findIndex((step) => !within(step))
    const last = steps.slice(0, end === -1 ? undefined : end).at(-1)
    return last === undefined ? initialState : last.state
  }

/**
 * The state when the stream was at this version.
 * @example
 * import { timeline, view } from 'decider-ts/evolve'
 * import { globalPosition, timestamp, version } from 'decider-ts/store'
 * const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
 * const recordedAt = timestamp(1000)
 * const history = timeline.make(total)([{ event: 5, version: version(1), position: globalPosition(9), recordedAt }])
 * timeline.atVersion(version(0))(history) // => 0
 */
export const atVersion = (version: Moment['version']) => lastWhile((step) => step.version <= version)

/**
 * The state when the log was at this position.
 * @example
 * import { timeline, view } from 'decider-ts/evolve'
 * import { globalPosition, timestamp, version } from 'decider-ts/store'
 * const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
 * const recordedAt = timestamp(1000)
 * const history = timeline.make(total)([{ event: 5, version: version(1), position: globalPosition(9), recordedAt }])
 * timeline.atPosition(globalPosition(9))(history) // => 5
 */
export const atPosition = (position: Moment['position']) => lastWhile((step) => step.position <= position)

/**
 * The state at this moment, by the clock of the store.
 * @example
 * import { timeline, view } from 'decider-ts/evolve'
 * import { globalPosition, timestamp, version } from 'decider-ts/store'
 * const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
 * const recordedAt = timestamp(1000)
 * const history = timeline.make(total)([{ event: 5, version: version(1), position: globalPosition(9), recordedAt }])
 * timeline.atTime(timestamp(999))(history) // => 0
 */
export const atTime = (time: Moment['recordedAt']) => lastWhile((step) => step.recordedAt <= time)

/** One place where two states differ. A side is absent where that state has nothing at the path. */
export interface Change {
  /** Such as `lines[0].amount`; empty for the state as a whole. */
  readonly path: string
  readonly before?: unknown
  readonly after?: unknown
}

/**
 * What changed between two states: records, arrays and maps are compared part by part, anything else as a whole.
 * @example
 * import { timeline } from 'decider-ts/evolve'
 * timeline.diff({ open: true, balance: 5 }, { open: true, balance: 7 }) // => [{ path: 'balance', before: 5, after: 7 }]
 */
export const diff = (before: unknown, after: unknown, path = ''): ReadonlyArray<Change> => {
  if (Object.is(before, after)) return []
  const kind = kindOf(after)
  if (kind === 'whole' || kind !== kindOf(before)) return [{ path, before, after }]
  const [left, right] = [partsOf(before), partsOf(after)]
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) => {
    const at = placeIn(path, kind, key)
    if (!left.has(key)) return [{ path: at, after: right.get(key) }]
    if (!right.has(key)) return [{ path: at, before: left.get(key) }]
    return diff(left.get(key), right.get(key), at)
  })
}

/** A key that could be taken for a path is quoted, so that two places of one state never have the same path. */
const placeIn = (path: string, kind: Kind, key: unknown): string => {
  if (typeof key !== 'string') return `${path}[${String(key)}]`
  if (kind === 'array') return `${path}[${key}]`
  if (!plainName.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

const plainName = /^[\p{L}_$][\p{L}\p{N}_$]*$/u

type Kind = 'array' | 'map' | 'record' | 'whole'

const kindOf = (value: unknown): Kind => {
  if (Array.isArray(value)) return 'array'
  if (value instanceof Map) return 'map'
  if (typeof value !== 'object' || value === null) return 'whole'
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? 'record' : 'whole'
}

const partsOf = (value: unknown): ReadonlyMap<unknown, unknown> =>
  value instanceof Map ? value : new Map(Object.entries(value as object))
