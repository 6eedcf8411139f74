/**
 * What is expected of a domain beyond the laws that hold for all domains, and how thoroughly it is examined. All of it is
 * optional: a domain alone says enough for most laws.
 * Used by: `domainSuite`, `examine`, `mutationScore`, `given`.
 * @since 0.1.0
 */
import type fc from 'fast-check'
import type * as t from 'io-ts'
import type { Domain, Typed } from '../../decide/Domain.js'
import type { Overrides } from '../arbitrary/Overrides.js'

/** What was asked, in which state, and what came of it: what a postcondition judges. Only accepted commands have one. */
export interface AcceptedCommand<Command, State, Event> {
  readonly before: State
  readonly command: Command
  readonly events: ReadonlyArray<Event>
  readonly after: State
}

/**
 * A relation between two ways to act: both sequences of commands, run from the same past, must end in states that `same`
 * calls equal (deeply equal unless given). `undefined` where the relation says nothing about a command and a state.
 */
export interface Relation<Command, State> {
  readonly when: (
    command: Command,
    state: State,
  ) => { readonly left: ReadonlyArray<Command>; readonly right: ReadonlyArray<Command> } | undefined
  readonly same?: (left: State, right: State) => boolean
}

/** A value with a `type`, and the one of that type. */
type OfType<Value, Type> = Extract<Value, { readonly type: Type }>

/** The names of the members of a union. */
export type TypeIn<Value> = Value extends Typed ? Value['type'] : never

/** Where the domain can be imported from by another process, for the laws that need one. */
export interface ModulePlace {
  /** The address of the module, such as `import.meta.resolve('./Account.js')` gives. */
  readonly url: string
  /** The name under which the module exports the domain. */
  readonly name: string
  /** For modules that plain Node cannot load: `['--import', 'tsx']`. */
  readonly nodeOptions?: ReadonlyArray<string>
}

/** How thoroughly a domain is examined. */
export interface Thoroughness {
  /** Where generated histories begin; printed with each failure. 20260101 unless given. */
  readonly seed?: number
  /** How many histories; 300 unless given. */
  readonly histories?: number
  /** The most commands of a history; 30 unless given. */
  readonly commandsMax?: number
}

/** What is expected of a domain. Everything has a default. */
export interface Expectations<Command, State, Event, Rejection> extends Thoroughness {
  /** What must be true of every state that can be reached, by name. */
  readonly invariants?: Readonly<Record<string, (state: State) => boolean>>
  /** What must be true whenever a command of a type was accepted. */
  readonly postconditions?: {
    readonly [Type in TypeIn<Command>]?: (
      accepted: AcceptedCommand<OfType<Command, Type>, State, Event>,
    ) => boolean
  }
  /** Relations between runs, by name: what must not matter, and what undoes what. */
  readonly relations?: Readonly<Record<string, Relation<Command, State>>>
  /** The command types that do nothing, or are rejected, when they come a second time. */
  readonly idempotent?: ReadonlyArray<TypeIn<Command>>
  /** Declared command, event and rejection types that no history reaches; they must stay unreached. */
  readonly unreachable?: ReadonlyArray<TypeIn<Command> | TypeIn<Event> | TypeIn<Rejection>>
  /** Event types that change no state; they must stay so. */
  readonly inert?: ReadonlyArray<TypeIn<Event>>
  /** Tests of examples, by name. Each is run with the domain, and with each of its mutants. */
  readonly scenarios?: Readonly<Record<string, (domain: Domain<Command, State, Event, Rejection>) => void>>
  /** Recorded events of earlier versions, as they are stored: each must still be read. */
  readonly golden?: ReadonlyArray<{
    readonly type: string
    readonly schemaVersion: number
    readonly data: unknown
  }>
  /**
   * Commands worth trying in a state; most commands are drawn from it, and at least a fifth blindly. Where it throws, or
   * gives nothing, the harness looks for commands by itself.
   */
  readonly commandGen?: (state: State) => fc.Arbitrary<Command> | undefined
  /** Arbitrary values for codecs that need help. */
  readonly overrides?: Overrides
  /** Codecs whose values are ids, used again within a history. Every branded text is, unless listed in `fresh`. */
  readonly recycled?: ReadonlyArray<t.Mixed>
  /** Branded texts that are no ids. */
  readonly fresh?: ReadonlyArray<t.Mixed>
  /** The name of a state in the coverage: its `status`, `state` or `_tag`, or `terminal`, unless given. */
  readonly stateLabel?: (state: State) => string
  /** Where another process finds the domain; without it the laws that need one are not checked, and say so. */
  readonly module?: ModulePlace
  /** What the domain, and these expectations, are called in printed tests. */
  readonly printedAs?: { readonly domain?: string; readonly expectations?: string }
}

/**
 * What can be expected of a domain, by the type of the domain: `const expectations: ExpectationsOf<typeof Account> = { ... }`
 * types the parameters of what is in it, where it does not stand in a call.
 */
export type ExpectationsOf<Subject> =
  Subject extends Domain<infer Command, infer State, infer Event, infer Rejection>
    ? Expectations<Command, State, Event, Rejection>
    : never
