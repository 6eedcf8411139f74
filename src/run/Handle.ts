/**
 * `handle` runs one command: it reads what the decision depends on, folds, decides, and appends under the guard of what
 * it read. If someone else wrote in between, it reads what is new and decides again. A domain's commands for one stream
 * take turns: what was known after one of them serves the next, and those that wait for the same stream are decided one
 * after another and recorded together, each with its own answer. So a stream in use costs one round trip a command, and
 * a stream in heavy use less. Only the guard of an append makes such knowledge safe to act on: without one, a rejection
 * or a decision that there is nothing to do is never given before what is known has been read anew.
 * Used by: applications.
 *
 * Laws (test/properties/run/Handle.test.ts):
 * - HDL-1 agreement: handling commands one after another gives the decisions of `decider.run`, and leaves in the store
 *   the events of its run.
 * - HDL-2 one winner: of two handles that race, the second decides on what the first wrote; no decision is taken on a
 *   past that is not the whole past.
 * - HDL-3 once: when the answer to an append is lost, the events are in the store once, or not at all and the error
 *   says that this is unknown.
 * - HDL-4 transparency: what is known from earlier commands changes no answer, whoever else writes in between.
 * @since 0.1.0
 */
import { either as E, option as O, taskEither as TE } from 'fp-ts'
import type { DecisionModel } from '../decide/DecisionModel.js'
import type { Domain, Typed } from '../decide/Domain.js'
import type { AnyCodec } from '../evolve/Codec.js'
import { fold, type View } from '../evolve/View.js'
import type { Appended } from '../store/Append.js'
import type { EventStore } from '../store/EventStore.js'
import type { Metadata } from '../store/Metadata.js'
import type { StoreError } from '../store/StoreError.js'
import type { StreamId } from '../store/StreamId.js'
import { toIsoString } from '../store/Timestamp.js'
import { type Boundary, type Known, queryBoundary, streamBoundary } from './Boundary.js'
import { type Environment, systemEnvironment } from './Environment.js'
import { groups } from './Groups.js'
import type { JournalMode } from './Journaling.js'
import { defaultRetryPolicy, type RetryPolicy } from './RetryPolicy.js'
import { type Memory, type Request, runRound } from './Round.js'
import { type SnapshotOptions, snapshotting } from './Snapshotting.js'
import { stateCache } from './StateCache.js'

/** What is known of a command beside the command; it becomes the metadata of its events, and no decider sees it. */
export interface CommandContext {
  /** The command's identity; a new id unless given. */
  readonly commandId?: string
  /** The conversation it belongs to; the command's own id unless given. */
  readonly correlationId?: string
  /** The event or command that led to it; the command's own id unless given. */
  readonly causationId?: string
  readonly actor?: string
  /** When it was asked, in ISO 8601; now unless given. */
  readonly occurredAt?: string
}

/** How commands are run. */
export interface HandleOptions {
  readonly retry?: RetryPolicy
  readonly environment?: Environment
  /** Of how many streams at most the last known state is kept; 1,000 unless given, and 0 keeps none. */
  readonly statesMax?: number
  /**
   * Begins to read a stream that is not remembered at its newest snapshot, and saves one now and then, after the answer.
   * No answer depends on it. A decision model has no snapshots, so there this changes nothing.
   */
  readonly snapshots?: SnapshotOptions
  /**
   * Whether decisions are recorded in the decision journal, in the same append as their events, and how much of them; off
   * unless given. With it on, a command whose id was decided before gets the recorded answer and is not decided again,
   * and rejections are recorded too. The store has to support `decisions`.
   */
  readonly journal?: JournalMode
}

const statesMaxDefault = 1_000

/** A command that was accepted. */
export interface Handled<State, Event> {
  /** What was recorded; empty where there was nothing to do. */
  readonly events: ReadonlyArray<Event>
  /** The state that the decision was taken in; `stateAfter` adds the events. */
  readonly decidedIn: State
  /**
   * The append that recorded them: the stream's version after the last of them, and the position of the append's last
   * event, which belongs to another command where several for one stream were recorded together. It is `repeated` where
   * the answer comes from the decision journal, and the position is then that of the command's own last event.
   */
  readonly appended: Appended
  /** How often it was decided, 1 where no race was lost. */
  readonly attempts: number
}

/** A rule of the domain said no; nothing was recorded. */
export interface Rejected<Rejection> {
  readonly _tag: 'Rejected'
  readonly rejection: Rejection
}

/** The input is not a command of this domain; nothing was read or recorded. */
export interface UndecodableCommand {
  readonly _tag: 'UndecodableCommand'
  /** Where in the command, such as `amount`. */
  readonly path: string
  readonly reason: string
}

/** The id of this command belongs to another command, which was decided; nothing was recorded. */
export interface CommandIdReused {
  readonly _tag: 'CommandIdReused'
  readonly commandId: string
}

/** The command was decided before, and what the journal holds of that cannot be read any more; nothing was recorded. */
export interface UndecodableDecision {
  readonly _tag: 'UndecodableDecision'
  readonly commandId: string
  /** Where in the rejection, or `seen`. */
  readonly path: string
  readonly reason: string
}

/** What handling a command can fail with. */
export type HandleError<Rejection> =
  | Rejected<Rejection>
  | UndecodableCommand
  | CommandIdReused
  | UndecodableDecision
  | StoreError

/** What `handle` runs: a domain decides on one stream, a decision model on a query. */
export type Handler<Command, State, Event, Rejection> =
  | Domain<Command, State, Event, Rejection>
  | DecisionModel<Command, State, Event, Rejection>

/**
 * Runs commands of a domain or of a decision model against a store.
 * @example
 * import { either as E } from 'fp-ts'
 * import * as t from 'io-ts'
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { accept, domain, reject } from 'decider-ts/decide'
 * import { handle } from 'decider-ts/run'
 * const Door = domain({
 *   name: 'door',
 *   command: t.type({ type: t.literal('Open'), door: t.string }),
 *   event: t.type({ type: t.literal('Opened') }),
 *   rejection: t.type({ type: t.literal('AlreadyOpen') }),
 *   state: t.type({ open: t.boolean }),
 *   streamId: (command) => command.door,
 *   initialState: { open: false },
 *   evolve: () => ({ open: true }),
 *   decide: () => (state) => (state.open ? reject({ type: 'AlreadyOpen' }) : accept({ type: 'Opened' })),
 * })
 * const run = handle(memoryStore(), Door)
 * const first = await run({ type: 'Open', door: 'd1' })()
 * E.isRight(first) // => true
 * const second = await run({ type: 'Open', door: 'd1' })()
 * second // => E.left({ _tag: 'Rejected', rejection: { type: 'AlreadyOpen' } })
 */
export const handle = <Command, State, Event extends Typed, Rejection>(
  store: EventStore,
  handler: Handler<Command, State, Event, Rejection>,
  options: HandleOptions = {},
) => {
  const how = { retry: defaultRetryPolicy, environment: systemEnvironment, ...options }
  const states = stateCache<Known<State, Event>>(options.statesMax ?? statesMaxDefault)
  const snapshots =
    options.snapshots === undefined || 'scopeOf' in handler
      ? undefined
      : snapshotting(handler, options.snapshots, how.environment)
  const roundOf = (boundary: Boundary<State, Event>, memory: Memory<State, Event>) => ({
    store,
    handler,
    boundary,
    how,
    memory,
  })
  const offer = (stream: StreamId, latest: O.Option<Known<State, Event>>) => {
    if (O.isNone(latest) || O.isNone(latest.value.version)) return
    snapshots?.offer(stream, { state: latest.value.state, version: latest.value.version.value })
  }
  const inGroups = groups<Grouped<Command, State, Event, Rejection>>(groupMax, (stream, grouped) => {
    const [first] = grouped
    if (first === undefined) return Promise.resolve()
    let latest: O.Option<Known<State, Event>> = O.none
    const memory = {
      recall: () => states.get(stream),
      keep: (known: O.Option<Known<State, Event>>) => {
        latest = known
        states.set(stream, known)
      },
    }
    return runRound(roundOf(first.boundary, memory), grouped).then(() => offer(stream, latest))
  })
  return (
    command: Command,
    context: CommandContext = {},
  ): TE.TaskEither<HandleError<Rejection>, Handled<State, Event>> =>
    async () => {
      if (!handler.command.is(command)) return E.left(undecodable(handler, command))
      if (how.journal !== undefined && store.supports.decisions !== true)
        return E.left({ _tag: 'Unsupported', feature: 'decisions' })
      const commandId = context.commandId ?? how.environment.newEventId()
      const metadata = metadataOf(commandId, context, how.environment)
      const boundary: Boundary<State, Event> =
        'scopeOf' in handler
          ? queryBoundary(store, handler, command)
          : streamBoundary(store, handler, command, snapshots)
      return new Promise((answer, fail) => {
        const request = { command, commandId, metadata, answer, fail, boundary }
        if (O.isSome(boundary.stream)) inGroups(boundary.stream.value, request)
        else void runRound(roundOf(boundary, noMemory), [request])
      })
    }
}

/** A request with the boundary that all requests of its stream have in common. */
interface Grouped<Command, State, Event, Rejection> extends Request<Command, State, Event, Rejection> {
  readonly boundary: Boundary<State, Event>
}

/** So many commands share an append at most: enough to make a round trip cheap, and few enough to answer soon. */
const groupMax = 100

/** The events of a query come from anywhere, so nothing that is known of them stays true by itself. */
const noMemory = { recall: () => O.none, keep: () => undefined }

/**
 * Runs commands as they come in from outside: input that is no command of the domain is an `UndecodableCommand` that
 * names the path.
 * @example
 * import { either as E } from 'fp-ts'
 * import * as t from 'io-ts'
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { accept, domain } from 'decider-ts/decide'
 * import { handleInput } from 'decider-ts/run'
 * const Counter = domain({
 *   name: 'counter',
 *   command: t.type({ type: t.literal('Add'), by: t.Int }),
 *   event: t.type({ type: t.literal('Added'), by: t.Int }),
 *   rejection: t.type({ type: t.literal('Never') }),
 *   state: t.number,
 *   streamId: () => 'only',
 *   initialState: 0,
 *   evolve: (sum, event) => sum + event.by,
 *   decide: (command) => () => accept({ type: 'Added', by: command.by }),
 * })
 * const answer = await handleInput(memoryStore(), Counter)({ type: 'Add', by: 'one' })()
 * answer // => E.left({ _tag: 'UndecodableCommand', path: 'by', reason: "is 'one', which is not Int" })
 */
export const handleInput = <Command, State, Event extends Typed, Rejection>(
  store: EventStore,
  handler: Handler<Command, State, Event, Rejection>,
  options: HandleOptions = {},
) => {
  const handleCommand = handle(store, handler, options)
  return (
    input: unknown,
    context: CommandContext = {},
  ): TE.TaskEither<HandleError<Rejection>, Handled<State, Event>> => {
    const command = handler.command.decode(input)
    return E.isLeft(command)
      ? TE.left({ _tag: 'UndecodableCommand', ...command.left })
      : handleCommand(command.right, context)
  }
}

/**
 * The state after a handled command.
 * @example
 * import { stateAfter } from 'decider-ts/run'
 * import { view } from 'decider-ts/evolve'
 * import { nothingAppended } from 'decider-ts/store'
 * const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
 * stateAfter(total)({ events: [2, 3], decidedIn: 10, appended: nothingAppended, attempts: 1 }) // => 15
 */
export const stateAfter =
  <State, Event>(view: View<State, Event>) =>
  ({ events, decidedIn }: Handled<State, Event>): State =>
    fold(view)(events, decidedIn)

const undecodable = (
  handler: { readonly name: string; readonly command: AnyCodec },
  command: unknown,
): UndecodableCommand => {
  const decoded = handler.command.decode(command)
  const failure = E.isLeft(decoded)
    ? decoded.left
    : { path: '', reason: `is not a command of ${handler.name}` }
  return { _tag: 'UndecodableCommand', ...failure }
}

const metadataOf = (commandId: string, context: CommandContext, environment: Environment): Metadata => ({
  commandId,
  correlationId: context.correlationId ?? commandId,
  causationId: context.causationId ?? commandId,
  occurredAt: context.occurredAt ?? toIsoString(environment.now()),
  ...(context.actor !== undefined && { actor: context.actor }),
})
