/**
 * Who follows a log looks from time to time; a hint tells when a look is worth it. Hints travel beside the appends and
 * never in them: a NOTIFY in the transaction of an append would make all commits of the server wait for each other.
 * Within a process it is a call; to other processes it is a NOTIFY on a connection of the pool, after the append, fifty
 * a second at most however many appends there are. Any of them may be lost, and nothing but a moment is lost with it.
 * Used by: `Feed`.
 * @since 0.1.0
 */
import { hash, randomUUID } from 'node:crypto'
import { function as F, type task as T } from 'fp-ts'
import postgres, { type Options, type PostgresType, type Sql } from 'postgres'
import { type Connection, isPool, send } from './Connection.js'
import type { Schema } from './Schema.js'

/** Whether hints reach, and come from, other processes. */
export type HintsOption = 'listen' | 'none'

/** Telling, and being told, that something was recorded. */
export interface Hints {
  /** An append of this process has been recorded. Returns at once, whatever becomes of the hint. */
  readonly recorded: () => void
  /** Calls back soon after something was recorded, until the answer is called. */
  readonly onRecorded: (wake: () => void) => () => void
}

/** Hints of the log in a schema. Nothing is opened before somebody wants to be told, nor kept open after. */
export const hintsOf = (connection: Connection, schema: Schema, option: HintsOption): Hints => {
  const subscriptions = new Set<{ readonly wake: () => void }>()
  const wakeAll = inOneGo(() => {
    for (const { wake } of subscriptions) wake()
  })
  const others = option === 'listen' && canListen(connection) ? distant(connection, schema, wakeAll) : silent
  return {
    recorded: () => {
      if (subscriptions.size > 0) wakeAll()
      others.tell()
    },
    onRecorded: (wake) => {
      const subscription = { wake }
      subscriptions.add(subscription)
      if (subscriptions.size === 1) others.listen()
      return () => {
        if (subscriptions.delete(subscription) && subscriptions.size === 0) others.unlisten()
      }
    },
  }
}

/** The other processes. */
interface Others {
  readonly tell: () => void
  readonly listen: () => void
  readonly unlisten: () => void
}

const silent: Others = { tell: () => {}, listen: () => {}, unlisten: () => {} }

/** A `Sql` of postgres.js. A transaction and a reserved connection have options too, but they are one connection. */
type Pool = Connection & Pick<Sql, 'options' | 'listen'>

const canListen = (connection: Connection): connection is Pool =>
  isPool(connection) && 'listen' in connection && 'options' in connection

const distant = (pool: Pool, schema: Schema, wakeAll: () => void): Others => {
  const channel = channelOf(schema)
  const self = randomUUID()
  const notify = send(pool, 'select pg_notify($1::text, $2::text)')([channel, self])
  const listener = listenerOf(pool, channel, (teller) => {
    if (teller !== self) wakeAll()
  })
  // What became of a hint is of no interest to anybody, so its failures end here.
  return { tell: coalesced(() => notify().then(F.constVoid)), ...listener }
}

/** Channels are the database's, and their names end at 63 bytes, which the name of a schema may fill by itself. */
const channelOf = ({ name }: Schema): string => `decider_${hash('sha1', `feed:${name}`)}`

/** However often it is asked for within one turn of the event loop, the action runs once, after that turn. */
const inOneGo = (action: () => void): (() => void) => {
  let asked = false
  return () => {
    if (asked) return
    asked = true
    setImmediate(() => {
      asked = false
      action()
    })
  }
}

const millisecondsBetweenNotifications = 20

/** Runs the action at once; while it runs, and for a while after, further calls become one. */
const coalesced = (action: T.Task<void>): (() => void) => {
  let asked = false
  let running = false
  const run = async (): Promise<void> => {
    running = true
    while (asked) {
      asked = false
      await action()
      await new Promise<void>((resolve) => setTimeout(resolve, millisecondsBetweenNotifications).unref())
    }
    running = false
  }
  return () => {
    asked = true
    if (!running) void run()
  }
}

const [pauseLeast, pauseMost] = [100, 30_000]

/**
 * LISTEN, on a connection of its own beside the pool, which is opened again whenever it is lost, and at ever longer
 * intervals while that fails. Whatever was told meanwhile was not heard, so each time it listens again is a hint as well.
 * Not by the pool's own `listen`: postgres.js 3.4.9 reconnects a hundred times a second while the server refuses, as
 * it does when it has no connection to spare, and stops for nobody once it has lost its connection.
 */
const listenerOf = (
  { options }: Pool,
  channel: string,
  hear: (payload: string | undefined) => void,
): Pick<Others, 'listen' | 'unlisten'> => {
  let current: Sql | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = pauseLeast
  const lost = (sql: Sql): void => {
    if (current !== sql) return
    current = undefined
    sql.end({ timeout: 0 }).catch(F.constVoid)
    timer = setTimeout(open, pause).unref()
    pause = Math.min(2 * pause, pauseMost)
  }
  const open = (): void => {
    const sql: Sql = postgres(listenerOptions(options, hear, () => lost(sql)))
    current = sql
    sql.unsafe(`listen ${channel}`).then(
      () => {
        if (current !== sql) return
        pause = pauseLeast
        hear(undefined)
      },
      () => lost(sql),
    )
  }
  return {
    listen: open,
    unlisten: () => {
      const sql = current
      current = undefined
      clearTimeout(timer)
      pause = pauseLeast
      sql?.end({ timeout: 0 }).catch(F.constVoid)
    },
  }
}

/** As the pool connects, so does the listener. postgres.js takes options that it has read once as they are. */
const listenerOptions = (
  options: Pool['options'],
  hear: (payload: string) => void,
  onclose: () => void,
): Options<Record<string, PostgresType>> =>
  ({
    ...options,
    max: 1,
    idle_timeout: null,
    max_lifetime: null,
    fetch_types: false,
    onnotify: (_channel: string, payload: string) => hear(payload),
    onclose,
  }) as object
