/**
 * Whom a campaign is for: a selection over everything that is known of customers here. It is a pure function of three read
 * models, so it can be asked of any state they have ever had.
 */
import * as t from 'io-ts'
import type { Bond, Habits, Person } from './Projections.js'
import type { CustomerId } from './Words.js'

/** What somebody has to be like; what is left out does not matter. Nobody is written to who does not want it. */
export const Selection = t.partial({
  segment: t.string,
  level: t.string,
  keptAtLeast: t.number,
  missedAtMost: t.number,
  spentAtLeast: t.number,
})
export type Selection = t.TypeOf<typeof Selection>

/** What is known of all customers: three read models, each with what its neighbour has said so far. */
export interface Known {
  readonly people: ReadonlyMap<string, Person>
  readonly habits: ReadonlyMap<string, Habits>
  readonly bonds: ReadonlyMap<string, Bond>
}

const noHabits: Habits = { open: 0, kept: 0, missed: 0 }
const noBond: Bond = { level: 'distant', spent: 0 }

/** The selected customers, by name. */
export const audienceOf =
  (selection: Selection) =>
  ({ people, habits, bonds }: Known): ReadonlyArray<CustomerId> =>
    [...people]
      .filter(([customer, person]) =>
        isSelected(selection, person, habits.get(customer) ?? noHabits, bonds.get(customer) ?? noBond),
      )
      .map(([customer]) => customer as CustomerId)
      .sort()

const isSelected = (selection: Selection, person: Person, habits: Habits, bond: Bond): boolean =>
  person.mayContact &&
  person.segment === (selection.segment ?? person.segment) &&
  bond.level === (selection.level ?? bond.level) &&
  habits.kept >= (selection.keptAtLeast ?? 0) &&
  habits.missed <= (selection.missedAtMost ?? habits.missed) &&
  bond.spent >= (selection.spentAtLeast ?? 0)
