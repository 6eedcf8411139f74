/**
 * A broken domain: what is wrong with it, and which law finds it out. The laws that fail along with it, for the same
 * reason, are listed too, so that no law fails by accident and none stays silent by accident.
 */
import type { AnyDomain, Domain, Typed } from 'decider-ts/decide'
import type { Expectations } from 'decider-ts/harness'
import type { LawsOf, Subject } from '../../../src/harness/domain/Law.js'
import { type Found, type Trials, trialsOf } from '../../../src/harness/domain/Trial.js'

/** Expectations of some domain: which, only its `Broken` knows. */
export type AnyExpectations = {
  readonly [Name in keyof Expectations<never, never, never, never>]?: unknown
}

/** A domain with a fault. */
export interface Broken {
  readonly what: string
  /** The law that names the fault: the first in the catalogue that fails. */
  readonly caughtBy: string
  /** The later laws that fail too. */
  readonly also?: ReadonlyArray<string>
  /** The later laws that may fail too: where chance or the time decides, only the first one is certain. */
  readonly perhaps?: ReadonlyArray<string>
  readonly domain: AnyDomain
  readonly expectations?: AnyExpectations
}

/** A broken domain whose expectations are checked to be its own. */
export const broken = <Command, State, Event, Rejection>(
  what: string,
  caught: Pick<Broken, 'caughtBy' | 'also' | 'perhaps'>,
  domain: Domain<Command, State, Event, Rejection>,
  expectations: Expectations<Command, State, Event, Rejection> = {},
): Broken => ({ what, ...caught, domain, expectations })

/** The cast forgets which commands and states they are; laws are generic, so they never know. */
export const subjectOf = ({
  domain,
  expectations = {},
}: Pick<Broken, 'domain' | 'expectations'>): Subject<Typed, unknown, Typed, Typed> => ({
  domain: domain as Domain<Typed, unknown, Typed, Typed>,
  expectations: expectations as Expectations<Typed, unknown, Typed, Typed>,
})

/** A law that failed, with the smallest breach. */
export interface Failing extends Found<Typed, Typed> {
  readonly id: string
}

/** The laws that fail, in their order. */
export const failingOf = (
  laws: LawsOf,
  subject: Subject<Typed, unknown, Typed, Typed>,
  { smallestBreach }: Trials<Typed, unknown, Typed, Typed> = trialsOf(subject),
): ReadonlyArray<Failing> =>
  laws(subject).flatMap((law) => {
    const found = smallestBreach(law)
    return found === undefined ? [] : [{ id: law.id, ...found }]
  })
