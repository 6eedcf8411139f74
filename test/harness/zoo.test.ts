/**
 * The harness tested as a whole: every broken domain of the zoo is asked all laws, the one that names its fault must be
 * the first to fail, and besides those that are listed along with it no other may. Good domains must keep all of them, and
 * for each law there is a domain whose fault it names.
 */
import { accept, combine, domain, reject, type Typed } from 'decider-ts/decide'
import { gapsOf, moreUntilCovered } from 'decider-ts/harness'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { Account } from '../../examples/banking/Account.js'
import { catalogue } from '../../src/harness/domain/Catalogue.js'
import type { Law, Subject } from '../../src/harness/domain/Law.js'
import { trialsOf } from '../../src/harness/domain/Trial.js'
import { trialOf } from '../../src/harness/scenario/Situation.js'
import { zoo as storeZoo } from '../conformance/zoo/index.js'
import { Inventory, parts } from './Inventory.js'
import { behaviourExpectations } from './zoo/Behaviour.js'
import { type Broken, broken, failingOf, subjectOf } from './zoo/Broken.js'
import { commandGen } from './zoo/CommandGen.js'
import { zoo, zooByFamily } from './zoo/index.js'
import { brokenManagers, brokenRunners } from './zoo/Processes.js'
import { brokenProjections, brokenViews } from './zoo/Views.js'

type AnySubject = Subject<Typed, unknown, Typed, Typed>

/** Every fault of the zoo shows in so many histories. */
const few = (each: Broken): AnySubject =>
  subjectOf({ ...each, expectations: { histories: 50, ...each.expectations } })

const gapsIn = (subject: AnySubject, { trials } = trialsOf(subject)) =>
  gapsOf(subject)(moreUntilCovered(subject)(trials.map(({ history }) => history)))

/** A law of expectations is named after what is expected; they are of one kind whatever that is. */
const kindOf = (id: string): string =>
  id.replace(/^(invariant|postcondition|relation|idempotent|scenario|inert)\..*$/, '$1')

/** It depends on what it was asked last, which no situation says. */
const isMetAgain = ({ what }: Broken): boolean => what !== 'the last answer, kept'

const isOfCoverage = ({ caughtBy }: Broken): boolean => caughtBy === 'coverage'

const named = (list: ReadonlyArray<Broken>) => list.map((each) => [each.what, each] as const)

describe('broken domains', () => {
  test.each(named(zoo.filter((each) => !isOfCoverage(each))))('found out: %s', (_, each) => {
    const { caughtBy, also = [], perhaps = [] } = each
    const subject = few(each)
    const found = failingOf(catalogue, subject)
    const ids = found.map(({ id }) => id)
    expect(ids[0]).toBe(caughtBy)
    expect(ids.filter((id) => !perhaps.includes(id))).toEqual([caughtBy, ...also])
    // What is printed as a test asks the same law about the past and the command of the breach, and nothing else.
    for (const { id, breach, commands } of found.filter(({ id }) => !perhaps.includes(id))) {
      expect(commands).toBeLessThanOrEqual(6)
      expect(breach.past.length).toBeLessThanOrEqual(5)
      expect(breach.cause).toMatch(
        id.startsWith('decide.') || id.startsWith('evolve.') ? ofTheDomain : sentence,
      )
      expect(breach.advice).toMatch(sentence)
      const law: Law<Typed, unknown, Typed, Typed> | undefined = catalogue(subject).find(
        (one) => one.id === id,
      )
      const situation = { past: breach.past, commands: breach.command === undefined ? [] : [breach.command] }
      if (isMetAgain(each))
        expect(law?.judge(trialOf(subject.domain)(situation)), `${id} is met again`).toBeDefined()
    }
  })

  // A fault that keeps a history from its end leaves gaps too, so coverage is asked only where all laws hold.
  test.each(named(zoo.filter(isOfCoverage)))('found out by the coverage alone: %s', (_, each) => {
    const subject = few(each)
    const trials = trialsOf(subject)
    expect(failingOf(catalogue, subject, trials)).toEqual([])
    expect(gapsIn(subject, trials)).not.toEqual([])
  })
})

const sentence = /^\S.*\.$/s
const ofTheDomain = /^`(decide|evolve)` .*\.$/s

test('for every law there is a broken domain whose fault it names', () => {
  const laws = zoo.flatMap((each) => catalogue(few(each)).map(({ id }) => kindOf(id)))
  const caught = new Set(zoo.map(({ caughtBy }) => kindOf(caughtBy)))
  expect(new Set([...laws, 'coverage'])).toEqual(caught)
})

test('what is wrong is told apart by its name, and there is much of it', () => {
  expect(new Set(zoo.map(({ what }) => what)).size).toBe(zoo.length)
  const counts = Object.entries(zooByFamily).map(([family, list]) => [family, list.length])
  expect(Object.fromEntries(counts)).toEqual({ purity: 33, storage: 20, behaviour: 17, coverage: 8 })
  // What is wrong with views, projections, process managers, runners and stores is found out by the tests of each.
  const others = [brokenViews, brokenProjections, brokenManagers, brokenRunners, storeZoo]
  expect(others.map(({ length }) => length)).toEqual([10, 18, 14, 11, 147])
})

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

const good: ReadonlyArray<Broken> = [
  broken('an inventory', { caughtBy: '' }, Inventory, { ...behaviourExpectations, commandGen }),
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

test.each(named(good))('nothing to find in %s', (_, each) => {
  const subject = subjectOf(each)
  const trials = trialsOf(subject)
  expect(failingOf(catalogue, subject, trials)).toEqual([])
  expect(catalogue(subject).flatMap(({ notChecked = [] }) => notChecked)).toEqual([])
  expect(gapsIn(subject, trials)).toEqual([])
})

test('whatever was examined, the sample domain is as it was', () => {
  expect(parts.initialState).toEqual({ status: 'new', stock: 0, received: 0, shipped: 0, reservations: {} })
})
