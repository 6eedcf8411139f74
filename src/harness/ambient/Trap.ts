/**
 * Traps: for the time of one synchronous call, functions of the platform are replaced by ones that do the same and tell.
 * What a function reads besides its arguments cannot be seen from outside; with traps it can.
 * Used by: `AmbientWorld`.
 *
 * Laws (test/properties/harness/ambient/Trap.test.ts):
 * - AMB-1 restored: whatever the watched function does, and however it ends, the world afterwards is the one before.
 * - AMB-2 seen: each listed way to read the ambient world is reported, under its name.
 * - AMB-3 quiet: what reads none of it is not reported, and gives under watch what it gives without.
 * @since 0.1.0
 */
import { ambientTraps } from './AmbientTraps.js'
import { placeOf } from './UserFrame.js'

/** What of the ambient world a function reads, or sets going. */
export type AmbientKind = 'clock' | 'chance' | 'settings' | 'later work' | 'network' | 'locale' | 'time zone'

/** Says that something was read. What is passed for `trap` and all that it called is left out of the stack. */
export type Tell = (kind: AmbientKind, what: string, trap: (...given: never[]) => unknown) => void

/** A property of an object of the platform, and what stands in its place while a function is watched. */
export interface Trap {
  readonly owner: object
  readonly key: PropertyKey
  /** What tells; `original` is what was there. */
  readonly around: (original: object, tell: Tell) => unknown
}

/** Something that was read. */
export interface AmbientRead {
  readonly kind: AmbientKind
  /** As it is written in code, such as `Date.now()`. */
  readonly what: string
  /** Where, such as `stamp, Inventory.ts:42`; undefined where the platform does not say. */
  readonly place: string | undefined
}

/** What a watched function gave, and what it read. */
export interface Watched<A> {
  readonly result: A
  readonly reads: ReadonlyArray<AmbientRead>
}

/** The most frames of a stack that are looked at: a read can be deep in a domain. */
const framesMax = 50

/**
 * Runs a function that is synchronous and reports what it read of the ambient world. The function can ask whether
 * anything was read already, and stop. What it throws is thrown, once the world is as it was.
 * @internal
 */
export const watched = <A>(
  body: (hasRead: () => boolean) => A,
  traps: ReadonlyArray<Trap> = ambientTraps(),
): Watched<A> => {
  const told: Array<{ readonly kind: AmbientKind; readonly what: string; readonly error: Error }> = []
  let isListening = false
  const tell: Tell = (kind, what, trap) => {
    if (!isListening) return
    isListening = false
    told.push({ kind, what, error: errorFrom(trap) })
    isListening = true
  }
  const restore: Array<() => void> = []
  let result: A
  try {
    for (const trap of traps) set(trap, tell, restore)
    isListening = true
    result = body(() => told.length > 0)
  } finally {
    isListening = false
    for (const undo of restore.reverse()) undo()
  }
  // The text of a stack is made when it is first asked for, and may read the world itself: so it is asked for last.
  return { result, reads: told.map(({ kind, what, error }) => ({ kind, what, place: placeOf(error) })) }
}

/** What some engines, V8 among them, say of stacks beyond the standard. */
interface Stacks {
  stackTraceLimit?: number | undefined
  readonly captureStackTrace?: (error: Error, above: (...given: never[]) => unknown) => void
}

const errorFrom = (trap: (...given: never[]) => unknown): Error => {
  const stacks = Error as ErrorConstructor & Stacks
  const limit = stacks.stackTraceLimit
  try {
    stacks.stackTraceLimit = framesMax
    const error = new Error('read')
    stacks.captureStackTrace?.(error, trap)
    return error
  } finally {
    stacks.stackTraceLimit = limit
  }
}

/** What is not there, or cannot be changed, gets no trap. */
const set = ({ owner, key, around }: Trap, tell: Tell, restore: Array<() => void>): void => {
  const before = Object.getOwnPropertyDescriptor(owner, key)
  const original: unknown = Reflect.get(owner, key)
  const isThere = (typeof original === 'object' && original !== null) || typeof original === 'function'
  if (!isThere) return
  const isSet = Reflect.defineProperty(owner, key, {
    ...(before !== undefined && !before.configurable
      ? {}
      : { configurable: true, enumerable: before?.enumerable ?? false }),
    value: around(original, tell),
    writable: true,
  })
  if (!isSet) return
  restore.push(() => {
    if (before === undefined) Reflect.deleteProperty(owner, key)
    else Reflect.defineProperty(owner, key, before)
  })
}
