/**
 * What one service keeps beside its log, in memory: read models, states of processes, the commands that they owe, and of
 * each how far it has read. All of one commit is written or nothing, and only from the place where its writer believed it
 * to be; that is what a database does in the real thing. It outlives the service that writes to it, so a service that
 * crashes in a test finds it as it was.
 */
import {
  type Entry,
  type GlobalPosition,
  globalPosition,
  type Json,
  type OwedCommand,
  type ReadModels,
} from 'decider-ts'
import { option as O, taskEither as TE } from 'fp-ts'

export interface ShelfCommit {
  readonly from: GlobalPosition
  readonly to: GlobalPosition
  readonly entries: ReadonlyArray<Entry>
  readonly owed?: ReadonlyArray<OwedCommand>
}

export interface Shelf extends Pick<ReadModels, 'get' | 'page'> {
  readonly placeOf: (name: string) => GlobalPosition
  readonly stateOf: (name: string, key: string) => Json | undefined
  readonly entriesOf: (name: string) => ReadonlyMap<string, Json>
  /** `false` says that somebody else was there before, and that nothing was written. */
  readonly commit: (name: string, commit: ShelfCommit) => boolean
  /** The commands that a process owes, the oldest first. */
  readonly owedBy: (name: string) => ReadonlyArray<OwedCommand>
  readonly settle: (name: string, id: string) => void
}

interface Book {
  place: GlobalPosition
  readonly entries: Map<string, Entry>
  owed: ReadonlyArray<OwedCommand>
}

export const memoryShelf = (): Shelf => {
  const books = new Map<string, Book>()
  const bookOf = (name: string): Book => {
    const found = books.get(name) ?? { place: globalPosition(0), entries: new Map(), owed: [] }
    books.set(name, found)
    return found
  }
  const sorted = (name: string): ReadonlyArray<Entry> =>
    [...bookOf(name).entries.values()].sort((left, right) => (left.key < right.key ? -1 : 1))
  return {
    placeOf: (name) => bookOf(name).place,
    stateOf: (name, key) => bookOf(name).entries.get(key)?.state,
    entriesOf: (name) => new Map(sorted(name).map(({ key, state }) => [key, state])),
    commit: (name, { from, to, entries, owed = [] }) => {
      const book = bookOf(name)
      if (book.place !== from) return false
      book.place = to
      for (const entry of entries) book.entries.set(entry.key, entry)
      book.owed = [...book.owed, ...owed]
      return true
    },
    owedBy: (name) => bookOf(name).owed,
    settle: (name, id) => {
      const book = bookOf(name)
      book.owed = book.owed.filter((owed) => owed.id !== id)
    },
    get: ({ name }, key) => TE.right(O.fromNullable(bookOf(name).entries.get(key))),
    page: ({ name }, limit, after) =>
      TE.right(
        sorted(name)
          .filter(({ key }) => after === undefined || key > after)
          .slice(0, limit),
      ),
  }
}
