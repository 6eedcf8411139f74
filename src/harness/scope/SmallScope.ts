/**
 * Every history of a few commands, the short ones first. Most faults show in a small example if only all small examples
 * are tried, so what chance may miss in long histories is found here for certain, and the first breach found is a shortest
 * one. A state that was met before is not explored again: then a domain with few states is explored to its end, and all
 * that it can do is known.
 * Used by: users, for domains that are small or have been made small; lessons.
 *
 * Laws (test/properties/harness/scope/SmallScope.test.ts):
 * - SCP-1 complete: without merging, every history over the commands up to the depth is judged, each of them once.
 * - SCP-2 shortest: no shorter history over the commands shows a breach; where states are merged, a breach of a law that
 *   looks at single steps.
 * - SCP-3 same states: merging states changes neither the states nor the transitions that are found.
 * - SCP-4 closed: if the answer says `complete`, a greater depth finds no further state and no further transition.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Domain } from '../../decide/Domain.js'
import { catalogue } from '../domain/Catalogue.js'
import type { Expectations } from '../domain/Expectations.js'
import { type History, historyOf, isDefect, type Outcome } from '../domain/History.js'
import type { Breach, Law } from '../domain/Law.js'
import { stateText } from './StateText.js'

/** What is tried: histories of at most `depth` of these commands. */
export interface SmallScopeOptions<Command, State, Event, Rejection> {
  readonly commands: ReadonlyArray<Command>
  /** The most commands of a history. */
  readonly depth: number
  readonly expectations?: Expectations<Command, State, Event, Rejection>
  /**
   * Whether a state that was met before is left alone; yes unless `false`. Laws that look at a whole history, and not
   * only at its last step, see more without merging, and take much longer.
   */
  readonly merge?: boolean
  /** More histories than this are refused with an error; 1,000,000 unless given. */
  readonly most?: number
}

/** What a command leads to in a state. The states are numbered as in `states`. */
export interface SmallScopeTransition<Command> {
  readonly from: number
  readonly command: Command
  readonly to: number
  readonly outcome: 'accepted' | 'rejected' | 'defect'
}

/** What was found. */
export interface SmallScope<Command, State, Event> {
  /** How many histories were judged, the empty one among them. */
  readonly histories: number
  readonly depth: number
  /** The different states, in the order in which they were met; the initial state is the first. */
  readonly states: ReadonlyArray<State>
  /** Each once. */
  readonly transitions: ReadonlyArray<SmallScopeTransition<Command>>
  /** Whether these are all states and transitions that the commands lead to, at any depth. */
  readonly complete: boolean
  /** The first breach, in a shortest history that shows one. The search ends with it. */
  readonly breach?: SmallScopeBreach<Command, Event>
}

/** A breach, the law that was broken, and the commands that led there. */
export interface SmallScopeBreach<Command, Event> {
  readonly law: string
  readonly statement: string
  readonly commands: ReadonlyArray<Command>
  readonly breach: Breach<Command, Event>
}

/** More histories than these take longer than anyone waits for a test. */
const usualMost = 1_000_000

/**
 * Tries every history over some commands, and asks all laws about each. What it answers is a value, so a test may ask for
 * `breach` to be absent and for `complete`. Too many histories are refused with an error: without merging before the first
 * one, with merging as soon as there are too many.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain, reject } from 'decider-ts/decide'
 * import { smallScope } from 'decider-ts/harness'
 * const Door = domain({
 *   name: 'door',
 *   command: t.union([t.type({ type: t.literal('Open') }), t.type({ type: t.literal('Close') })]),
 *   event: t.union([t.type({ type: t.literal('Opened') }), t.type({ type: t.literal('Closed') })]),
 *   rejection: t.type({ type: t.literal('AlreadyDone') }),
 *   state: t.type({ open: t.boolean }),
 *   streamId: () => 'front',
 *   initialState: { open: false },
 *   evolve: (_, event) => ({ open: event.type === 'Opened' }),
 *   decide: (command) => (state) => {
 *     if (state.open === (command.type === 'Open')) return reject({ type: 'AlreadyDone' })
 *     return accept(command.type === 'Open' ? { type: 'Opened' } : { type: 'Closed' })
 *   },
 * })
 * const found = smallScope(Door, { commands: [{ type: 'Open' }, { type: 'Close' }], depth: 5 })
 * found.states // => [{ open: false }, { open: true }]
 * found.transitions.length // => 4
 * found.complete // => true
 * found.breach // => undefined
 */
export const smallScope = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  options: NoInfer<SmallScopeOptions<Command, State, Event, Rejection>>,
): SmallScope<Command, State, Event> =>
  smallScopeOfLaws(domain, catalogue({ domain, expectations: options.expectations ?? {} }), options)

/**
 * The same, for chosen laws.
 * @internal
 */
export const smallScopeOfLaws = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  laws: ReadonlyArray<Law<Command, State, Event, Rejection>>,
  { commands, depth, merge = true, most = usualMost }: SmallScopeOptions<Command, State, Event, Rejection>,
): SmallScope<Command, State, Event> => {
  checkDepth(depth)
  if (!merge) checkSize(commands.length, depth, most)
  const atlas = newAtlas<Command, State>(commands, domain.initialState)
  const breachIn = judgedBy(laws)
  const run = historyOf(domain)
  let histories = 1
  let isComplete = false
  const answer = (breach: SmallScopeBreach<Command, Event> | undefined) => ({
    histories,
    depth,
    states: atlas.states,
    transitions: atlas.transitions,
    complete: isComplete && breach === undefined,
    ...(breach && { breach }),
  })
  const atOnce = breachIn(run([]))
  if (atOnce !== undefined) return answer(atOnce)
  let frontier: ReadonlyArray<ReadonlyArray<Command>> = [[]]
  // All histories of one length come before the longer ones, so the first breach is a shortest one.
  for (let length = 1; length <= depth && frontier.length > 0; length++) {
    const longer: Array<ReadonlyArray<Command>> = []
    const statesBefore = atlas.states.length
    for (const shorter of frontier) {
      for (const command of commands) {
        histories += 1
        if (histories > most) throw tooMany(most, `of up to ${length} commands`)
        const history = run([...shorter, command])
        const breach = breachIn(history)
        if (breach !== undefined) return answer(breach)
        const isNew = atlas.add(history.steps.at(-1))
        if (isNew || !merge) longer.push([...shorter, command])
      }
    }
    // Where a length brings no state that is new, no greater length does.
    isComplete = atlas.states.length === statesBefore
    frontier = longer
  }
  return answer(undefined)
}

const checkDepth = (depth: number): void => {
  if (Number.isInteger(depth) && depth >= 0) return
  throw new RangeError(
    `The depth is ${depth}. Give a whole number of 0 or more: the most commands of a history.`,
  )
}

/** Refuses at once what cannot end in time. */
const checkSize = (commands: number, depth: number, most: number): void => {
  let histories = 1
  for (let length = 1; length <= depth && histories <= most; length++) histories += commands ** length
  if (histories > most) throw tooMany(most, `of up to ${depth} of ${commands} commands`)
}

const tooMany = (most: number, which: string): RangeError =>
  new RangeError(
    `There are more than ${most} histories ${which}. Take fewer commands, a smaller depth, or states that come again.`,
  )

type Step<C, S, E, R> = History<C, S, E, R>['steps'][number]

/** The states that were met, by their numbers, and what leads from one to another. */
const newAtlas = <Command, State>(commands: ReadonlyArray<Command>, initialState: State) => {
  const states: Array<State> = []
  const transitions: Array<SmallScopeTransition<Command>> = []
  const numbers = new Map<string, number>()
  const known = new Set<string>()
  const numberOf = (state: State): number => {
    const text = stateText(state)
    const number = numbers.get(text) ?? states.push(state) - 1
    numbers.set(text, number)
    return number
  }
  numberOf(initialState)
  return {
    states,
    transitions,
    /** Whether the state that a step led to was met for the first time. */
    add: <Event, Rejection>(step: Step<Command, State, Event, Rejection> | undefined): boolean => {
      if (step === undefined) return false
      const { command, before, after, outcome } = step
      const statesBefore = states.length
      const [from, to] = [numberOf(before), numberOf(after)]
      const transition = { from, command, to, outcome: kindOf(outcome) }
      const key = `${from} ${commands.indexOf(command)} ${to} ${transition.outcome}`
      if (!known.has(key)) transitions.push(transition)
      known.add(key)
      return states.length > statesBefore
    },
  }
}

const kindOf = (outcome: Outcome<unknown, unknown>): SmallScopeTransition<unknown>['outcome'] => {
  if (isDefect(outcome)) return 'defect'
  return E.isRight(outcome) ? 'accepted' : 'rejected'
}

/** The first breach of a history, in the order of the laws. */
const judgedBy =
  <Command, State, Event, Rejection>(laws: ReadonlyArray<Law<Command, State, Event, Rejection>>) =>
  (history: History<Command, State, Event, Rejection>): SmallScopeBreach<Command, Event> | undefined => {
    for (const { id, statement, judge } of laws) {
      const breach = judge({ history, strayCommands: [], strayEvents: [] })
      const commands = history.steps.map(({ command }) => command)
      if (breach !== undefined) return { law: id, statement, commands, breach }
    }
    return undefined
  }
