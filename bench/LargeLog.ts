/**
 * A log of any size, copied into the tables as the `append` function would have filled them, and proved to be one: a load
 * of millions of events by appends would take the time of the whole benchmark.
 * Used by: large.ts.
 */
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { Sql } from 'postgres'
import { tagHash } from '../src/adapters/postgres/LockKey.js'
import { tag } from '../src/store/Tag.js'

/**
 * Streams `order-0`, `order-1`, ... of equal length, each event with the tag of its order. So many streams grow together,
 * an event each in turn: the events of a stream lie apart, as in a log that many write to.
 */
export interface LogShape {
  readonly events: number
  readonly perStream: number
  readonly streams: number
  readonly together: number
}

interface Place {
  readonly position: number
  readonly order: number
  readonly version: number
}

function* placesOf({ events, perStream, together }: LogShape): Generator<Place> {
  for (let index = 0; index < events; index++) {
    const order = Math.floor(index / (together * perStream)) * together + (index % together)
    yield { position: index + 1, order, version: Math.floor((index % (together * perStream)) / together) + 1 }
  }
}

const note = ''.padEnd(130, 'x')
const types = ['Placed', 'LineAdded', 'LineRemoved', 'Paid', 'Shipped']

const typeOf = ({ version }: Place): string => types[version % types.length] ?? ''

/** Ids grow with time, as those of version 7 do. */
const idOf = ({ position }: Place): string => {
  const time = (0x198a6a20000 + Math.floor(position / 10)).toString(16).padStart(12, '0')
  const tail = ((position * 2_654_435_761) % 2 ** 48).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8${(position % 10).toString().padStart(3, '0')}-${tail}`
}

const eventRow = (place: Place): string => {
  const { position, order, version } = place
  const data = `{"key":"${order}.${version}","quantity":${version},"note":"${note}"}`
  return `${position}\t${version}\t2026-01-01 00:00:00+00\t${idOf(place)}\t1\torder-${order}\t${typeOf(place)}\t{order:${order}}\t${data}\t{}\n`
}

const tagRow = (place: Place): string =>
  `${tagHash(tag('order', String(place.order)))}\t${place.position}\t${typeOf(place)}\n`

const rowsTogether = 2_000

/** Never holds more than some rows: it waits where the server is slower. */
const copyRows = async (target: Writable, shape: LogShape, row: (place: Place) => string): Promise<void> => {
  let [rows, count] = ['', 0]
  for (const place of placesOf(shape)) {
    rows += row(place)
    count += 1
    if (count % rowsTogether > 0) continue
    if (!target.write(rows)) await once(target, 'drain')
    rows = ''
  }
  target.end(rows)
  await once(target, 'finish')
}

/** Copies the log into a schema that was just installed, and tells the server what it holds now. */
export const copyLog = async (sql: Sql, schema: string, shape: LogShape): Promise<void> => {
  if (shape.events % (shape.perStream * shape.together) !== 0)
    throw new Error(`The events have to be a multiple of ${shape.perStream * shape.together}.`)
  const columns = 'position, version, recorded_at, id, schema_version, stream, type, tags, data, metadata'
  await Promise.all([
    copyRows(await sql.unsafe(`copy ${schema}.event (${columns}) from stdin`).writable(), shape, eventRow),
    copyRows(
      await sql.unsafe(`copy ${schema}.tag (hash, position, type) from stdin`).writable(),
      shape,
      tagRow,
    ),
  ])
  await sql.unsafe(`select setval('${schema}.event_position', ${shape.events})`)
  await sql.unsafe(`vacuum (analyze) ${schema}.event`)
  await sql.unsafe(`vacuum (analyze) ${schema}.tag`)
}

/**
 * Reads every event once by its index, as reads of the log do, so that the server's memory holds what it would hold after a
 * day of work: a copy and a walk through a whole table leave nothing there.
 */
export const warmLog = async (sql: Sql, schema: string): Promise<void> => {
  await sql.begin(async (transaction) => {
    await transaction.unsafe('set local enable_seqscan = off; set local enable_bitmapscan = off')
    await transaction.unsafe('set local max_parallel_workers_per_gather = 0')
    await transaction.unsafe(`select max(length(data::text)) from ${schema}.event where position > 0`)
    await transaction.unsafe(`select max(position) from ${schema}.tag where hash > ${-(2n ** 63n)}`)
  })
}

/** What must be 0 in a log. */
const invariants = (schema: string): Readonly<Record<string, string>> => ({
  'streams whose versions are not dense': `
    select count(*) from (
      select from ${schema}.event group by stream having min(version) <> 1 or max(version) <> count(*)) s`,
  'events that come before the version before them': `
    select count(*) from (
      select position, lag(position) over (partition by stream order by version) as before from ${schema}.event) e
    where before >= position`,
  'entries of tags without their event': `
    select count(*) from ${schema}.tag t left join ${schema}.event e using (position)
    where e.position is null or e.type <> t.type or cardinality(e.tags) <> 1`,
  'events with a tag that is not to be found': `
    select (select count(*) from ${schema}.event where tags <> '{}') - (select count(*) from ${schema}.tag)`,
})

/** Fails unless the log holds what was copied and appended, in order, and nothing else. */
export const verifyLog = async (
  sql: Sql,
  schema: string,
  { events, perStream, streams }: LogShape,
  appended: number,
): Promise<void> => {
  const [counts] = await sql.unsafe(`
    select count(*)::int as events, max(position) >= count(*) as dense,
      (select last_value from ${schema}.event_position) = max(position) as drawn,
      (select count(*)::int from (
        select from ${schema}.event where stream like 'order-%' group by stream having count(*) = ${perStream}) s) as streams
    from ${schema}.event`)
  const expected = { events: events + appended, dense: true, drawn: true, streams }
  if (JSON.stringify(counts) !== JSON.stringify(expected))
    throw new Error(`${schema} holds ${JSON.stringify(counts)} instead of ${JSON.stringify(expected)}.`)
  for (const [what, statement] of Object.entries(invariants(schema))) {
    const [row] = await sql.unsafe(statement).values()
    if (String(row?.[0]) !== '0') throw new Error(`${schema} has ${row?.[0]} ${what}.`)
  }
}
