/**
 * What an example is checked against: a situation with everything that the domain makes of it. Each function here is one
 * way to say what should come of it, and throws a `ScenarioFailure` that tells the situation and both sides.
 * Used by: `given`.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Change } from '../../evolve/Timeline.js'
import { differences } from '../domain/Difference.js'
import { type Defect, isDecision, type Outcome } from '../domain/History.js'
import type { Breach, Subject } from '../domain/Law.js'
import { literal } from '../report/Literal.js'
import { ScenarioFailure } from './ScenarioFailure.js'
import {
  defectOfPast,
  lawOf,
  nameOf,
  type Situation,
  section,
  told,
  toldDefect,
  toldOutcome,
  toldSituation,
  trialOf,
} from './Situation.js'

/**
 * A situation, and what came of it.
 * @internal
 */
export interface Scene<State, Event, Rejection> {
  readonly domainName: string
  readonly situation: Situation<unknown, unknown>
  /** What `evolve` threw at the past, if it did. */
  readonly pastDefect: Defect | undefined
  /** One for each command. */
  readonly outcomes: ReadonlyArray<Outcome<Event, Rejection>>
  readonly state: State
  /** What the law of that id finds here, or why it cannot be checked; it throws where there is no such law. */
  readonly asked: (lawId: string) => {
    readonly notChecked?: string | undefined
    readonly breach?: Breach<unknown, unknown> | undefined
  }
}

/** A scene of any domain. */
type AnyScene = Scene<unknown, unknown, unknown>

/**
 * Plays a situation.
 * @internal
 */
export const sceneOf = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
  situation: Situation<Command, Event>,
): Scene<State, Event, Rejection> => {
  const trial = trialOf(subject.domain)(situation)
  return {
    domainName: subject.domain.name,
    situation,
    pastDefect: defectOfPast(subject.domain, situation.past),
    outcomes: trial.history.steps.map(({ outcome }) => outcome),
    state: trial.history.state,
    asked: (lawId) => {
      const law = lawOf(subject, lawId)
      if (E.isLeft(law)) throw law.left
      const { notChecked, judge } = law.right
      return notChecked === undefined ? { breach: judge(trial) } : { notChecked }
    },
  }
}

/** What an example says, and what the domain did: in words, and as values. */
interface Sides {
  readonly expected: ReadonlyArray<string>
  readonly got: ReadonlyArray<string>
  readonly values: { readonly expected: unknown; readonly actual: unknown }
  readonly changes?: ReadonlyArray<Change>
}

const headlineOf = ({ domainName, situation }: AnyScene): string => `${domainName}: ${nameOf(situation)}`

const failure = (scene: AnyScene, what: string, { expected, got, values, changes = [] }: Sides): Error =>
  new ScenarioFailure(
    [
      `${headlineOf(scene)} ${what}.`,
      '',
      ...toldSituation(scene.situation),
      section('Expected', expected),
      section('Got', got),
      ...(changes.length === 0 ? [] : [section('Differences', changes.map(toldChange))]),
    ].join('\n'),
    values,
  )

const toldChange = (change: Change): string => {
  const place = placeOf(change.path)
  if (!('before' in change)) return `${place} is ${told(change.after)}, and should not be there`
  if (!('after' in change)) return `${place} is missing, and should be ${told(change.before)}`
  return `${place} is ${told(change.after)}, and should be ${told(change.before)}`
}

/** The path, with the events of a list counted as people count. */
const placeOf = (path: string): string => {
  const [, index, rest = ''] = /^\[(\d+)\]\.?(.*)$/.exec(path) ?? []
  if (index === undefined) return path === '' ? 'the value' : path
  const event = `event ${Number(index) + 1}`
  return rest === '' ? event : `${event}: ${rest}`
}

/** What was expected, in words and as a value, of whoever fails before it can be looked at. */
interface Expected {
  readonly phrase: string
  readonly lines: ReadonlyArray<string>
  readonly value: unknown
}

/** The failure of a scene that has a defect, whatever was expected. */
const defectIn = (scene: AnyScene, { phrase, lines, value }: Expected): Error | undefined => {
  const inDecision = scene.outcomes.find((outcome) => !isDecision(outcome))
  const defect = scene.pastDefect ?? (inDecision && !isDecision(inDecision) ? inDecision : undefined)
  if (defect === undefined) return undefined
  const text = toldDefect(defect)
  const where = defect === scene.pastDefect ? ' while reading the events that had happened' : ''
  return failure(scene, `has no answer, because ${text}${where}, and the example expects ${phrase}`, {
    expected: lines,
    got: [text],
    values: { expected: value, actual: defect.value },
  })
}

const isRejection = (outcome: Outcome<unknown, unknown>): boolean => isDecision(outcome) && E.isLeft(outcome)

/** The events of all commands, each of which must have been accepted. */
const acceptedEvents = <Event>(
  scene: Scene<unknown, Event, unknown>,
  expected: Expected,
): ReadonlyArray<Event> => {
  const defect = defectIn(scene, expected)
  if (defect !== undefined) throw defect
  return scene.outcomes.flatMap((outcome, index) => {
    if (!isDecision(outcome)) return []
    if (E.isRight(outcome)) return outcome.right
    const which = scene.outcomes.length === 1 ? '' : ` at command ${index + 1}`
    throw failure(scene, `was rejected${which}, and the example expects ${expected.phrase}`, {
      expected: expected.lines,
      got: toldOutcome(outcome),
      values: { expected: expected.value, actual: outcome.left },
    })
  })
}

/**
 * Exactly these events, in this order.
 * @internal
 */
export const expectEvents = (scene: AnyScene, events: ReadonlyArray<unknown>): void => {
  const nothing = 'nothing: accepted, without an event'
  const expected = {
    phrase: events.length === 0 ? 'nothing to happen' : 'events',
    lines: events.length === 0 ? [nothing] : events.map(told),
    value: events,
  }
  const actual = acceptedEvents(scene, expected)
  const changes = differences(events, actual)
  if (changes.length === 0) return
  throw failure(scene, `led to other events than the example expects`, {
    expected: expected.lines,
    got: actual.length === 0 ? [nothing] : actual.map(told),
    values: { expected: events, actual },
    changes: events.length === 0 || actual.length === 0 ? [] : changes,
  })
}

/**
 * Events of which a function says that they are the expected ones.
 * @internal
 */
export const expectEventsLike = <Event>(
  scene: Scene<unknown, Event, unknown>,
  isExpected: (events: ReadonlyArray<Event>) => boolean,
): void => {
  const lines = ['events at which the function of thenEvents(...) answers true']
  const actual = acceptedEvents(scene, { phrase: 'events', lines, value: lines })
  if (isExpected(actual)) return
  throw failure(scene, 'led to other events than the example expects', {
    expected: lines,
    got: actual.length === 0 ? ['nothing: accepted, without an event'] : actual.map(told),
    values: { expected: lines, actual },
  })
}

/**
 * A rejection of the last command: of a type, with some fields, or any.
 * @internal
 */
export const expectRejection = (scene: AnyScene, wanted: unknown): void => {
  const value = typeof wanted === 'string' ? { type: wanted } : wanted
  const lines = [value === undefined ? 'a rejection' : `rejected with ${told(value)}`]
  const expected = { phrase: 'a rejection', lines, value }
  const defect = defectIn(scene, expected)
  if (defect !== undefined) throw defect
  const last = scene.outcomes.at(-1)
  const early = scene.outcomes.slice(0, -1).findIndex(isRejection)
  if (last === undefined || !isDecision(last)) return
  if (early !== -1 || E.isRight(last)) {
    const got = scene.outcomes.flatMap(toldOutcome)
    const what = early === -1 ? 'was accepted' : `was rejected at command ${early + 1} already`
    throw failure(scene, `${what}, and the example expects a rejection of the last command`, {
      expected: lines,
      got,
      values: { expected: value, actual: got },
    })
  }
  const changes = value === undefined ? [] : partDifferences(value, last.left)
  if (changes.length === 0) return
  throw failure(scene, 'was rejected for another reason than the example expects', {
    expected: lines,
    got: toldOutcome(last),
    values: { expected: value, actual: last.left },
    changes,
  })
}

/**
 * A state, or a part of one, or one that a function says is as expected.
 * @internal
 */
export const expectState = <State>(
  scene: Scene<State, unknown, unknown>,
  expected: ((state: State) => boolean) | unknown,
): void => {
  const isPredicate = typeof expected === 'function'
  const lines = isPredicate
    ? ['a state at which the function of thenState(...) answers true']
    : [literal(expected, { indent: 2 })]
  const defect = defectIn(scene, { phrase: 'a state', lines, value: expected })
  if (defect !== undefined) throw defect
  const changes = isPredicate ? [] : partDifferences(expected, scene.state)
  if (isPredicate ? expected(scene.state) === true : changes.length === 0) return
  throw failure(scene, 'led to another state than the example expects', {
    expected: lines,
    got: [literal(scene.state, { indent: 2 })],
    values: { expected: isPredicate ? lines : expected, actual: scene.state },
    changes,
  })
}

/** Of a record, only the fields that are expected; anything else as a whole. */
const partDifferences = (expected: unknown, actual: unknown): ReadonlyArray<Change> => {
  if (!isRecord(expected) || !isRecord(actual)) return differences(expected, actual)
  const named = Object.keys(expected)
    .filter((key) => Object.hasOwn(actual, key))
    .map((key) => [key, actual[key]] as const)
  // From entries: assigning to the key `__proto__` would lose the field.
  return differences(expected, Object.fromEntries(named))
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  !(Array.isArray(value) || value instanceof Date || value instanceof Map || value instanceof Set)

/**
 * A law that finds nothing here. One that cannot be checked where this runs has found nothing either, and would pass
 * unseen, so it fails and says what to do.
 * @internal
 */
export const expectLaw = (scene: AnyScene, lawId: string): void => {
  const { notChecked, breach } = scene.asked(lawId)
  if (notChecked !== undefined)
    throw new ScenarioFailure(`${headlineOf(scene)}: ${lawId} was not checked: ${notChecked}.`)
  if (breach === undefined) return
  const got = [breach.cause, breach.advice]
  throw failure(scene, `breaks ${lawId}`, {
    expected: [`${lawId} holds`],
    got,
    values: { expected: `${lawId} holds`, actual: breach.cause },
  })
}

/**
 * Whoever awaits an example calls `then` with two functions. No event is a function, so the two can be told apart, and
 * an example without an outcome fails where a runner waits for it.
 * @internal
 */
export const isAwaited = (scene: AnyScene, events: ReadonlyArray<unknown>): boolean => {
  const [, refuse] = events
  if (typeof refuse !== 'function') return false
  const advice = 'End it with then(...), thenNothing(), thenRejected(...), thenState(...) or obeys(...)'
  refuse(new ScenarioFailure(`${headlineOf(scene)}: this example does not say what comes then. ${advice}.`))
  return true
}
