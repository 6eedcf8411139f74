/**
 * Breaches that were found once, as data: the law, and the situation in the form in which a store keeps it. They are
 * asked again before anything is generated, and since events of older shapes are lifted like stored ones, a recorded
 * breach outlives both the seed that found it and the shapes that it was found with.
 * Used by: the bridges to test runners.
 *
 * Laws (test/properties/harness/report/Regression.test.ts):
 * - REG-1 asked again: a recorded breach fails for the domain that it was found in, and passes for one without the fault.
 * - REG-2 recorded once: adding a breach twice, or in another order, gives the same text.
 * - REG-3 nothing skipped: a record that cannot be read is a check that fails and says which record, where and why.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import type { Domain } from '../../decide/Domain.js'
import { type DecodeFailure, fromIoTs, joinPath } from '../../evolve/Codec.js'
import type { SerializedEvent } from '../../evolve/Upcaster.js'
import type { Check } from '../Check.js'
import type { Expectations } from '../domain/Expectations.js'
import type { Breach, Subject } from '../domain/Law.js'
import {
  lawOf,
  nameOf,
  type Situation,
  section,
  situationOf,
  toldOutcome,
  toldSituation,
  trialOf,
} from '../scenario/Situation.js'
import { BrokenLaw } from './BrokenLaw.js'
import { breachAt } from './Counterexample.js'

/** A recorded breach. */
export interface Regression {
  /** The id of the law. */
  readonly law: string
  /** The events that had happened, as a store keeps them. */
  readonly past: ReadonlyArray<SerializedEvent>
  /** The command at which it showed, encoded; absent where the past alone shows it. */
  readonly command?: unknown
  /** What happened then; for those who read the file. */
  readonly note?: string
}

const regressionCodec = fromIoTs(
  t.intersection([
    t.type({
      law: t.string,
      past: t.array(t.type({ type: t.string, schemaVersion: t.number, data: t.unknown })),
    }),
    t.partial({ command: t.unknown, note: t.string }),
  ]),
)

/**
 * A breach to record; undefined where it would not show itself again from what JSON keeps of it.
 * @internal
 */
export const regressionOf =
  <Command, State, Event, Rejection>(subject: Subject<Command, State, Event, Rejection>) =>
  (law: string, breach: Breach<Command, Event>): Regression | undefined => {
    const { past, command, cause } = breach
    const { domain } = subject
    try {
      const recorded = {
        law,
        past: past.map(domain.event.encode),
        ...(command !== undefined && { command: domain.command.encode(command) }),
        note: cause,
      }
      const situation = situationIn(domain)(JSON.parse(JSON.stringify(recorded)))
      return E.isRight(situation) && breachAt(subject)(law, situation.right) !== undefined
        ? recorded
        : undefined
    } catch {
      // A domain with a fault may hold what neither its codec nor JSON can write.
      return undefined
    }
  }

/** The situation of a record, or where it cannot be read. */
const situationIn =
  <Command, Event>(domain: Pick<Domain<Command, never, Event, never>, 'command' | 'event'>) =>
  ({ past, command }: Regression): E.Either<DecodeFailure, Situation<Command, Event>> => {
    const events: Array<Event> = []
    for (const [index, recorded] of past.entries()) {
      const event = domain.event.decode(recorded)
      if (E.isLeft(event)) return E.left(within(`past[${index}]`, event.left))
      events.push(event.right)
    }
    if (command === undefined) return E.right({ past: events, commands: [] })
    const asked = domain.command.decode(command)
    return E.isLeft(asked)
      ? E.left(within('command', asked.left))
      : E.right({ past: events, commands: [asked.right] })
  }

const within = (place: string, { path, reason }: DecodeFailure): DecodeFailure => ({
  path: joinPath(place, path),
  reason,
})

/**
 * A check for each record, in their order: it asks the law again about the recorded situation. The records are given as
 * the JSON text of a file, or as the list in it. What cannot be read is a check that fails, so that no record is passed
 * over in silence.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain } from 'decider-ts/decide'
 * import { regressionChecks } from 'decider-ts/harness'
 * const Door = domain({
 *   name: 'door',
 *   command: t.type({ type: t.literal('Open') }),
 *   event: t.type({ type: t.literal('Opened') }),
 *   rejection: t.type({ type: t.literal('AlreadyOpen') }),
 *   state: t.type({ open: t.boolean }),
 *   streamId: () => 'front',
 *   initialState: { open: false },
 *   evolve: () => ({ open: true }),
 *   decide: () => () => accept({ type: 'Opened' }),
 * })
 * const recorded = [{ law: 'decide.total', past: [{ type: 'Opened', schemaVersion: 1, data: {} }], command: { type: 'Open' } }]
 * const [first] = regressionChecks(Door, recorded)
 * first?.name // => 'regression 1: Open after Opened obeys decide.total'
 * first?.run().then((text) => text) // => Promise.resolve('holds now')
 */
export const regressionChecks = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  regressions: string | ReadonlyArray<unknown>,
  expectations: NoInfer<Expectations<Command, State, Event, Rejection>> = {},
): ReadonlyArray<Check> => {
  const records = recordsIn(regressions)
  return E.isLeft(records)
    ? [{ name: 'regressions can be read', run: () => Promise.reject(records.left) }]
    : records.right.map((record, index) => checkOf({ domain, expectations }, record, index + 1))
}

/** The records of a text, or why it holds none. */
const recordsIn = (regressions: string | ReadonlyArray<unknown>): E.Either<Error, ReadonlyArray<unknown>> => {
  if (typeof regressions !== 'string') return E.right(regressions)
  const advice = 'Restore the file, or delete it to begin with no recorded breaches.'
  try {
    const parsed: unknown = JSON.parse(regressions)
    return Array.isArray(parsed)
      ? E.right(parsed)
      : E.left(new TypeError(`The recorded regressions are not a list. ${advice}`))
  } catch (error) {
    return E.left(new TypeError(`The recorded regressions are not JSON (${String(error)}). ${advice}`))
  }
}

const checkOf = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
  record: unknown,
  number: number,
): Check => {
  const regression = regressionCodec.decode(record)
  if (E.isLeft(regression)) return unreadable(number, regression.left)
  const situation = situationIn(subject.domain)(regression.right)
  if (E.isLeft(situation)) return unreadable(number, situation.left)
  const { law: id } = regression.right
  return {
    name: `regression ${number}: ${nameOf(situation.right)} obeys ${id}`,
    run: async () => {
      const law = lawOf(subject, id)
      if (E.isLeft(law)) throw law.left
      if (law.right.notChecked !== undefined) return `not checked: ${law.right.notChecked}`
      const breach = law.right.judge(trialOf(subject.domain)(situation.right))
      if (breach === undefined) return 'holds now'
      throw new BrokenLaw(again(subject, id, breach), id, undefined)
    },
  }
}

/** A breach that is back, in words. */
const again = <Command, State, Event, Rejection>(
  { domain }: Subject<Command, State, Event, Rejection>,
  lawId: string,
  breach: Breach<Command, Event>,
): string => {
  const situation = situationOf(breach)
  const last = trialOf(domain)(situation).history.steps.at(-1)
  return [
    `${domain.name} breaks ${lawId} again, in a situation that was recorded when it did before.`,
    '',
    breach.cause,
    breach.advice,
    '',
    ...toldSituation(situation),
    ...(last === undefined ? [] : [section('Then', toldOutcome(last.outcome))]),
  ].join('\n')
}

const unreadable = (number: number, { path, reason }: DecodeFailure): Check => ({
  name: `regression ${number} can be read`,
  run: () =>
    Promise.reject(
      new TypeError(
        `Regression ${number} of the list cannot be read: ${path === '' ? 'it' : path} ${reason}. ` +
          'Give the event type an upcaster, or take the record out of the list if it means nothing any more.',
      ),
    ),
})

/**
 * A text of records with one more in it. A record that is there already, whatever its note, is not added again; the
 * order is that of the laws and then of the situations, so two branches that add records seldom meet. An empty text holds
 * no records; one that is no list of records throws.
 * @example
 * import { withRegression } from 'decider-ts/harness'
 * const record = { law: 'decide.total', past: [], command: { type: 'Open' }, note: 'decide threw.' }
 * const text = withRegression('', record)
 * JSON.parse(text) // => [record]
 * withRegression(text, record) === text // => true
 */
export const withRegression = (text: string, regression: Regression): string => {
  const records = recordsIn(text === '' ? [] : text)
  if (E.isLeft(records)) throw records.left
  const byKey = new Map<string, unknown>([[keyOf(regression), regression]])
  for (const record of records.right) byKey.set(keyOf(record), record)
  const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record)
  return `${JSON.stringify(sorted, undefined, 2)}\n`
}

/** What tells two records apart: everything but the note, however the keys are ordered. */
const keyOf = (record: unknown): string => {
  const { law, past, command } = Object(record) as Partial<Record<keyof Regression, unknown>>
  return JSON.stringify([law, past, command], sortedKeys)
}

const sortedKeys = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value
