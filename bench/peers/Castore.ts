/**
 * Castore 2.4 on PostgreSQL and in memory. Its pool takes no options and cannot be ended: it has postgres.js's default
 * of 10 connections, and they last as long as the process.
 */
import { type EventStorageAdapter, EventStore, EventType } from '@castore/core'
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory'
import { PostgresEventStorageAdapter } from '@castore/event-storage-adapter-postgres'
import { type Entry, type Open, recordedBy } from './Contender.js'
import { type Added, dataOf, evolve, initialState } from './Domain.js'

type Payload = Omit<Added, 'type'>

interface Aggregate {
  readonly aggregateId: string
  readonly version: number
  readonly sum: number
}

const storeOn = (eventStorageAdapter: EventStorageAdapter) =>
  new EventStore({
    eventStoreId: 'COUNTERS',
    eventTypes: [new EventType<'Added', Payload>({ type: 'Added' })],
    reducer: (aggregate: Aggregate | undefined, { aggregateId, version, payload }): Aggregate => ({
      aggregateId,
      version,
      sum: evolve(aggregate?.sum ?? initialState, payload),
    }),
    eventStorageAdapter,
  })

const appendTo =
  (store: ReturnType<typeof storeOn>) =>
  async ({ stream, event }: Entry) => {
    await store.pushEvent({ aggregateId: stream, version: 1, type: 'Added', payload: dataOf(event) })
  }

const recordedQuery = `
  select aggregate_id as stream, version::int as version, data->>'key' as key, (data->>'total')::int as total
  from event`

export const openOnPostgres: Open = (url) => ({
  install: async () => {
    const aggregateId = { type: 'VARCHAR', length: 64 } as const
    await PostgresEventStorageAdapter.createEventTable({ connectionString: url, aggregateId })
  },
  append: appendTo(storeOn(new PostgresEventStorageAdapter({ connectionString: url }))),
  recorded: recordedBy(url, recordedQuery),
})

export const openInMemory: Open = () => {
  const adapter = new InMemoryEventStorageAdapter()
  return {
    append: appendTo(storeOn(adapter)),
    recorded: async () =>
      Object.values(adapter.eventStore)
        .flat()
        .map(({ aggregateId, version, payload }) => {
          const { key, total } = payload as Payload
          return { stream: aggregateId, version, key, total }
        }),
  }
}
