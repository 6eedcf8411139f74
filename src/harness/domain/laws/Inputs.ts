/**
 * Laws of inputs: `decide` and `evolve` leave alone what they are given. A state that is written into is shared with
 * snapshots, caches and histories, and all of them change behind the back of whoever reads them.
 * Used by: `Catalogue`.
 * @since 0.1.0
 */
import type { Change } from '../../../evolve/Timeline.js'
import { placeOf } from '../../ambient/UserFrame.js'
import { copyOf, frozenCopyOf } from '../Copy.js'
import { firstChange, shownChange } from '../Difference.js'
import { shown } from '../Shown.js'
import { type Answer, askDecide, askEvolve, type LawsOfReplays, replayOf } from './AskedAgain.js'
import type { Complaint } from './NoDecision.js'

/** The laws of inputs. */
export const inputs: LawsOfReplays = (subject, replay = replayOf(subject)) => {
  const { domain } = subject
  return [
    {
      id: 'decide.keepsInputs',
      statement: '`decide` changes neither the command nor the state that it is given.',
      judge: (trial) => {
        const { events, questions } = replay(trial)
        for (const { command, state, pastLength } of questions) {
          const written = writtenBy({ command, state }, (given) =>
            askDecide(domain, given.command, given.state),
          )
          if (written === undefined) continue
          const past = events.slice(0, pastLength)
          return { past, command, ...complaint('decide', `when it was asked for ${shown(command)}`, written) }
        }
        return undefined
      },
    },
    {
      id: 'evolve.keepsInputs',
      statement: '`evolve` changes neither the state nor the event that it is given: it returns a new state.',
      judge: (trial) => {
        for (const { state, event, past } of replay(trial).moves) {
          const written = writtenBy({ state, event }, (given) => askEvolve(domain, given.state, given.event))
          if (written === undefined) continue
          return { past: past(), ...complaint('evolve', `on the event ${shown(event)}`, written) }
        }
        return undefined
      },
    },
  ]
}

/** What was written into: a change that can be seen, or a write that left everything as it was. */
type Written = { readonly change: Change } | { readonly attempt: Error; readonly given: object }

/**
 * Compared before and after, because a map or a date cannot be frozen; and frozen, because sorting what is sorted, or
 * adding and removing again, leaves no trace.
 */
const writtenBy = <Given extends object>(
  given: Given,
  ask: (given: Given) => Answer,
): Written | undefined => {
  const open = copyOf(given)
  const answer = ask(open)
  const change = firstChange(given, open)
  if (change !== undefined) return { change }
  if (answer._tag === 'Threw') return undefined
  const frozen = ask(frozenCopyOf(given))
  return frozen._tag === 'Threw' && frozen.error instanceof TypeError
    ? { attempt: frozen.error, given }
    : undefined
}

const complaint = (by: 'decide' | 'evolve', when: string, written: Written): Complaint => {
  if ('change' in written) {
    const { path } = written.change
    return {
      cause: `\`${by}\` changed what it was given ${when}: ${shownChange(written.change)}.`,
      advice:
        by === 'evolve' && path.startsWith('state')
          ? newState(path)
          : leaveAlone(path.split(/[.[]/)[0] ?? path),
    }
  }
  const place = placeOf(written.attempt)
  const at = place === undefined ? '' : ` (${place})`
  return {
    cause: `\`${by}\` writes into what it was given ${when}, although the value comes out the same: ${shown(written.attempt)}${at}.`,
    advice:
      'Work on a copy: `[...items].sort()` in place of `items.sort()`, and `{ ...state }` in place of an assignment.',
  }
}

const newState = (path: string): string => {
  const field = /^state\.(\w+)/.exec(path)?.[1]
  return field === undefined
    ? 'Return a new state, and leave the one that was given as it is.'
    : `Return a new state, such as \`{ ...state, ${field}: ... }\`, and leave the one that was given as it is.`
}

const leaveAlone = (what: string): string =>
  `Copy the ${what} before you change it, as in \`{ ...${what} }\`, or put the new value into a variable of its own.`
