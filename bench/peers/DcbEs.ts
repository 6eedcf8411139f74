/**
 * dcb-es 7.0 on PostgreSQL, with the defaults of its store. Its conditions need a type and a tag; with more than one
 * tag they would mean "any of them", so the workload uses one.
 */
import { AppendConditionError, Query, Tags } from '@dcb-es/event-store'
import { PostgresEventStore } from '@dcb-es/event-store-postgres'
import pg from 'pg'
import { type Entry, type Open, poolSize, recordedBy } from './Contender.js'
import { dataOf } from './Domain.js'

const tagsOf = (stream: string) => Tags.fromObj({ name: stream })

/** An event without metadata would make the log unreadable. */
const eventOf = ({ stream, event }: Entry) => ({
  type: event.type,
  tags: tagsOf(stream),
  data: dataOf(event),
  metadata: {},
})

/** It has no streams: an event's version is its place among those of its tag. */
const recordedQuery = `
  select tags[1] as stream, (row_number() over (partition by tags[1] order by sequence_position))::int as version,
    payload::json->'data'->>'key' as key, (payload::json->'data'->>'total')::int as total
  from events`

export const openOnPostgres: Open = (url) => {
  const pool = new pg.Pool({ connectionString: url, max: poolSize })
  const store = new PostgresEventStore({ pool })
  return {
    install: () => store.ensureInstalled(),
    fill: async (entries) => {
      await store.append({ events: entries.map(eventOf) })
    },
    claim: async (entry) => {
      const failIfEventsMatch = Query.fromItems([{ types: ['Added'], tags: tagsOf(entry.stream) }])
      try {
        await store.append({ events: [eventOf(entry)], condition: { failIfEventsMatch } })
        return true
      } catch (error) {
        if (error instanceof AppendConditionError) return false
        throw error
      }
    },
    recorded: recordedBy(url, recordedQuery),
    close: () => pool.end(),
  }
}
