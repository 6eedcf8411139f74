/**
 * A round: commands of one boundary, decided one after another in memory, and recorded together in one append under the
 * guard of what was known at the beginning. Each command has an answer of its own. If someone else wrote in between,
 * what is new is read and all of them are decided again; if the append is refused for what is in it, each command is
 * run alone, so that one that cannot be recorded harms no other.
 * Used by: `Handle`, whose laws hold it.
 * @since 0.1.0
 */
import { either as E, option as O } from 'fp-ts'
import type { Typed } from '../decide/Domain.js'
import { type Append, type Appended, nothingAppended } from '../store/Append.js'
import type { DecisionToRecord } from '../store/DecisionJournal.js'
import type { EventStore } from '../store/EventStore.js'
import type { EventToAppend } from '../store/EventToAppend.js'
import type { Metadata } from '../store/Metadata.js'
import type { AlreadyDecided, AppendError, Unavailable } from '../store/StoreError.js'
import { version } from '../store/Version.js'
import type { Boundary, Known } from './Boundary.js'
import type { Environment } from './Environment.js'
import type { Handled, HandleError, Handler } from './Handle.js'
import { answerOf, decisionToRecord, type JournalMode } from './Journaling.js'
import type { RetryPolicy } from './RetryPolicy.js'

/** A command that waits for its answer. */
export interface Request<Command, State, Event, Rejection> {
  readonly command: Command
  readonly commandId: string
  readonly metadata: Metadata
  readonly answer: (answer: E.Either<HandleError<Rejection>, Handled<State, Event>>) => void
  /** The decider threw: a defect, which is the sender's alone. */
  readonly fail: (thrown: unknown) => void
}

/** What the requests of a round have in common. */
export interface Round<Command, State, Event, Rejection> {
  readonly store: EventStore
  readonly handler: Handler<Command, State, Event, Rejection>
  readonly boundary: Boundary<State, Event>
  readonly how: Patience
  readonly memory: Memory<State, Event>
}

/** How long to go on, and with what. */
export interface Patience {
  readonly retry: RetryPolicy
  readonly environment: Environment
  /** What of each decision is recorded with its events; nothing unless given. */
  readonly journal?: JournalMode
}

/** What is known from the rounds before, and where to leave it for those to come. */
export interface Memory<State, Event> {
  readonly recall: () => O.Option<Known<State, Event>>
  readonly keep: (known: O.Option<Known<State, Event>>) => void
}

/** What became of one command in memory. */
interface Verdict<State, Event, Rejection> {
  readonly decidedIn: State
  readonly outcome:
    | E.Either<Rejection, ReadonlyArray<Event>>
    | { readonly _tag: 'Defect'; readonly thrown: unknown }
  readonly envelopes: ReadonlyArray<EventToAppend>
  /** What the journal keeps of it: one record, or none. */
  readonly decisions: ReadonlyArray<DecisionToRecord>
  /** What is known once its events are recorded. */
  readonly next: O.Option<Known<State, Event>>
}

/**
 * Runs the requests to their answers. It never fails itself: what a fold or a store throws goes to those who wait.
 * @internal
 */
export const runRound = async <Command, State, Event extends Typed, Rejection>(
  round: Round<Command, State, Event, Rejection>,
  requests: ReadonlyArray<Request<Command, State, Event, Rejection>>,
): Promise<void> => {
  try {
    await play(round, requests)
  } catch (thrown) {
    for (const { fail } of requests) fail(thrown)
  }
}

const play = async <Command, State, Event extends Typed, Rejection>(
  round: Round<Command, State, Event, Rejection>,
  requests: ReadonlyArray<Request<Command, State, Event, Rejection>>,
): Promise<void> => {
  const { store, boundary, how, memory } = round
  const recalled = memory.recall()
  let isWholePast = O.isNone(recalled)
  let known = O.isSome(recalled) ? E.right(recalled.value) : await boundary.read()
  for (let attempts = 1; ; ) {
    if (E.isLeft(known)) {
      for (const { answer } of requests) answer(known)
      return
    }
    memory.keep(O.some(known.right))
    const { verdicts, last } = decideInTurn(round, known.right, requests)
    const envelopes = verdicts.flatMap((verdict) => verdict.envelopes)
    const decisions = verdicts.flatMap((verdict) => verdict.decisions)
    // Without an append there is no guard that would find out that the past is longer than what is known of it.
    const isGuarded = envelopes.length + decisions.length > 0
    if (!isGuarded && !isWholePast) {
      known = await known.right.refresh()
      isWholePast = true
      continue
    }
    const appended = isGuarded
      ? await appendOnce(
          store,
          { ...known.right.guarded(envelopes), ...(decisions[0] && { decisions }) },
          how,
        )
      : E.right(nothingAppended)
    if (E.isRight(appended)) {
      memory.keep(last)
      answerAll(requests, verdicts, appended.right, attempts)
      const rest = requests.slice(verdicts.length)
      return rest.length > 0 ? runRound(round, rest) : undefined
    }
    if (appended.left._tag === 'AlreadyDecided')
      return answerDecided(round, requests, appended.left, attempts)
    if (!isLostRace(appended.left) || attempts >= how.retry.attemptsMax) {
      return giveUp(round, requests, appended.left)
    }
    await how.environment.sleep(how.retry.delayMs(attempts, how.environment.random()))()
    known = await known.right.refresh()
    isWholePast = true
    attempts++
  }
}

/**
 * Decides the commands in turn, each in the state that those before it lead to. It ends early after a command whose
 * events only a read can tell the effect of, and before one that the journal will know of once this round is recorded.
 */
const decideInTurn = <Command, State, Event extends Typed, Rejection>(
  round: Round<Command, State, Event, Rejection>,
  known: Known<State, Event>,
  requests: ReadonlyArray<Request<Command, State, Event, Rejection>>,
) => {
  const verdicts: Array<Verdict<State, Event, Rejection>> = []
  let last: O.Option<Known<State, Event>> = O.some(known)
  const ids = new Set<string>()
  for (const request of requests) {
    if (O.isNone(last) || (round.how.journal !== undefined && ids.has(request.commandId))) break
    ids.add(request.commandId)
    const verdict = decideOne(round, last.value, request)
    verdicts.push(verdict)
    last = verdict.next
  }
  return { verdicts, last }
}

const decideOne = <Command, State, Event extends Typed, Rejection>(
  round: Round<Command, State, Event, Rejection>,
  known: Known<State, Event>,
  request: Request<Command, State, Event, Rejection>,
): Verdict<State, Event, Rejection> => {
  const { handler, boundary, how } = round
  const { command, metadata } = request
  const unchanged = { decidedIn: known.state, envelopes: [], decisions: [], next: O.some(known) }
  try {
    const outcome = handler.decide(command)(known.state)
    const decisions =
      how.journal === undefined ? [] : [decisionToRecord(how.journal, round, request, known, outcome)]
    if (E.isLeft(outcome) || outcome.right.length === 0) return { ...unchanged, outcome, decisions }
    const envelopes = outcome.right.map((event) => ({
      id: how.environment.newEventId(),
      metadata,
      ...boundary.place(event),
      ...handler.event.encode(event),
    }))
    return { ...unchanged, outcome, envelopes, decisions, next: known.advanced(outcome.right) }
  } catch (thrown) {
    return { ...unchanged, outcome: { _tag: 'Defect', thrown } }
  }
}

const answerAll = <Command, State, Event, Rejection>(
  requests: ReadonlyArray<Request<Command, State, Event, Rejection>>,
  verdicts: ReadonlyArray<Verdict<State, Event, Rejection>>,
  appended: Appended,
  attempts: number,
): void => {
  let later = verdicts.reduce((count, { envelopes }) => count + envelopes.length, 0)
  for (const [index, { outcome, decidedIn, envelopes }] of verdicts.entries()) {
    later -= envelopes.length
    const request = requests[index]
    if (outcome._tag === 'Defect') request?.fail(outcome.thrown)
    else if (E.isLeft(outcome)) request?.answer(E.left({ _tag: 'Rejected', rejection: outcome.left }))
    else {
      const own = envelopes.length === 0 ? nothingAppended : withoutLater(appended, later)
      request?.answer(E.right({ events: outcome.right, decidedIn, appended: own, attempts }))
    }
  }
}

/** Those whose command was decided before are answered from the journal, and the others are decided again. */
const answerDecided = async <Command, State, Event extends Typed, Rejection>(
  round: Round<Command, State, Event, Rejection>,
  requests: ReadonlyArray<Request<Command, State, Event, Rejection>>,
  error: AlreadyDecided,
  attempts: number,
): Promise<void> => {
  const recorded = new Map(error.decisions.map((decision) => [decision.commandId, decision]))
  const rest: Array<Request<Command, State, Event, Rejection>> = []
  for (const request of requests) {
    const decision = recorded.get(request.commandId)
    if (decision === undefined) rest.push(request)
    else request.answer(await answerOf(round, request, decision, attempts))
  }
  if (rest.length === requests.length) return giveUp(round, requests, error)
  return rest.length > 0 ? runRound(round, rest) : undefined
}

/** The append as one of its commands sees it: a round of several commands writes to one stream, so versions are counted. */
const withoutLater = (appended: Appended, later: number): Appended =>
  later === 0
    ? appended
    : {
        ...appended,
        streams: appended.streams.map(({ stream, version: after }) => ({
          stream,
          version: version(after - BigInt(later)),
        })),
      }

/** The failure of the append is everyone's answer, unless it may lie with one of several commands. */
const giveUp = async <Command, State, Event extends Typed, Rejection>(
  round: Round<Command, State, Event, Rejection>,
  requests: ReadonlyArray<Request<Command, State, Event, Rejection>>,
  error: AppendError,
): Promise<void> => {
  const mayLieWithOne = error._tag === 'InvalidInput' || error._tag === 'DuplicateEventId'
  if (requests.length > 1 && mayLieWithOne) {
    for (const request of requests) await runRound(round, [request])
    return
  }
  for (const { answer } of requests) answer(E.left(error))
}

const isLostRace = (error: AppendError): boolean =>
  error._tag === 'VersionConflict' || error._tag === 'ConditionConflict'

/**
 * Appends events that must be recorded once. When the store was busy or its answer was lost, the same events are sent
 * again: their ids make that safe. Once an answer was lost, only a store that answers can end the uncertainty, so a
 * later failure to connect still reports it.
 */
const appendOnce = async (
  store: EventStore,
  request: Append,
  { retry, environment }: Patience,
): Promise<E.Either<AppendError, Appended>> => {
  let lost: Unavailable | undefined
  for (let attempt = 1; ; attempt++) {
    const answer = await store.append(request)()
    if (E.isRight(answer)) return answer
    const error = answer.left
    if (error._tag === 'Unavailable' && error.outcome === 'unknown') lost = error
    const mayPass = error._tag === 'Busy' || (error._tag === 'Unavailable' && lost !== undefined)
    if (!mayPass) return answer
    if (attempt >= retry.attemptsMax) return lost === undefined ? answer : E.left(lost)
    await environment.sleep(retry.delayMs(attempt, environment.random()))()
  }
}
