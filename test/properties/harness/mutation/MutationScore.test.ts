/** MUT-1 to MUT-3, the score of the inventory to the last survivor, and each kind of mistake by itself. */
import { deepStrictEqual, notDeepStrictEqual, ok, strictEqual } from 'node:assert'
import type { Domain } from 'decider-ts/decide'
import { historyOf, type MutationOperator, type MutationScore, mutationScore } from 'decider-ts/harness'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, test } from 'vitest'
import { trialsOf } from '../../../../src/harness/domain/Trial.js'
import { killersOf } from '../../../../src/harness/mutation/Killers.js'
import { mutantsOf } from '../../../../src/harness/mutation/Mutants.js'
import { mutationScoreBy } from '../../../../src/harness/mutation/MutationScore.js'
import { observe } from '../../../../src/harness/mutation/Observed.js'
import {
  type Command,
  type Event,
  Inventory,
  type Rejection,
  type State,
} from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import { type Expected, guided, invariants, Transfers, transfers } from './Samples.js'

type InventoryScore = MutationScore<Command, State, Event, Rejection>
type Score = (expectations: Expected) => InventoryScore

const few = { histories: 20 }
const score: Score = (expectations) => mutationScore(Inventory, expectations, few)
const seeds = fc.nat(1_000_000)
const runs = { numRuns: 3 }

/** The mutants of a run, by name. */
const mutantsFor = (
  expectations: Expected,
): ReadonlyMap<string, Domain<Command, State, Event, Rejection>> => {
  const { trials } = trialsOf({ domain: Inventory, expectations: { ...expectations, ...few } })
  const histories = trials.map(({ history }) => history)
  return new Map(mutantsOf(observe(Inventory, histories)).map((mutant) => [mutant.name, mutant.domain]))
}

const survivorsDiffer = (implementation: Score) =>
  fc.property(seeds, (seed) => {
    const expectations = { ...guided, seed }
    const mutants = mutantsFor(expectations)
    const { survivors } = implementation(expectations)
    ok(survivors.length > 0)
    for (const { name, parting } of survivors) {
      const mutant = mutants.get(name)
      ok(mutant !== undefined, name)
      const commands = parting.command === undefined ? [] : [parting.command]
      const here = historyOf(Inventory)(commands, parting.past)
      const there = historyOf(mutant)(commands, parting.past)
      notDeepStrictEqual(
        [here.steps[0]?.outcome, here.state, Inventory.isTerminal(here.state)],
        [there.steps[0]?.outcome, there.state, mutant.isTerminal(there.state)],
      )
    }
  })

law('MUT-1 a survivor differs', survivorsDiffer(score), runs)
law.rejects(
  'MUT-1',
  'survivors that are shown at the beginning of everything',
  survivorsDiffer((expectations) => {
    const found = score(expectations)
    const survivors = found.survivors.map(({ parting: { command: _, ...rest }, ...survivor }) => ({
      ...survivor,
      parting: { ...rest, past: [] },
    }))
    return { ...found, survivors }
  }),
  runs,
)

const noEquivalentCounts = (implementation: Score) =>
  fc.property(seeds, (seed) => {
    const { killed, survivors, equivalent, percent } = implementation({ ...invariants, seed })
    // To open or to close what is open or closed changes nothing.
    for (const name of ['Opened is applied twice', 'Closed is applied twice']) ok(equivalent.includes(name))
    const counted = [...killed, ...survivors].map(({ name }) => name)
    deepStrictEqual(
      counted.filter((name) => equivalent.includes(name)),
      [],
    )
    strictEqual(percent, Math.floor((100 * killed.length) / counted.length))
  })

law('MUT-2 no equivalent counts', noEquivalentCounts(score), runs)
law.rejects(
  'MUT-2',
  'a score of all mutants',
  noEquivalentCounts((expectations) => {
    const found = score(expectations)
    const all = found.killed.length + found.survivors.length + found.equivalent.length
    return { ...found, percent: Math.floor((100 * found.killed.length) / all) }
  }),
  runs,
)

const repeatable = (implementation: Score) =>
  fc.property(seeds, (seed) => {
    const expectations = { ...guided, seed }
    deepStrictEqual(implementation(expectations), implementation(expectations))
  })

/** It goes on where it ended. */
const drifting = (): Score => {
  let times = 0
  return (expectations) => {
    times += 1
    return score({ ...expectations, seed: times })
  }
}

law('MUT-3 repeatable', repeatable(score), runs)
law.rejects('MUT-3', 'a score with a seed of its own', repeatable(drifting()), runs)

/** A scenario: what is decided after these events, and if it is given, the state then. */
const example =
  (
    past: ReadonlyArray<Event>,
    command: Command,
    expected: ReadonlyArray<Event> | string,
    state?: Partial<State>,
  ) =>
  (domain: Domain<Command, State, Event, Rejection>): void => {
    const { steps, state: after } = historyOf(domain)([command], past)
    const outcome = steps[0]?.outcome
    if (typeof expected === 'string') ok(outcome?._tag === 'Left' && outcome.left.type === expected)
    else deepStrictEqual(outcome, E.right(expected))
    deepStrictEqual({ ...after, ...state }, after)
  }

const quantity = (n: number) => n as Extract<Command, { readonly type: 'Receive' }>['quantity']
const id = 'r1' as Extract<Command, { readonly type: 'Release' }>['id']
const opened: Event = { type: 'Opened' }
const received = (n: number): Event => ({ type: 'Received', quantity: quantity(n) })
const reserved = (n: number): Event => ({ type: 'Reserved', id, quantity: quantity(n) })
const released = (n: number): Event => ({ type: 'Released', id, quantity: quantity(n) })
const confirmed = (n: number): Event => ({ type: 'Confirmed', id, quantity: quantity(n) })
const closed: Event = { type: 'Closed' }
const receive: Command = { type: 'Receive', quantity: quantity(2) }
const reserve: Command = { type: 'Reserve', id, quantity: quantity(2) }
const confirm: Command = { type: 'Confirm', id }
const release: Command = { type: 'Release', id }

describe('the inventory', () => {
  test('with its invariants leaves these mistakes unnoticed, and no others', () => {
    const found = mutationScore(Inventory, invariants)
    expect(found.survivors.map(({ name }) => name)).toEqual([
      'Received is applied twice',
      'Opened is recorded twice',
      'Received is recorded twice',
      'Received is recorded with one more as its quantity',
      'Closed is recorded twice',
    ])
    expect([found.broken, found.unreached]).toEqual([[], []])
    expect(found.equivalent).toEqual(['Opened is applied twice', 'Closed is applied twice'])
    expect(found.percent).toBe(92)
  })

  test('with a scenario for each of them leaves none', () => {
    const scenarios = {
      'what is received is in stock once': example(
        [opened, received(2), reserved(2)],
        { type: 'Reserve', id: 'r2' as typeof id, quantity: quantity(1) },
        'OutOfStock',
      ),
      'opening records that it is open': example([], { type: 'Open' }, [opened]),
      'what is received is recorded as it came': example([opened], receive, [received(2)]),
      'closing records that it is closed': example([opened], { type: 'Close' }, [closed]),
    }
    const found = mutationScore(Inventory, { ...invariants, scenarios })
    expect(found.survivors.map(({ name }) => name)).toEqual([])
    expect(found.percent).toBe(100)
  })

  test('without any expectation leaves many', () => {
    const found = mutationScore(Inventory, guided)
    expect(found.survivors.length).toBeGreaterThan(20)
    expect(found.percent).toBeLessThan(70)
  })
})

type Scenario = (domain: Domain<Command, State, Event, Rejection>) => void
type Sample = readonly [operator: MutationOperator, name: string, scenario: Scenario]

const samples: ReadonlyArray<Sample> = [
  ['event ignored', 'Received is ignored', example([opened, received(2)], reserve, [reserved(2)])],
  [
    'event applied twice',
    'Received is applied twice',
    example([opened], receive, [received(2)], { stock: 2 }),
  ],
  [
    'field not changed',
    'Closed does not change status',
    example([opened, closed], { type: 'Close' }, 'NotOpen'),
  ],
  [
    'field changed in the wrong direction',
    'Reserved changes stock in the wrong direction',
    example([opened, received(2)], reserve, [reserved(2)], { stock: 0 }),
  ],
  ['event not recorded', 'Opened is not recorded', example([], { type: 'Open' }, [opened])],
  [
    'event recorded twice',
    'Released is recorded twice',
    example([opened, reserved(2)], release, [released(2)]),
  ],
  [
    'number off by one',
    'Confirmed is recorded with one more as its quantity',
    example([opened, reserved(2)], confirm, [confirmed(2)]),
  ],
  ['command does nothing', 'Release does nothing', example([opened, reserved(2)], release, [released(2)])],
  [
    'command always rejected',
    'Confirm is always rejected with UnknownReservation',
    example([opened, reserved(2)], confirm, [confirmed(2)]),
  ],
  ['rule left out', 'nothing refuses with OutOfStock', example([opened], reserve, 'OutOfStock')],
  [
    'wrong rejection',
    'StillReserved is given as NotOpen',
    example([opened, reserved(2)], { type: 'Close' }, 'StillReserved'),
  ],
  [
    'never terminal',
    'no state is terminal',
    (domain) => ok(domain.isTerminal(historyOf(domain)([], [opened, closed]).state)),
  ],
  ['always terminal', 'every state is terminal', (domain) => ok(!domain.isTerminal(domain.initialState))],
  [
    'other initial state',
    'it begins with another shipped',
    (domain) => strictEqual(domain.initialState.shipped, 0),
  ],
]

describe('each kind of mistake', () => {
  const subject = { domain: Inventory, expectations: { ...guided, ...few } }
  const { trials } = trialsOf(subject)
  const mutants = mutantsOf(
    observe(
      Inventory,
      trials.map(({ history }) => history),
    ),
  )

  for (const [operator, name, scenario] of samples) {
    test(`${operator}: a scenario notices that ${name}`, () => {
      const mutant = mutants.find((each) => each.name === name)
      expect(mutant?.operator).toBe(operator)
      const expectations = { ...guided, scenarios: { 'this one': scenario } }
      const { killerOf, broken } = killersOf({ domain: Inventory, expectations }, () => [], trials)
      expect(broken).toEqual([])
      expect(mutant && killerOf(mutant.domain)).toBe('scenario.this one')
    })
  }

  test('fields swapped: a scenario notices that Transferred is recorded with its from and its to exchanged', () => {
    const name = 'Transferred is recorded with its from and its to exchanged'
    expect(mutationScore(Transfers, transfers, few).survivors.map((survivor) => survivor.name)).toContain(
      name,
    )
    const facts = { from: 'ann', to: 'bob', cents: 5 }
    const scenarios = {
      'this one': (domain: typeof Transfers) =>
        deepStrictEqual(
          domain.decide({ type: 'Transfer', ...facts })(domain.initialState),
          E.right([{ type: 'Transferred', ...facts }]),
        ),
    }
    const { killed } = mutationScore(Transfers, { ...transfers, scenarios }, few)
    expect(killed).toContainEqual({ name, operator: 'fields swapped', by: 'scenario.this one' })
  })

  test('survives where nothing is expected, unless the coverage notices it', () => {
    const { killed, survivors } = mutationScoreBy(() => [])(subject, few)
    const surviving = new Set(survivors.map(({ operator }) => operator))
    expect(samples.map(([operator]) => operator).filter((operator) => !surviving.has(operator))).toEqual([
      'event not recorded',
      'command does nothing',
      'command always rejected',
      'wrong rejection',
      'never terminal',
    ])
    expect([...new Set(killed.map(({ by }) => by))]).toEqual(['coverage'])
  })
})
