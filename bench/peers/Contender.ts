/**
 * The interface that makes contenders comparable. Each offers what it can; a workload asks for the part that it
 * measures. A contender lives on one database (or in memory) that is new.
 */
import postgres from 'postgres'
import type { Added } from './Domain.js'

/** How many connections every contender may have. */
export const poolSize = 10

/** An event and the stream it belongs to. */
export interface Entry {
  readonly stream: string
  readonly event: Added
}

/** An event as it is found in the end, with its place in its stream, counted from 1. */
export interface Recorded {
  readonly stream: string
  readonly version: number
  readonly key: string
  readonly total: number
}

export interface Contender {
  /** Makes the schema. Not measured. */
  readonly install?: () => Promise<void>
  /** Records events, whatever is on their streams already: for preparation, and for the load that readers are under. */
  readonly fill?: (entries: ReadonlyArray<Entry>) => Promise<void>
  /** Records one event on a new stream, and rejects unless it is recorded. */
  readonly append?: (entry: Entry) => Promise<void>
  /** Reads a stream, decides, and records under the protection that the contender has. */
  readonly command?: (stream: string, key: string) => Promise<void>
  /** Records an event unless another one carries the tag of this stream; false where one does. */
  readonly claim?: (entry: Entry) => Promise<boolean>
  /** The state after all events of a stream. */
  readonly replay?: (stream: string) => Promise<number>
  /**
   * Hands the keys of all events to a reader, in order, as they are recorded: those from the origin, or those that come
   * from now on. It answers when reading has begun, with how to end it.
   */
  readonly follow?: (from: 'origin' | 'now', read: (key: string) => void) => Promise<() => Promise<void>>
  /** The state after these events, which are in memory. */
  readonly fold?: (events: ReadonlyArray<Added>) => number
  /** Everything there is. */
  readonly recorded?: () => Promise<ReadonlyArray<Recorded>>
  /** Lets connections go, where the contender can. */
  readonly close?: () => Promise<void>
}

/** Opens a contender; in memory there is no url to look at. */
export type Open = (url: string) => Contender

/** Reads what a contender's tables hold by plain SQL, with nothing of the contender in between. */
export const recordedBy = (url: string, query: string) => async (): Promise<ReadonlyArray<Recorded>> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    return await sql.unsafe<Array<Recorded>>(query)
  } finally {
    await sql.end()
  }
}
