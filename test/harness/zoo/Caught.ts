/**
 * What is asked of the suites of views, projections, process managers and runners: what is right passes, and what is
 * broken fails first at the law that names its fault.
 */
import { expect, test } from 'vitest'
import { failuresOf } from './Failures.js'
import type { Specimen } from './Views.js'

/** Checks of which none may fail. */
export const passes = (name: string, checks: Specimen['checks']): void =>
  test(`${name} passes`, async () => {
    expect(await failuresOf(checks())).toEqual([])
  })

/** A specimen that is caught by the laws that it says, and by no other. */
export const isCaught = ({ what, caughtBy, also = [], checks }: Specimen): void =>
  test(`one that ${what} is caught by ${caughtBy}`, async () => {
    const failures = await failuresOf(checks())
    expect(failures.map(({ law }) => law)).toEqual([caughtBy, ...also])
    // A suite that cannot do its work finds nothing out.
    expect(failures.filter(({ message }) => message.includes('could not be checked'))).toEqual([])
  })

/** Each law of the suite of these specimens catches one of them. */
export const eachCatches = (specimens: ReadonlyArray<Specimen>): void => {
  const names = new Set(specimens.flatMap(({ checks }) => checks().map(({ name }) => name.split(':')[0])))
  const caught = new Set(specimens.map(({ caughtBy }) => caughtBy))
  expect([...caught].sort()).toEqual([...names].sort())
}
