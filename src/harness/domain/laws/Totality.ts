/**
 * Laws of totality: `decide` and `evolve` answer whatever they are asked. A rule that says no is a rejection; what throws
 * is a bug, and in `evolve` it is a stream that can never be read again.
 * Used by: `Catalogue`.
 * @since 0.1.0
 */
import { isDecision } from '../History.js'
import type { LawsOf } from '../Law.js'

/** The laws of totality. */
export const totality: LawsOf = () => [
  {
    id: 'decide.total',
    statement:
      '`decide` answers every command in every state that can be reached, with a rejection if it must.',
    judge: ({ history }) => {
      const step = history.steps.find(({ outcome }) => !isDecision(outcome) && outcome.by === 'decide')
      return step === undefined || isDecision(step.outcome)
        ? undefined
        : {
            past: history.events.slice(0, step.pastLength),
            command: step.command,
            cause: `decide threw ${String(step.outcome.value)}.`,
            advice: 'Answer with reject(...) where a rule says no.',
          }
    },
  },
]
