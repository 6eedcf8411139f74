/**
 * Laws of storage: what a domain decides is what its codecs declare, and comes back from a database as it went. An event
 * that does not is a fact that is lost, or a stream that can never be read again, and both show only after a restart.
 * An extra field, `NaN`, a `Date` and a bigint are found out here, before there is any database.
 * Used by: `Catalogue`.
 *
 * Laws (test/properties/harness/domain/laws/Storage.test.ts):
 * - STO-1 faithful: a domain whose events are what its codec reads back breaks no law of storage.
 * - STO-2 named: an event with a field that the codec drops, of whatever name, is found, and the cause names the field.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Domain } from '../../../decide/Domain.js'
import type { Codec } from '../../../evolve/Codec.js'
import { type TaggedCodec, typeOf } from '../../../evolve/TaggedCodec.js'
import { changesInWords } from '../Difference.js'
import { isSame } from '../Equality.js'
import { type History, isDecision } from '../History.js'
import type { Breach, Law, LawsOf } from '../Law.js'
import { lostToPrototype } from '../ProtoKey.js'
import { shown } from '../Shown.js'
import {
  failureInWords,
  isOf,
  type NotStored,
  refusalBy,
  type Stored,
  storedBy,
  storedEventBy,
} from '../Stored.js'
import { commandsOf, decidedIn, firstOf, pastOf, statesAlong } from './Steps.js'

/** The laws of storage. */
export const storage: LawsOf = ({ domain }) => [
  eventDeclared(domain),
  eventStored(domain),
  // A state that is not as declared shows in rejections too, so it is told first.
  stateDeclared(domain),
  rejectionDeclared(domain),
  commandStored(domain),
]

type LawOf = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
) => Law<Command, State, Event, Rejection>

const eventDeclared: LawOf = (domain) => ({
  id: 'event.declared',
  statement: 'Every event that is decided is one that the event codec declares.',
  judge: ({ history }) =>
    firstOf(history.steps, (step) =>
      firstOf(decidedIn(domain, step), (event) => {
        const problem = undeclaredBy(domain.event.tagged, event)
        return problem === undefined
          ? undefined
          : {
              past: pastOf(history, step),
              command: step.command,
              cause: `\`${typeOf(step.command)}\` was answered with the event ${shown(event)}, and ${problem}.`,
              advice:
                'Declare the event, with all its fields, in the event codec, or decide one that is declared.',
            }
      }),
    ),
})

const eventStored: LawOf = (domain) => {
  const store = storedEventBy(domain.event)
  return {
    id: 'event.stored',
    statement: 'Every event comes back from a database as it was decided.',
    judge: ({ history }) =>
      firstOf(history.steps, (step) =>
        firstOf(decidedIn(domain, step), (event) => {
          // An undeclared event is told by the law before.
          if (!isOf(domain.event.tagged, event)) return undefined
          const loss = lossOf(store(event), event)
          return loss === undefined
            ? undefined
            : {
                past: pastOf(history, step),
                command: step.command,
                cause: `The event \`${typeOf(event)}\` does not survive being stored: ${loss.words}.`,
                advice: loss.advice,
              }
        }),
      ),
  }
}

const rejectionDeclared: LawOf = (domain) => {
  const store = storedBy(domain.rejection)
  return {
    id: 'rejection.declared',
    statement: 'Every rejection is one that the rejection codec declares, and comes back as it went.',
    judge: ({ history }) =>
      firstOf(history.steps, (step) => {
        if (!isDecision(step.outcome) || E.isRight(step.outcome)) return undefined
        const rejection = step.outcome.left
        const problem = undeclaredBy(domain.rejection, rejection)
        const loss = problem === undefined ? lossOf(store(rejection), rejection) : undefined
        const words = loss
          ? `which does not survive being stored: ${loss.words}`
          : problem && `and ${problem}`
        return words === undefined
          ? undefined
          : {
              past: pastOf(history, step),
              command: step.command,
              cause: `\`${typeOf(step.command)}\` was rejected with ${shown(rejection)}, ${words}.`,
              advice: loss?.advice ?? declareRejection,
            }
      }),
  }
}

const declareRejection =
  'Declare the rejection, with all its fields, in the rejection codec, or reject with one that is declared.'

const commandStored: LawOf = (domain) => {
  const store = storedBy(domain.command)
  return {
    id: 'command.stored',
    statement: 'Every command comes back from the decision journal as it was sent.',
    judge: (trial) =>
      firstOf(commandsOf(trial), (command) => {
        const loss = lossOf(store(command), command)
        return loss === undefined
          ? undefined
          : {
              past: [],
              command,
              cause: `The command \`${typeOf(command)}\` does not survive being stored: ${loss.words}.`,
              advice: loss.advice,
            }
      }),
  }
}

const stateDeclared: LawOf = (domain) => ({
  id: 'state.declared',
  statement: 'Every state that can be reached is one that the state codec accepts.',
  judge: ({ history }) => {
    const states = statesAlong(domain, domain.initialState, history.events)
    return firstOf(states.keys(), (index) => {
      const state = states[index] as (typeof states)[number]
      const problem = problemOf(domain, state)
      return problem && { ...reachedBy(history, index), ...problem }
    })
  },
})

/** What is wrong with a state, if something is. */
const problemOf = <Command, State, Event, Rejection>(
  { state: codec }: Domain<Command, State, Event, Rejection>,
  state: State,
): Pick<Breach<Command, Event>, 'cause' | 'advice'> | undefined => {
  if (!isOf(codec, state)) {
    const why = failureInWords(refusalBy(codec, state), 'the state')
    return {
      cause: `The state codec does not accept the state ${shown(state)}: ${why}.`,
      advice: 'Mend what leads to this state, or declare in the state codec what it may be.',
    }
  }
  const path = lostToPrototype(state)
  return path === undefined
    ? undefined
    : {
        cause: `In the state, \`${path}\` lost a part: it was assigned to the key \`__proto__\`, which JavaScript does not keep as a key.`,
        advice:
          'Build the record with Object.fromEntries, or with a computed key in a literal, or use a Map.',
      }
}

/** A state is met again by the command whose events led to it, if one did: the test that is printed then has a command. */
const reachedBy = <Command, State, Event, Rejection>(
  history: History<Command, State, Event, Rejection>,
  events: number,
): Pick<Breach<Command, Event>, 'past' | 'command'> => {
  const step = history.steps.findLast(({ pastLength }) => pastLength < events)
  return step === undefined
    ? { past: history.events.slice(0, events) }
    : { past: pastOf(history, step), command: step.command }
}

/** What is wrong with a value that a codec does not accept, as a part of a sentence. */
const undeclaredBy = <A>(codec: TaggedCodec<A> | Codec<A>, value: A): string | undefined => {
  if (isOf(codec, value)) return undefined
  const types = 'types' in codec ? codec.types : []
  const type = typeOf(value)
  if (type === '') return 'it has no `type`, so that no codec can tell what it is'
  if (!types.includes(type)) return `the codec declares no \`${type}\`, only ${types.join(', ')}`
  return failureInWords(refusalBy(codec, value))
}

/** What became of a value on its way through a database: nothing to tell, or words and what to do. */
const lossOf = <A>(
  stored: Stored<A>,
  value: A,
): { readonly words: string; readonly advice: string } | undefined => {
  if (E.isLeft(stored)) return { words: failureInWords(stored.left), advice: adviceFor(stored.left) }
  return isSame(stored.right, value)
    ? undefined
    : {
        words: `it comes back as another value (${changesInWords(value, stored.right)})`,
        advice: 'Declare every field in the codec, in a form that JSON has, or leave the field out.',
      }
}

const adviceFor = ({ at }: NotStored): string =>
  at === 'writing'
    ? 'Give the field a codec that encodes it as JSON, such as text for a date or a whole number for an amount.'
    : 'Let the codec decode what it encodes: a round trip must give the value back.'
