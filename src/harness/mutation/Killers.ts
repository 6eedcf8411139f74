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
import { type History, historyOf } from '../domain/History.js'
import type { LawsOf, Subject, Trial } from '../domain/Law.js'
import { trialsOf } from '../domain/Trial.js'

/** What notices mutants of one domain. */
export interface Killers<Command, State, Event, Rejection> {
  /** The name of what notices this domain first; none, where nothing does. */
  readonly killerOf: (domain: Domain<Command, State, Event, Rejection>) => string | undefined
  /** What fails for the original, and was therefore left out. */
  readonly broken: ReadonlyArray<string>
}

/** Laws about purity and about the world around: no mutant of ours breaks them, and they cost most. */
const isOfBehaviour = (id: string): boolean =>
  !/^(decide|evolve)\.(?!total$|answers$)/.test(id) && !/^(timezone$|methods\.|module|scenario\.)/.test(id)

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
  const broken = [...brokenScenarios, ...brokenLaws]
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
      const law = firstFailing(other, usableLaws, trials, histories)
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
  lawsOf: LawsOf,
  trials: ReadonlyArray<Trial<Command, State, Event, Rejection>>,
  histories: Array<History<Command, State, Event, Rejection>>,
): string | undefined => {
  const laws = lawsOf(subject)
  for (const recorded of trials) {
    const trial = asked(subject.domain, recorded)
    histories.push(trial.history)
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
      gap.replace(/\d+ of \d+|\bin \d+ \w+/g, ''),
    )
  } catch {
    return ['a state that `stateLabel` cannot name']
  }
}

/** Commands that were drawn for the original may miss what others would reach, so others are drawn before it counts. */
const isGap = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
  gapsBefore: ReadonlyArray<string>,
  histories: ReadonlyArray<History<Command, State, Event, Rejection>>,
): boolean => {
  const isNew = (gap: string): boolean => !gapsBefore.includes(gap)
  if (!gapsIn(subject, histories).some(isNew)) return false
  const own = trialsOf(subject).trials.map(({ history }) => history)
  return gapsIn(subject, [...histories, ...own]).some(isNew)
}
