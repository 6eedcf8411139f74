/**
 * Appends that bring decisions as one call of the log's `append_deciding`, and what `read_decisions` gives as recorded
 * decisions. The call is the one of plain appends with the decisions behind it, so it has one meaning for both.
 * Used by: `Deciding`.
 * @since 0.1.0
 */
import type { StorableAppend } from '../../store/Append.js'
import type { RecordedDecision } from '../../store/DecisionJournal.js'
import { type Json, stringify } from '../../store/Json.js'
import { streamIdFrom } from '../../store/StreamId.js'
import { timestamp } from '../../store/Timestamp.js'
import { type AppendCall, calling, callOfAny, type Ordering } from './AppendCall.js'
import { bigintsFrom, joinJson, numberArray, textArray } from './ArrayLiteral.js'
import type { Row } from './Connection.js'
import type { LockKeys } from './LockKey.js'
import type { Schema } from './Schema.js'
import { recordedEventFrom, type WrittenEvent } from './WrittenEvent.js'

/** Appends, some of which bring decisions. */
export const decidingStatement = ({ quoted }: Schema, ordering: Ordering): string => `
  select positions, versions, repeated, array_to_string(failed, ','), decided
  from ${calling(quoted, 'append_deciding', ordering)}, $2::text::boolean,
    $3::text::text[],
    $4::text::int[], $5::text::int[], $6::text::bigint[],
    $7::text::int[], $8::text::bigint[], $9::text::text[], $10::text::text[],
    $11::text::text[], $12::text::bigint[],
    $13::text::int[], $14::text::int[], $15::text::text[], $16::text::uuid[], $17::text::text[],
    $18::text::smallint[], $19::text::text[], string_to_array($20::text, chr(31)), string_to_array($21::text, chr(31)),
    $22::text::int[], $23::text::bigint[], $24::text::text[],
    $25::text::int[], $26::text::text[], $27::text::text[], $28::text::text[],
    string_to_array($29::text, chr(31)), $30::text::boolean[], $31::text::int[], $32::text::int[],
    string_to_array($33::text, chr(31)), string_to_array($34::text, chr(31)))`

/** One call: what to send, and how to read the answer. */
export interface DecidingCall extends AppendCall {
  /** The commands of the call that were decided before. If there are any, nothing was written and there is no answer. */
  readonly decidedFrom: (row: Row) => ReadonlyArray<string>
}

/** The appends as one call. */
export const decidingCall = (
  keys: LockKeys,
  appends: ReadonlyArray<StorableAppend>,
  keysMax: number,
  ordering: Ordering,
): DecidingCall => {
  const { parameters, answersFrom } = callOfAny(keys, appends, keysMax, ordering)
  let next = 1
  const decisions = appends.flatMap((append, index) => {
    let first = next
    next += append.events.length
    return (append.decisions ?? []).map((decision) => {
      const placed = { ...decision, item: index + 1, first }
      first += decision.events
      return placed
    })
  })
  return {
    parameters: [
      ...parameters,
      numberArray(decisions.map(({ item }) => item)),
      textArray(decisions.map(({ commandId }) => commandId)),
      textArray(decisions.map(({ handler }) => handler)),
      textArray(decisions.map(({ stream }) => stream)),
      joinJson(decisions.map(({ seen }) => stringify(seen))),
      numberArray(decisions.map(({ outcome }) => String(outcome === 'accepted'))),
      numberArray(decisions.map(({ first }) => first)),
      numberArray(decisions.map(({ events }) => events)),
      joinJson(decisions.map(({ command }) => textOf(command))),
      joinJson(decisions.map(({ rejection }) => textOf(rejection))),
    ],
    answersFrom,
    decidedFrom: (row) => bigintsFrom(row(4)).flatMap((nth) => decisions[Number(nth) - 1]?.commandId ?? []),
  }
}

const textOf = (json: Json | undefined): string => (json === undefined ? '' : stringify(json))

/** Decisions on the commands that are named, or a page of all. */
export const readDecisionsStatement = ({ quoted }: Schema): string => `
  select decision from ${quoted}.read_decisions($1::text::text[], $2::text, $3::text::bigint)`

/** What to send for the decisions on some commands. */
export const decisionsOnParameters = (commandIds: ReadonlyArray<string>): ReadonlyArray<string | null> => [
  textArray([...new Set(commandIds)]),
  null,
  null,
]

/** What to send for a page. No command id is empty, so all of them come after the empty text. */
export const decisionPageParameters = (limit: number, after = ''): ReadonlyArray<string | null> => [
  null,
  after,
  String(Math.min(limit, Number.MAX_SAFE_INTEGER)),
]

/** As the server writes it: numbers that may be great as text, and what may be absent in an array. */
interface WrittenDecision {
  readonly commandId: string
  readonly handler: string
  readonly stream: string | null
  readonly seen: Json
  readonly accepted: boolean
  readonly command: ReadonlyArray<Json>
  readonly rejection: ReadonlyArray<Json>
  readonly recordedAt: number
  readonly events: ReadonlyArray<WrittenEvent>
}

/** A decision with its events. */
export const recordedDecisionFrom = (row: Row): RecordedDecision => {
  const written: WrittenDecision = JSON.parse(row(0) ?? '')
  const { commandId, handler, stream, seen, accepted } = written
  const [command, rejection] = [written.command[0], written.rejection[0]]
  return {
    commandId,
    handler,
    ...(stream !== null && { stream: streamIdFrom(stream) }),
    seen,
    outcome: accepted ? 'accepted' : 'rejected',
    ...(command !== undefined && { command }),
    ...(rejection !== undefined && { rejection }),
    events: written.events.map(recordedEventFrom),
    recordedAt: timestamp(written.recordedAt),
  }
}
