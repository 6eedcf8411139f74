/**
 * What the tests of the Postgres adapter share: connections to the server that the test run provides, a schema of one's
 * own, events without ceremony, and a proxy that can lose what the server says.
 */
import { randomUUID } from 'node:crypto'
import { connect as connectSocket, createServer, type Socket } from 'node:net'
import { either as E, type taskEither as TE } from 'fp-ts'
import postgres, { type Options, type PostgresType, type Sql } from 'postgres'
import { migrate, postgresStore } from '../../../src/adapters/postgres/index.js'
import type { FollowedStore } from '../../../src/run/Feed.js'
import {
  type Append,
  type EventToAppend,
  eventId,
  eventToAppend,
  type StreamId,
  streamIdFrom,
  type Tag,
} from '../../../src/store/index.js'

export const databaseUrl = process.env['DATABASE_URL'] ?? ''

/** A pool that says nothing on the console. */
export const connect = (options: Options<Record<string, PostgresType>> = {}): Sql =>
  postgres(databaseUrl, { onnotice: () => {}, max: 4, ...options })

/** `SCHEMA_PREFIX` gives a whole run other names, such as those that have to be quoted. */
const schemaPrefix = process.env['SCHEMA_PREFIX'] ?? 'test_'

export const newSchemaName = (): string => `${schemaPrefix}${randomUUID().replaceAll('-', '')}`

/** `DECIDER_HINTS=none` lets a whole run do without LISTEN and NOTIFY, as behind a pooler of connections. */
export const hints = process.env['DECIDER_HINTS'] === 'none' ? 'none' : 'listen'

/** An installed store in a schema of its own. */
export interface Installed {
  readonly sql: Sql
  readonly schema: string
  readonly store: FollowedStore
  readonly end: () => Promise<void>
}

export const install = async (options: Options<Record<string, PostgresType>> = {}): Promise<Installed> => {
  const sql = connect(options)
  const schema = newSchemaName()
  await right(migrate(sql, { schema }))
  return {
    sql,
    schema,
    store: postgresStore(sql, { schema, hints }),
    end: async () => {
      await sql.unsafe(`drop schema if exists "${schema}" cascade`)
      await sql.end()
    },
  }
}

/** The value of a task that must succeed. */
export const right = async <Failure, A>(task: TE.TaskEither<Failure, A>): Promise<A> => {
  const result = await task()
  if (E.isRight(result)) return result.right
  throw new Error(
    `Expected success: ${JSON.stringify(result.left, (_, value) => (typeof value === 'bigint' ? String(value) : value))}`,
  )
}

/** The failure of a task that must fail. */
export const left = async <Failure, A>(task: TE.TaskEither<Failure, A>): Promise<Failure> => {
  const result = await task()
  if (E.isLeft(result)) return result.left
  throw new Error('Expected a failure')
}

export const newStream = (): StreamId => streamIdFrom(`account-${randomUUID()}`)

export const event = (
  stream: StreamId,
  fields: Partial<Omit<EventToAppend, 'tags'>> & { readonly tags?: ReadonlyArray<string> } = {},
): EventToAppend =>
  eventToAppend({
    id: eventId(randomUUID()),
    stream,
    type: 'Deposited',
    data: { amount: 1 },
    ...fields,
    tags: (fields.tags ?? []) as ReadonlyArray<string> as ReadonlyArray<Tag>,
  })

export const only = (...events: ReadonlyArray<EventToAppend>): Append => ({ events, expected: [] })

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/** A proxy before the server. */
export interface Proxy {
  readonly url: string
  /** From now on the server hears every word, and nothing that it says arrives; then the connections break. */
  readonly loseReplies: () => void
  /** Nobody listens any more, and whoever was connected is cut off. */
  readonly stop: () => Promise<void>
  readonly start: () => Promise<void>
}

export const proxyTo = async (url: string): Promise<Proxy> => {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let losing = false
  const server = createServer((client) => {
    const upstream = connectSocket(Number(target.port || 5432), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    }
    client.on('data', (bytes) => upstream.write(bytes))
    upstream.on('data', (bytes) => {
      if (losing) client.destroy()
      else client.write(bytes)
    })
    client.on('close', () => setTimeout(() => upstream.destroy(), 200))
    upstream.on('close', () => client.destroy())
  })
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const proxied = new URL(url)
  proxied.hostname = '127.0.0.1'
  proxied.port = String(port)
  return {
    url: proxied.href,
    loseReplies: () => {
      losing = true
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
    start: () => {
      losing = false
      return listen(port)
    },
  }
}
