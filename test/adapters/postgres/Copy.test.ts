/**
 * A log that was copied, table by table, into another schema, as a dump and restore under another name does: it reads as
 * before, refuses what it refused, and goes on where it was.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate, postgresStore } from '../../../src/adapters/postgres/index.js'
import {
  anyOf,
  type EventStore,
  everything,
  exactly,
  noStream,
  type Tag,
  toStream,
} from '../../../src/store/index.js'
import { event, type Installed, install, left, newSchemaName, newStream, only, right } from './support.js'

let log: Installed
const schema = newSchemaName()

beforeAll(async () => {
  log = await install()
})
afterAll(async () => {
  await log.sql.unsafe(`drop schema if exists "${schema}" cascade`)
  await log.end()
})

const tagged = (tag: string) => anyOf({ tags: [tag as string as Tag] })

const everythingIn = async (store: EventStore) => (await right(store.read(everything))).events

test('a copied log reads as before, keeps its conditions and ids, and goes on where it was', async () => {
  const [stream, other] = [newStream(), newStream()]
  const first = event(stream, { tags: ['a', 'ä|"\\'], data: { text: '\u0000"\\', zero: -0, big: '1e400' } })
  await right(log.store.append(toStream(stream, noStream)([first, event(stream)])))
  // A gap, as rolled back transactions leave them.
  await log.sql.unsafe(`select nextval('"${log.schema}".event_position')`)
  await right(log.store.append(only(event(other, { tags: ['a'] }))))
  const { token } = await right(log.store.read(tagged('a')))

  await right(migrate(log.sql, { schema }))
  await log.sql.unsafe(`
    insert into "${schema}".event select * from "${log.schema}".event;
    insert into "${schema}".tag select * from "${log.schema}".tag;
    select setval('"${schema}".event_position', (select last_value from "${log.schema}".event_position))`)

  const copy = postgresStore(log.sql, { schema })
  expect(await everythingIn(copy)).toEqual(await everythingIn(log.store))
  expect((await right(copy.read(tagged('ä|"\\')))).events.map(({ id }) => id)).toEqual([first.id])
  expect(await right(copy.append(toStream(stream, noStream)([first])))).toMatchObject({ repeated: true })
  expect((await left(copy.append(toStream(stream, exactly(1))([event(stream)]))))._tag).toBe(
    'VersionConflict',
  )
  const condition = { failIfEventsMatch: tagged('a') }
  expect((await left(copy.append({ ...only(event(stream)), condition })))._tag).toBe('ConditionConflict')
  const seen = { failIfEventsMatch: tagged('a'), after: token }
  expect(await right(copy.append({ ...only(event(stream)), condition: seen }))).toMatchObject({
    lastPosition: 5n,
    streams: [{ stream, version: 3n }],
  })
  expect(await right(log.store.head)).toBe(4n)
})
