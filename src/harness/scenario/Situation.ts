/**
 * A situation: events that happened, and the commands that came then. It is what an example begins with, what a breach
 * is reduced to, and what a regression records, so asking a law about one, and telling it, is here.
 * Used by: `given`, `Counterexample`, `Regression`, `Examination`.
 *
 * Laws (test/properties/harness/scenario/Situation.test.ts):
 * - SIT-1 asked again: a law is asked about the decisions of exactly this situation, and about nothing else.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Decider } from '../../decide/Decider.js'
import { typeOf } from '../../evolve/TaggedCodec.js'
import { catalogue } from '../domain/Catalogue.js'
import { copyOf } from '../domain/Copy.js'
import {
  type Defect,
  evolveWithDefects,
  historyOf,
  isDecision,
  isDefect,
  type Outcome,
} from '../domain/History.js'
import type { Breach, Law, Subject, Trial } from '../domain/Law.js'
import { shown, shownThrown } from '../domain/Shown.js'
import { literal } from '../report/Literal.js'

/** Events that happened, and the commands that came then; none where the past alone is in question. */
export interface Situation<Command, Event> {
  readonly past: ReadonlyArray<Event>
  readonly commands: ReadonlyArray<Command>
}

/**
 * The situation of a breach.
 * @internal
 */
export const situationOf = <Command, Event>({
  past,
  command,
}: Breach<Command, Event>): Situation<Command, Event> => ({
  past,
  commands: command === undefined ? [] : [command],
})

/**
 * What a law is asked about a situation: its history, without stray commands and events. A decider with a fault may
 * write into what it is given, so it is given copies.
 * @internal
 */
export const trialOf =
  <Command, State, Event, Rejection>(decider: Decider<Command, State, Event, Rejection>) =>
  (situation: Situation<Command, Event>): Trial<Command, State, Event, Rejection> => {
    const { past, commands } = copyOf(situation)
    const history = historyOf({ ...decider, initialState: copyOf(decider.initialState) })(commands, past)
    return { history, strayCommands: [], strayEvents: [] }
  }

/**
 * The law of that id, or an error that lists those that there are.
 * @internal
 */
export const lawOf = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
  id: string,
): E.Either<Error, Law<Command, State, Event, Rejection>> => {
  const laws = catalogue(subject)
  const law = laws.find((known) => known.id === id)
  if (law !== undefined) return E.right(law)
  const known = laws.map((each) => each.id).join(', ')
  return E.left(
    new TypeError(
      `There is no law '${id}' for '${subject.domain.name}'. The laws are: ${known}. ` +
        'A law that comes from your expectations is known only where they are passed along.',
    ),
  )
}

/**
 * What `evolve` threw at one of the events that happened, if it did.
 * @internal
 */
export const defectOfPast = <State, Event>(
  decider: Pick<Decider<never, State, Event, never>, 'evolve' | 'initialState'>,
  past: ReadonlyArray<Event>,
): Defect | undefined => {
  let state = copyOf(decider.initialState)
  for (const event of copyOf(past)) {
    const next = evolveWithDefects(decider, state, event)
    if (isDefect(next)) return next
    state = next.state
  }
  return undefined
}

/** So many types of events are listed in a name; of more, only the last ones. */
const typesNamed = 4

/**
 * A name for a situation, such as `Confirm after Opened, Received`.
 * @internal
 */
export const nameOf = ({ past, commands }: Situation<unknown, unknown>): string => {
  const last = past.slice(-typesNamed).map(nameOfType).join(', ')
  const events = past.length > typesNamed ? `${past.length} events up to ${last}` : last
  const asked = commands.map(nameOfType).join(', ')
  if (asked === '') return past.length === 0 ? 'a new stream' : events
  return past.length === 0 ? `${asked} at the beginning` : `${asked} after ${events}`
}

const nameOfType = (value: unknown): string => typeOf(value) || 'something without a type'

/**
 * A command, an event or a rejection in words: its type, and its fields if it has any.
 * @internal
 */
export const told = (value: unknown): string => {
  const type = typeOf(value)
  if (type === '' || typeof value !== 'object' || value === null) return literal(value, { indent: 2 })
  const fields = Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'type'))
  return Object.keys(fields).length === 0
    ? type
    : `${type} ${literal(fields, { indent: 2, taken: type.length + 1 })}`
}

/**
 * What a command led to, in words: a line for each event, or one line.
 * @internal
 */
export const toldOutcome = (outcome: Outcome<unknown, unknown>): ReadonlyArray<string> => {
  if (!isDecision(outcome)) return [toldDefect(outcome)]
  if (E.isLeft(outcome)) return [`rejected with ${told(outcome.left)}`]
  return outcome.right.length === 0 ? ['nothing: accepted, without an event'] : outcome.right.map(told)
}

/**
 * A defect in words, such as `decide threw Error: no such product`.
 * @internal
 */
export const toldDefect = ({ by, how, value }: Defect): string =>
  how === 'threw'
    ? `${by} threw ${shownThrown(value)}`
    : `${by} answered ${shown(value)}, which is neither accept(...) nor reject(...)`

/**
 * A heading with lines below it, indented; a dash where there are none.
 * @internal
 */
export const section = (heading: string, lines: ReadonlyArray<string>, none = 'nothing'): string =>
  [heading, ...(lines.length === 0 ? [none] : lines).map((line) => `  ${line}`)].join('\n')

/**
 * A situation as two sections, Given and When.
 * @internal
 */
export const toldSituation = ({ past, commands }: Situation<unknown, unknown>): ReadonlyArray<string> => [
  section('Given', past.map(told), 'no events'),
  ...(commands.length === 0 ? [] : [section('When', commands.map(told))]),
]
