/**
 * A breach as text: what is broken, in words for someone who has never read the law, and a test to paste. The test holds
 * the situation itself and no seed, so it goes on showing the fault when generation changes, and guards the mended code.
 * Used by: `Examination`, `Suite`, `Regression`.
 *
 * Laws (test/properties/harness/report/Counterexample.test.ts):
 * - CEX-1 pasted: the printed test compiles, fails for the domain that broke the law, and passes for one that keeps it.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import { isDecision } from '../domain/History.js'
import type { Breach, Law, Subject } from '../domain/Law.js'
import { type Found, usualSeed } from '../domain/Trial.js'
import {
  defectOfPast,
  lawOf,
  nameOf,
  type Situation,
  section,
  situationOf,
  toldDefect,
  toldOutcome,
  toldSituation,
  trialOf,
} from '../scenario/Situation.js'
import { aliases, literal, quoted } from './Literal.js'

/** What is printed of a law. */
type Named = Pick<Law<never, never, never, never>, 'id' | 'statement'>

/**
 * A breach in words, and as a test to paste.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain } from 'decider-ts/decide'
 * import { showBreach } from 'decider-ts/harness'
 * const Door = domain({
 *   name: 'door',
 *   command: t.type({ type: t.literal('Open') }),
 *   event: t.type({ type: t.literal('Opened') }),
 *   rejection: t.type({ type: t.literal('AlreadyOpen') }),
 *   state: t.type({ open: t.boolean }),
 *   streamId: () => 'front',
 *   initialState: { open: false },
 *   evolve: () => ({ open: true }),
 *   decide: () => ({ open }) => {
 *     if (open) throw new Error('it is open')
 *     return accept({ type: 'Opened' })
 *   },
 * })
 * const text = showBreach({ domain: Door, expectations: {} })(
 *   { id: 'decide.total', statement: '`decide` answers every command.' },
 *   {
 *     breach: {
 *       past: [{ type: 'Opened' }],
 *       command: { type: 'Open' },
 *       cause: 'decide threw Error: it is open.',
 *       advice: 'Answer with reject(...) where a rule says no.',
 *     },
 *     trial: 1,
 *     shrinks: 3,
 *     commands: 2,
 *   },
 * )
 * text.split('\n')[0] // => 'door breaks decide.total: `decide` answers every command.'
 */
export const showBreach =
  <Command, State, Event, Rejection>(subject: Subject<Command, State, Event, Rejection>) =>
  (law: Named, found: Found<Command, Event>): string => {
    const { domain, expectations } = subject
    const { breach } = found
    const test = testOf(subject)(law.id, found)
    return [
      `${domain.name} breaks ${law.id}: ${law.statement}`,
      '',
      breach.cause,
      breach.advice,
      '',
      ...toldSituation(situationOf(breach)),
      section('Then', toldEnd(subject, situationOf(breach))),
      '',
      test === undefined
        ? `The past and the command alone do not show it. To see it again: seed ${expectations.seed ?? usualSeed}, history ${found.trial}.`
        : `As a test, which fails until this is mended (given comes from 'decider-ts/harness'):\n\n${test}`,
    ].join('\n')
  }

/** What a situation ends with: the outcome of its last command, or the state. */
const toldEnd = <Command, State, Event, Rejection>(
  { domain }: Subject<Command, State, Event, Rejection>,
  situation: Situation<Command, Event>,
): ReadonlyArray<string> => {
  const defect = defectOfPast(domain, situation.past)
  const { history } = trialOf(domain)(situation)
  const last = history.steps.at(-1)
  if (defect !== undefined && (last === undefined || isDecision(last.outcome))) return [toldDefect(defect)]
  if (last === undefined) return [`the state is ${literal(history.state, { indent: 2, taken: 13 })}`]
  return toldOutcome(last.outcome)
}

/**
 * The test to paste, or undefined where the situation alone does not show the breach, or is none that a codec knows.
 * Expectations are passed along only where the law comes from them.
 * @internal
 */
export const testOf =
  <Command, State, Event, Rejection>(subject: Subject<Command, State, Event, Rejection>) =>
  (lawId: string, found: Found<Command, Event>): string | undefined => {
    const { domain, expectations } = subject
    const situation = situationOf(found.breach)
    const isKnown =
      situation.past.every(domain.event.tagged.is) && situation.commands.every(domain.command.is)
    if (!isKnown || breachAt(subject)(lawId, situation) === undefined) return undefined
    const isAlone = breachAt({ domain, expectations: {} })(lawId, situation) !== undefined
    const { domain: domainName = pascalCase(domain.name), expectations: expected = 'expectations' } =
      expectations.printedAs ?? {}
    const names = aliases([...situation.past, ...situation.commands], [domainName, expected])
    const parameters = parametersOf(situation.past, isAlone ? undefined : expected, names)
    const example = `given(${[domainName, ...parameters].join(', ')})`
    const shrunk = found.shrinks === 1 ? 'once' : `${found.shrinks} times`
    return [
      `// ${lawId}, found in history ${found.trial} (seed ${expectations.seed ?? usualSeed}), made smaller ${shrunk}`,
      `test(${quoted(`${domain.name}: ${nameOf(situation)} obeys ${lawId}`)}, () => {`,
      ...[...names].map(([text, name]) => `  const ${name} = ${quoted(text)}`),
      situation.commands.length === 0
        ? `  ${example}.obeys(${quoted(lawId)})`
        : [`  ${example}`, ...situation.commands.map(whenLine(names)), `    .obeys(${quoted(lawId)})`].join(
            '\n',
          ),
      '})',
    ].join('\n')
  }

const whenLine =
  (names: ReadonlyMap<string, string>) =>
  (command: unknown): string =>
    `    .when(${literal(command, { indent: 4, taken: 7, names })})`

const parametersOf = (
  past: ReadonlyArray<unknown>,
  expectations: string | undefined,
  names: ReadonlyMap<string, string>,
): ReadonlyArray<string> => {
  const events = past.map((event) => `    ${literal(event, { indent: 4, taken: 1, names })},`)
  const list = events.length === 0 ? '[]' : `[\n${events.join('\n')}\n  ]`
  if (expectations !== undefined) return [list, expectations]
  return events.length === 0 ? [] : [list]
}

/**
 * What a law finds when it is asked about a situation alone; nothing where there is no such law.
 * @internal
 */
export const breachAt =
  <Command, State, Event, Rejection>(subject: Subject<Command, State, Event, Rejection>) =>
  (lawId: string, situation: Situation<Command, Event>): Breach<Command, Event> | undefined => {
    const law = lawOf(subject, lawId)
    return E.isLeft(law) ? undefined : law.right.judge(trialOf(subject.domain)(situation))
  }

/** `order lines` and `order+lines` are `OrderLines`. A name that begins with a digit gets a letter. */
const pascalCase = (name: string): string => {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? []
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  return /^\p{L}/u.test(joined) ? joined : `Domain${joined}`
}
