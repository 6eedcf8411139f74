/**
 * What would have been decided: every decision in the journal taken again, by the rules of today, in the state that it
 * was taken in then. It reads and never writes. Run it with a changed domain before the change goes out, and the report
 * names each command whose answer would have been another one.
 * Used by: applications, in tests and before a deployment.
 *
 * Laws (test/properties/run/ReplayDecisions.test.ts):
 * - RPL-1 hindsight: the rules that decided agree with every decision; other rules differ exactly on those commands that
 *   they decide otherwise in the state of then.
 * @since 0.1.0
 */
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import type { Typed } from '../decide/Domain.js'
import { decodeHistory } from '../evolve/EventCodec.js'
import type { RecordedDecision } from '../store/DecisionJournal.js'
import type { EventStore } from '../store/EventStore.js'
import { sortedText, toJson } from '../store/Json.js'
import type { ReadError, Undecodable } from '../store/StoreError.js'
import { queryBoundary, streamBoundary } from './Boundary.js'
import type { Handler } from './Handle.js'

/** What became, or would become, of a command. Events and rejections are as their codecs write them. */
export type ReplayedOutcome =
  | { readonly _tag: 'Accepted'; readonly events: ReadonlyArray<unknown> }
  | { readonly _tag: 'Rejected'; readonly rejection: unknown }
  /** The command of then is none today, or the past of then is not what it would be decided on today. */
  | { readonly _tag: 'Undecodable'; readonly path: string; readonly reason: string }
  /** The decider threw. */
  | { readonly _tag: 'Defect'; readonly thrown: unknown }

/** A command that would be decided otherwise. */
export interface DecisionDifference {
  readonly commandId: string
  readonly command: unknown
  readonly was: ReplayedOutcome
  readonly wouldBe: ReplayedOutcome
}

/** The decisions of one domain or decision model, taken again. */
export interface DecisionReplay {
  /** How many were taken again. */
  readonly replayed: number
  /** How many were recorded without their command, by the mode `ids`, and could not be. */
  readonly withoutCommand: number
  readonly differences: ReadonlyArray<DecisionDifference>
}

const pageSize = 500

/**
 * Takes every recorded decision of the handler's name again. Each costs one read of what it had seen. An event of that
 * past that cannot be decoded stops the replay, as it stops every read.
 * @example
 * import * as t from 'io-ts'
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { accept, domain, reject } from 'decider-ts/decide'
 * import { handle, replayDecisions } from 'decider-ts/run'
 * const till = (limit: number) =>
 *   domain({
 *     name: 'till',
 *     command: t.type({ type: t.literal('Put'), amount: t.number }),
 *     event: t.type({ type: t.literal('PutIn'), amount: t.number }),
 *     rejection: t.type({ type: t.literal('TooMuch') }),
 *     state: t.number,
 *     streamId: () => 'only',
 *     initialState: 0,
 *     evolve: (sum, event) => sum + event.amount,
 *     decide: ({ amount }) => (sum) =>
 *       sum + amount > limit ? reject({ type: 'TooMuch' }) : accept({ type: 'PutIn', amount }),
 *   })
 * const store = memoryStore()
 * const run = handle(store, till(100), { journal: 'full' })
 * await run({ type: 'Put', amount: 60 }, { commandId: 'c1' })()
 * await run({ type: 'Put', amount: 30 }, { commandId: 'c2' })()
 * const stricter = await replayDecisions(store, till(80))()
 * stricter._tag === 'Right' && stricter.right.replayed // => 2
 * stricter._tag === 'Right' && stricter.right.differences.map(({ commandId }) => commandId) // => ['c2']
 */
export const replayDecisions =
  <Command, State, Event extends Typed, Rejection>(
    store: EventStore,
    handler: Handler<Command, State, Event, Rejection>,
  ): TE.TaskEither<ReadError | Undecodable, DecisionReplay> =>
  async () => {
    const { decisions } = store
    if (decisions === undefined) return E.left({ _tag: 'Unsupported', feature: 'decisions' })
    const differences: Array<DecisionDifference> = []
    let [replayed, withoutCommand] = [0, 0]
    for (let after: string | undefined; ; ) {
      const page = await decisions.page(pageSize, after)()
      if (E.isLeft(page)) return page
      for (const decision of page.right) {
        after = decision.commandId
        if (decision.handler !== handler.name) continue
        if (decision.command === undefined) {
          withoutCommand += 1
          continue
        }
        const difference = await differenceOf(store, handler, decision)()
        if (E.isLeft(difference)) return difference
        replayed += 1
        if (difference.right !== undefined) differences.push(difference.right)
      }
      if (page.right.length === 0) return E.right({ replayed, withoutCommand, differences })
    }
  }

const differenceOf = <Command, State, Event extends Typed, Rejection>(
  store: EventStore,
  handler: Handler<Command, State, Event, Rejection>,
  recorded: RecordedDecision,
): TE.TaskEither<ReadError | Undecodable, DecisionDifference | undefined> =>
  F.pipe(
    TE.Do,
    TE.apSW('was', TE.fromEither(recordedOutcome(handler, recorded))),
    TE.apSW('wouldBe', outcomeNow(store, handler, recorded)),
    TE.map(({ was, wouldBe }) =>
      textOf(was) === textOf(wouldBe)
        ? undefined
        : { commandId: recorded.commandId, command: recorded.command, was, wouldBe },
    ),
  )

/** Through the codecs of today, so that a shape which has changed since makes no difference by itself. */
const recordedOutcome = <Command, State, Event extends Typed, Rejection>(
  { event, rejection }: Handler<Command, State, Event, Rejection>,
  recorded: RecordedDecision,
): E.Either<Undecodable, ReplayedOutcome> => {
  if (recorded.outcome === 'rejected') {
    const decoded = rejection.decode(recorded.rejection)
    const known = E.isRight(decoded) ? rejection.encode(decoded.right) : recorded.rejection
    return E.right({ _tag: 'Rejected', rejection: known })
  }
  return F.pipe(
    decodeHistory(event)(recorded.events),
    E.map((events) => ({ _tag: 'Accepted', events: events.map(event.tagged.encode) })),
  )
}

const outcomeNow = <Command, State, Event extends Typed, Rejection>(
  store: EventStore,
  handler: Handler<Command, State, Event, Rejection>,
  { command: written, seen }: RecordedDecision,
): TE.TaskEither<ReadError | Undecodable, ReplayedOutcome> => {
  const command = handler.command.decode(written)
  if (E.isLeft(command)) return TE.right({ _tag: 'Undecodable', ...command.left })
  const boundary =
    'scopeOf' in handler
      ? queryBoundary(store, handler, command.right)
      : streamBoundary(store, handler, command.right)
  const reading = boundary.stateAt(seen)
  if (reading === undefined)
    return TE.right({ _tag: 'Undecodable', path: 'seen', reason: 'was written by another kind of boundary' })
  return TE.map(decideAgain(handler, command.right))(reading)
}

const decideAgain =
  <Command, State, Event extends Typed, Rejection>(
    { decide, event, rejection }: Handler<Command, State, Event, Rejection>,
    command: Command,
  ) =>
  (state: State): ReplayedOutcome => {
    try {
      const outcome = decide(command)(state)
      return E.isRight(outcome)
        ? { _tag: 'Accepted', events: outcome.right.map(event.tagged.encode) }
        : { _tag: 'Rejected', rejection: rejection.encode(outcome.left) }
    } catch (thrown) {
      return { _tag: 'Defect', thrown }
    }
  }

/** What is no JSON could not have been recorded, so it equals nothing that was. */
const textOf = (outcome: ReplayedOutcome): string | undefined => {
  const json = toJson(outcome)
  return E.isRight(json) ? sortedText(json.right) : undefined
}
