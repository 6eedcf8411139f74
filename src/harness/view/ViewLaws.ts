/**
 * The laws of views: total, pure, no input is changed, the same after a store, and the same from a snapshot. Each judge
 * looks at one list of events; the list is made smaller by whoever asks.
 * Used by: `ViewSuite`; the laws about what a process manager has of a view, `ProcessManagerLaws`.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Codec } from '../../evolve/Codec.js'
import type { View } from '../../evolve/View.js'
import type { LawFinding } from '../delivery/JudgedLaw.js'
import { attempt } from '../domain/Attempt.js'
import { copyOf } from '../domain/Copy.js'
import { differenceInWords } from '../domain/Difference.js'
import { isExactlySame, isSame } from '../domain/Equality.js'
import { shown, shownThrown } from '../domain/Shown.js'
import { literal } from '../report/Literal.js'

/** A law of one view. A list of further ones can be given to `viewSuite`. */
export interface ViewLaw<State, Event> {
  readonly id: string
  readonly statement: string
  readonly judge: (view: View<State, Event>, events: ReadonlyArray<Event>) => LawFinding | undefined
}

/**
 * Events as they are written in a test.
 * @internal
 */
export const printedEvents = (events: ReadonlyArray<unknown>): Readonly<Record<string, string>> => ({
  events:
    events.length === 0
      ? '[]'
      : `[\n${events.map((event) => `  ${literal(event, { indent: 2, taken: 1 })},\n`).join('')}]`,
})

/**
 * The same view with an initial state of its own, so that a view that changes its state spoils no other judge's.
 * @internal
 */
export const ownView = <State, Event>(view: View<State, Event>): View<State, Event> => ({
  initialState: copyOf(view.initialState),
  evolve: view.evolve,
})

/** The state after events, or, on the left, what `evolve` threw and at which of them. */
type Folded<State> = E.Either<{ readonly thrown: unknown; readonly at: number }, State>

/**
 * Folds events; says at which event `evolve` threw, if it did.
 * @internal
 */
export const folded = <State, Event>(
  { initialState, evolve }: View<State, Event>,
  events: ReadonlyArray<Event>,
): Folded<State> => {
  let state = initialState
  for (const [at, event] of events.entries()) {
    const next = attempt(() => evolve(state, event))
    if (E.isLeft(next)) return E.left({ thrown: next.left, at })
    state = next.right
  }
  return E.right(state)
}

/**
 * `evolve` answers every event, and leaves out those of types that it does not know, where that is claimed.
 * @internal
 */
export const totalLaw = <State, Event>(
  id: string,
  unknownEvents: ReadonlyArray<unknown>,
): ViewLaw<State, Event> => ({
  id,
  statement: '`evolve` answers every event with a state, and never throws.',
  judge: (view, events) => {
    const known = folded(ownView(view), events)
    if (E.isLeft(known)) {
      const cause = `\`evolve\` threw ${shownThrown(known.left.thrown)} at event ${known.left.at + 1}.`
      const advice = 'Give back a state for every event: what has happened cannot be refused.'
      return { cause, data: printedEvents(events.slice(0, known.left.at + 1)), advice }
    }
    for (const unknownEvent of unknownEvents) {
      const after = attempt(() => view.evolve(copyOf(known.right), unknownEvent as Event))
      if (E.isRight(after) && isSame(after.right, known.right)) continue
      const did = E.isRight(after)
        ? `changed its state from ${shown(known.right)} to ${shown(after.right)}`
        : `threw ${shownThrown(after.left)}`
      const cause = `The view claims to leave out events that it does not know, and ${did} at the last of these events.`
      const advice = 'Give back the state as it is in the `default` branch.'
      return { cause, data: printedEvents([...events, unknownEvent]), advice }
    }
    return undefined
  },
})

/**
 * What was thrown, in a few words.
 * @internal
 */
export const said = (thrown: unknown): string =>
  thrown instanceof Error ? `'${thrown.name}: ${thrown.message}'` : shown(thrown)

/**
 * Folding the same events twice gives the same state.
 * @internal
 */
export const pureLaw = <State, Event>(id: string): ViewLaw<State, Event> => ({
  id,
  statement: 'the same events always lead to the same state.',
  judge: (view, events) => {
    const [first, second] = [folded(ownView(view), events), folded(ownView(view), events)]
    if (E.isLeft(first) || E.isLeft(second) || isSame(first.right, second.right)) return undefined
    return {
      cause: `The same ${events.length === 1 ? 'event' : `${events.length} events`} led to ${shown(first.right)} and then to ${shown(second.right)}.`,
      data: printedEvents(events),
      advice:
        'Let `evolve` use its two arguments and nothing else: no clock, no chance, no variable outside.',
    }
  },
})

const counted = (count: number): string => (count === 1 ? 'one event' : `${count} events`)

/**
 * `evolve` changes neither the state nor the event that it is given.
 * @internal
 */
export const keepsInputsLaw = <State, Event>(id: string): ViewLaw<State, Event> => ({
  id,
  statement: '`evolve` changes neither the state nor the event that it is given.',
  judge: (view, events) => {
    let state = copyOf(view.initialState)
    for (const [at, original] of events.entries()) {
      const event = copyOf(original)
      const before = copyOf({ state, event })
      const next = attempt(() => view.evolve(state, event))
      if (E.isLeft(next)) return undefined
      for (const [name, was, is] of [
        ['state', before.state, state],
        ['event', before.event, event],
      ] as const) {
        if (isExactlySame(was, is)) continue
        return {
          cause: `At event ${at + 1} \`evolve\` changed the ${name} that it was given from ${shown(was)} to ${shown(is)}.`,
          data: printedEvents(events.slice(0, at + 1)),
          advice: `Give back a new state, as in \`{ ...state, count: state.count + 1 }\`, and leave the old ${name} as it was.`,
        }
      }
      state = next.right
    }
    return undefined
  },
})

/**
 * Events that went through a store lead to the same state.
 * @internal
 */
export const storedLaw = <State, Event>(
  id: string,
  stored: (event: Event) => Event,
): ViewLaw<State, Event> => ({
  id,
  statement: 'events that were written as JSON and read again lead to the same state.',
  judge: (view, events) => {
    const readBack = attempt(() => events.map(stored))
    if (E.isLeft(readBack))
      return {
        cause: `An event did not come back from JSON: ${shownThrown(readBack.left)}.`,
        data: printedEvents(events),
        advice: 'Make the codec read what it writes.',
      }
    const [fresh, later] = [folded(ownView(view), events), folded(ownView(view), readBack.right)]
    if (E.isLeft(fresh) || (E.isRight(later) && isSame(fresh.right, later.right))) return undefined
    const is = E.isRight(later)
      ? `lead to ${shown(later.right)}`
      : `make \`evolve\` throw ${shownThrown(later.left.thrown)}`
    return {
      cause: `These events lead to ${shown(fresh.right)}, but once they are stored they ${is}.`,
      data: printedEvents(events),
      advice:
        'Let `evolve` use nothing of an event that JSON does not keep, or give the codec a way to write it.',
    }
  },
})

/**
 * A fold that goes on from a stored state ends as the whole fold does.
 * @internal
 */
export const snapshotLaw = <State, Event>(
  id: string,
  codec: Pick<Codec<State>, 'encode' | 'decode'>,
): ViewLaw<State, Event> => ({
  id,
  statement: 'a fold that goes on from a stored state ends where the whole fold ends.',
  judge: (view, events) => {
    const whole = folded(ownView(view), events)
    if (E.isLeft(whole)) return undefined
    for (const cut of Array.from({ length: events.length + 1 }, (_, index) => index)) {
      const taken = folded(ownView(view), events.slice(0, cut))
      if (E.isLeft(taken)) return undefined
      const data = { ...printedEvents(events), cut: `${cut}` }
      const json = attempt((): unknown => JSON.parse(JSON.stringify(codec.encode(taken.right))))
      const decoded = E.isRight(json) ? codec.decode(json.right) : E.left({ reason: shownThrown(json.left) })
      const advice = 'Make the codec of the state keep every part of it that a later event may ask for.'
      if (E.isLeft(decoded)) {
        const cause = `The state after ${counted(cut)}, ${shown(taken.right)}, cannot be read again: it ${decoded.left.reason}.`
        return { cause, data, advice }
      }
      const from = { initialState: decoded.right, evolve: view.evolve }
      const end = folded(from, events.slice(cut))
      if (E.isRight(end) && isSame(end.right, whole.right)) continue
      const is = E.isRight(end) ? `ends in ${shown(end.right)}` : `throws ${shownThrown(end.left.thrown)}`
      return {
        cause: `From the state that was stored after ${counted(cut)} the fold ${is}, but the whole fold ends in ${shown(whole.right)}.${E.isRight(end) ? differenceInWords(end.right, whole.right) : ''}`,
        data,
        advice,
      }
    }
    return undefined
  },
})
