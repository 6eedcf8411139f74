/** Who reads, by the name that the tables show, and of which library. Emmett's settings are the best that were found. */
import type { ContenderName } from './Contenders.js'
import type { OpenReader } from './Reader.js'

export interface ReaderKind {
  /** Who has written the log. */
  readonly library: ContenderName
  /** Whether each event costs it statements of its own, so that it is given the shorter log. */
  readonly isSlow?: true
  readonly open: () => Promise<OpenReader>
}

const ours = () => import('./DeciderTsReaders.js')
const theirs = () => import('./EmmettReaders.js')

const [library, peer] = ['decider-ts', 'Emmett, defaults'] as const

/** The longest page: what one look finds is handled without another one. */
const longPages = { batchSize: 10_000, pullingFrequencyInMs: 0 }

const quickly = { batchSize: 1_000, pullingFrequencyInMs: 0 }

/** The smallest interval, with its own size of pages. Only a full page makes it look again after that interval. */
const restless = { pullingFrequencyInMs: 0 }

export const readers = {
  'decider-ts: subscription': { library, open: async () => (await ours()).openSubscription },
  'decider-ts: projection in memory': { library, open: async () => (await ours()).openMemoryProjection },
  'decider-ts: projection in PostgreSQL, by key': {
    library,
    open: async () => (await ours()).openKeyedProjection,
  },
  'decider-ts: projection in PostgreSQL': {
    library,
    open: async () => (await ours()).openSearchableProjection,
  },
  'Emmett: reactor without a place': {
    library: peer,
    open: async () => (await theirs()).openWithoutPlace(longPages),
  },
  'Emmett: reactor': {
    library: peer,
    isSlow: true,
    open: async () => (await theirs()).openWithPlace(quickly),
  },
  'Emmett: projector, SQL': {
    library: peer,
    isSlow: true,
    open: async () => (await theirs()).openSqlReadModel(quickly),
  },
  'Emmett: projector, Pongo': {
    library: peer,
    isSlow: true,
    open: async () => (await theirs()).openPongoReadModel(quickly),
  },
  'Emmett: reactor, defaults': {
    library: peer,
    isSlow: true,
    open: async () => (await theirs()).openWithPlace({}),
  },
  'Emmett: reactor, 0 ms': {
    library: peer,
    isSlow: true,
    open: async () => (await theirs()).openWithPlace(restless),
  },
  'Emmett: reactor without a place, 0 ms': {
    library: peer,
    open: async () => (await theirs()).openWithoutPlace(restless),
  },
  'Emmett: projector, SQL, defaults': {
    library: peer,
    isSlow: true,
    open: async () => (await theirs()).openSqlReadModel({}),
  },
  'Emmett: projector, SQL, 0 ms': {
    library: peer,
    isSlow: true,
    open: async () => (await theirs()).openSqlReadModel(restless),
  },
} satisfies Readonly<Record<string, ReaderKind>>

export type ReaderName = keyof typeof readers

export const readerOf = (name: ReaderName): ReaderKind => readers[name]
