/**
 * Laws of restart: what a domain does after a restart is what it would have done without one. A state is read again from
 * stored events, or from a snapshot of a state, and neither way may lead elsewhere.
 * Two states are taken for equal if all their parts are. A snapshot may also lead to a state with other parts, as long as
 * every command of the trial is decided alike in both: such states are equal to whoever can only send commands.
 * Used by: `Catalogue`.
 *
 * Laws (test/properties/harness/domain/laws/Restart.test.ts):
 * - RST-1 found: a domain that looks at the order of the keys of an event is found out by `replay.stored`, whatever the
 *   key.
 * - RST-2 harmless: a state with a part that its codec drops, and that no decision depends on, breaks no law of restart.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Domain } from '../../../decide/Domain.js'
import { typeOf } from '../../../evolve/TaggedCodec.js'
import { changesInWords } from '../Difference.js'
import { isExactlySame, isSame } from '../Equality.js'
import { decideWithDefects, type Outcome } from '../History.js'
import type { Breach, Law, LawsOf, Trial } from '../Law.js'
import { holdsProtoKey } from '../ProtoKey.js'
import { shown } from '../Shown.js'
import { failureInWords, isOf, type NotStored, storedBy, storedEventBy } from '../Stored.js'
import { commandsOf, firstOf, statesAlong } from './Steps.js'

/** The laws of restart. */
export const restart: LawsOf = ({ domain }) => [replayStored(domain), snapshot(domain)]

type LawOf = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
) => Law<Command, State, Event, Rejection>

const replayStored: LawOf = (domain) => {
  const store = storedEventBy(domain.event)
  const advice =
    'Let `evolve` and `decide` depend only on fields that the codecs declare, and never on the order of keys.'
  return {
    id: 'replay.stored',
    statement:
      'The state read from stored events is the state that the events led to when they were decided.',
    judge: (trial) => {
      const { events } = trial.history
      // What does not come back is told by the laws of storage.
      const back = events.map(store)
      const stored = back.filter(E.isRight).map(({ right }) => right)
      if (stored.length < events.length) return undefined
      const states = statesAlong(domain, domain.initialState, events)
      const storedStates = statesAlong(domain, domain.initialState, stored)
      for (const [index, state] of states.entries()) {
        const past = events.slice(0, index)
        if (index >= storedStates.length) {
          const event = shown(stored[index - 1])
          return { past, cause: `\`evolve\` threw at ${event}, as it comes back from a database.`, advice }
        }
        if (isSame(storedStates[index], state)) continue
        const changes = changesInWords(state, storedStates[index])
        const type = typeOf(events[index - 1])
        return {
          past,
          cause: `After a restart the state is another: read from a database, \`${type}\` leads elsewhere (${changes}).`,
          advice,
        }
      }
      const [last, storedLast] = [states.at(-1), storedStates.at(-1)] as [
        typeof domain.initialState,
        typeof domain.initialState,
      ]
      const other = decidedOtherwise(domain, commandsOf(trial), last, storedLast)
      return (
        other && {
          past: events.slice(0, states.length - 1),
          command: other.command,
          cause: `After a restart \`${typeOf(other.command)}\` is decided otherwise: ${other.words}.`,
          advice,
        }
      )
    },
  }
}

const snapshot = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
): Law<Command, State, Event, Rejection> => {
  const store = storedBy(domain.state)
  return {
    id: 'snapshot',
    statement: 'Going on from a stored state leads to what going on from the state itself leads to.',
    judge: (trial) => {
      const { events } = trial.history
      const states = statesAlong(domain, domain.initialState, events)
      const backs = states.map((state) => (isOf(domain.state, state) ? store(state) : undefined))
      return firstOf(states.keys(), (cut) => {
        const [state, back] = [states[cut] as State, backs[cut]]
        // A state that is not declared is told by a law of storage.
        if (back === undefined) return undefined
        const breach = E.isRight(back)
          ? divergence(domain, trial, { states, cut, restored: back.right })
          : notKept(events.slice(0, cut), back.left)
        // Records of io-ts lose this key. No snapshot is ever taken of such a state, so that nothing goes wrong; and a
        // remark says so of every such record, instead of a law in those trials that happen to come upon it.
        return breach && holdsProtoKey(state) ? undefined : breach
      })
    },
  }
}

const notKept = <Event>(past: ReadonlyArray<Event>, failure: NotStored): Breach<never, Event> => ({
  past,
  cause: `The state after ${counted(past.length)} cannot be kept: ${failureInWords(failure, 'the state')}.`,
  advice: keepable,
})

const keepable =
  'Declare in the state codec every field that `decide` or `evolve` uses, in a form that JSON has.'

const orderly =
  'Keep in an array what has an order: a database gives back the keys of an object in an order of its own.'

const counted = (events: number): string => (events === 1 ? '1 event' : `${events} events`)

/** Where a history is cut, and what the state there comes back as. */
interface Cut<State> {
  readonly states: ReadonlyArray<State>
  readonly cut: number
  readonly restored: State
}

/** The first observation that tells a restored state from the one that was stored. */
const divergence = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  trial: Trial<Command, State, Event, Rejection>,
  { states, cut, restored }: Cut<State>,
): Breach<Command, Event> | undefined => {
  const { events, steps } = trial.history
  const state = states[cut] as State
  // Where no part differs, what differs is the order of keys.
  const isReordered = isExactlySame(state, restored)
  const breach = (past: number, command: Command, words: string): Breach<Command, Event> => {
    const change = isReordered
      ? 'whose objects have their keys in another order'
      : `which came back as another state (${changesInWords(state, restored)})`
    return {
      past: events.slice(0, past),
      command,
      cause: `From the snapshot after ${counted(cut)}, ${change}, \`${typeOf(command)}\` is decided otherwise: ${words}.`,
      advice: isReordered ? orderly : keepable,
    }
  }
  const isLast = cut === states.length - 1
  const here = isLast
    ? commandsOf(trial)
    : steps.filter(({ pastLength }) => pastLength === cut).map(({ command }) => command)
  const other = decidedOtherwise(domain, here, state, restored)
  if (other !== undefined) return breach(cut, other.command, other.words)
  // A pure `evolve` leads from exactly the same state to exactly the same states; most cuts end here.
  if (isLast || isReordered) return undefined
  const rest = statesAlong(domain, restored, events.slice(cut, states.length - 1))
  const end = states.length - 1
  if (rest.length < states.length - cut) {
    const cause = `From the snapshot after ${counted(cut)} \`evolve\` throws at ${shown(events[cut + rest.length - 1])}.`
    return { past: events.slice(0, cut + rest.length), cause, advice: keepable }
  }
  const [last, restoredLast] = [states[end] as State, rest.at(-1) as State]
  if (isSame(last, restoredLast)) return undefined
  const later = decidedOtherwise(domain, commandsOf(trial), last, restoredLast)
  return later && breach(end, later.command, later.words)
}

/** The first command that is decided otherwise in two states. */
const decidedOtherwise = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  commands: ReadonlyArray<Command>,
  state: State,
  other: State,
): { readonly command: Command; readonly words: string } | undefined =>
  firstOf(commands, (command) => {
    const expected = decideWithDefects(domain, command, state)
    const found = decideWithDefects(domain, command, other)
    return isSame(expected, found)
      ? undefined
      : { command, words: `${outcomeInWords(found)} instead of ${outcomeInWords(expected)}` }
  })

const outcomeInWords = <Event, Rejection>(outcome: Outcome<Event, Rejection>): string => {
  if (outcome._tag === 'Defect') return `a defect of \`${outcome.by}\``
  return outcome._tag === 'Left'
    ? `the rejection ${shown(outcome.left)}`
    : `the events ${shown(outcome.right)}`
}
