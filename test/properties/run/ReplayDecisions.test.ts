/** The law of `ReplayDecisions`: every decision is taken again in the state of then, whatever has happened since. */
import { deepStrictEqual } from 'node:assert/strict'
import { memoryStore } from 'decider-ts/adapters/memory'
import { nothing, reject } from 'decider-ts/decide'
import { type Handler, handle, replayDecisions } from 'decider-ts/run'
import type { EventStore } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import type * as t from 'io-ts'
import { expect, test } from 'vitest'
import { law } from '../Law.js'
import { arbitraryCommand, TaggedTill, Till, type TillCommand } from './Till.js'

type AnyTill<State> = Handler<
  TillCommand,
  State,
  { type: 'PutIn' | 'Taken'; till: string; amount: t.Int },
  Refusal
>
interface Refusal {
  readonly type: 'TooLittle'
  readonly missing: number
}

/** The rules of a till that refuses to hold more than so much, and forgets about small sums. */
const stricter = <State>(
  till: AnyTill<State>,
  most: number,
  balanceOf: (state: State) => number,
): AnyTill<State> => ({
  ...till,
  decide: (command) => (state) => {
    if (command.amount === 1) return nothing
    if (command.type === 'Put' && balanceOf(state) + command.amount > most)
      return reject({ type: 'TooLittle', missing: most })
    return till.decide(command)(state)
  },
})

/** The replay under test, of the rules that it is given. */
type Replay = <State>(store: EventStore, till: AnyTill<State>) => ReturnType<typeof replayDecisions>

const replay: Replay = (store, till) => replayDecisions(store, till)

/** Handles commands one after another, and says on which of them the changed rules would have differed. */
const agrees = <State>(till: AnyTill<State>, balanceOf: (state: State) => number, run: Replay) =>
  fc.asyncProperty(
    fc.array(arbitraryCommand(), { maxLength: 12 }),
    fc.nat({ max: 12 }),
    async (commands, most) => {
      const store = memoryStore()
      const changed = stricter(till, most, balanceOf)
      const expected: Array<string> = []
      const balances = new Map<string, number>()
      for (const [n, command] of commands.entries()) {
        const commandId = `c${n}`
        await handle(store, till, { journal: 'full' })(command, { commandId })()
        const balance = balances.get(command.till) ?? 0
        const { type, amount } = command
        const isRefused = type === 'Take' && amount > balance
        if (!isRefused) balances.set(command.till, balance + (type === 'Put' ? amount : -amount))
        if (amount === 1 || (type === 'Put' && balance + amount > most)) expected.push(commandId)
      }
      const same = await run(store, till)()
      deepStrictEqual(same, E.right({ replayed: commands.length, withoutCommand: 0, differences: [] }))
      const other = await run(store, changed)()
      if (E.isLeft(other)) throw new Error(other.left._tag)
      deepStrictEqual(
        other.right.differences.map(({ commandId }) => commandId).toSorted(),
        expected.toSorted(),
      )
    },
  )

/** A replay in the state of now. */
const ofNow: Replay = (store, till) =>
  replayDecisions(
    { ...store, readStream: (stream) => store.readStream(stream), read: (query) => store.read(query) },
    till,
  )

const ofTill = (run: Replay) => agrees(Till as AnyTill<number>, (balance) => balance, run)
const ofModel = (run: Replay) =>
  agrees(TaggedTill as AnyTill<{ readonly balance: number }>, ({ balance }) => balance, run)

law('RPL-1 hindsight', ofTill(replay))
law('RPL-1 hindsight, over a query', ofModel(replay))
law.rejects('RPL-1', 'a replay in the state of now', ofTill(ofNow))

const put = { type: 'Put', till: 'x', amount: 5 } as TillCommand

test('a difference tells the command, what was decided then and what would be now', async () => {
  const store = memoryStore()
  await handle(store, Till, { journal: 'full' })(put, { commandId: 'c1' })()
  expect(
    await replayDecisions(
      store,
      stricter(Till as AnyTill<number>, 3, (n) => n),
    )(),
  ).toEqual(
    E.right({
      replayed: 1,
      withoutCommand: 0,
      differences: [
        {
          commandId: 'c1',
          command: put,
          was: { _tag: 'Accepted', events: [{ type: 'PutIn', till: 'x', amount: 5 }] },
          wouldBe: { _tag: 'Rejected', rejection: { type: 'TooLittle', missing: 3 } },
        },
      ],
    }),
  )
})

test('decisions without their command are counted, those of other handlers are not, and a defect is a difference', async () => {
  const store = memoryStore()
  await handle(store, Till, { journal: 'ids' })(put, { commandId: 'c1' })()
  await handle(store, TaggedTill, { journal: 'full' })(put, { commandId: 'c2' })()
  await handle(store, Till, { journal: 'full' })(put, { commandId: 'c3' })()
  const broken = {
    ...Till,
    decide: () => () => {
      throw new Error('a defect')
    },
  }
  expect(await replayDecisions(store, broken)()).toMatchObject({
    right: {
      replayed: 1,
      withoutCommand: 1,
      differences: [{ commandId: 'c3', wouldBe: { _tag: 'Defect' } }],
    },
  })
})

test('a command that is none today is a difference, and a store without a journal is Unsupported', async () => {
  const store = memoryStore()
  await handle(store, Till, { journal: 'full' })(put, { commandId: 'c1' })()
  const narrower = {
    ...Till,
    command: { ...Till.command, decode: () => E.left({ path: 'amount', reason: 'is odd' }) },
  }
  expect(await replayDecisions(store, narrower)()).toMatchObject({
    right: { differences: [{ wouldBe: { _tag: 'Undecodable', path: 'amount', reason: 'is odd' } }] },
  })
  const { decisions: _, ...plain } = store
  expect(await replayDecisions(plain, Till)()).toEqual(E.left({ _tag: 'Unsupported', feature: 'decisions' }))
})
