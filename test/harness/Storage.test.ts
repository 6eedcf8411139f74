/**
 * The laws of storage, behaviour and expectations, tried on domains that break them one at a time: the law that is named
 * must fail, those that are listed along with it too, and no other. Good domains must pass them all.
 */
import { accept, combine, domain, reject, type Typed } from 'decider-ts/decide'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { Account } from '../../examples/banking/Account.js'
import type { LawsOf, Subject } from '../../src/harness/domain/Law.js'
import { behaviour } from '../../src/harness/domain/laws/Behaviour.js'
import { expected } from '../../src/harness/domain/laws/Expected.js'
import { replay } from '../../src/harness/domain/laws/Replay.js'
import { storage } from '../../src/harness/domain/laws/Storage.js'
import { upcasting } from '../../src/harness/domain/laws/Upcasting.js'
import { Inventory, parts } from './Inventory.js'
import { behaviourExpectations, behaviourZoo } from './zoo/Behaviour.js'
import { broken, failingOf, subjectOf } from './zoo/Broken.js'
import { storageZoo } from './zoo/Storage.js'

const laws: LawsOf = (subject) =>
  [storage, replay, upcasting, behaviour, expected].flatMap((of) => of(subject))

const failing = (subject: Subject<Typed, unknown, Typed, Typed>) => failingOf(laws, subject)

test.each([...storageZoo, ...behaviourZoo].map((each) => [each.what, each] as const))(
  'found out: %s',
  (_, each) => {
    const found = failing(subjectOf(each))
    expect(found.map(({ id }) => id)).toEqual([each.caughtBy, ...(each.also ?? [])])
    for (const { breach, commands } of found) {
      if (process.env['SHOW']) console.log(each.what, commands, breach)
      expect(commands).toBeLessThanOrEqual(6)
      expect(breach.past.length).toBeLessThanOrEqual(5)
      expect(breach.cause).toMatch(/\.$/)
      expect(breach.advice).toMatch(/\.$/)
    }
  },
)

const lamp = domain({
  name: 'lamp',
  command: t.union([t.strict({ type: t.literal('SwitchOn') }), t.strict({ type: t.literal('SwitchOff') })]),
  event: t.union([t.strict({ type: t.literal('SwitchedOn') }), t.strict({ type: t.literal('SwitchedOff') })]),
  rejection: t.strict({ type: t.literal('AlreadySo') }),
  state: t.strict({ on: t.boolean }),
  streamId: () => 'lamp',
  initialState: { on: false },
  evolve: (_, event) => ({ on: event.type === 'SwitchedOn' }),
  decide: (command) => (state) => {
    if ((command.type === 'SwitchOn') === state.on) return reject({ type: 'AlreadySo' })
    return accept({ type: command.type === 'SwitchOn' ? 'SwitchedOn' : 'SwitchedOff' })
  },
})

const good = [
  broken('an inventory', { caughtBy: '' }, Inventory, behaviourExpectations),
  broken('a bank account', { caughtBy: '' }, Account),
  broken('a lamp', { caughtBy: '' }, lamp),
  broken('a combination', { caughtBy: '' }, combine({ article: Inventory, lamp })),
  broken(
    'a domain with a history',
    { caughtBy: '' },
    domain({
      ...parts,
      upcasters: { Received: [(data) => ({ quantity: (data as { pieces: number }).pieces })] },
    }),
    {
      golden: [
        { type: 'Received', schemaVersion: 1, data: { pieces: 3 } },
        { type: 'Received', schemaVersion: 2, data: { quantity: 3 } },
        { type: 'Opened', schemaVersion: 1, data: {} },
      ],
    },
  ),
]

test.each(good.map((each) => [each.what, each] as const))('nothing to find in %s', (_, each) => {
  expect(failing(subjectOf(each))).toEqual([])
})
