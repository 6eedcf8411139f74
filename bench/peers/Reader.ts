/**
 * The interface that makes readers comparable. A reader reads the whole log of a database, from its beginning, and counts
 * the events of each stream: in memory, or in a read model in PostgreSQL. It tells which events it has dealt with, so that
 * afterwards each event of the log can be looked for.
 */

/** Is told of events that were dealt with: handled, or committed where there is a read model in PostgreSQL. */
export type Dealt = (keys: ReadonlyArray<string>) => void

export interface Reader {
  /** Answers when reading has begun, with how to end it. */
  readonly read: (dealt: Dealt) => Promise<() => Promise<void>>
  /** How many events it has counted, by stream. */
  readonly counts: () => Promise<ReadonlyMap<string, number>>
  readonly close: () => Promise<void>
}

/** Opens a reader of the log in a database. */
export type OpenReader = (url: string) => Reader

/** Counts in memory, which is the least that a handler can do. */
export const countInMemory = () => {
  const counts = new Map<string, number>()
  return {
    counts: async (): Promise<ReadonlyMap<string, number>> => counts,
    count: (stream: string): void => {
      counts.set(stream, (counts.get(stream) ?? 0) + 1)
    },
  }
}
