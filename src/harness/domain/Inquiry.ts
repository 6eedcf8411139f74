/**
 * The laws of a domain, each asked about the same trials when someone wants to know, and not before. What is known once
 * is kept, so a suite whose checks run one by one does the same work as an examination in one go.
 * Used by: `Examination`, `Suite`.
 * @since 0.1.0
 */
import { showBreach } from '../report/Counterexample.js'
import { type Regression, regressionOf } from '../report/Regression.js'
import { nameOf, situationOf, trialOf } from '../scenario/Situation.js'
import { catalogue } from './Catalogue.js'
import type { Law, Subject } from './Law.js'
import { type Found, type Trials, trialsOf } from './Trial.js'

/** What became of a law. */
export interface LawVerdict<Command, Event> {
  /** Its id. */
  readonly law: string
  readonly statement: string
  readonly verdict: 'holds' | 'broken' | 'not checked'
  /** The smallest breach, where one was found. */
  readonly found?: Found<Command, Event>
  /** The law before it that is broken in the same situation, and is to be mended first. */
  readonly explainedBy?: string
  /** The breach as a record, where it can be recorded and nothing before it explains it. */
  readonly regression?: Regression
  /** In a line, or for a breach in many, with a test to paste. */
  readonly text: string
}

/**
 * The trials of a subject, and what becomes of each law of the catalogue.
 * @internal
 */
export interface Inquiry<Command, State, Event, Rejection> {
  readonly trials: () => Trials<Command, State, Event, Rejection>
  readonly laws: ReadonlyArray<Asked<Command, State, Event, Rejection>>
}

/** A law, and a way to know what became of it. */
interface Asked<Command, State, Event, Rejection> {
  readonly law: Law<Command, State, Event, Rejection>
  readonly verdict: () => LawVerdict<Command, Event>
}

/**
 * The inquiry into a subject.
 * @internal
 */
export const inquiryOf = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
): Inquiry<Command, State, Event, Rejection> => {
  const trials = once(() => trialsOf(subject))
  const laws: Array<Asked<Command, State, Event, Rejection>> = []
  for (const law of catalogue(subject)) {
    const before = [...laws]
    laws.push({ law, verdict: once(() => verdictOf(subject, trials(), law, before)) })
  }
  return { trials, laws }
}

const verdictOf = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
  trials: Trials<Command, State, Event, Rejection>,
  law: Law<Command, State, Event, Rejection>,
  before: ReadonlyArray<Asked<Command, State, Event, Rejection>>,
): LawVerdict<Command, Event> => {
  const { id, statement, notChecked } = law
  if (notChecked !== undefined)
    return { law: id, statement, verdict: 'not checked', text: `not checked: ${notChecked}` }
  const found = trials.smallestBreach(law)
  if (found === undefined) return { law: id, statement, verdict: 'holds', text: toldTrials(trials) }
  const cause = causeOf(subject, law, found, before)
  if (cause !== undefined) {
    const text = [
      `${subject.domain.name} also breaks ${id}: ${statement}`,
      cause.advice,
      found.breach.cause,
    ].join('\n')
    return { law: id, statement, verdict: 'broken', found, explainedBy: cause.law, text }
  }
  const regression = regressionOf(subject)(id, found.breach)
  const text = showBreach(subject)(law, found)
  return { law: id, statement, verdict: 'broken', found, ...(regression && { regression }), text }
}

/** The broken law that is to be mended before this one, and why it is taken for the cause. */
const causeOf = <Command, State, Event, Rejection>(
  { domain }: Subject<Command, State, Event, Rejection>,
  law: Law<Command, State, Event, Rejection>,
  { breach }: Found<Command, Event>,
  before: ReadonlyArray<Asked<Command, State, Event, Rejection>>,
): { readonly law: string; readonly advice: string } | undefined => {
  const broken = before.filter(({ verdict }) => verdict().verdict === 'broken').map((asked) => asked.law)
  const [first] = broken
  if (first === undefined) return undefined
  const situation = situationOf(breach)
  const trial = trialOf(domain)(situation)
  const name = nameOf(situation)
  const same = broken.find((other) => other.judge(trial) !== undefined)
  if (same !== undefined)
    return { law: same.id, advice: `Mend ${same.id} first: it is broken in the same situation (${name}).` }
  if (law.judge(trial) !== undefined) return undefined
  const advice = `Mend ${first.id} first: this may come of it, since the situation alone does not show it (${name}).`
  return { law: first.id, advice }
}

/**
 * How much was looked at, in a line.
 * @internal
 */
export const toldTrials = ({
  seed,
  trials,
}: Pick<Trials<unknown, unknown, unknown, unknown>, 'seed' | 'trials'>): string => {
  const commands = trials.reduce((total, { history }) => total + history.steps.length, 0)
  return `${trials.length} histories with ${commands} commands (seed ${seed})`
}

/** The answer of a function that is called at most once; what it throws is kept as well. */
const once = <Value>(compute: () => Value): (() => Value) => {
  let answer: (() => Value) | undefined
  return () => {
    answer ??= settled(compute)
    return answer()
  }
}

const settled = <Value>(compute: () => Value): (() => Value) => {
  try {
    const value = compute()
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
  }
}
