/**
 * Stand-ins for functions of the platform: they do the same, and tell that they were called. They are proxies, so that
 * whatever else is known of a function, such as its prototype, stays true of its stand-in.
 * Used by: the lists of traps.
 * @since 0.1.0
 */
import type { AmbientKind, Tell, Trap } from './Trap.js'

/**
 * Traps for methods of an object: each call tells, unless `when` says that this one reads nothing.
 * @internal
 */
export const calls = (
  owner: object | undefined,
  kind: AmbientKind,
  prefix: string,
  keys: ReadonlyArray<string>,
  when: (given: ReadonlyArray<unknown>) => boolean = () => true,
): ReadonlyArray<Trap> =>
  owner === undefined
    ? []
    : keys.map((key) => ({
        owner,
        key,
        around: (original, tell) =>
          telling(original, tell, (given) => (when(given) ? [kind, `${prefix}${key}()`] : undefined)),
      }))

/** What a call reads, and how it is written; undefined where it reads nothing. */
export type ReadOf = (given: ReadonlyArray<unknown>) => readonly [AmbientKind, string] | undefined

/**
 * A function that does what the original does, and tells what each call, and each `new`, reads.
 * @internal
 */
export const telling = (
  original: object,
  tell: Tell,
  called: ReadOf,
  constructed: ReadOf = called,
): object => {
  const handler = {
    apply(target: Applicable, self: unknown, given: unknown[]): unknown {
      const read = called(given)
      if (read !== undefined) tell(...read, handler.apply)
      return Reflect.apply(target, self, given)
    },
    construct(target: Applicable, given: unknown[], made: Applicable): object {
      const read = constructed(given)
      if (read !== undefined) tell(...read, handler.construct)
      return Reflect.construct(target, given, made === proxy ? target : made) as object
    },
  }
  const proxy = new Proxy(original as Applicable, handler)
  return proxy
}

// biome-ignore lint/complexity/noBannedTypes: a function of the platform, of which nothing else is known
type Applicable = Function
