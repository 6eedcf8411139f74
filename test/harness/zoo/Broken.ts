/**
 * A broken domain: what is wrong with it, and which law finds it out. The laws that fail along with it, for the same
 * reason, are listed too, so that no law fails by accident and none stays silent by accident.
 */
import type { AnyDomain } from 'decider-ts/decide'
import type { Expectations } from 'decider-ts/harness'

/** A domain with a fault. */
export interface Broken {
  readonly what: string
  /** The law that names the fault: the first in the catalogue that fails. */
  readonly caughtBy: string
  /** The later laws that fail too. */
  readonly also?: ReadonlyArray<string>
  readonly domain: AnyDomain
  readonly expectations?: Expectations<never, never, never, never>
}
