/**
 * The laws of examinations, and what one reads like.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { domain } from 'decider-ts/decide'
import { examine, type LawVerdict, showExamination } from 'decider-ts/harness'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { catalogue } from '../../../../src/harness/domain/Catalogue.js'
import { trialsOf } from '../../../../src/harness/domain/Trial.js'
import { Inventory, parts } from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import { faulty } from '../scenario/Faults.js'

const inventories = fc.constantFrom(Inventory, ...faulty)
const few = { numRuns: 5 }

type Judged = { readonly verdicts: ReadonlyArray<LawVerdict<unknown, unknown>> }
/** An examination whose verdicts are otherwise. */
const with_ =
  (
    change: <V extends LawVerdict<unknown, unknown>>(verdicts: ReadonlyArray<V>) => ReadonlyArray<V>,
  ): typeof examine =>
  async (any, expectations) => {
    const examination = await examine(any, expectations)
    return { ...examination, verdicts: change(examination.verdicts) }
  }

const everyLaw = (examination: typeof examine) =>
  fc.asyncProperty(inventories, fc.nat(100), async (inventory, seed) => {
    const expectations = { seed, histories: 20 }
    const { verdicts } = await examination(inventory, expectations)
    const laws = catalogue({ domain: inventory, expectations }).map(({ id, statement }) => ({
      id,
      statement,
    }))
    deepStrictEqual(
      verdicts.slice(0, laws.length).map(({ law: id, statement }) => ({ id, statement })),
      laws,
    )
  })

law('EXA-1 every law', everyLaw(examine), few)
law.rejects(
  'EXA-1',
  'an examination that leaves out a law',
  everyLaw(with_((verdicts) => verdicts.slice(1))),
  few,
)

const brokenOrNot = (examination: typeof examine) =>
  fc.asyncProperty(inventories, fc.nat(100), async (inventory, seed) => {
    const subject = { domain: inventory, expectations: { seed, histories: 20 } }
    const { verdicts }: Judged = await examination(inventory, subject.expectations)
    const { trials } = trialsOf(subject)
    for (const [index, { judge, notChecked }] of catalogue(subject).entries()) {
      const isBroken = trials.some((trial) => judge(trial) !== undefined)
      const otherwise = notChecked === undefined ? 'holds' : 'not checked'
      deepStrictEqual(verdicts[index]?.verdict, isBroken ? 'broken' : otherwise)
      deepStrictEqual(verdicts[index]?.found !== undefined, isBroken)
    }
  })

law('EXA-2 broken or not', brokenOrNot(examine), few)
law.rejects(
  'EXA-2',
  'an examination to which all is well',
  brokenOrNot(with_((verdicts) => verdicts.map((verdict) => ({ ...verdict, verdict: 'holds' })))),
  few,
)

const replayable = (examination: typeof examine) =>
  fc.asyncProperty(inventories, fc.nat(100), async (inventory, seed) => {
    const expectations = { seed, histories: 20 }
    deepStrictEqual(await examination(inventory, expectations), await examination(inventory, expectations))
  })

let calls = 0
law('EXA-3 replayable', replayable(examine), few)
law.rejects(
  'EXA-3',
  'a seed that is another each time',
  replayable((any, expectations) => examine(any, { ...expectations, seed: ++calls })),
  few,
)

test('an examination reads from the laws to the breaches to what was reached', async () => {
  const [broken = Inventory] = faulty
  const text = showExamination(await examine(broken, { histories: 100 }))
  const [first, , line] = text.split('\n')
  expect(first).toMatch(
    /^inventory: of \d+ laws \d+ hold, 1 broken, \d+ not checked \(100 histories with \d+ commands, seed 20260101\)$/,
  )
  expect(line).toMatch(/^ {2}✗ decide\.total: `decide` answers/)
  expect(text).toContain('inventory breaks decide.total:')
  expect(text).toContain("test('inventory: Confirm after Opened, Received obeys decide.total'")
})

test('what no history reached is among the gaps', async () => {
  const idle = domain({ ...parts, decide: () => () => ({ _tag: 'Right', right: [] }) })
  expect((await examine(idle, { histories: 10 })).gaps.join()).toContain('Opened')
})
