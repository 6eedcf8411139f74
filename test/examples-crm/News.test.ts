/**
 * What follows from news leads to the same relationship, and to the same diary, in whichever order the news comes and however
 * often: nothing keeps the feeds of two services in step.
 */
import { decider } from 'decider-ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Diary, type DiaryCommand } from '../../examples/crm/appointments/Domain.js'
import type { CustomerId } from '../../examples/crm/appointments/Words.js'
import { plain } from '../../examples/crm/Expected.js'
import { Relationship, type RelationshipCommand } from '../../examples/crm/relationships/Relationship.js'
import { seed } from '../properties/Law.js'

const customer = 'ada' as CustomerId & Extract<RelationshipCommand, { type: 'Begin' }>['customer']
type Met = Extract<RelationshipCommand, { type: 'RecordVisit' }>

/** An appointment is kept or missed, never both. */
const meetings: fc.Arbitrary<ReadonlyArray<RelationshipCommand>> = fc
  .array(fc.tuple(fc.constantFrom('2026-01-05', '2026-01-06', '2026-02-01'), fc.boolean()), { maxLength: 5 })
  .map((all) =>
    all.map(([on, isKept], index) => ({
      type: isKept ? 'RecordVisit' : 'RecordNoShow',
      customer,
      meeting: `a${index}` as Met['meeting'],
      on: on as Met['on'],
    })),
  )

const ofCustomer: fc.Arbitrary<ReadonlyArray<RelationshipCommand>> = fc.subarray<RelationshipCommand>([
  { type: 'Begin', customer },
  { type: 'End', customer },
])

/** Some news, once in order, and once in another order with some of it twice. */
const orders = fc.tuple(ofCustomer, meetings).chain(([first, then]) => {
  const news = [...first, ...then]
  const again = fc.subarray(news).chain((twice) =>
    fc.shuffledSubarray([...news, ...twice], {
      minLength: news.length + twice.length,
      maxLength: news.length + twice.length,
    }),
  )
  return again.map((other) => [news, other] as const)
})

type AnyRelationship = Pick<typeof Relationship, 'initialState' | 'evolve' | 'decide' | 'isTerminal'>

/** The level is said with the last meeting, so what is compared is the state, where it is counted. */
const isInsensitive = (relationship: AnyRelationship) =>
  fc.property(orders, ([news, other]) => {
    const [left, right] = [decider.run(relationship)(news), decider.run(relationship)(other)]
    expect(plain(left.state)).toEqual(plain(right.state))
  })

test('a relationship is the same whichever news comes first, and however often', () => {
  fc.assert(isInsensitive(Relationship), { seed, numRuns: 500 })
})

test('one that plans a follow-up without looking at later visits is not', () => {
  const hasty: AnyRelationship = {
    ...Relationship,
    decide: (command) => (state) => Relationship.decide(command)({ ...state, lastVisitOn: null }),
  }
  expect(fc.check(isInsensitive(hasty), { seed, numRuns: 500 }).failed).toBe(true)
})

test('one that counts a meeting each time it hears of it is not', () => {
  const forgetful: AnyRelationship = {
    ...Relationship,
    decide: (command) => (state) => Relationship.decide(command)({ ...state, visits: [] }),
  }
  expect(fc.check(isInsensitive(forgetful), { seed, numRuns: 500 }).failed).toBe(true)
})

test('whoever has left is not admitted by old news', () => {
  const news: ReadonlyArray<DiaryCommand> = [
    { type: 'Dismiss', customer },
    { type: 'Admit', customer },
    { type: 'Dismiss', customer },
  ]
  expect(decider.run(Diary)(news).state).toEqual({ customer: 'dismissed', appointments: [] })
})
