/**
 * The laws of a domain as a list of named checks, for any test runner. The histories are generated when the first check
 * is run, and shared by all.
 * Used by: tests of domains; `decider-ts/harness/vitest` registers it in one line.
 *
 * Laws (test/properties/harness/domain/Suite.test.ts):
 * - SUI-1 one check a law: a check fails exactly when its law is broken, with the text that the examination has.
 * - SUI-2 nothing unseen: the check of the coverage fails exactly when a declared name is reached by no history.
 * - SUI-3 as many as asked: the check of the mutants fails exactly when fewer of a hundred are noticed than are asked for.
 * @since 0.1.0
 */
import type { Domain } from '../../decide/Domain.js'
import type { Check } from '../Check.js'
import { gapsOf } from '../coverage/Gaps.js'
import { moreUntilCovered } from '../coverage/MoreUntilCovered.js'
import { showCoverage } from '../coverage/ShowCoverage.js'
import { type MutationOptions, mutationScore } from '../mutation/MutationScore.js'
import { showMutationScore } from '../mutation/ShowMutationScore.js'
import { BrokenLaw } from '../report/BrokenLaw.js'
import type { Expectations } from './Expectations.js'
import { type Inquiry, inquiryOf, type LawVerdict } from './Inquiry.js'
import type { Subject } from './Law.js'
import { elsewhereChecks } from './laws/Elsewhere.js'
import { remarksOn } from './Remarks.js'

/** What a suite checks beyond the laws and the coverage. */
export interface DomainSuiteOptions {
  /**
   * How many of a hundred mutants of the domain the expectations must notice at least. It takes seconds, so mutants are
   * not checked unless this is given.
   */
  readonly mutants?: MutationOptions & { readonly leastPercent: number }
}

/**
 * The checks of a domain: one for each law, named by its id and its statement, and one that the histories reach all
 * that the codecs declare. Run them in this order: a law that is broken because an earlier one is says so.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain, reject } from 'decider-ts/decide'
 * import { domainSuite } from 'decider-ts/harness'
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
 * const checks = domainSuite(Door, { histories: 50 })
 * checks[0]?.name.split(': ')[0] // => 'decide.total'
 * await checks[0]?.run()
 */
export const domainSuite = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  expectations: NoInfer<Expectations<Command, State, Event, Rejection>> = {},
  { mutants }: DomainSuiteOptions = {},
): ReadonlyArray<Check> => {
  const subject = { domain, expectations }
  const inquiry = inquiryOf(subject)
  return [
    ...inquiry.laws.map(({ law, verdict }) => ({
      name: `${law.id}: ${law.statement}`,
      run: async () => textOf(verdict()),
    })),
    ...elsewhereChecks(subject),
    coverageCheck(subject, inquiry),
    ...(mutants === undefined ? [] : [mutantsCheck(subject, mutants)]),
  ]
}

const textOf = ({ verdict, text, law, regression }: LawVerdict<unknown, unknown>): string => {
  if (verdict === 'broken') throw new BrokenLaw(text, law, regression)
  return text
}

const coverageCheck = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
  inquiry: Inquiry<Command, State, Event, Rejection>,
): Check => ({
  name: 'coverage: the histories reach every command, event and rejection that is declared',
  run: async () => {
    const coverage = moreUntilCovered(subject)(inquiry.trials().trials.map(({ history }) => history))
    const gaps = gapsOf(subject)(coverage)
    if (gaps.length === 0) return [showCoverage(coverage), ...remarksOn(subject.domain)].join('\n')
    throw new Error([...gaps, '', showCoverage(coverage)].join('\n'))
  },
})

const mutantsCheck = <Command, State, Event, Rejection>(
  { domain, expectations }: Subject<Command, State, Event, Rejection>,
  { leastPercent, ...options }: NonNullable<DomainSuiteOptions['mutants']>,
): Check => ({
  name: `mutants: of a hundred mistakes, the expectations notice at least ${leastPercent}`,
  run: async () => {
    const score = mutationScore(domain, expectations, options)
    if (score.percent >= leastPercent) return showMutationScore(score)
    const asked = `Of a hundred mistakes, the expectations notice ${score.percent}, and at least ${leastPercent} are asked for.`
    throw new Error(`${asked}\n\n${showMutationScore(score)}`)
  },
})
