/**
 * A law with its samples and its judge, and the check that comes of it. The judge answers with a finding in words, so that
 * a failure reads the same in every suite: what broke, the smallest data that breaks it, what to do.
 * Used by: `ViewSuite`, `ProjectionSuite`, `ProcessManagerSuite`, `ProcessRunnerSuite`.
 *
 * Laws (test/properties/harness/delivery/JudgedLaw.test.ts):
 * - JLW-1 smallest: a check fails exactly where a judge finds something in some sample, and tells what it finds in the
 *   smallest one.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type { Check } from '../Check.js'
import { usualSeed } from '../domain/Trial.js'

/** What a judge found. */
export interface LawFinding {
  /** What happened, in whole sentences. */
  readonly cause: string
  /** The data that shows it, as source text to paste, by the name of a constant. */
  readonly data: Readonly<Record<string, string>>
  /** How to meet it again with these constants, as source text; none where it is plain to see. */
  readonly again?: string
  /** What to do about it, in one sentence. */
  readonly advice: string
}

/** A law that can be checked by samples. */
export interface JudgedLaw<Sample> {
  /** In dotted words, such as `projection.fold`. */
  readonly id: string
  /** What must hold, as one sentence. */
  readonly statement: string
  readonly samples: fc.Arbitrary<Sample>
  readonly judge: (sample: Sample) => LawFinding | undefined | Promise<LawFinding | undefined>
  /** Why it cannot be checked for this subject, if so; the check then says this instead of how many samples it saw. */
  readonly notChecked?: () => Promise<string | undefined>
}

/** How thoroughly a suite looks. */
export interface SuiteSettings {
  /** Where generated samples begin; printed with each failure. 20260101 unless given. */
  readonly seed?: number
  /** How many samples of each law; 200 unless given. */
  readonly runs?: number
}

/** How many samples, unless someone says otherwise: each runs a whole log. */
const usualRuns = 200

/**
 * The check of a law for something that has a name.
 * @internal
 */
export const checkOf = <Sample>(
  subject: string,
  { seed = usualSeed, runs = usualRuns }: SuiteSettings,
  law: JudgedLaw<Sample>,
): Check => ({
  name: `${law.id}: ${law.statement}`,
  run: async () => {
    const reason = await law.notChecked?.()
    if (reason !== undefined) return `not checked: ${reason}`
    const property = fc.asyncProperty(law.samples, async (sample) => {
      const finding = await law.judge(sample)
      if (finding !== undefined) throw new Found(finding)
    })
    const details = await fc.check(property, { seed, numRuns: runs })
    if (!details.failed) return `${details.numRuns} samples`
    const { errorInstance: error } = details
    const seen = `seed ${seed}, sample ${details.numRuns}, made smaller ${details.numShrinks} times`
    if (!(error instanceof Found))
      throw new Error(`${subject} could not be checked for ${law.id} (${seen}).\n${String(error)}`, {
        cause: error,
      })
    throw new Error(report(subject, law, error.finding, seen))
  },
})

class Found extends Error {
  constructor(readonly finding: LawFinding) {
    super(finding.cause)
  }
}

const report = (
  subject: string,
  { id, statement }: Pick<JudgedLaw<unknown>, 'id' | 'statement'>,
  { cause, data, again, advice }: LawFinding,
  seen: string,
): string =>
  [
    `${subject} breaks ${id}: ${statement}`,
    '',
    cause,
    '',
    ...Object.entries(data).map(([name, source]) => `const ${name} = ${source}`),
    ...(again === undefined ? [] : [again]),
    '',
    `What to do: ${advice}`,
    `(${seen})`,
  ].join('\n')
