/**
 * Laws of behaviour that hold for every domain: the end is the end, and what is recorded matters. An event that changes
 * nothing is often a rejection that was written down as a fact: the stream grows with every refusal, and whoever only
 * reads events takes it for something that happened.
 * Used by: `Catalogue`.
 *
 * Laws (test/properties/harness/domain/laws/Behaviour.test.ts):
 * - BEH-1 the end: a decider at random breaks `terminal` only where a terminal state can be left or records an event.
 * - BEH-2 listed: a type may be listed in `inert` exactly if none of its events changes the state.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Domain } from '../../../decide/Domain.js'
import { typeOf } from '../../../evolve/TaggedCodec.js'
import { attempt } from '../Attempt.js'
import { changesInWords } from '../Difference.js'
import { isExactlySame } from '../Equality.js'
import { decideWithDefects, eventsOfOutcome, isDecision } from '../History.js'
import type { Breach, Law, LawsOf, Trial } from '../Law.js'
import { shown } from '../Shown.js'
import { commandsOf, firstOf, pastOf, statesAlong } from './Steps.js'

/** The laws of behaviour. */
export const behaviour: LawsOf = ({ domain, expectations: { inert = [] } }) => {
  const inertTypes: ReadonlyArray<string> = inert
  return [
    terminal(domain),
    eventMatters(domain, inertTypes),
    ...inertTypes.map((type) => inertType(domain, type)),
  ]
}

const terminal = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
): Law<Command, State, Event, Rejection> => ({
  id: 'terminal',
  statement: 'In a terminal state every command is rejected or does nothing, and it is never left.',
  judge: (trial) => {
    const { history } = trial
    const states = statesAlong(domain, domain.initialState, history.events)
    const ends = states.map((state) => attempt(() => domain.isTerminal(state)))
    const isEnd = (index: number): boolean => {
      const end = ends[index]
      return end !== undefined && E.isRight(end) && end.right
    }
    const broken = ends.findIndex(E.isLeft)
    if (broken !== -1) {
      const cause = `\`isTerminal\` threw in the state ${shown(states[broken])}.`
      return {
        past: history.events.slice(0, broken),
        cause,
        advice: 'Let `isTerminal` answer for every state.',
      }
    }
    const acting = history.steps.find(
      ({ pastLength, outcome }) => isEnd(pastLength) && eventsOfOutcome(outcome).length > 0,
    )
    if (acting !== undefined)
      return acceptedAtTheEnd(pastOf(history, acting), acting.command, eventsOfOutcome(acting.outcome))
    const left = states.findIndex(
      (_, index) => isEnd(index) && index + 1 < states.length && !isEnd(index + 1),
    )
    if (left !== -1) {
      const [closing, leaving] = [history.events[left - 1], history.events[left]].map(typeOf)
      const cause = `The terminal state that \`${closing}\` led to is left again by \`${leaving}\`.`
      // Where one step did both, it is the command that is at fault, and not the events that came of it.
      const both = history.steps.find(
        ({ pastLength, outcome }) =>
          pastLength <= left && left < pastLength + eventsOfOutcome(outcome).length,
      )
      return both === undefined
        ? { past: history.events.slice(0, left + 1), cause, advice: endless }
        : { past: pastOf(history, both), command: both.command, cause, advice: endless }
    }
    return isEnd(states.length - 1) ? actsAtTheEnd(domain, trial, states.at(-1) as State) : undefined
  },
})

const endless = 'Reject every command once `isTerminal` is true, or do not call this state terminal.'

const actsAtTheEnd = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  trial: Trial<Command, State, Event, Rejection>,
  state: State,
): Breach<Command, Event> | undefined =>
  firstOf(commandsOf(trial), (command) => {
    const events = eventsOfOutcome(decideWithDefects(domain, command, state))
    return events.length === 0 ? undefined : acceptedAtTheEnd(trial.history.events, command, events)
  })

const acceptedAtTheEnd = <Command, Event>(
  past: ReadonlyArray<Event>,
  command: Command,
  events: ReadonlyArray<Event>,
): Breach<Command, Event> => ({
  past,
  command,
  cause: `In a terminal state \`${typeOf(command)}\` was accepted with ${shown(events)}.`,
  advice: endless,
})

const eventMatters = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  inert: ReadonlyArray<string>,
): Law<Command, State, Event, Rejection> => ({
  id: 'event.matters',
  statement: 'What is recorded changes the state, unless its type is listed in `inert`.',
  judge: ({ history }) =>
    firstOf(history.steps, (step) => {
      const events = eventsOfOutcome(step.outcome)
      // Cheap first: an outcome with a net effect has an event that matters.
      if (events.length === 0 || !isExactlySame(step.before, step.after)) return undefined
      const types = [...new Set(events.map(typeOf))]
      if (types.every((type) => inert.includes(type))) return undefined
      const states = statesAlong(domain, step.before, events)
      if (states.some((state) => !isExactlySame(state, step.before))) return undefined
      const name = types.map((type) => `\`${type}\``).join(' and ')
      return {
        past: pastOf(history, step),
        command: step.command,
        cause: `\`${typeOf(step.command)}\` records ${name}, and nothing of the state changes, as if a rejection had been written down as a fact.`,
        advice: `Answer with reject(...) or with nothing, or list ${name} in \`inert\` if it is to be recorded all the same.`,
      }
    }),
})

const inertType = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  type: string,
): Law<Command, State, Event, Rejection> => ({
  id: `inert.${type}`,
  statement: `No event \`${type}\` changes the state, since it is listed in \`inert\`.`,
  judge: ({ history }) =>
    firstOf(history.steps, (step) => {
      if (!isDecision(step.outcome)) return undefined
      const events = eventsOfOutcome(step.outcome)
      if (!events.some((event) => typeOf(event) === type)) return undefined
      const states = statesAlong(domain, step.before, events)
      return firstOf(events.keys(), (index) => {
        const [before, after] = [states[index], states[index + 1]]
        if (typeOf(events[index]) !== type || isExactlySame(before, after)) return undefined
        return {
          past: pastOf(history, step),
          command: step.command,
          cause: `\`${type}\` is listed in \`inert\`, and it changes the state (${changesInWords(before, after)}).`,
          advice: `Take \`${type}\` out of \`inert\`, or let \`evolve\` leave the state as it is.`,
        }
      })
    }),
})
