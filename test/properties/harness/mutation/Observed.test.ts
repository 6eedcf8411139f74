/** OBS-1, and the mistakes that are made with what was observed where the numbers are large. */
import { deepStrictEqual } from 'node:assert'
import { accept, decider, domain } from 'decider-ts/decide'
import { arbitraryHistory, type History, historyOf } from 'decider-ts/harness'
import fc from 'fast-check'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { mutantsOf } from '../../../../src/harness/mutation/Mutants.js'
import { observe } from '../../../../src/harness/mutation/Observed.js'
import {
  type Command,
  type Event,
  Inventory,
  type Rejection,
  type State,
} from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import { guided } from './Samples.js'

type Observe = typeof observe<Command, State, Event, Rejection>
type Histories = ReadonlyArray<History<Command, State, Event, Rejection>>

const histories = fc.array(arbitraryHistory(Inventory, guided), { maxLength: 5 })

/** The fields in which a state is another after an event. */
const changedBy = (some: Histories, type: string): ReadonlyArray<string> => {
  const changed = new Set<string>()
  for (const { events } of some) {
    let before = Inventory.initialState
    for (const event of events) {
      const after = Inventory.evolve(before, event)
      for (const [field, value] of Object.entries(after)) {
        const was: unknown = Object.entries(before).find(([name]) => name === field)?.[1]
        if (event.type === type && JSON.stringify(value) !== JSON.stringify(was)) changed.add(field)
      }
      before = after
    }
  }
  return [...changed].sort()
}

const seen = (look: Observe) =>
  fc.property(histories, (some) => {
    const observed = look(Inventory, some)
    for (const type of Inventory.event.tagged.types) {
      const fields = (observed.changes.get(type) ?? []).map(({ path }) => path.join('.'))
      deepStrictEqual([...fields].sort(), changedBy(some, type))
      deepStrictEqual(
        observed.events.has(type),
        some.some(({ events }) => events.some((event) => event.type === type)),
      )
    }
    for (const type of Inventory.rejection.types) {
      const given = some.some(({ steps }) =>
        steps.some(({ outcome }) => outcome._tag === 'Left' && outcome.left.type === type),
      )
      deepStrictEqual(observed.rejections.has(type), given)
    }
  })

law('OBS-1 seen', seen(observe))
law.rejects(
  'OBS-1',
  'what only the first history shows',
  seen((inventory, some) => observe(inventory, some.slice(0, 1))),
)

test('numbers beyond those of JavaScript are mistaken like others', () => {
  const tagged = <const Type extends string>(type: Type) => t.type({ type: t.literal(type), cents: t.bigint })
  const Purse = domain({
    name: 'purse',
    command: tagged('Pay'),
    event: tagged('Paid'),
    rejection: t.type({ type: t.literal('No') }),
    state: t.type({ cents: t.bigint }),
    streamId: () => 'one',
    initialState: { cents: 0n },
    evolve: ({ cents }, event) => ({ cents: cents + event.cents }),
    decide: (command) => () => accept({ ...command, type: 'Paid' }),
  })
  const pay = [{ type: 'Pay' as const, cents: 5n }]
  const mutants = mutantsOf(observe(Purse, [historyOf(Purse)(pay)]))
  const after = Object.fromEntries(
    mutants.map(({ name, domain: mutant }) => [name, decider.run(mutant)(pay).state.cents]),
  )
  expect(after).toEqual({
    'Paid is applied twice': 10n,
    'Paid does not change cents': 0n,
    'Paid changes cents in the wrong direction': -5n,
    'Paid is not recorded': 0n,
    'Paid is recorded twice': 10n,
    'Paid is recorded with one more as its cents': 6n,
    'Pay does nothing': 0n,
    'it begins with another cents': 6n,
  })
})
