/** GAP-1 and GAP-2, and the words in which a gap is reported. */
import { deepStrictEqual } from 'node:assert'
import { domain, reject } from 'decider-ts/decide'
import {
  arbitraryHistory,
  type Coverage,
  coverageOf,
  type Expectations,
  gapsOf,
  historyOf,
} from 'decider-ts/harness'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Command,
  type Event,
  Inventory,
  parts,
  type Rejection,
  type State,
} from '../../../harness/Inventory.js'
import { law } from '../../Law.js'

type Expected = Expectations<Command, State, Event, Rejection>
type GapsOf = (expectations: Expected) => (coverage: Coverage) => ReadonlyArray<string>

const gapsIn: GapsOf = (expectations) => gapsOf({ domain: Inventory, expectations })
const cover = coverageOf({ domain: Inventory, expectations: {} })
const coverages = fc.array(arbitraryHistory(Inventory), { minLength: 1, maxLength: 4 }).map(cover)
const reaches = ({ commands, events, rejections }: Coverage) => [...commands, ...events, ...rejections]
const types = reaches(cover([])).map(({ type }) => type) as NonNullable<Expected['unreachable']>[number][]
const lists = fc.subarray(types)

const saysNever = (gap: string, type: string): boolean => gap.includes(`'${type}' was never`)
const saysReached = (gap: string, type: string): boolean =>
  gap.includes(`'${type}' is listed in \`unreachable\``)

const exact = (gaps: GapsOf) =>
  fc.property(coverages, lists, (coverage, unreachable) => {
    const found = gaps({ unreachable })(coverage)
    for (const { type, times } of reaches(coverage)) {
      const missing = times === 0 && !unreachable.includes(type as never)
      deepStrictEqual(found.filter((gap) => saysNever(gap, type)).length, missing ? 1 : 0)
    }
  })

law('GAP-1 exact', exact(gapsIn))
law.rejects(
  'GAP-1',
  'gaps that forget the rejections',
  exact(
    (expectations) => (coverage) =>
      gapsIn(expectations)(coverage).filter((gap) => !gap.startsWith('The rejection')),
  ),
)
law.rejects(
  'GAP-1',
  'gaps of what is listed as unreachable',
  exact(() => gapsIn({})),
)

const honestList = (gaps: GapsOf) =>
  fc.property(coverages, lists, (coverage, unreachable) => {
    const found = gaps({ unreachable })(coverage)
    for (const { type, times } of reaches(coverage)) {
      const misled = times > 0 && unreachable.includes(type as never)
      deepStrictEqual(found.filter((gap) => saysReached(gap, type)).length, misled ? 1 : 0)
    }
  })

law('GAP-2 honest list', honestList(gapsIn))
law.rejects(
  'GAP-2',
  'a list that nobody looks at again',
  honestList(() => gapsIn({})),
)

const id = 'r1' as never
const quantity = 1 as never
const full = cover([
  historyOf(Inventory)([
    { type: 'Close' },
    { type: 'Open' },
    { type: 'Open' },
    { type: 'Reserve', id, quantity },
    { type: 'Receive', quantity },
    { type: 'Reserve', id, quantity },
    { type: 'Reserve', id, quantity },
    { type: 'Close' },
    { type: 'Release', id },
    { type: 'Release', id },
    { type: 'Reserve', id, quantity },
    { type: 'Confirm', id },
    { type: 'Close' },
  ]),
])

test('a history that reaches everything has no gap', () => {
  expect(gapsIn({})(full)).toEqual([])
})

test('without one command that history has the gaps that this command closed, in sentences that say what to do', () => {
  const short = cover([
    historyOf(Inventory)([{ type: 'Open' }, { type: 'Receive', quantity }, { type: 'Close' }]),
  ])
  expect(gapsIn({})(short)).toEqual([
    "The command 'Reserve' was never asked in 1 history. Give a `commandGen` that offers it, and if nobody is to send it, list 'Reserve' in `unreachable`.",
    "The command 'Release' was never asked in 1 history. Give a `commandGen` that offers it, and if nobody is to send it, list 'Release' in `unreachable`.",
    "The command 'Confirm' was never asked in 1 history. Give a `commandGen` that offers it, and if nobody is to send it, list 'Confirm' in `unreachable`.",
    "The event 'Reserved' was never recorded in 1 history. Give a `commandGen` that leads to the state in which it happens, and if no command leads to it any more, list 'Reserved' in `unreachable` or delete it.",
    "The event 'Released' was never recorded in 1 history. Give a `commandGen` that leads to the state in which it happens, and if no command leads to it any more, list 'Released' in `unreachable` or delete it.",
    "The event 'Confirmed' was never recorded in 1 history. Give a `commandGen` that leads to the state in which it happens, and if no command leads to it any more, list 'Confirmed' in `unreachable` or delete it.",
    ...[
      'NotOpen',
      'AlreadyOpen',
      'OutOfStock',
      'UnknownReservation',
      'DuplicateReservation',
      'StillReserved',
    ].map(
      (type) =>
        `The rejection '${type}' was never given in 1 history. Give a \`commandGen\` that asks for what this rule forbids, in the state in which it is forbidden, and if no rule says it any more, list '${type}' in \`unreachable\` or delete it.`,
    ),
  ])
})

test('who has a `commandGen` is told to change it, not to write one', () => {
  const [gap] = gapsIn({ commandGen: () => undefined })(cover([]))
  expect(gap).toBe(
    "The command 'Open' was never asked in 0 histories. Let `commandGen` offer it, and if nobody is to send it, list 'Open' in `unreachable`.",
  )
})

test('a list that names what is reached, or what nobody declares, is a gap', () => {
  const unreachable = ['Closed', 'Vanished' as never] as const
  expect(gapsIn({ unreachable })(full)).toEqual([
    "'Closed' is listed in `unreachable`, and it was reached once in 1 history. Take it off the list.",
    "'Vanished' is listed in `unreachable`, and the domain declares no such type. Correct the name, or take it off the list.",
  ])
})

test('a domain with terminal states that are never reached has a gap, and one without terminal states has none', () => {
  const { isTerminal: _, ...endless } = parts
  const unended = { ...full, terminated: 0 }
  expect(gapsIn({})(unended)).toEqual([
    'None of 1 history came to a terminal state, so nothing was tried there. Give a `commandGen` that leads to one, and if there is none, leave `isTerminal` out of the domain.',
  ])
  expect(gapsOf({ domain: domain(endless), expectations: {} })(unended)).toEqual([])
})

test('histories in which hardly anything is accepted are a gap', () => {
  const stubborn = domain({ ...parts, decide: () => () => reject({ type: 'NotOpen' }) })
  const coverage = coverageOf({ domain: stubborn, expectations: {} })([
    historyOf(stubborn)(Array.from({ length: 30 }, () => ({ type: 'Open' as const }))),
  ])
  expect(gapsOf({ domain: stubborn, expectations: {} })(coverage).at(-1)).toBe(
    'Only 0 of 30 commands were accepted, fewer than 5%, so that histories hardly get anywhere. Give a `commandGen` that offers, for a state, commands that can be accepted there.',
  )
})
