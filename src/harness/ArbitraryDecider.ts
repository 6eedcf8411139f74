/**
 * Arbitrary deciders, views, folds and process managers: finite tables with random entries. With them a law is checked
 * for all deciders instead of for one example, and a counterexample is a decider small enough to read.
 * Used by: the library's own laws, and whoever writes a combinator and wants to know which laws it keeps.
 *
 * A table shrinks entry by entry towards the decider that decides nothing and evolves nowhere, and only the entries
 * that are left are printed.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { either as E, readonlyNonEmptyArray as RNEA } from 'fp-ts'
import * as D from '../decide/Decider.js'
import type { Decision } from '../decide/Decision.js'
import type { ProcessManager } from '../decide/ProcessManager.js'
import * as Fo from '../evolve/Fold.js'
import * as V from '../evolve/View.js'
import { isExactlySame } from './domain/Equality.js'

/** The values that tables speak of. Values are looked up by identity, as `Object.is` has it. */
export interface Alphabet<Command, State, Event, Rejection> {
  readonly commands: ReadonlyArray<Command>
  /** The first one is the simplest: states shrink to it. */
  readonly states: RNEA.ReadonlyNonEmptyArray<State>
  readonly events: ReadonlyArray<Event>
  readonly rejections: ReadonlyArray<Rejection>
}

/** How many values of each kind an alphabet of numbers has. */
export interface AlphabetCounts {
  readonly commands: number
  /** At least 1. */
  readonly states: number
  readonly events: number
  readonly rejections: number
}

/**
 * An alphabet of whole numbers from 0; its rejections are texts. 3 commands, 4 states, 3 events and 2 rejections
 * unless given.
 * @example
 * import { numberedAlphabet } from 'decider-ts/harness'
 * numberedAlphabet({ events: 2 }).events // => [0, 1]
 * numberedAlphabet().rejections // => ['no 0', 'no 1']
 */
export const numberedAlphabet = (
  counts: Partial<AlphabetCounts> = {},
): Alphabet<number, number, number, string> => {
  const { commands, states, events, rejections } = { ...usualCounts, ...counts }
  return {
    commands: upTo(commands),
    states: RNEA.range(0, Math.max(states, 1) - 1),
    events: upTo(events),
    rejections: upTo(rejections).map((n) => `no ${n}`),
  }
}

const usualCounts: AlphabetCounts = { commands: 3, states: 4, events: 3, rejections: 2 }

const upTo = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, n) => n)

/** What random deciders may do. */
export interface DeciderBounds {
  /** The most events of one decision; 3 unless given. */
  readonly eventsMax: number
  /**
   * Whether terminal states may accept commands all the same, against what `isTerminal` promises. False unless given;
   * true is for laws that must hold even so.
   */
  readonly acceptsInTerminal: boolean
}

/**
 * Any decider over an alphabet. It is total: a value that is not of the alphabet is ignored.
 * @example
 * import fc from 'fast-check'
 * import { decider } from 'decider-ts/decide'
 * import { view } from 'decider-ts/evolve'
 * import { arbitraryDecider, numberedAlphabet } from 'decider-ts/harness'
 * const onePast = fc.property(arbitraryDecider(numberedAlphabet()), fc.array(fc.nat(2)), (any, commands) => {
 *   const { events, state } = decider.run(any)(commands)
 *   return state === view.fold(any)(events)
 * })
 * fc.check(onePast).failed // => false
 */
export const arbitraryDecider = <Command, State, Event, Rejection>(
  alphabet: Alphabet<Command, State, Event, Rejection>,
  { eventsMax = 3, acceptsInTerminal = false }: Partial<DeciderBounds> = {},
): fc.Arbitrary<D.Decider<Command, State, Event, Rejection>> =>
  fc
    .tuple(
      arbitraryMoves(alphabet),
      table(alphabet.commands, alphabet.states, arbitraryDecision(alphabet, eventsMax)),
      table(alphabet.states, [undefined], seldom),
    )
    .map(([moves, decisions, terminal]) => {
      const isTerminal = (state: State): boolean => terminal.at(state, undefined) ?? false
      const decisionOf = (command: Command, state: State): Decision<Event, Rejection> => {
        const decision = decisions.at(command, state) ?? E.right([])
        return isTerminal(state) && !acceptsInTerminal && E.isRight(decision) ? E.right([]) : decision
      }
      const any = D.make({
        ...moves.view,
        decide: (command: Command) => (state: State) => decisionOf(command, state),
        isTerminal,
      })
      return printedAs('decider', any, () => [
        ...moves.lines(),
        ...decisions.map((command, state) => {
          const decision = decisionOf(command, state)
          const isNothing = E.isRight(decision) && decision.right.length === 0
          return isNothing ? '' : `command ${show(command)} in ${show(state)} -> ${said(decision)}`
        }),
        ...listed('terminal', alphabet.states.filter(isTerminal)),
      ])
    })

const arbitraryDecision = <Event, Rejection>(
  { events, rejections }: Pick<Alphabet<never, never, Event, Rejection>, 'events' | 'rejections'>,
  eventsMax: number,
): fc.Arbitrary<Decision<Event, Rejection>> => {
  const accepted = listOf(events, eventsMax).map((decided): Decision<Event, Rejection> => E.right(decided))
  if (rejections.length === 0) return accepted
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: accepted },
    fc.constantFrom(...rejections).map((rejection): Decision<Event, Rejection> => E.left(rejection)),
  )
}

/**
 * Any view over the states and the events of an alphabet.
 * @example
 * import fc from 'fast-check'
 * import { view } from 'decider-ts/evolve'
 * import { arbitraryView, numberedAlphabet } from 'decider-ts/harness'
 * const startsAtTheBeginning = fc.property(arbitraryView(numberedAlphabet()), (any) => view.fold(any)([]) === any.initialState)
 * fc.check(startsAtTheBeginning).failed // => false
 */
export const arbitraryView = <State, Event>(
  alphabet: Pick<Alphabet<never, State, Event, never>, 'states' | 'events'>,
): fc.Arbitrary<V.View<State, Event>> =>
  arbitraryMoves(alphabet).map(({ view, lines }) => printedAs('view', V.make(view), lines))

/**
 * Any fold over the states and the events of an alphabet, with answers of your own.
 * @example
 * import fc from 'fast-check'
 * import { fold } from 'decider-ts/evolve'
 * import { arbitraryFold, numberedAlphabet } from 'decider-ts/harness'
 * const yesOrNo = fc.property(arbitraryFold(numberedAlphabet(), fc.constantFrom('yes', 'no')), (any) =>
 *   ['yes', 'no'].includes(fold.run(any)([0, 1])),
 * )
 * fc.check(yesOrNo).failed // => false
 */
export const arbitraryFold = <State, Event, Answer>(
  alphabet: Pick<Alphabet<never, State, Event, never>, 'states' | 'events'>,
  answer: fc.Arbitrary<Answer>,
): fc.Arbitrary<Fo.Fold<Event, Answer>> =>
  fc
    .tuple(arbitraryMoves(alphabet), table(alphabet.states, [undefined], answer), answer)
    .map(([{ view, lines }, answers, otherwise]) => {
      const extract = (state: State): Answer => answers.get(state, undefined, otherwise)
      return printedAs('fold', Fo.make({ ...view, extract }), () => [
        ...lines(),
        ...answers.map((state) => `${show(state)} is read as ${show(extract(state))}`),
      ])
    })

/** What random process managers may do. */
export interface ProcessManagerBounds {
  /** The most commands in answer to one event, and the most that are owed in one state; 1 unless given. */
  readonly commandsMax: number
}

/**
 * Any process manager over an alphabet. In a terminal state it sends nothing and owes nothing. What it owes is as
 * random as its reactions, so its `pending` need not agree with its `react`.
 * @example
 * import fc from 'fast-check'
 * import { arbitraryProcessManager, numberedAlphabet } from 'decider-ts/harness'
 * const silentAtTheEnd = fc.property(arbitraryProcessManager(numberedAlphabet()), fc.nat(3), (any, state) =>
 *   !any.isTerminal(state) || any.pending(state).length === 0,
 * )
 * fc.check(silentAtTheEnd).failed // => false
 */
export const arbitraryProcessManager = <Command, State, Event>(
  alphabet: Pick<Alphabet<Command, State, Event, never>, 'commands' | 'states' | 'events'>,
  { commandsMax = 1 }: Partial<ProcessManagerBounds> = {},
): fc.Arbitrary<ProcessManager<Event, State, Command>> =>
  fc
    .tuple(
      arbitraryMoves(alphabet),
      // Most events call for nothing: otherwise most closed systems would go round in a circle.
      table(alphabet.states, alphabet.events, sometimes(listOf(alphabet.commands, commandsMax))),
      table(alphabet.states, [undefined], sometimes(listOf(alphabet.commands, commandsMax))),
      table(alphabet.states, [undefined], seldom),
    )
    .map(([{ view, lines }, reactions, owed, terminal]) => {
      const isTerminal = (state: State): boolean => terminal.at(state, undefined) ?? false
      const silentIn = (state: State, commands: ReadonlyArray<Command> = []) =>
        isTerminal(state) ? [] : commands
      const manager: ProcessManager<Event, State, Command> = {
        ...view,
        react: (state, event) => silentIn(state, reactions.at(state, event)),
        pending: (state) => silentIn(state, owed.at(state, undefined)),
        isTerminal,
      }
      return printedAs('process manager', manager, () => [
        ...lines(),
        ...reactions.map((state, event) => {
          const commands = manager.react(state, event)
          return commands.length === 0
            ? ''
            : `event ${show(event)} leading to ${show(state)} -> ${show(commands)}`
        }),
        ...owed.map((state) => {
          const commands = manager.pending(state)
          return commands.length === 0 ? '' : `${show(state)} owes ${show(commands)}`
        }),
        ...listed('terminal', alphabet.states.filter(isTerminal)),
      ])
    })

/** True one time in four: a decider that is mostly terminal has little to show. */
const seldom: fc.Arbitrary<boolean> = fc.nat(3).map((n) => n === 3)

const sometimes = <Item>(list: fc.Arbitrary<ReadonlyArray<Item>>): fc.Arbitrary<ReadonlyArray<Item>> =>
  fc.oneof({ withCrossShrink: true }, fc.constant<ReadonlyArray<Item>>([]), list)

/** An entry for each pair of a row and a column. */
interface Table<Row, Column, Entry> {
  readonly at: (row: Row, column: Column) => Entry | undefined
  /** As `at`, for entries that may be `undefined` themselves. */
  readonly get: (row: Row, column: Column, otherwise: Entry) => Entry
  readonly map: <Result>(f: (row: Row, column: Column) => Result) => ReadonlyArray<Result>
}

const table = <Row, Column, Entry>(
  rows: ReadonlyArray<Row>,
  columns: ReadonlyArray<Column>,
  entry: fc.Arbitrary<Entry>,
): fc.Arbitrary<Table<Row, Column, Entry>> => {
  const size = rows.length * columns.length
  return fc.array(entry, { minLength: size, maxLength: size }).map((entries) => {
    const placeOf = (row: Row, column: Column): number => {
      const [r, c] = [indexIn(rows, row), indexIn(columns, column)]
      return r === -1 || c === -1 ? -1 : r * columns.length + c
    }
    return {
      at: (row, column) => entries[placeOf(row, column)],
      get: (row, column, otherwise) => {
        const place = placeOf(row, column)
        return place === -1 ? otherwise : (entries[place] as Entry)
      },
      map: (f) => rows.flatMap((row) => columns.map((column) => f(row, column))),
    }
  })
}

const indexIn = <Item>(items: ReadonlyArray<Item>, wanted: Item): number =>
  items.findIndex((item) => Object.is(item, wanted))

interface Moves<State, Event> {
  readonly view: V.View<State, Event>
  readonly lines: () => ReadonlyArray<string>
}

/** Entries say how many states further an event leads, so that they shrink to an event that changes nothing. */
const arbitraryMoves = <State, Event>({
  states,
  events,
}: Pick<Alphabet<never, State, Event, never>, 'states' | 'events'>): fc.Arbitrary<Moves<State, Event>> =>
  fc
    .tuple(fc.constantFrom(...states), table(states, events, fc.nat(states.length - 1)))
    .map(([initialState, steps]) => {
      const evolve = (state: State, event: Event): State => {
        const step = steps.at(state, event) ?? 0
        return step === 0 ? state : (states[(indexIn(states, state) + step) % states.length] as State)
      }
      return {
        view: { initialState, evolve },
        lines: () => [
          `from ${show(initialState)}`,
          ...steps.map((state, event) => {
            const next = evolve(state, event)
            return Object.is(state, next) ? '' : `event ${show(event)} takes ${show(state)} to ${show(next)}`
          }),
        ],
      }
    })

const listOf = <Item>(items: ReadonlyArray<Item>, maxLength: number): fc.Arbitrary<ReadonlyArray<Item>> =>
  items.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...items), { maxLength })

const show = (value: unknown): string => fc.stringify(value)

const said = <Event, Rejection>(decision: Decision<Event, Rejection>): string =>
  E.isLeft(decision) ? `rejected ${show(decision.left)}` : show(decision.right)

const listed = (name: string, values: ReadonlyArray<unknown>): ReadonlyArray<string> =>
  values.length === 0 ? [] : [`${name}: ${values.map(show).join(', ')}`]

/**
 * How fast-check prints it, worked out only when it does. Not enumerable, so that a decider made of this one by `...`
 * does not print as this one.
 */
const printedAs = <Value extends object>(
  kind: string,
  value: Value,
  lines: () => ReadonlyArray<string>,
): Value =>
  Object.defineProperty(value, fc.toStringMethod, {
    value: () => {
      const text = lines().filter((line) => line !== '')
      return `${kind} (${text.join('; ')})`
    },
  })

/** One observation that tells two deciders apart. */
export type DeciderDifference<Command, Event, Rejection> =
  | {
      /** The last of these commands, decided one after another, is decided differently. */
      readonly _tag: 'InRun'
      readonly commands: ReadonlyArray<Command>
      readonly left: Decision<Event, Rejection>
      readonly right: Decision<Event, Rejection>
    }
  | {
      /** After these events the command is decided differently. */
      readonly _tag: 'InState'
      readonly events: ReadonlyArray<Event>
      readonly command: Command
      readonly left: Decision<Event, Rejection>
      readonly right: Decision<Event, Rejection>
    }
  | {
      /** After these events one is terminal and the other is not. */
      readonly _tag: 'InTerminal'
      readonly events: ReadonlyArray<Event>
      readonly left: boolean
      readonly right: boolean
    }

/**
 * What tells two deciders apart, whatever their states are made of: their decisions when the commands are decided one
 * after another, and after each prefix of the events their decision of each command, and whether they are terminal.
 * Decisions are compared as `timeline.diff` compares states. Empty where nothing differs.
 * @example
 * import { accept, decider } from 'decider-ts/decide'
 * import { differenceBetween } from 'decider-ts/harness'
 * const counter = decider.make({ initialState: 0, evolve: (n, by: number) => n + by, decide: (by: number) => () => accept(by) })
 * const boxed = decider.imapState((n: number) => ({ n }), (box) => box.n)(counter)
 * differenceBetween(counter, boxed)([1, 2], [5]) // => []
 * const capped = decider.make({ ...counter, decide: (by: number) => (n) => accept(Math.min(by, 3 - n)) })
 * differenceBetween(counter, capped)([2, 2], []) // => [{ _tag: 'InRun', commands: [2, 2], left: accept(2), right: accept(1) }]
 */
export const differenceBetween =
  <Command, LeftState, RightState, Event, Rejection>(
    left: D.Decider<Command, LeftState, Event, Rejection>,
    right: D.Decider<Command, RightState, Event, Rejection>,
  ) =>
  (
    commands: ReadonlyArray<Command>,
    events: ReadonlyArray<Event>,
  ): ReadonlyArray<DeciderDifference<Command, Event, Rejection>> => [
    ...inRun(left, right, commands),
    ...inStates(left, right, commands, events),
  ]

/** The first difference only: after it the two have different pasts, so that they may well go on differently. */
const inRun = <Command, LeftState, RightState, Event, Rejection>(
  left: D.Decider<Command, LeftState, Event, Rejection>,
  right: D.Decider<Command, RightState, Event, Rejection>,
  commands: ReadonlyArray<Command>,
): ReadonlyArray<DeciderDifference<Command, Event, Rejection>> => {
  const rightDecisions = D.run(right)(commands).decisions
  const pairs = D.run(left)(commands).decisions.flatMap((leftDecision, index) => {
    const rightDecision = rightDecisions[index]
    return rightDecision === undefined || isExactlySame(leftDecision, rightDecision)
      ? []
      : [{ index, left: leftDecision, right: rightDecision }]
  })
  return pairs.slice(0, 1).map(({ index, ...decisions }) => ({
    _tag: 'InRun',
    commands: commands.slice(0, index + 1),
    ...decisions,
  }))
}

const inStates = <Command, LeftState, RightState, Event, Rejection>(
  left: D.Decider<Command, LeftState, Event, Rejection>,
  right: D.Decider<Command, RightState, Event, Rejection>,
  commands: ReadonlyArray<Command>,
  events: ReadonlyArray<Event>,
): ReadonlyArray<DeciderDifference<Command, Event, Rejection>> => {
  const rightStates = V.scan(right)(events)
  return V.scan(left)(events).flatMap((leftState, count) => {
    const rightState = rightStates[count] as RightState
    const past = events.slice(0, count)
    const terminal = { left: left.isTerminal(leftState), right: right.isTerminal(rightState) }
    const decided = commands.map((command) => ({
      command,
      left: left.decide(command)(leftState),
      right: right.decide(command)(rightState),
    }))
    return [
      ...decided
        .filter((decision) => !isExactlySame(decision.left, decision.right))
        .map((decision) => ({ _tag: 'InState' as const, events: past, ...decision })),
      ...(terminal.left === terminal.right
        ? []
        : [{ _tag: 'InTerminal' as const, events: past, ...terminal }]),
    ]
  })
}
