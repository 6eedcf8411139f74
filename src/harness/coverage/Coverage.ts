/**
 * What histories came to: which commands were asked in which states, and what became of them. A property that holds for
 * all histories says nothing about what no history reached, so a green run is worth as much as its coverage.
 * Used by: `gapsOf`, `showCoverage`, `mutationScore`, and whoever wants to see what a domain does.
 *
 * Laws (test/properties/harness/coverage/Coverage.test.ts):
 * - COV-1 counts: the counts of all cells add up to the commands that were decided, and those of accepted outcomes to
 *   the accepted ones.
 * - COV-2 transitions: a transition leads from the name of the state before to that of the state after, once for each
 *   command that recorded events.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import { typeOf } from '../../evolve/TaggedCodec.js'
import { type History, type HistoryStep, isDecision, type Outcome } from '../domain/History.js'
import type { Subject } from '../domain/Law.js'
import { isTerminalIn } from '../domain/Terminal.js'
import { stateLabelOf } from './StateLabel.js'

/** How often a declared type was reached; never, where it is 0. */
export interface CoverageReach {
  readonly type: string
  readonly times: number
}

/** What a command led to, and how often. */
export interface CoverageOutcome {
  readonly kind: 'events' | 'nothing' | 'rejection' | 'defect'
  /** The types of the events, joined by `+`, or that of the rejection. */
  readonly name: string
  readonly count: number
}

/** A type of command in states of one name, and everything that it led to there, the most frequent first. */
export interface CoverageCell {
  readonly command: string
  readonly state: string
  readonly outcomes: ReadonlyArray<CoverageOutcome>
}

/** Commands that recorded events, and so led from states of one name to states of another, or of the same. */
export interface CoverageTransition {
  readonly from: string
  readonly to: string
  readonly command: string
  /** The types of the events, joined by `+`. */
  readonly events: string
  readonly count: number
}

/** The states of one name. */
export interface CoverageState {
  readonly name: string
  /** How often a command was asked in such a state, or a history ended in it. */
  readonly visits: number
  /** Whether all of them were terminal. */
  readonly terminal: boolean
}

/** What histories came to. It is plain data: it can be compared, and written as JSON. */
export interface Coverage {
  readonly histories: number
  /** How many commands were decided. */
  readonly steps: number
  /** How many of them were accepted, those with nothing to do included. */
  readonly accepted: number
  /** In the order in which the commands are declared. */
  readonly cells: ReadonlyArray<CoverageCell>
  readonly transitions: ReadonlyArray<CoverageTransition>
  /** Each declared command type, and how often it was asked. */
  readonly commands: ReadonlyArray<CoverageReach>
  /** Each declared event type, and how often it was recorded. */
  readonly events: ReadonlyArray<CoverageReach>
  /** Each declared rejection type, and how often it was given. */
  readonly rejections: ReadonlyArray<CoverageReach>
  /** The initial one first, the terminal ones last. */
  readonly states: ReadonlyArray<CoverageState>
  /** The name of the initial state. */
  readonly initial: string
  /** How many histories came to a terminal state. */
  readonly terminated: number
  /** What a reader should know about these figures. */
  readonly remarks: ReadonlyArray<string>
}

/** So many names of states are told apart. */
const labelsMax = 40

/** The name of all states beyond those. */
const otherStates = 'other states'

/**
 * What histories of a subject came to.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain, reject } from 'decider-ts/decide'
 * import { coverageOf, historyOf } from 'decider-ts/harness'
 * const named = <const Type extends string>(type: Type) => t.type({ type: t.literal(type) })
 * const Door = domain({
 *   name: 'door', command: named('Open'), event: named('Opened'), rejection: named('AlreadyOpen'), state: t.boolean,
 *   streamId: () => 'front', initialState: false, evolve: () => true,
 *   decide: () => (open) => (open ? reject({ type: 'AlreadyOpen' }) : accept({ type: 'Opened' })),
 * })
 * const coverage = coverageOf({ domain: Door, expectations: {} })([historyOf(Door)([{ type: 'Open' }, { type: 'Open' }])])
 * coverage.rejections // => [{ type: 'AlreadyOpen', times: 1 }]
 * coverage.transitions // => [{ from: 'false', to: 'true', command: 'Open', events: 'Opened', count: 1 }]
 */
export const coverageOf =
  <Command, State, Event, Rejection>(subject: Subject<Command, State, Event, Rejection>) =>
  (histories: ReadonlyArray<History<Command, State, Event, Rejection>>): Coverage => {
    const tally = coverageTally(subject)
    for (const history of histories) tally.add(history)
    return tally.coverage()
  }

/** A coverage that is still being counted. */
export interface CoverageTally<Command, State, Event, Rejection> {
  readonly add: (history: History<Command, State, Event, Rejection>) => void
  /** What all histories so far came to. */
  readonly coverage: () => Coverage
}

/**
 * Counts history by history, for those who may want more of them.
 * @internal
 */
export const coverageTally = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
): CoverageTally<Command, State, Event, Rejection> => {
  const { domain } = subject
  const counts = emptyCounts()
  const labelOf = boundedLabels(stateLabelOf(subject), counts.remarks)
  const initial = labelOf(domain.initialState)
  const visit = (state: State): string => {
    const name = labelOf(state)
    const terminal = isTerminalIn(domain, state)
    const known = counts.states.get(name) ?? { name, visits: 0, terminal }
    counts.states.set(name, { name, visits: known.visits + 1, terminal: known.terminal && terminal })
    return name
  }
  return {
    add: ({ steps, state }) => {
      counts.histories += 1
      counts.steps += steps.length
      for (const step of steps) countStep(counts, step, visit(step.before), labelOf(step.after))
      visit(state)
      if ([state, ...steps.map(({ before }) => before)].some((one) => isTerminalIn(domain, one)))
        counts.terminated += 1
    },
    coverage: () => coverageFrom(subject, counts, initial),
  }
}

interface Counts {
  histories: number
  steps: number
  accepted: number
  terminated: number
  readonly commands: Map<string, number>
  readonly events: Map<string, number>
  readonly rejections: Map<string, number>
  readonly states: Map<string, CoverageState>
  /** By command and state; and by outcome within. */
  readonly cells: Map<
    string,
    { readonly command: string; readonly state: string; readonly outcomes: Outcomes }
  >
  readonly transitions: Map<string, CoverageTransition>
  readonly remarks: Set<string>
}

type Outcomes = Map<string, CoverageOutcome>

const emptyCounts = (): Counts => ({
  histories: 0,
  steps: 0,
  accepted: 0,
  terminated: 0,
  commands: new Map(),
  events: new Map(),
  rejections: new Map(),
  states: new Map(),
  cells: new Map(),
  transitions: new Map(),
  remarks: new Set(),
})

const countStep = <Command, State, Event, Rejection>(
  counts: Counts,
  { command, outcome }: HistoryStep<Command, State, Event, Rejection>,
  from: string,
  to: string,
): void => {
  const type = nameOf(command)
  const what = outcomeOf(outcome)
  count(counts.commands, type)
  if (isDecision(outcome) && E.isLeft(outcome)) count(counts.rejections, nameOf(outcome.left))
  if (isDecision(outcome) && E.isRight(outcome)) {
    counts.accepted += 1
    for (const event of outcome.right) count(counts.events, nameOf(event))
  }
  const cell = JSON.stringify([type, from])
  const { outcomes } = held(counts.cells, cell, { command: type, state: from, outcomes: new Map() })
  const name = `${what.kind} ${what.name}`
  outcomes.set(name, { ...what, count: (outcomes.get(name)?.count ?? 0) + 1 })
  if (what.kind !== 'events') return
  const edge = JSON.stringify([from, to, type, what.name])
  const known = counts.transitions.get(edge)?.count ?? 0
  counts.transitions.set(edge, { from, to, command: type, events: what.name, count: known + 1 })
}

const outcomeOf = (outcome: Outcome<unknown, unknown>): Omit<CoverageOutcome, 'count'> => {
  if (!isDecision(outcome)) return { kind: 'defect', name: `defect in ${outcome.by}` }
  if (E.isLeft(outcome)) return { kind: 'rejection', name: nameOf(outcome.left) }
  return outcome.right.length === 0
    ? { kind: 'nothing', name: 'nothing' }
    : { kind: 'events', name: joined(outcome.right.map(nameOf)) }
}

/** Neighbours of one type are said once: a hundred lines of an order are `LineAdded ×100`. */
const joined = (types: ReadonlyArray<string>): string => {
  const runs: Array<{ readonly type: string; readonly length: number }> = []
  for (const type of types) {
    const last = runs.at(-1)
    if (last?.type === type) runs.splice(-1, 1, { type, length: last.length + 1 })
    else runs.push({ type, length: 1 })
  }
  return runs.map(({ type, length }) => (length === 1 ? type : `${type} ×${length}`)).join('+')
}

/** The type of a value; a value that has none, such as an undeclared rejection, still has a name here. */
const nameOf = (value: unknown): string => typeOf(value) || 'without a type'

const count = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

const held = <Value>(values: Map<string, Value>, name: string, first: Value): Value => {
  const value = values.get(name) ?? first
  values.set(name, value)
  return value
}

/** Names of states, of which only so many are told apart: a free text is no name for a state. */
const boundedLabels = <State>(labelOf: (state: State) => string, remarks: Set<string>) => {
  const known = new Set<string>()
  return (state: State): string => {
    const label = labelOf(state)
    if (known.has(label)) return label
    if (known.size < labelsMax) {
      known.add(label)
      return label
    }
    remarks.add(
      `The states have more than ${labelsMax} names; all further ones are counted as '${otherStates}'. Give a \`stateLabel\` with fewer names.`,
    )
    return otherStates
  }
}

const coverageFrom = <Command, State, Event, Rejection>(
  { domain }: Subject<Command, State, Event, Rejection>,
  counts: Counts,
  initial: string,
): Coverage => {
  const { histories, steps, accepted, terminated, remarks } = counts
  const states = inOrder(counts.states, initial)
  const places = new Map(states.map(({ name }, place) => [name, place]))
  const commands = new Map(domain.command.types.map((type, place) => [type, place]))
  const byCommand = order<{ readonly command: string }>(
    ({ command }) => commands.get(command) ?? commands.size,
  )
  const placeOf = (state: string): number => places.get(state) ?? places.size
  return {
    histories,
    steps,
    accepted,
    cells: [...counts.cells.values()]
      .sort((a, b) => byCommand(a, b) || placeOf(a.state) - placeOf(b.state))
      .map(({ command, state, outcomes }) => ({
        command,
        state,
        outcomes: [...outcomes.values()].sort((a, b) => b.count - a.count || byText(a.name, b.name)),
      })),
    transitions: [...counts.transitions.values()].sort(
      (a, b) =>
        placeOf(a.from) - placeOf(b.from) ||
        placeOf(a.to) - placeOf(b.to) ||
        byCommand(a, b) ||
        byText(a.events, b.events),
    ),
    commands: reached(domain.command.types, counts.commands),
    events: reached(domain.event.tagged.types, counts.events),
    rejections: reached(domain.rejection.types, counts.rejections),
    states,
    initial,
    terminated,
    remarks: [...remarks],
  }
}

const reached = (
  types: ReadonlyArray<string>,
  counts: ReadonlyMap<string, number>,
): ReadonlyArray<CoverageReach> => types.map((type) => ({ type, times: counts.get(type) ?? 0 }))

/** By name, so that a domain that is only tried more thoroughly shows its states in the same order. */
const inOrder = (
  states: ReadonlyMap<string, CoverageState>,
  initial: string,
): ReadonlyArray<CoverageState> => {
  const byPlace = order<CoverageState>(({ name, terminal }) => (name === initial ? 0 : terminal ? 2 : 1))
  return [...states.values()].sort((a, b) => byPlace(a, b) || byText(a.name, b.name))
}

const order =
  <Value>(placeOf: (value: Value) => number) =>
  (a: Value, b: Value): number =>
    placeOf(a) - placeOf(b)

/** By code unit: the same order wherever it runs. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
