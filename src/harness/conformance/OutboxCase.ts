/**
 * A case of the conformance suite of outboxes, and what it is given: what a case of read models is given, with a keeper
 * that also keeps what process managers owe, and its clock.
 * Used by: `OutboxSuite` and every module of its cases.
 * @since 0.1.0
 */
import type { Cancelled, OwedCommand, Owing, RefusedCommand } from '../../run/Outbox.js'
import type { Lease, ReadModelCommit } from '../../run/ReadModels.js'
import type { ProcessKeeper } from '../../run/RunProcessManager.js'
import { globalPosition } from '../../store/GlobalPosition.js'
import type { Timestamp } from '../../store/Timestamp.js'
import type { Settings } from './Case.js'
import { equal, textOf } from './Expect.js'
import { balances, commitOf, done, leased, type OpenedReadModels } from './ReadModelCase.js'

/** An empty keeper with an outbox, and how to be rid of it. */
export interface OpenedOutbox<Transaction> extends OpenedReadModels<Transaction> {
  readonly readModels: ProcessKeeper<Transaction>
  readonly connect?: () => Promise<ProcessKeeper<Transaction>>
  /** What the keeper's clock says, by which commands become due. */
  readonly now: () => Promise<Timestamp>
}

/** What a case is given. */
export interface OutboxWorld<Transaction> extends OpenedOutbox<Transaction> {
  /** A second connection where there is one, and otherwise the first. */
  readonly other: ProcessKeeper<Transaction>
  readonly settings: Settings
}

/** A behaviour, and how to find out whether a keeper has it. */
export interface OutboxCase {
  readonly name: string
  readonly body: <Transaction>(world: OutboxWorld<Transaction>) => Promise<void>
}

/** A case. */
export const outboxCase = (name: string, body: OutboxCase['body']): OutboxCase => ({ name, body })

/** An hour. */
export const hourMs = 3_600_000

/** A lease that is long enough for hours to pass. */
export const dayMs = 24 * hourMs

/** A command that an event calls for. */
export const owed = (id: string, at: number, parts: Partial<OwedCommand> = {}): OwedCommand => ({
  id,
  key: 'k',
  position: globalPosition(at),
  index: 0,
  command: { type: 'Do', what: id },
  ...parts,
})

/** What a commit owes and takes back. */
export const owing = (
  commands: ReadonlyArray<OwedCommand>,
  cancelled: ReadonlyArray<Cancelled> = [],
): Owing => ({ commands, cancelled })

/** A commit that owes something, under leases that it moves as far as the last of the events that called for it. */
export const owingUnder = (owner: string, leases: ReadonlyArray<Lease>, what: Owing): ReadModelCommit => {
  const places = [...leases.map(({ upTo }) => upTo), ...what.commands.map(({ position }) => position)]
  const last = places.reduce((most, place) => (place > most ? place : most), globalPosition(0))
  return { ...commitOf(owner, leases, Number(last)), owing: what }
}

/** Has `a`, who is alone with the read model, owe something. */
export const owes = async <Transaction>(
  keeper: ProcessKeeper<Transaction>,
  commands: ReadonlyArray<OwedCommand>,
  cancelled: ReadonlyArray<Cancelled> = [],
  of = balances,
): Promise<void> => {
  const leases = await leased(keeper, 'a', of, dayMs)
  await done(
    keeper.commit(of, owingUnder('a', leases, owing(commands, cancelled))),
    'what is owed is committed',
  )
}

/** The ids of what is due to an owner. */
export const dueTo = async <Transaction>(
  keeper: ProcessKeeper<Transaction>,
  owner = 'a',
  limit = 100,
  of = balances,
): Promise<ReadonlyArray<string>> =>
  idsOf(await done(keeper.due(of, owner, limit), `${owner} asks what is due`))

/** The ids of all that is owed. */
export const allOwed = async <Transaction>(
  keeper: ProcessKeeper<Transaction>,
  of = balances,
): Promise<ReadonlyArray<string>> => idsOf(await done(keeper.owed(of), 'what is owed is read'))

/** What was refused: ids, reasons, and whether others wait for them. */
export const allRefused = async <Transaction>(
  keeper: ProcessKeeper<Transaction>,
  of = balances,
): Promise<ReadonlyArray<readonly [id: string, refusal: string, isStuck: boolean]>> =>
  (await done(keeper.refused(of), 'what was refused is read')).map(({ id, refusal, isStuck }) => [
    id,
    refusal,
    isStuck,
  ])

const idsOf = (commands: ReadonlyArray<OwedCommand>): ReadonlyArray<string> => commands.map(({ id }) => id)

/** Commands must be these, to the letter. */
export const sameCommands = (
  actual: ReadonlyArray<OwedCommand | RefusedCommand>,
  expected: ReadonlyArray<OwedCommand | RefusedCommand>,
  what: string,
): void => equal(actual.map(lettersOf), expected.map(lettersOf), what)

const lettersOf = ({ command, ...rest }: OwedCommand) => ({ ...rest, command: textOf(command) })
