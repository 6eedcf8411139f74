/**
 * Upcasters lift stored events of an older shape to the shape of today, one version at a time. They are functions on
 * data, applied on every read, so the log itself never changes.
 * Used by: `EventCodec`.
 *
 * Laws (test/properties/evolve/Upcaster.test.ts):
 * - UPC-1 chain: lifting from version v is lifting once and then lifting from v + 1.
 * - UPC-2 current: an event of the current version is left as it is.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { DecodeFailure } from './Codec.js'

/** An event as a store keeps it: its name, the version of its shape, and its data. */
export interface SerializedEvent {
  readonly type: string
  readonly schemaVersion: number
  readonly data: unknown
}

/** From the data of one schema version to the data of the next. Pure and total over what was ever stored. */
export type Upcaster = (data: unknown) => unknown

/** For an event type, its upcasters in order: the first lifts version 1 to 2, the second 2 to 3. */
export type Upcasters = { readonly [type: string]: ReadonlyArray<Upcaster> }

/**
 * The schema version that is written today: one more than there are upcasters.
 * @example
 * import { currentSchemaVersion } from 'decider-ts/evolve'
 * currentSchemaVersion({ Opened: [(data) => data] })('Opened') // => 2
 * currentSchemaVersion({})('Opened') // => 1
 */
export const currentSchemaVersion =
  (upcasters: Upcasters) =>
  (type: string): number =>
    stepsOf(upcasters, type).length + 1

/**
 * The event in the shape of today. A version newer than today's fails: it was written by a newer program.
 * @example
 * import { either as E } from 'fp-ts'
 * import { upcast } from 'decider-ts/evolve'
 * const toCents = upcast({ Paid: [(data) => ({ cents: (data as { euros: number }).euros * 100 })] })
 * toCents({ type: 'Paid', schemaVersion: 1, data: { euros: 2 } }) // => E.right({ type: 'Paid', schemaVersion: 2, data: { cents: 200 } })
 */
export const upcast =
  (upcasters: Upcasters) =>
  (event: SerializedEvent): E.Either<DecodeFailure, SerializedEvent> => {
    const steps = stepsOf(upcasters, event.type)
    const schemaVersion = steps.length + 1
    if (
      !(
        Number.isInteger(event.schemaVersion) &&
        event.schemaVersion >= 1 &&
        event.schemaVersion <= schemaVersion
      )
    ) {
      return E.left({
        path: 'schemaVersion',
        reason: `is ${event.schemaVersion}, and this program knows versions from 1 to ${schemaVersion}`,
      })
    }
    if (event.schemaVersion === schemaVersion) return E.right(event)
    const data = steps.slice(event.schemaVersion - 1).reduce((older, step) => step(older), event.data)
    return E.right({ type: event.type, schemaVersion, data })
  }

const stepsOf = (upcasters: Upcasters, type: string): ReadonlyArray<Upcaster> =>
  Object.hasOwn(upcasters, type) ? (upcasters[type] ?? []) : []
