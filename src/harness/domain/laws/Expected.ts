/**
 * What a user expects of a domain, as laws: one for each invariant, postcondition, relation, idempotent command and
 * scenario, under its own name. An expectation that throws is reported as one that throws, not as one that is false.
 * Used by: `Catalogue`.
 *
 * Laws (test/properties/harness/domain/laws/Expected.test.ts):
 * - XPT-1 invariant: a trial breaks an invariant exactly if it is false for the first state or for one after a step.
 * - XPT-2 postcondition: one is asked of every accepted command of its type, with what was accepted, and of no other.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Domain } from '../../../decide/Domain.js'
import { typeOf } from '../../../evolve/TaggedCodec.js'
import { changesInWords } from '../Difference.js'
import { isSame } from '../Equality.js'
import type { AcceptedCommand, Expectations, Relation } from '../Expectations.js'
import { decideWithDefects, eventsOfOutcome, historyOf, isDecision } from '../History.js'
import type { Breach, Law, LawsOf, Subject } from '../Law.js'
import { shown, shownThrown } from '../Shown.js'
import { firstOf, isAccepted, onceForAll, pastOf } from './Steps.js'

/** The laws of what is expected. */
export const expected: LawsOf = (subject) => [
  ...entriesOf(subject.expectations.invariants).map(([name, holds]) => invariant(subject, name, holds)),
  ...postconditionsOf(subject.expectations).map(([type, holds]) => postcondition(type, holds)),
  ...entriesOf(subject.expectations.relations).map(([name, relation]) => related(subject, name, relation)),
  ...(subject.expectations.idempotent ?? []).map((type) => idempotent(subject, type)),
  ...entriesOf(subject.expectations.scenarios).map(([name, run]) => scenario(subject, name, run)),
]

const entriesOf = <Value>(
  record: Readonly<Record<string, Value>> | undefined,
): ReadonlyArray<[string, Value]> => Object.entries(record ?? {})

type Postcondition<Command, State, Event> = (accepted: AcceptedCommand<Command, State, Event>) => boolean

/** The cast forgets which commands each takes: each is asked of commands of its own type only. */
const postconditionsOf = <Command, State, Event, Rejection>({
  postconditions = {},
}: Expectations<Command, State, Event, Rejection>): ReadonlyArray<
  [string, Postcondition<Command, State, Event>]
> => entriesOf(postconditions as Readonly<Record<string, Postcondition<Command, State, Event>>>)

const invariant = <Command, State, Event, Rejection>(
  { domain }: Subject<Command, State, Event, Rejection>,
  name: string,
  holds: (state: State) => boolean,
): Law<Command, State, Event, Rejection> => {
  const advice = `Mend \`decide\` or \`evolve\`, or the invariant '${name}' if it says too much.`
  const problemIn = (state: State) => falseOrThrown(() => holds(state))
  const ofTheFirst = onceForAll<Command, Event>(() => {
    const problem = problemIn(domain.initialState)
    const cause = `The invariant '${name}' ${problem} for the initial state ${shown(domain.initialState)}.`
    return problem === undefined ? undefined : { past: [], cause, advice }
  })
  return {
    id: `invariant.${name}`,
    statement: `'${name}' is true of every state that can be reached.`,
    judge: ({ history }) =>
      ofTheFirst() ??
      firstOf(history.steps, (step) => {
        // A step that led nowhere led to a state that was asked about before.
        if (!isAccepted(step)) return undefined
        const problem = problemIn(step.after)
        if (problem === undefined) return undefined
        const changes = changesInWords(step.before, step.after)
        return {
          past: pastOf(history, step),
          command: step.command,
          cause: `The invariant '${name}' ${problem} after \`${typeOf(step.command)}\`, which changed ${changes}; the state is then ${shown(step.after)}.`,
          advice,
        }
      }),
  }
}

const postcondition = <Command, State, Event, Rejection>(
  type: string,
  holds: Postcondition<Command, State, Event>,
): Law<Command, State, Event, Rejection> => ({
  id: `postcondition.${type}`,
  statement: `The postcondition of \`${type}\` is true whenever one is accepted.`,
  judge: ({ history }) =>
    firstOf(history.steps, (step) => {
      if (typeOf(step.command) !== type || !isAccepted(step)) return undefined
      const { before, command, after } = step
      const events = eventsOfOutcome(step.outcome)
      const problem = falseOrThrown(() => holds({ before, command, events, after }))
      if (problem === undefined) return undefined
      const changes = changesInWords(before, after)
      return {
        past: pastOf(history, step),
        command,
        cause: `The postcondition of \`${type}\` ${problem}: ${shown(command)} was accepted with ${shown(events)}, which changed ${changes}.`,
        advice: `Mend what \`${type}\` decides or how its events evolve, or the postcondition if it says too much.`,
      }
    }),
})

const related = <Command, State, Event, Rejection>(
  { domain }: Subject<Command, State, Event, Rejection>,
  name: string,
  { when, same = isSame }: Relation<Command, State>,
): Law<Command, State, Event, Rejection> => {
  const advice = `Mend what makes the difference, or the relation '${name}' if it says too much.`
  const differenceIn = (past: ReadonlyArray<Event>, command: Command, state: State): string | undefined => {
    const asked = E.tryCatch(() => when(command, state), shownThrown)
    if (E.isLeft(asked)) return `\`when\` threw ${asked.left}`
    if (asked.right === undefined) return undefined
    const { left, right } = asked.right
    const [one, other] = [historyOf(domain)(left, past), historyOf(domain)(right, past)]
    const hasDefect = [...one.steps, ...other.steps].some(({ outcome }) => !isDecision(outcome))
    // A defect is told by the laws of totality.
    const problem = hasDefect ? undefined : falseOrThrown(() => same(one.state, other.state))
    if (problem === undefined) return undefined
    const where = problem === 'is false' ? '' : ` (\`same\` ${problem})`
    return `${shown(left)} and ${shown(right)} lead to different states${where}: ${changesInWords(one.state, other.state)}`
  }
  return {
    id: `relation.${name}`,
    statement: `'${name}': both sequences of commands lead to the same state.`,
    judge: ({ history, strayCommands }) => {
      const decided = history.steps.map((step) => ({ ...step, past: pastOf(history, step) }))
      const last = { past: history.events, before: history.state }
      const stray = strayCommands.map((command) => ({ command, ...last }))
      return firstOf([...decided, ...stray], ({ past, command, before }) => {
        const difference = differenceIn(past, command, before)
        return difference === undefined
          ? undefined
          : { past, command, cause: `The relation '${name}' does not hold: ${difference}.`, advice }
      })
    },
  }
}

const idempotent = <Command, State, Event, Rejection>(
  { domain }: Subject<Command, State, Event, Rejection>,
  type: string,
): Law<Command, State, Event, Rejection> => ({
  id: `idempotent.${type}`,
  statement: `\`${type}\` does nothing, or is rejected, when it comes a second time.`,
  judge: ({ history }) =>
    firstOf(history.steps, (step) => {
      if (typeOf(step.command) !== type || !isAccepted(step)) return undefined
      const again = eventsOfOutcome(decideWithDefects(domain, step.command, step.after))
      return again.length === 0
        ? undefined
        : {
            past: pastOf(history, step),
            command: step.command,
            cause: `${shown(step.command)} was accepted, came a second time, and was accepted again with ${shown(again)}.`,
            advice: `Let \`evolve\` keep what tells that \`${type}\` was done, and answer the second with nothing or with reject(...).`,
          }
    }),
})

const scenario = <Command, State, Event, Rejection>(
  { domain }: Subject<Command, State, Event, Rejection>,
  name: string,
  run: (domain: Domain<Command, State, Event, Rejection>) => unknown,
): Law<Command, State, Event, Rejection> => ({
  id: `scenario.${name}`,
  statement: `The scenario '${name}' passes.`,
  judge: onceForAll((): Breach<Command, Event> | undefined => {
    const done = E.tryCatch(() => run(domain), shownThrown)
    if (E.isLeft(done)) {
      const cause = `The scenario '${name}' fails: ${done.left}.`
      return { past: [], cause, advice: 'Mend the domain, or the scenario if it asks for something else.' }
    }
    if (!(done.right instanceof Promise)) return undefined
    // Nobody waits for it, so that it would fail unnoticed here, and noticed where nobody knows it.
    done.right.catch(() => undefined)
    const cause = `The scenario '${name}' answers with a promise, and nobody waits for it.`
    return { past: [], cause, advice: 'Write the scenario without `async`: a domain is decided at once.' }
  }),
})

/** What is wrong with an expectation, if something is. */
const falseOrThrown = (ask: () => boolean): string | undefined => {
  const answer = E.tryCatch(ask, shownThrown)
  if (E.isLeft(answer)) return `threw (${answer.left})`
  return answer.right ? undefined : 'is false'
}
