/**
 * How Emmett 0.42 reads its log: by a consumer, which looks for messages from time to time, and hands them one by one to a
 * processor, a batch in a transaction. A reactor calls a handler; a projector keeps a read model, by SQL or in a collection
 * of Pongo. Both note their place after each message. A processor starts at `CURRENT`, its kept place, which in a new one
 * is the beginning: those that start at `BEGINNING` or `END` never keep a place, since the row of their lock stands in its
 * way.
 */
import { SQL } from '@event-driven-io/dumbo'
import { type ReadEventMetadataWithGlobalPosition, reactor } from '@event-driven-io/emmett'
import {
  getPostgreSQLEventStore,
  type PostgreSQLProcessor,
  pongoSingleStreamProjection,
  postgreSQLProjector,
  postgreSQLRawSQLProjection,
  postgreSQLReactor,
} from '@event-driven-io/emmett-postgresql'
import pg from 'pg'
import { poolSize } from './Contender.js'
import type { Added } from './Domain.js'
import { countInMemory, type Dealt, type OpenReader } from './Reader.js'

type Event = { type: 'Added'; data: Omit<Added, 'type'> }

/** How its consumer looks for messages; 100 at a time, 50 ms after a full batch, unless given. */
export interface Pulling {
  readonly batchSize?: number
  readonly pullingFrequencyInMs?: number
}

/** What one way to process messages is made of. */
interface Processing {
  readonly processor: PostgreSQLProcessor<Event>
  /** Where the counts are: in memory, unless given. */
  readonly countsQuery?: string
  readonly counts: () => Promise<ReadonlyMap<string, number>>
}

type Process = (dealt: Dealt) => Processing

const open =
  (process: Process, pulling: Pulling): OpenReader =>
  (url) => {
    const pool = new pg.Pool({ connectionString: url, max: poolSize })
    const store = getPostgreSQLEventStore(url, {
      schema: { autoMigration: 'None' },
      connectionOptions: { pool },
    })
    let processing: Processing | undefined
    return {
      read: async (dealt) => {
        processing = process(dealt)
        const consumer = store.consumer<Event>({ processors: [processing.processor], pulling })
        const ended = consumer.start()
        return async () => {
          await consumer.stop()
          await ended
        }
      },
      counts: async () => {
        if (processing?.countsQuery === undefined) return (await processing?.counts()) ?? new Map()
        const { rows } = await pool.query<{ stream: string; events: number }>(processing.countsQuery)
        return new Map(rows.map(({ stream, events }) => [stream, events]))
      },
      close: async () => {
        await store.close()
        if (!pool.ended) await pool.end()
      },
    }
  }

const handler = (dealt: Dealt) => {
  const { count, counts } = countInMemory()
  const eachMessage = ({ data, metadata }: { data: Event['data']; metadata: { streamName: string } }) => {
    count(metadata.streamName)
    dealt([data.key])
  }
  return { eachMessage, counts }
}

/** A reactor that keeps no place, and opens no transaction therefore: its beginning is that of the log, each time. */
const withoutPlace: Process = (dealt) => {
  const { eachMessage, counts } = handler(dealt)
  const processor = reactor<Event, ReadEventMetadataWithGlobalPosition>({
    processorId: 'without-place',
    eachMessage,
  })
  return { processor, counts }
}

const withPlace: Process = (dealt) => {
  const { eachMessage, counts } = handler(dealt)
  return { processor: postgreSQLReactor<Event>({ processorId: 'with-place', eachMessage }), counts }
}

const nothing = async () => new Map<string, number>()

const sqlReadModel: Process = (dealt) => {
  const pending: Array<string> = []
  const projection = postgreSQLRawSQLProjection<Event>({
    name: 'counted',
    canHandle: ['Added'],
    init: () =>
      SQL`CREATE TABLE IF NOT EXISTS counted (stream TEXT PRIMARY KEY, events INT NOT NULL, last TEXT NOT NULL)`,
    evolve: (event) => {
      const { data, metadata } = event as typeof event & { metadata: { streamName: string } }
      pending.push(data.key)
      return SQL`
        INSERT INTO counted (stream, events, last) VALUES (${metadata.streamName}, 1, ${data.key})
        ON CONFLICT (stream) DO UPDATE SET events = counted.events + 1, last = EXCLUDED.last`
    },
  })
  const processor = postgreSQLProjector<Event>({ processorId: 'sql-read-model', projection })
  return {
    processor: tellingCommits(processor, pending, dealt),
    countsQuery: 'select stream, events from counted',
    counts: nothing,
  }
}

const pongoReadModel: Process = (dealt) => {
  const pending: Array<string> = []
  const projection = pongoSingleStreamProjection<{ events: number; last: string }, Event>({
    collectionName: 'counted',
    canHandle: ['Added'],
    initialState: () => ({ events: 0, last: '' }),
    evolve: ({ events }: { events: number }, { data }: Event) => {
      pending.push(data.key)
      return { events: events + 1, last: data.key }
    },
  })
  const processor = postgreSQLProjector<Event>({ processorId: 'pongo-read-model', projection })
  return {
    processor: tellingCommits(processor, pending, dealt),
    countsQuery: `select _id as stream, (data->>'events')::int as events from counted`,
    counts: nothing,
  }
}

/** A projector has dealt with messages when the transaction of their batch is committed. */
const tellingCommits = (
  processor: PostgreSQLProcessor<Event>,
  pending: Array<string>,
  dealt: Dealt,
): PostgreSQLProcessor<Event> => {
  const { handle } = processor
  return Object.assign(processor, {
    handle: async (...batch: Parameters<typeof handle>) => {
      pending.length = 0
      const result = await handle(...batch)
      dealt([...pending])
      return result
    },
  })
}

export const openWithoutPlace = (pulling: Pulling): OpenReader => open(withoutPlace, pulling)

export const openWithPlace = (pulling: Pulling): OpenReader => open(withPlace, pulling)

export const openSqlReadModel = (pulling: Pulling): OpenReader => open(sqlReadModel, pulling)

export const openPongoReadModel = (pulling: Pulling): OpenReader => open(pongoReadModel, pulling)
