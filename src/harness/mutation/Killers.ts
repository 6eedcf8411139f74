/**
 * What notices a mutant: scenarios, the laws of behaviour with all that a user expects, and the coverage. Whatever fails
 * for the original already notices nothing, since it would fail for every mutant too.
 * Used by: `mutationScore`.
 *
 * Laws (test/properties/harness/mutation/Killers.test.ts):
 * - KIL-1 innocent: the original is noticed by no killer, whatever fails for it.
 * @since 0.1.0
 */
import type { Domain } from '../../decide/Domain.js'
import { coverageOf } from '../coverage/Coverage.js'
import { gapsOf } from '../coverage/Gaps.js'
import { eventsOfOutcome, type History, historyOf, isDecision, stepOf } from '../domain/History.js'
import type { LawsOf, Subject, Trial } from '../domain/Law.js'

/** What notices mutants of one domain. */
export interface Killers<Command, State, Event, Rejection> {
  /** The name of what notices this domain first; none, where nothing does. */
  readonly killerOf: (domain: Domain<Command, State, Event, Rejection>) => string | undefined
  /** What fails for the original, and was therefore left out. */
  readonly broken: ReadonlyArray<string>
}

/**
 * Laws about purity, about the world around and about storage: no mutant breaks them but by chance, and they cost most.
 * The scenarios are asked directly, and a defect shows in the history itself.
 */
const isOfBehaviour = (id: string): boolean =>
  !/^(decide\.|evolve\.|timezone$|methods\.|scenario\.)/.test(id) &&
  !/^(command\.|upcast\.|replay\.|snapshot$|event\.stored$)/.test(id)

/** What a defect is called: it is that law which it breaks. */
const defectName = 'decide.total'

const hasDefect = <Command, State, Event, Rejection>({
  steps,
}: History<Command, State, Event, Rejection>): boolean => steps.some(({ outcome }) => !isDecision(outcome))

/**
 * The killers of a subject: first the scenarios, which need no history, then the laws, trial by trial, and then the
 * coverage, which needs all of them.
 * @internal
 */
export const killersOf = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
  lawsOf: LawsOf,
  trials: ReadonlyArray<Trial<Command, State, Event, Rejection>>,
): Killers<Command, State, Event, Rejection> => {
  const behaviour: LawsOf = (other) => lawsOf(other).filter(({ id }) => isOfBehaviour(id))
  const brokenScenarios = scenariosOf(subject)
    .filter(({ fails }) => fails(subject.domain))
    .map(({ name }) => name)
  const brokenLaws = failing(subject, behaviour, trials)
  const brokenByDefects = trials.some(({ history }) => hasDefect(history)) ? [defectName] : []
  const broken = [...brokenScenarios, ...brokenByDefects, ...brokenLaws]
  const isUsable = ({ name }: { readonly name: string }): boolean => !broken.includes(name)
  const usableLaws: LawsOf = (other) => behaviour(other).filter(({ id }) => isUsable({ name: id }))
  const scenarios = scenariosOf(subject).filter(isUsable)
  const gapsBefore = gapsIn(
    subject,
    trials.map(({ history }) => history),
  )
  return {
    broken,
    killerOf: (domain) => {
      const scenario = scenarios.find(({ fails }) => fails(domain))
      if (scenario !== undefined) return scenario.name
      const other = { ...subject, domain }
      const histories: Array<History<Command, State, Event, Rejection>> = []
      const law = firstFailing(
        other,
        { usableLaws, countsDefects: brokenByDefects.length === 0 },
        trials,
        histories,
      )
      if (law !== undefined) return law
      return isGap(other, gapsBefore, histories) ? 'coverage' : undefined
    },
  }
}

const scenariosOf = <Command, State, Event, Rejection>({
  expectations,
}: Subject<Command, State, Event, Rejection>) =>
  Object.entries(expectations.scenarios ?? {}).map(([name, run]) => ({
    name: `scenario.${name}`,
    fails: (domain: Domain<Command, State, Event, Rejection>): boolean => throws(() => run(domain)),
  }))

/** A scenario that answers with a promise has not failed yet when it answers, so it can notice nothing. */
const throws = (run: () => unknown): boolean => {
  try {
    const answer = run()
    if (!(answer instanceof Promise)) return false
    answer.catch(() => undefined)
    return true
  } catch {
    return true
  }
}

/** The same commands, asked of another domain. */
const asked = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  { history, strayCommands, strayEvents }: Trial<Command, State, Event, Rejection>,
): Trial<Command, State, Event, Rejection> => ({
  history: historyOf(domain)(history.steps.map(({ command }) => command)),
  strayCommands,
  strayEvents,
})

/** A law that throws, as one that reads what a mutant no longer has, has noticed it too. */
const breaks = (look: () => unknown): boolean => {
  try {
    return look() !== undefined
  } catch {
    return true
  }
}

const failing = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
  lawsOf: LawsOf,
  trials: ReadonlyArray<Trial<Command, State, Event, Rejection>>,
): ReadonlyArray<string> =>
  lawsOf(subject)
    .filter((law) => trials.some((trial) => breaks(() => law.judge(trial))))
    .map(({ id }) => id)

/** Trial by trial, so that a mutant that is noticed soon costs little; `histories` then has those that were run. */
const firstFailing = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
  { usableLaws, countsDefects }: { readonly usableLaws: LawsOf; readonly countsDefects: boolean },
  trials: ReadonlyArray<Trial<Command, State, Event, Rejection>>,
  histories: Array<History<Command, State, Event, Rejection>>,
): string | undefined => {
  const laws = usableLaws(subject)
  for (const recorded of trials) {
    const trial = asked(subject.domain, recorded)
    histories.push(trial.history)
    if (countsDefects && hasDefect(trial.history)) return defectName
    const law = laws.find(({ judge }) => breaks(() => judge(trial)))
    if (law !== undefined) return law.id
  }
  return undefined
}

/** What is missing, without the numbers: they differ between two domains for which the same is missing. */
const gapsIn = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
  histories: ReadonlyArray<History<Command, State, Event, Rejection>>,
): ReadonlyArray<string> => {
  try {
    return gapsOf(subject)(coverageOf(subject)(histories)).map((gap) =>
      gap.replace(/\d+ of \d+|\b(?:in|of|once in|\d+ times in) \d+ (?:history|histories)/g, ''),
    )
  } catch {
    return ['a state that `stateLabel` cannot name']
  }
}

/** So many of the states that a mutant reached, and so many of the commands. */
const [statesMax, commandsMax] = [20, 100]

/** Commands that were drawn for the original may miss what others would reach, so each is asked in other states too. */
const isGap = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
  gapsBefore: ReadonlyArray<string>,
  histories: ReadonlyArray<History<Command, State, Event, Rejection>>,
): boolean => {
  const isNew = (gap: string): boolean => !gapsBefore.includes(gap)
  return (
    gapsIn(subject, histories).some(isNew) &&
    gapsIn(subject, [...histories, ...crossed(subject.domain, histories)]).some(isNew)
  )
}

/** Histories of one command each: any that was asked, in any state that was reached. */
const crossed = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  histories: ReadonlyArray<History<Command, State, Event, Rejection>>,
): ReadonlyArray<History<Command, State, Event, Rejection>> => {
  const steps = histories.flatMap((history) => history.steps)
  const states = spread([...new Set([domain.initialState, ...steps.map(({ after }) => after)])], statesMax)
  const commands = spread(
    steps.map(({ command }) => command),
    commandsMax,
  )
  return states.flatMap((state) =>
    commands.map((command) => {
      const step = stepOf(domain, state, command, 0)
      return { steps: [step], events: eventsOfOutcome(step.outcome), state: step.after }
    }),
  )
}

/** At most so many of the values, from all over the list. */
const spread = <Value>(values: ReadonlyArray<Value>, max: number): ReadonlyArray<Value> => {
  const stride = Math.max(1, Math.ceil(values.length / max))
  return values.filter((_, index) => index % stride === 0)
}
