/**
 * What a process manager says about itself, compared with what it owes. Its `pending` says which commands are owed in a
 * state; the outbox says which are. Where the two part, `react` and `pending` do not agree, or a command was answered and
 * no event says so: that is for people to look at, and nothing is sent because of it.
 * Used by: applications, after a new version has taken over and whenever somebody wonders.
 *
 * Laws (test/properties/run/Unaccounted.test.ts):
 * - UNA-1 exact: it finds the commands that are pending and neither owed nor refused, each as often as that is so, and
 *   nothing of processes that are over.
 * @since 0.1.0
 */
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import { type GlobalPosition, globalPosition } from '../store/GlobalPosition.js'
import { type Json, sortedText, toJson } from '../store/Json.js'
import type { Outbox, OwedCommand } from './Outbox.js'
import type { ProcessDefinition } from './ProcessDefinition.js'
import type { Entry, ReadModelError, ReadModelId, ReadModels } from './ReadModels.js'
import { readModelIdOf } from './RunProjection.js'

/** A command that a process says it owes, and nothing of the kind stands in the outbox. */
export interface UnaccountedCommand {
  readonly key: string
  readonly command: Json
}

/** The state of a process cannot be read, so nobody knows what it owes. */
export interface UnreadableState {
  readonly _tag: 'UnreadableState'
  readonly key: string
  readonly path: string
  readonly reason: string
}

/**
 * The commands that are pending and not in the outbox. A command that was handled a moment ago is among them until the
 * event that says so has been read, so it is asked when the log is read to its end.
 * @example
 * import { memoryReadModels } from 'decider-ts/adapters/memory'
 * import { processDefinition, unaccounted } from 'decider-ts/run'
 * import { either as E } from 'fp-ts'
 * import * as t from 'io-ts'
 * const Silent = processDefinition({
 *   name: 'silent',
 *   event: t.type({ type: t.literal('Paid') }),
 *   command: t.type({ type: t.literal('Ship') }),
 *   state: t.null,
 *   manager: { initialState: null, evolve: () => null, react: () => [], pending: () => [], isTerminal: () => false },
 * })
 * await unaccounted(memoryReadModels(), Silent)() // => E.right([])
 */
export const unaccounted =
  <State, Event, Command>(
    keeper: Pick<ReadModels, 'page'> & Pick<Outbox, 'owed' | 'refused'>,
    process: ProcessDefinition<State, Event, Command>,
  ): TE.TaskEither<ReadModelError | UnreadableState, ReadonlyArray<UnaccountedCommand>> =>
  async () => {
    const of = readModelIdOf(process)
    const missing: Array<UnaccountedCommand> = []
    for (let after: string | undefined; ; ) {
      const page = await keeper.page(of, pageSize, after)()
      if (E.isLeft(page)) return page
      const known = await knownOf(keeper, of)
      if (E.isLeft(known)) return known
      for (const entry of page.right) {
        const found = missingIn(process, entry, known.right.get(entry.key) ?? [])
        if (E.isLeft(found)) return found
        missing.push(...found.right)
      }
      after = page.right.at(-1)?.key
      if (page.right.length < pageSize || after === undefined) return E.right(missing)
    }
  }

const pageSize = 1_000

/** What is owed, and then what was refused. */
const unanswered = (keeper: Pick<Outbox, 'owed' | 'refused'>, of: ReadModelId) =>
  F.pipe(
    keeper.owed(of),
    TE.bindTo('owed'),
    TE.bind('refused', () => keeper.refused(of)),
  )

/** The commands of each key that are owed or were refused. */
const knownOf = async (
  keeper: Pick<Outbox, 'owed' | 'refused'>,
  of: ReadModelId,
): Promise<E.Either<ReadModelError, ReadonlyMap<string, ReadonlyArray<string>>>> => {
  const left = await unanswered(keeper, of)()
  if (E.isLeft(left)) return left
  const { owed, refused } = left.right
  const texts = new Map<string, Array<string>>()
  for (const { key, command } of [...owed, ...refused])
    texts.set(key, [...(texts.get(key) ?? []), sortedText(command)])
  return E.right(texts)
}

const missingIn = <State, Event, Command>(
  process: ProcessDefinition<State, Event, Command>,
  { key, state: kept }: Entry,
  known: ReadonlyArray<string>,
): E.Either<UnreadableState, ReadonlyArray<UnaccountedCommand>> => {
  const state = process.state.decode(kept)
  if (E.isLeft(state)) return E.left({ _tag: 'UnreadableState', key, ...state.left })
  if (process.isTerminal(state.right)) return E.right([])
  const left = [...known]
  const missing: Array<UnaccountedCommand> = []
  for (const pending of process.pending(state.right)) {
    const command = toJson(process.command.encode(pending), 'command')
    if (E.isLeft(command)) return E.left({ ...command.left, _tag: 'UnreadableState', key })
    const index = left.indexOf(sortedText(command.right))
    if (index === -1) missing.push({ key, command: command.right })
    else left.splice(index, 1)
  }
  return E.right(missing)
}

/**
 * The place up to which all that events called for is answered, timers left aside: where a new version may begin to owe,
 * by its `quietUpTo`, once nobody runs the old one. What the old one has sent beyond that is sent again under the same
 * ids.
 * @example
 * import { memoryReadModels } from 'decider-ts/adapters/memory'
 * import { answeredUpTo } from 'decider-ts/run'
 * import { either as E } from 'fp-ts'
 * await answeredUpTo(memoryReadModels(), { name: 'shipping', version: 1 })() // => E.right(0n)
 */
export const answeredUpTo =
  (
    keeper: Pick<ReadModels, 'place'> & Pick<Outbox, 'owed' | 'refused'>,
    { name, version }: ReadModelId,
  ): TE.TaskEither<ReadModelError, GlobalPosition> =>
  async () => {
    const of = { name, version }
    const place = await keeper.place(of)()
    if (E.isLeft(place)) return place
    const left = await unanswered(keeper, of)()
    if (E.isLeft(left)) return left
    const undone: ReadonlyArray<OwedCommand> = [
      ...left.right.owed.filter(({ timer }) => timer === undefined),
      ...left.right.refused.filter(({ isStuck }) => isStuck),
    ]
    return E.right(
      undone.reduce(
        (least, { position }) => (position <= least ? globalPosition(position - 1n) : least),
        place.right,
      ),
    )
  }
