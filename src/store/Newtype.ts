/**
 * A type that has the same values as `A` and yet is not `A`: a stream's version and a global position are both
 * `bigint`, and passing one for the other must not compile. It costs nothing when the program runs.
 * Used by: every room, through the newtypes that `store` defines.
 * @since 0.1.0
 */
declare const name: unique symbol

/** `A` under a name of its own. Any `Newtype<_, A>` is an `A`; an `A` becomes one only through its constructor. */
export type Newtype<Name extends string, A> = A & { readonly [name]: Name }
