/**
 * The suites of process managers and of their runners, tested by the zoo: what is right passes, and what is broken fails
 * first at the law that names its fault.
 */
import { describe, expect, test } from 'vitest'
import { failuresOf } from './zoo/Failures.js'
import { brokenManagers, brokenRunners, goodManagers, goodRunners } from './zoo/Processes.js'
import type { Specimen } from './zoo/Views.js'

const passes = (name: string, checks: Specimen['checks']) =>
  test(`${name} passes`, async () => {
    expect(await failuresOf(checks())).toEqual([])
  })

const isCaught = ({ what, caughtBy, also = [], checks }: Specimen) =>
  test(`one that ${what} is caught by ${caughtBy}`, async () => {
    const failures = await failuresOf(checks())
    expect(failures.map(({ law }) => law)).toEqual([caughtBy, ...also])
    // A suite that cannot do its work finds nothing out.
    expect(failures.filter(({ message }) => message.includes('could not be checked'))).toEqual([])
  })

describe('process managers', () => {
  for (const [name, checks] of Object.entries(goodManagers)) passes(name, checks)
  for (const specimen of brokenManagers) isCaught(specimen)
})

describe('runners', () => {
  for (const [name, checks] of Object.entries(goodRunners)) passes(name, checks)
  for (const specimen of brokenRunners) isCaught(specimen)
})

test('every law of the two suites catches something', () => {
  const namesOf = (specimens: ReadonlyArray<Specimen>) =>
    new Set(specimens.flatMap(({ checks }) => checks().map(({ name }) => name.split(':')[0])))
  const caught = (specimens: ReadonlyArray<Specimen>) => new Set(specimens.map(({ caughtBy }) => caughtBy))
  expect([...caught(brokenManagers)].sort()).toEqual([...namesOf(brokenManagers)].sort())
  expect([...caught(brokenRunners)].sort()).toEqual([...namesOf(brokenRunners)].sort())
})
