/**
 * The outbox in PostgreSQL answers as the one in memory does, whatever is owed, taken back, crossed off, refused and sent
 * again, in any order.
 */
import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memoryReadModels } from '../../../src/adapters/memory/index.js'
import { postgresReadModels } from '../../../src/adapters/postgres/index.js'
import type { Cancelled, Outbox, OwedCommand, Settled } from '../../../src/run/Outbox.js'
import type { Lease, ReadModelCommit, ReadModelId, ReadModels } from '../../../src/run/ReadModels.js'
import { beginning, globalPosition, timestamp } from '../../../src/store/index.js'
import { seed } from '../../properties/Law.js'
import { type Installed, install, right } from './support.js'

let installed: Installed

beforeAll(async () => {
  installed = await install()
})

afterAll(async () => {
  await installed.end()
})

interface Keeper extends Outbox, Pick<ReadModels, 'lease'> {
  readonly commit: (of: ReadModelId, commit: ReadModelCommit) => ReturnType<ReadModels['commit']>
}

type Act =
  | {
      readonly _tag: 'Owe'
      readonly commands: ReadonlyArray<Omit<OwedCommand, 'id' | 'position' | 'index'>>
      readonly cancelled: ReadonlyArray<Cancelled>
    }
  | { readonly _tag: 'Settle'; readonly settled: ReadonlyArray<Settled> }
  | { readonly _tag: 'Resend'; readonly ids: ReadonlyArray<string> }

const [past, before, future, after] = [1_000, 500, 4e12, 5e12].map(timestamp) as [
  ReturnType<typeof timestamp>,
  ReturnType<typeof timestamp>,
  ReturnType<typeof timestamp>,
  ReturnType<typeof timestamp>,
]
const key = fc.constantFrom('k', 'l')
const timer = fc.constantFrom('s', 't')
// Commands are numbered as they come, so these are ids of some of them.
const id = fc.nat(6).map(String)

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    _tag: fc.constant('Owe' as const),
    commands: fc.array(
      fc.oneof(
        fc.record({ key, command: fc.constant('at once') }),
        fc.record({ key, command: fc.constant('late'), timer, dueAt: fc.constantFrom(past, future) }),
      ),
      { maxLength: 3 },
    ),
    cancelled: fc.array(fc.record({ key, timer, at: fc.constantFrom(before, past, future, after) }), {
      maxLength: 2,
    }),
  }),
  fc.record({
    _tag: fc.constant('Settle' as const),
    settled: fc.uniqueArray(
      fc.oneof(
        fc.record({ id }),
        fc.record({ id, refusal: fc.constant('no') }),
        fc.record({ id, refusal: fc.constant('no way'), isStuck: fc.constant(true) }),
      ),
      { maxLength: 2, selector: (settled) => settled.id },
    ),
  }),
  fc.record({ _tag: fc.constant('Resend' as const), ids: fc.array(id, { maxLength: 2 }) }),
)

/** What a keeper shows after each act. */
const shownBy = async (keeper: Keeper, of: ReadModelId, acts: ReadonlyArray<Act>) => {
  const shown: Array<unknown> = []
  let leases: ReadonlyArray<Lease> = await right(keeper.lease(of, 'me', 3_600_000))
  let count = 0
  let place = beginning
  for (const one of acts) {
    if (one._tag === 'Settle') await right(keeper.settle(of, one.settled))
    else if (one._tag === 'Resend') await right(keeper.resend(of, one.ids))
    else {
      place = globalPosition(place + 1n)
      const commands = one.commands.map(
        (command, index): OwedCommand => ({ ...command, id: String(count + index), position: place, index }),
      )
      count += commands.length
      const moves = leases.map((lease) => ({ ...lease, to: place }))
      const owing = { commands, cancelled: one.cancelled }
      await right(keeper.commit(of, { owner: 'me', moves, entries: [], parked: [], owing }))
      leases = leases.map((lease) => ({ ...lease, upTo: place }))
    }
    shown.push([
      await right(keeper.due(of, 'me', 100)),
      await right(keeper.due(of, 'another', 100)),
      await right(keeper.owed(of)),
      await right(keeper.refused(of)),
      await right(keeper.nextDueAt(of)),
    ])
  }
  return shown
}

const names = { next: 0 }

const alike = (postgresKeeper: () => Keeper) =>
  fc.asyncProperty(fc.array(act, { maxLength: 8, size: 'max' }), async (acts) => {
    const of = { name: `outbox-${names.next++}`, version: 1 }
    const inMemory = await shownBy(memoryReadModels({ partitions: 2 }), of, acts)
    deepStrictEqual(await shownBy(postgresKeeper(), of, acts), inMemory)
  })

const keeper = () => postgresReadModels(installed.sql, { schema: installed.schema, partitions: 2 })

describe('the outbox', () => {
  test('answers as the one in memory does', async () => {
    await fc.assert(alike(keeper), { seed, numRuns: 60 })
  })

  test('is compared in earnest: one for which a rejection is stuck is found out', async () => {
    const strict = (): Keeper => {
      const kept = keeper()
      return {
        ...kept,
        settle: (of, settled) =>
          kept.settle(
            of,
            settled.map((one) => (one.refusal === undefined ? one : { ...one, isStuck: true })),
          ),
      }
    }
    const { failed } = await fc.check(alike(strict), { seed, numRuns: 60 })
    expect(failed).toBe(true)
  })
})
