/**
 * Exact equality of two types, as the compiler sees them: an intersection is not the object that it amounts to, so a
 * type that is equal to a plain one is also displayed as one. Used by every type test.
 */
export type Equal<Left, Right> =
  (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false
