/**
 * The law of the time zone: decisions and states are the same wherever the machine stands. The time zone of the process
 * is switched for the time of a replay, where the platform heeds that; where it does not, the law says so and judges
 * nothing, because a check that cannot fail is no check.
 * Used by: `Catalogue`.
 * @since 0.1.0
 */

import type { Change } from '../../../evolve/Timeline.js'
import { processHere } from '../../Platform.js'
import { copyOf } from '../Copy.js'
import { firstDifference, shownDifference } from '../Difference.js'
import { shown } from '../Shown.js'
import { askDecide, askEvolve, type LawsOfReplays, replayOf } from './AskedAgain.js'
import type { Complaint } from './NoDecision.js'

/** Two zones a day apart, the one with summer time and half an hour. */
const [farEast, west] = ['Pacific/Kiritimati', 'America/St_Johns'] as const

/** The law of the time zone. */
export const timeZone: LawsOfReplays = (subject, replay = replayOf(subject)) => {
  const { domain } = subject
  const inZone = zoneSwitch()
  return [
    {
      id: 'timezone',
      statement: 'Decisions and states are the same in every time zone.',
      ...(inZone === undefined && { notChecked: whyNot }),
      judge: (trial) => {
        if (inZone === undefined) return undefined
        const { events, questions, moves } = replay(trial)
        const all = (): ReadonlyArray<unknown> => [
          ...questions.map(({ command, state }) => copyOf(askDecide(domain, copyOf(command), copyOf(state)))),
          ...moves.map(({ state, event }) => copyOf(askEvolve(domain, copyOf(state), copyOf(event)))),
        ]
        const found = byZone(
          () => inZone(farEast, all),
          () => inZone(west, all),
        )
        if (found === undefined) return undefined
        const question = questions[found.index]
        if (question !== undefined) {
          const { command, pastLength } = question
          return {
            past: events.slice(0, pastLength),
            command,
            ...complaint('decide', command, found.difference),
          }
        }
        const move = moves[found.index - questions.length]
        return move && { past: move.past(), ...complaint('evolve', move.event, found.difference) }
      },
    },
  ]
}

/**
 * Why the law is not checked, in the words of a report.
 * @internal
 */
export const whyNot =
  'this thread cannot change its time zone; run the test in a process of its own, such as the pool `forks` of vitest'

/** How often a difference must show before it is put down to the zone, and not to chance or to a clock. */
const confirmations = 3

const byZone = (
  inOne: () => ReadonlyArray<unknown>,
  inOther: () => ReadonlyArray<unknown>,
): { readonly index: number; readonly difference: Change } | undefined => {
  const [one, other] = [inOne(), inOther()]
  const differs = (index: number): Change | undefined =>
    firstDifference(givenIn(one[index]), givenIn(other[index]), 'answer')
  const index = one.findIndex((_, at) => differs(at) !== undefined)
  const difference = index === -1 ? undefined : differs(index)
  if (difference === undefined) return undefined
  for (let turn = 0; turn < confirmations; turn++) {
    if (firstDifference(inOne()[index], one[index], '') !== undefined) return undefined
    if (firstDifference(inOther()[index], other[index], '') !== undefined) return undefined
  }
  return { index, difference }
}

const givenIn = (answer: unknown): unknown =>
  typeof answer === 'object' && answer !== null && 'value' in answer ? answer.value : answer

const complaint = (by: 'decide' | 'evolve', asked: unknown, difference: Change): Complaint => ({
  cause: `\`${by}\` depends on the machine's time zone. For ${shown(asked)} ${shownDifference(difference, `in ${farEast}`, `in ${west}`)}.`,
  advice:
    'Use the UTC forms of `Date`, such as `getUTCDate()` and `toISOString()`, and name a time zone wherever one is meant.',
})

/** Runs something in a time zone; undefined where the platform does not heed the change, as in worker threads. */
const zoneSwitch = (): (<A>(zone: string, run: () => A) => A) | undefined => {
  const env = processHere()?.env
  if (env === undefined) return undefined
  const inZone = <A>(zone: string, run: () => A): A => {
    const before = env['TZ']
    env['TZ'] = zone
    try {
      return run()
    } finally {
      if (before === undefined) delete env['TZ']
      else env['TZ'] = before
    }
  }
  const offset = () => new Date(Date.UTC(2024, 0, 15)).getTimezoneOffset()
  return inZone(farEast, offset) === -14 * 60 && inZone(west, offset) === 210 ? inZone : undefined
}
