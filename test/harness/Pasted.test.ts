/**
 * Whatever is found in the zoo is printed as a test that shows it again, in the situation alone: with no seed, with no
 * generation, and with expectations only where the law comes from them.
 */
import { given } from 'decider-ts/harness'
import { expect, test } from 'vitest'
import { catalogue } from '../../src/harness/domain/Catalogue.js'
import { trialsOf } from '../../src/harness/domain/Trial.js'
import { testOf } from '../../src/harness/report/Counterexample.js'
import { Inventory } from './Inventory.js'
import { behaviourZoo } from './zoo/Behaviour.js'
import { type Broken, subjectOf } from './zoo/Broken.js'
import { purityZoo } from './zoo/Purity.js'
import { storageZoo } from './zoo/Storage.js'

/** What it answers depends on what it was asked last, so a situation alone may not show it. */
const remembersTheLast = 'the last answer, kept'

const zoo: ReadonlyArray<Broken> = [...purityZoo, ...storageZoo, ...behaviourZoo].filter(
  ({ what }) => what !== remembersTheLast,
)

/** Laws that there are only for a domain with such expectations, or with upcasters. */
const isOfThisDomain = (id: string): boolean =>
  /^(invariant|postcondition|relation|idempotent|inert|scenario|upcast|commandGen)\b/.test(id)

/** Runs a printed test for a domain; it throws what the test throws. */
const paste = (code: string, domain: unknown, expectations: unknown): void => {
  const run = new Function('test', 'given', 'Inventory', 'expectations', code)
  run((_: string, body: () => void) => body(), given, domain, expectations)
}

test.each(zoo.map((each) => [each.what, each] as const))('printed as a test: %s', (_, each) => {
  const subject = subjectOf({ ...each, expectations: { ...each.expectations, histories: 50 } })
  const law = catalogue(subject).find(({ id }) => id === each.caughtBy)
  const found = law && trialsOf(subject).smallestBreach(law)
  const code = found && testOf(subject)(each.caughtBy, found)
  if (code === undefined) throw new Error('No test is printed.')
  expect(() => paste(code, subject.domain, subject.expectations)).toThrow(`breaks ${each.caughtBy}`)
  if (!isOfThisDomain(each.caughtBy)) {
    expect(code).not.toContain('expectations')
    paste(code, Inventory, {})
  } else if (each.caughtBy !== 'upcast.current') expect(code).toContain(', expectations)')
})
