/**
 * Appends with decisions, from the call to what became of each of them; and the decision journal, as it is read.
 * A call in which a command was decided before writes nothing. Then the journal is read, those appends are answered, and
 * the others are sent again: three statements for what is rare, so that the ordinary call carries nothing for it.
 * Used by: `postgresStore`.
 * @since 0.1.0
 */
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import { nothingAppended, type StorableAppend } from '../../store/Append.js'
import { type DecisionJournal, decidedBefore, type RecordedDecision } from '../../store/DecisionJournal.js'
import { checkRange } from '../../store/EventStore.js'
import type { Ordering } from './AppendCall.js'
import type { CallAppends } from './Batcher.js'
import { type Connection, type Row, type Statement, send } from './Connection.js'
import {
  decidingCall,
  decidingStatement,
  decisionPageParameters,
  decisionsOnParameters,
  readDecisionsStatement,
  recordedDecisionFrom,
} from './DecisionCall.js'
import type { LockKeys } from './LockKey.js'
import { readError } from './Reading.js'
import type { Schema } from './Schema.js'
import type { Fault } from './SqlState.js'

type Send = (parameters: ReadonlyArray<string | null>) => TE.TaskEither<Fault, ReadonlyArray<Row>>

/** The reading side of the journal. */
export const decisionsOf = (connection: Connection, schema: Schema): DecisionJournal => {
  const read = send(connection, readDecisionsStatement(schema))
  const readBy = (parameters: ReadonlyArray<string | null>) =>
    F.pipe(
      read(parameters),
      TE.bimap(readError, (rows) => rows.map(recordedDecisionFrom)),
    )
  return {
    on: (commandIds) => (commandIds.length === 0 ? TE.right([]) : readBy(decisionsOnParameters(commandIds))),
    page: (limit, after) =>
      F.pipe(
        TE.fromEither(checkRange({ limit })),
        TE.chainW(() => readBy(decisionPageParameters(limit, after))),
      ),
  }
}

/** Calls of appends, whether they bring decisions or not; those that bring none go by `callPlain`, as ever. */
export const decidingBy = (
  sendBy: (statement: Statement) => Send,
  schema: Schema,
  keys: LockKeys,
  ordering: Ordering,
): ((keysMax: number, callPlain: CallAppends) => CallAppends) => {
  const sendDeciding = sendBy(decidingStatement(schema, ordering))
  const readDecisions = sendBy(readDecisionsStatement(schema))
  const readOn = (commandIds: ReadonlyArray<string>) =>
    TE.map((rows: ReadonlyArray<Row>) => rows.map(recordedDecisionFrom))(
      readDecisions(decisionsOnParameters(commandIds)),
    )
  return (keysMax, callPlain) => {
    const callDeciding: CallAppends = (appends) => {
      const call = decidingCall(keys, appends, keysMax, ordering)
      return F.pipe(
        sendDeciding(call.parameters),
        TE.chain(([row]) => {
          if (row === undefined) return TE.right([])
          const decided = call.decidedFrom(row)
          if (decided.length === 0) return TE.right(call.answersFrom(row))
          return TE.chain((recorded: ReadonlyArray<RecordedDecision>) => settle(callAny, appends, recorded))(
            readOn(decided),
          )
        }),
      )
    }
    const callAny: CallAppends = (appends) =>
      appends.some(({ decisions }) => decisions !== undefined) ? callDeciding(appends) : callPlain(appends)
    return callAny
  }
}

/**
 * Answers the appends whose commands were decided before, and calls for the others. An append that is the very one that
 * recorded its decisions goes on without them, and is then known by the ids of its events.
 */
const settle = (
  call: CallAppends,
  appends: ReadonlyArray<StorableAppend>,
  recorded: ReadonlyArray<RecordedDecision>,
): ReturnType<CallAppends> => {
  const byCommand = new Map(recorded.map((decision) => [decision.commandId, decision]))
  const settled = appends.map((append) => {
    const isAgain = decidedBefore(append, (commandId) => byCommand.get(commandId))
    if (E.isLeft(isAgain)) return { answer: isAgain }
    if (!isAgain.right) return { rest: append }
    const { decisions: _, ...plain } = append
    return append.events.length === 0
      ? { answer: E.right({ ...nothingAppended, repeated: true }) }
      : { rest: plain }
  })
  const rest = settled.flatMap((each) => each.rest ?? [])
  return F.pipe(
    rest.length === 0 ? TE.right([]) : call(rest),
    TE.map((answers) => {
      const next = answers.values()
      return settled.flatMap(({ answer }) => answer ?? next.next().value ?? [])
    }),
  )
}
