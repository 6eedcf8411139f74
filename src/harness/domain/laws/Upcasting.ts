/**
 * Laws of upcasting: events that were stored years ago, in an older shape, are still read today. Samples of what was
 * stored are given as `golden`, since no codec of today knows the shapes of yesterday.
 * Used by: `Catalogue`.
 *
 * Laws (test/properties/harness/domain/laws/Upcasting.test.ts):
 * - OLD-1 read: a golden sample breaks a law exactly if it cannot be decoded, or `evolve` throws at it.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Domain } from '../../../decide/Domain.js'
import { typeOf } from '../../../evolve/TaggedCodec.js'
import { currentSchemaVersion } from '../../../evolve/Upcaster.js'
import type { Expectations } from '../Expectations.js'
import { evolveWithDefects, isDefect } from '../History.js'
import type { Breach, Law, LawsOf } from '../Law.js'
import { shown, shownThrown } from '../Shown.js'
import { failureInWords } from '../Stored.js'
import { decidedIn, firstOf, onceForAll, pastOf } from './Steps.js'

/** The laws of upcasting: of golden samples where there are any, and of today's version where a type has upcasters. */
export const upcasting: LawsOf = ({ domain, expectations: { golden = [] } }) => [
  ...(golden.length === 0 ? [] : [upcastTotal(domain, golden)]),
  ...(Object.keys(domain.event.upcasters).length === 0 ? [] : [upcastCurrent(domain)]),
]

type Golden = NonNullable<Expectations<never, never, never, never>['golden']>

const upcastTotal = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  golden: Golden,
): Law<Command, State, Event, Rejection> => ({
  id: 'upcast.total',
  statement: 'Every golden sample of what was once stored is still read, and `evolve` takes it.',
  judge: onceForAll(() => firstOf(golden, (sample) => unread(domain, sample))),
})

const unread = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  sample: Golden[number],
): Breach<Command, Event> | undefined => {
  const name = `\`${sample.type}\` of schema version ${sample.schemaVersion}, ${shown(sample.data)},`
  const decoded = E.tryCatch(() => domain.event.decode(sample), shownThrown)
  if (E.isLeft(decoded)) {
    const cause = `The stored event ${name} cannot be read: an upcaster threw ${decoded.left}.`
    return { past: [], cause, advice: 'Let the upcaster take everything that was ever stored.' }
  }
  if (E.isLeft(decoded.right)) {
    const cause = `The stored event ${name} cannot be read: ${failureInWords(decoded.right.left)}.`
    return {
      past: [],
      cause,
      advice: `Add an upcaster for \`${sample.type}\`, or mend the one that is there.`,
    }
  }
  const event = decoded.right.right
  const next = evolveWithDefects(domain, domain.initialState, event)
  if (!isDefect(next)) return undefined
  const cause = `\`evolve\` threw ${shownThrown(next.value)} at the stored event ${name} read as ${shown(event)}.`
  return { past: [event], cause, advice: 'Let `evolve` take every event that was ever stored.' }
}

const upcastCurrent = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
): Law<Command, State, Event, Rejection> => {
  const current = currentSchemaVersion(domain.event.upcasters)
  return {
    id: 'upcast.current',
    statement: 'What is written today has the schema version of today, so that no upcaster changes it.',
    judge: ({ history }) =>
      firstOf(history.steps, (step) =>
        firstOf(decidedIn(domain, step), (event) => {
          const type = typeOf(event)
          const written = E.tryCatch(() => domain.event.encode(event).schemaVersion, shownThrown)
          // An event that cannot be written is told by the laws of storage.
          if (E.isLeft(written) || written.right === current(type)) return undefined
          return {
            past: pastOf(history, step),
            command: step.command,
            cause: `\`${type}\` is written as schema version ${written.right}, and its upcasters lead to version ${current(type)}.`,
            advice: 'Build the event codec from the same upcasters that read it.',
          }
        }),
      ),
  }
}
