/**
 * The appends of a store, from what has passed the gate to what became of it: in company or alone, and once more where
 * two appends of one event id looked before either had written.
 * Used by: `postgresStore`.
 * @since 0.1.0
 */
import { either as E, function as F, type io, taskEither as TE } from 'fp-ts'
import type { StorableAppend } from '../../store/Append.js'
import type { AppendError } from '../../store/StoreError.js'
import { type AppendCall, appendCall, appendStatement, lockKeysMax, type Ordering } from './AppendCall.js'
import { type Appends, type BatcherOptions, batcher, type CallAppends, unanswered } from './Batcher.js'
import { type Connection, type Row, type Statement, send } from './Connection.js'
import { decidingBy } from './Deciding.js'
import { lockKeysOf } from './LockKey.js'
import type { Schema } from './Schema.js'
import { type Fault, transactionFailed } from './SqlState.js'
import { type Traffic, trafficOf } from './Traffic.js'

/** How a store appends. */
export interface AppendingOptions {
  /** Undefined where each append goes by itself. */
  readonly batching: BatcherOptions | undefined
  readonly ordering: Ordering
  /** To be told of every append that was recorded. */
  readonly recorded: io.IO<void>
}

/** The part of the store that appends what has passed the gate. */
export const appendsOf = (
  connection: Connection,
  schema: Schema,
  { batching, ordering, recorded }: AppendingOptions,
): Traffic => {
  const sendBy = (statement: Statement) => onceMore(send(connection, statement))
  const sendAppend = sendBy(appendStatement(schema, ordering))
  const keys = lockKeysOf(schema.name)
  const deciding = decidingBy(sendBy, schema, keys, ordering)
  const callWithin = (keysMax: number) =>
    deciding(
      keysMax,
      callBy(sendAppend, (appends) => appendCall(keys, appends, keysMax, ordering)),
    )
  return trafficOf(
    (counted) =>
      batching === undefined
        ? oneByOne(counted(callWithin(lockKeysMax)))
        : batcher(batching, counted(callWithin(batching.limits.keys)), appendError),
    recorded,
  )
}

type Send = (parameters: ReadonlyArray<string | null>) => TE.TaskEither<Fault, ReadonlyArray<Row>>

/** Each append is a call, at once: nobody waits here, so there is nobody to be taken back. */
const oneByOne = (call: CallAppends): Appends => ({
  append: (append) =>
    F.pipe(
      call([append]),
      TE.mapLeft(appendError),
      TE.chainEitherKW(([answer]) => answer ?? E.left(unanswered)),
    ),
  waiting: () => 0,
  dismiss: () => {},
})

/**
 * Sends a call once more where a unique index refused it: two appends that share an event id, or a command, but no stream
 * do not wait for each other's locks, so both may look before either has written. The second look finds the winner.
 */
const onceMore =
  (sendAppend: Send): Send =>
  (parameters) =>
    TE.orElse((fault: Fault) =>
      fault._tag === 'Taken'
        ? TE.mapLeft((second: Fault): Fault => (second._tag === 'TransactionFailed' ? fault : second))(
            sendAppend(parameters),
          )
        : TE.left(fault),
    )(sendAppend(parameters))

const callBy =
  (sendAppend: Send, callOf: (appends: ReadonlyArray<StorableAppend>) => AppendCall): CallAppends =>
  (appends) => {
    const call = callOf(appends)
    return F.pipe(
      sendAppend(call.parameters),
      TE.map(([row]) => (row === undefined ? [] : call.answersFrom(row))),
    )
  }

const appendError = (fault: Fault): AppendError => {
  switch (fault._tag) {
    case 'OldSnapshot':
      return { _tag: 'WrongIsolation', isolation: fault.isolation }
    case 'Taken':
      return { _tag: 'Busy', reason: 'another append is recording one of the event ids' }
    case 'OnStandby':
    case 'TransactionFailed':
      return transactionFailed(fault)
    default:
      return fault
  }
}
