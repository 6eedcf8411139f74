/**
 * The identity of one event to append. It makes an append idempotent: a store keeps an event id once, so a writer
 * that never heard back can send the same events again.
 * Used by: every room. Ids are made in `run` (`Environment.newEventId`); this room only says what one is.
 * @since 0.1.0
 */
import type { Newtype } from './Newtype.js'

/** A UUID in its canonical form: 36 characters, lower case. Checked where it enters the store. */
export type EventId = Newtype<'EventId', string>

const canonicalUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * An event id from a UUID.
 * @example
 * import { eventId } from 'decider-ts/store'
 * eventId('0198a6a2-0000-7000-8000-000000000001') // => '0198a6a2-0000-7000-8000-000000000001'
 */
export const eventId = (uuid: string): EventId => uuid as EventId

/**
 * Whether a text is a UUID in canonical form. Upper case is refused, since a database would hand it back changed.
 * @example
 * import { isEventId } from 'decider-ts/store'
 * isEventId('0198a6a2-0000-7000-8000-000000000001') // => true
 * isEventId('0198A6A2-0000-7000-8000-000000000001') // => false
 */
export const isEventId = (text: string): text is EventId => canonicalUuid.test(text)
