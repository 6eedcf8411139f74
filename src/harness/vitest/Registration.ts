/**
 * The bridge to vitest: checks become tests, and tables become annotations. It is apart from the harness, which needs no
 * test runner, and it is small, so that a bridge to another runner is an afternoon's work.
 * Used by: tests of domains, of stores, of views and of process managers.
 * @since 0.1.0
 */
import { describe, test } from 'vitest'
import type { Domain } from '../../decide/Domain.js'
import type { Check } from '../Check.js'
import type { Expectations } from '../domain/Expectations.js'
import { type DomainSuiteOptions, domainSuite } from '../domain/Suite.js'
import { BrokenLaw } from '../report/BrokenLaw.js'
import { regressionChecks } from '../report/Regression.js'
import { type Address, isWritingAsked, readRegressions, writeRegression } from '../report/RegressionFile.js'

/** What is checked beyond the laws, where breaches are recorded, and whether new ones are. */
export interface CheckOptions extends DomainSuiteOptions {
  /**
   * A file of breaches that were found before, which are checked first: a path from where vitest is started, or a `URL`.
   * A file that is not there yet holds none.
   */
  readonly regressions?: string | Address
  /** Whether a new breach is added to that file. Unless given: if the environment says `DECIDER_REGRESSIONS=write`. */
  readonly write?: boolean
}

/** The first check generates the histories for all, so it may take longer than a test usually does. */
const timeoutMs = 60_000

/**
 * Registers the checks of a domain as tests: those of recorded breaches first, then one for each law, then the
 * coverage.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain, reject } from 'decider-ts/decide'
 * import { given } from 'decider-ts/harness'
 * import { check } from 'decider-ts/harness/vitest'
 * import { test } from 'vitest'
 * const Door = domain({
 *   name: 'door',
 *   command: t.type({ type: t.literal('Open') }),
 *   event: t.type({ type: t.literal('Opened') }),
 *   rejection: t.type({ type: t.literal('AlreadyOpen') }),
 *   state: t.type({ open: t.boolean }),
 *   streamId: () => 'front',
 *   initialState: { open: false },
 *   evolve: () => ({ open: true }),
 *   decide: () => (state) => (state.open ? reject({ type: 'AlreadyOpen' }) : accept({ type: 'Opened' })),
 * })
 * check(Door, { histories: 50 })
 * test('a door opens', () => {
 *   given(Door).when({ type: 'Open' }).then({ type: 'Opened' })
 * })
 */
export const check = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  options: NoInfer<Expectations<Command, State, Event, Rejection>> & CheckOptions = {},
): void => {
  const { regressions, write = isWritingAsked(), mutants, ...expectations } = options
  const text = regressions === undefined ? undefined : readRegressions(regressions)
  const found = domainSuite(domain, expectations, mutants && { mutants })
  checkAll(domain.name, [
    ...(text === undefined ? noneRecorded(regressions) : regressionChecks(domain, text, expectations)),
    ...(regressions !== undefined && write ? found.map((each) => recording(each, regressions)) : found),
  ])
}

/** A file that is not there is said to be not there: its name could be misspelled. */
const noneRecorded = (file: string | Address | undefined): ReadonlyArray<Check> => {
  if (file === undefined) return []
  return [{ name: `no regressions are recorded yet: there is no ${pathOf(file)}`, run: async () => '' }]
}

/** A check that adds the breach that it finds to a file, and says so. */
const recording = ({ name, run }: Check, file: string | Address): Check => ({
  name,
  run: () =>
    run().catch((error: unknown) => {
      if (!(error instanceof BrokenLaw) || error.regression === undefined) throw error
      const { message, lawId, regression } = error
      const where = writeRegression(file, regression) ? 'Recorded in' : 'It is recorded already in'
      throw new BrokenLaw(`${message}\n\n${where} ${pathOf(file)}.`, lawId, regression)
    }),
})

const pathOf = (file: string | Address): string => (typeof file === 'string' ? file : file.href)

/** A check of any suite. If it resolves to a text, that is what was looked at. */
export interface AnyCheck {
  readonly name: string
  readonly run: () => Promise<unknown>
}

/**
 * Registers checks as tests, under a common name. A text of several lines is a table worth seeing, and becomes an
 * annotation of its test; nothing else is said of checks that pass.
 * @example
 * import { checkAll } from 'decider-ts/harness/vitest'
 * import { expect } from 'vitest'
 * checkAll('arithmetic', [{ name: 'one and one', run: async () => expect(1 + 1).toBe(2) }])
 */
export const checkAll = (name: string, checks: ReadonlyArray<AnyCheck>): void => {
  describe(name, () => {
    for (const { name: title, run } of checks) {
      test(title, { timeout: timeoutMs }, async ({ annotate }) => {
        const text = await run()
        if (typeof text === 'string' && text.includes('\n')) await annotate(text, 'coverage')
      })
    }
  })
}
