/**
 * Where a mutant and the original part: the first thing on which they differ, when both are asked the same. A mutant that
 * never parts from the original is no mistake, and a test that does not notice it misses nothing.
 * Used by: `mutationScore`.
 *
 * Laws (test/properties/harness/mutation/Parting.test.ts):
 * - PRT-1 real: after the past of a parting, original and mutant differ in what it says that they differ in.
 * @since 0.1.0
 */
import type { Domain } from '../../decide/Domain.js'
import { isSame } from '../domain/Equality.js'
import { eventsOfOutcome, historyOf, type Outcome, stepOf } from '../domain/History.js'
import type { Breach, Trial } from '../domain/Law.js'
import { isTerminalIn } from '../domain/Terminal.js'
import type { Trials } from '../domain/Trial.js'

/** What can differ: a decision, one by which the original records events, the state after it, or whether that is terminal. */
export type PartingKind = 'decision' | 'recorded' | 'state' | 'terminal'

/** Where two domains part. */
export interface Parting<Command, State, Event, Rejection> {
  readonly kind: PartingKind
  /** The events that had happened. */
  readonly past: ReadonlyArray<Event>
  /** The command at which it shows; none where the past alone shows it. */
  readonly command?: Command
  readonly original: PartingSide<State, Event, Rejection>
  readonly mutant: PartingSide<State, Event, Rejection>
}

/** What one of the two does. */
export interface PartingSide<State, Event, Rejection> {
  /** What the command led to; none without a command. */
  readonly outcome?: Outcome<Event, Rejection>
  readonly state: State
  readonly terminal: boolean
}

/** Two domains that may differ. */
export interface MutantPair<Command, State, Event, Rejection> {
  readonly original: Domain<Command, State, Event, Rejection>
  readonly mutant: Domain<Command, State, Event, Rejection>
}

/** Where they part, as a law that says that they do not. */
const judge =
  <Command, State, Event, Rejection>(
    { original, mutant }: MutantPair<Command, State, Event, Rejection>,
    kinds: ReadonlyArray<PartingKind>,
  ) =>
  ({ history }: Trial<Command, State, Event, Rejection>): Breach<Command, Event> | undefined => {
    const differs = (left: State, right: State): boolean =>
      (kinds.includes('state') && !isSame(left, right)) ||
      (kinds.includes('terminal') && isTerminalIn(original, left) !== isTerminalIn(mutant, right))
    let [left, right]: [State, State] = [original.initialState, mutant.initialState]
    if (differs(left, right)) return { past: [], cause: '', advice: '' }
    const past: Array<Event> = []
    for (const { command } of history.steps) {
      const here = stepOf(original, left, command, past.length)
      const there = stepOf(mutant, right, command, past.length)
      const asDecided = isSame(here.outcome, there.outcome)
      const isSought =
        kinds.includes('decision') || (kinds.includes('recorded') && eventsOfOutcome(here.outcome).length > 0)
      if (isSought && !asDecided) return { past, command, cause: '', advice: '' }
      // Once they recorded different events, they have no past in common.
      if (!asDecided) return undefined
      left = here.after
      right = there.after
      if (differs(left, right)) return { past, command, cause: '', advice: '' }
      past.push(...eventsOfOutcome(here.outcome))
    }
    return undefined
  }

/**
 * Whether two domains differ in anything, in one of these trials.
 * @internal
 */
export const partIn = <Command, State, Event, Rejection>(
  pair: MutantPair<Command, State, Event, Rejection>,
  trials: ReadonlyArray<Trial<Command, State, Event, Rejection>>,
): boolean => {
  const judgeAll = judge(pair, ['decision', 'state', 'terminal'])
  return trials.some((trial) => judgeAll(trial) !== undefined)
}

/**
 * The smallest situation that was found in which two domains part, in the first of these ways in which they do.
 * @internal
 */
export const smallestParting = <Command, State, Event, Rejection>(
  pair: MutantPair<Command, State, Event, Rejection>,
  trials: Trials<Command, State, Event, Rejection>,
  kinds: ReadonlyArray<PartingKind>,
): Parting<Command, State, Event, Rejection> | undefined => {
  for (const kind of kinds) {
    const law = { id: 'mutant', statement: 'The mutant is as the original.', judge: judge(pair, [kind]) }
    const found = trials.smallestBreach(law)
    if (found !== undefined) return partingAt(pair, kind, found.breach)
  }
  return undefined
}

const partingAt = <Command, State, Event, Rejection>(
  { original, mutant }: MutantPair<Command, State, Event, Rejection>,
  kind: PartingKind,
  situation: Breach<Command, Event>,
): Parting<Command, State, Event, Rejection> => {
  const { past } = situation
  const commands = 'command' in situation ? [situation.command as Command] : []
  const seen = (domain: Domain<Command, State, Event, Rejection>): PartingSide<State, Event, Rejection> => {
    const { steps, state } = historyOf(domain)(commands, past)
    const terminal = isTerminalIn(domain, state)
    return steps[0] === undefined ? { state, terminal } : { outcome: steps[0].outcome, state, terminal }
  }
  return {
    kind,
    past,
    ...(commands[0] !== undefined && { command: commands[0] }),
    original: seen(original),
    mutant: seen(mutant),
  }
}
