/**
 * Everything in a trial asked several times, with other questions in between, and where the answers part. Short trials
 * are asked more often, and at two different times, because what depends on a count or on the clock must still show
 * when the history has been made small.
 * Used by: `Purity`.
 * @since 0.1.0
 */
import type { Change } from '../../../evolve/Timeline.js'
import { copyOf } from '../Copy.js'
import { firstDifference } from '../Difference.js'
import type { Subject, Trial } from '../Law.js'
import { trialsOf } from '../Trial.js'
import {
  type Answer,
  askDecide,
  askEvolve,
  type Move,
  perTrial,
  type Question,
  type Replay,
  type ReplayOf,
} from './AskedAgain.js'

/** What was asked, and where two answers to it part. */
export interface TwoAnswers<Asked> {
  readonly asked: Asked
  readonly difference: Change
}

/** What came of asking again. */
export interface Repetition<Command, State, Event> {
  readonly replay: Replay<Command, State, Event>
  readonly decided: TwoAnswers<Question<Command, State>> | undefined
  readonly evolved: TwoAnswers<Move<State, Event>> | undefined
}

/** About how many questions a trial is asked at least. */
const questionsMin = 16

/** In trials of at most so many commands the clock moves on between two rounds; it takes up to a millisecond. */
const shortTrial = 6

/** How many histories are run in between, and how many commands of each. */
const [noiseHistories, noiseCommands] = [2, 4]

/**
 * Repetitions for the trials of a subject. Each trial is repeated once, whichever laws ask for it.
 * @internal
 */
export const repetitionsOf = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
  replay: ReplayOf<Command, State, Event, Rejection>,
) => {
  const noise = perTrial((_: typeof subject) => noiseOf(subject, replay))
  // Once two answers have parted, every trial gets its time: a long one that shows a clock by chance can then be made small.
  let hasFound = false
  return perTrial((trial: Trial<Command, State, Event, Rejection>) => {
    const waits = hasFound || trial.history.steps.length <= shortTrial
    const repetition = repeat(subject, waits, replay(trial), noise(subject))
    hasFound ||= repetition.decided !== undefined || repetition.evolved !== undefined
    return repetition
  })
}

/** What is asked in between. It is the same for all trials, so that one situation alone shows what the trial showed. */
const noiseOf = <Command, State, Event, Rejection>(
  { domain, expectations }: Subject<Command, State, Event, Rejection>,
  replay: ReplayOf<Command, State, Event, Rejection>,
): ReadonlyArray<Question<Command, State>> => {
  try {
    return trialsOf({ domain, expectations: { ...expectations, histories: noiseHistories } }).trials.flatMap(
      (trial) => replay(trial).questions.slice(-noiseCommands),
    )
  } catch {
    // Where no commands can be derived, those of the trial are all there is.
    return []
  }
}

const repeat = <Command, State, Event, Rejection>(
  { domain }: Subject<Command, State, Event, Rejection>,
  waits: boolean,
  replay: Replay<Command, State, Event>,
  others: ReadonlyArray<Question<Command, State>>,
): Repetition<Command, State, Event> => {
  const { questions, moves } = replay
  const rounds = Math.max(2, Math.ceil(questionsMin / Math.max(1, questions.length)))
  const decide = ({ command, state }: Question<Command, State>) =>
    plain(askDecide(domain, copyOf(command), copyOf(state)))
  const evolve = ({ state, event }: Move<State, Event>) =>
    plain(askEvolve(domain, copyOf(state), copyOf(event)))
  const between = (round: number): void => {
    const turn = round % Math.max(1, others.length)
    // Not as many each time: what counts to a number must not come out even with the rounds.
    for (const question of others.slice(turn)) decide(question)
    // The same commands in another state: whoever keeps one answer for each command gives a wrong one now.
    const other = others.at(-turn)
    if (other !== undefined) for (const { command } of questions) decide({ ...other, command })
    if (round === 1 && waits) waitForTheClock()
  }
  return { replay, ...answersOf(questions, moves, decide, evolve, rounds, between) }
}

const answersOf = <Command, State, Event>(
  questions: ReadonlyArray<Question<Command, State>>,
  moves: ReadonlyArray<Move<State, Event>>,
  decide: (question: Question<Command, State>) => unknown,
  evolve: (move: Move<State, Event>) => unknown,
  rounds: number,
  between: (round: number) => void,
): Omit<Repetition<Command, State, Event>, 'replay'> => {
  // Copies, because an answer that is kept and written into would come to equal the next one.
  const firstDecisions = questions.map((question) => copyOf(decide(question)))
  const firstStates = moves.map((move) => copyOf(evolve(move)))
  let decided: TwoAnswers<Question<Command, State>> | undefined
  let evolved: TwoAnswers<Move<State, Event>> | undefined
  for (let round = 1; round < rounds; round++) {
    between(round)
    decided ??= firstAnsweredOtherwise(questions, firstDecisions, decide, 'answer')
    evolved ??= firstAnsweredOtherwise(moves, firstStates, evolve, 'state')
  }
  return { decided, evolved }
}

/** All are asked, even after one has answered differently: what is counted must go on being counted. */
const firstAnsweredOtherwise = <Asked>(
  all: ReadonlyArray<Asked>,
  firsts: ReadonlyArray<unknown>,
  ask: (asked: Asked) => unknown,
  name: string,
): TwoAnswers<Asked> | undefined =>
  all
    .map((asked, index) => {
      const difference = firstDifference(firsts[index], ask(asked), name)
      return difference === undefined ? undefined : { asked, difference }
    })
    .find((found) => found !== undefined)

/** What is compared: what was given, or that something was thrown, and what. */
const plain = (answer: Answer): unknown => (answer._tag === 'Threw' ? { threw: answer.error } : answer.value)

/** Bounded, because a test may have stopped the clock. */
const waitForTheClock = (): void => {
  const start = Date.now()
  for (let turn = 0; turn < 200_000 && Date.now() === start; turn++);
}
