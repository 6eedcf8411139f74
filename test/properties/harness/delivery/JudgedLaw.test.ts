/** The law of checks: they fail where a judge finds something, and tell it of the smallest sample. */
import { deepStrictEqual, match } from 'node:assert/strict'
import type { JudgedLaw, SuiteSettings } from 'decider-ts/harness'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Check } from '../../../../src/harness/Check.js'
import { checkOf } from '../../../../src/harness/delivery/JudgedLaw.js'
import { law } from '../../Law.js'

type CheckOf = (subject: string, settings: SuiteSettings, law: JudgedLaw<number>) => Check

const below = (limit: number): JudgedLaw<number> => ({
  id: 'number.small',
  statement: `numbers are below ${limit}.`,
  samples: fc.nat(50),
  judge: (n) =>
    n < limit ? undefined : { cause: `${n} is too much.`, data: { n: `${n}` }, advice: 'Have fewer.' },
})

const smallest = (make: CheckOf) =>
  fc.asyncProperty(fc.integer({ min: 0, max: 60 }), fc.integer(), async (limit, seed) => {
    const check = make('The number', { seed, runs: 500 }, below(limit))
    const answer = await check.run().catch((error: unknown) => String(error))
    // 500 samples of 51 numbers may miss the few that are too much, but not more of them.
    if (limit > 45 && limit <= 50) return
    if (limit > 50) deepStrictEqual(answer, '500 samples')
    else
      match(
        answer,
        new RegExp(`The number breaks number.small[^]*\\n${limit} is too much[.]\\n\\nconst n = ${limit}\\n`),
      )
  })

law('JLW-1 smallest', smallest(checkOf), { numRuns: 50 })
law.rejects(
  'JLW-1',
  'a check that never fails',
  smallest((subject, settings, one) => checkOf(subject, settings, { ...one, judge: () => undefined })),
)
law.rejects(
  'JLW-1',
  'a check that tells of the first sample',
  smallest((subject, settings, one) =>
    checkOf(subject, settings, { ...one, samples: fc.noShrink(one.samples) }),
  ),
)

test('what a judge throws is told apart from what it finds', async () => {
  const broken = checkOf(
    'The number',
    { runs: 5 },
    { ...below(9), judge: () => Promise.reject(new Error('no disk')) },
  )
  await expect(broken.run()).rejects.toThrow(
    /The number could not be checked for number\.small \(seed 20260101, .*\)\.\nError: no disk/,
  )
})

test('a law that does not concern its subject says so', async () => {
  const check = checkOf('The number', {}, { ...below(0), notChecked: async () => 'there is no number.' })
  expect(await check.run()).toBe('not checked: there is no number.')
})
