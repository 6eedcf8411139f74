/**
 * The outcome of deciding, and the words to say it with. `Left` is a rejection: a rule of the domain says no. `Right`
 * with events is acceptance, and `Right` without events is acceptance with nothing left to do. A throw is never an
 * outcome; it is a bug.
 * Used by: domains, inside `decide`. Imports nothing of `store`.
 *
 * Laws (test/properties/decide/Decision.test.ts):
 * - DCN-1 validate: it accepts exactly when every check does, and otherwise rejects with every rejection, in order.
 * @since 0.1.0
 */
import type { readonlyNonEmptyArray as RNEA } from 'fp-ts'
import { either as E, readonlyArray as RA } from 'fp-ts'

/** Events to record, or the rejection that a rule gives. */
export type Decision<Event, Rejection> = E.Either<Rejection, ReadonlyArray<Event>>

/**
 * A literal without the `readonly` that keeping its literals brings to its arrays: codecs speak of plain arrays.
 */
export type AsWritten<Value> = Value extends string | number | bigint | boolean | symbol | null | undefined
  ? Value
  : Value extends (...parameters: never) => unknown
    ? Value
    : Value extends ReadonlyArray<unknown>
      ? { -readonly [Index in keyof Value]: AsWritten<Value[Index]> }
      : { [Name in keyof Value]: AsWritten<Value[Name]> }

/**
 * Accepted: these facts, in this order.
 * @example
 * import { accept } from 'decider-ts/decide'
 * accept({ type: 'Deposited', amount: 5 }) // => { _tag: 'Right', right: [{ type: 'Deposited', amount: 5 }] }
 */
export const accept = <const Event>(...events: ReadonlyArray<Event>): Decision<AsWritten<Event>, never> =>
  E.right(events as ReadonlyArray<AsWritten<Event>>)

/**
 * Rejected, for this reason. Nothing is recorded.
 * @example
 * import { reject } from 'decider-ts/decide'
 * reject({ type: 'AccountClosed' }) // => { _tag: 'Left', left: { type: 'AccountClosed' } }
 */
export const reject = <const Rejection>(rejection: Rejection): E.Either<AsWritten<Rejection>, never> =>
  E.left(rejection as AsWritten<Rejection>)

/**
 * Accepted, and there is nothing to do: what makes a command idempotent.
 * @example
 * import { nothing } from 'decider-ts/decide'
 * nothing // => { _tag: 'Right', right: [] }
 */
export const nothing: Decision<never, never> = E.right([])

/**
 * All checks at once: their values, or every rejection instead of the first alone.
 * @example
 * import { either as E } from 'fp-ts'
 * import { validate } from 'decider-ts/decide'
 * const positive = (n: number) => (n > 0 ? E.right(n) : E.left({ type: 'NotPositive', n }))
 * validate({ amount: positive(5), fee: positive(1) }) // => E.right({ amount: 5, fee: 1 })
 * validate({ amount: positive(-5), fee: positive(0) }) // => E.left([{ type: 'NotPositive', n: -5 }, { type: 'NotPositive', n: 0 }])
 */
export const validate = <Checks extends Readonly<Record<string, E.Either<unknown, unknown>>>>(
  checks: Checks,
): E.Either<RNEA.ReadonlyNonEmptyArray<RejectionIn<Checks[keyof Checks]>>, ValuesIn<Checks>> => {
  const rejections = Object.values(checks).flatMap((check) =>
    E.isLeft(check) ? [check.left as RejectionIn<Checks[keyof Checks]>] : [],
  )
  const values = Object.entries(checks).map(([name, check]) => [name, E.toUnion(check)])
  return RA.isNonEmpty(rejections)
    ? E.left(rejections)
    : E.right(Object.fromEntries(values) as ValuesIn<Checks>)
}

/** The rejections of checks. */
export type RejectionIn<Check> = Check extends E.Left<infer Rejection> ? Rejection : never
/** The values of a record of checks. */
export type ValuesIn<Checks> = {
  readonly [Name in keyof Checks]: Checks[Name] extends E.Either<unknown, infer Value> ? Value : never
}
