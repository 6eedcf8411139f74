/**
 * Laws of purity: the same question has the same answer, whatever was asked in between. What a function remembers from
 * one call to the next, in a counter, a cache or a variable of its module, is found by what it does.
 * Used by: `Catalogue`.
 * @since 0.1.0
 */
import type { Change } from '../../../evolve/Timeline.js'
import { copyOf } from '../Copy.js'
import { shownDifference } from '../Difference.js'
import { shown } from '../Shown.js'
import { type Answer, askDecide, askEvolve, type LawsOfReplays, replayOf } from './AskedAgain.js'
import type { Complaint } from './NoDecision.js'
import { repetitionsOf } from './Repetition.js'

/** The laws of purity. */
export const purity: LawsOfReplays = (subject, replay = replayOf(subject)) => {
  const { domain } = subject
  const repeated = repetitionsOf(subject, replay)
  return [
    {
      id: 'decide.pure',
      statement: '`decide` answers the same command in the same state in the same way, each time.',
      judge: (trial) => {
        const { replay, decided } = repeated(trial)
        if (decided === undefined) return undefined
        const { command, pastLength } = decided.asked
        return {
          past: replay.events.slice(0, pastLength),
          command,
          ...impure.decide(command, decided.difference),
        }
      },
    },
    {
      id: 'evolve.pure',
      statement: '`evolve` makes the same state of the same event and the same state, each time.',
      judge: (trial) => {
        const { evolved } = repeated(trial)
        if (evolved === undefined) return undefined
        const { event, past } = evolved.asked
        return { past: past(), ...impure.evolve(event, evolved.difference) }
      },
    },
    {
      id: 'methods.free',
      statement: '`decide` and `evolve` work without the object that they belong to.',
      judge: (trial) => {
        const { events, questions, moves } = repeated(trial).replay
        const { decide, evolve } = domain
        const [freeDecide, freeEvolve]: [typeof decide, typeof evolve] = [
          (c) => decide(c),
          (s, e) => evolve(s, e),
        ]
        for (const { command, state, pastLength } of questions) {
          const ask = (by: Pick<typeof domain, 'decide'>) => askDecide(by, copyOf(command), copyOf(state))
          if (throwsOnly(ask({ decide: freeDecide }), () => ask(domain)))
            return { past: events.slice(0, pastLength), command, ...bound('decide') }
        }
        for (const { state, event, past } of moves) {
          const ask = (by: Pick<typeof domain, 'evolve'>) => askEvolve(by, copyOf(state), copyOf(event))
          if (throwsOnly(ask({ evolve: freeEvolve }), () => ask(domain)))
            return { past: past(), ...bound('evolve') }
        }
        return undefined
      },
    },
  ]
}

/** Whether the first way throws, and the second does not. */
const throwsOnly = (first: Answer, second: () => Answer): boolean =>
  first._tag === 'Threw' && second()._tag !== 'Threw'

const bound = (by: 'decide' | 'evolve'): Complaint => ({
  cause: `\`${by}\` works as a method of the domain, but throws when it is called by itself, as in \`const { ${by} } = domain\`.`,
  advice: `Write \`${by}\` as a function that does not use \`this\`; what it needs comes in by its arguments.`,
})

const impure = {
  decide: (command: unknown, difference: Change): Complaint => ({
    cause: `\`decide\` answered ${shown(command)} in the same state in two ways: ${inTwoWays(difference)}.`,
    advice: remembers('decide', 'the command'),
  }),
  evolve: (event: unknown, difference: Change): Complaint => ({
    cause: `\`evolve\` made two different states of ${shown(event)} in the same state: ${inTwoWays(difference)}.`,
    advice: remembers('evolve', 'the event'),
  }),
}

const inTwoWays = (difference: Change): string =>
  shownDifference(difference, 'the first time', 'another time')

const remembers = (by: string, carrier: string): string =>
  `Look for what \`${by}\` uses besides its arguments, such as a counter, a cache, a clock or a random id, and let ${carrier} bring it along.`
