/**
 * A domain examined in one go: all its laws, how much of it the histories reached, and what else is worth saying. The
 * result is a value, for those who make something else of it than tests: a report, a page, a number in a build.
 * Used by: whoever wants the whole picture; test runners use `domainSuite`.
 *
 * Laws (test/properties/harness/domain/Examination.test.ts):
 * - EXA-1 every law: each law of the catalogue has one verdict, in the order of the catalogue.
 * - EXA-2 broken or not: a law is broken exactly when some trial breaks it, and the breach comes with it.
 * - EXA-3 replayable: the same domain and the same expectations are examined with the same result.
 * @since 0.1.0
 */
import type { Domain } from '../../decide/Domain.js'
import type { Check } from '../Check.js'
import type { Coverage } from '../coverage/Coverage.js'
import { gapsOf } from '../coverage/Gaps.js'
import { moreUntilCovered } from '../coverage/MoreUntilCovered.js'
import { showCoverage } from '../coverage/ShowCoverage.js'
import type { Expectations } from './Expectations.js'
import { inquiryOf, type LawVerdict } from './Inquiry.js'
import { elsewhereChecks } from './laws/Elsewhere.js'
import { remarksOn } from './Remarks.js'

/** What was found out about a domain. */
export interface Examination<Command, Event> {
  /** The name of the domain. */
  readonly name: string
  readonly seed: number
  /** How many histories were generated. */
  readonly histories: number
  /** How many commands they have together. */
  readonly steps: number
  /** One for each law, in the order in which they are to be mended. */
  readonly verdicts: ReadonlyArray<LawVerdict<Command, Event>>
  readonly coverage: Coverage
  /** What no history reached though the codecs declare it, a sentence each. */
  readonly gaps: ReadonlyArray<string>
  /** What is no fault, but worth knowing, a sentence each. */
  readonly remarks: ReadonlyArray<string>
}

/**
 * Examines a domain.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain, reject } from 'decider-ts/decide'
 * import { examine } from 'decider-ts/harness'
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
 * const { histories, verdicts } = await examine(Door, { histories: 50 })
 * histories // => 50
 * verdicts.filter(({ verdict }) => verdict === 'broken') // => []
 */
export const examine = async <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  expectations: NoInfer<Expectations<Command, State, Event, Rejection>> = {},
): Promise<Examination<Command, Event>> => {
  const subject = { domain, expectations }
  const inquiry = inquiryOf(subject)
  const { seed, trials } = inquiry.trials()
  const histories = trials.map(({ history }) => history)
  const coverage = moreUntilCovered(subject)(histories)
  const verdicts: Array<LawVerdict<Command, Event>> = inquiry.laws.map(({ verdict }) => verdict())
  for (const check of elsewhereChecks(subject)) verdicts.push(await verdictOfCheck(check))
  return {
    name: domain.name,
    seed,
    histories: histories.length,
    steps: histories.reduce((total, { steps }) => total + steps.length, 0),
    verdicts,
    coverage,
    gaps: gapsOf(subject)(coverage),
    remarks: remarksOn(domain),
  }
}

/** A check that could not be done says so in its first words. */
const verdictOfCheck = async ({ name, run }: Check): Promise<LawVerdict<never, never>> => {
  const [law = name, ...rest] = name.split(': ')
  const statement = rest.join(': ')
  try {
    const text = await run()
    const verdict = text.toLowerCase().startsWith('not checked') ? 'not checked' : 'holds'
    return { law, statement, verdict, text }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return { law, statement, verdict: 'broken', text }
  }
}

const marks = { holds: '✓', broken: '✗', 'not checked': '–' }

/**
 * An examination as text: the laws, then each breach with its test to paste, then how much was reached, then remarks.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain } from 'decider-ts/decide'
 * import { examine, showExamination } from 'decider-ts/harness'
 * const Bell = domain({
 *   name: 'bell',
 *   command: t.type({ type: t.literal('Ring') }),
 *   event: t.type({ type: t.literal('Rang') }),
 *   rejection: t.type({ type: t.literal('Broken') }),
 *   state: t.type({ rings: t.number }),
 *   streamId: () => 'tower',
 *   initialState: { rings: 0 },
 *   evolve: ({ rings }) => ({ rings: rings + 1 }),
 *   decide: () => () => accept({ type: 'Rang' }),
 * })
 * showExamination(await examine(Bell, { histories: 20 })).startsWith('bell: ') // => true
 */
export const showExamination = (examination: Examination<unknown, unknown>): string => {
  const { name, seed, histories, steps, verdicts, coverage, gaps, remarks } = examination
  const count = (wanted: LawVerdict<unknown, unknown>['verdict']): number =>
    verdicts.filter(({ verdict }) => verdict === wanted).length
  const counts = `${count('holds')} hold, ${count('broken')} broken, ${count('not checked')} not checked`
  return [
    `${name}: of ${verdicts.length} laws ${counts} (${histories} histories with ${steps} commands, seed ${seed})`,
    verdicts.map(line).join('\n'),
    ...verdicts.filter(({ verdict }) => verdict === 'broken').map(({ text }) => text),
    showCoverage(coverage),
    ...listed('Not reached', gaps),
    ...listed('Remarks', remarks),
  ].join('\n\n')
}

const line = ({ law, statement, verdict, text }: LawVerdict<unknown, unknown>): string =>
  `  ${marks[verdict]} ${law}: ${statement}${verdict === 'not checked' ? ` (${text})` : ''}`

const listed = (heading: string, sentences: ReadonlyArray<string>): ReadonlyArray<string> =>
  sentences.length === 0 ? [] : [[heading, ...sentences.map((sentence) => `  ${sentence}`)].join('\n')]
