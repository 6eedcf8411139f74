/**
 * What a thrown error of the driver means. The server names every condition by a five-character SQLSTATE and the
 * driver its own by a code, so nothing here reads a message: messages change with versions and languages.
 * Used by: `Connection`, and whatever turns its faults into store errors.
 * @since 0.1.0
 */
import type { Busy, Unavailable } from '../../store/StoreError.js'

/** Why a statement gave no rows. */
export type Fault =
  | Busy
  | Unavailable
  /** The functions of the log refuse the transaction's isolation level. */
  | { readonly _tag: 'OldSnapshot'; readonly isolation: string }
  /** Only the primary server can answer this. */
  | { readonly _tag: 'OnStandby' }
  /** A unique index holds this already: another append got there first, after this one had looked. */
  | { readonly _tag: 'Taken'; readonly cause: unknown }
  /** An earlier statement of the caller's transaction failed, so the server ignores this one. */
  | { readonly _tag: 'TransactionFailed'; readonly cause: unknown }

/** The fault behind whatever the driver threw. The codes that begin with DE are raised by the log's own functions. */
export const faultOf = (thrown: unknown): Fault => {
  const code = textField(thrown, 'code')
  switch (code) {
    case 'DE001':
      return { _tag: 'OldSnapshot', isolation: textField(thrown, 'detail') }
    case 'DE002':
      return { _tag: 'OnStandby' }
    case '23505':
      return { _tag: 'Taken', cause: thrown }
    case '25P02':
      return { _tag: 'TransactionFailed', cause: thrown }
  }
  const busy = busyReasons.get(code)
  if (busy !== undefined) return { _tag: 'Busy', reason: busy }
  const nothingWritten = nothingWrittenReasons.get(code)
  if (nothingWritten !== undefined) return unavailable('nothing written', nothingWritten, thrown)
  const lost = lostReasons.get(code)
  if (lost !== undefined) return unavailable('unknown', lost, thrown)
  return isRefusal(thrown)
    ? unavailable('nothing written', `the server refused the statement (${code})`, thrown)
    : unavailable('unknown', `the server or the driver failed (${code})`, thrown)
}

/** An error by which the server ended a statement, and not the connection: it has rolled back what the statement did. */
const isRefusal = (thrown: unknown): boolean => textField(thrown, 'severity') === 'ERROR'

/** Whether the server said that it ends the connection: because it shuts down, or because of a limit of time. */
export const isFarewell = (fault: Fault): boolean =>
  fault._tag === 'Unavailable' && farewells.has(textField(fault.cause, 'code'))

const farewells: ReadonlySet<string> = new Set(['57P01', '25P03', '25P04'])

/** Whether the connection was lost under a statement, so that nobody here knows what became of it. */
export const isLost = (fault: Fault): boolean =>
  fault._tag === 'Unavailable' && lostReasons.has(codeOf(fault.cause) ?? '')

/** Also for the faults that a statement of this kind cannot have. */
export const transactionFailed = (cause: unknown): Unavailable => ({
  _tag: 'Unavailable',
  outcome: 'nothing written',
  reason: 'an earlier statement of the transaction has failed',
  cause,
})

const unavailable = (outcome: Unavailable['outcome'], reason: string, cause: unknown): Unavailable => ({
  _tag: 'Unavailable',
  outcome,
  reason,
  cause,
})

/** The code of whatever was thrown, if it has one: the server's, the driver's or the platform's. */
export const codeOf = (thrown: unknown): string | undefined => fieldOf(thrown, 'code')

const fieldOf = (thrown: unknown, name: string): string | undefined => {
  if (typeof thrown !== 'object' || thrown === null) return undefined
  const value: unknown = Reflect.get(thrown, name)
  return typeof value === 'string' ? value : undefined
}

const textField = (thrown: unknown, name: string): string => fieldOf(thrown, name) ?? 'no code'

/** The statement was rolled back, and the same one may succeed now. */
const busyReasons: ReadonlyMap<string, string> = new Map([
  ['40001', 'the transaction could not be serialized'],
  ['40P01', 'a deadlock was broken'],
  ['55P03', 'a lock was not had in time'],
  ['57014', 'the statement was cancelled, by a timeout or by request'],
])

const migrateFirst =
  'the tables or functions of the log are not there in this version: run migrate with the same schema name'

/** The connection was never made, or the server rolled the statement back for a reason that will not pass by itself. */
const nothingWrittenReasons: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nobody listens at the address of the server'],
  ['ENOTFOUND', 'the name of the server is not known'],
  ['EAI_AGAIN', 'the name of the server could not be looked up'],
  ['EHOSTUNREACH', 'there is no route to the server'],
  ['ENETUNREACH', 'there is no route to the server'],
  ['CONNECT_TIMEOUT', 'the server did not answer in time'],
  ['CONNECTION_ENDED', 'the pool of connections has been ended'],
  ['CONNECTION_REPLACED', 'the connection of the transaction was lost, and the transaction with it'],
  ['08001', 'the connection could not be made'],
  ['08004', 'the server refused the connection'],
  ['28000', 'the server refused the user'],
  ['28P01', 'the server refused the password'],
  ['3D000', 'the database does not exist'],
  ['53300', 'the server has no connection to spare'],
  ['57P03', 'the server is starting up or shutting down'],
  ['3F000', migrateFirst],
  ['42P01', migrateFirst],
  ['42883', migrateFirst],
  ['42501', 'the user may not do this: grant usage on the schema of the log'],
  ['25006', 'the server or the transaction is read-only'],
  ['53100', 'the disk of the server is full'],
  ['53200', 'the server is out of memory, or of room for locks'],
])

/** The connection was lost while a statement may have been under way. */
const lostReasons: ReadonlyMap<string, string> = new Map([
  ['CONNECTION_CLOSED', 'the connection was closed'],
  ['CONNECTION_DESTROYED', 'the connection was destroyed'],
  ['ECONNRESET', 'the connection was reset'],
  ['EPIPE', 'the connection was closed'],
  ['ETIMEDOUT', 'the connection timed out'],
  ['57P01', 'the server ended the connection'],
  ['25P03', 'the server ended a transaction that had idled for too long'],
  ['25P04', 'the server ended a transaction that took too long'],
  ['57P02', 'the server crashed'],
  ['08000', 'the connection failed'],
  ['08003', 'the connection does not exist'],
  ['08006', 'the connection failed'],
  ['08007', 'the outcome of the transaction is unknown'],
  ['08P01', 'the protocol was violated'],
])
