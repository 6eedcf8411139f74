/** The laws of smaller lists of commands: always downhill, and no single command is too much to try without. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import type * as t from 'io-ts'
import { expect, test } from 'vitest'
import { isBefore, leavesOf } from '../../../../src/harness/domain/Leaf.js'
import { smallerCommands } from '../../../../src/harness/domain/SmallerCommands.js'
import { plainly } from '../../../../src/harness/domain/Walk.js'
import { Command, type Quantity, type ReservationId } from '../../../harness/Inventory.js'
import { law } from '../../Law.js'

type Smaller = (commands: ReadonlyArray<Command>) => Iterable<ReadonlyArray<Command>>

const real: Smaller = (commands) =>
  [...smallerCommands(Command, commands.map(plainly), (index) => index % 3 === 1)].map((list) =>
    list.map(({ command }) => command),
  )

const id = fc.constantFrom('a', 'b', 'ab', 'order 7', 'x'.repeat(36))
const quantity = fc.integer({ min: 1, max: 1000 })
const commands = fc.array(
  fc
    .oneof(
      fc.record({ type: fc.constantFrom('Open', 'Close') }, { noNullPrototype: true }),
      fc.record({ type: fc.constant('Receive'), quantity }, { noNullPrototype: true }),
      fc.record({ type: fc.constant('Reserve'), id, quantity }, { noNullPrototype: true }),
      fc.record({ type: fc.constantFrom('Release', 'Confirm'), id }, { noNullPrototype: true }),
    )
    .filter(Command.is),
  { maxLength: 8 },
)

const downhill = (smaller: Smaller) =>
  fc.property(commands, (all) => {
    const before = all.flatMap(leavesOf)
    for (const candidate of smaller(all)) {
      ok(candidate.every(Command.is))
      if (candidate.length < all.length) continue
      deepStrictEqual(
        candidate.map(({ type }) => type),
        all.map(({ type }) => type),
      )
      const changes = candidate.flatMap(leavesOf).flatMap(({ value }, index) => {
        const old = before[index]
        return old === undefined || old.value === value ? [] : [{ old: old.value, value }]
      })
      ok(changes.length > 0)
      ok(changes.every(({ old, value }) => isBefore(value, old)))
    }
  })

law('SMCO-1 downhill', downhill(real))
law.rejects(
  'SMCO-1',
  'the list itself among those that are smaller',
  downhill((all) => [...real(all), all]),
)
law.rejects(
  'SMCO-1',
  'an id replaced by any other',
  downhill((all) => [
    ...real(all),
    all.map((command) =>
      'id' in command ? { ...command, id: 'y'.repeat(36) as typeof command.id } : command,
    ),
  ]),
)

const oneLess = (smaller: Smaller) =>
  fc.property(commands, (all) => {
    const candidates = [...smaller(all)].map((list) => JSON.stringify(list))
    for (const index of all.keys()) ok(candidates.includes(JSON.stringify(all.toSpliced(index, 1))))
  })

law('SMCO-2 one less', oneLess(real))
law.rejects(
  'SMCO-2',
  'halves only',
  oneLess((all) => [all.slice(0, all.length / 2), all.slice(all.length / 2)]),
)

const idOf = (text: string) => text as t.TypeOf<typeof ReservationId>

test('what several commands share is made smaller in all of them, and two ids become one', () => {
  const shared: ReadonlyArray<Command> = [
    { type: 'Reserve', id: idOf('order 7'), quantity: 1 as t.TypeOf<typeof Quantity> },
    { type: 'Confirm', id: idOf('order 7') },
    { type: 'Release', id: idOf('b') },
  ]
  const ids = [...real(shared)].map((list) =>
    list.map((command) => ('id' in command ? command.id : '')).join(),
  )
  expect(ids).toContain('a,a,b')
  expect(ids).toContain('b,b,b')
})

test('two commands of one type become one that asks for as much as both, if the codec lets it', () => {
  const receive = (n: number): Command => ({ type: 'Receive', quantity: n as t.TypeOf<typeof Quantity> })
  expect([...real([receive(2), { type: 'Open' }, receive(3)])]).toContainEqual([receive(5), { type: 'Open' }])
  const tooMuch = [...real([receive(600), receive(500)])].flat().filter(({ type }) => type === 'Receive')
  expect(tooMuch.every(Command.is)).toBe(true)
})

test('a codec whose check throws admits nothing that was changed, and commands can still go', () => {
  const throwing = {
    is: (value: unknown): value is Command => {
      throw new Error(`cannot read ${String(value)}`)
    },
  }
  const all: ReadonlyArray<Command> = [{ type: 'Open' }, { type: 'Release', id: idOf('order 7') }]
  const candidates = [...smallerCommands(throwing, all.map(plainly), () => false)]
  expect(candidates.map((list) => list.length)).toEqual([0, 1, 1])
})
