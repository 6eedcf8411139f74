/**
 * The decision journal as `handle` uses it: what is recorded of a decision, and what a recorded decision answers to a
 * command that is sent again. The answer is the one of the first time: the same events, the same state that they were
 * decided in, or the same rejection, read back and never decided anew, whatever has happened since.
 * Used by: `Round`.
 *
 * Laws (test/properties/run/Journaling.test.ts):
 * - DCJ-1 one decision: however often, however concurrently and by however many processes a command id is sent, with
 *   answers lost at any point, its events are recorded once, and all who get an answer get the same.
 * - DCJ-2 transparency: for commands with ids of their own, the journal changes no answer and no stream.
 * - DCJ-3 whole: every command that was answered, a rejected one too, has its decision in the journal, and no other has.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Typed } from '../decide/Domain.js'
import { decodeHistory } from '../evolve/EventCodec.js'
import type { DecisionToRecord, RecordedDecision } from '../store/DecisionJournal.js'
import { sortedText, toJson } from '../store/Json.js'
import { answerFor } from '../store/Repeat.js'
import type { Boundary, Known } from './Boundary.js'
import type { Handled, HandleError, Handler } from './Handle.js'

/**
 * What of each command is recorded: `ids` its id, what it had seen and what became of it, the rejection included;
 * `full` the command as well, so that it can be decided again by other rules.
 */
export type JournalMode = 'ids' | 'full'

/** A command, and what identifies it. */
interface Identified<Command> {
  readonly command: Command
  readonly commandId: string
}

/** What the journal keeps of a decision. */
export const decisionToRecord = <Command, State, Event, Rejection>(
  mode: JournalMode,
  { handler, boundary }: Decider<Command, State, Event, Rejection>,
  { command, commandId }: Identified<Command>,
  { seen }: Known<State, Event>,
  outcome: E.Either<Rejection, ReadonlyArray<Event>>,
): DecisionToRecord => ({
  commandId,
  handler: handler.name,
  ...(boundary.stream._tag === 'Some' && { stream: boundary.stream.value }),
  seen,
  ...(mode === 'full' && { command: handler.command.encode(command) }),
  ...(E.isRight(outcome)
    ? { outcome: 'accepted', events: outcome.right.length }
    : { outcome: 'rejected', events: 0, rejection: handler.rejection.encode(outcome.left) }),
})

/** Who decides, and on what. */
interface Decider<Command, State, Event, Rejection> {
  readonly handler: Handler<Command, State, Event, Rejection>
  readonly boundary: Boundary<State, Event>
}

/** The answer of the first time, or why there is none: the id belongs to another command, or it cannot be read back. */
export const answerOf = async <Command, State, Event extends Typed, Rejection>(
  decider: Decider<Command, State, Event, Rejection>,
  identified: Identified<Command>,
  recorded: RecordedDecision,
  attempts: number,
): Promise<E.Either<HandleError<Rejection>, Handled<State, Event>>> => {
  const { handler, boundary } = decider
  const { commandId } = identified
  if (isOfAnother(decider, identified, recorded)) return E.left({ _tag: 'CommandIdReused', commandId })
  if (recorded.outcome === 'rejected') {
    const rejection = handler.rejection.decode(recorded.rejection)
    return E.left(
      E.isRight(rejection)
        ? { _tag: 'Rejected', rejection: rejection.right }
        : { _tag: 'UndecodableDecision', commandId, ...rejection.left },
    )
  }
  const reading = boundary.stateAt(recorded.seen)
  if (reading === undefined) {
    const reason = 'was written by another kind of boundary'
    return E.left({ _tag: 'UndecodableDecision', commandId, path: 'seen', reason })
  }
  const events = decodeHistory(handler.event)(recorded.events)
  if (E.isLeft(events)) return events
  const appended = { ...answerFor(recorded.events), repeated: true }
  return E.map((decidedIn: State) => ({ events: events.right, decidedIn, appended, attempts }))(
    await reading(),
  )
}

/**
 * Whether the id was given to two commands. With the first one recorded in full they are compared, by what the codec of
 * today makes of both, so that a field it has learnt since makes no difference; otherwise only another stream, or
 * where there is none another name, gives the second one away.
 */
const isOfAnother = <Command, State, Event, Rejection>(
  { handler, boundary }: Decider<Command, State, Event, Rejection>,
  { command }: Identified<Command>,
  recorded: RecordedDecision,
): boolean => {
  const isElsewhere =
    boundary.stream._tag === 'Some' && recorded.stream !== undefined
      ? boundary.stream.value !== recorded.stream
      : handler.name !== recorded.handler
  if (isElsewhere || recorded.command === undefined) return isElsewhere
  const first = handler.command.decode(recorded.command)
  const firstNow = E.isRight(first) ? handler.command.encode(first.right) : recorded.command
  return textOf(firstNow) !== textOf(handler.command.encode(command))
}

/** What is no JSON was never recorded, so it is no text that was. */
const textOf = (value: unknown): string | undefined => {
  const json = toJson(value)
  return E.isRight(json) ? sortedText(json.right) : undefined
}
