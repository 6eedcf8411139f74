/**
 * The laws of tests by example, what a failing one says, and that an example needs no casts: this file would not compile
 * otherwise.
 */
import { throws } from 'node:assert/strict'
import { given, ScenarioFailure, type WithoutBrands } from 'decider-ts/harness'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { describe, expect, test } from 'vitest'
import { isDecision, isDefect } from '../../../../src/harness/domain/History.js'
import { type Event, expectations, Inventory, type Rejection } from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import { faulty, steps } from './Faults.js'

const forgetful: typeof given = (domain, past = [], expected) => given(domain, past.slice(1), expected)

const agrees = (example: typeof given) =>
  fc.property(steps(), ({ past, command, outcome, after }) => {
    const when = example(Inventory, past).when(command)
    if (!isDecision(outcome)) return
    if (E.isRight(outcome)) when.then(...outcome.right).thenState(after)
    else when.thenRejected(outcome.left).thenState(after)
  })

law('GWT-1 agrees', agrees(given))
law.rejects('GWT-1', 'an example that loses an event of the past', agrees(forgetful))

/** What could be wrong with a list of events: one too few, one too many, another one, another order. */
const mistakes: ReadonlyArray<
  (events: ReadonlyArray<WithoutBrands<Event>>) => ReadonlyArray<WithoutBrands<Event>>
> = [
  (events) => events.slice(1),
  (events) => events.slice(0, -1),
  (events) => [...events, { type: 'Opened' }],
  (events) => [...events.slice(1), { type: 'Closed' }],
  (events) => [...events.slice(1), ...events.slice(0, 1)],
]

/** Three commands that are accepted: their events differ from each other. */
const amount = fc.integer({ min: 2, max: 1000 })
const accepted = fc.record({
  received: amount,
  reserved: fc.constant(1),
  mistake: fc.constantFrom(...mistakes),
})

const exact = (example: typeof given) =>
  fc.property(accepted, ({ received, reserved, mistake }) => {
    const when = example(Inventory, [{ type: 'Opened' }]).when(
      { type: 'Receive', quantity: received },
      { type: 'Reserve', id: 'a', quantity: reserved },
    )
    const events: ReadonlyArray<WithoutBrands<Event>> = [
      { type: 'Received', quantity: received },
      { type: 'Reserved', id: 'a', quantity: reserved },
    ]
    when.then(...events)
    throws(() => when.then(...mistake(events)), ScenarioFailure)
  })

/** Looks at which events there are, and not at all of what they say, or not at their order. */
const lenient =
  (view: (events: ReadonlyArray<unknown>) => unknown): typeof given =>
  (domain, past, expected) => {
    const real = given(domain, past, expected)
    return {
      ...real,
      when: (...commands) => {
        const when = real.when(...commands)
        return Object.assign({}, when, {
          // biome-ignore lint/suspicious/noThenProperty: it stands in for an example, which has one.
          then: (...events: ReadonlyArray<never>) =>
            when.thenEvents((actual) => {
              if (JSON.stringify(view(actual)) === JSON.stringify(view(events))) return true
              throw new ScenarioFailure('other events')
            }),
        })
      },
    }
  }

const typesOf = (events: ReadonlyArray<unknown>) => events.map((event) => (event as Event).type)

law('GWT-2 exact', exact(given))
law.rejects(
  'GWT-2',
  'events in any order',
  exact(lenient((events) => events.map((event) => JSON.stringify(event)).sort())),
)
law.rejects(
  'GWT-2',
  'events of which only the first is looked at',
  exact(lenient((events) => typesOf(events).slice(0, 1))),
)

const situations = fc.oneof(
  ...faulty.map((inventory) => steps(inventory).map((step) => ({ inventory, step }))),
)

const aLawAgain = (example: typeof given) =>
  fc.property(situations, ({ inventory, step: { past, command, outcome } }) => {
    const when = example(inventory, past).when(command)
    if (isDefect(outcome)) throws(() => when.obeys('decide.total'), /breaks decide\.total/)
    else when.obeys('decide.total')
  })

law('GWT-3 a law again', aLawAgain(given))
law.rejects(
  'GWT-3',
  'a law that is asked about no past',
  aLawAgain((domain, _, expected) => given(domain, [], expected)),
)

/** What an example says when it fails. */
const saidBy = (example: () => unknown): string => {
  try {
    example()
  } catch (error) {
    if (error instanceof Error) return error.message
  }
  return 'the example passes'
}

const stocked = given(Inventory, [{ type: 'Opened' }, { type: 'Received', quantity: 4 }])

describe('an example that fails says', () => {
  test('which event is another, and where', () => {
    const when = stocked.when({ type: 'Reserve', id: 'a', quantity: 3 })
    expect(saidBy(() => when.then({ type: 'Reserved', id: 'a', quantity: 2 }))).toBe(
      [
        'inventory: Reserve after Opened, Received led to other events than the example expects.',
        '',
        'Given',
        '  Opened',
        '  Received { quantity: 4 }',
        'When',
        "  Reserve { id: 'a', quantity: 3 }",
        'Expected',
        "  Reserved { id: 'a', quantity: 2 }",
        'Got',
        "  Reserved { id: 'a', quantity: 3 }",
        'Differences',
        '  event 1: quantity is 3, and should be 2',
      ].join('\n'),
    )
  })

  test('that a command was rejected', () => {
    const said = saidBy(() => stocked.when({ type: 'Reserve', id: 'a', quantity: 5 }).thenNothing())
    expect(said).toContain('was rejected, and the example expects nothing to happen.')
    expect(said).toContain('Got\n  rejected with OutOfStock')
  })

  test('that a command was accepted, or rejected for another reason', () => {
    const reserve = (quantity: number) => stocked.when({ type: 'Reserve', id: 'a', quantity })
    expect(saidBy(() => reserve(1).thenRejected('OutOfStock'))).toContain('was accepted, and the example')
    expect(saidBy(() => reserve(5).thenRejected('NotOpen'))).toContain(
      "Differences\n  type is 'OutOfStock', and should be 'NotOpen'",
    )
  })

  test('that an earlier command was rejected already', () => {
    const when = stocked.when({ type: 'Open' }, { type: 'Open' })
    expect(saidBy(() => when.thenRejected('AlreadyOpen'))).toContain('was rejected at command 1 already')
    expect(saidBy(() => when.thenNothing())).toContain('was rejected at command 1, and the example')
  })

  test('which field of the state is another', () => {
    expect(saidBy(() => stocked.thenState({ stock: 5 }))).toContain('stock is 4, and should be 5')
    expect(saidBy(() => stocked.thenState(({ stock }) => stock === 5))).toContain('answers true')
  })

  test('that decide threw, whatever was expected', () => {
    const [broken = Inventory] = faulty
    const when = given(broken, [{ type: 'Opened' }, { type: 'Received', quantity: 4 }]).when({
      type: 'Confirm',
      id: 'a',
    })
    for (const example of [() => when.thenNothing(), () => when.thenRejected(), () => when.thenState({})]) {
      expect(saidBy(example)).toContain('has no answer, because decide threw Error: no such reservation')
    }
  })

  test('what a law finds', () => {
    const [broken = Inventory] = faulty
    const when = given(broken, [{ type: 'Opened' }, { type: 'Received', quantity: 4 }]).when({
      type: 'Confirm',
      id: 'a',
    })
    expect(saidBy(() => when.obeys('decide.total'))).toContain(
      'Confirm after Opened, Received breaks decide.total.',
    )
  })

  test('both sides to the test runner', () => {
    const when = stocked.when({ type: 'Reserve', id: 'a', quantity: 3 })
    const failure = E.tryCatch(
      () => when.thenNothing(),
      (error) => error,
    )
    expect(failure).toMatchObject({
      left: { expected: [], actual: [{ type: 'Reserved', id: 'a', quantity: 3 }] },
    })
  })
})

describe('a mistake in an example', () => {
  test('is an event that the codec refuses', () => {
    expect(saidBy(() => given(Inventory, [{ type: 'Received', quantity: -1 }]))).toBe(
      "Event 1 of given(...) is none of the domain 'inventory': quantity is -1, which is not Quantity. " +
        "Correct the example: { type: 'Received', quantity: -1 }",
    )
    expect(saidBy(() => stocked.when({ type: 'Open' }, { type: 'Receive', quantity: 0 }))).toContain(
      "Command 2 of when(...) is none of the domain 'inventory': quantity is 0, which is not Quantity.",
    )
  })

  test('is a law that there is not', () => {
    expect(saidBy(() => stocked.obeys('decide.totl'))).toMatch(
      /^There is no law 'decide\.totl' for 'inventory'\. The laws are: decide\.total/,
    )
  })

  test('is an outcome that is not said, where the runner waits for it', async () => {
    const waiting = Promise.resolve<unknown>(stocked.when({ type: 'Close' }))
    await expect(waiting).rejects.toThrow(
      'inventory: Close after Opened, Received: this example does not say what comes then. End it with then(...)',
    )
  })
})

test('an example says events, a part of a rejection, a part of the state, a function, a law', () => {
  stocked
    .when({ type: 'Reserve', id: 'a', quantity: 3 })
    .then({ type: 'Reserved', id: 'a', quantity: 3 })
    .thenState({ stock: 1, reservations: { a: { quantity: 3, confirmed: false } } })
    .obeys('decide.total')
  stocked.when({ type: 'Open' }).thenRejected({ type: 'AlreadyOpen' })
  stocked.when({ type: 'Open' }).thenRejected()
  stocked.when({ type: 'Close' }).thenEvents((events) => events.length === 1)
  stocked.thenState(({ status }) => status === 'open').obeys('decide.total')
  given(Inventory, [], expectations).thenState({ status: 'new' })
})

test('what is no event, command, rejection or state does not compile', () => {
  const never = (_: () => unknown) => undefined
  // @ts-expect-error: there is no event of that type.
  never(() => given(Inventory, [{ type: 'Bought' }]))
  // @ts-expect-error: a quantity is a number.
  never(() => stocked.when({ type: 'Receive', quantity: '4' }))
  // @ts-expect-error: an id is missing.
  never(() => stocked.when({ type: 'Open' }).then({ type: 'Released', quantity: 4 }))
  // @ts-expect-error: there is no rejection of that type.
  never(() => stocked.when({ type: 'Open' }).thenRejected('Opened'))
  // @ts-expect-error: the state has no such field.
  never(() => stocked.thenState({ stok: 4 }))
  // @ts-expect-error: waiting for an example is a mistake.
  never(async () => await stocked.when({ type: 'Open' }))
  const plain: WithoutBrands<Rejection> = { type: 'NotOpen' }
  expect(Inventory.rejection.is(plain)).toBe(true)
})
