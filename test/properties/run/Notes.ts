/**
 * The projection that the laws of running projections are about: notes under names. A state is the list of all notes of a
 * name, so an event that is lost, doubled or out of place shows. Some notes cannot be folded, some cannot be read.
 */
import {
  type MemoryStore,
  type MemoryTransaction,
  memoryReadModels,
  memoryStore,
} from 'decider-ts/adapters/memory'
import { type Projection, projection } from 'decider-ts/evolve'
import type { ReadModels } from 'decider-ts/run'
import {
  anyVersion,
  type EventToAppend,
  eventId,
  eventToAppend,
  everything,
  type RecordedEvent,
  streamId,
  tag,
  toStream,
} from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, option as O } from 'fp-ts'
import * as t from 'io-ts'
import { type VirtualWorld, virtualWorld } from './VirtualWorld.js'

export interface Note {
  readonly type: 'Noted'
  readonly n: number
  readonly names: ReadonlyArray<string>
  readonly flaw: 'none' | 'fold' | 'state'
}

/** How a note is written: what of it is wrong, if anything. */
export interface Written {
  readonly names: ReadonlyArray<string>
  readonly flaw: Note['flaw'] | 'unreadable' | 'foreign'
}

export const names = ['ann', 'bob', 'cid', '__proto__', 'eve']

export const writtenOf = (...flaws: ReadonlyArray<Written['flaw']>): fc.Arbitrary<Written> =>
  fc.record({
    names: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 2 }),
    flaw: fc.constantFrom(...flaws),
  })

/** A number, and one that was written as a text where that is allowed. */
const numberOf = (mayBeText: boolean): t.Type<number, unknown> =>
  new t.Type<number, unknown>(
    'NumberOfNote',
    t.number.is,
    (input, context) =>
      mayBeText && typeof input === 'string' ? t.success(Number(input)) : t.number.validate(input, context),
    (n) => n,
  )

/** Mended, it reads and folds every note. */
export const notes = (isMended = false, version = 1): Projection<ReadonlyArray<number>, Note> =>
  projection({
    name: 'notes',
    version,
    event: t.type({
      type: t.literal('Noted'),
      n: numberOf(isMended),
      names: t.readonlyArray(t.string),
      flaw: t.union([t.literal('none'), t.literal('fold'), t.literal('state')]),
    }),
    state: t.readonlyArray(t.number),
    key: (note) => note.names,
    parkUnder: ({ tags }) => tags.map((each) => each.slice('name:'.length)),
    initialState: [],
    evolve: (state, { n, flaw }) => {
      if (flaw === 'fold' && !isMended) throw new Error(`Note ${n} cannot be folded`)
      return [...state, flaw === 'state' && !isMended ? Number.NaN : n]
    },
  })

export const partitions = 4

/** A keeper whose handlers write as those of the one in memory do. */
export type NoteKeeper = ReadModels<MemoryTransaction>

/** A log and a keeper whose clocks are the world's. */
export interface Desk {
  readonly store: MemoryStore
  readonly readModels: NoteKeeper
  readonly write: (written: Written) => Promise<void>
  readonly log: () => Promise<ReadonlyArray<RecordedEvent>>
}

/** A world, and a desk in it. */
export type OpenDesk = () => { readonly world: VirtualWorld; readonly desk: Desk }

export const deskInMemory: OpenDesk = () => {
  const world = virtualWorld()
  return { world, desk: deskIn(world) }
}

export const deskIn = (
  world: VirtualWorld,
  readModels: NoteKeeper = memoryReadModels({ now: world.now, partitions }),
): Desk => {
  const store = memoryStore({ now: world.now })
  const stream = streamId('notes', '1')
  let n = 0
  return {
    store,
    readModels,
    write: async (written) => {
      n += 1
      const recorded = await store.append(toStream(stream, anyVersion)([noteOf(n, written)]))()
      if (E.isLeft(recorded)) throw new Error(`The note is refused: ${recorded.left._tag}`)
    },
    log: async () => {
      const slice = await store.read(everything)()
      return E.isRight(slice) ? slice.right.events : []
    },
  }
}

const noteOf = (n: number, { names: under, flaw }: Written): EventToAppend =>
  eventToAppend({
    id: eventId(`0198a6a2-0000-7000-8000-${String(n).padStart(12, '0')}`),
    stream: streamId('notes', '1'),
    type: flaw === 'foreign' ? 'Foreign' : 'Noted',
    tags: under.map((name) => tag('name', name)),
    data: {
      n: flaw === 'unreadable' ? String(n) : n,
      names: under,
      flaw: flaw === 'fold' || flaw === 'state' ? flaw : 'none',
    },
  })

/** What a key comes to: the notes that count, and those from the first that does not. */
export interface Expected {
  readonly counted: ReadonlyArray<number>
  readonly parked: ReadonlyArray<number>
}

/** Worked out from what was written, without the library. */
export const expectedOf = (written: ReadonlyArray<Written>): ReadonlyMap<string, Expected> => {
  const expected = new Map<string, Expected>()
  written.forEach(({ names: under, flaw }, index) => {
    if (flaw === 'foreign') return
    for (const name of under) {
      const { counted, parked } = expected.get(name) ?? { counted: [], parked: [] }
      const counts = parked.length === 0 && flaw === 'none'
      expected.set(name, {
        counted: counts ? [...counted, index + 1] : counted,
        parked: counts ? parked : [...parked, index + 1],
      })
    }
  })
  return expected
}

/** What is kept of each name. */
export const keptOf = async (readModels: NoteKeeper, version = 1): Promise<ReadonlyMap<string, Expected>> => {
  const of = { name: 'notes', version }
  const kept = new Map<string, Expected>()
  for (const name of names) {
    const entry = await readModels.get(of, name)()
    const parked = await readModels.parkedEvents(of, name)()
    const counted = E.isRight(entry) && O.isSome(entry.right) ? entry.right.value.state : []
    const waiting = E.isRight(parked) ? parked.right.map(({ position }) => Number(position)) : []
    if ((counted as ReadonlyArray<number>).length + waiting.length > 0)
      kept.set(name, { counted: counted as ReadonlyArray<number>, parked: waiting })
  }
  return kept
}
