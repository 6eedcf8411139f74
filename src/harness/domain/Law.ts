/**
 * A law for domains: a statement, and a judge that looks at one trial and finds nothing, or a breach. A judge is a pure
 * function of the trial, so whoever runs it can make the trial smaller and ask again, and a printed test can ask the
 * same question of one recorded situation.
 * Used by: every module in `laws`, `Examination`, `given`.
 * @since 0.1.0
 */
import type { Domain } from '../../decide/Domain.js'
import type { Expectations } from './Expectations.js'
import type { History } from './History.js'

/** What a law is asked about. */
export interface Trial<Command, State, Event, Rejection> {
  readonly history: History<Command, State, Event, Rejection>
  /** Commands that nobody decided in this history; for laws about any command at all. */
  readonly strayCommands: ReadonlyArray<Command>
  /** Events that nobody decided; for laws about any readable event at all, in any order. */
  readonly strayEvents: ReadonlyArray<Event>
}

/** What is examined, and what is expected of it. */
export interface Subject<Command, State, Event, Rejection> {
  readonly domain: Domain<Command, State, Event, Rejection>
  readonly expectations: Expectations<Command, State, Event, Rejection>
}

/** Where a domain broke a law, and why. With its past and its command the breach can be met again, as a test. */
export interface Breach<Command, Event> {
  /** The events that had happened. */
  readonly past: ReadonlyArray<Event>
  /** The command at which it shows; none where the past alone shows it. */
  readonly command?: Command
  /** What happened, in words that need no knowledge of the law: one or two sentences. */
  readonly cause: string
  /** What to do about it: one sentence, an imperative. */
  readonly advice: string
}

/** A law of one domain. */
export interface Law<Command, State, Event, Rejection> {
  /** A name in dotted words, such as `decide.total`, and `invariant.<name>` for what a user expects. */
  readonly id: string
  /** What must hold, as one sentence. */
  readonly statement: string
  /** Why the law is not checked where this runs, and what to do about it; its judge then finds nothing. */
  readonly notChecked?: string
  /** The first breach in a trial. */
  readonly judge: (trial: Trial<Command, State, Event, Rejection>) => Breach<Command, Event> | undefined
}

/** A module of laws gives those that it has for a subject: one for each name, where they come from a record. */
export type LawsOf = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
) => ReadonlyArray<Law<Command, State, Event, Rejection>>
