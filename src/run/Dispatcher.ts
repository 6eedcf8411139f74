/**
 * Sends what process managers owe: it takes what is due, sends it, and crosses it off. Whatever fails for a while is sent
 * again, under the same id and before anything later of its key; a crash between sending and crossing off sends again
 * too. So each command is sent at least once, and once in effect where whoever carries it out knows its id again.
 *
 * A timer is sent only when everything was looked at that was recorded before it was due: an event that takes it back may
 * be recorded and not yet read, or be in flight and not yet to be seen, below the newest event or above it. So once it is
 * due the log is asked for a place with all of that below it, and the timer waits until the log is read up to there.
 * Used by: `RunProcessManager`, whose laws hold it.
 * @since 0.1.0
 */
import { either as E, type taskEither as TE } from 'fp-ts'
import type { Codec } from '../evolve/Codec.js'
import type { GlobalPosition } from '../store/GlobalPosition.js'
import { type Json, stringify, toJson } from '../store/Json.js'
import type { InvalidInput } from '../store/StoreError.js'
import type { Environment } from './Environment.js'
import { endOfTime, type Feed } from './Feed.js'
import type { Outbox, OwedCommand, Settled } from './Outbox.js'
import { type Pauses, pausesIn } from './Pauses.js'
import { thrownIn } from './ProjectEvents.js'
import type { ReadModelError, ReadModelId } from './ReadModels.js'
import { exponential, type RetryPolicy } from './RetryPolicy.js'

/** What a command is sent with: what `handle` takes as its context. */
export interface SentAs {
  /** The same however often it is sent. */
  readonly commandId: string
  readonly correlationId?: string
  readonly causationId?: string
}

/** Sends a command, or carries it out. */
export type Dispatch<Command, Failure> = (
  command: Command,
  context: SentAs,
) => TE.TaskEither<Failure, unknown>

/**
 * What a failure to send means. `rejected`: a rule said no, which is an answer; the next command of the key is sent.
 * `again`: it may pass. `stuck`: it will not pass by itself; the later ones of the key wait until somebody looks at it.
 */
export type Verdict = 'rejected' | 'again' | 'stuck'

/** How commands are sent. */
export interface DispatchOptions<Command, Failure> {
  /**
   * Sends a command, typically by `handle` with the journal on: then a command that was decided before gets the recorded
   * answer, and is carried out once. What it throws is tried again five times, and then the command is stuck.
   */
  readonly dispatch: Dispatch<Command, Failure>
  /** What a failure means; `verdictOf` unless given. */
  readonly verdict?: (failure: Failure) => Verdict
  /**
   * What to do about a failure that may pass; to try for ever, at last every minute, unless given. When its attempts are
   * over the command is stuck.
   */
  readonly retryDispatch?: RetryPolicy
  /** How many commands are sent at a time at most, of as many keys; 16 unless given. */
  readonly dispatchMax?: number
  /** How often to look for what is due, in milliseconds, where nothing says that there is something; 1,000 unless given. */
  readonly dispatchEveryMs?: number
  /** Is told of every command that was not carried out. */
  readonly onRefused?: (command: OwedCommand, settled: Settled) => void
}

/**
 * What dispatching does about failures that may pass: it tries for ever, waiting up to 50 ms at first and up to a minute
 * in the end.
 * @example
 * import { dispatchRetryPolicy } from 'decider-ts/run'
 * dispatchRetryPolicy.delayMs(100, 0.5) // => 30_000
 */
export const dispatchRetryPolicy: RetryPolicy = exponential({
  attemptsMax: Number.POSITIVE_INFINITY,
  firstMs: 50,
  maxMs: 60_000,
})

/** Conflicts are lost races, and the store may be there again soon. */
const passing: ReadonlySet<string> = new Set([
  'Busy',
  'Unavailable',
  'VersionConflict',
  'ConditionConflict',
  'Aborted',
])

/**
 * What a failure of `handle` means to whoever dispatches: a `Rejected` is an answer, a store that is busy, cannot be
 * reached or was faster may let it pass, and everything else is for people to look at.
 * @example
 * import { verdictOf } from 'decider-ts/run'
 * verdictOf({ _tag: 'Rejected', rejection: { type: 'AlreadyPaid' } }) // => 'rejected'
 * verdictOf({ _tag: 'Busy', reason: 'at the moment' }) // => 'again'
 * verdictOf({ _tag: 'CommandIdReused', commandId: 'c1' }) // => 'stuck'
 */
export const verdictOf = (failure: unknown): Verdict => {
  const tag = typeof failure === 'object' && failure !== null && '_tag' in failure ? failure._tag : undefined
  if (tag === 'Rejected') return 'rejected'
  return typeof tag === 'string' && passing.has(tag) ? 'again' : 'stuck'
}

/** A command that is sent again and again. */
export interface Retried {
  readonly id: string
  readonly key: string
  readonly attempts: number
  readonly reason: string
}

/** How the sending stands. */
export interface DispatchStatus {
  /** How many commands are being sent. */
  readonly sending: number
  /** Those that failed for a while and are going to be sent again. */
  readonly retried: ReadonlyArray<Retried>
}

/** What is sent, for whom, and with what. */
export interface DispatchWork<Command, Failure> {
  readonly outbox: Pick<Outbox, 'due' | 'settle' | 'nextDueAt'>
  readonly of: ReadModelId
  readonly owner: string
  readonly command: Codec<Command>
  readonly options: DispatchOptions<Command, Failure>
  readonly environment: Environment
  readonly feed: Pick<Feed, 'positionAt'>
  /**
   * Up to where the log is looked at for a key, at the moment of the call; the beginning where that is for somebody else
   * to know.
   */
  readonly reached: () => (key: string) => GlobalPosition
}

/** Sending under way. */
export interface Dispatching {
  /** Says that there may be something to send. */
  readonly wake: () => void
  /** Ends it: what is being sent is waited for and crossed off. Asked a second time, it waits for nothing. */
  readonly stop: () => void
  /** Resolves when it was stopped, with an error where the outbox cannot be used. A defect of the outbox rejects it. */
  readonly done: Promise<E.Either<ReadModelError, void>>
  readonly status: () => DispatchStatus
}

/**
 * Sends what is owed, from now until it is stopped.
 * @internal
 */
export const dispatchOwed = <Command, Failure>(work: DispatchWork<Command, Failure>): Dispatching => {
  const run: Run<Command, Failure> = {
    ...work,
    underWay: new Map(),
    retries: new Map(),
    horizons: new Map(),
    isAsking: false,
    waiting: 0,
    refusal: undefined,
    defect: undefined,
    settled: [],
    stops: 0,
    isWoken: false,
    rests: pausesIn(work.environment),
    delays: pausesIn(work.environment),
    failures: 0,
  }
  return {
    wake: () => wake(run),
    done: dispatchUntilStopped(run).finally(run.delays.cut),
    stop: () => {
      run.stops += 1
      wake(run)
    },
    status: () => ({
      sending: run.underWay.size,
      retried: [...run.retries.values()].map(({ id, key, attempts, reason }) => ({
        id,
        key,
        attempts,
        reason,
      })),
    }),
  }
}

interface Run<Command, Failure> extends DispatchWork<Command, Failure> {
  /** What is being sent, and what was sent and is not crossed off. */
  readonly underWay: Map<string, OwedCommand>
  readonly retries: Map<string, Retried & { readonly isResting: boolean }>
  /** Up to where the log has to be read before a timer may be sent. */
  readonly horizons: Map<string, GlobalPosition>
  /** Whether such a place is being asked for. */
  isAsking: boolean
  /** How many timers were due and had to wait, when it was looked last. */
  waiting: number
  /** What the log answered where it cannot be asked. */
  refusal: InvalidInput | undefined
  /** What the log threw. */
  defect: { readonly thrown: unknown } | undefined
  settled: Array<Settled>
  stops: number
  isWoken: boolean
  /** While there is nothing to do. */
  readonly rests: Pauses
  /** Before commands are sent again. */
  readonly delays: Pauses
  failures: number
}

const wake = <Command, Failure>(run: Run<Command, Failure>): void => {
  run.isWoken = true
  run.rests.cut()
}

const dispatchUntilStopped = async <Command, Failure>(
  run: Run<Command, Failure>,
): Promise<E.Either<ReadModelError, void>> => {
  for (;;) {
    if (run.stops > 1) return E.right(undefined)
    run.isWoken = false
    const round = await sendRound(run)
    if (run.defect !== undefined) throw run.defect.thrown
    if (run.refusal !== undefined) return E.left(run.refusal)
    if (E.isLeft(round) && round.left._tag === 'InvalidInput') return round
    if (run.stops > 0 && run.underWay.size === 0 && !run.isAsking) return E.right(undefined)
    run.failures = E.isLeft(round) ? run.failures + 1 : 0
    await rest(run, E.isLeft(round) ? failedDelayMs(run) : round.right)
  }
}

/** Crosses off what was sent, sends what is due, and says how long there is nothing to do. */
const sendRound = async <Command, Failure>(
  run: Run<Command, Failure>,
): Promise<E.Either<ReadModelError, number>> => {
  const crossed = await crossOff(run)
  if (E.isLeft(crossed) || run.stops > 0) return E.map(() => everyMs(run))(crossed)
  const { dispatchMax = 16 } = run.options
  const resting = [...run.retries.values()].filter(({ isResting }) => isResting).length
  // Asked first: what is still owed afterwards was not taken back by anything up to there.
  const reached = run.reached()
  // Those that cannot be sent now are looked past, so that they hold up nothing of other keys.
  const others = run.underWay.size + resting + Math.min(run.waiting, waitingMax)
  const due = await run.outbox.due(run.of, run.owner, dispatchMax + others)()
  if (E.isLeft(due)) return due
  forgetOthers(run, due.right)
  const unknown: Array<string> = []
  let heldBack = 0
  for (const command of due.right) {
    const { id, key, dueAt } = command
    if (run.stops > 0 || run.underWay.size >= dispatchMax) break
    if (run.underWay.has(id) || run.retries.get(id)?.isResting === true) continue
    const horizon = run.horizons.get(id)
    if (dueAt === undefined || (horizon !== undefined && reached(key) >= horizon)) start(run, command)
    else if (horizon === undefined) unknown.push(id)
    else heldBack += 1
  }
  run.waiting = unknown.length + heldBack
  if (unknown.length > 0 && !run.isAsking) void askForPlace(run, unknown)
  return heldBack > 0 ? E.right(heldBackMs) : untilNext(run)
}

/** How soon a timer is looked at again that waits for the log to be read. */
const heldBackMs = 10

/** So many of them are looked past at most. */
const waitingMax = 1_000

const everyMs = <Command, Failure>({ options }: Run<Command, Failure>): number =>
  options.dispatchEveryMs ?? 1_000

const untilNext = async <Command, Failure>(
  run: Run<Command, Failure>,
): Promise<E.Either<ReadModelError, number>> => {
  if (run.isWoken) return E.right(0)
  const next = await run.outbox.nextDueAt(run.of)()
  if (E.isLeft(next)) return next
  if (next.right === undefined) return E.right(everyMs(run))
  // The clock of the keeper may be another one, so this is a guess, and not one that is made too often.
  const waitMs = Math.max(heldBackMs, next.right - run.environment.now())
  return E.right(Math.min(waitMs, everyMs(run)))
}

const failedDelayMs = <Command, Failure>(run: Run<Command, Failure>): number =>
  Math.max(heldBackMs, keeperRetry.delayMs(run.failures + 1, run.environment.random()))

const keeperRetry = exponential({ attemptsMax: Number.POSITIVE_INFINITY, firstMs: 20, maxMs: 5_000 })

const crossOff = async <Command, Failure>(
  run: Run<Command, Failure>,
): Promise<E.Either<ReadModelError, void>> => {
  const settled = run.settled
  if (settled.length === 0) return E.right(undefined)
  const answer = await run.outbox.settle(run.of, settled)()
  if (E.isLeft(answer)) return answer
  run.settled = run.settled.slice(settled.length)
  for (const one of settled) {
    const command = run.underWay.get(one.id)
    run.underWay.delete(one.id)
    if (command !== undefined && one.refusal !== undefined) run.options.onRefused?.(command, one)
  }
  return answer
}

/** What is due no more, to this owner, needs no memory: somebody else has it, or it was taken back. */
const forgetOthers = <Command, Failure>(
  run: Run<Command, Failure>,
  due: ReadonlyArray<OwedCommand>,
): void => {
  const ids = new Set(due.map(({ id }) => id))
  for (const id of run.retries.keys()) if (!ids.has(id)) run.retries.delete(id)
  for (const id of run.horizons.keys()) if (!ids.has(id)) run.horizons.delete(id)
}

/**
 * Asks, once for all timers that have become due, for a place at or above everything that was recorded before. It may
 * have to wait for appends in flight, and the others need not wait for it. Nothing less than such a place will do: the
 * place before the first later event has none of those below it that are in flight, and none whose writer looked at the
 * clock a moment sooner than that of an event with a lower position.
 */
const askForPlace = async <Command, Failure>(
  run: Run<Command, Failure>,
  timers: ReadonlyArray<string>,
): Promise<void> => {
  run.isAsking = true
  try {
    const found = await run.feed.positionAt(endOfTime)()
    if (E.isRight(found)) for (const id of timers) run.horizons.set(id, found.right)
    else if (found.left._tag === 'InvalidInput') run.refusal = found.left
    else await run.environment.sleep(heldBackMs)()
  } catch (thrown) {
    run.defect = { thrown }
  }
  run.isAsking = false
  wake(run)
}

const start = <Command, Failure>(run: Run<Command, Failure>, owed: OwedCommand): void => {
  run.underWay.set(owed.id, owed)
  void sent(run, owed).then((answer) => {
    if (answer._tag === 'Settled') {
      run.retries.delete(owed.id)
      run.settled = [...run.settled, answer.settled]
    } else {
      retryLater(run, owed, answer)
    }
    wake(run)
  })
}

type Answer =
  | { readonly _tag: 'Settled'; readonly settled: Settled }
  | { readonly _tag: 'Again'; readonly attempts: number; readonly reason: string; readonly delayMs: number }

const sent = async <Command, Failure>(run: Run<Command, Failure>, owed: OwedCommand): Promise<Answer> => {
  const { id, correlationId, causationId } = owed
  const command = run.command.decode(owed.command)
  if (E.isLeft(command)) {
    const { path, reason } = command.left
    return stuck(id, `The command cannot be read: ${path} ${reason}.`)
  }
  const context: SentAs = {
    commandId: id,
    ...(correlationId !== undefined && { correlationId }),
    ...(causationId !== undefined && { causationId }),
  }
  const { dispatch, verdict = verdictOf, retryDispatch = dispatchRetryPolicy } = run.options
  try {
    const answer = await dispatch(command.right, context)()
    if (E.isRight(answer)) return { _tag: 'Settled', settled: { id } }
    const reason = textOf(answer.left)
    const judged = verdict(answer.left)
    if (judged === 'rejected') return { _tag: 'Settled', settled: { id, refusal: reason } }
    return judged === 'stuck' ? stuck(id, reason) : again(run, owed, reason, retryDispatch)
  } catch (thrown) {
    return again(run, owed, thrownIn('the dispatch', thrown), {
      ...retryDispatch,
      attemptsMax: Math.min(retryDispatch.attemptsMax, throwsMax),
    })
  }
}

/** So often at most a command is sent at which the dispatch throws. */
const throwsMax = 5

const stuck = (id: string, refusal: string): Answer => ({
  _tag: 'Settled',
  settled: { id, refusal, isStuck: true },
})

const again = <Command, Failure>(
  { retries, environment }: Run<Command, Failure>,
  { id }: OwedCommand,
  reason: string,
  policy: RetryPolicy,
): Answer => {
  const attempts = (retries.get(id)?.attempts ?? 0) + 1
  if (attempts >= policy.attemptsMax) return stuck(id, reason)
  return { _tag: 'Again', attempts, reason, delayMs: policy.delayMs(attempts, environment.random()) }
}

const retryLater = <Command, Failure>(
  run: Run<Command, Failure>,
  { id, key }: OwedCommand,
  { attempts, reason, delayMs }: Extract<Answer, { readonly _tag: 'Again' }>,
): void => {
  run.underWay.delete(id)
  const retried = { id, key, attempts, reason }
  run.retries.set(id, { ...retried, isResting: true })
  if (run.stops > 0) return
  void run.delays.pause(delayMs).then(() => {
    if (run.retries.get(id)?.attempts === attempts) run.retries.set(id, { ...retried, isResting: false })
    wake(run)
  })
}

const reasonLengthMax = 1_000

/** A failure as text that can be kept: what it holds, as JSON. */
const textOf = (failure: unknown): string => {
  const json = E.getOrElse((): Json => String(failure))(toJson(reasonOf(failure)))
  return stringify(json).slice(0, reasonLengthMax)
}

const reasonOf = (failure: unknown): unknown => {
  if (typeof failure !== 'object' || failure === null) return failure
  if ('_tag' in failure && failure._tag === 'Rejected' && 'rejection' in failure) return failure.rejection
  // What a driver threw is no JSON.
  return { ...failure, cause: undefined }
}

/** Waits until there may be something to do. */
const rest = async <Command, Failure>(run: Run<Command, Failure>, milliseconds: number): Promise<void> => {
  if (!run.isWoken) await run.rests.pause(milliseconds)
}
