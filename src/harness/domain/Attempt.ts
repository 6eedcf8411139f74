/**
 * Calling what a user wrote, where it may throw and the law that asks wants to go on: what was thrown is a value like
 * the answer. What a decider throws is a `Defect`, which says more, and is in `History`.
 * Used by: the laws of domains, views and process managers.
 * @since 0.1.0
 */
import { either as E, function as F } from 'fp-ts'

/**
 * What a function gives, or, on the left, what it threw.
 * @internal
 */
export const attempt = <A>(run: () => A): E.Either<unknown, A> => E.tryCatch(run, F.identity)
