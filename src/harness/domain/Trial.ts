/**
 * Trials for all laws of a domain: generated once, and shared, so that twenty laws cost little more than one. A trial
 * that shows a breach is made smaller for that law alone.
 * Used by: `Examination`, `mutationScore`.
 *
 * Laws (test/properties/harness/domain/Trial.test.ts):
 * - TRL-1 replayable: one seed gives one list of trials.
 * - TRL-2 smaller: what `smallestBreach` gives is a breach of the same law, and no longer than the first.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { arbitraryDomain } from '../arbitrary/ArbitraryDomain.js'
import { arbitraryHistory } from './ArbitraryHistory.js'
import { withOwnInitialState } from './Copy.js'
import type { Breach, Law, Subject, Trial } from './Law.js'
import { withContext } from './WithContext.js'

/** A trial with what it takes to make it smaller. */
export interface Trials<Command, State, Event, Rejection> {
  readonly seed: number
  readonly trials: ReadonlyArray<Trial<Command, State, Event, Rejection>>
  /** The first breach of a law, made as small as it gets. */
  readonly smallestBreach: (law: Law<Command, State, Event, Rejection>) => Found<Command, Event> | undefined
}

/** A breach, and how it was found. */
export interface Found<Command, Event> {
  readonly breach: Breach<Command, Event>
  /** In which trial, counted from 1. */
  readonly trial: number
  /** How often the trial was made smaller. */
  readonly shrinks: number
  /** How many commands the smallest history has. */
  readonly commands: number
}

/** The seed of whoever names none. */
export const usualSeed = 20_260_101

/** How many histories, unless someone says otherwise. */
export const usualHistories = 300

/** A law is not asked about more than so many smaller trials: shrinking ends, however slow the law. */
const shrinkAttemptsMax = 5000

/** All trials of a subject. */
export const trialsOf = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
): Trials<Command, State, Event, Rejection> => {
  const { seed = usualSeed, histories = usualHistories } = subject.expectations
  const arbitrary = arbitraryTrial(subject)
  const values = fc.sample(withContext(arbitrary), { seed, numRuns: histories })
  return {
    seed,
    trials: values.map(({ value }) => value),
    smallestBreach: (law) => {
      for (const [index, value] of values.entries()) {
        const breach = law.judge(value.value)
        if (breach !== undefined) return smallest(arbitrary, law, value, breach, index + 1)
      }
      return undefined
    },
  }
}

/** The history first: ids that it names come again in what is stray, and it is the history that is made smaller first. */
const arbitraryTrial = <Command, State, Event, Rejection>({
  domain: given,
  expectations,
}: Subject<Command, State, Event, Rejection>): fc.Arbitrary<Trial<Command, State, Event, Rejection>> => {
  const domain = withOwnInitialState(given)
  const arbitraries = arbitraryDomain(domain, expectations)
  return fc
    .tuple(
      arbitraryHistory(domain, expectations, arbitraries),
      fc.array(arbitraries.command, { maxLength: 4 }),
      fc.array(arbitraries.event, { maxLength: 8 }),
    )
    .map(([history, strayCommands, strayEvents]) => ({ history, strayCommands, strayEvents }))
}

/** From the first smaller trial that still shows the breach to the next, until none does, or patience ends. */
const smallest = <Command, State, Event, Rejection>(
  arbitrary: fc.Arbitrary<Trial<Command, State, Event, Rejection>>,
  law: Law<Command, State, Event, Rejection>,
  first: fc.Value<Trial<Command, State, Event, Rejection>>,
  firstBreach: Breach<Command, Event>,
  trial: number,
): Found<Command, Event> => {
  let [value, breach, attempts, shrinks] = [first, firstBreach, 0, 0]
  const smaller = (): boolean => {
    for (const candidate of arbitrary.shrink(value.value, value.context)) {
      attempts += 1
      if (attempts > shrinkAttemptsMax) return false
      const found = law.judge(candidate.value)
      if (found === undefined) continue
      ;[value, breach, shrinks] = [candidate, found, shrinks + 1]
      return true
    }
    return false
  }
  while (smaller());
  return { breach, trial, shrinks, commands: value.value.history.steps.length }
}
