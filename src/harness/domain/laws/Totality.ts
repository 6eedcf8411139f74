/**
 * Laws of totality: `decide` and `evolve` answer whatever they are asked. A rule that says no is a rejection; what throws
 * is a bug, and in `evolve` it is a stream that can never be read again.
 * Used by: `Catalogue`.
 * @since 0.1.0
 */
import { placeOf } from '../../ambient/UserFrame.js'
import { copyOf } from '../Copy.js'
import type { Breach, LawsOf } from '../Law.js'
import { shown, shownType } from '../Shown.js'
import { type Answer, askDecide, askEvolve, isState, type Replay, replayOf } from './AskedAgain.js'
import { type Complaint, noDecision } from './NoDecision.js'

/** The laws of totality. */
export const totality: LawsOf = (subject) => {
  const { domain } = subject
  const replay = replayOf(subject)
  const isCurried = domain.decide.length < 2
  const answerOf = (command: Parameters<typeof domain.decide>[0], state: typeof domain.initialState) =>
    askDecide(domain, copyOf(command), copyOf(state))
  return [
    {
      id: 'decide.total',
      statement:
        '`decide` answers every command in every state that can be reached, with a rejection if it must.',
      judge: (trial) =>
        firstQuestion(replay(trial), (command, state) => {
          const answer = answerOf(command, state)
          return answer._tag === 'Threw' && (isCurried || answer.stage === 'second call')
            ? thrownByDecide(answer.error, command)
            : undefined
        }),
    },
    {
      id: 'decide.answers',
      statement: '`decide` answers with a decision: `accept(...)` of some events, or `reject(...)`.',
      judge: (trial) =>
        firstQuestion(replay(trial), (command, state) => noDecision(answerOf(command, state), isCurried)),
    },
    {
      id: 'evolve.total',
      statement: '`evolve` gives a state for every event that can be read, in any order.',
      judge: (trial) => {
        for (const { state, event, past } of replay(trial).moves) {
          const answer = askEvolve(domain, copyOf(state), copyOf(event))
          if (!isState(answer, state)) return { past: past(), ...noState(answer, event) }
        }
        return undefined
      },
    },
  ]
}

/** The first question of which there is something to complain. */
const firstQuestion = <Command, State, Event>(
  { events, questions }: Replay<Command, State, Event>,
  judge: (command: Command, state: State) => Complaint | undefined,
): Breach<Command, Event> | undefined => {
  for (const { command, state, pastLength } of questions) {
    const complaint = judge(command, state)
    if (complaint !== undefined) return { past: events.slice(0, pastLength), command, ...complaint }
  }
  return undefined
}

const thrownByDecide = (error: unknown, command: unknown): Complaint => ({
  cause: `\`decide\` threw ${shownThrow(error)} when it was asked for ${shown(command)}. It must answer.`,
  advice: isBug(error)
    ? 'Mend that line: it stumbles over a value that it did not expect. Where a rule says no, answer with `reject(...)`.'
    : 'Return `reject({ type: ... })` instead of throwing: a rule that says no is an answer, and only a bug is thrown.',
})

/** What the language itself throws is a mistake in the code, and hardly a rule of the domain. */
const isBug = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof ReferenceError ||
  error instanceof SyntaxError

const shownThrow = (error: unknown): string => {
  const place = placeOf(error)
  const what = error instanceof Error ? `\`${shown(error)}\`` : shown(error)
  return place === undefined ? what : `${what} (${place})`
}

const noState = (answer: Answer, event: unknown): Complaint => {
  const on = `on the event ${shown(event)}`
  if (answer._tag === 'Threw')
    return {
      cause: `\`evolve\` threw ${shownThrow(answer.error)} ${on}. A stream that holds this event could never be read again.`,
      advice: 'Return the state as it was for an event that does not fit it; only `decide` may say no.',
    }
  const value = answer._tag === 'Gave' ? answer.value : undefined
  return value === undefined
    ? {
        cause: `\`evolve\` returned undefined ${on}, although there was a state before it.`,
        advice: `Return a state for \`${shownType(event)}\`: each branch needs a \`return\`, and a \`switch\` a \`default\` that returns the state as it was.`,
      }
    : {
        cause: `\`evolve\` returned a Promise ${on}. The state would be the Promise, and not what it promises.`,
        advice: 'Take `async` and `await` out of `evolve`: all that it needs must be in the event.',
      }
}
