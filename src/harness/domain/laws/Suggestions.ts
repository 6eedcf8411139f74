/**
 * The law of suggestions: `commandGen` has an answer in every state. It exists because a walk goes on without one that
 * throws, and the user, who sees histories, would never learn that none of them was suggested.
 * Used by: `Catalogue`.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import { attempt } from '../Attempt.js'
import type { LawsOf } from '../Law.js'
import { shownThrown } from '../Shown.js'

/**
 * The law of suggestions; none where nothing is suggested.
 * @internal
 */
export const suggestions: LawsOf = ({ expectations: { commandGen } }) =>
  commandGen === undefined
    ? []
    : [
        {
          id: 'commandGen.total',
          statement:
            '`commandGen` answers in every state that can be reached, with commands or with `undefined`.',
          judge: ({ history: { steps, events, state } }) => {
            const states = [
              ...steps.map(({ before, pastLength }) => ({ before, pastLength })),
              {
                before: state,
                pastLength: events.length,
              },
            ]
            for (const { before, pastLength } of states) {
              const suggested = attempt(() => commandGen(before))
              if (E.isRight(suggested)) continue
              return {
                past: events.slice(0, pastLength),
                cause: `\`commandGen\` threw ${shownThrown(suggested.left)} in the state after these events.`,
                advice: 'Return `undefined` from `commandGen` where there is nothing to suggest.',
              }
            }
            return undefined
          },
        },
      ]
