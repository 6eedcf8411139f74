/**
 * A connection that must stay the one it was: that of a transaction of the caller's, or one that he has reserved.
 *
 * postgres.js 3.4.9 rejects the promise of a transaction whose connection is lost, and lets the callback run on. Once the
 * pool has connected again, what the callback still sends is carried out by a session that knows nothing of the
 * transaction: an append would be recorded by itself, in the middle of somebody else's transaction even. So a store that
 * has talked to a session talks to no other.
 * Used by: `postgresStore`.
 * @since 0.1.0
 */
import type { Connection, RawRows } from './Connection.js'

/**
 * The connection, as long as the same process of the server is at its other end as at the first statement; from then on
 * every statement fails before it is sent. The driver keeps one state a connection, and changes it when it connects again.
 */
export const sameSession = (connection: Connection): Connection => {
  let first: { readonly state: NonNullable<RawRows['state']>; readonly pid: number } | undefined
  const remember = (rows: RawRows): RawRows => {
    if (rows.state !== undefined) first ??= { state: rows.state, pid: rows.state.pid }
    return rows
  }
  return {
    ...connection,
    unsafe: (...statement) => ({
      raw: async () => {
        if (first !== undefined && first.state.pid !== first.pid) throw replaced()
        return remember(await connection.unsafe(...statement).raw())
      },
    }),
  }
}

const replaced = (): Error =>
  Object.assign(new Error('The connection was lost, and the driver has made another one.'), {
    code: 'CONNECTION_REPLACED',
  })
