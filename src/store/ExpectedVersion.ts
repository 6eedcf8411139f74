/**
 * What a writer believes of a stream. An append names a belief for each stream it cares about, and fails when one of
 * them is wrong: that is how two writers who read the same past cannot both write the next event.
 * Used by: `Append`, `Journal`, the adapters, `run`.
 *
 * Laws (test/properties/store/ExpectedVersion.test.ts):
 * - EXP-1 exactness: `exactly(n)` holds for version n and for no other.
 * - EXP-2 any: `any` holds for every version.
 * - EXP-3 partition: for every version, one of `noStream` and `streamExists` holds, never both, and `noStream` holds
 *   where `exactly(0)` does.
 * @since 0.1.0
 */
import { type Version, version } from './Version.js'

/** A belief about a stream's version. */
export type ExpectedVersion =
  | { readonly _tag: 'Any' }
  | { readonly _tag: 'NoStream' }
  | { readonly _tag: 'StreamExists' }
  | { readonly _tag: 'Exactly'; readonly version: Version }

/**
 * No belief: such an append never conflicts, however many write at once.
 * @example
 * import { anyVersion, holdsFor, version } from 'decider-ts/store'
 * holdsFor(version(7))(anyVersion) // => true
 */
export const anyVersion: ExpectedVersion = { _tag: 'Any' }

/**
 * The stream has no events yet.
 * @example
 * import { holdsFor, noStream, version } from 'decider-ts/store'
 * holdsFor(version(1))(noStream) // => false
 */
export const noStream: ExpectedVersion = { _tag: 'NoStream' }

/**
 * The stream has at least one event.
 * @example
 * import { holdsFor, streamExists, version } from 'decider-ts/store'
 * holdsFor(version(0))(streamExists) // => false
 */
export const streamExists: ExpectedVersion = { _tag: 'StreamExists' }

/**
 * The stream has exactly this many events.
 * @example
 * import { exactly, holdsFor, version } from 'decider-ts/store'
 * holdsFor(version(2))(exactly(2)) // => true
 */
export const exactly = (count: number | bigint): ExpectedVersion => ({
  _tag: 'Exactly',
  version: version(count),
})

/**
 * Whether a belief holds for a stream at its actual version.
 * @example
 * import { exactly, holdsFor, version } from 'decider-ts/store'
 * holdsFor(version(2))(exactly(3)) // => false
 */
export const holdsFor =
  (actual: Version) =>
  (expected: ExpectedVersion): boolean => {
    switch (expected._tag) {
      case 'Any':
        return true
      case 'NoStream':
        return actual === 0n
      case 'StreamExists':
        return actual > 0n
      case 'Exactly':
        return actual === expected.version
    }
  }
