/**
 * The laws of arbitrary histories, and what they are for: a fault that takes five commands to see is found soon, and
 * shown with those five commands.
 */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { decider } from 'decider-ts/decide'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryDomain } from '../../../../src/harness/arbitrary/ArbitraryDomain.js'
import { arbitraryHistory } from '../../../../src/harness/domain/ArbitraryHistory.js'
import type { Expectations } from '../../../../src/harness/domain/Expectations.js'
import { type History, historyOf } from '../../../../src/harness/domain/History.js'
import { withContext } from '../../../../src/harness/domain/WithContext.js'
import { Command, type Event, Inventory, type Rejection, type State } from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import {
  defective,
  descended,
  descent,
  forgetful,
  isConservedIn,
  shortestProof,
  suggested,
} from './Samples.js'

type Expected = Expectations<Command, State, Event, Rejection>
type Made = History<Command, State, Event, Rejection>
type Make = (domain: typeof Inventory, expectations?: Expected) => fc.Arbitrary<Made>

/** Derived once: the codecs are the same for all of these domains, and deriving takes longer than a short history. */
const derived = arbitraryDomain(Inventory)

const real: Make = (domain, expectations) => arbitraryHistory(domain, expectations, derived)

const commandsOf = ({ steps }: Made): ReadonlyArray<Command> => steps.map(({ command }) => command)

const anyExpectations: fc.Arbitrary<Expected> = fc.record(
  { commandsMax: fc.integer({ min: 0, max: 12 }), commandGen: fc.constant(suggested) },
  { requiredKeys: [] },
)

/** Histories, and what they become when they are made smaller. */
const met = (
  make: Make,
  domain: typeof Inventory,
  { seed, way, ...expectations }: Expected & { readonly seed: number; readonly way: ReadonlyArray<number> },
): ReadonlyArray<Made> => {
  const arbitrary = make(domain, expectations)
  return fc
    .sample(withContext(arbitrary), { seed, numRuns: 3 })
    .flatMap((value) => descended(arbitrary, value, way))
}

const course = fc
  .tuple(anyExpectations, fc.record({ seed: fc.integer(), way: descent }))
  .map(([expectations, place]) => ({ ...expectations, ...place }))

const replayed = (make: Make) =>
  fc.property(course, (any) => {
    for (const history of met(make, forgetful, any))
      deepStrictEqual(history, historyOf(forgetful)(commandsOf(history)))
  })

law('HISA-1 replayed', replayed(real))
law.rejects(
  'HISA-1',
  'histories that lose their first step and are not decided again',
  replayed((...all) => real(...all).map((history) => ({ ...history, steps: history.steps.slice(1) }))),
)

const repeatable = (make: Make) =>
  fc.property(course, (any) => deepStrictEqual(met(make, Inventory, any), met(make, Inventory, any)))

law('HISA-2 repeatable', repeatable(arbitraryHistory), { numRuns: 20 })
const forgottenPools = () => {
  const shared = { ...arbitraryDomain(Inventory), beginHistory: () => undefined }
  return repeatable((domain, expectations) => arbitraryHistory(domain, expectations, shared))
}
law.rejects('HISA-2', 'histories that remember the ids of earlier ones', forgottenPools())

const minimal = (make: Make) =>
  fc.property(fc.integer(), (seed) => {
    const details = fc.check(fc.property(make(forgetful), isConservedIn), { seed, numRuns: 50 })
    const commands = details.counterexample ? commandsOf(details.counterexample[0]) : []
    for (const index of commands.keys())
      ok(isConservedIn(historyOf(forgetful)(commands.toSpliced(index, 1))), `${index} is not needed`)
  })

law('HISA-3 minimal', minimal(real), { numRuns: 20 })
law.rejects(
  'HISA-3',
  'histories that are left as they were found',
  minimal((...all) => fc.noShrink(real(...all))),
)
law.rejects(
  'HISA-3',
  'histories of which only the end is cut off',
  minimal((domain) =>
    fc.infiniteStream(derived.command).map((commands) => historyOf(domain)([...commands.take(40)])),
  ),
)

const throwing: Pick<Expected, 'commandGen'> = {
  commandGen: ({ stock }) => {
    if (stock % 2 === 0) throw new Error('a defect of the user')
    return fc.constant<Command>({ type: 'Close' }).map(() => {
      throw new Error('a defect of the arbitrary')
    })
  },
}

const noDefectEscapes = (make: Make) =>
  fc.property(defective, course, fc.boolean(), (domain, any, isThrowing) => {
    ok(met(make, domain, { ...any, ...(isThrowing && throwing) }).length > 0)
  })

law('HISA-4 no defect escapes', noDefectEscapes(real))
law.rejects(
  'HISA-4',
  'histories run by a decider without care',
  noDefectEscapes((domain) =>
    fc.array(derived.command).map((commands) => {
      decider.run(domain)(commands)
      return historyOf(domain)(commands)
    }),
  ),
)

const byHand = (make: Make) =>
  fc.property(fc.array(derived.command, { minLength: 1, maxLength: 20 }), (commands) => {
    const handmade = historyOf(Inventory)(commands)
    const arbitrary = make(Inventory)
    ok(arbitrary.canShrinkWithoutContext(handmade))
    const [smaller] = [...arbitrary.shrink(handmade, undefined).take(1)]
    ok(smaller !== undefined && smaller.value.steps.length < commands.length)
  })

law('HISA-5 by hand', byHand(real))
law.rejects(
  'HISA-5',
  'histories that know only their own',
  byHand((...all) => real(...all).map((history) => history)),
)

test('HISA-5 by hand: an example is shown with what matters of it', () => {
  const id = 'some reservation'
  const commands = [
    { type: 'Receive', quantity: 7 },
    { type: 'Open' },
    { type: 'Receive', quantity: 70 },
    { type: 'Reserve', id: 'another', quantity: 3 },
    { type: 'Receive', quantity: 20 },
    { type: 'Reserve', id, quantity: 80 },
    { type: 'Confirm', id },
    { type: 'Release', id: 'another' },
    { type: 'Release', id },
    { type: 'Close' },
  ].filter(Command.is)
  const { counterexample } = fc.check(fc.property(arbitraryHistory(forgetful), isConservedIn), {
    examples: [[historyOf(forgetful)(commands)]],
    numRuns: 1,
  })
  expect(counterexample?.[0] && commandsOf(counterexample[0])).toEqual([
    { type: 'Open' },
    { type: 'Receive', quantity: 1 },
    { type: 'Reserve', id: 'a', quantity: 1 },
    { type: 'Confirm', id: 'a' },
    { type: 'Release', id: 'a' },
  ])
})

test('a history that began with events is not made smaller: its commands alone would lead elsewhere', () => {
  const arbitrary = arbitraryHistory(Inventory)
  expect(
    arbitrary.canShrinkWithoutContext(historyOf(Inventory)([{ type: 'Close' }], [{ type: 'Opened' }])),
  ).toBe(false)
  expect(arbitrary.canShrinkWithoutContext(historyOf(Inventory)([], [{ type: 'Opened' }]))).toBe(false)
  expect(arbitrary.canShrinkWithoutContext(historyOf(Inventory)([]))).toBe(true)
  expect(
    [undefined, null, 7, {}, { steps: [], events: 1 }].some((no) => arbitrary.canShrinkWithoutContext(no)),
  ).toBe(false)
})

const inBounds = (make: Make) =>
  fc.property(course, ({ commandGen: _, ...any }) => {
    for (const history of met(make, Inventory, any)) {
      ok(history.steps.length <= (any.commandsMax ?? 30))
      ok(commandsOf(history).every(Command.is))
    }
  })

law('HISA-6 in bounds', inBounds(real))
law.rejects(
  'HISA-6',
  'histories of one command more',
  inBounds((domain, { commandsMax = 30, ...rest } = {}) =>
    arbitraryHistory(domain, { ...rest, commandsMax: commandsMax + 1 }),
  ),
)

/** A command that no codec gives, so that it is known by whom it was drawn. */
const marked: Command = { type: 'Reserve', id: 'suggested' as never, quantity: 1 as never }

const mixed = (make: Make) =>
  fc.property(fc.integer(), (seed) => {
    const histories = fc.sample(make(Inventory, { commandGen: () => fc.constant(marked) }), {
      seed,
      numRuns: 100,
    })
    const commands = histories.flatMap(commandsOf)
    const share = commands.filter((command) => command === marked).length / commands.length
    ok(share > 0.5 && share < 0.8, `${share} are suggested`)
  })

law('HISA-7 mixed', mixed(real), { numRuns: 10 })
law.rejects(
  'HISA-7',
  'histories of suggestions only',
  mixed((domain, { commandGen } = {}) =>
    fc
      .array(commandGen?.(domain.initialState) ?? fc.constant(marked))
      .map((commands) => historyOf(domain)(commands)),
  ),
)
law.rejects(
  'HISA-7',
  'histories without suggestions',
  mixed((domain) => arbitraryHistory(domain)),
)

interface Search {
  readonly runs: number
  readonly commands: ReadonlyArray<string>
}

/** The fault looked for with the seeds from 1, in up to 300 histories each. */
const searched = (expectations: Expected, domain = forgetful, seeds = 30): ReadonlyArray<Search> =>
  Array.from({ length: seeds }, (_, index) => {
    const property = fc.property(real(domain, expectations), isConservedIn)
    const { failed, numRuns, counterexample } = fc.check(property, { seed: index + 1, numRuns: 300 })
    const commands = counterexample?.[0] ? commandsOf(counterexample[0]).map(({ type }) => type) : []
    return { runs: failed ? numRuns : Number.POSITIVE_INFINITY, commands }
  })

const mean = (numbers: ReadonlyArray<number>): number =>
  numbers.reduce((sum, n) => sum + n, 0) / numbers.length

test('with suggestions a fault of five commands is found within 20 histories on average, and shown with five', () => {
  const found = searched({ commandGen: suggested })
  expect(mean(found.map(({ runs }) => runs))).toBeLessThan(20)
  expect(found.map(({ commands }) => commands)).toEqual(found.map(() => shortestProof))
})

test('without a word about the domain it is found within 300 histories for every seed, and shown with five', () => {
  const found = searched({})
  expect(Math.max(...found.map(({ runs }) => runs))).toBeLessThanOrEqual(300)
  expect(found.map(({ commands }) => commands)).toEqual(found.map(() => shortestProof))
})

test('what takes many commands of one type is found too, though no other may come in between', () => {
  const isBelow = ({ steps }: Made): boolean =>
    steps.every(
      ({ after }) => Object.values(after.reservations).filter(({ confirmed }) => !confirmed).length < 4,
    )
  const property = fc.property(arbitraryHistory(Inventory, { commandGen: suggested }), isBelow)
  const shown = fc.check(property, { seed: 1, numRuns: 300 }).counterexample?.[0]
  expect(shown && commandsOf(shown).map(({ type }) => type)).toEqual([
    'Open',
    'Receive',
    'Reserve',
    'Reserve',
    'Reserve',
    'Reserve',
  ])
})

test('where there is no fault nothing is found', () => {
  expect(searched({}, Inventory, 2).map(({ runs }) => runs)).toEqual([
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ])
})

test('a report of fast-check reads as what was given, asked and answered', () => {
  const { counterexample } = fc.check(fc.property(arbitraryHistory(forgetful), isConservedIn), { seed: 1 })
  expect(fc.stringify(counterexample?.[0])).toBe(
    [
      'Given nothing',
      'When Open then Opened',
      'When Receive { quantity: 1 } then Received { quantity: 1 }',
      "When Reserve { id: 'a', quantity: 1 } then Reserved { id: 'a', quantity: 1 }",
      "When Confirm { id: 'a' } then Confirmed { id: 'a', quantity: 1 }",
      "When Release { id: 'a' } then Released { id: 'a', quantity: 1 }",
    ].join('\n'),
  )
})
