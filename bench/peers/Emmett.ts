/**
 * Emmett 0.42 on PostgreSQL. Its command handler does not retry unless it is told to, so there are two contenders: the
 * defaults, and one that retries conflicts patiently. The schema is made beforehand and automatic migration is off,
 * since it costs a check for each call.
 */
import {
  CommandHandler,
  type CommandHandlerRetryOptions,
  isExpectedVersionConflictError,
} from '@event-driven-io/emmett'
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql'
import pg from 'pg'
import { type Contender, type Entry, type Open, poolSize, recordedBy } from './Contender.js'
import { type Added, dataOf, decide, evolve, initialState } from './Domain.js'

type Event = { type: 'Added'; data: Omit<Added, 'type'> }

const eventOf = (event: Added): Event => ({ type: 'Added', data: dataOf(event) })

const view = { initialState: () => initialState, evolve: (sum: number, { data }: Event) => evolve(sum, data) }

/** Its default waits for 100 ms and more, three times at most; under 64 writers that is neither quick nor enough. */
const patiently: CommandHandlerRetryOptions = {
  onVersionConflict: {
    retries: 100,
    minTimeout: 1,
    maxTimeout: 50,
    factor: 1.5,
    randomize: true,
    shouldRetryError: isExpectedVersionConflictError,
  },
}

/** What came to lie on one stream goes there in one append. */
const byStream = (entries: ReadonlyArray<Entry>): ReadonlyMap<string, Array<Event>> => {
  const streams = new Map<string, Array<Event>>()
  for (const { stream, event } of entries) {
    const events = streams.get(stream) ?? []
    events.push(eventOf(event))
    streams.set(stream, events)
  }
  return streams
}

const recordedQuery = `
  select stream_id as stream, stream_position::int as version, message_data->>'key' as key,
    (message_data->>'total')::int as total
  from emt_messages`

const open =
  (retry?: CommandHandlerRetryOptions): Open =>
  (url): Contender => {
    const pool = new pg.Pool({ connectionString: url, max: poolSize })
    const store = getPostgreSQLEventStore(url, {
      schema: { autoMigration: 'None' },
      connectionOptions: { pool },
    })
    let followers = 0
    const run = CommandHandler<number, Event>({ ...view, ...(retry && { retry }) })
    return {
      install: async () => {
        await store.schema.migrate()
      },
      fill: async (entries) => {
        await Promise.all(
          Array.from(byStream(entries), ([stream, events]) => store.appendToStream(stream, events)),
        )
      },
      append: async ({ stream, event }) => {
        await store.appendToStream(stream, [eventOf(event)])
      },
      command: async (stream, key) => {
        await run(store, stream, (sum) => eventOf(decide(key)(sum)))
      },
      replay: async (stream) => (await store.aggregateStream<number, Event>(stream, view)).state,
      follow: async (from, read) => {
        const consumer = store.consumer<Event>()
        consumer.reactor<Event>({
          processorId: `follower-${++followers}`,
          startFrom: from === 'origin' ? 'BEGINNING' : 'END',
          eachMessage: ({ data }) => read(data.key),
        })
        const ended = consumer.start()
        // Nothing tells when it has begun; its default is to look every 50 ms.
        await new Promise((resolve) => setTimeout(resolve, from === 'origin' ? 0 : 500))
        return async () => {
          await consumer.stop()
          await ended
        }
      },
      recorded: recordedBy(url, recordedQuery),
      close: async () => {
        await store.close()
        if (!pool.ended) await pool.end()
      },
    }
  }

export const openDefaults: Open = open()

export const openPatient: Open = open(patiently)
