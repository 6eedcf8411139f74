/**
 * What a domain was seen to do in its histories: which fields its events change, which rejections its commands meet, in
 * which states they are accepted. Mistakes are made where something happens, so mutants are made from this.
 * Used by: `EvolveMutants`, `DecideMutants`, `WholeMutants`.
 *
 * Laws (test/properties/harness/mutation/Observed.test.ts):
 * - OBS-1 seen: what is observed of a domain happened in one of the histories, and nothing that happened is missing.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Domain } from '../../decide/Domain.js'
import { typeOf } from '../../evolve/TaggedCodec.js'
import { evolveWithDefects, type History, type HistoryStep, isDecision, isDefect } from '../domain/History.js'
import { offByOne } from './Neighbour.js'
import { changedFields, type FieldPath, fieldAt, isNumber } from './StateField.js'

/** A field of the state that events of a type change. */
export interface ObservedField {
  readonly path: FieldPath
  /** Whether it held a number before and after, each time. */
  readonly numeric: boolean
}

/** What a domain was seen to do. */
export interface Observed<Command, State, Event, Rejection> {
  readonly domain: Domain<Command, State, Event, Rejection>
  /** By event type, in the order in which they are declared: the fields that such events change. */
  readonly changes: ReadonlyMap<string, ReadonlyArray<ObservedField>>
  /** By event type: some of the events. */
  readonly events: ReadonlyMap<string, ReadonlyArray<Event>>
  /** By rejection type: the first one. */
  readonly rejections: ReadonlyMap<string, Rejection>
  /** The rejection types that met a command of which a neighbour was accepted. */
  readonly near: ReadonlySet<string>
  /** By command type: the rejection types that it met. */
  readonly rejectionsOf: ReadonlyMap<string, ReadonlyArray<string>>
  /** By command type: some states in which it recorded events. */
  readonly acceptedIn: ReadonlyMap<string, ReadonlyArray<State>>
  /** Some states that were reached. */
  readonly states: ReadonlyArray<State>
}

/** So many samples say enough. */
const samplesMax = 12

/** Of the states more, as each has a number of fields. */
const statesMax = 60

/**
 * What a domain did in histories.
 * @internal
 */
export const observe = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  histories: ReadonlyArray<History<Command, State, Event, Rejection>>,
): Observed<Command, State, Event, Rejection> => {
  const changes = new Map<string, Map<string, ObservedField>>()
  const events = new Map<string, Array<Event>>()
  const rejections = new Map<string, Rejection>()
  const near = new Set<string>()
  const rejectionsOf = new Map<string, Array<string>>()
  const acceptedIn = new Map<string, Array<State>>()
  const states: Array<State> = [domain.initialState]
  const seeEvent = (before: State, event: Event): State => {
    const type = typeOf(event)
    sample(events, type, event)
    const next = evolveWithDefects(domain, before, event)
    if (isDefect(next)) return before
    const fields = changes.get(type) ?? new Map<string, ObservedField>()
    for (const path of changedFields(domain, before, next.state)) {
      const key = JSON.stringify(path)
      const isNumeric = isNumber(fieldAt(before, path)) && isNumber(fieldAt(next.state, path))
      fields.set(key, { path, numeric: isNumeric && fields.get(key)?.numeric !== false })
    }
    changes.set(type, fields)
    return next.state
  }
  const seeStep = ({ command, before, outcome, after }: HistoryStep<Command, State, Event, Rejection>) => {
    if (!isDecision(outcome)) return
    const type = typeOf(command)
    if (E.isLeft(outcome)) {
      const said = typeOf(outcome.left)
      if (!rejections.has(said)) rejections.set(said, outcome.left)
      if (!near.has(said) && offByOne(domain, command, before) !== undefined) near.add(said)
      if (!rejectionsOf.get(type)?.includes(said))
        rejectionsOf.set(type, [...(rejectionsOf.get(type) ?? []), said])
      return
    }
    if (outcome.right.length === 0) return
    sample(acceptedIn, type, before)
    if (states.length < statesMax) states.push(after)
    outcome.right.reduce(seeEvent, before)
  }
  for (const { steps } of histories) steps.forEach(seeStep)
  const ordered = domain.event.tagged.types.map(
    (type) => [type, [...(changes.get(type)?.values() ?? [])]] as const,
  )
  return { domain, changes: new Map(ordered), events, rejections, near, rejectionsOf, acceptedIn, states }
}

const sample = <Value>(samples: Map<string, Array<Value>>, type: string, value: Value): void => {
  const values = samples.get(type) ?? []
  if (values.length < samplesMax) values.push(value)
  samples.set(type, values)
}
