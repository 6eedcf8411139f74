/**
 * Laws of totality: `decide` and `evolve` answer whatever they are asked. A rule that says no is a rejection; what throws
 * is a bug, and in `evolve` it is a stream that can never be read again.
 * Used by: `Catalogue`.
 * @since 0.1.0
 */
import { placeOf } from '../../ambient/UserFrame.js'
import { copyOf } from '../Copy.js'
import type { Breach } from '../Law.js'
import { shown, shownType } from '../Shown.js'
import {
  type Answer,
  askDecide,
  askEvolve,
  isState,
  type LawsOfReplays,
  perTrial,
  type Replay,
  replayOf,
} from './AskedAgain.js'
import { type Complaint, noDecision } from './NoDecision.js'

/** The laws of totality. */
export const totality: LawsOfReplays = (subject, replay = replayOf(subject)) => {
  const { domain } = subject
  const isCurried = domain.decide.length < 2
  const answered = perTrial((trial: Parameters<typeof replay>[0]) => {
    const { events, questions } = replay(trial)
    const answers = questions.map(({ command, state }) => askDecide(domain, copyOf(command), copyOf(state)))
    return { events, questions, answers }
  })
  return [
    {
      id: 'decide.total',
      statement:
        '`decide` answers every command in every state that can be reached, with a rejection if it must.',
      judge: (trial) =>
        firstComplaint(answered(trial), (answer, command) =>
          answer._tag === 'Threw' && (isCurried || answer.stage === 'second call')
            ? thrownByDecide(answer.error, command)
            : undefined,
        ),
    },
    {
      id: 'decide.answers',
      statement: '`decide` answers with a decision: `accept(...)` of some events, or `reject(...)`.',
      judge: (trial) => firstComplaint(answered(trial), (answer) => noDecision(answer, isCurried)),
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

interface Answered<Command, State, Event>
  extends Pick<Replay<Command, State, Event>, 'events' | 'questions'> {
  /** One for each question. */
  readonly answers: ReadonlyArray<Answer>
}

/** The first question whose answer there is something to complain of. */
const firstComplaint = <Command, State, Event>(
  { events, questions, answers }: Answered<Command, State, Event>,
  complain: (answer: Answer, command: Command) => Complaint | undefined,
): Breach<Command, Event> | undefined => {
  for (const [index, { command, pastLength }] of questions.entries()) {
    const answer = answers[index]
    const complaint = answer && complain(answer, command)
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
  const what = error instanceof Error ? `\`${inTheirWords(shown(error, 160))}\`` : shown(error)
  return place === undefined ? what : `${what} (${place})`
}

/** Test runners and compilers write `(0 , imported.name)(...)` where the user wrote `name(...)`. */
const inTheirWords = (text: string): string => text.replace(/\(0 ?, ?\w+\.(\w+)\)/g, '$1')

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
