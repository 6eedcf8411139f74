/** SLB-1 and SLB-2, and what the states of plainer domains are called. */
import { strictEqual } from 'node:assert'
import { accept, combine, domain } from 'decider-ts/decide'
import { arbitraryHistory } from 'decider-ts/harness'
import fc from 'fast-check'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { declaresTerminal, stateLabelOf } from '../../../../src/harness/coverage/StateLabel.js'
import { isTerminalIn } from '../../../../src/harness/domain/Terminal.js'
import { Inventory } from '../../../harness/Inventory.js'
import { law } from '../../Law.js'

type LabelOf = typeof stateLabelOf

const literalFirst = (labelOf: LabelOf) =>
  fc.property(arbitraryHistory(Inventory), ({ state }) => {
    strictEqual(labelOf({ domain: Inventory, expectations: {} })(state), state.status)
    const expectations = { stateLabel: () => 'mine' }
    strictEqual(labelOf({ domain: Inventory, expectations })(state), 'mine')
  })

law('SLB-1 literal first', literalFirst(stateLabelOf))
law.rejects(
  'SLB-1',
  'one name for all states',
  literalFirst(() => () => '·'),
)

/** A domain of which only the states are of interest. */
const of = <State>(initialState: State, isTerminal?: (state: State) => boolean) =>
  domain({
    name: 'some',
    command: t.type({ type: t.literal('Do') }),
    event: t.type({ type: t.literal('Done') }),
    rejection: t.type({ type: t.literal('No') }),
    state: new t.Type<State, unknown>(
      'some state',
      (state): state is State => state !== undefined || initialState === undefined,
      (state) => t.success(state as State),
      (state) => state,
    ),
    streamId: () => 'one',
    initialState,
    evolve: (state) => state,
    decide: () => () => accept({ type: 'Done' }),
    ...(isTerminal && { isTerminal }),
  })

const both = combine({ stock: Inventory, light: of({ on: false }, ({ on }) => on) })

const byParts = (labelOf: LabelOf) =>
  fc.property(arbitraryHistory(both), ({ state }) => {
    const label = labelOf({ domain: both, expectations: {} })(state)
    strictEqual(label, `stock: ${state.stock.status}, light: ${state.light.on ? 'on' : 'not on'}`)
  })

law('SLB-2 by parts', byParts(stateLabelOf))
law.rejects(
  'SLB-2',
  'a combination that is looked at as a whole',
  byParts((subject) => {
    const { parts: _, ...whole } = subject.domain
    return stateLabelOf({ ...subject, domain: whole })
  }),
)

const label = <State>(initialState: State, state: State, isTerminal?: (state: State) => boolean): string =>
  stateLabelOf({ domain: of(initialState, isTerminal), expectations: {} })(state)

test('a state without a name is called by what is true, there, or not empty in it', () => {
  const initial = { open: false, owner: null as string | null, lines: [] as ReadonlyArray<string>, total: 0 }
  expect(label(initial, initial)).toBe('not open, no owner, no lines')
  expect(label(initial, { open: true, owner: 'ann', lines: ['a'], total: 5 })).toBe('open, owner, lines')
  const collections = { seen: new Set<number>(), byId: new Map<string, number>(), byName: {} as object }
  expect(label(collections, collections)).toBe('no seen, no byId, no byName')
  expect(label(collections, { seen: new Set([1]), byId: new Map([['a', 1]]), byName: { a: 1 } })).toBe(
    'seen, byId, byName',
  )
})

test('texts, booleans and nothing are their own names, and numbers have none', () => {
  expect(label('idle', 'busy')).toBe('busy')
  expect(label(false, true)).toBe('true')
  expect(label<string | null>(null, null)).toBe('none')
  expect(label<string | undefined>(undefined, undefined)).toBe('none')
  expect(label(0, 5)).toBe('·')
  expect(label(0, 5, (n) => n === 5)).toBe('terminal')
})

test('what every object has is no name of a state', () => {
  expect(label<object>({ n: 1 }, Object.create({ status: 'inherited' }) as object)).toBe('·')
})

test('a domain declares terminal states by `isTerminal`, and a combination by those of all its parts', () => {
  expect(declaresTerminal(of(0))).toBe(false)
  expect(declaresTerminal(of(0, (n) => n === 1))).toBe(true)
  expect(declaresTerminal(both)).toBe(true)
  expect(declaresTerminal(combine({ stock: Inventory, other: of(0) }))).toBe(false)
})

test('an `isTerminal` that throws calls no state terminal', () => {
  const throwing = () => {
    throw new Error('a bug')
  }
  expect(isTerminalIn(of(0, throwing), 0)).toBe(false)
})
