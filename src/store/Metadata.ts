/**
 * What is known about an event beside the event itself: who caused it, by which command, in which conversation.
 * A decider never sees it, so that a decision depends on facts alone.
 * Used by: `run` writes it, everyone reads it.
 * @since 0.1.0
 */
import type { Json } from './Json.js'

/** A JSON object. The named keys are the library's; any other key is the user's. */
export interface Metadata {
  /** The command that decided this event. */
  readonly commandId?: string
  /** The business conversation that this event belongs to. */
  readonly correlationId?: string
  /** The id of the event or command that directly led to this one. */
  readonly causationId?: string
  /** Who asked: a user, a service, a process manager. */
  readonly actor?: string
  /** When it happened in the world, in ISO 8601; the time of recording is the store's own. */
  readonly occurredAt?: string
  readonly [key: string]: Json | undefined
}

/**
 * Nothing is known beside the event.
 * @example
 * import { noMetadata } from 'decider-ts/store'
 * noMetadata // => {}
 */
export const noMetadata: Metadata = Object.freeze({})
