/**
 * The outbox beside a specification of a few lines: whatever is owed, taken back, settled and sent again, in any order,
 * each answer must be the one that the specification gives.
 * Used by: `OutboxSuite`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type { Cancelled, OwedCommand, RefusedCommand, Settled } from '../../run/Outbox.js'
import type { ReadModelId } from '../../run/ReadModels.js'
import type { ProcessKeeper } from '../../run/RunProcessManager.js'
import { globalPosition } from '../../store/GlobalPosition.js'
import { type Timestamp, timestamp } from '../../store/Timestamp.js'
import { holds } from './Case.js'
import { equal } from './Expect.js'
import { dayMs, hourMs, type OutboxCase, outboxCase, owing, sameCommands } from './OutboxCase.js'
import { commitOf, done, leased } from './ReadModelCase.js'

/** A command to owe; its time is in hours from now. */
interface Draft {
  readonly key: string
  /** The id of an earlier command, which is known then; a new one unless given. */
  readonly known?: number
  readonly timer?: string
  readonly dueInHours?: number
}

type Act =
  | {
      readonly _tag: 'Owe'
      readonly drafts: ReadonlyArray<Draft>
      readonly cancelled: ReadonlyArray<Omit<Cancelled, 'at'> & { readonly inHours: number }>
    }
  | { readonly _tag: 'Settle'; readonly settled: ReadonlyArray<Settled> }
  | { readonly _tag: 'Resend'; readonly ids: ReadonlyArray<string> }

const key = fc.constantFrom('k', 'l')
const timer = fc.constantFrom('s', 't')
// Commands are numbered as they come, so these are ids of some of them.
const number = fc.nat(5)
const id = number.map(String)
const refusal = fc.constantFrom('no', '\u0000"\\')

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      _tag: fc.constant('Owe' as const),
      drafts: fc.array(
        fc.oneof(
          fc.record({ key }),
          fc.record({ key, known: number }),
          fc.record({ key, timer, dueInHours: fc.constantFrom(-2, -1, 1) }),
        ),
        { maxLength: 3 },
      ),
      cancelled: fc.array(fc.record({ key, timer, inHours: fc.constantFrom(-2, -1, 1, 2) }), {
        maxLength: 2,
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      _tag: fc.constant('Settle' as const),
      settled: fc.uniqueArray(
        fc.oneof(
          fc.record({ id }),
          fc.record({ id, refusal }),
          fc.record({ id, refusal, isStuck: fc.boolean() }),
        ),
        { maxLength: 3, selector: (settled) => settled.id },
      ),
    }),
  },
  fc.record({ _tag: fc.constant('Resend' as const), ids: fc.array(id, { maxLength: 2 }) }),
)

/** What an outbox is, by the id of each command. */
type Specification = ReadonlyMap<string, OwedCommand | RefusedCommand>

const isRefused = (command: OwedCommand | RefusedCommand): command is RefusedCommand => 'refusal' in command

const owingIn = (
  outbox: Specification,
  commands: ReadonlyArray<OwedCommand>,
  cancelled: ReadonlyArray<Cancelled>,
): Specification => {
  const isTakenBack = (command: OwedCommand | RefusedCommand): boolean =>
    !isRefused(command) &&
    cancelled.some(
      (each) =>
        each.key === command.key && each.timer === command.timer && each.at < (command.dueAt ?? each.at),
    )
  const next = new Map([...outbox].filter(([, command]) => !isTakenBack(command)))
  for (const command of commands) if (!next.has(command.id)) next.set(command.id, command)
  return next
}

const settledIn = (outbox: Specification, settled: ReadonlyArray<Settled>): Specification => {
  const next = new Map(outbox)
  for (const { id, refusal, isStuck = false } of settled) {
    const command = next.get(id)
    if (command === undefined) continue
    if (refusal === undefined) next.delete(id)
    else next.set(id, { ...command, refusal, isStuck })
  }
  return next
}

const resentIn = (outbox: Specification, ids: ReadonlyArray<string>): Specification => {
  const owed = (command: OwedCommand | RefusedCommand): OwedCommand => {
    const { refusal: _refusal, isStuck: _isStuck, ...rest } = { refusal: '', isStuck: false, ...command }
    return rest
  }
  return new Map(
    [...outbox].map(([each, command]) => [each, ids.includes(each) ? owed(command) : command] as const),
  )
}

const inOrder = (outbox: Specification): ReadonlyArray<OwedCommand | RefusedCommand> =>
  [...outbox.values()].sort((a, b) => Number(a.position - b.position) || a.index - b.index)

/** Of each key the first that is due or stuck, if it is due. */
const dueIn = (outbox: Specification, now: Timestamp): ReadonlyArray<OwedCommand> => {
  const counts = inOrder(outbox).filter((command) =>
    isRefused(command) ? command.isStuck : (command.dueAt ?? now) <= now,
  )
  const firsts = new Map([...counts].reverse().map((command) => [command.key, command]))
  return counts.filter((command) => firsts.get(command.key) === command && !isRefused(command))
}

const nextIn = (outbox: Specification, now: Timestamp): Timestamp | undefined => {
  const times = [...outbox.values()].flatMap((command) =>
    !isRefused(command) && command.dueAt !== undefined && command.dueAt > now ? [command.dueAt] : [],
  )
  return times.sort((a, b) => a - b)[0]
}

/** Plays acts, and looks after each of them. */
const played = async <Transaction>(
  keeper: ProcessKeeper<Transaction>,
  of: ReadModelId,
  now: Timestamp,
  acts: ReadonlyArray<Act>,
): Promise<void> => {
  let outbox: Specification = new Map()
  let count = 0
  await leased(keeper, 'a', of, dayMs)
  for (const [nth, one] of acts.entries()) {
    if (one._tag === 'Settle') {
      await done(keeper.settle(of, one.settled), 'commands are settled')
      outbox = settledIn(outbox, one.settled)
    } else if (one._tag === 'Resend') {
      await done(keeper.resend(of, one.ids), 'commands are to be sent again')
      outbox = resentIn(outbox, one.ids)
    } else {
      const commands = one.drafts.map((draft, index) => commandOf(draft, `${count++}`, nth + 1, index, now))
      const cancelled = one.cancelled.map(({ inHours, ...rest }) => ({
        ...rest,
        at: hoursFrom(now, inHours),
      }))
      const leases = await leased(keeper, 'a', of, dayMs)
      const commit = { ...commitOf('a', leases, nth + 1), owing: owing(commands, cancelled) }
      await done(keeper.commit(of, commit), 'commands are owed')
      outbox = owingIn(outbox, commands, cancelled)
    }
    await sameAnswers(keeper, of, now, outbox)
  }
}

const hoursFrom = (now: Timestamp, hours: number): Timestamp => timestamp(now + hours * hourMs)

const commandOf = (
  { key: under, known, timer: name, dueInHours }: Draft,
  fresh: string,
  position: number,
  index: number,
  now: Timestamp,
): OwedCommand => ({
  id: known === undefined ? fresh : String(known),
  key: under,
  position: globalPosition(position),
  index,
  command: fresh,
  ...(name !== undefined && { timer: name }),
  ...(dueInHours !== undefined && { dueAt: hoursFrom(now, dueInHours) }),
})

const sameAnswers = async <Transaction>(
  keeper: ProcessKeeper<Transaction>,
  of: ReadModelId,
  now: Timestamp,
  outbox: Specification,
): Promise<void> => {
  const all = inOrder(outbox)
  const isOwed = (command: OwedCommand): boolean => !isRefused(command)
  sameCommands(await done(keeper.owed(of), 'what is owed is read'), all.filter(isOwed), 'what is owed')
  sameCommands(
    await done(keeper.refused(of), 'what was refused is read'),
    all.filter(isRefused),
    'what was refused',
  )
  const due = dueIn(outbox, now)
  for (const limit of [1, 2, 100]) {
    const found = await done(keeper.due(of, 'a', limit), 'what is due is read')
    const ids = new Set(found.map(({ id }) => id))
    sameCommands(
      found,
      due.filter((command) => ids.has(command.id)),
      'what is due',
    )
    equal(found.length, Math.min(limit, due.length), 'how much is due')
  }
  sameCommands(await done(keeper.due(of, 'b', 100), 'what is due is read'), [], 'what is due to another')
  equal(await done(keeper.nextDueAt(of), 'the next time is read'), nextIn(outbox, now), 'the next time')
}

const model = outboxCase(
  'model: whatever happens, the answers are those of the specification',
  async (world) => {
    const now = await world.now()
    let samples = 0
    const property = fc.asyncProperty(fc.array(act, { maxLength: 12, size: 'max' }), async (acts) => {
      samples += 1
      await played(world.readModels, { name: `sample ${samples}`, version: 1 }, now, acts)
    })
    await holds(property, world.settings)
  },
)

/** The case of the specification. */
export const outboxModelCases: ReadonlyArray<OutboxCase> = [model]
