/**
 * The one way in which this adapter talks to the server: a statement with text parameters, answered by rows of text.
 * Users configure postgres.js as they like (their own bigint type, camel case, other JSON parsers), and none of that
 * may change what a store reads. So parameters go out as text and are cast by the server, and results come in raw,
 * before any parser or transform has touched them.
 * Used by: every statement of this adapter.
 * @since 0.1.0
 */
import { taskEither as TE } from 'fp-ts'
import { type Fault, faultOf, isFarewell } from './SqlState.js'

/**
 * What this adapter needs of postgres.js: a `Sql`, a `ReservedSql`, or the `TransactionSql` of a transaction of yours,
 * with whatever types of your own.
 */
export interface Connection {
  readonly unsafe: (
    statement: string,
    parameters: Array<string | null>,
    options: { readonly prepare: boolean },
  ) => { readonly raw: () => PromiseLike<RawRows> }
}

/**
 * Rows as the server sent them. The types of postgres.js leave out that a column may be null. With them comes who sent them:
 * a value that the driver changes when the connection is made anew.
 */
export type RawRows = ReadonlyArray<ReadonlyArray<Uint8Array>> & { readonly state?: { readonly pid: number } }

/** One row of text; a column that is null, or that is not there, is undefined. */
export type Row = (column: number) => string | undefined

/** The text of a statement, or which of several it is that takes these parameters. Texts are prepared, so they are few. */
export type Statement = string | ((parameters: ReadonlyArray<string | null>) => string)

type Send = (parameters: ReadonlyArray<string | null>) => TE.TaskEither<Fault, ReadonlyArray<Row>>

/**
 * Sends a statement, prepared under its text, so the text must not hold values. One round trip.
 *
 * Sent once more where the server said farewell: postgres.js 3.4.9 keeps those words of a connection that was lost under
 * a statement, and gives them as the answer to the first statement after it has connected again, so every connection
 * that a restart of the server broke would fail once, however much later. Sending again is safe for whatever this
 * adapter sends, and where it fails too, the first failure is the answer. Never in a transaction of the caller's, which
 * has gone with its connection.
 */
export const send = (connection: Connection, statement: Statement): Send => {
  const textFor = typeof statement === 'string' ? () => statement : statement
  const sendOnce: Send = (parameters) =>
    TE.tryCatch(
      async () =>
        (await connection.unsafe(textFor(parameters), [...parameters], { prepare: true }).raw())
          .filter(isThere)
          .map(rowOf),
      faultOf,
    )
  if (!isPool(connection)) return sendOnce
  return (parameters) =>
    TE.orElse((fault: Fault) =>
      isFarewell(fault) ? TE.mapLeft(() => fault)(sendOnce(parameters)) : TE.left(fault),
    )(sendOnce(parameters))
}

/** A `Sql` picks a connection for each statement; a `TransactionSql` and a `ReservedSql` are one connection. */
export const isPool = (connection: Connection): boolean =>
  !('savepoint' in connection || 'release' in connection)

/**
 * postgres.js 3.4.9 goes on counting rows where the statement stood under which a connection was lost, and so leaves
 * holes before the first row of the next answer.
 */
const isThere = (columns: unknown): boolean => columns !== undefined

const rowOf =
  (columns: ReadonlyArray<Uint8Array | null>): Row =>
  (column) => {
    const bytes = columns[column]
    return bytes == null ? undefined : utf8(bytes)
  }

const utf8 = (bytes: Uint8Array): string =>
  (bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).toString(
    'utf8',
  )
