/**
 * What a running program takes from the world: new ids, the time, waiting, and chance. It is handed in as a value, so
 * that a test can decide all of it. This is the one file of the rooms `store` to `run` that touches the world.
 * Used by: `Handle`, `Subscription`, `Follow`.
 * @since 0.1.0
 */
import type { io, task } from 'fp-ts'
import { type EventId, eventId } from '../store/EventId.js'
import { type Timestamp, timestamp } from '../store/Timestamp.js'

/** The world, as far as running a decider needs it. */
export interface Environment {
  /** An id that no other event has. */
  readonly newEventId: io.IO<EventId>
  readonly now: io.IO<Timestamp>
  /**
   * Waits for so many milliseconds. `onBegun` is given what ends the wait at once, for whoever does not need it any more;
   * where it is not called, the wait is as long as it is.
   */
  readonly sleep: (milliseconds: number, onBegun?: (wake: () => void) => void) => task.Task<void>
  /** A number from 0 (included) to 1 (excluded), for spreading retries. */
  readonly random: io.IO<number>
}

// The little of the platform that is used here; Node and every browser (on a page that came over https) have it, and
// neither's types are needed.
declare const crypto: { readonly randomUUID: () => string }
declare const setTimeout: (run: () => void, milliseconds: number) => unknown
declare const clearTimeout: (timer: unknown) => void

/**
 * A UUID of version 7 (RFC 9562): 48 bits of time, then 74 random bits. Ids made later sort later, which keeps a
 * database's index of them compact.
 * @example
 * import { isEventId, timestamp } from 'decider-ts/store'
 * import { uuidV7 } from 'decider-ts/run'
 * const id = uuidV7(timestamp(0x0123456789ab), new Uint8Array(10).fill(0xff))
 * id // => '01234567-89ab-7fff-bfff-ffffffffffff'
 * isEventId(id) // => true
 */
export const uuidV7 = (now: Timestamp, random: Uint8Array): EventId => {
  const time = Math.trunc(now).toString(16).padStart(12, '0')
  const [a = 0, b = 0, c = 0, ...rest] = random
  const hex = (bytes: ReadonlyArray<number>) =>
    bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const version = hex([0x70 | (a & 0x0f), b])
  const variant = hex([0x80 | (c & 0x3f), rest[0] ?? 0])
  return eventId(`${time.slice(0, 8)}-${time.slice(8)}-${version}-${variant}-${hex(rest.slice(1, 7))}`)
}

/**
 * The real world: ids by `uuidV7`, the system's clock, timers and chance.
 * @example
 * import { isEventId } from 'decider-ts/store'
 * import { systemEnvironment } from 'decider-ts/run'
 * isEventId(systemEnvironment.newEventId()) // => true
 */
export const systemEnvironment: Environment = {
  newEventId: () => stamped(systemEnvironment.now(), crypto.randomUUID()),
  now: () => timestamp(Date.now()),
  sleep: (milliseconds, onBegun) => () =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      onBegun?.(() => {
        clearTimeout(timer)
        resolve()
      })
    }),
  random: Math.random,
}

/**
 * A random UUID of version 4 with the time in place of its first 48 bits, which makes it one of version 7 with as many
 * random bits. Ten random bytes by themselves would cost eight times as much: the platform draws them for each call, and
 * draws those of UUIDs beforehand.
 */
const stamped = (now: Timestamp, random: string): EventId => {
  const time = Math.trunc(now).toString(16).padStart(12, '0')
  return eventId(`${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`)
}
